"""A comparison as a workbook: one's own output beside theirs, and as it is explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import prod

import numpy as np

from xlconv.differing.compare import own_output
from xlconv.differing.comparison import Comparison
from xlconv.differing.judging import Found
from xlconv.differing.nearness import apart
from xlconv.frozen import frozen
from xlconv.layers.cuts import Span
from xlconv.layers.excerpt import Top, excerpt, strongest
from xlconv.layers.geometry import Axis
from xlconv.layers.layer import Array, Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.lesson import Lesson, Page

SHOWN, MANY = 2, 4
"""Output channels that are shown, those that differ most; and input channels at most, of many."""

CELLS, WINDOW = 1024, 8
"""Cells of an output channel beyond which a part of it is shown; input cells of that along an axis.
"""

VIEW = "difference"

Ins = Sequence[int] | Top | None


@frozen
class Shown:
    """What is shown of both outputs: channels, and the input cells around an output cell.

    ins, crop  as `excerpt` has them; those that matter most and those around `at` where not given
    shift      how far the outputs may be moved along each axis, for which there must be room
    """

    outs: list[int]
    at: tuple[int, ...]
    shift: tuple[int, ...]
    ins: Ins = None
    crop: Sequence[Span] | None = None


def book_of(
    comparison: Comparison,
    in_channels: Ins = None,
    out_channels: Sequence[int] | None = None,
    crop: Sequence[Span] | None = None,
) -> Book:
    """The workbook of a comparison; where something explains the difference, a second sheet of the
    layer that makes theirs. Of a large output it shows the part around the first difference.

    in_channels, out_channels, crop  what is shown, as `excerpt` has it, where that is to be chosen

    Raises XlconvError where the layer is too large for a sheet.
    """
    idea = comparison.explain().splitlines()[: 1 + max(1, len(comparison.causes))]
    shown = _shown(comparison, in_channels, out_channels, crop)
    pages = [
        _page("Difference", comparison.layer, comparison.theirs, shown, idea, _tries(comparison))
    ]
    found = comparison.found
    plain = found is not None and comparison.causes and not comparison.softmax
    if found is not None and plain and (explained := as_layer(found)):
        theirs = found.supposed.y.value
        told = "The layer that makes theirs: " + "; ".join(comparison.causes)
        same = explained.input.shape == comparison.layer.input.shape
        there = shown if same else replace(shown, crop=None)
        pages.append(_page("Explained", explained, theirs, there, [told], ()))
    return build(Lesson("Another program's output", tuple(pages)))


def _shown(
    comparison: Comparison, ins: Ins, outs: Sequence[int] | None, crop: Sequence[Span] | None
) -> Shown:
    """The channels that differ most, and the first cell in which the first of them does."""
    theirs, found = comparison.theirs, comparison.found
    differs = apart(own_output(comparison.layer, theirs.shape[1:]), theirs)
    each = differs.reshape(len(theirs), -1).sum(1), theirs.reshape(len(theirs), -1).std(1)
    most = np.lexsort((-each[1], -each[0]))[:SHOWN]
    chosen = sorted(map(int, most)) if outs is None else list(outs)
    wrong = np.argwhere(differs[chosen].any(0))
    at = tuple(map(int, wrong[0])) if len(wrong) else tuple(n // 2 for n in theirs.shape[1:])
    shift = tuple(0 for _ in at)
    if found is not None and comparison.known:
        shift = tuple(abs(a - b) for a, b in zip(found.begin, found.own_begin, strict=True))
    return Shown(chosen, at, shift, ins, crop)


def _page(
    name: str,
    layer: Layer,
    theirs: Array,
    shown: Shown,
    idea: list[str],
    tries: tuple[str, ...],
) -> Page:
    part, others = _readable(layer, theirs, shown)
    window = tuple(slice(cells.start, cells.stop) for cells in part.geometry.outputs)
    whole = part.rest is None or not part.rest.outside
    seen = theirs[shown.outs]
    seen = seen if whole else seen[(slice(None), *window)]
    options = {"theirs": seen.tolist()}
    if others:
        options["others"] = [rest.tolist() for rest in others]
    told = "; ".join(filter(None, (*idea, part.note)))
    return Page(name, VIEW, idea=told, try_this=tries, layer=part, options=options)


def _readable(layer: Layer, theirs: Array, shown: Shown) -> tuple[Layer, list[Array]]:
    """The part of a layer that is shown; of many input channels those that matter most. What it
    does not show brings something, which is told once for each turn of the kernel.
    """
    g, ins, outs = layer.geometry, shown.ins, shown.outs
    if ins is None and g.groups == 1 and g.in_channels > MANY:
        ins = Top(MANY)
    ins = strongest(layer, ins.count, outs) if isinstance(ins, Top) else ins
    spans = shown.crop or _around(layer, theirs, shown.at)
    part = excerpt(layer, ins, outs, spans)
    if part.rest is None:
        return part, []
    plain = layer.with_axes(replace(axis, padding=(0, 0), output_padding=0) for axis in g.axes)
    others = []
    for turn in [*product((False, True), repeat=g.rank)][1:]:
        turned = tuple(2 + axis for axis in range(g.rank) if turn[axis])
        as_turned = replace(plain, weight=np.flip(layer.weight, turned))
        unmoved = excerpt(as_turned, ins, outs, spans).rest
        assert unmoved is not None
        others.append(unmoved.values)
    return _with_room(layer, part, shown.shift), others


def _around(layer: Layer, theirs: Array, at: tuple[int, ...]) -> list[Span] | None:
    """The input cells around an output cell; None where all of the output can be shown."""
    g = layer.geometry
    if max(prod(g.output_shape[1:]), prod(theirs.shape[1:])) <= CELLS:
        return None
    spans = []
    for axis, r in zip(g.axes, at, strict=True):
        middle = (r + axis.padding[0]) // axis.stride
        begin = max(0, min(middle - WINDOW // 2, axis.size - WINDOW))
        spans.append((begin, min(axis.size, begin + WINDOW)))
    return spans


def _with_room(layer: Layer, part: Layer, shift: tuple[int, ...]) -> Layer:
    """A part of which so many cells are not shown where it was cut: a shift brings these."""
    axes = []
    each = zip(layer.geometry.axes, part.geometry.axes, shift, strict=True)
    for whole, axis, room in each:
        begin, end = axis.padding
        begin = max(begin, room) if axis.first else begin
        end = max(end, room) if axis.first + axis.size < whole.size else end
        fits = begin + end < axis.full_size
        axes.append(replace(axis, padding=(begin, end)) if fits else axis)
    return part.with_axes(axes)


def _tries(comparison: Comparison) -> tuple[str, ...]:
    """What makes the difference vanish, where a shift and a turn do."""
    found = comparison.found
    followed = found is not None and (found.after.words or found.filled or comparison.softmax)
    if found is None or not comparison.known or followed:
        return ()
    ways = [way for way in found.supposed.ways if way.words]
    if any(way is not found.supposed.turn for way in ways):
        return ()
    names = ("depth", "row", "column")[-len(found.begin) :]
    moves = [own - begin for own, begin in zip(found.own_begin, found.begin, strict=True)]
    told = [f"shift {name} {move}" for name, move in zip(names, moves, strict=True) if move]
    told += [f"turn {names[axis - 2]} 1" for axis in found.supposed.turn.value]
    return (f"Set {', '.join(told)}: the difference is gone.",) if told else ()


def as_layer(found: Found) -> Layer | None:
    """The layer that makes theirs; None where it takes more than a layer."""
    one, after = found.supposed, found.after
    if after.activation.then is None or found.filled:
        return None
    steps = one.steps.value
    each = zip(
        one.x.value.shape[1:],
        one.weight.shape[2:],
        steps.stride,
        steps.dilation,
        zip(found.begin, found.end, strict=True),
        strict=True,
    )
    axes = tuple(
        Axis(size=n, kernel_size=k, stride=s, dilation=d, padding=p) for n, k, s, d, p in each
    )
    factor = after.factor.reshape(steps.groups, 1, -1, *(1,) * len(axes))
    grouped = one.weight.reshape(steps.groups, -1, *one.weight.shape[1:])
    weight = (grouped * factor).reshape(one.weight.shape)
    bias = after.constant if after.constant.any() else None
    made = Layer.fitted(one.x.value, weight, bias, axes, steps.groups)
    return replace(made, then=after.activation.then)
