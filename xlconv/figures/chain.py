"""All layers of a network side by side, and the columns that paper has for them."""

from __future__ import annotations

from collections.abc import Sequence

from xlconv.figures.blocks import Figure
from xlconv.figures.layout import Arranged, Led
from xlconv.figures.maps import Drawn, layer_figures
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import column_points
from xlconv.layers.network import Network

ROOM = 1034
"""Points that paper has for columns at a readable size."""

MAPS = 3
"""Digits of a number, where nothing is said of them."""


def all_layers(sheet: Sheet, network: Network, first: Figure, columns: int) -> list[Drawn]:
    """All layers, each made of the maps before it."""
    maps, drawn = {"": first}, list[Drawn]()
    for step in network.steps:
        reads = [maps[name] for name in step.sources]
        drawn.append(layer_figures(sheet, network, step, reads, columns))
        maps[step.name] = drawn[-1].after
    return drawn


def side_by_side(drawn: Sequence[Drawn], pictures: Arranged | None = None) -> Arranged:
    """All layers side by side, the pictures with the last one."""
    *others, last = drawn
    row: Arranged = Led(last.figures(pictures))
    for one in reversed(others):
        row = Led(one.figures()) | row
    return row


def map_columns(sheet: Sheet) -> int:
    """Columns that paper shows at a readable size, once they are as wide as the numbers will be.

    These have a sign and a point.
    """
    sheet.column_width = max(sheet.column_width, (sheet.formats.digits or MAPS) + 2.4)
    return int(ROOM / column_points(sheet.column_width)) - 1
