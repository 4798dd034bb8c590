"""Gniddap: padding in reverse crops the full output, or takes padding off the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlconv.errors import XlconvError
from xlconv.figures.blocks import (
    Figure,
    Sources,
    copied,
    figure,
    output_figure,
    sources,
    turned_figure,
)
from xlconv.figures.layout import Arranged, Table, arrange
from xlconv.figures.operations import collected, tapped
from xlconv.figures.table import Column, table
from xlconv.figures.titles import paddings_of, times
from xlconv.figures.verdicts import verdict
from xlconv.grid.expr import Expr, Grid, call
from xlconv.grid.places import under
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import pair, spell
from xlconv.layers.layer import Layer

SERIES = 5
"""Kernel sizes up to which every padding is shown; of a larger kernel, those around the layer's."""

MOST = 60
"""Paddings that are shown side by side, if they are asked for."""

Pads = tuple[tuple[int, int], ...]
"""The cells cropped before and after, for each axis."""


def gniddap(
    sheet: Sheet, layer: Layer, *, paddings: list[int | tuple[int, int]] | None = None
) -> None:
    """One input and kernel, and side by side what each padding leaves of the full output.

    paddings  the paddings to show, each one number or begin and end, the same for all axes; a
              series around the layer's if not given. The layer's own is always among them.

    Raises XlconvError for a padding that is asked for and leaves nothing of the output.
    """
    if paddings and len(paddings) > MOST:
        raise XlconvError(
            f"paddings must be at most {MOST}, got {len(paddings)}", parameter="paddings"
        )
    g = layer.geometry
    every = [padded(layer, pads) for pads in _series(g, paddings)]
    src = sources(sheet, layer)
    t = turned_figure(sheet, g, src.w, sheet.say("turned_short"))
    sizes = _sizes(sheet, src, [one.geometry for one in every])
    columns = [_column(sheet, one, layer, src, t) for one in every]
    arrange(sheet, src.column / t / sizes | Table(zip(*columns, strict=True)))


def _column(
    sheet: Sheet, one: Layer, layer: Layer, src: Sources, t: Figure
) -> tuple[Figure, Figure, Arranged]:
    """One padding: the output in the full one; the input with padding taken off; what they make."""
    g, name = one.geometry, _name(one)
    y = output_figure(sheet, one, f"output_{name}", _padding_words(sheet, one, layer))
    tapped(sheet, y.cells, g, src.input, src.weight, src.bias)
    z = _trimmed(sheet, g, src.input, f"trimmed_{name}")
    words = sheet.say("by_collecting", size=times(g.output_shape[1:]))
    again = figure(
        sheet, f"by_collecting_{name}", g.output_shape, g.rank, words, role="output",
        numbered=False, claim=("conv_transpose", one),
    )  # fmt: skip
    collected(sheet, again.cells, g, t.cells, z.cells, src.bias)
    return y, z, again / verdict(sheet, (y.kept, again.cells))


def _trimmed(sheet: Sheet, g: Geometry, x: Grid, name: str) -> Figure:
    """The stretched input with as much margin as its padding leaves, or cropped by what it takes."""
    shape = (g.in_channels, *(axis.output_size + axis.extent - 1 for axis in g.axes))
    z = figure(
        sheet, name, shape, g.rank, _margin_words(sheet, g), role="zero", content=0.0,
        numbered=False,
    )  # fmt: skip
    inputs, places = zip(*(_inside(axis) for axis in g.axes), strict=True)
    if all(kept.stop for kept in inputs):
        copied(sheet, z.cells[(slice(None), *places)], x[(slice(None), *inputs)])
    return z


def _series(g: Geometry, asked: Sequence[int | Sequence[int]] | None) -> list[Pads]:
    """The paddings to show, each once; the layer's own has its place among them by its cells."""
    own = tuple(axis.padding for axis in g.axes)
    if asked:
        every = [(pair(p),) * g.rank for p in asked]
        return list(
            dict.fromkeys(every if own in every or not any(map(any, own)) else [own, *every])
        )
    (begin, _), k = own[0], g.axes[0].kernel_size
    series = range(k) if k <= SERIES else (0, begin - 1, begin, begin + 1, k - 1)
    every = [((p, p),) * g.rank for p in series if 0 <= p < k]
    left = [pads for pads in every if _is_left(g, pads)]
    return sorted({*left, own}, key=lambda pads: (sum(map(sum, pads)), pads))


def _is_left(g: Geometry, pads: Pads) -> bool:
    """Whether a padding leaves something of the output."""
    return all(
        axis.full_size + axis.output_padding > sum(pad)
        for axis, pad in zip(g.axes, pads, strict=True)
    )


def padded(layer: Layer, pads: Pads) -> Layer:
    """The same layer with another padding."""
    g = layer.geometry
    axes = tuple(replace(axis, padding=pad) for axis, pad in zip(g.axes, pads, strict=True))
    return replace(layer, geometry=replace(g, axes=axes))


