"""Bilinear: one fixed kernel makes a transposed convolution an interpolation, and no checkerboard."""

from __future__ import annotations

from xlconv.errors import XlconvError
from xlconv.expr import Constant, Expr, call, total
from xlconv.figure import (
    LEFT,
    TOP,
    indices,
    output_blocks,
    output_caption,
    plain,
    sources,
    tapped,
    times,
)
from xlconv.geometry import Axis
from xlconv.layer import Layer
from xlconv.places import below, beside
from xlconv.sheet import Sheet
from xlconv.views.upsampling import filled


def bilinear(sheet: Sheet, layer: Layer) -> None:
    """The transposed convolution beside the bilinear interpolation of the same input.

    Raises XlconvError for a layer that no kernel could make an interpolation.
    """
    g = layer.geometry
    for axis in g.axes:
        _check(axis)
    if g.in_channels > 1 or g.out_channels > 1 or layer.bias is not None:
        raise XlconvError("the bilinear view needs one channel in and out, and no bias")
    src = sources(sheet, layer)

    row = below(src.weight, 3)
    ideal = sheet.block(
        "bilinear_kernel", (row, LEFT), g.weight_shape[1:], steps=src.weight.steps[1:],
        role="computed",
    )  # fmt: skip
    sheet.text((row - 2, LEFT), sheet.say("bilinear_kernel"), "caption")
    weight: Expr = Constant(1)
    for n, (axis, u) in enumerate(zip(g.axes, indices(sheet, ideal, g.rank), strict=True)):
        side = 1 - call("ABS", u - (axis.kernel_size - 1) / 2) / axis.stride
        weight = side if n == 0 else weight * side
    ideal[...] = weight

    left = max(beside(src.input, 3), beside(src.weight, 3), LEFT + 7)
    canvas, y, _ = output_blocks(sheet, layer, (TOP, left), "output", output_caption(sheet, g))
    tapped(canvas, g, src.input, src.weight, src.bias)
    sizes = g.output_shape[1:]
    at = (TOP + y.origin[0] - canvas.origin[0], beside(canvas, 3) + y.origin[1] - canvas.origin[1])
    between = sheet.block("interpolation", at, (1, *sizes), steps=y.steps, role="computed")
    sheet.text((TOP - 2, at[1]), sheet.say("interpolation", size=plain((1, *sizes), 1)), "caption")
    indices(sheet, between, g.rank)
    for cells, terms in filled(g, "bilinear", src.input):
        between[(slice(None), *cells)] = terms
    sheet.scale(y)
    sheet.scale(between)

    inside = tuple(slice(a.stride // 2, a.output_size - a.stride // 2) for a in g.axes)
    one, two = y[(0, *inside)], between[(0, *inside)]
    flat = min(2, g.rank)
    slices = [()] if g.rank < 3 else [(n,) for n in range(one.shape[0])]
    apart = total([call("SUMXMY2", one[n].area(flat), two[n].area(flat)) for n in slices])
    same = sheet.say("interpolates", size=times(one.shape))
    cell = sheet.formula(
        (below(canvas, 0), left), call("IF", apart < 1e-9, same, sheet.say("no_interpolation")),
        "verdict",
    )  # fmt: skip
    sheet.light(cell, cell.differs(same), "warning")


def _check(axis: Axis) -> None:
    s = axis.stride
    k = 2 * s - s % 2
    wanted = Axis(size=axis.size, kernel_size=k, stride=s, padding=((k - s) // 2,) * 2)
    if axis.size < 2 or axis != wanted:
        raise XlconvError(
            f"the bilinear view needs kernel_size {k} and padding {(k - s) // 2} for stride {s}, no"
            f" dilation and at least 2 inputs, got kernel_size {axis.kernel_size}, padding"
            f" {axis.padding[0]}:{axis.padding[1]}, size {axis.size}",
            parameter="kernel_size",
        )
