"""A layer of a sheet, row by row: its columns, its formulas and its values as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import product
from math import isfinite, prod
from operator import mul, or_
from typing import Any, NamedTuple

import numpy as np

from xlconv.errors import BugError, XlconvError
from xlconv.grid.grid import Grid
from xlconv.grid.limits import TEXT_LENGTH
from xlconv.grid.marks import Blank, Coat, Frame, Paint
from xlconv.grid.places import Place, a1, letters
from xlconv.grid.references import Slot, slots
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import Values
from xlconv.xlsx.numerals import FEW, Numerals
from xlconv.xlsx.values import Strings, escape, is_writable, looks_like_formula, typed

BLOCK = 1 << 10  # values of neighbouring rows that are put into text at once
TOP, BOTTOM, LEFT, RIGHT = 1, 2, 4, 8

Layer = Paint | Blank | Coat | Frame
"""What is put on cells, and told row by row."""

Index = tuple[int, ...]
"""An index over the row axes of one layer."""


class Lines(NamedTuple):
    """What stands from the styles of a row's cells to their values.

    texts  for each cell a text, and its pieces from there on: empty ones are gaps, the last of them
           for the value, the first for the value's type if the layer is typed, the others for row
           numbers that change
    rows   for each such number its first value in each cell, and how the layer's index moves it
    """

    texts: list[tuple[str, tuple[str, ...]]]
    rows: list[tuple[list[int], Index]]


def height(sheet: Sheet, row: int) -> str:
    """The attributes of a row that has a height of its own."""
    own = sheet.heights.get(row)
    return f' ht="{own:g}" customHeight="1"' if own else ""


def numerals(cells: Grid) -> Numerals | None:
    """How these numbers are put into text; None for values of all kinds.

    Raises XlconvError for a value that no workbook can hold.
    """
    memory = cells.memory
    of_all_kinds = memory.dtype.kind in "Ob"
    if of_all_kinds:
        writable = list(map(is_writable, memory.flat))
    elif memory.size <= FEW:
        writable = list(map(isfinite, memory.flat))
    elif isfinite(memory.min()) and isfinite(memory.max()):
        writable = []
    else:
        writable = np.isfinite(memory).ravel().tolist()
    if not all(writable):
        first = np.unravel_index(writable.index(False), memory.shape)
        raise XlconvError(
            f'sheet "{cells.sheet}": {a1(cells.cell(tuple(map(int, first))))} has no value that a'
            f" cell can hold; numbers must be finite, texts at most {TEXT_LENGTH} characters"
            " without control characters"
        )
    return None if of_all_kinds else Numerals(memory)


def sides(grid: Grid) -> tuple[int, list[list[int]]]:
    """The sides on which cells are at the end of their innermost slice, which a frame goes around.

    returns  those of every cell, and for each axis those of each of its indices beside them
    """
    inner = range(max(0, len(grid.steps) - 2), len(grid.steps))
    down = next((n for n in inner if grid.steps[n][0]), -1)
    across = next((n for n in reversed(inner) if not grid.steps[n][0]), -1)
    along = []
    for n, (size, (_, right)) in enumerate(zip(grid.shape, grid.steps, strict=True)):
        first, last = (TOP, BOTTOM) if n == down else (LEFT, RIGHT) if n == across else (0, 0)
        first, last = (last, first) if n == across and right < 0 else (first, last)
        along.append([first * (i == 0) | last * (i == size - 1) for i in range(size)])
    return (TOP | BOTTOM) * (down < 0) | (LEFT | RIGHT) * (across < 0), along


class Strip:
    """A layer of a sheet taken apart into the axes that change the row, and the others.

    An axis that moves down and across at once (a diagonal) counts as one that changes the row.
    """

    def __init__(self, number: int, layer: Layer) -> None:
        self.number, self.layer = number, layer
        self.origin, self.steps = layer.cells.origin, layer.cells.steps
        self.memory, self.shape = layer.cells.memory, layer.cells.memory.shape
        down = [abs(step[0]) for step in self.steps]
        # the axis of neighbouring rows is the last
        self.row_axes = sorted([n for n, by in enumerate(down) if by], key=down.__getitem__)[::-1]
        self.column_axes = [n for n, (down, _) in enumerate(self.steps) if not down]
        self.order = (*self.row_axes, *self.column_axes)
        self.ordered = self.memory.transpose(self.order)
        self.pieces: list[str | Slot] = []
        self.quoted = self.typed = False
        self.turns: list[bool] = []
        if isinstance(layer, Paint):
            self._take(layer)
        elif isinstance(layer, Coat):
            lead = len(self.shape) - layer.tint.ndim
            self.turns = [n >= lead and layer.tint.shape[n - lead] > 1 for n in self.row_axes]
        elif isinstance(layer, Frame):
            self.sides = sides(layer.cells)
        self.width = prod([self.shape[n] for n in self.column_axes])
        moving = [self.steps, *[piece.steps for piece in self.pieces if isinstance(piece, Slot)]]
        self.slanted = [s for s in moving if any(s[n][1] for n in self.row_axes)]
        changes = self.slanted or self.quoted or any(self.turns) or isinstance(layer, Frame)
        self.alike = not changes  # all rows, but for row numbers and values
        self._block: Index = ()
        self._texts: list[list[str]] = []
        self._columns: list[int] = []
        self._lines: Lines | None = None

    def _take(self, paint: Paint) -> None:
        """Read a paint's formula and its values; refuse what no workbook can hold."""
        told, self.constant = numerals(paint.cells), paint.formula is None
        self.typed = told is None
        if told:
            self.numerals = told
        if paint.formula is not None:
            self.pieces = slots(paint.formula, paint.cells)
        self.before, self.after = (">", "") if self.constant else ("><f>", "</f>")
        if not self.typed:
            self.after += "<v>"
        self.end = "</c>" if self.typed else "</v></c>"
        texts = self.memory.flat if self.typed and self.constant else ()
        self.quoted = any(map(looks_like_formula, texts))

    def rows(self) -> Iterator[tuple[int, int, Index]]:
        """(row, the layer's number, index over the row axes), by row."""
        top, steps = self.origin[0], [self.steps[n][0] for n in self.row_axes]
        if len(steps) == 1 and steps[0] > 0:
            ahead = range(self.shape[self.row_axes[0]])
            return ((top + i * steps[0], self.number, (i,)) for i in ahead)
        indices = product(*[range(self.shape[n]) for n in self.row_axes])
        rows = [(top + sum(map(mul, index, steps)), self.number, index) for index in indices]
        if len({row for row, *_ in rows}) < len(rows):
            raise BugError(f"cells with steps {self.steps} come to one row in two ways")
        return iter(sorted(rows))

    def key(self, index: Index) -> tuple[Any, ...]:
        """What tells the rows of this layer apart, beside row numbers and values."""
        key: list[Any] = [self.number, *[self._shift(index, steps) for steps in self.slanted]]
        key += [i for i, turns in zip(index, self.turns, strict=False) if turns]
        if isinstance(self.layer, Frame):
            key.append(self._ends(index))
        if self.quoted:
            key += self.quotes(index)
        return tuple(key)

    def values(self, index: Index) -> Values:
        """The values of one row, in the order of `lines`."""
        return _flat(self.ordered, index)

    def texts(
        self, index: Index, strings: Strings, seen: list[int] | None
    ) -> Sequence[Sequence[str]]:
        """The value of each cell of one row as text; before it its type, if it is not a number.

        seen  which of the cells; all, if None
        """
        if self.typed:
            values, mine = self.values(index).tolist(), strings if self.constant else None
            values = values if seen is None else [values[i] for i in seen]
            return list(zip(*[typed(value, mine) for value in values], strict=True))
        *outer, row = index or (0,)
        many = max(1, BLOCK // self.width)
        first = row - row % many
        if self._block != (*outer, first):
            self._block = (*outer, first)
            at: Any = (*outer, slice(first, first + many)) if index else None
            block = self.ordered[at]
            self._texts = self.numerals.texts(block.reshape(len(block), -1))
        texts = self._texts[row - first]
        return [texts if seen is None else [texts[i] for i in seen]]

    def quotes(self, index: Index) -> list[bool]:
        """Whether each cell of one row is a text that must not be read as a formula."""
        return list(map(looks_like_formula, self.values(index)))

    def tints(self, index: Index) -> list[int]:
        """The tint of each cell of one row."""
        tint = self.layer.tint  # type: ignore[union-attr]
        if tint.size == 1:
            return [tint.item()] * self.width
        tints = np.broadcast_to(tint, self.shape).transpose(self.order)
        return _flat(tints, index).tolist()  # type: ignore[no-any-return]

    def columns(self, index: Index) -> list[int]:
        """The columns that one row of this layer covers."""
        if self.slanted or not self._columns:
            self._columns = self._across(self.origin, self.steps, 1, index)
        return self._columns

    def lines(self, index: Index) -> Lines:
        """What stands before the value of each cell of one row: its formula, if it has one."""
        if self._lines and not self.slanted:
            return self._lines
        width = len(self.columns(index))
        texts, rows = [[""] * width] * self.typed, []
        begun, more = [self.before] * width, ""
        for piece in self.pieces:
            if isinstance(piece, str):
                more += escape(piece)
                continue
            at, steps = (piece.row + 1, piece.column + 1), piece.steps
            more, tail = more + escape(piece.head), piece.tail
            begun = [
                f"{start}{more}{letters(column)}{tail}"
                for start, column in zip(begun, self._across(at, steps, 1, index), strict=True)
            ]
            numbers, more = self._across(at, steps, 0), ""
            moves = tuple([steps[n][0] for n in self.row_axes])
            if any(moves):
                texts.append(begun)
                rows.append((numbers, moves))
                begun = [""] * width
            else:
                begun = [f"{start}{row}" for start, row in zip(begun, numbers, strict=True)]
        texts.append([f"{start}{more}{self.after}" for start in begun])
        gap = [""] * width
        behind = [gap]
        for more_texts in texts[1:]:
            behind += (more_texts, gap)
        self._lines = Lines(list(zip(texts[0], zip(*behind, strict=True), strict=True)), rows)
        return self._lines

    def edges(self, index: Index) -> list[int]:
        """The sides of a frame that each cell of one row is on."""
        edges = [self._ends(index)]
        for n in self.column_axes:
            edges = [one | side for one in edges for side in self.sides[1][n]]
        return edges

    def _ends(self, index: Index) -> int:
        """Those of all cells of the row."""
        every, along = self.sides
        return reduce(or_, [along[n][i] for n, i in zip(self.row_axes, index, strict=True)], every)

    def _shift(self, index: Index, steps: Sequence[Place]) -> int:
        return sum([i * steps[n][1] for i, n in zip(index, self.row_axes, strict=True)])

    def _across(
        self, at: Place, steps: Sequence[Place], way: int, index: Index | None = None
    ) -> list[int]:
        """The rows (way 0) or columns (1) that steps reach from a place along one row."""
        reached = [at[way] + (self._shift(index, steps) if index and self.slanted else 0)]
        for n in self.column_axes:
            step, size = steps[n][way], self.shape[n]
            ahead = range(0, step * size, step) if step else [0] * size
            reached = [start + moved for start in reached for moved in ahead]
        return reached


def _flat(array: Values, index: Index) -> Values:
    at: Any = (*index, ...)  # an array also where one cell is left
    flat: Values = array[at].reshape(-1)
    return flat
