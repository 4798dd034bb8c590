"""Sums that are too long for one formula: in parts, on cells beside the figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import Any, TypeVar

import numpy as np

from xlconv.grid.expr import Expr, call, lift, total
from xlconv.grid.grid import Grid
from xlconv.grid.limits import ADDRESS_LENGTH, FORMULA_LENGTH
from xlconv.grid.places import Place, a1, below, bounds, corners, span
from xlconv.grid.sheet import Sheet

LONGEST = FORMULA_LENGTH - 1024
"""Characters of a sum, so that a formula has room for what stands around it."""

TOP, GAP = 5, 3
"""The first row of the parts, and the columns before them."""

GENEROUS = ADDRESS_LENGTH - 2
"""Letters and digits of the longest address."""


def _squared(one: Expr) -> Expr:
    """A term times itself: one term, so that who looks at the tree sees a square."""
    return one * one


SQUARES = "squared differences"
"""A function of two ranges: SUMXMY2 leaves out each pair with an empty cell in it, and of no pair
gives an error in some programs; a product takes such a cell as 0 in all of them."""

ALONE: dict[str, Callable[..., Expr]] = {
    "SUM": lambda a: a,
    "SUMPRODUCT": lambda a, b: a * b,
    SQUARES: lambda a, b: _squared(a - b),
}
"""What functions of ranges are of one cell each."""

Of = TypeVar("Of")


def drawn(make: Callable[[], Sheet], draw: Callable[[Sheet], None]) -> Sheet:
    """A sheet as `draw` fills it: once more where it must be known where things stand.

    The parts of long sums then find their place beside all that stands on it.
    """
    sheet = first = make()
    draw(first)
    if first.again:
        sheet = make()
        sheet.known = [corner.place for corner in first.corners]
        with beside(sheet, (first.rows, first.columns)):
            draw(sheet)
    return sheet


@contextmanager
def beside(sheet: Sheet, reach: Place) -> Iterator[None]:
    """While parts of long sums find their place beside all that stands on a sheet.

    reach  its rows and columns, without them
    """
    sheet.reach, sheet.annex = reach, (TOP, reach[1] + GAP)
    yield
    sheet.rows = max(sheet.rows, sheet.annex_end[0])
    sheet.columns = max(sheet.columns, sheet.annex_end[1])


def length_of(terms: Iterable[Expr]) -> int:
    """At most so many characters, where it is known where the cells stand."""
    return sum(map(_exact, terms))


def listed(sheet: Sheet, over: Sequence[Of], term: Callable[[Of], Expr]) -> list[Expr]:
    """The terms of a sum, one for each of `over`; a plan makes the last, which stands for all."""
    made = [term(one) for one in (over[-1:] if sheet.plan else over)]
    return made * len(over) if sheet.plan else made


def same(made: Expr) -> Expr:
    """What is done to a sum that is shown as it is."""
    return made


def summed(
    sheet: Sheet,
    cells: Grid,
    sums: Iterable[tuple[Any, Sequence[Expr]]],
    alike: int = 1,
    then: Callable[[Expr], Expr] = same,
) -> None:
    """Write cells as sums, each an index and its terms; of long ones the parts stand beside.

    cells  (*sizes), not yet written
    alike  how many such blocks there are, of which a plan writes this one alone
    then   what is made of each sum in its cell
    """
    every = list(sums)
    count = max((_parts(sheet, terms) for _, terms in every), default=1)
    if count == 1:
        for index, terms in every:
            cells[index] = then(total(terms))
        return
    sheet.again = True
    if sheet.reach is None:  # until it is drawn once more only the values are needed
        for index, terms in [] if sheet.plan else every:
            cells[index] = then(total(terms)).value
        return
    parts = _beside(sheet, cells, count, alike)
    for index, terms in [] if sheet.plan else every:
        size = -(-len(terms) // count)
        for n in range(count):
            parts[n][index] = total(terms[n * size : (n + 1) * size])
        cells[index] = then(total([parts[n][index] for n in range(count)]))


def added(sheet: Sheet, terms: Sequence[Expr], alike: int = 1, most: int = LONGEST) -> Expr:
    """The terms added, for one cell; of a long sum the parts stand beside the figure.

    alike  how many such sums there are, of which a plan makes this one alone
    most   characters of a sum that is not long
    """
    count = _parts(sheet, terms, most)
    if count == 1:
        return total(terms)
    sheet.again = True
    if sheet.reach is None:
        return terms[0] if sheet.plan else lift(total(terms).value.item())
    parts = _beside(sheet, None, count, alike)
    size = -(-len(terms) // count)
    for n in [] if sheet.plan else range(count):
        parts[n][...] = total(terms[n * size : (n + 1) * size])
    return call("SUM", parts.area())


def nth(n: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """The index of the nth cell of some sizes, in C order.

    >>> nth(5, (2, 3)), nth(0, ())
    ((1, 2), ())
    """
    return tuple(map(int, np.unravel_index(n, tuple(sizes)))) if sizes else ()


def sliced(sheet: Sheet, function: str, *blocks: Grid) -> list[Expr]:
    """A function of each slice of blocks, as large as ranges can be: of two axes at most.

    function  Excel's name of it, or SQUARES
    blocks    (..., *shape): the slices are those of the last one's shape; axes that others have
              before it go along

    >>> sheet = Sheet("S")
    >>> len(sliced(sheet, "SUM", sheet.memory((0, 0), (3, 2, 2))))
    3
    """
    flat = 2 if all(map(_is_plane, blocks)) else 1
    shape = blocks[-1].shape
    lead = shape[: len(shape) - flat]
    sheet.afford(prod(lead))

    def term(n: int) -> Expr:
        index = (..., *nth(n, lead), *[slice(None)] * flat)
        return over(function, flat, *(block[index] for block in blocks))

    return listed(sheet, range(prod(lead)), term)


def over(function: str, flat: int, *blocks: Grid) -> Expr:
    """A function of blocks' last axes as ranges; of one cell each, no function is needed."""
    if prod(blocks[0].shape[-flat:]) == 1:
        return ALONE[function](*(block[(..., *[0] * flat)] for block in blocks))
    areas = [block.area(flat) for block in blocks]
    if function == SQUARES:
        assert areas[0].value.shape[-2:] == areas[1].value.shape[-2:]  # or each meets each
        return call("SUMPRODUCT", _squared(areas[0] - areas[1]))
    return call(function, *areas)


