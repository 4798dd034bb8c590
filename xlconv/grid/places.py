"""Where cells stand: steps, corners, and addresses as Excel writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache, reduce
from math import prod

import numpy as np

from xlconv.frozen import frozen
from xlconv.grid.grid import PAGE, Anchor, Grid

Place = tuple[int, int]
"""(row, column) of a cell, from 0."""


@frozen
class Spot:
    """A cell so far from a corner, which a layout puts somewhere later."""

    anchor: Anchor
    row: int = 0
    column: int = 0

    @classmethod
    def of(cls, at: Place | Spot) -> Spot:
        """A place on the sheet itself, as a spot."""
        return at if isinstance(at, Spot) else cls(PAGE, *at)

    def shift(self, down: int, across: int = 0) -> Spot:
        return Spot(self.anchor, self.row + down, self.column + across)

    @property
    def place(self) -> Place:
        """Where it is, once a layout has put its corner somewhere."""
        return self.anchor.behind(self.row, self.column)


COLUMN, ROW = "([A-Z]{1,3})", "([1-9][0-9]{0,6})"
"""As Excel writes them; what is longer is no address, and no number that takes long to read."""

AREA = re.compile(
    rf"(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?\$?{COLUMN}\$?{ROW}(?::\$?{COLUMN}\$?{ROW})?"
)


def tiled(shape: Sequence[int], leading: str, gaps: Place = (1, 1)) -> tuple[Place, ...]:
    """Steps that lay the leading axes of a block out, each "v" down or "h" across.

    gaps  free rows and columns between them

    >>> tiled((2, 3, 4, 5), "vh")
    ((5, 0), (0, 6), (1, 0), (0, 1))
    """
    inner: tuple[Place, ...] = ((1, 0), (0, 1))[2 - min(2, len(shape)) :]
    height, width = (1, *shape)[-2:] if len(shape) > 1 else (1, shape[-1] if shape else 1)
    steps = list(inner)
    for size, way in zip(reversed(shape[: len(leading)]), reversed(leading), strict=True):
        if way == "v":
            steps.insert(0, (height + gaps[0], 0))
            height = size * (height + gaps[0]) - gaps[0]
        else:
            steps.insert(0, (0, width + gaps[1]))
            width = size * (width + gaps[1]) - gaps[1]
    return tuple(steps)


def passed(shape: Sequence[int]) -> list[int]:
    """How many cells of a block in C order one step along each axis passes over.

    >>> passed((2, 3, 4))
    [12, 4, 1]
    """
    return [prod(shape[n + 1 :]) for n in range(len(shape))]


def leaves(grid: Grid) -> Iterator[Grid]:
    """The innermost slices of at most two axes, in C order; of one axis where rows stand apart.

    Of one axis whose cells stand apart, each cell.
    """
    if len(grid.steps) == 1 and grid.steps[0] not in ((0, 1), (1, 0)):
        yield from (grid[n : n + 1] for n in range(grid.shape[0]))
        return
    rows = grid.steps[-2:-1] if grid.steps[-1:] == ((0, 1),) and grid.shape[-2:-1] != (1,) else ()
    apart = any(0 in step and step != (1, 0) for step in rows)
    for index in np.ndindex(*grid.shape[: -1 if apart else -2]):
        yield grid[(*index, ...)]


def reached(at: Place, steps: Sequence[Place], shape: Sequence[int]) -> list[Place]:
    """The places that steps reach from one on, in C order.

    >>> reached((4, 1), ((1, 0), (0, 2)), (2, 2))
    [(4, 1), (4, 3), (5, 1), (5, 3)]
    """
    places = [at]
    for (down, across), size in zip(steps, shape, strict=True):
        if size != 1:
            ahead = [(n * down, n * across) for n in range(size)]
            places = [(row + by[0], column + by[1]) for row, column in places for by in ahead]
    return places


def corners(grid: Grid) -> tuple[Place, Place]:
    """The first and the last cell (row, column) of the box around a grid."""
    first, last = bounds(grid)
    row, column = (at - moved for at, moved in zip(grid.origin, grid.offset, strict=True))
    return (row + first[0], column + first[1]), (row + last[0], column + last[1])


def box_size(shape: Sequence[int], steps: Sequence[Place]) -> Place:
    """Rows and columns of the box from the first cell of a shape on.

    >>> box_size((2, 3, 4), ((5, 0), (1, 0), (0, 1)))
    (8, 4)
    """
    high = wide = 1
    for size, (down, across) in zip(shape, steps, strict=True):
        high, wide = high + max(0, (size - 1) * down), wide + max(0, (size - 1) * across)
    return high, wide


def start(grid: Grid) -> Spot:
    """The first cell of a grid, before it has a place."""
    return Spot(grid.anchor, *grid.offset)


def bounds(grid: Grid) -> tuple[Place, Place]:
    """The first and the last cell of the box around a grid, counted from its anchor."""
    top, left = bottom, right = grid.offset
    for size, step in zip(grid.shape, grid.steps, strict=True):
        down, across = (size - 1) * step[0], (size - 1) * step[1]
        top, bottom = top + min(0, down), bottom + max(0, down)
        left, right = left + min(0, across), right + max(0, across)
    return (top, left), (bottom, right)


def under(grid: Grid, gap: int = 0) -> Spot:
    """The spot `gap` rows under a grid, below its first column."""
    return Spot(grid.anchor, bounds(grid)[1][0] + gap + 1, grid.offset[1])


def right_of(grid: Grid, gap: int = 0) -> Spot:
    """The spot `gap` columns right of a grid, in its first row."""
    return Spot(grid.anchor, grid.offset[0], bounds(grid)[1][1] + gap + 1)


def below(grid: Grid, gap: int = 1) -> int:
    """The row that stands `gap` rows under a grid."""
    return corners(grid)[1][0] + gap + 1


@cache
def letters(column: int) -> str:
    """The letters of a column, counted from 1.

    >>> letters(1), letters(28), letters(16_384)
    ('A', 'AB', 'XFD')
    """
    before, last = divmod(column - 1, 26)
    return (letters(before) if before else "") + chr(ord("A") + last)


@lru_cache(maxsize=1 << 15)
def column_number(name: str) -> int:
    """The column, counted from 1, that letters name.

    >>> column_number("A"), column_number("ab"), column_number("XFD")
    (1, 28, 16384)
    """
    return reduce(lambda number, letter: 26 * number + ord(letter) - ord("A") + 1, name.upper(), 0)


def quoted(sheet: str) -> str:
    """A sheet's name as it stands in a reference."""
    return "'" + sheet.replace("'", "''") + "'"


