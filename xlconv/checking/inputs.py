"""The cells of a drawn sheet that are meant to be typed over, and what a file has in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlconv.checking.cells import Cell, Value
from xlconv.checking.typed import own
from xlconv.frozen import frozen
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Block
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import EMPTY as EMPTY_NUMBER
from xlconv.grid.values import Values
from xlconv.layers.given import plain
from xlconv.lessons.recipe import KEPT

EMPTY = Cell(None, None)

EDITABLE = ("input", "kernel", "bias", "image", "pool", "parameter", "control", "blank")
"""The roles of cells that are meant to be typed over."""

BLANK = "blank"
"""The role of those that are a student's own: whatever stands there is right."""

CONTROLS = ("parameter", "control")
"""Those among them where nothing is no number: an empty cell of the others counts as 0."""

FEW = 1_000
"""Cells of a block on which other blocks may hang, and which is asked for before all others."""


class Typed(NamedTuple):
    """What stands in a cell that is meant to be typed over, where it is not what was there.

    kind  of the finding that it is
    """

    kind: str
    place: Place
    was: Value
    now: Cell


@frozen
class Theirs:
    """What a file has in cells that are meant to be typed over, by where they were.

    numbers  of a row with nothing but numbers in the cells of large blocks, those, in their order
    """

    cells: dict[Place, Cell]
    numbers: dict[int, NDArray[np.float64]] = field(default_factory=dict)


@frozen
class Inputs:
    """The blocks of a sheet that are meant to be typed over."""

    drawn: Sheet

    @cached_property
    def blocks(self) -> list[Block]:
        return [block for block in self.drawn.blocks if block.role in EDITABLE]

    @cached_property
    def cells(self) -> NDArray[np.bool_]:
        """Which cells of the sheet, row by row, are among them."""
        found = np.zeros((self.drawn.rows, self.drawn.columns), dtype=bool)
        for block in self.blocks:
            found[_places(block.cells)] = True
        return found

    @cached_property
    def large(self) -> NDArray[np.bool_]:
        """Which of them are of blocks of which nobody knows what was in them, cell by cell."""
        found = np.zeros_like(self.cells)
        for block in self.blocks:
            if _large(block):
                found[_places(block.cells)] = True
        return found

    @property
    def unknown(self) -> bool:
        """Whether nobody knows what some of them were before they were changed."""
        return any(map(_large, self.blocks))

    def first(self) -> Iterator[Place]:
        """Those that are asked for before all others: texts, and what is no picture."""
        for block in self.blocks:
            if block.cells.value.dtype == object or block.cells.value.size <= FEW:
                rows, columns = _places(block.cells)
                yield from zip(rows.ravel().tolist(), columns.ravel().tolist(), strict=True)

    @cached_property
    def last(self) -> int:
        """The last row with one of them."""
        return max(np.flatnonzero(self.cells.any(axis=1)).tolist(), default=-1)

    def columns(self, row: int) -> tuple[Sequence[int], Sequence[int]]:
        """Their columns in a row: those of small blocks, and those of large ones."""
        cells, large = self.cells[row], self.large[row]
        return np.flatnonzero(cells & ~large).tolist(), np.flatnonzero(large).tolist()

    def typed(self, theirs: Theirs) -> tuple[dict[str, Values], list[Typed]]:
        """The blocks with other numbers, where these cells are so and all others as they were."""
        changed: dict[str, Values] = {}
        found: list[Typed] = []
        numbers = [*{row for row, _ in theirs.cells}]
        for block in self.blocks:
            value = block.cells.value
            array = np.array(value, object if value.dtype == object else np.float64, order="C")
            rows, columns = (places.ravel() for places in _places(block.cells))
            if _large(block):
                self._take(array.ravel(), rows, columns, theirs.numbers)
            at = np.flatnonzero(np.isin(rows, numbers))
            places = zip(rows[at].tolist(), columns[at].tolist(), strict=True)
            now = array.ravel()  # the same memory
            for n, place, before in zip(at.tolist(), places, now[at].tolist(), strict=True):
                if place not in theirs.cells:
                    continue
                was, cell = _plain(before), theirs.cells[place]
                if block.role == BLANK:
                    now[n] = cell.value if isinstance(cell.value, float) else EMPTY_NUMBER
                    continue
                if block.role not in CONTROLS and cell == EMPTY:
                    cell = cell._replace(value=0.0)
                if kind := own(None if _large(block) else was, cell):
                    found.append(Typed(kind, place, was, theirs.cells[place]))
                number = isinstance(was, str) or isinstance(cell.value, float)
                now[n] = cell.value if number else 0.0
            if array.tobytes() != np.ascontiguousarray(value, array.dtype).tobytes():
                changed[block.name] = array
        return changed, found

    def _take(
        self,
        now: NDArray[np.float64],
        rows: NDArray[np.int_],
        columns: NDArray[np.int_],
        numbers: Mapping[int, NDArray[np.float64]],
    ) -> None:
        """Put the numbers of whole rows into a block whose cells stand in these places."""
        order = np.argsort(rows, kind="stable")
        first, last = (np.searchsorted(rows[order], [*numbers], side) for side in ("left", "right"))
        for row, begin, end in zip(numbers, first, last, strict=True):
            at = order[begin:end]
            now[at] = numbers[row][np.searchsorted(np.flatnonzero(self.large[row]), columns[at])]


def _large(block: Block) -> bool:
    """Whether no recipe tells what was in it."""
    return block.cells.memory.size > KEPT


def _places(grid: Grid) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """The rows and the columns of a grid's cells."""
    index = np.indices(grid.shape)
    return tuple(  # type: ignore[return-value]
        start + np.tensordot([step[axis] for step in grid.steps], index, 1)
        if grid.shape
        else np.array(start)
        for axis, start in enumerate(grid.origin)
    )


def _plain(value: Any) -> Value:
    """A value of NumPy's as a file has it: there, every number is a float."""
    item: Value = plain(value)
    return float(item) if type(item) is int else item
