"""The part of a layer that a lesson shows, and what a recipe says of such a part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xlconv.errors import XlconvError
from xlconv.files.arrays import Source, array
from xlconv.layers.excerpt import channels_of, excerpt
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import LARGEST
from xlconv.layers.layer import Layer, Rest
from xlconv.layers.quantised import Of, quantised, scaled
from xlconv.text import counted, spelt


def part_of(layer: Layer, values: Mapping[str, Any]) -> Layer:
    """The channels and cells of a layer that a table asks for; all of it if it asks for none."""
    chosen = {key: values.get(key) for key in ("in_channels", "out_channels", "crop")}
    if not any(value is not None for value in chosen.values()):
        return layer
    if isinstance(chosen["in_channels"], str):
        chosen["in_channels"] = channels_of("in_channels", chosen["in_channels"])
    return excerpt(layer, **chosen)


def with_scale(layer: Of, values: Mapping[str, Any]) -> Of:
    """The layer with the input and the weight that their integers mean, if a table says what these
    do.
    """
    for name, meaning in (("input", scaled), ("weight", quantised)):
        scale, zero_point = f"{name}_scale", f"{name}_zero_point"
        if values.get(scale) is not None:
            layer = meaning(layer, values[scale], values.get(zero_point, 0))
        elif zero_point in values:
            raise XlconvError(f"{zero_point} goes with a {scale}", parameter=zero_point)
    return layer


def with_rest(layer: Layer, values: Mapping[str, Any], source: Source) -> Layer:
    """The layer as an excerpt of a larger one, if a table says what is added."""
    if "rest" not in values:
        return layer
    rest, shape = array("rest", values["rest"], source), layer.geometry.canvas_shape
    if rest.shape != shape:
        raise XlconvError(
            f"rest must be of the full output's sizes, {spelt(shape)}, got {spelt(rest.shape)}",
            parameter="rest",
        )
    outside = bool(values.get("rest_outside", False))
    g = layer.geometry
    ins, outs = (_numbers(g, key, values) for key in ("ins", "outs"))
    return replace(
        layer,
        rest=Rest(rest, values.get("rest_channels", 0), outside),
        geometry=replace(g, ins=ins, outs=outs, axes=_placed(g, values)),
    )


def _placed(geometry: Geometry, values: Mapping[str, Any]) -> tuple[Axis, ...]:
    """The axes with the place that their cells have in the whole layer."""
    if (told := values.get("rest_cells")) is None:
        return geometry.axes
    if len(told) != geometry.rank or any(not 0 <= n <= LARGEST for n, _ in told):
        raise XlconvError(
            f"rest_cells must be {counted(geometry.rank, 'pair')}, the first of each from 0 to"
            f" {LARGEST}, got {told}",
            parameter="rest_cells",
        )
    each = zip(geometry.axes, told, strict=True)
    return tuple(replace(axis, first=first, whole=crop) for axis, (first, crop) in each)


def _numbers(geometry: Geometry, key: str, values: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The numbers that channels have in the whole layer."""
    count = {"ins": geometry.in_channels, "outs": geometry.out_channels}[key]
    told = values.get(f"rest_{key}")
    if told is not None and len({*told}) != count:
        raise XlconvError(
            f"rest_{key} must be {counted(count, 'different number')}, got {told}",
            parameter=f"rest_{key}",
        )
    return None if told is None else tuple(told)