def a1(place: Place, absolute: bool = False) -> str:
    """The address of a cell as Excel writes it.

    >>> a1((4, 27)), a1((4, 27), absolute=True)
    ('AB5', '$AB$5')
    """
    dollar = "$" if absolute else ""
    return f"{dollar}{letters(place[1] + 1)}{dollar}{place[0] + 1}"


def area_of(reference: str) -> tuple[str, Place, Place] | None:
    """The sheet, the first and the last cell of a reference; None if it is not of that kind.

    >>> area_of("'A ''b'''!$C$4"), area_of("S!B$2:$A$1"), area_of("A1"), area_of("S!#REF!")
    (("A 'b'", (3, 2), (3, 2)), ('S', (0, 0), (1, 1)), ('', (0, 0), (0, 0)), None)
    """
    parts = AREA.fullmatch(reference)
    if not parts:
        return None
    within, plain, column, row, last_column, last_row = parts.groups()
    rows = sorted(int(number) - 1 for number in (row, last_row or row))
    columns = sorted(column_number(name) - 1 for name in (column, last_column or column))
    sheet = within.replace("''", "'") if within else plain or ""
    return sheet, (rows[0], columns[0]), (rows[1], columns[1])


def span(grid: Grid, absolute: bool = False) -> str:
    """The range around a grid, as Excel writes it; one cell is no range."""
    first, last = corners(grid)
    end = "" if first == last else ":" + a1(last, absolute)
    return a1(first, absolute) + end