def _name(layer: Layer) -> str:
    """What the blocks of a padding are called after it.

    >>> _name(Layer.of([1, 2], [1, 2], padding=1)), _name(Layer.of([1, 2], [1, 2], padding=[(1, 0)]))
    ('1', '1_0')
    """
    said = paddings_of(layer.geometry)
    return said.replace(", ", "__").replace(":", "_").replace("-", "minus")


def _padding_words(sheet: Sheet, one: Layer, layer: Layer) -> str:
    """The caption of a padding; the layer's own is told from the others where it has one."""
    g = one.geometry
    own = g == layer.geometry and any(any(axis.padding) for axis in g.axes)
    key = "padding_is_own" if own else "padding_is"
    return sheet.say(key, padding=paddings_of(g), size=times(g.output_shape[1:]))


def _inside(axis: Axis) -> tuple[slice, slice]:
    """The inputs that are left when padding is taken off, and their places; none: 0 to 0."""
    lead, size = axis.extent - 1 - axis.padding[0], axis.output_size + axis.extent - 1
    kept = [i for i in range(axis.size) if 0 <= lead + axis.stride * i < size]
    if not kept:
        return slice(0, 0), slice(0, 0)
    first, last = (lead + axis.stride * i for i in (kept[0], kept[-1]))
    return slice(kept[0], kept[-1] + 1), slice(first, last + 1, axis.stride)


def _margin_words(sheet: Sheet, g: Geometry) -> str:
    """How wide the margin is: less for each cell of padding, more after for output_padding."""
    sums, least = [], 0
    for axis in g.axes:
        (begin, end), whole = axis.padding, axis.extent - 1
        margin = (whole - begin, whole - end + axis.output_padding)
        more = f" + 0:{axis.output_padding}" if axis.output_padding else ""
        sums.append(f"{whole} - {spell((begin, end))}{more} = {spell(margin)}")
        least = min(least, *margin)
    rule = "d·(k-1)-p" if any(axis.dilation > 1 for axis in g.axes) else "k-1-p"
    told = ", ".join(dict.fromkeys(sums))
    return sheet.say("margin" if least >= 0 else "margin_crops", rule=rule, sum=told)


def _sizes(sheet: Sheet, src: Sources, every: Sequence[Geometry]) -> Arranged:
    """The size formula as a table that computes itself, a line for each padding and kind of axis."""
    rank = every[0].rank
    last = {g.axes[n]: n - rank for n in range(rank) for g in every}
    uneven = any(begin != end for begin, end in (axis.padding for axis in last))
    dilated, more = (any(getattr(a, key) > least for a in last) for key, least in OPTIONAL)
    pads = ["p₁", "p₂"] if uneven else ["p"]
    names = ["n", "k", *["d"] * dilated, "s", *pads, *["op"] * more]
    columns = {name: Column(name, kind=float) for name in names}
    columns["size"] = Column(sheet.say("size"), "", kind=float)
    lines = table(sheet, sheet.say("sizes"), len(last), columns)
    for n, (axis, along) in enumerate(last.items()):
        at = {name: column[n] for name, column in lines.columns.items()}
        at["n"][...] = _length(src.input, along, axis.size)
        at["k"][...] = _length(src.weight, along, axis.kernel_size)
        at["s"][...] = float(axis.stride)
        for name, cells_off in zip(pads, axis.padding, strict=False):
            at[name][...] = float(cells_off)
        extent: Expr = at["k"]
        if dilated:
            at["d"][...] = float(axis.dilation)
            extent = at["d"] * (at["k"] - 1) + 1
        size = (at["n"] - 1) * at["s"] + extent
        size = size - at["p₁"] - at["p₂"] if uneven else size - 2 * at["p"]
        if more:
            at["op"][...] = float(axis.output_padding)
            size = size + at["op"]
        at["size"][...] = size
    sheet.name_block("sizes", lines["size"], role="computed")
    taken = "p₁ - p₂" if uneven else "2·p"
    rule = f"(n-1)·s + {'d·(k-1) + 1' if dilated else 'k'} - {taken}{' + op' * more}"
    sheet.text(under(lines["n"]), sheet.say("size_rule", rule=rule), "note")
    return lines


OPTIONAL = (("dilation", 1), ("output_padding", 0))
"""Parameters that the size table shows only where they are used, and their least values."""


def _length(cells: Grid, axis: int, size: int) -> Expr | float:
    """The cells along an axis, counted from its end, as a formula; slices are not counted."""
    if axis < -2:
        return float(size)
    rank = min(2, len(cells.shape))
    leaf = cells[(*[0] * (len(cells.shape) - rank), ...)].area(rank)
    return call("COLUMNS" if axis == -1 else "ROWS", leaf)
