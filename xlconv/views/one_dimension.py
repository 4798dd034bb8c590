"""One dimension: distribute and collect in one row each, the easiest place to see both."""

from __future__ import annotations

from xlconv.errors import XlconvError
from xlconv.figure import (
    LEFT,
    TOP,
    caption,
    collected,
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
from xlconv.layer import Layer
from xlconv.look import look_at
from xlconv.places import below
from xlconv.sheet import Frame, Sheet
from xlconv.views.sedirts import axis_count


def one_dimension(sheet: Sheet, layer: Layer, *, look: list[int] | None = None) -> None:
    """Stamps as a staircase over the output; under it the stretched input and the turned kernel.

    look  the output cell that is looked at when the file is opened; the middle if not given
    """
    g = layer.geometry
    if g.rank != 1 or g.in_channels > 1 or g.out_channels > 1:
        raise XlconvError("the one_dimension view needs one axis and one channel: use distribute")
    (axis,) = g.axes
    top, left = TOP + 2, LEFT + 10
    src = sources(sheet, layer, (top, LEFT))

    # the staircase: row i is the stamp of input i, where it lands on the output
    column = left + axis.extent - 1
    begin = max(0, -axis.padding[0])  # cells of the canvas before the first stamp
    stairs = sheet.memory((top, column + begin), (axis.size, axis.full_size))
    stairs[...] = 0.0
    sheet.coat(stairs, "empty")
    stamps = sheet.block(
        "stamps", (top, column + begin), (1, 1, axis.size, axis.kernel_size), role="stamp", frame=False,
        steps=((0, 0), (0, 0), (1, axis.stride), (0, axis.dilation)),
    )  # fmt: skip
    stamps[0, 0] = src.input[0][:, None] * src.weight[0, 0][None]
    sheet.frames.append(Frame(stairs))
    # each stamp's input stands before its row
    before = sheet.memory((top, column + begin - 2), (axis.size,), steps=((1, 0),))
    before[...] = src.input[0]
    sheet.coat(before, "fact")
    sheet.line((top, column + begin - 1), ["×"] * axis.size, "operator", step=(1, 0))
    sheet.text((top - 2, column + begin - 2), sheet.say("staircase"), "caption")

    canvas, _, labels = output_blocks(
        sheet, layer, (below(stairs, 3), column), "output", output_caption(sheet, g)
    )
    distributed(canvas, g, stamps, src.bias)
    count = sheet.block(
        "count", (below(canvas, 1), column), canvas.shape, role="count",
        content=axis_count(axis, labels[0]),
    )  # fmt: skip
    sheet.scale(count)
    sheet.text((count.origin[0], column + axis.canvas_size + 1), sheet.say("count"), "note")

    z = stretched_input(sheet, g, src.input, (below(count, 4), left))
    caption(sheet, z, stretched_caption(sheet, g))
    places = indices(sheet, z, 1)
    t = turned_kernel(sheet, g, src.weight, (z.origin[0], LEFT))
    caption(sheet, t, sheet.say("turned_short"), lift=1)
    again, _, _ = output_blocks(
        sheet, layer, (below(z, 3), column), "by_collecting",
        sheet.say("by_collecting", size=plain(g.output_shape, 1)),
    )  # fmt: skip
    collected(again, g, t, z, src.bias)
    verdict(sheet, (below(again), column), (canvas, again))

    looked = look_at(sheet, g, labels, look)
    here = labels[0].equals(looked.at[0])
    sheet.light(canvas, here, "current")
    sheet.light(again, here, "current")
    above = labels[0][0, begin : begin + axis.full_size]
    sheet.light(stairs, above.equals(looked.at[0]), "now")
    for u in range(axis.kernel_size):
        met = axis.crop.start + axis.dilation * (axis.kernel_size - 1 - u)
        sheet.light(z, places[0].equals(looked.at[0] + met), "met", u)
        reach = (src.input_indices[0] * axis.stride).equals(
            looked.at[0] + (axis.padding[0] - axis.dilation * u)
        )
        sheet.light(src.input, reach, "met", u)
