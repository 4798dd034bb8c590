"""Sedirts: stride in reverse steps over the output, or puts zeros between the inputs."""

from __future__ import annotations

from xlconv.figures.again import by_collecting
from xlconv.figures.blocks import (
    Figure,
    Sources,
    output_figure,
    sources,
    stretched_figure,
    turned_figure,
)
from xlconv.figures.counts import count_figure
from xlconv.figures.layout import Table, arrange
from xlconv.figures.notes import caption, note
from xlconv.figures.operations import distributed
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Frame
from xlconv.grid.places import Place, tiled
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer


def sedirts(sheet: Sheet, layer: Layer) -> None:
    """Each stamp at its place on the output, their sum and their count; and the stretched input."""
    g = layer.geometry
    src = sources(sheet, layer)
    field, stamps = _stamps(sheet, g, src)
    y, count = output_figure(sheet, layer), count_figure(sheet, layer, whole=True)
    distributed(sheet, y.cells, g, stamps, src.bias)
    t = turned_figure(sheet, g, src.w, sheet.say("turned_short"))
    z = stretched_figure(sheet, g, src.x)
    again, agree = by_collecting(src, z, t, y.cells)
    fraction = "1" if (s := g.axes[-1].stride) == 1 else f"1/{s}"
    between = note(sheet, sheet.say("fraction", fraction=fraction))
    arrange(
        sheet,
        Table([[src.column, field, y, count], [t, z / between, again / agree]]),
    )


def _stamps(sheet: Sheet, g: Geometry, src: Sources) -> tuple[Figure, Grid]:
    """Each stamp where it lands, on an empty output of its own.

    returns  the empty outputs, and the stamps that stand on them: (in_channels,
             out_channels // groups, *sizes, *kernel_sizes)
    """
    sizes = tuple(axis.size for axis in g.axes)
    spans = tuple(axis.full_size for axis in g.axes)
    lead = g.weight_shape[:2]
    if g.rank == 1:  # one row each, under one another
        place: tuple[Place, ...] = ((sizes[0] + 1, 0), (0, spans[0] + 2), (1, 0), (0, 1))
    else:
        deep = "h" * (g.rank - 2)
        place = tiled((*lead, *sizes, *spans), f"vh{deep}vh{deep}")
    corner = sheet.corner()
    field = sheet.memory(corner, (*lead, *sizes, *spans), steps=place)
    field[...] = 0.0
    sheet.coat(field, "empty")
    sheet.frames.append(Frame(field))
    across, within = place[2 : 2 + g.rank], place[2 + g.rank :]
    apart, dilated = [], []
    for axis, (down, right), (row, column) in zip(g.axes, across, within, strict=True):
        apart.append((down + axis.stride * row, right + axis.stride * column))
        dilated.append((axis.dilation * row, axis.dilation * column))
    stamps = sheet.block(
        "stamps",
        corner,
        (*lead, *sizes, *g.weight_shape[2:]),
        role="stamp",
        frame=False,
        steps=(*place[:2], *apart, *dilated),
    )
    each = (None,) * g.rank
    x, w = src.input, src.weight
    stamps[...] = x[(slice(None), None, ..., *each)] * w[(slice(None), slice(None), *each)]
    words = caption(sheet, sheet.say("apart", stride=g.axes[-1].stride))
    return Figure(corner.anchor, words, cells=field, kept=field), stamps
