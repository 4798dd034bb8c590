"""Cells of a worksheet as a strided view, which is sliced as a NumPy array is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from xlconv.errors import BugError
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr
from xlconv.grid.values import Values


@dataclass(eq=False)
class Anchor:
    """A corner that a layout puts somewhere; cells that hang on it are known before it has a place.

    place   (row, column) from 0; None until a layout gives it
    before  the rows above and the columns left of it that are in use
    after   the rows from it on down, and the columns from it on to the right
    """

    place: tuple[int, int] | None = None
    before: tuple[int, int] = (0, 0)
    after: tuple[int, int] = (0, 0)

    def take(self, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Make room for cells, counted from the corner; `last` is the first that is free."""
        self.before = max(self.before[0], -first[0]), max(self.before[1], -first[1])
        self.after = max(self.after[0], last[0]), max(self.after[1], last[1])

    def behind(self, down: int, across: int) -> tuple[int, int]:
        """The (row, column) of a cell so far from the corner."""
        if self.place is None:
            raise BugError("no layout has given these cells a place")
        row, column = self.place
        return row + down, column + across


PAGE = Anchor((0, 0))
"""The corner of the sheet itself: what hangs on it stands where it says."""


@frozen(eq=False)
class Grid(Expr):
    """Cells of a sheet at anchor + offset + index @ steps, and the memory that holds their values.

    sheet   the name of the worksheet
    offset  (row, column) of the first cell, from its anchor
    steps   (rows, columns) that one step along each axis moves
    value   the values of the cells, a view of the sheet's memory; its shape is the grid's

    >>> grid = Grid("Sheet", (0, 0), ((1, 0), (0, 1)), np.arange(6.0).reshape(2, 3))
    >>> grid[::-1, 1].origin, grid[::-1, 1].value.tolist()
    ((1, 1), [4.0, 1.0])
    """

    sheet: str
    offset: tuple[int, int]
    steps: tuple[tuple[int, int], ...]
    memory: Values
    paint: Callable[[Grid, Any], None] | None = field(default=None, repr=False)
    anchor: Anchor = field(default=PAGE, repr=False)

    @property
    def origin(self) -> tuple[int, int]:
        """(row, column) of the first cell, from 0."""
        return self.anchor.behind(*self.offset)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.memory.shape

    @property
    def value(self) -> Values:
        return self.memory

    def grids(self) -> Iterator[Grid]:
        yield self

    @property
    def told(self) -> list[str | Reference]:
        return [Reference(self)]

    def __getitem__(self, index: Any) -> Grid:
        """Basic slicing, as in NumPy: integers, slices of any step, None and an ellipsis."""
        if index is Ellipsis:
            return self
        items = index if isinstance(index, tuple) else (index,)
        view = self.memory[items if Ellipsis in items else (*items, ...)]  # refuses too many
        (row, column), shape, steps, axis = self.offset, self.memory.shape, [], 0
        for item in items:
            if item is None:
                steps.append((0, 0))
            elif item is Ellipsis:
                rest = len(shape) - (len(items) - 1 - items.count(None))
                steps += self.steps[axis : axis + rest]
                axis += rest
            else:
                (down, across), size = self.steps[axis], shape[axis]
                axis += 1
                if isinstance(item, slice):
                    start, _, step = item.indices(size)
                    steps.append((down * step, across * step))
                else:
                    start = item + size if item < 0 else item
                row, column = row + start * down, column + start * across
        steps += self.steps[axis:]
        return Grid(self.sheet, (row, column), tuple(steps), view, self.paint, self.anchor)

    def __setitem__(self, index: Any, content: Any) -> None:
        """Write a formula, or constants, into cells: it becomes their value and their text."""
        if self.paint is None:
            raise TypeError("this grid is not on a sheet")
        self.paint(self[index], content)

    def windows(self, *sizes: int) -> Grid:
        """Every window over the last axes: (..., *positions, *sizes)."""
        n = len(sizes)
        axes = tuple(range(-n, 0))
        view = sliding_window_view(self.memory, sizes, axes)
        return Grid(self.sheet, self.offset, self.steps + self.steps[-n:], view, None, self.anchor)

    def diagonal(
        self, start: Sequence[int], sizes: Sequence[int], moves: Sequence[Sequence[int]]
    ) -> Grid:
        """The cells at start + index @ moves, where one step may move along several axes at once.

        >>> square = Grid("Sheet", (0, 0), ((1, 0), (0, 1)), np.arange(9.0).reshape(3, 3))
        >>> square.diagonal((0, 1), (2,), [(1, 1)]).value.tolist()
        [1.0, 5.0]
        """
        for axis, size in enumerate(self.shape):
            ends = [(n - 1) * move[axis] for n, move in zip(sizes, moves, strict=True)]
            least, most = (start[axis] + sum(f(0, end) for end in ends) for f in (min, max))
            if not 0 <= least <= most < size:
                raise IndexError(f"cells {least} to {most} of an axis of {size}")
        corner = self[tuple(slice(at, None) for at in start)]
        steps = np.array([*moves]) @ np.array(self.steps)
        strides = np.array([*moves]) @ np.array(self.memory.strides)
        view = as_strided(corner.memory, tuple(sizes), tuple(strides.tolist()))
        places = tuple((int(down), int(across)) for down, across in steps)
        return Grid(self.sheet, corner.offset, places, view, self.paint, self.anchor)

    def transpose(self, *axes: int) -> Grid:
        """The same cells with their axes in another order."""
        steps = tuple(self.steps[axis] for axis in axes)
        return Grid(
            self.sheet, self.offset, steps, self.memory.transpose(axes), self.paint, self.anchor
        )

    def area(self, axes: int | None = None) -> Area:
        """The last axes as one range, for a function that takes ranges."""
        return Area(self, len(self.shape) if axes is None else axes)

    def cell(self, index: tuple[int, ...]) -> tuple[int, int]:
        """(row, column) of one cell, from 0."""
        row, column = self.origin
        for i, (down, across) in zip(index, self.steps, strict=True):
            row, column = row + i * down, column + i * across
        return row, column


