"""Sedirts: stride in reverse steps over the output, or puts zeros between the inputs."""

from __future__ import annotations

from xlconv.figures.figure import (
    LEFT,
    TOP,
    caption,
    collected,
    count_caption,
    distributed,
    indices,
    output_blocks,
    output_caption,
    plain,
    sources,
    stretched_caption,
    stretched_input,
    turned_kernel,
    verdict,
)
from xlconv.grid.expr import Expr, Grid, call, total
from xlconv.grid.places import Place, below, beside, tiled
from xlconv.grid.sheet import Frame, Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.layer import Layer


def sedirts(sheet: Sheet, layer: Layer) -> None:
    """Each stamp at its place on the output, their sum and their count; and the stretched input."""
    g = layer.geometry
    src = sources(sheet, layer)
    left = max(beside(src.input, 4), beside(src.weight, 4), LEFT + 8)
    stamps, end = _stamps(sheet, g, src.input, src.weight, left)
    right = beside(end, 3)
    canvas, _, labels = output_blocks(
        sheet, layer, (TOP, right), "output", output_caption(sheet, g)
    )
    distributed(sheet, canvas, g, stamps, src.bias)
    _counts(sheet, g, canvas, labels, max(beside(canvas, 4), right + 9))

    row = max(below(end, 4), below(canvas, 4), below(src.bias or src.weight, 4))
    t = turned_kernel(sheet, g, src.weight, (row, LEFT))
    caption(sheet, t, sheet.say("turned_short"), lift=1)
    z = stretched_input(sheet, g, src.input, (row, max(left, beside(t, 3))))
    caption(sheet, z, stretched_caption(sheet, g))
    indices(sheet, z, g.rank)
    again, _, _ = output_blocks(
        sheet, layer, (row, max(right, beside(z, 3))), "by_collecting",
        sheet.say("by_collecting", size=plain(g.output_shape, 1)),
    )  # fmt: skip
    collected(sheet, again, g, t, z, src.bias)
    verdict(sheet, (below(again), again.origin[1]), (canvas, again))
    fraction = "1" if (s := g.axes[-1].stride) == 1 else f"1/{s}"
    sheet.text((below(z), z.origin[1]), sheet.say("fraction", fraction=fraction), "note")


def _stamps(sheet: Sheet, g: Geometry, x: Grid, w: Grid, left: int) -> tuple[Grid, Grid]:
    """Each stamp where it lands, on an empty output of its own.

    returns  the stamps (in_channels, out_channels // groups, *sizes, *kernel_sizes), and the
             empty outputs that they stand on
    """
    sizes = tuple(axis.size for axis in g.axes)
    spans = tuple(axis.full_size for axis in g.axes)
    lead = g.weight_shape[:2]
    if g.rank == 1:  # one row each, under one another
        place: tuple[Place, ...] = ((sizes[0] + 1, 0), (0, spans[0] + 2), (1, 0), (0, 1))
    else:
        deep = "h" * (g.rank - 2)
        place = tiled((*lead, *sizes, *spans), f"vh{deep}vh{deep}")
    field = sheet.memory((TOP, left), (*lead, *sizes, *spans), steps=place)
    field[...] = 0.0
    sheet.coat(field, "empty")
    sheet.frames.append(Frame(field))
    across, within = place[2 : 2 + g.rank], place[2 + g.rank :]
    apart, dilated = [], []
    for axis, (down, right), (row, column) in zip(g.axes, across, within, strict=True):
        apart.append((down + axis.stride * row, right + axis.stride * column))
        dilated.append((axis.dilation * row, axis.dilation * column))
    stamps = sheet.block(
        "stamps", (TOP, left), (*lead, *sizes, *g.weight_shape[2:]), role="stamp", frame=False,
        steps=(*place[:2], *apart, *dilated),
    )  # fmt: skip
    each = (None,) * g.rank
    stamps[...] = x[(slice(None), None, ..., *each)] * w[(slice(None), slice(None), *each)]
    sheet.text((TOP - 2, left), sheet.say("apart", stride=g.axes[-1].stride), "caption")
    return stamps, field


def _counts(sheet: Sheet, g: Geometry, canvas: Grid, labels: list[Grid], left: int) -> None:
    """How many stamps reach each cell: along each axis, and as their product."""
    sizes = canvas.shape[1:]
    count = sheet.block("count", (TOP, left), sizes, role="count", steps=canvas.steps[1:])
    caption(sheet, count, count_caption(sheet, g))
    along = []
    for n, (axis, label) in enumerate(zip(g.axes, labels, strict=True)):
        one = label[(0, *(slice(None) if m == n else slice(0, 1) for m in range(g.rank)))]
        edge = count[tuple(slice(None) if m == n else slice(-1, None) for m in range(g.rank))]
        down, across = {1: (2, 0), 2: (0, 2), 3: (2, 2)}[g.rank - n]
        at = (edge.origin[0] + down, edge.origin[1] + across)
        cells = sheet.block(
            f"count_{n}", at, edge.shape, steps=edge.steps, role="count",
            content=axis_count(sheet, axis, one),
        )  # fmt: skip
        sheet.scale(cells)
        along.append(cells)
    product_of: Expr = along[0]
    for cells in along[1:]:
        product_of = product_of * cells
    count[...] = product_of
    sheet.scale(count)
    indices(sheet, count, g.rank, [-axis.crop.start for axis in g.axes])
    sheet.text((below(along[-1]), left), sheet.say("count_is_product"), "note")


TEST = 8
"""How many of the shortest terms are as long as the shortest test, IF(AND(A1>=0,A1<=0),1,0)+."""


def axis_count(sheet: Sheet, axis: Axis, label: Grid) -> Expr:
    """How many inputs reach an output cell along one axis, from its index alone."""
    full = label + axis.padding[0] if axis.padding[0] else label
    sheet.afford(axis.kernel_size, TEST * axis.kernel_size)
    tests = []
    for u in range(axis.kernel_size):
        apart = full - axis.dilation * u if u else full
        conditions = [apart >= 0, apart <= axis.stride * (axis.size - 1)]
        if axis.stride > 1:
            conditions.append(call("MOD", apart, axis.stride).equals(0))
        tests.append(call("IF", call("AND", *conditions), 1, 0))
    return total(tests)
