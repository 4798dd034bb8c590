"""Output padding: which of several input sizes of a convolution is meant; it pads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from xlconv.figures.blocks import Figure, Sources, sources
from xlconv.figures.counts import axis_count
from xlconv.figures.edges import numbers
from xlconv.figures.layout import Arranged, Part, Table
from xlconv.figures.notes import caption
from xlconv.figures.outputs import by_products
from xlconv.figures.paper import arrange
from xlconv.figures.sums import added, listed, nth, sliced
from xlconv.figures.titles import paddings_of, sized
from xlconv.figures.verdicts import either, verdict
from xlconv.grid.expr import Expr, call, moved
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import spell
from xlconv.layers.layer import Layer

MOST = 4
"""Values of output_padding that stand side by side."""


def output_padding(sheet: Sheet, layer: Layer) -> None:
    """Each output_padding side by side, with the layer's padding and with none; and its reason."""
    g = layer.geometry
    src = sources(sheet, layer)
    rows = [layer]
    if any(axis.padding != (0, 0) for axis in g.axes):
        rows.append(layer.with_axes(replace(axis, padding=(0, 0)) for axis in g.axes))
    for n, one in enumerate(rows):
        figures = _row(sheet, one, src, n)
        sizes = _sizes(sheet, one.geometry.axes[-1], src.input, n)
        arrange(sheet, figures if n else src.line >> figures, sizes)


def _with(layer: Layer, cells: int) -> Layer:
    """The same layer with another output_padding, as far as an axis allows."""
    most = [min(cells, max(axis.stride, axis.dilation) - 1) for axis in layer.geometry.axes]
    return layer.with_axes(
        replace(axis, output_padding=max(1 - _least(axis), more))
        for axis, more in zip(layer.geometry.axes, most, strict=True)
    )


def _least(axis: Axis) -> int:
    """The output size without output_padding: the smallest input of the convolution."""
    return axis.output_size - axis.output_padding


def _row(sheet: Sheet, layer: Layer, src: Sources, number: int) -> Arranged:
    """The full output with what each output_padding keeps of it, side by side."""
    g = layer.geometry
    most = max(max(axis.stride, axis.dilation) for axis in g.axes)
    figures, kept = list[Arranged](), list[Figure]()
    for cells in range(min(most, MOST)):
        one = _with(layer, cells)
        h = one.geometry
        size = sized(sheet, h.output_shape[1:])
        words = sheet.say("uncovers", padding=paddings_of(g), cells=cells, size=size)
        y = by_products(replace(src, layer=one), f"output_{number}_{cells}", words)
        uncovers = None
        if kept and (strips := _uncovered(kept[0].kept, y.kept)):
            uncovers = _uncovers(sheet, (_with(layer, 0).geometry, h), strips, src.bias)
        kept.append(y)
        figures.append(y / uncovers)
    row = Table([figures], alike=True)
    if len(kept) == 1:
        return row
    pairs = [(y.kept[tuple(map(slice, kept[0].kept.shape))], kept[0].kept) for y in kept[1:]]
    return row / verdict(sheet, *pairs, words=("shared_agree", "shared_differ"))


def _uncovered(first: Grid, y: Grid) -> list[Grid]:
    """The cells of an output that a smaller one has not, in strips that do not overlap."""
    strips = []
    for n in range(1, len(y.shape)):
        index = [slice(0, size) for size in first.shape[:n]] + [slice(first.shape[n], y.shape[n])]
        if y.shape[n] > first.shape[n]:
            strips.append(y[tuple(index)])
    return strips


def _uncovers(
    sheet: Sheet, geometries: tuple[Geometry, Geometry], strips: Sequence[Grid], bias: Grid | None
) -> Part:
    """What the uncovered cells hold: what stamps bring, or no more than the bias or zeros.

    geometries  without output_padding, and with it
    """
    for strip in strips:
        sheet.coat(strip, "uncovered")
    few, many = (_reached(g) for g in geometries)
    least, most = (prod(g.output_shape[1:]) for g in geometries)
    alone = "zeros" if bias is None else "bias"
    some = 0 < many - few < most - least
    squares = added(sheet, [term for strip in strips for term in _squares(sheet, strip, bias)])
    values = sheet.say(f"uncovers_values_and_{alone}" if some else "uncovers_values")
    nothing = sheet.say(f"uncovers_{alone}")
    corner = sheet.corner()
    either(sheet, corner, squares > 1e-18, values, nothing, "note")
    return Part(corner.anchor, below=True)


def _reached(g: Geometry) -> int:
    """How many cells of an output channel a stamp reaches."""
    return prod(sum(run.count for run in axis.runs if run.taps) for axis in g.axes)


def _squares(sheet: Sheet, cells: Grid, bias: Grid | None) -> list[Expr]:
    """What stamps bring to cells, squared and added, of each 2-D slice."""
    if bias is None:
        return sliced(sheet, "SUMPRODUCT", cells, cells)
    flat = min(2, len(cells.shape) - 1)
    slices = cells.shape[: len(cells.shape) - flat]

    def term(n: int) -> Expr:
        o, *rest = nth(n, slices)
        brought = cells[(o, *rest)].area(flat) - bias[o]
        return call("SUMPRODUCT", brought * brought)

    sheet.afford(prod(slices))
    return listed(sheet, range(prod(slices)), term)


def _sizes(sheet: Sheet, axis: Axis, x: Grid, number: int) -> Part | None:
    """Inputs of a convolution of about the right size: what it makes of them, and what it reads."""
    s, (begin, end), least = axis.stride, axis.padding, _least(axis)
    inputs = [m for m in range(least - 1, least + min(s, 8) + 1) if m > 0]
    if not inputs:  # the padding alone is larger than the kernel
        return None
    key = "sizes_of_one" if axis.size == 1 else "sizes_of"
    corner, words = sheet.corner(), sheet.say("windows")
    sheet.line(corner.shift(-1), [sheet.say("size_in"), "", sheet.say("size_out"), ""], "heads")
    sheet.text(corner.shift(-1, 5), "output_padding", "heads")
    before, after = max(0, begin), max(0, end)
    label = numbers(sheet, corner.shift(-1, 9), -before, (before + inputs[-1] + after,))
    sheet.text(corner.shift(-2, 9), words, "note")
    size_in: Expr = call("COLUMNS", x[(0,) * max(1, len(x.shape) - 2)].area())
    for n, m in enumerate(inputs):
        at = corner.shift(n)
        size_in = size_in + 1 if n else moved((size_in - 1) * s, m - s * (axis.size - 1))
        size_in = sheet.formula(at, size_in, "fact")
        sheet.text(at.shift(0, 1), sheet.say("becomes"), "operator")
        room = call("INT", moved(size_in, begin + end - axis.extent) / s) + 1
        size_out = sheet.formula(at.shift(0, 2), call("MAX", room, 0), "fact")
        meant = call("IF", size_out.equals(axis.size), size_in - least, "–")
        sheet.formula(at.shift(0, 5), meant, "fact")
        here = label[: before + m + after]
        strip = sheet.block(f"windows_{number}_{n}", at.shift(0, 9), here.shape, role="count")
        strip[...] = axis_count(sheet, axis, here, size_out)
        for margin in (strip[:before], strip[before + m :]):
            sheet.coat(margin, "zero")
        inner = strip[before : before + m]
        sheet.light(inner, inner.equals(0), "uncovered")
    title = sheet.say(key, k=axis.kernel_size, s=s, p=spell(axis.padding), n=axis.size)
    return Part(corner.anchor, caption(sheet, title))
