"""A comparison as a workbook: one's own output beside theirs, and as it is explained."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from xlconv.differing.comparison import Comparison
from xlconv.differing.judging import Found
from xlconv.layers.excerpt import brought, excerpt, strongest
from xlconv.layers.geometry import Axis
from xlconv.layers.layer import Array, Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.lesson import Lesson, Page

SHOWN, MANY = 2, 4
"""Output channels that are shown, those that differ most; and input channels at most, of many."""

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
    part, others = _readable(layer, channels)
    options = {"theirs": theirs[channels].tolist()}
    if others:
        options["others"] = [rest.tolist() for rest in others]
    told = "; ".join(filter(None, (*idea, part.note)))
    return Page(name, VIEW, idea=told, try_this=tries, layer=part, options=options)


def _readable(layer: Layer, channels: list[int]) -> tuple[Layer, list[Array]]:
    """The part of a layer that some output channels are made of; of many input channels those that
    matter most, and what the others bring, once for each turn of the kernel.
    """
    g, axes = layer.geometry, range(layer.geometry.rank)
    if g.groups > 1 or g.in_channels <= MANY:
        return excerpt(layer, None, channels), []
    ins = strongest(layer, MANY, channels)
    plain = layer.with_axes(replace(axis, padding=(0, 0), output_padding=0) for axis in g.axes)
    others = []
    for turn in [*product((False, True), repeat=g.rank)][1:]:
        turned = tuple(2 + axis for axis in axes if turn[axis])
        as_turned = replace(plain, weight=np.flip(layer.weight, turned))
        others.append(brought(as_turned, ins, channels))
    return excerpt(layer, ins, channels), others


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
