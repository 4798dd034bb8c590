"""Gniddap: padding in reverse crops the full output, or takes padding off the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure, Sources, result_figure, sources
from xlconv.figures.inlaid import inlaid, turned_figure
from xlconv.figures.layout import DOWNWARD, Arranged, Led, Table
from xlconv.figures.operations import collected
from xlconv.figures.outputs import by_products
from xlconv.figures.paper import Quiet, arrange
from xlconv.figures.size_table import size_table
from xlconv.figures.titles import paddings_of, plain, sized, times
from xlconv.figures.verdicts import verdict
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
    every = [
        layer.with_axes(map(lambda axis, pad: replace(axis, padding=pad), g.axes, pads))
        for pads in _series(g, paddings)
    ]
    src = sources(sheet, layer)
    t = turned_figure(sheet, g, src.w, short=True)
    sizes = size_table(sheet, src, [one.geometry for one in every])
    columns = [_column(sheet, one, layer, src, t) for one in every]
    arrange(sheet, src.line / t / Quiet(sizes) >> Table(zip(*columns, strict=True), alike=True))


def _column(
    sheet: Sheet, one: Layer, layer: Layer, src: Sources, t: Figure
) -> tuple[Figure, Figure, Arranged]:
    """One padding: the output in the full one; the input with padding taken off; what they make."""
    g, name = one.geometry, _name(one)
    words = _padding_words(sheet, one, layer)
    y = by_products(replace(src, layer=one), f"output_{name}", words)
    # the stretched input with the margin that its padding leaves, or cropped by what it takes
    inputs, places = zip(*map(_inside, g.axes), strict=True)
    x, sizes = src.input[(..., *inputs)], [len(axis.seen) for axis in g.axes]
    words = sheet.say("trimmed", size=plain((g.in_channels, *sizes), 1))
    z = inlaid(sheet, f"trimmed_{name}", x, sizes, places, words, numbered=False)
    sheet.text(under(z.cells), _margin_words(sheet, g), "note")
    words = sheet.say("by_collecting", size=times(g.output_shape[1:]))
    again = result_figure(sheet, one, words, name=f"by_collecting_{name}", numbered=False)
    collected(sheet, again.cells, g, t.cells, z.cells, src.bias)
    return y, z, Led(again / verdict(sheet, (y.kept, again.cells)), DOWNWARD)


def _series(g: Geometry, asked: Sequence[int | Sequence[int]] | None) -> list[Pads]:
    """The paddings to show, each once; the layer's own has its place among them by its cells."""
    own = tuple(axis.padding for axis in g.axes)
    if asked:
        every = [(pair(p),) * g.rank for p in asked]
        before = [] if own in every or not any(map(any, own)) else [own]
        return list(dict.fromkeys([*before, *every]))
    (begin, _), k = own[0], g.axes[0].kernel_size
    series = range(k) if k <= SERIES else (0, begin - 1, begin, begin + 1, k - 1)
    every = [((p, p),) * g.rank for p in series if 0 <= p < k]
    least = min(axis.full_size + axis.output_padding for axis in g.axes)  # of which some is left
    left = [pads for pads in every if sum(pads[0]) < least]
    return sorted({*left, own}, key=lambda pads: (sum(map(sum, pads)), pads))


def _name(layer: Layer) -> str:
    """What the blocks of a padding are called after it.

    >>> [_name(Layer.of([1, 2], [1, 2], padding=padding)) for padding in (1, [(1, 0)])]
    ['1', '1_0']
    """
    said = paddings_of(layer.geometry)
    return said.replace(", ", "__").replace(":", "_").replace("-", "minus")


def _padding_words(sheet: Sheet, one: Layer, layer: Layer) -> str:
    """The caption of a padding; the layer's own is told from the others where it has one."""
    g = one.geometry
    own = g == layer.geometry and any(any(axis.padding) for axis in g.axes)
    key = "padding_is_own" if own else "padding_is"
    return sheet.say(key, padding=paddings_of(g), size=sized(sheet, g.output_shape[1:]))


def _inside(axis: Axis) -> tuple[slice, slice]:
    """The inputs that are left when padding is taken off, and their places."""
    kept = axis.inputs(axis.seen)
    first, end = (axis.stride * i - axis.seen.start for i in (kept.start, kept.stop))
    return slice(kept.start, kept.stop), slice(first, end, axis.stride)


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
    rule += " + 0:op" if any(axis.output_padding for axis in g.axes) else ""
    margins = ", ".join(dict.fromkeys(sums))
    return sheet.say("margin" if least >= 0 else "margin_crops", rule=rule, sum=margins)
