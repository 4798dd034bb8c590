"""A kernel that is turned along the axes whose control is 1, and what is not shown with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure, Sources, figure
from xlconv.figures.edges import Name, channel_name, weight_name
from xlconv.figures.titles import plain
from xlconv.grid.expr import Expr, call
from xlconv.grid.grid import Grid
from xlconv.layers.geometry import Axis
from xlconv.layers.given import numbers
from xlconv.text import spelt


def acting_kernel(src: Sources, turn: Sequence[Grid]) -> Figure:
    """The kernel, turned along the axes whose control is 1."""
    sheet, w, rank = src.sheet, src.weight, len(turn)
    words = sheet.say("acting", size=plain(w.shape, 2))
    each = weight_name(sheet, src.layer.geometry)
    acting = figure(sheet, "acting", w.shape, rank, words, role="computed", tint=-1, each=each)

    def weight(ways: tuple[slice, ...]) -> Expr:
        if len(ways) == rank:
            return w[(..., *ways)]
        turned, as_is = weight((*ways, slice(None, None, -1))), weight((*ways, slice(None)))
        return call("IF", turn[len(ways)].equals(1), turned, as_is)

    acting.cells[...] = weight(())
    return acting


def acting_others(
    src: Sources, turn: Sequence[Grid], given: Any | None
) -> tuple[Figure | None, Figure | None]:
    """What the channels bring that are not shown, for each turn, and for the one that is chosen."""
    if src.c is None:
        return None, None
    sheet, g = src.sheet, src.layer.geometry
    full = (g.out_channels, *(axis.full_size for axis in g.axes))
    shape = (2**g.rank - 1, *full)
    if isinstance(given, str) and given == spelt(shape):  # all that a recipe has of very many
        given = np.zeros(shape)
    maps = np.zeros(0) if given is None else numbers("others", given)
    if maps.shape != shape:
        raise XlconvError(
            f"view difference shows an excerpt with its others, {spelt(shape)}, got"
            f" {spelt(maps.shape)}: xlconv compare -o makes them, or show the whole layer",
            parameter="others",
        )

    def each(n: int, o: int) -> str:
        return sheet.say("others_is", turn=", ".join(f"{n + 1:0{g.rank}b}"), i=g.out_number(o))

    turned = figure(sheet, "others", shape, g.rank, role="bias", content=maps, each=Name(each))
    numbers_of = channel_name(sheet, g.outs)
    acting = figure(sheet, "others_acting", full, g.rank, role="computed", each=numbers_of)
    as_is = src.c.cells[(slice(None), *map(uncut, g.axes))]

    def chosen(n: int, axis: int) -> Expr:
        if axis == g.rank:
            return turned.cells[n - 1] if n else as_is
        return call(
            "IF", turn[axis].equals(1), chosen(2 * n + 1, axis + 1), chosen(2 * n, axis + 1)
        )

    acting.cells[...] = chosen(0, 0)
    return turned, acting


def uncut(axis: Axis) -> slice:
    """The full output within a canvas, which a negative padding makes larger."""
    first = max(0, -axis.padding[0])
    return slice(first, first + axis.full_size)
