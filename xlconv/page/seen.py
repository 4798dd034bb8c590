"""The cells of a sheet as they are seen: what each shows, its look and its lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from xlconv.frozen import frozen
from xlconv.grid.cells import Cell
from xlconv.grid.direction import Way, mirrored, reading
from xlconv.grid.grid import Grid
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.shown import shown
from xlconv.grid.theme import Look, look

TOP, BOTTOM, LEFT, RIGHT = 1, 2, 4, 8
"""The sides of a cell on which a frame has its line."""


@frozen
class Dress:
    """All of a cell that is not its content; cells that share one are alike.

    reading  how its text is read, where that is said: see `direction.reading`
    """

    look: Look
    role: str
    edges: int
    reading: int


@frozen
class Seen:
    """A cell as it is seen."""

    cell: Cell
    dress: Dress
    text: str

    @property
    def value(self) -> Any:
        """What it holds, in Python's own types."""
        value = self.cell.value
        return value.item() if isinstance(value, np.generic) else value


def seen(sheet: Sheet) -> list[Seen]:
    """Every cell that has a content or a look, by rows."""
    edges = dict[Place, int]()
    for frame in sheet.frames:
        for place, index in _places(frame.cells):
            sides = _sides(frame.cells, index)
            sides = _mirrored(sides) if sheet.way is Way.LEFTWARD else sides
            edges[place] = edges.get(place, 0) | sides
    known = {(cell.row, cell.column): cell for cell in sheet.cells()}
    bare = {place: Cell(*place) for place in edges.keys() - known.keys()}
    found = []
    for place, cell in sorted((known | bare).items()):
        dressed = look(cell.role, cell.tint, cell.numbers)
        turned = mirrored(dressed, sheet.way)
        dress = Dress(turned, cell.role, edges.get(place, 0), reading(dressed, sheet.way))
        one = Seen(cell, dress, "")
        room = int(sheet.widths.get(place[1], sheet.column_width))
        found.append(Seen(cell, dress, shown(one.value, turned.number_format, room)))
    return found


def _mirrored(sides: int) -> int:
    """Sides with left and right the other way round."""
    return sides & (TOP | BOTTOM) | RIGHT * bool(sides & LEFT) | LEFT * bool(sides & RIGHT)


def _places(cells: Grid) -> Iterator[tuple[Place, tuple[int, ...]]]:
    return ((cells.cell(index), index) for index in np.ndindex(cells.shape))


def _sides(cells: Grid, index: tuple[int, ...]) -> int:
    """The sides of the innermost slice that one of its cells is on."""
    sides, ways = 0, set()
    for i, size, (down, across) in [*zip(index, cells.shape, cells.steps, strict=True)][-2:]:
        first, last = (TOP, BOTTOM) if down else (LEFT, RIGHT)
        if (down or across) < 0:
            first, last = last, first
        ways.add(bool(down))
        sides |= first * (i == 0) | last * (i == size - 1)
    return sides | (TOP | BOTTOM) * (True not in ways) | (LEFT | RIGHT) * (False not in ways)
