"""One dimension: distribute and collect in one row each, the easiest place to see both."""

from __future__ import annotations

from itertools import product

from xlconv.errors import XlconvError
from xlconv.expr import Expr, Grid, call
from xlconv.figure import (
    LEFT,
    TOP,
    Sources,
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
    written,
)
from xlconv.figures.looked_at import Look, look_at
from xlconv.geometry import Geometry
from xlconv.layer import Layer
from xlconv.places import Place, below, beside
from xlconv.sheet import Frame, Sheet
from xlconv.views.sedirts import axis_count


def one_dimension(sheet: Sheet, layer: Layer, *, look: list[int] | None = None) -> None:
    """Stamps as a staircase over the output; under it the stretched input and the turned kernel.

    Of several channels each pair of one in and one out has its staircase, under one another.

    look  the output cell that is looked at when the file is opened; the middle if not given

    Raises XlconvError for a layer of more axes.
    """
    g = layer.geometry
    if g.rank != 1:
        raise XlconvError(
            f"one_dimension view needs a layer of one axis, got {g.rank}: use the views distribute"
            " and collect",
            parameter="input",
        )
    (axis,) = g.axes
    top = TOP + 2
    src = sources(sheet, layer, (top, LEFT))
    left = max(LEFT + 10, beside(src.input, 3), LEFT + axis.extent + 3)
    column = left + axis.extent - 1
    stairs, stamps = _staircases(sheet, g, src, (top, column))
    canvas, _, labels = output_blocks(
        sheet, layer, (below(stairs, 3), column), "output", output_caption(sheet, g)
    )
    distributed(sheet, canvas, g, stamps, src.bias)
    count = sheet.block(
        "count", (below(canvas, 1), column), canvas[:1].shape, role="count",
        content=axis_count(sheet, axis, labels[0]),
    )  # fmt: skip
    sheet.scale(count)
    sheet.text((count.origin[0], column + axis.canvas_size + 1), count_caption(sheet, g), "note")

    row = max(below(count, 4), below(src.bias or src.weight, 3))
    again, slid = _collecting(sheet, layer, src, (row, left), column)
    verdict(sheet, (below(again), column), (canvas, again))

    looked = look_at(sheet, g, labels, look)
    if sheet.plan:  # which has no lights
        return
    for o in range(g.out_channels):
        here = _all([labels[0].equals(looked.at[0]), *looked.is_channel(o)])
        for cells in (canvas, again):
            sheet.light(cells[o : o + 1], here, "current")
    _light_stairs(sheet, looked, stairs, labels[0])
    _light_met(sheet, looked, src, slid)


def _collecting(
    sheet: Sheet, layer: Layer, src: Sources, at: Place, column: int
) -> tuple[Grid, tuple[Grid, list[Grid]]]:
    """The output by collecting, and the stretched input that the kernel slides over, with indices.

    at      the first cell of the stretched input
    column  the first one of the output
    """
    g = layer.geometry
    z = stretched_input(sheet, g, src.input, at)
    caption(sheet, z, stretched_caption(sheet, g))
    places = indices(sheet, z, 1)
    t = turned_kernel(sheet, g, src.weight, (at[0], LEFT))
    caption(sheet, t, sheet.say("turned_short"), lift=1)
    again, _, _ = output_blocks(
        sheet, layer, (max(below(z, 3), below(t, 2)), column), "by_collecting",
        sheet.say("by_collecting", size=plain(g.output_shape, 1)),
    )  # fmt: skip
    collected(sheet, again, g, t, z, src.bias)
    return again, (z, places)


def _staircases(sheet: Sheet, g: Geometry, src: Sources, at: Place) -> tuple[Grid, Grid]:
    """The staircases: row i of one is the stamp of input i, where it lands on the output.

    at       the first cell of the canvas that they stand over
    returns  the empty cells that the stamps stand on, (in_channels, out_channels // groups, size,
             full_size), and the stamps, (in_channels, out_channels // groups, size, kernel_size)
    """
    (axis,) = g.axes
    channels, filters = g.weight_shape[:2]
    begin = max(0, -axis.padding[0])  # cells of the canvas before the first stamp
    row, column = at[0], at[1] + begin
    apart = axis.size + (1 if channels * filters == 1 else 2)
    lead = ((filters * apart, 0), (apart, 0))
    stairs = sheet.memory(
        (row, column), (channels, filters, axis.size, axis.full_size),
        steps=(*lead, (1, 0), (0, 1)),
    )  # fmt: skip
    stairs[...] = 0.0
    sheet.coat(stairs, "empty")
    stamps = sheet.block(
        "stamps", (row, column), (channels, filters, axis.size, axis.kernel_size), role="stamp",
        frame=False, steps=(*lead, (1, axis.stride), (0, axis.dilation)),
    )  # fmt: skip
    stamps[...] = src.input[:, None, :, None] * src.weight[:, :, None]
    sheet.frames.append(Frame(stairs))
    before = sheet.memory(
        (row, column - 2), (channels, filters, axis.size), steps=(*lead, (1, 0))
    )  # each stamp's input stands before its row
    before[...] = src.input[:, None]
    sheet.coat(before, "fact")
    for i in written(sheet, stairs):
        for f in written(sheet, stairs[i]):
            o = g.targets(i)[f]
            first = stairs[i, f].origin[0]
            sheet.line((first, column - 1), ["×"] * axis.size, "operator", step=(1, 0))
            if channels * filters > 1:
                sheet.text((first - 1, column), sheet.say("part_of", i=i, o=o), "note")
    sheet.text((row - 2, column - 2), sheet.say("staircase"), "caption")
    return stairs, stamps


def _light_stairs(sheet: Sheet, looked: Look, stairs: Grid, labels: Grid) -> None:
    """Light the column of the looked-at cell, in the staircases of its channel."""
    (axis,) = looked.geometry.axes
    begin = max(0, -axis.padding[0])
    above = labels[0, begin : begin + axis.full_size]
    for i in range(stairs.shape[0]):
        for f, o in enumerate(looked.geometry.targets(i)):
            here = [above.equals(looked.at[0]), *looked.is_channel(o)]
            sheet.light(stairs[i, f], _all(here), "now")


def _light_met(sheet: Sheet, looked: Look, src: Sources, slid: tuple[Grid, list[Grid]]) -> None:
    """Tint what the looked-at cell meets with the weight that it meets it through."""
    g, (z, places) = looked.geometry, slid
    (axis,) = g.axes
    for u, i in product(range(axis.kernel_size), range(g.in_channels)):
        met = axis.crop.start + axis.dilation * (axis.kernel_size - 1 - u)
        on_z = places[0].equals(looked.at[0] + met)
        on_input = (src.input_indices[0] * axis.stride).equals(
            looked.at[0] + (axis.padding[0] - axis.dilation * u)
        )
        for cells, here in ((z, on_z), (src.input, on_input)):
            sheet.light(cells[i : i + 1], _all([here, *looked.is_group(i)]), "met", u)


def _all(conditions: list[Expr]) -> Expr:
    return call("AND", *conditions) if len(conditions) > 1 else conditions[0]
