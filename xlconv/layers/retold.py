"""An excerpt of a layer as it is told where its whole is not known, and made again from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xlconv.errors import XlconvError
from xlconv.layers.channels import chosen
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import LARGEST, Array, shortly, whole
from xlconv.layers.layer import Layer
from xlconv.layers.quantised import Of
from xlconv.layers.rest import Rest
from xlconv.text import counted, spelt


def rest_told(layer: Layer | Convolution) -> dict[str, Any]:
    """What is added to an excerpt, and which channels and cells it has; nothing of a whole layer.

    >>> rest_told(Layer.of([1], [2]))
    {}
    """
    if (rest := layer.rest) is None:
        return {}
    told = {"rest": rest.values, "rest_channels": rest.channels, "rest_outside": rest.outside}
    g = layer.channels
    numbers = {"rest_ins": g.ins, "rest_outs": g.outs}
    told |= {key: [*value] for key, value in numbers.items() if value is not None}
    if any(axis.whole is not None for axis in g.axes):
        told["rest_cells"] = [[axis.first, axis.cropped] for axis in g.axes]
    return told


def with_rest(layer: Of, rest: Array, told: Mapping[str, Any]) -> Of:
    """A layer as an excerpt of a larger one, from what is added to it.

    told  as `rest_told` has it, beside that

    Raises XlconvError for what does not fit the layer.
    """
    g = layer.geometry
    of, shape = "full output", g.canvas_shape
    if isinstance(layer, Convolution):
        of, shape = "output", layer.output_shape
    if rest.shape != shape:
        raise XlconvError(
            f"rest must be of the {of}'s sizes, {spelt(shape)}, got {spelt(rest.shape)}",
            parameter="rest",
        )
    ins, outs = (_numbers(layer.channels, key, told) for key in ("ins", "outs"))
    first, second = (outs, ins) if isinstance(layer, Convolution) else (ins, outs)
    others = whole("rest_channels", told.get("rest_channels", 0), least=0)
    return replace(
        layer,
        rest=Rest(rest, others, bool(told.get("rest_outside", False))),
        geometry=replace(g, ins=first, outs=second, axes=_placed(g, told.get("rest_cells"))),
    )


def _placed(geometry: Geometry, told: Any) -> tuple[Axis, ...]:
    """The axes with the place that their cells have in the whole layer."""
    if told is None:
        return geometry.axes
    pairs = [chosen("rest_cells", each) for each in told] if isinstance(told, list) else []
    if len(pairs) != geometry.rank or any(len(pair) != 2 or pair[0] < 0 for pair in pairs):
        raise XlconvError(
            f"rest_cells must be {counted(geometry.rank, 'pair')}, the first of each from 0 to"
            f" {LARGEST}, got {shortly(told)}",
            parameter="rest_cells",
        )
    each = zip(geometry.axes, pairs, strict=True)
    return tuple(replace(axis, first=first, whole=crop) for axis, (first, crop) in each)


def _numbers(geometry: Geometry, key: str, told: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The numbers that channels have in the whole layer."""
    if (numbers := told.get(name := f"rest_{key}")) is None:
        return None
    count = {"ins": geometry.in_channels, "outs": geometry.out_channels}[key]
    numbers = chosen(name, numbers)
    if not len({*numbers}) == len(numbers) == count:
        raise XlconvError(
            f"{name} must be {counted(count, 'different number')}, got {shortly(numbers)}",
            parameter=name,
        )
    return tuple(numbers)
