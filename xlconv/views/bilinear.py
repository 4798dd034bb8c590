"""Bilinear: one fixed kernel makes a transposed convolution an interpolation, and no checkerboard."""

from __future__ import annotations

from xlconv.arguments import spell
from xlconv.errors import XlconvError
from xlconv.expr import Constant, Expr, Grid, call
from xlconv.figure import (
    LEFT,
    TOP,
    Sources,
    differences,
    indices,
    output_blocks,
    output_caption,
    plain,
    sources,
    tapped,
)
from xlconv.figures.sums import added
from xlconv.geometry import Axis, Geometry
from xlconv.layer import Layer
from xlconv.places import Place, below, beside
from xlconv.sheet import Sheet
from xlconv.views.upsampling import filled


def bilinear(sheet: Sheet, layer: Layer) -> None:
    """The transposed convolution beside the bilinear interpolation of the same input.

    Raises XlconvError for a layer that no kernel could make an interpolation.
    """
    g = layer.geometry
    for axis in g.axes:
        _check(axis)
    if g.in_channels != g.out_channels:
        raise XlconvError(
            "the bilinear view makes each channel larger on its own, so it needs as many channels"
            f" out as in, got {g.in_channels} in, {g.out_channels} out: use the view upsampling",
            parameter="weight",
        )
    src = sources(sheet, layer)
    _kernel(sheet, g, src)

    left = max(beside(src.input, 3), beside(src.weight, 3), LEFT + 7)
    canvas, y, _ = output_blocks(sheet, layer, (TOP, left), "output", output_caption(sheet, g))
    tapped(sheet, canvas, g, src.input, src.weight, src.bias)
    at = (TOP + y.origin[0] - canvas.origin[0], beside(canvas, 3) + y.origin[1] - canvas.origin[1])
    between = sheet.block("interpolation", at, y.shape, steps=y.steps, role="computed")
    words = "interpolation" if src.bias is None else "interpolation_and_bias"
    sheet.text((TOP - 2, at[1]), sheet.say(words, size=plain(y.shape, 1)), "caption")
    indices(sheet, between, g.rank)
    bias = None if src.bias is None else src.bias[(slice(None), *[None] * g.rank)]
    for cells, terms in filled(sheet, g, "bilinear", src.input):
        between[(slice(None), *cells)] = terms if bias is None else terms + bias
    sheet.scale(y)
    sheet.scale(between)
    _compare(sheet, g, (y, between), (below(canvas, 0), left))


def _kernel(sheet: Sheet, g: Geometry, src: Sources) -> None:
    """The kernel of bilinear interpolation, under the layer's own."""
    row = below(src.bias or src.weight, 3)
    ideal = sheet.block(
        "bilinear_kernel", (row, LEFT), (1, *g.weight_shape[2:]), steps=src.weight.steps[1:],
        role="computed",
    )  # fmt: skip
    sheet.text((row - 2, LEFT), sheet.say("bilinear_kernel"), "caption")
    if g.weight_shape[1] > 1:
        for n, line in enumerate(sheet.say("bilinear_own").splitlines()):
            sheet.text((below(ideal, 0) + n, LEFT), line, "note")
    weight: Expr = Constant(1)
    for n, (axis, u) in enumerate(zip(g.axes, indices(sheet, ideal, g.rank), strict=True)):
        side = 1 - call("ABS", u - (axis.kernel_size - 1) / 2) / axis.stride
        weight = side if n == 0 else weight * side
    ideal[...] = weight


def _compare(sheet: Sheet, g: Geometry, blocks: tuple[Grid, Grid], at: Place) -> None:
    """Say whether the two outputs hold the same numbers, but at the edges."""
    inside = tuple(slice(a.stride // 2, a.output_size - a.stride // 2) for a in g.axes)
    one, two = (block[(slice(None), *inside)] for block in blocks)
    flat = min(2, g.rank)
    apart = added(sheet, differences(sheet, one, two, flat))
    same = sheet.say("interpolates", size=plain(one.shape, 1))
    told = call("IF", apart < 1e-9, same, sheet.say("no_interpolation"))
    cell = sheet.formula(at, told, "verdict")
    sheet.light(cell, cell.differs(same), "warning")


def _check(axis: Axis) -> None:
    s = axis.stride
    k = 2 * s - s % 2
    wanted = Axis(size=axis.size, kernel_size=k, stride=s, padding=((k - s) // 2,) * 2)
    if axis.size < 2 or axis != wanted:
        raise XlconvError(
            f"the bilinear view needs kernel_size {k} and padding {(k - s) // 2} for stride {s}, no"
            f" dilation, no output_padding and at least 2 inputs, got kernel_size"
            f" {axis.kernel_size}, padding {spell(axis.padding)}, size {axis.size}: give it"
            " these, or use the view upsampling",
            parameter="kernel_size",
        )
