"""The text of a formula over cells: each reference resolved for where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from xlconv.errors import LimitError, XlconvError
from xlconv.grid.expr import Call, Constant, Expr, Infix
from xlconv.grid.grid import Grid, Reference
from xlconv.grid.limits import ADDRESS_LENGTH, FORMULA_LENGTH, LITERAL_LENGTH, length
from xlconv.grid.places import Place, letters, quoted, reached, span

if TYPE_CHECKING:
    from xlconv.grid.marks import Light, Paint

STILL = (0, 0)
"""The step of a reference that stays."""


class Slot(NamedTuple):
    """A reference in a formula that is painted over cells: where it points, for each index.

    Source: a reference is absolute in the direction in which it does not move with the cells'
    innermost slice, and relative where the slice itself has one row or one column of steps.

    head  what stands before the column's letters: a sheet's name, and $ where the column is fixed
    tail  $ before the row's number, where that is fixed
    """

    head: str
    tail: str
    row: int
    column: int
    steps: tuple[Place, ...]

    def all(self, shape: Sequence[int]) -> list[str]:
        """What it becomes in each cell of a shape, in C order."""
        head, tail, row, column, steps = self
        if steps.count(STILL) == len(steps):
            return [f"{head}{letters(column + 1)}{tail}{row + 1}"] * prod(shape)
        places = reached((row, column), steps, shape)
        return [f"{head}{letters(column + 1)}{tail}{row + 1}" for row, column in places]

    def at(self, index: Sequence[int]) -> str:
        row, column = self.row, self.column
        for i, (down, across) in zip(index, self.steps, strict=True):
            row, column = row + i * down, column + i * across
        return f"{self.head}{letters(column + 1)}{self.tail}{row + 1}"

    def longest(self, shape: Sequence[int]) -> int:
        """Characters of the longest that it becomes over cells of a shape, by UTF-16."""
        row, column = (
            start
            + sum(max(0, (n - 1) * step[way]) for n, step in zip(shape, self.steps, strict=True))
            for way, start in enumerate((self.row, self.column))
        )
        return length(f"{self.head}{letters(column + 1)}{self.tail}{row + 1}")


def slots(formula: Expr, cells: Grid) -> list[str | Slot]:
    """The formula's text over cells, each reference resolved as a slot."""
    moves = _ways(cells.steps[-2:])
    return [
        piece if isinstance(piece, str) else _slot(piece, cells, moves) for piece in formula.told
    ]


def _slot(reference: Reference, cells: Grid, moves: tuple[bool, bool]) -> Slot:
    grid, shape = reference.grid, cells.memory.shape
    steps, own = grid.steps, grid.memory.shape
    if own != shape:
        lead = len(shape) - len(own)
        axes = zip(steps, own, shape[lead:], strict=True)
        steps = (STILL,) * lead + tuple([s if size == most else STILL for s, size, most in axes])
    down, across = _ways(steps[-2:])
    foreign = grid.sheet != cells.sheet and reference.named
    head = quoted(grid.sheet) + "!" if foreign else ""
    head = head + "$" if moves[1] and not across else head
    return Slot(head, "$" if moves[0] and not down else "", *grid.origin, steps)


@cache
def _ways(steps: tuple[Place, ...]) -> tuple[bool, bool]:
    """Whether any step moves down, and any across."""
    down = across = False
    for step in steps:
        down, across = down or step[0] != 0, across or step[1] != 0
    return down, across


def text(paint: Paint, index: Sequence[int]) -> str:
    """The formula of one cell of a paint, without its leading `=`."""
    if paint.formula is None:
        return ""
    return resolved(slots(paint.formula, paint.cells), index)


def texts(formula: Expr, cells: Grid) -> list[str]:
    """The formula of each cell, in C order, without its leading `=`."""
    shape, size = cells.memory.shape, cells.memory.size
    pieces = slots(formula, cells)
    told = [[piece] * size if isinstance(piece, str) else piece.all(shape) for piece in pieces]
    return list(map("".join, zip(*told, strict=True)))


def resolved(pieces: Sequence[str | Slot], index: Sequence[int]) -> str:
    """The text that pieces of a formula make for one index."""
    return "".join([piece if isinstance(piece, str) else piece.at(index) for piece in pieces])


def conditions(light: Light) -> Iterator[tuple[Grid, str]]:
    """Each 2-D slice that a light covers, and its condition for the slice's first cell.

    Raises ValueError for a condition that no relative reference can say.
    """
    parts = slots(light.condition, light.cells)
    inner = len(light.cells.shape[:-2])
    for slot in parts:
        if isinstance(slot, str):
            continue
        axes = zip(light.cells.shape, light.cells.steps, slot.steps, strict=True)
        for size, cell, step in list(axes)[inner:]:
            bound = (0 if slot.tail else cell[0], 0 if slot.head[-1:] == "$" else cell[1])
            if size > 1 and step != bound:
                raise ValueError(f"a reference moves by {step} where its cell moves by {cell}")
    for lead in product(*map(range, light.cells.shape[:-2])):
        index = (*lead, *[0] * (len(light.cells.shape) - inner))
        yield light.cells[(*lead, ...)], resolved(parts, index)


def measure(formula: Expr, cells: Grid) -> bool:
    """Refuse a formula that Excel does not take, wherever in the cells it stands.

    returns  whether it surely has room; what hangs on corners without a place is not known

    Raises LimitError for one that may be too long, XlconvError for a text in one that is.
    """
    bound = 0
    for piece in formula.told:
        if not isinstance(piece, str):
            bound += ADDRESS_LENGTH + (len(piece.grid.sheet) + 3) * piece.named
            continue
        bound += (size := length(piece))
        if size > LITERAL_LENGTH + 2 and piece[0] == '"':
            raise XlconvError(
                f"a text in a formula may have at most {LITERAL_LENGTH} characters, got {size - 2}:"
                f" {piece[1:40]}..."
            )
    if bound <= FORMULA_LENGTH:
        return True
    if any(grid.anchor.place is None for grid in formula.grids()):
        return False
    most = 0
    for slot in slots(formula, cells):
        most += slot.longest(cells.shape) if isinstance(slot, Slot) else length(slot)
    if most > FORMULA_LENGTH:
        raise LimitError(
            f"a formula of {most} characters in {span(cells)}; Excel has {FORMULA_LENGTH}"
        )
    return True


def says_words(expr: Expr) -> bool:
    """Whether an expression may say words, or nothing instead of a number.

    >>> from xlconv.grid.expr import call, lift
    >>> says_words(call("IF", lift(1) > 2, 3, "")), says_words(lift(1) > 2)
    (True, False)
    """
    if isinstance(expr, Call) and expr.name == "IF":
        return any(map(says_words, expr.args[1:]))
    if isinstance(expr, Constant):
        return isinstance(expr.content, str)
    return isinstance(expr, Infix) and expr.symbol == "&"
