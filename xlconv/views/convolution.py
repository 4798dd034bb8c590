"""Convolution: the plain one, a kernel that slides over its input. What the lesson assumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure, Sources, figure, sources
from xlconv.figures.edges import channel_name
from xlconv.figures.inlaid import gapped_figure, inlaid
from xlconv.figures.layout import Part
from xlconv.figures.looked_at import CHOICES, LookedAt, arrange_looked_at, look_at, pick
from xlconv.figures.notes import explain, note
from xlconv.figures.operations import convolved, slid
from xlconv.figures.ruler import kernel_indices, target
from xlconv.figures.sums import in_lines
from xlconv.figures.then import then_figures
from xlconv.figures.titles import alike, forward_size_formula, plain
from xlconv.figures.verdicts import verdict
from xlconv.files.arrays import array
from xlconv.grid.expr import Expr, joined, moved, rounded
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.quantised import quantised, scaled
from xlconv.layers.retold import with_rest
from xlconv.layers.then import steps

PRODUCTS = 60
"""Products beyond which the looked-at cell is not written out as a sum."""

IN_LINE = 9
"""Products of real numbers in a line of that sum; those of whole ones are short."""

NEEDED = (
    'convolution view needs an "input" and a "weight" of its own, on its sheet in a lesson, or a'
    " Convolution instead of a layer"
)

Numbers = str | list  # type: ignore[type-arg]


def convolution(
    sheet: Sheet,
    *,
    input: Numbers | None = None,
    weight: Numbers | None = None,
    bias: Numbers | None = None,
    seed: int = 0,
    stride: int | list[int] = 1,
    padding: int | list[int | tuple[int, int]] = 0,
    dilation: int | list[int] = 1,
    groups: int = 1,
    input_scale: float | None = None,
    input_zero_point: float = 0,
    weight_scale: float | list | None = None,  # type: ignore[type-arg]
    weight_zero_point: float | list = 0,  # type: ignore[type-arg]
    then: Sequence[str] = (),
    rest: Numbers | None = None,
    excerpt: dict[str, Any] | None = None,
    look: list[int] | None = None,
) -> None:
    """The padded input, the window that a looked-at output cell sees of it, and the output.

    input   (in_channels, *sizes), or (*sizes) for one channel; or sizes to fill, such as "5x5"
    weight  (out_channels, in_channels // groups, *kernel_sizes), or (*kernel_sizes)
    then    what is done to each cell of the output: see xlconv.layers.then
    rest     what is added to a part of a larger one, as a workbook's recipe says it
    excerpt  the channels and cells that the part has there
    look    the output cell that is looked at when the file is opened; the middle if not given
    """
    if input is None or weight is None:
        raise XlconvError(NEEDED)
    named = {"input": input, "weight": weight, "bias": bias}
    read: Any = {key: array(key, a, seed=seed) for key, a in named.items() if a is not None}
    conv = Convolution.of(**read, stride=stride, padding=padding, dilation=dilation, groups=groups)
    del read  # the layer has copies
    conv = conv if input_scale is None else scaled(conv, input_scale, input_zero_point)
    conv = conv if weight_scale is None else quantised(conv, weight_scale, weight_zero_point)
    conv = conv if rest is None else with_rest(conv, array("rest", rest, seed=seed), excerpt or {})
    _draw(sheet, replace(conv, then=steps(then)), look)


def _draw(sheet: Sheet, conv: Convolution, look: list[int] | None) -> None:
    g, shape = conv.geometry, conv.output_shape
    src = sources(sheet, conv)
    padded = _padded(sheet, conv, src.x) if any(any(axis.padding) for axis in g.axes) else None
    dilated = any(axis.dilation > 1 for axis in g.axes)
    gapped = gapped_figure(sheet, g, src.w, "gapped") if dilated else None
    z, w = padded or src.x, gapped or src.w
    claim: dict[str, Any] = {"role": "output", "claim": ("conv", conv)}
    claim |= {"each": channel_name(sheet, conv.channels.outs), "firsts": conv.firsts[1]}
    y = figure(sheet, "output", shape, g.rank, **claim)
    explain(sheet, y.cells, shape[1:], [forward_size_formula(axis) for axis in g.axes])
    slid(sheet, y.cells, g, z.cells, w.cells, src.bias, src.rest)
    again = figure(sheet, "by_products", shape, g.rank, **claim)
    convolved(sheet, again.cells, g, src.input, src.weight, src.bias, src.rest)
    agree = verdict(sheet, (y.cells, again.cells))

    here = look_at(sheet, _cells(conv), y.labels, look)
    here.light(sheet, y)
    here.tint(src, src.x, *([padded] if padded else []))

    products = prod(conv.weight.shape[1:])
    if products <= PRODUCTS and g.in_channels <= CHOICES:
        in_words = _in_words(sheet, g, here, src, (z, y))
    else:
        in_words = note(sheet, sheet.say("no_words", count=products))
    then = then_figures(sheet, conv, y.cells)
    shown = (src.line >> padded | gapped) >> y >> then
    # several channels under one another fill the page: the other way then stands beside them
    beside, below = (again / agree, None) if g.in_channels > 1 else (None, again / agree)
    arrange_looked_at(sheet, here, shown | beside, in_words, below)


def _cells(conv: Convolution) -> Geometry:
    """The geometry of a layer whose output cells are those of the convolution: that of 1 x 1."""
    g = conv.channels
    axes = tuple(Axis(size=axis.size, kernel_size=1, first=axis.first) for axis in g.axes)
    return replace(g, axes=axes)


def _padded(sheet: Sheet, conv: Convolution, x: Figure) -> Figure:
    """The input with zeros around it, each value a live copy, numbered as the input is."""
    axes = conv.geometry.axes
    sizes = [axis.output_size + sum(axis.padding) for axis in axes]
    firsts = [axis.first_output - axis.padding[0] for axis in axes]
    inside = [slice(axis.padding[0], axis.padding[0] + axis.output_size) for axis in axes]
    margin = alike({pad for axis in axes for pad in axis.padding})
    words = sheet.say("padded", margin=margin, size=plain((len(conv.input), *sizes), 1))
    look: dict[str, Any] = {"firsts": firsts, "each": channel_name(sheet, conv.channels.ins)}
    return inlaid(sheet, "padded", x.cells, sizes, inside, words, **look)


def _in_words(
    sheet: Sheet, g: Geometry, here: LookedAt, src: Sources, way: tuple[Figure, Figure]
) -> Part:
    """The looked-at cell as the sum of its window's products, in numbers.

    way  what the kernel slides over, and the output
    """
    corner, (z, y) = sheet.corner(), way
    whole = all((a == a.round()).all() for a in (src.layer.input, src.layer.weight))
    width, channels = src.weight.shape[1], range(g.in_channels)
    result = sheet.formula(corner, here.if_valid(here.of(y.cells)), "current")
    terms: list[Expr] = []
    for f, u in product(range(width), kernel_indices(g)):
        read = map(target, g.axes, here.at, u)
        place = [
            moved(r, axis.padding[0] - axis.first_output)
            for r, axis in zip(read, g.axes, strict=True)
        ]
        x = here.by_group([pick(z.cells[group * width + f], place) for group in range(g.groups)])
        w = here.by_channel([src.weight[(o, f, *u)] for o in channels])
        terms.append(
            joined(" + " if terms else rounded(result + 0) & " = ", rounded(x), "*", rounded(w))
        )
    if src.bias is not None:
        terms.append(" + " & rounded(here.by_channel([src.bias[o] for o in channels])))
    if src.rest is not None:
        terms.append(" + " & rounded(here.of(src.rest)))
    for n, line in enumerate(in_lines(terms, PRODUCTS if whole else IN_LINE)):
        sheet.formula(corner.shift(n, 2), here.if_valid(joined(*line)), "words")
    return Part(corner.anchor, below=True)
