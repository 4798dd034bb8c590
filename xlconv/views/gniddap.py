"""Gniddap: padding in reverse crops the full output, or takes padding off the input."""

from __future__ import annotations

from dataclasses import replace

from xlconv.expr import Grid, call
from xlconv.figure import (
    LEFT,
    TOP,
    Sources,
    caption,
    collected,
    output_blocks,
    sources,
    steps,
    tapped,
    times,
    turned_kernel,
    verdict,
)
from xlconv.geometry import Axis, Geometry
from xlconv.layer import Layer
from xlconv.sheet import Sheet, below, beside, corners


def gniddap(sheet: Sheet, layer: Layer, *, paddings: list[int] | None = None) -> None:
    """One input and kernel, and side by side what each padding leaves of the full output.

    paddings  the paddings to show; 0 to k-1 if not given
    """
    first = layer.geometry.axes[0]
    src = sources(sheet, layer)
    t = turned_kernel(sheet, layer.geometry, src.weight, (below(src.bias or src.weight, 2), LEFT))
    caption(sheet, t, sheet.say("turned_short"), lift=1)
    _sizes(sheet, layer, src, paddings or list(range(first.kernel_size)), below(t, 2))

    column = max(beside(src.input, 4), beside(src.weight, 4), LEFT + 8)
    for padding in paddings or range(first.kernel_size):
        column = _one(sheet, padded(layer, padding), src, t, column, padding)


def padded(layer: Layer, padding: int) -> Layer:
    """The same layer with another padding on every side."""
    g = layer.geometry
    axes = tuple(replace(axis, padding=(padding, padding)) for axis in g.axes)
    return replace(layer, geometry=replace(g, axes=axes))


def _one(sheet: Sheet, layer: Layer, src: Sources, t: Grid, column: int, padding: int) -> int:
    """One padding: the cropped full output, and under it the input with padding taken off."""
    g = layer.geometry
    kept = times([axis.output_size for axis in g.axes])
    canvas, output, _ = output_blocks(
        sheet, layer, (TOP, column), f"output_{padding}",
        sheet.say("padding_is", padding=padding, size=kept),
    )  # fmt: skip
    tapped(canvas, g, src.input, src.weight, src.bias)

    sizes = [axis.output_size + axis.extent - 1 for axis in g.axes]
    shape = (g.in_channels, *sizes)
    row = TOP + max(axis.canvas_size for axis in g.axes[-2:]) + 4
    z = sheet.block(
        f"trimmed_{padding}", (row, column), shape, steps=steps(shape, g.rank, 1), role="zero",
        content=0.0,
    )  # fmt: skip
    kept_inputs, places = zip(*(_inside(axis) for axis in g.axes), strict=True)
    if all(kept.stop for kept in kept_inputs):
        inner = z[(slice(None), *places)]
        inner[...] = src.input[(slice(None), *kept_inputs)]
        sheet.coat(inner, "copy")
    sheet.text((row - 1, column), _margin_words(sheet, g), "caption")

    end = row + max(axis.full_size + axis.extent - 1 for axis in g.axes[-2:]) + 3
    shape = g.output_shape
    again = sheet.block(
        f"by_collecting_{padding}", (end, column), shape, steps=steps(shape, g.rank, 1), role="output",
        claim=("conv_transpose", layer),
    )  # fmt: skip
    collected(again, g, t, z, src.bias)
    sheet.text((end - 1, column), sheet.say("by_collecting", size=kept), "caption")
    verdict(sheet, (below(again, 0), column), (output, again))
    return max(beside(canvas, 2), beside(z, 2), column + 8)


def _inside(axis: Axis) -> tuple[slice, slice]:
    """The inputs that are left when padding is taken off, and their places; none: 0 to 0."""
    lead, size = axis.extent - 1 - axis.padding[0], axis.output_size + axis.extent - 1
    kept = [i for i in range(axis.size) if 0 <= lead + axis.stride * i < size]
    if not kept:
        return slice(0, 0), slice(0, 0)
    first, last = (lead + axis.stride * i for i in (kept[0], kept[-1]))
    return slice(kept[0], kept[-1] + 1), slice(first, last + 1, axis.stride)


def _margin_words(sheet: Sheet, g: Geometry) -> str:
    axis = g.axes[0]
    lead = axis.extent - 1 - axis.padding[0]
    sum_words = f"{axis.extent - 1} - {axis.padding[0]} = {lead}"
    return sheet.say("margin" if lead >= 0 else "margin_crops", sum=sum_words)


def _sizes(sheet: Sheet, layer: Layer, src: Sources, paddings: list[int], row: int) -> None:
    """The size formula as a table that computes itself."""
    axis, rank = layer.geometry.axes[-1], layer.geometry.rank
    sheet.text((row, LEFT), sheet.say("sizes"), "caption")
    sheet.line((row + 1, LEFT), ["n", "k", "s", "p", sheet.say("size")], "heads")
    count = len(paddings)
    shape, down = (count,), ((1, 0),)
    n, k, s, p, size = (
        sheet.memory((row + 2, LEFT + column), shape, steps=down) for column in range(5)
    )
    leaf = (0,) * (len(src.input.shape) - min(2, rank))
    n[...] = call("COLUMNS", src.input[leaf].area(min(2, rank)))
    leaf = (0,) * (len(src.weight.shape) - min(2, rank))
    extent = call("COLUMNS", src.weight[leaf].area(min(2, rank)))
    k[...] = (extent - 1) * axis.dilation + 1 if axis.dilation > 1 else extent
    s[...], p[...] = float(axis.stride), [float(padding) for padding in paddings]
    size[...] = (n - 1) * s + k - 2 * p
    for cells in (n, k, s, p):
        sheet.coat(cells, "fact")
    sheet.name_block("sizes", size, role="computed")
    sheet.text((corners(size)[1][0] + 1, LEFT), sheet.say("size_rule"), "note")
