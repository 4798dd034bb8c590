"""The interesting part of a large layer, small enough to look at, and still the layer's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.channels import chosen
from xlconv.layers.convolution import Convolution
from xlconv.layers.cuts import Cut, Span, plain_cut, spans_of, transposed_cut
from xlconv.layers.layer import Array, Layer
from xlconv.layers.model import canvas, conv
from xlconv.layers.parts import with_input
from xlconv.layers.quantised import Of
from xlconv.layers.rest import Rest
from xlconv.layers.summary import compact, each

PART = ("in_channels", "out_channels", "crop")
"""What is asked for of a layer that is not shown whole."""


@frozen
class Top:
    """The channels that matter most, so many of them."""

    count: int


def excerpt(
    layer: Of,
    in_channels: Sequence[int] | Top | None = None,
    out_channels: Sequence[int] | None = None,
    crop: Sequence[Span] | None = None,
) -> Of:
    """A layer of chosen channels and cells, whose output is that of the whole there.

    in_channels   those of the input that are kept, or how many of those that matter most
    out_channels  those of the output
    crop          for each axis the input's cells that are kept, from one to before another

    What the other channels bring, and what comes from outside the crop, is its `rest`, if any does.
    Of a plain convolution the outputs are those that read any of the cells.

    Raises XlconvError where there are no such channels or cells.

    >>> import numpy as np
    >>> whole = Layer.of(np.ones((3, 2)), np.ones((3, 1, 2)))
    >>> part = excerpt(whole, [0])
    >>> part.geometry.in_channels, part.rest.values.tolist(), canvas(part).tolist()
    (1, [[2.0, 4.0, 2.0]], [[3.0, 6.0, 3.0]])
    """
    sizes, cut = layer.input.shape[1:], transposed_cut if isinstance(layer, Layer) else plain_cut
    cuts = [*map(cut, layer.geometry.axes, spans_of(sizes, crop))]
    ins, outs = _chosen(layer, in_channels, out_channels)
    cells = tuple(slice(*cut.span) for cut in cuts)
    part = layer.part(ins, outs)
    kept = with_input(part, lambda x: x[(slice(None), *cells)])
    geometry = replace(part.geometry, axes=tuple(cut.axis for cut in cuts))
    left = len(layer.input) // layer.geometry.groups * part.geometry.groups - len(ins)
    outside = kept.input.shape[1:] != sizes
    rest = None
    if left or outside:
        every = brought(layer, ins, outs, cells)
        rest = Rest(every[(slice(None), *(cut.place for cut in cuts))], left, outside)
    note = "; ".join(filter(None, (layer.note, _told(layer, ins, outs, cuts if outside else []))))
    made: Of = replace(kept, geometry=geometry, rest=rest, note=note)
    return made


def part_of(layer: Of, values: Mapping[str, Any]) -> Of:
    """The channels and cells of a layer that are asked for by name; all of it if none are."""
    asked = {key: values.get(key) for key in PART}
    if not any(value is not None for value in asked.values()):
        return layer
    if isinstance(asked["in_channels"], str):
        asked["in_channels"] = channels_of("in_channels", asked["in_channels"])
    return excerpt(layer, **asked)


def _chosen(
    layer: Layer | Convolution,
    in_channels: Sequence[int] | Top | None,
    out_channels: Sequence[int] | None,
) -> tuple[list[int], list[int]]:
    """The channels of both sides; those of the groups of the other where one is not named."""
    g = layer.channels
    outs = _channels("out_channels", out_channels, g.out_channels)
    if in_channels is None:
        return _reached(g.sources(o) for o in outs), outs
    if isinstance(in_channels, Top):
        ins = strongest(layer, in_channels.count, outs)
    else:
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


def strongest(layer: Layer | Convolution, count: int, outs: Sequence[int]) -> list[int]:
    """The input channels whose part of some output channels spreads most, in their order."""
    g = layer.channels
    if not 1 <= count <= g.in_channels:
        raise XlconvError(
            f"in_channels must be top:1 to top:{g.in_channels}, got top:{count}",
            parameter="in_channels",
        )
    spread = {i: _spread(layer, i, outs) for i in _reached(g.sources(o) for o in outs)}
    return sorted(sorted(spread, key=lambda i: -spread[i])[:count])


def _spread(layer: Layer | Convolution, i: int, outs: Sequence[int]) -> float:
    """The variance of what an input channel brings to some output channels, added."""
    alone = layer.part([i], [o for o in outs if o in layer.channels.targets(i)])
    if isinstance(alone, Layer):  # with what is cropped
        axes = [replace(axis, padding=(0, 0), output_padding=0) for axis in alone.geometry.axes]
        alone = alone.with_axes(axes)
    return float(_full(replace(alone, bias=None)).var(axis=(*range(1, alone.input.ndim),)).sum())


def brought(
    layer: Layer | Convolution,
    ins: Sequence[int],
    outs: Sequence[int],
    cells: tuple[slice, ...] = (),
) -> Array:
    """What all but the chosen cells of the chosen channels bring: (outs, *sizes)."""
    x = layer.input.copy()
    for i in ins:
        x[i][cells] = 0
    others = replace(layer, input=x, bias=None, scaled=None, quantised=None)
    if layer.geometry.groups == 1:  # only the channels that are looked at
        return _full(others.part(range(len(x)), outs))
    return _full(others)[list(outs)]


def _full(layer: Layer | Convolution) -> Array:
    """What a rest is added to: the canvas, or the output of a plain convolution."""
    return canvas(layer) if isinstance(layer, Layer) else conv(layer)


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


def _told(
    layer: Layer | Convolution, ins: Sequence[int], outs: Sequence[int], cuts: Sequence[Cut]
) -> str:
    """What is shown, in words.

    cuts  of the axes, where the cells are not all
    """
    g = layer.channels
    told = [
        f"{name} channel{'s' * (len(channels) > 1)} {', '.join(map(str, channels))} of {count}"
        for name, channels, count in (
            ("input", ins, g.in_channels),
            ("output", outs, g.out_channels),
        )
        if len(channels) < count
    ]
    if cuts:
        told.append("cells " + ",".join("{}:{}".format(*cut.span) for cut in cuts))
        whole, part = layer.geometry.axes, [cut.axis for cut in cuts]
        names = ("padding", "output_padding") if isinstance(layer, Layer) else ("padding",)
        for name, values in each(whole, *names).items():
            if values != each(part, name)[name]:
                told.append(f"{name.replace('_', ' ')} {compact(values)} in the whole")
    return ", ".join(told)
