"""A sheet, or a block with what names its rows and columns, as one picture of its own size."""

from __future__ import annotations

from dataclasses import replace

from xlconv.grid.marks import Block
from xlconv.grid.pages import columns
from xlconv.grid.places import Place, corners, leaves
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
    (top, left), (bottom, right) = _box(block)
    for _ in range(MOST):
        top -= any(_named(cells, (top - 1, column)) for column in range(left, right + 1))
    left -= any(_named(cells, (row, left - 1)) for row in range(top, bottom + 1))
    mine = {
        at: one for at, one in cells.items() if top <= at[0] <= bottom and left <= at[1] <= right
    }
    over = [
        sheet.behind(at, str(one.cell.value), "caption")
        for at, one in mine.items()
        if one.cell.role == "caption"
    ]
    wide = range(left, max([right + 1, *over]))
    return _page(Window(sheet, range(top, bottom + 1), wide, 1, (MARGIN, MARGIN)), mine)


def _box(block: Block) -> tuple[Place, Place]:
    """The first and the last cell of the box around all of a block's slices."""
    each = [corners(leaf) for leaf in leaves(block.cells)]
    tops, lefts = zip(*(first for first, _ in each), strict=True)
    bottoms, rights = zip(*(last for _, last in each), strict=True)
    return (min(tops), min(lefts)), (max(bottoms), max(rights))


def _named(cells: dict[Place, Seen], at: Place) -> bool:
    """Whether a cell names what is beside it."""
    return at in cells and cells[at].cell.role in OVER


def _page(window: Window, cells: dict[Place, Seen]) -> Page:
    page = painted(window, cells, {})
    return replace(page, wide=window.across[-1] + 2 * MARGIN, high=window.down[-1] + MARGIN)
