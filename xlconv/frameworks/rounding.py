"""How many digits of its output a program prints, by the largest value that there can be."""

from __future__ import annotations

from math import floor, log10

import numpy as np

from xlconv.grid.values import are_whole
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Array, Layer


def is_whole(y: Array) -> bool:
    """Whether all are whole numbers that float32 has, too."""
    return are_whole(y) and bool(np.abs(y).max() <= 2**24)


def gives_whole(layer: Layer | Convolution) -> bool:
    """Whether all that the output can be are whole numbers that float32 has, too."""
    arrays = [a for a in (layer.input, layer.weight, layer.bias) if a is not None]
    return _reach(layer) <= 2**24 and all(map(are_whole, arrays))


def decimals(layer: Layer | Convolution) -> int:
    """Decimals that float32 still gets right, by the largest value the output can have."""
    reach = _reach(layer)
    return 0 if reach == 0 else min(15, max(0, 5 - floor(log10(reach))))


def _reach(layer: Layer | Convolution) -> float:
    """The largest value that the output can have."""
    outs = 0 if isinstance(layer, Convolution) else 1
    others = tuple(a for a in range(layer.weight.ndim) if a != outs)
    reach = np.abs(layer.input).max() * np.abs(layer.weight).sum(axis=others).max()
    return float(reach + (0.0 if layer.bias is None else np.abs(layer.bias).max()))
