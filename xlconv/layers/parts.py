"""Chosen channels of a layer, transposed or plain: what they make alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from xlconv.errors import XlconvError
from xlconv.layers.channels import chosen
from xlconv.layers.geometry import Geometry
from xlconv.layers.given import Array
from xlconv.layers.quantised import Of
from xlconv.visible import shortened


def channels_of_part(
    geometry: Geometry, in_channels: Sequence[int], out_channels: Sequence[int]
) -> tuple[list[int], list[int], int]:
    """Chosen channels, and how many groups they make, as many of each on both sides.

    Raises XlconvError where there are no such channels, or they make no layer.
    """
    ins, outs = chosen("in_channels", in_channels), chosen("out_channels", out_channels)
    return ins, outs, _groups(geometry, ins, outs)


def kernels(g: Geometry, first: Sequence[int], second: Sequence[int]) -> Callable[[Array], Array]:
    """What takes the kernels of chosen channels from a weight.

    first, second  those of its first axis, and those that its second counts within a group
    """

    def picked(weight: Array) -> Array:
        each = [[weight[i, g.filter(o)] for o in second if o in g.targets(i)] for i in first]
        return np.array(each)

    return picked


def with_channels(
    layer: Of, ins: Sequence[int], outs: Sequence[int], picked: Callable[[Array], Array]
) -> Of:
    """A layer with some channels of its numbers; the geometry is to be told."""
    return replace(
        with_input(layer, lambda x: x[list(ins)]),
        weight=picked(layer.weight),
        bias=None if layer.bias is None else layer.bias[list(outs)],
        quantised=layer.quantised and layer.quantised.arranged(picked),
        rest=None,
    )


def with_input(layer: Of, arrange: Callable[[Array], Array]) -> Of:
    """A layer with a part of its input; the geometry is to be told."""
    scaled = layer.scaled and layer.scaled.arranged(arrange)
    return replace(layer, input=arrange(layer.input), scaled=scaled)


def _listed(groups: Counter[int]) -> str:
    return shortened(str([*groups.elements()]), 60)


def _groups(geometry: Geometry, in_channels: Sequence[int], out_channels: Sequence[int]) -> int:
    every = []
    for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
        count = getattr(geometry, name)
        if not channels or not all(0 <= channel < count for channel in channels):
            raise XlconvError(
                f"{name} must be some of 0 to {count - 1}, got {list(channels)}", parameter=name
            )
        every.append(Counter(channel * geometry.groups // count for channel in channels))
    ins, outs = every
    if list(ins) != list(outs) or len({*ins.values()}) > 1 or len({*outs.values()}) > 1:
        raise XlconvError(
            "the channels of a part must be of the same groups on both sides, as many of each, got"
            f" groups {_listed(ins)} and {_listed(outs)}: name out_channels of one group",
            parameter="out_channels",
        )
    return len(ins)
