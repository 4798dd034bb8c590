"""What a table says of a layer's numbers: their scale, and what else a larger layer has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlconv.errors import XlconvError
from xlconv.files.arrays import Source, array
from xlconv.layers import retold
from xlconv.layers.quantised import Of, quantised, scaled


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


def with_rest(layer: Of, values: Mapping[str, Any], source: Source) -> Of:
    """The layer as an excerpt of a larger one, if a table says what is added."""
    if "rest" not in values:
        return layer
    return retold.with_rest(layer, array("rest", values["rest"], source), values)
