"""Networks and enlarged pictures in NumPy, by the definitions; nothing of xlconv is imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from training.networks import Layer, Network

Array = NDArray[np.float64]
Weights = Mapping[str, Array]


def convolved(x: Array, weight: Array, layer: Layer) -> Array:
    """Each output is the sum of a window's products."""
    k, s, p = layer.kernel, layer.stride, layer.padding
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = sliding_window_view(padded, (k, k), (2, 3))[:, :, ::s, ::s]
    return np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True)


def stamped(x: Array, weight: Array, layer: Layer) -> Array:
    """Each input lays the kernel, times itself, on the output; the padding is cut off."""
    k, s, p = layer.kernel, layer.stride, layer.padding
    count, _, height, width = x.shape
    high, wide = (height - 1) * s, (width - 1) * s
    out = np.zeros((count, weight.shape[1], high + k, wide + k))
    for i in range(k):
        for j in range(k):
            product = np.einsum("nchw,co->nohw", x, weight[:, :, i, j], optimize=True)
            out[:, :, i : i + high + 1 : s, j : j + wide + 1 : s] += product
    return out[:, :, p : out.shape[2] - p, p : out.shape[3] - p]


SUMS = {"conv": convolved, "conv_transpose": stamped}
THEN: dict[str | None, Callable[[Array], Array]] = {
    "relu": lambda sums: np.maximum(sums, 0),
    "sigmoid": lambda sums: (1 + np.tanh(sums / 2)) / 2,
    None: lambda sums: sums,
}


def run(network: Network, weights: Weights, x: Array) -> Array:
    """What the last layer gives for maps of samples, channels, rows and columns."""
    maps: dict[str, Array] = {}
    for layer in network:
        taken = np.concatenate([maps[name] for name in layer.sources], 1) if layer.sources else x
        sums = SUMS[layer.kind](taken, weights[f"{layer.name}.weight"], layer)
        x = maps[layer.name] = THEN[layer.then](sums + weights[f"{layer.name}.bias"][:, None, None])
    return x


# pictures smaller and larger without weights


def smaller(x: Array, size: int) -> Array:
    """Means of as many windows as there are pixels then, which share some where they must."""
    rows = np.zeros((size, x.shape[-1]))
    for i, row in enumerate(rows):
        window = slice(i * x.shape[-1] // size, -(-(i + 1) * x.shape[-1] // size))
        row[window] = 1 / (window.stop - window.start)
    return rows @ x @ rows.T


def nearest(distance: Array) -> Array:
    return ((distance > -0.5) & (distance <= 0.5)).astype(np.float64)


def bilinear(distance: Array) -> Array:
    return np.maximum(1 - np.abs(distance), 0)


def bicubic(distance: Array, a: float = -0.75) -> Array:
    """Keys' kernel, with the a of PyTorch and OpenCV."""
    d = np.abs(distance)
    near = (a + 2) * d**3 - (a + 3) * d**2 + 1
    far = a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a
    return np.where(d <= 1, near, np.where(d < 2, far, 0))


WAYS = {"nearest": nearest, "bilinear": bilinear, "bicubic": bicubic}


def larger(x: Array, size: int, way: str) -> Array:
    """Pixels are squares (align_corners false); beyond the edge, the edge goes on."""
    given = x.shape[-1]
    places = (np.arange(size) + 0.5) * given / size - 0.5
    rows = np.zeros((size, given))
    for source in range(-2, given + 2):
        rows[:, np.clip(source, 0, given - 1)] += WAYS[way](source - places)
    return rows @ x @ rows.T