@frozen(eq=False)
class Area(Expr):
    """The last `axes` axes of a grid as one range: what an aggregate consumes."""

    grid: Grid
    axes: int

    def __post_init__(self) -> None:
        steps = self.grid.steps[len(self.grid.steps) - self.axes :]
        sizes = self.grid.shape[len(self.grid.shape) - self.axes :]
        moves = [step for step, size in zip(steps, sizes, strict=True) if size > 1]
        if moves not in ([], [(1, 0)], [(0, 1)], [(1, 0), (0, 1)]):
            raise BugError(f"cells with steps {steps} are no range")

    @property
    def shape(self) -> tuple[int, ...]:
        return self.grid.shape[: len(self.grid.shape) - self.axes]

    @property
    def value(self) -> Values:
        """The cells as a table: (*shape, rows, columns)."""
        lead = len(self.grid.shape) - self.axes
        cells = list(zip(self.grid.steps[lead:], self.grid.shape[lead:], strict=True))
        table = [prod(size for step, size in cells if step[way]) for way in (0, 1)]
        return self.grid.memory.reshape(*self.shape, *table)

    @property
    def ranged(self) -> bool:
        return True

    def table(self) -> Values:
        return self.value

    def grids(self) -> Iterator[Grid]:
        yield self.grid

    @property
    def told(self) -> list[str | Reference]:
        first, last = (self.grid[(..., *[at] * self.axes)] for at in (0, -1))
        return [Reference(first), ":", Reference(last, named=False)]


class Reference(NamedTuple):
    """One cell address in a formula's text: it moves as its grid does."""

    grid: Grid
    named: bool = True  # whether a sheet other than the formula's own is named before it
