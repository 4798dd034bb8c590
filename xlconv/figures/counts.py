"""How many stamps reach each output cell, from geometry alone."""

from __future__ import annotations

from functools import reduce
from math import prod
from operator import mul

from xlconv.figures.blocks import Figure, steps
from xlconv.figures.edges import indices, name_slices
from xlconv.figures.layout import Arranged
from xlconv.figures.notes import caption
from xlconv.figures.ruler import source
from xlconv.figures.sums import sliced
from xlconv.figures.titles import count_caption
from xlconv.figures.verdicts import both
from xlconv.grid.expr import Constant, Expr, call, moved, total
from xlconv.grid.grid import Grid
from xlconv.grid.places import start
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.layer import Layer


def count_figure(sheet: Sheet, layer: Layer, *, whole: bool = False) -> Figure:
    """How many stamps reach each cell of the full output: along each axis, and their product.

    whole  whether the counts are those of the full output, of which no crop is shown
    """
    g, corner = layer.geometry, sheet.corner()
    sizes = g.canvas_shape[1:]
    place = steps(g.canvas_shape, g.rank, 1)[1:]
    count = sheet.memory(corner, sizes, steps=place)
    kept = count if whole else count[g.crop]
    if kept.shape != count.shape:
        sheet.name_block("count_full", count, role="cropped", frame=False)
    sheet.name_block("count", kept, role="count", claim=None if whole else ("count", layer))
    labels = indices(sheet, count[None], g.rank, g.firsts)
    name_slices(sheet, count, g.rank, above=2, firsts=g.firsts)
    if g.rank == 1:
        count[...] = axis_count(sheet, g.axes[0], labels[0][0])
    else:
        along = [_along(sheet, g, count, label[0], n) for n, label in enumerate(labels)]
        count[...] = reduce(mul, along)
        sheet.text(corner.shift(corner.anchor.after[0]), sheet.say("count_is_product"), "note")
    sheet.scale(kept)
    head = caption(sheet, count_caption(sheet, g))
    return Figure(corner.anchor, head, cells=count, labels=tuple(labels), kept=kept)


def _along(sheet: Sheet, g: Geometry, count: Grid, label: Grid, n: int) -> Grid:
    """The counts along one axis, beyond the last row or column of the counts."""
    last = count[tuple(slice(None) if m == n else slice(-1, None) for m in range(g.rank))]
    here = label[tuple(slice(None) if m == n else slice(0, 1) for m in range(g.rank))]
    down, across = {1: (2, 0), 2: (0, 2), 3: (2, 2)}[g.rank - n]
    cells = sheet.block(
        f"count_{n}",
        start(last).shift(down, across),
        last.shape,
        steps=last.steps,
        role="count",
        content=axis_count(sheet, g.axes[n], here),
    )
    sheet.scale(cells)
    return cells


TEST = 8
"""How many of the shortest terms are as long as the shortest test, IF(AND(A1>=0,A1<=0),1,0)+."""


def axis_count(sheet: Sheet, axis: Axis, label: Expr, size: Expr | None = None) -> Expr:
    """How many inputs reach an output cell along one axis, from its index alone.

    They follow one another where nothing but the stride tells them apart: the last of them less
    the last before them.

    size  how many inputs there are, if not as many as the axis has
    """
    if axis.dilation == 1 and min(axis.padding) >= 0:
        last = axis.size - 1 if size is None else moved(size, -1)
        at = moved(label, axis.padding[0])
        reach, before = (_upto(axis, place) for place in (at, moved(at, -axis.kernel_size)))
        return call("MIN", reach, last) - call("MAX", before, -1)
    sheet.afford(axis.kernel_size, TEST * axis.kernel_size)
    there = (source(axis, label, u, size)[1] for u in range(axis.kernel_size))
    return total([call("IF", call("AND", *tests), 1, 0) for tests in there])


def _upto(axis: Axis, place: Expr) -> Expr:
    """The last input at or before a place of the stretched input."""
    return call("INT", place / axis.stride) if axis.stride > 1 else place


def count_sums(sheet: Sheet, layer: Layer, count: Figure) -> Arranged:
    """All counts added, and what is known of them: each stamp reaches as many cells as it has."""
    g = layer.geometry
    stamps, cells = prod(g.input_shape[1:]), prod(g.weight_shape[2:])
    return both(
        sheet,
        (total(sliced(sheet, "SUM", count.cells)), sheet.say("counts_added")),
        (Constant(stamps) * cells, sheet.count("counts_known", stamps=stamps, cells=cells)),
    )
