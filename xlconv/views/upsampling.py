"""Upsampling: put zeros between, repeat, or interpolate; then the same convolution each time."""

from __future__ import annotations

from dataclasses import replace

from xlconv.figures.again import by_distributing
from xlconv.figures.blocks import Figure, figure, sources, turned_figure
from xlconv.figures.layout import Table, arrange
from xlconv.figures.operations import collected
from xlconv.figures.titles import plain
from xlconv.figures.upsampled import WAYS, filled
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.layer import Layer


def upsampling(sheet: Sheet, layer: Layer) -> None:
    """The input made larger in three ways, and each of them convolved with the turned kernel."""
    g, shape = layer.geometry, layer.geometry.output_shape
    src = sources(sheet, layer)
    t = turned_figure(sheet, g, src.w, sheet.say("turned_short"))
    columns = [src.column / t]
    for way in WAYS:
        own = way == "zeros"  # what the layer does
        z = _larger(sheet, g, way, src.input)
        y = figure(
            sheet,
            f"{way}_output",
            shape,
            g.rank,
            sheet.say(f"after_{way}", size=plain(shape, 1)),
            role="output" if own else "computed",
            claim=("conv_transpose", layer) if own else None,
        )
        collected(sheet, y.cells, g, t.cells, z.kept, src.bias)
        sheet.scale(y.cells)
        column = z / y
        if own:
            again, agree = by_distributing(src, y.cells, "distribute_output")
            column = column / again / agree
        columns.append(column)
    arrange(sheet, Table([columns]))


def _larger(sheet: Sheet, g: Geometry, way: str, x: Grid) -> Figure:
    """The input, s times larger along each axis, inside a margin; the turned kernel sees `kept`."""
    margins = [_margins(axis) for axis in g.axes]
    sizes = [axis.stride * axis.size for axis in g.axes]
    z = figure(
        sheet,
        f"{way}_field",
        (g.in_channels, *(a + size + b for size, (a, b, _) in zip(sizes, margins, strict=True))),
        g.rank,
        sheet.say(f"way_{way}"),
        firsts=[-a for a, _, _ in margins],
        role="zero",
        content=0.0,
    )
    places = (slice(a, a + size) for size, (a, _, _) in zip(sizes, margins, strict=True))
    inner = z.cells[(slice(None), *places)]
    for cells, terms in filled(sheet, g, way, x):
        inner[(slice(None), *cells)] = terms
        sheet.coat(inner[(slice(None), *cells)], "copy")
    return replace(z, kept=z.cells[(slice(None), *(seen for _, _, seen in margins))])


def _margins(axis: Axis) -> tuple[int, int, slice]:
    """Zeros before and after s·n cells, and the part that the turned kernel slides over."""
    lead = axis.extent - 1 - axis.padding[0]
    before, start = max(0, lead), max(0, -lead)
    end = start + axis.output_size + axis.extent - 1
    return before, max(0, end - before - axis.stride * axis.size), slice(start, end)
