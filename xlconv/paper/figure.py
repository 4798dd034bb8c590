"""A sheet, or a block with what names its rows and columns, as one picture of its own size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xlconv.grid.marks import Block
from xlconv.grid.pages import columns
from xlconv.grid.places import Place, corners
from xlconv.grid.sheet import Sheet
from xlconv.paper.drawing import Window, painted
from xlconv.paper.lit import Seen, seen
from xlconv.paper.page import Page

MARGIN = 8
"""What is free around a picture, in points."""

OVER = ("index", "caption", "edge", "symbol", "stage")
"""What stands over a block, or left of it, and belongs to it."""

MOST = 3
"""Rows over a block that belong to it, at most."""


def sheet_page(sheet: Sheet) -> Page:
    """All of a sheet."""
    window = Window(sheet, range(max(sheet.rows, 1)), range(columns(sheet)), 1, (MARGIN, MARGIN))
    return _page(window, seen(sheet))


def block_page(sheet: Sheet, block: Block) -> Page:
    """A block, with its caption and its indices."""
    cells = seen(sheet)
    rows, columns = named(cells, *corners(block.cells))
    mine = within(cells, rows, columns)
    wide = range(columns.start, max(columns.stop, behind(sheet, mine)))
    return _page(Window(sheet, rows, wide, 1, (MARGIN, MARGIN)), mine)


def named(cells: Mapping[Place, Seen], first: Place, last: Place) -> tuple[range, range]:
    """The rows and the columns of some cells, and of what names them."""
    (top, left), (bottom, right) = first, last
    for row in range(top - 1, top - 1 - MOST, -1):
        over = [(row, column) for column in range(left, right + 1) if (row, column) in cells]
        if not all(_named(cells, at) for at in over):
            break
        top = row if over else top
    left -= any(_named(cells, (row, left - 1)) for row in range(top, bottom + 1))
    return range(top, bottom + 1), range(left, right + 1)


def within(cells: Mapping[Place, Seen], rows: range, columns: range) -> dict[Place, Seen]:
    """The cells of some rows and columns."""
    return {at: one for at, one in cells.items() if at[0] in rows and at[1] in columns}


def behind(sheet: Sheet, cells: Mapping[Place, Seen]) -> int:
    """The first column that no caption runs over."""
    over = (
        sheet.behind(at, str(one.cell.value), "caption")
        for at, one in cells.items()
        if one.cell.role == "caption"
    )
    return max(over, default=0)


def _named(cells: Mapping[Place, Seen], at: Place) -> bool:
    """Whether a cell names what is beside it."""
    return at in cells and cells[at].cell.role in OVER


def _page(window: Window, cells: dict[Place, Seen]) -> Page:
    page = painted(window, cells, {})
    return replace(page, wide=window.across[-1] + 2 * MARGIN, high=window.down[-1] + MARGIN)
