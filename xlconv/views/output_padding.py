"""Output padding: which of several input sizes of a convolution is meant; it pads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np

from xlconv.arguments import spell
from xlconv.expr import Expr, Grid, call, total
from xlconv.figure import (
    LEFT,
    TOP,
    Sources,
    nth,
    output_blocks,
    paddings_of,
    sources,
    tapped,
    times,
    verdict,
)
from xlconv.figures.sums import added, listed
from xlconv.geometry import Axis, Geometry
from xlconv.layer import Layer
from xlconv.places import below, beside
from xlconv.sheet import Sheet

MOST = 4
"""Values of output_padding that stand side by side."""


def output_padding(sheet: Sheet, layer: Layer) -> None:
    """Each output_padding side by side, with the layer's padding and with none; and its reason."""
    g = layer.geometry
    src = sources(sheet, layer)
    rows = [layer]
    if any(axis.padding != (0, 0) for axis in g.axes):
        rows.append(_with(layer, padding=(0, 0)))
    row, left = TOP, max(beside(src.input, 4), beside(src.weight, 4), LEFT + 7)
    for n, one in enumerate(rows):
        row = _row(sheet, one, src, n, row, left)
    row = max(row, sheet.rows + 1)
    for axis in [one.geometry.axes[-1] for one in rows]:
        row = _sizes(sheet, axis, src.input, row)


def _with(layer: Layer, padding: tuple[int, int] | None = None, cells: int | None = None) -> Layer:
    """The same layer with another padding, or another output_padding as far as an axis allows."""
    g = layer.geometry
    axes = tuple(
        replace(
            axis,
            padding=axis.padding if padding is None else padding,
            output_padding=axis.output_padding
            if cells is None
            else max(1 - _least(axis), min(cells, max(axis.stride, axis.dilation) - 1)),
        )
        for axis in g.axes
    )
    return replace(layer, geometry=replace(g, axes=axes))


def _least(axis: Axis) -> int:
    """The output size without output_padding: the smallest input of the convolution."""
    return axis.output_size - axis.output_padding


def _row(sheet: Sheet, layer: Layer, src: Sources, number: int, row: int, left: int) -> int:
    """The full output with what each output_padding keeps of it, side by side."""
    g = layer.geometry
    most = max(max(axis.stride, axis.dilation) for axis in g.axes)
    column, outputs, shown, end = left, list[Grid](), list[Geometry](), row
    for cells in range(min(most, MOST)):
        one = _with(layer, cells=cells)
        words = sheet.say(
            "uncovers", padding=paddings_of(g), cells=cells,
            size=times(one.geometry.output_shape[1:]),
        )  # fmt: skip
        canvas, y, _ = output_blocks(sheet, one, (row, column), f"output_{number}_{cells}", words)
        tapped(sheet, canvas, one.geometry, src.input, src.weight, src.bias)
        outputs.append(y)
        shown.append(one.geometry)
        if strips := _uncovered(outputs[0], y):
            for strip in strips:
                sheet.coat(strip, "output", 0)
            told = _told(sheet, (shown[0], one.geometry), strips, src.bias)
            sheet.formula((below(canvas, 0), column), told, "note")
        end = max(end, below(canvas, 1))
        column = max(beside(canvas, 3), column + 11)
    pairs = [(y[tuple(slice(0, n) for n in outputs[0].shape)], outputs[0]) for y in outputs[1:]]
    if pairs:
        verdict(sheet, (end, left), *pairs, agree="shared_agree", differ="shared_differ")
    return end + 4


def _uncovered(first: Grid, y: Grid) -> list[Grid]:
    """The cells of an output that a smaller one has not, in strips that do not overlap."""
    strips = []
    for n in range(1, len(y.shape)):
        index = [slice(0, size) for size in first.shape[:n]] + [slice(first.shape[n], y.shape[n])]
        if y.shape[n] > first.shape[n]:
            strips.append(y[tuple(index)])
    return strips


