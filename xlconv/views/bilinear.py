"""Bilinear: one fixed kernel makes the convolution an interpolation, and no checkerboard."""

from __future__ import annotations

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure, Sources, figure, sources
from xlconv.figures.layout import Arranged, Part
from xlconv.figures.notes import note
from xlconv.figures.outputs import by_products
from xlconv.figures.paper import arrange
from xlconv.figures.titles import plain, sized
from xlconv.figures.upsampled import filled
from xlconv.figures.verdicts import verdict
from xlconv.grid.expr import Constant, Expr, call
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import spell
from xlconv.layers.layer import Layer
from xlconv.layers.phase import phase_tints


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
    src = sources(
        sheet, layer, phase_tints(g, [min(axis.stride, axis.output_size) for axis in g.axes])
    )
    y = by_products(src)
    ideal, between = _kernel(sheet, g, src), _interpolation(sheet, g, src, y)
    sheet.scale(y.kept)
    sheet.scale(between.cells)
    arrange(sheet, src.line / ideal >> y / _compared(sheet, g, y, between) | between)


def _kernel(sheet: Sheet, g: Geometry, src: Sources) -> Arranged:
    """The kernel of bilinear interpolation, and which channels it takes to which."""
    shape, place = (1, *g.weight_shape[2:]), src.weight.steps[1:]
    ideal = figure(sheet, "bilinear_kernel", shape, g.rank, steps=place, role="computed")
    weight: Expr = Constant(1)
    for n, (axis, u) in enumerate(zip(g.axes, ideal.labels, strict=True)):
        side = 1 - call("ABS", u - (axis.kernel_size - 1) / 2) / axis.stride
        weight = side if n == 0 else weight * side
    ideal.cells[...] = weight
    several = g.weight_shape[1] > 1
    return ideal / (note(sheet, *sheet.say("bilinear_own").splitlines()) if several else None)


def _interpolation(sheet: Sheet, g: Geometry, src: Sources, y: Figure) -> Figure:
    """The input, interpolated, plus the bias: each cell in the row of the output's own."""
    key, shape = "interpolation" if src.bias is None else "interpolation_and_bias", y.kept.shape
    words, at = sheet.say(key, size=plain(shape, 1)), sheet.corner().shift(*y.kept.offset)
    between = figure(
        sheet, "interpolation", shape, g.rank, words, at=at, steps=y.kept.steps, role="computed"
    )
    bias = None if src.bias is None else src.bias[(slice(None), *[None] * g.rank)]
    for cells, terms in filled(sheet, g, "bilinear", src.input):
        between.cells[(slice(None), *cells)] = terms if bias is None else terms + bias
    return between


def _compared(sheet: Sheet, g: Geometry, y: Figure, between: Figure) -> Part:
    """Whether the two outputs hold the same numbers, but at the edges."""
    inside = tuple(slice(a.stride // 2, a.output_size - a.stride // 2) for a in g.axes)
    one, two = (cells[(slice(None), *inside)] for cells in (y.kept, between.cells))
    shape = one.shape if one.shape[0] > 1 else one.shape[1:]
    words, size = ("interpolates", "no_interpolation"), sized(sheet, shape)
    return verdict(sheet, (one, two), words=words, alarm="warning", size=size)


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
