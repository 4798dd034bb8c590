"""Between which rows and columns of a sheet paper may end, so that nothing is cut there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np

from xlconv.grid.grid import Grid
from xlconv.grid.marks import Coat, Paint
from xlconv.grid.places import Place, corners, leaves
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import column_room, look, width
from xlconv.grid.values import Values

SIGN = "operator"
"""The role of a cell that goes with what follows it, not with what is before it."""

BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}
"""By how much of what does not fit its cell a text runs over those before it."""


def free_rows(sheet: Sheet, *, between: bool = True) -> list[int]:
    """The rows in which nothing stands, and no block goes through.

    between  whether those between a block's slices are free, too
    """
    free = np.ones(max(sheet.rows, _end(sheet.paints, 0)), bool)
    for paint in sheet.paints:
        free[_places(paint.cells, 0)] = False
    whole = (corners(block.cells) for block in sheet.blocks)
    for (first, _), (last, _) in _slices(sheet) if between else whole:
        free[first : last + 1] = False
    return np.flatnonzero(free[: sheet.rows]).tolist()


def uncut_rows(sheet: Sheet) -> list[int]:
    """The rows at which no block goes on."""
    uncut = np.ones(sheet.rows, bool)
    for (first, _), (last, _) in _slices(sheet):
        uncut[first + 1 : last + 1] = False
    return np.flatnonzero(uncut).tolist()


def free_columns(sheet: Sheet, columns: int) -> list[int]:
    """Those of so many columns that may begin a page, besides the first.

    No block goes on there, no text runs over, and in no row a cell stands right beside another;
    or the sheet itself has a part begin there.
    """
    across = max(columns, _end(sheet.coats, 1)) + 1
    stands = np.zeros((_end(sheet.coats, 0), across), bool)
    follows, cut = stands.copy(), np.zeros(across, bool)
    for coat in sheet.coats:
        places = tuple(_places(coat.cells, way) for way in (0, 1))
        stands[places] = True
        follows[places] |= coat.role != SIGN
        if coat.cells.memory.dtype == object:
            for reach in _runs(sheet, coat.cells, coat.role):
                cut[reach.start + 1 : reach.stop] = True
    for (_, first), (_, last) in _slices(sheet):
        cut[first + 1 : last + 1] = True
    cut[1:] |= (stands[:, :-1] & follows[:, 1:]).any(axis=0)
    return sorted({*np.flatnonzero(~cut[:columns]).tolist(), *sheet.turns} - {0})


def _end(some: Sequence[Paint | Coat], way: int) -> int:
    """The row, or the column, behind the last of some cells, those below a sheet's end, too."""
    return max((corners(one.cells)[1][way] + 1 for one in some), default=0)


def _slices(sheet: Sheet) -> Iterator[tuple[Place, Place]]:
    """The first and the last cell of each slice of each block."""
    return (corners(leaf) for block in sheet.blocks for leaf in leaves(block.cells))


def _places(cells: Grid, way: int) -> Values:
    """The rows, or the columns, of all cells of a grid."""
    moves = (np.arange(n) * step[way] for n, step in zip(cells.shape, cells.steps, strict=True))
    return reduce(np.add.outer, moves, np.asarray(cells.origin[way]))


def _runs(sheet: Sheet, cells: Grid, role: str) -> Iterator[range]:
    """The columns that each text takes."""
    share = BEFORE[look(role).align or "left"]
    for index, text in np.ndenumerate(cells.value):
        if isinstance(text, str) and text:
            yield taken(sheet, cells.cell(index)[1], text, role, share)


def taken(sheet: Sheet, column: int, text: str, role: str, share: float) -> range:
    """The columns that a text takes: its own, and those that it runs over.

    share  how much of what does not fit its cell runs over those before it
    """
    over = width(text, role) - _room(sheet, column)
    first = _reached(sheet, column, over * share, -1)
    return range(first, _reached(sheet, column, over * (1 - share), 1) + 1)


def _reached(sheet: Sheet, column: int, over: float, step: int) -> int:
    """The last column that a text runs over which has so much more than its own."""
    while over > 0 and column + step >= 0:
        column += step
        over -= _room(sheet, column)
    return column


def _room(sheet: Sheet, column: int) -> float:
    return column_room(sheet.widths.get(column, sheet.column_width))
