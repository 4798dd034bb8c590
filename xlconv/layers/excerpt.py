"""The interesting part of a large layer, small enough to look at, and still the layer's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.layers.channels import chosen
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.layer import Array, Layer, Rest
from xlconv.layers.model import canvas

Span = tuple[int, int]


@dataclass(frozen=True)
class Top:
    """The channels that matter most, so many of them."""

    count: int


def excerpt(
    layer: Layer,
    in_channels: Sequence[int] | Top | None = None,
    out_channels: Sequence[int] | None = None,
    crop: Sequence[Span] | None = None,
) -> Layer:
    """A layer of chosen channels and cells, whose output is that of the whole there.

    in_channels   those of the input that are kept, or how many of those that matter most
    out_channels  those of the output
    crop          for each axis the input's cells that are kept, from one to before another

    What the other channels bring, and what comes from outside the crop, is its `rest`, if any does.

    Raises XlconvError where there are no such channels or cells.

    >>> whole = Layer.of(np.ones((3, 2)), np.ones((3, 1, 2)))
    >>> part = excerpt(whole, [0])
    >>> part.geometry.in_channels, part.rest.values.tolist(), canvas(part).tolist()
    (1, [[2.0, 4.0, 2.0]], [[3.0, 6.0, 3.0]])
    """
    g = layer.geometry
    spans = _spans(g, crop)
    ins, outs = _chosen(layer, in_channels, out_channels)
    cells = tuple(slice(*span) for span in spans)
    part = layer.part(ins, outs)
    kept = part.with_input(lambda x: x[(slice(None), *cells)])
    each = zip(g.axes, spans, strict=True)
    axes = [axis if span == (0, axis.size) else _axis(axis, span) for axis, span in each]
    kept = replace(kept, geometry=replace(kept.geometry, axes=tuple(axes)))
    left = g.in_channels // g.groups * part.geometry.groups - len(ins)
    outside = spans != [(0, axis.size) for axis in g.axes]
    rest = None
    if left or outside:
        every = brought(layer, ins, outs, cells)
        rest = Rest(every[(slice(None), *_place(g, spans))], left, outside)
    note = "; ".join(filter(None, (layer.note, _told(g, ins, outs, spans))))
    return replace(kept, rest=rest, note=note)


def _chosen(
    layer: Layer, in_channels: Sequence[int] | Top | None, out_channels: Sequence[int] | None
) -> tuple[list[int], list[int]]:
    """The channels of both sides; those of the groups of the other where one is not named."""
    g = layer.geometry
    outs = _channels("out_channels", out_channels, g.out_channels)
    if in_channels is None:
        return _reached(g.sources(o) for o in outs), outs
    if isinstance(in_channels, Top):
        return strongest(layer, in_channels.count, outs), outs
    ins = _channels("in_channels", in_channels, g.in_channels)
    return ins, _reached(g.targets(i) for i in ins) if out_channels is None else outs


def channels_of(name: str, given: str) -> list[int] | Top:
    """Channels as they are typed: 3,17, or top:4.

    >>> channels_of("in_channels", "3,17"), channels_of("in_channels", "top:4")
    ([3, 17], Top(count=4))
    """
    if top := re.fullmatch("top:([0-9]{1,9})", given):
        return Top(int(top[1]))
    if not re.fullmatch("[0-9]{1,9}(,[0-9]{1,9})*", given):
        raise XlconvError(f"{name} must be like 3,17 or top:4, got {given!r:.40}", parameter=name)
    return [int(channel) for channel in given.split(",")]


def strongest(layer: Layer, count: int, outs: Sequence[int]) -> list[int]:
    """The input channels whose part of some output channels spreads most, in their order."""
    g = layer.geometry
    if not 1 <= count <= g.in_channels:
        raise XlconvError(
            f"in_channels must be top:1 to top:{g.in_channels}, got top:{count}",
            parameter="in_channels",
        )
    spread = {i: _spread(layer, i, outs) for i in _reached(g.sources(o) for o in outs)}
    return sorted(sorted(spread, key=lambda i: -spread[i])[:count])


def _spread(layer: Layer, i: int, outs: Sequence[int]) -> float:
    """The variance of what an input channel brings to some output channels, added."""
    g = layer.geometry
    filters = [g.filter(o) for o in outs if o in g.targets(i)]
    axes = tuple(replace(axis, padding=(0, 0), output_padding=0) for axis in g.axes)
    y = np.zeros((len(filters), *(axis.full_size for axis in axes)))
    for u in np.ndindex(*(axis.kernel_size for axis in axes)):
        places: tuple[Any, ...] = tuple(
            slice(begin := axis.dilation * v, begin + axis.stretched_size, axis.stride)
            for axis, v in zip(axes, u, strict=True)
        )
        at: Any = (slice(None), *u)
        weights = layer.weight[i][filters][at].reshape(-1, *(1,) * g.rank)
        y[(..., *places)] += weights * layer.input[i]
    return float(y.reshape(len(filters), -1).var(axis=1).sum())


def brought(
    layer: Layer, ins: Sequence[int], outs: Sequence[int], cells: tuple[slice, ...] = ()
) -> Array:
    """What all but the chosen cells of the chosen channels bring: (outs, *canvas_sizes)."""
    g, x = layer.geometry, layer.input.copy()
    for i in ins:
        x[i][cells] = 0
    if g.groups == 1:  # only the channels that are looked at
        own = Geometry(g.in_channels, len(outs), 1, g.axes)
        return canvas(Layer(x, layer.weight[:, outs], None, own))
    return canvas(replace(layer, input=x, bias=None))[list(outs)]


def _spans(g: Geometry, crop: Sequence[Span] | None) -> list[Span]:
    if crop is None:
        return [(0, axis.size) for axis in g.axes]
    if len(crop) != g.rank:
        raise XlconvError(
            f"crop must have one A:B for each of {g.rank} axes, got {len(crop)}", parameter="crop"
        )
    for (begin, end), axis in zip(crop, g.axes, strict=True):
        if not 0 <= begin < end <= axis.size:
            raise XlconvError(
                f"crop must lie in 0:{axis.size}, got {begin}:{end}", parameter="crop"
            )
    return [(int(begin), int(end)) for begin, end in crop]


def _axis(axis: Axis, span: Span) -> Axis:
    """The axis of the cells of a span, which crops no more than the whole one does there."""
    (begin, end), (before, after) = span, axis.padding
    size, cut = end - begin, (axis.size - end) * axis.stride
    if begin:
        before = max(0, before - begin * axis.stride)
    part = replace(axis, size=size, padding=(before, after), first=begin, whole=axis.padding[0])
    if end == axis.size:
        return part
    return replace(
        part,
        padding=(before, max(0, after - axis.output_padding - cut)),
        output_padding=0,
    )


def _place(g: Geometry, spans: Sequence[Span]) -> Iterator[slice]:
    """Where the canvas of a span lies on that of the whole layer."""
    for axis, (begin, end) in zip(g.axes, spans, strict=True):
        first = max(0, -axis.padding[0])
        start = first + begin * axis.stride if begin else 0
        stop = first + (end - 1) * axis.stride + axis.extent
        yield slice(start, None if end == axis.size else stop)


def _channels(name: str, given: Sequence[int] | None, count: int) -> list[int]:
    channels = list(range(count)) if given is None else chosen(name, given)
    if len(set(channels)) < len(channels):
        raise XlconvError(f"{name} must be different, got {channels}", parameter=name)
    if not channels or not all(0 <= channel < count for channel in channels):
        raise XlconvError(
            f"{name} must be some of 0 to {count - 1}, got {channels}", parameter=name
        )
    return channels


def _reached(ranges: Iterator[range] | Any) -> list[int]:
    return sorted({channel for one in ranges for channel in one})


def _told(g: Geometry, ins: Sequence[int], outs: Sequence[int], spans: Sequence[Span]) -> str:
    """What is shown, in words."""
    told = [
        f"{name} channel{'s' * (len(channels) > 1)} {', '.join(map(str, channels))} of {count}"
        for name, channels, count in (
            ("input", ins, g.in_channels),
            ("output", outs, g.out_channels),
        )
        if len(channels) < count
    ]
    if any(span != (0, axis.size) for span, axis in zip(spans, g.axes, strict=True)):
        told.append("cells " + ",".join(f"{begin}:{end}" for begin, end in spans))
    return ", ".join(told)
