"""Gniddap: padding in reverse crops the full output, or takes padding off the input."""

from __future__ import annotations

from dataclasses import replace

from xlconv.expr import Expr, Grid, call
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
from xlconv.places import below, beside
from xlconv.sheet import Sheet


def gniddap(sheet: Sheet, layer: Layer, *, paddings: list[int] | None = None) -> None:
    """One input and kernel, and side by side what each padding leaves of the full output.

    paddings  the paddings to show; 0 to k-1 if not given
    """
    paddings = paddings or list(range(layer.geometry.axes[0].kernel_size))
    src = sources(sheet, layer)
    t = turned_kernel(sheet, layer.geometry, src.weight, (below(src.bias or src.weight, 2), LEFT))
    caption(sheet, t, sheet.say("turned_short"), lift=1)
    _sizes(sheet, layer, src, paddings, below(t, 2))

    column = max(beside(src.input, 4), beside(src.weight, 4), beside(t, 3), LEFT + 8)
    kept = []
    for padding in paddings:
        one = padded(layer, padding)
        output, z = _crop(sheet, one, src, column, padding)
        kept.append((one, output, z, column, padding))
        column = max(beside(output, 2 + one.geometry.axes[-1].padding[1]), beside(z, 2), column + 8)
    row = max(below(z, 2) for _, _, z, _, _ in kept)
    for one, output, z, column, padding in kept:
        again = sheet.block(
            f"by_collecting_{padding}", (row, column), output.shape, role="output",
            steps=steps(output.shape, one.geometry.rank, 1), claim=("conv_transpose", one),
        )  # fmt: skip
        collected(again, one.geometry, t, z, src.bias)
        size = times(one.geometry.output_shape[1:])
        caption(sheet, again, sheet.say("by_collecting", size=size), lift=1)
        verdict(sheet, (below(again, 0), column), (output, again))


def padded(layer: Layer, padding: int) -> Layer:
    """The same layer with another padding on every side."""
    g = layer.geometry
    axes = tuple(replace(axis, padding=(padding, padding)) for axis in g.axes)
    return replace(layer, geometry=replace(g, axes=axes))


def _crop(sheet: Sheet, layer: Layer, src: Sources, column: int, padding: int) -> tuple[Grid, Grid]:
    """One padding: the output in the full one, and under it the input with padding taken off."""
    g = layer.geometry
    canvas, output, _ = output_blocks(
        sheet, layer, (TOP, column), f"output_{padding}",
        sheet.say("padding_is", padding=padding, size=times(g.output_shape[1:])),
    )  # fmt: skip
    tapped(canvas, g, src.input, src.weight, src.bias)

    shape = (g.in_channels, *(axis.output_size + axis.extent - 1 for axis in g.axes))
    z = sheet.block(
        f"trimmed_{padding}", (below(canvas, 3), column), shape, steps=steps(shape, g.rank, 1),
        role="zero", content=0.0,
    )  # fmt: skip
    caption(sheet, z, _margin_words(sheet, g), lift=1)
    kept_inputs, places = zip(*(_inside(axis) for axis in g.axes), strict=True)
    if all(kept.stop for kept in kept_inputs):
        inner = z[(slice(None), *places)]
        inner[...] = src.input[(slice(None), *kept_inputs)]
        sheet.coat(inner, "copy")
    return output, z


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
    rule = "d·(k-1)-p" if axis.dilation > 1 else "k-1-p"
    return sheet.say("margin" if lead >= 0 else "margin_crops", rule=rule, sum=sum_words)


def _sizes(sheet: Sheet, layer: Layer, src: Sources, paddings: list[int], row: int) -> None:
    """The size formula as a table that computes itself, a line for each padding and kind of axis."""
    g = layer.geometry
    kinds = {replace(axis, padding=(0, 0)): n for n, axis in enumerate(g.axes)}
    lines = [(axis, n, padding) for axis, n in kinds.items() for padding in paddings]
    dilated, more = (any(getattr(a, key) > least for a in g.axes) for key, least in OPTIONAL)
    names = ["n", "k", *["d"] * dilated, "s", "p", *["op"] * more]
    sheet.text((row, LEFT), sheet.say("sizes"), "caption")
    sheet.line((row + 1, LEFT), [*names, sheet.say("size")], "heads")
    cells = {
        name: sheet.memory((row + 2, LEFT + n), (len(lines),), steps=((1, 0),))
        for n, name in enumerate([*names, "size"])
    }
    for line, (axis, n, padding) in enumerate(lines):
        at = {name: column[line] for name, column in cells.items()}
        at["n"][...] = _length(src.input, n - g.rank, axis.size)
        at["k"][...] = _length(src.weight, n - g.rank, axis.kernel_size)
        at["s"][...], at["p"][...] = float(axis.stride), float(padding)
        extent: Expr = at["k"]
        if dilated:
            at["d"][...] = float(axis.dilation)
            extent = at["d"] * (at["k"] - 1) + 1
        size = (at["n"] - 1) * at["s"] + extent - 2 * at["p"]
        if more:
            at["op"][...] = float(axis.output_padding)
            size = size + at["op"]
        at["size"][...] = size
    for name in names:
        sheet.coat(cells[name], "fact")
    sheet.name_block("sizes", cells["size"], role="computed")
    rule = f"(n-1)·s + {'d·(k-1) + 1' if dilated else 'k'} - 2·p{' + op' * more}"
    sheet.text((below(cells["size"], 0), LEFT), sheet.say("size_rule", rule=rule), "note")


OPTIONAL = (("dilation", 1), ("output_padding", 0))
"""Parameters that the size table shows only where they are used, and their least values."""


def _length(cells: Grid, axis: int, size: int) -> Expr | float:
    """The cells along an axis, counted from its end, as a formula; slices are not counted."""
    if axis < -2:
        return float(size)
    rank = min(2, len(cells.shape))
    leaf = cells[(*[0] * (len(cells.shape) - rank), ...)].area(rank)
    return call("COLUMNS" if axis == -1 else "ROWS", leaf)