def _told(
    sheet: Sheet, geometries: tuple[Geometry, Geometry], strips: Sequence[Grid], bias: Grid | None
) -> Expr:
    """What the uncovered cells hold: what stamps bring, or no more than the bias or zeros.

    geometries  without output_padding, and with it
    """
    few, many = (_reached(g) for g in geometries)
    least, most = (prod(g.output_shape[1:]) for g in geometries)
    alone = "zeros" if bias is None else "bias"
    some = 0 < many - few < most - least
    squares = added(sheet, [term for strip in strips for term in _squares(sheet, strip, bias)])
    return call(
        "IF", squares > 1e-18,
        sheet.say(f"uncovers_values_and_{alone}" if some else "uncovers_values"),
        sheet.say(f"uncovers_{alone}"),
    )  # fmt: skip


def _reached(g: Geometry) -> int:
    """How many cells of an output channel a stamp reaches."""
    return prod(sum(run.count for run in axis.runs if run.taps) for axis in g.axes)


def _squares(sheet: Sheet, cells: Grid, bias: Grid | None) -> list[Expr]:
    """What stamps bring to cells, squared and added, of each 2-D slice."""
    flat = min(2, len(cells.shape) - 1)
    slices = cells.shape[: len(cells.shape) - flat]

    def term(n: int) -> Expr:
        o, *rest = nth(n, slices)
        held = cells[(o, *rest)].area(flat)
        if bias is None:
            return call("SUMPRODUCT", held, held)
        brought = held - bias[o]
        return call("SUMPRODUCT", brought * brought)

    sheet.afford(prod(slices))
    return listed(sheet, range(prod(slices)), term)


def _sizes(sheet: Sheet, axis: Axis, x: Grid, row: int) -> int:
    """Inputs of a convolution of about the right size: what it makes of them, and what it reads."""
    s, (begin, end), least = axis.stride, axis.padding, _least(axis)
    inputs = [m for m in range(least - 1, least + min(s, 8) + 1) if m > 0]
    if not inputs:  # the padding alone is larger than the kernel
        return row
    key = "sizes_of_one" if axis.size == 1 else "sizes_of"
    words = sheet.say(key, k=axis.kernel_size, s=s, p=spell(axis.padding), n=axis.size)
    sheet.text((row, LEFT), words, "caption")
    sheet.line((row + 2, LEFT), [sheet.say("size_in"), "", sheet.say("size_out"), ""], "heads")
    sheet.text((row + 2, LEFT + 4), "output_padding", "heads")
    before, after = max(0, begin), max(0, end)
    label = sheet.memory((row + 2, LEFT + 9), (before + inputs[-1] + after,))
    label[...] = np.arange(len(label.value), dtype=float) - before
    sheet.coat(label, "index")
    sheet.text((row + 1, LEFT + 9), sheet.say("windows"), "note")
    for n, m in enumerate(inputs):
        at = row + 3 + n
        if n == 0:
            flat = min(2, len(x.shape) - 1)
            known = call("COLUMNS", x[(0,) * (len(x.shape) - flat)].area(flat))
            size_in = sheet.formula((at, LEFT), (known - 1) * s + (m - s * (axis.size - 1)), "fact")
        else:
            size_in = sheet.formula((at, LEFT), size_in + 1, "fact")
        sheet.text((at, LEFT + 1), "→", "operator")
        room = call("INT", (size_in + (begin + end - axis.extent)) / s) + 1
        size_out = sheet.formula((at, LEFT + 2), call("MAX", room, 0), "fact")
        meant = call("IF", size_out.equals(axis.size), size_in - least, "–")
        sheet.formula((at, LEFT + 5), meant, "fact")
        here = label[: before + m + after]
        strip = sheet.block(
            f"windows_{row}_{n}", (at, LEFT + 9), here.shape, role="count",
            content=_windows(axis, here, size_out),
        )  # fmt: skip
        sheet.coat(strip[:before], "zero")
        if after:
            sheet.coat(strip[-after:], "zero")
        inner = strip[before : before + m]
        sheet.light(inner, inner.equals(0), "met", 0)
    return at + 2


def _windows(axis: Axis, place: Grid, size_out: Expr) -> Expr:
    """How many windows of a convolution with so many outputs read an input at a place."""
    tests = []
    for u in range(axis.kernel_size):
        apart = place + (axis.padding[0] - axis.dilation * u)
        first, last = apart >= 0, apart <= axis.stride * (size_out - 1)
        met = call("AND", first, last, call("MOD", apart, axis.stride).equals(0))
        tests.append(call("IF", met, 1, 0))
    return total(tests)
