"""A comparison as a workbook: one's own output beside theirs, and as it is explained."""

from __future__ import annotations

import numpy as np

from xlconv.differing.comparison import Comparison
from xlconv.differing.judging import Found
from xlconv.layers.geometry import Axis
from xlconv.layers.layer import Array, Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.lesson import Lesson, Page

SHOWN = 2
"""Output channels that are shown: those that differ most."""

VIEW = "difference"


def book_of(comparison: Comparison) -> Book:
    """The workbook of a comparison; where something explains the difference, a second sheet of the
    layer that makes theirs.

    Raises XlconvError where the layer is too large for a sheet.
    """
    idea = comparison.explain().splitlines()[: 1 + max(1, len(comparison.causes))]
    channels = _channels(comparison.theirs)
    pages = [
        _page("Difference", comparison.layer, comparison.theirs, channels, idea, _tries(comparison))
    ]
    found = comparison.found
    if found is not None and comparison.causes and (explained := as_layer(found)):
        theirs = found.supposed.y.value
        told = "The layer that makes theirs: " + "; ".join(comparison.causes)
        pages.append(_page("Explained", explained, theirs, channels, [told], ()))
    return build(Lesson("Another program's output", tuple(pages)))


def _page(
    name: str,
    layer: Layer,
    theirs: Array,
    channels: list[int],
    idea: list[str],
    tries: tuple[str, ...],
) -> Page:
    part = (
        layer.part(range(layer.geometry.in_channels), channels)
        if _whole(layer, channels)
        else layer
    )
    shown = theirs[channels] if part is not layer else theirs
    return Page(
        name,
        VIEW,
        idea="; ".join(idea),
        try_this=tries,
        layer=part,
        options={"theirs": shown.tolist()},
    )


def _whole(layer: Layer, channels: list[int]) -> bool:
    """Whether some channels can be shown without the others."""
    return layer.geometry.groups == 1 and len(channels) < layer.geometry.out_channels


def _channels(theirs: Array) -> list[int]:
    """The output channels that vary most in theirs."""
    varied = np.argsort(-theirs.reshape(len(theirs), -1).std(1), kind="stable")
    return sorted(map(int, varied[:SHOWN]))


def _tries(comparison: Comparison) -> tuple[str, ...]:
    """What makes the difference vanish, where a shift and a turn do."""
    found = comparison.found
    if found is None or not comparison.known or found.after.words or found.filled:
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
    if after.activation.words or found.filled:
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
    return Layer.fitted(one.x.value, weight, bias, axes, steps.groups)