def _is_plane(block: Grid) -> bool:
    """Whether the last two axes are rows and columns that touch."""
    moves = zip(block.steps[-2:], ((1, 0), (0, 1)), block.shape[-2:], strict=False)
    return len(block.steps) > 1 and all(size == 1 or step == way for step, way, size in moves)


def in_lines(texts: Sequence[Expr], most: int) -> list[list[Expr]]:
    """Texts that are to be read one after another, on as few lines as have room for them.

    most  texts of a line
    """
    lines, room = [list[Expr]()], LONGEST
    for text in texts:
        length = _bound(text, GENEROUS)
        if lines[-1] and (length > room or len(lines[-1]) == most):
            lines.append([])
            room = LONGEST
        lines[-1].append(text)
        room -= length
    return lines


def _beside(sheet: Sheet, cells: Grid | None, count: int, alike: int) -> Grid:
    """Cells for the parts of a sum under those before; the view does not see that they are there.

    cells    what the sums are for; None for one cell
    alike    how many such sums a plan has to find room for
    returns  (count, *sizes)
    """
    rows, columns, (row, column) = sheet.rows, sheet.columns, sheet.annex
    shape: tuple[int, ...] = ()
    moves: tuple[Place, ...] = ()
    words, height, apart = sheet.say("parts", count=count), 0, 1
    if cells is not None:
        words = sheet.say("parts_for", count=count, cells=span(cells))
        (top, _), (bottom, _) = bounds(cells)
        shape, moves, height, apart = cells.shape, cells.steps, bottom - top, bottom - top + 2
    sheet.text((row - 1, column), words, "note")
    each = (count - 1) * apart + height + 3
    every = sheet.memory(
        (row, column),
        (alike if sheet.plan else 1, count, *shape),
        steps=((each, 0), (apart, 0), *moves),
    )
    sheet.coat(every[0], "fact")
    sheet.annex = (below(every, 2), column)
    sheet.annex_end = (
        max(sheet.annex_end[0], sheet.rows),
        max(sheet.annex_end[1], sheet.columns),
    )
    sheet.rows, sheet.columns = rows, columns
    return every[0]


def _parts(sheet: Sheet, terms: Sequence[Expr], room: int = LONGEST) -> int:
    """How many formulas a sum needs: 1 where it fits into one; at most so many in a plan.

    Of a sheet that is drawn for the first time no more is known than that it may need several.
    """
    if sheet.plan:  # its terms are one that stands for all, and perhaps the bias
        last = GENEROUS if sheet.reach is None else len(a1(sheet.reach))
        most = max((_bound(term, last) for term in (*terms[:1], *terms[-1:])), default=1)
        return _needed(len(terms), most, most * len(terms), room)
    if sum(_bound(term, GENEROUS) for term in terms) <= room:
        return 1
    if sheet.reach is None:
        return len(terms)
    lengths = [_exact(term) for term in terms]
    return _needed(len(terms), max(lengths), sum(lengths), room)


def _needed(terms: int, longest: int, length: int, room: int) -> int:
    return 1 if length <= room else -(-terms // max(1, room // longest))


def _bound(term: Expr, address: int) -> int:
    """At most so many characters, with the sign before it, where addresses are so long."""
    return 1 + sum([len(p) if isinstance(p, str) else 2 + address for p in term.told])


def _exact(term: Expr) -> int:
    """At most so many characters for the cells that it is of."""
    return 1 + sum(
        len(p) if isinstance(p, str) else 2 + len(a1(corners(p.grid)[1])) for p in term.told
    )
