"""Live copies among zeros: the stretched input, the turned kernel, a kernel with its gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

from xlconv.figures.blocks import Figure, figure, tints
from xlconv.figures.edges import channel_name, weight_name
from xlconv.figures.titles import plain, stretched_caption
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry


def stretched_figure(sheet: Sheet, g: Geometry, x: Figure, at: Spot | None = None) -> Figure:
    """The input with its inserted zeros and its margins, each value a live copy."""
    sizes = [axis.stretched_size + sum(axis.margins) for axis in g.axes]
    places, words = [axis.stretched for axis in g.axes], stretched_caption(sheet, g)
    ruler = [(1, -axis.margins[0]) for axis in g.axes]
    look: dict[str, Any] = {"each": channel_name(sheet, g.ins), "ruler": ruler, "at": at}
    look |= {"firsts": [axis.first * axis.stride for axis in g.axes]}
    return inlaid(sheet, "stretched", x.cells, sizes, places, words, **look)


def turned_figure(
    sheet: Sheet, g: Geometry, w: Figure, *, short: bool = False, tint: Any = None
) -> Figure:
    """The kernel turned by half, with the zeros of its dilation, each weight a live copy.

    short  whether the words above it leave its size out
    tint   of the weights, one for each kernel index if not given
    """
    way = "turned" if g.rank <= 2 else "reversed"  # no turn reverses three axes
    size = plain((*g.weight_shape[:2], *(axis.extent for axis in g.axes)), 2)
    words = sheet.say(f"{way}_short") if short else sheet.say(way, size=size)
    return gapped_figure(sheet, g, w, "turned", words, slice(None, None, -1), tint)


def gapped_figure(
    sheet: Sheet,
    g: Geometry,
    w: Figure,
    name: str,
    words: str | None = None,
    way: slice = slice(None),
    tint: Any = None,
) -> Figure:
    """The kernel with the zeros of its dilation, each weight a live copy.

    way   in which its weights are read along each axis
    tint  of the weights, one for each kernel index if not given
    """
    sizes, places = zip(*((a.extent, slice(None, None, a.dilation)) for a in g.axes), strict=True)
    read: Any = (..., *[way] * g.rank)
    weights, tint = w.cells[read], (tints(g) if tint is None else tint)[read]
    each = weight_name(sheet, g)
    return inlaid(sheet, name, weights, sizes, places, words, tint=tint, numbered=False, each=each)


def inlaid(
    sheet: Sheet,
    name: str,
    source: Grid,
    sizes: Sequence[int],
    places: Iterable[slice],
    words: str | None = None,
    *,
    tint: Any = -1,
    **more: Any,
) -> Figure:
    """Zeros, and live copies of a source at some places along each axis.

    more  what else `figure` takes
    """
    shape = (*source.shape[: -len(sizes)], *sizes)
    z = figure(sheet, name, shape, len(sizes), words, role="zero", content=0.0, **more)
    if prod(source.shape):
        copied(sheet, z.cells[(..., *places)], source, tint)
    return z


def copied(sheet: Sheet, cells: Grid, source: Grid, tint: Any = -1) -> None:
    """Live copies of a source in some cells of a figure."""
    cells[...] = source
    sheet.coat(cells, "copy", tint)
