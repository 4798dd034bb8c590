"""Upsampling: put zeros between, repeat, or interpolate; then the same convolution each time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from operator import sub, truediv

from xlconv.figures.blocks import Figure, figure, result_figure, sources
from xlconv.figures.inlaid import turned_figure
from xlconv.figures.layout import DOWNWARD, Arranged, Led, Table
from xlconv.figures.operations import collected
from xlconv.figures.outputs import by_distributing
from xlconv.figures.paper import arrange
from xlconv.figures.titles import plain
from xlconv.figures.upsampled import WAYS, filled
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer
from xlconv.layers.phase import phase_tints


def upsampling(sheet: Sheet, layer: Layer) -> None:
    """The input made larger in three ways, and each of them convolved with the turned kernel."""
    g = layer.geometry
    tint = phase_tints(g, [min(axis.stride, axis.output_size) for axis in g.axes])
    src = sources(sheet, layer, tint)
    t = turned_figure(sheet, g, src.w, short=True, tint=tint)
    fields, outputs = list[Figure](), list[Arranged]()
    for way in WAYS:
        own = way == "zeros"  # what the layer does
        z = _larger(sheet, g, way, src.input)
        words = sheet.say(f"after_{way}", size=plain(g.output_shape, 1))
        other = {} if own else {"role": "computed", "claim": None}
        y = result_figure(sheet, layer, words, name=f"{way}_output", **other)
        collected(sheet, y.cells, g, t.cells, z.kept, src.bias)
        sheet.scale(y.cells)
        below = by_distributing(src, y.cells, "distribute_output") if own else ()
        fields.append(z)
        outputs.append(reduce(truediv, below, Led(y, DOWNWARD)))
    arrange(sheet, src.line / t >> Table([fields, outputs], alike=True))


def _larger(sheet: Sheet, g: Geometry, way: str, x: Grid) -> Figure:
    """The input, s times larger along each axis, inside a margin; the turned kernel sees `kept`."""
    sizes = [axis.stride * axis.size for axis in g.axes]
    firsts = [min(0, axis.seen.start) for axis in g.axes]
    ends = [max(size, axis.seen.stop) for size, axis in zip(sizes, g.axes, strict=True)]
    shape = (g.in_channels, *map(sub, ends, firsts))
    words = sheet.say(f"way_{way}")
    z = figure(sheet, f"{way}_field", shape, g.rank, words, firsts=firsts, role="zero", content=0.0)

    def among(cells: Iterable[range]) -> Grid:
        places = zip(cells, firsts, strict=True)
        return z.cells[(..., *(slice(r.start - first, r.stop - first) for r, first in places))]

    inner = among(map(range, sizes))
    for cells, terms in filled(sheet, g, way, x):
        inner[(slice(None), *cells)] = terms
        sheet.coat(inner[(slice(None), *cells)], "copy")
    return replace(z, kept=among(axis.seen for axis in g.axes))
