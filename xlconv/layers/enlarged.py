"""Pictures made smaller and larger by rules that learn nothing: what each pixel is mixed of."""

from __future__ import annotations

import numpy as np

from xlconv.layers.layer import Array

SHARPNESS = -0.75
"""The a of Keys' kernel, as PyTorch and OpenCV have it."""


def windows(size: int, given: int) -> list[slice]:
    """The cells that each pixel of a smaller picture is the mean of; some share one.

    >>> windows(3, 8)
    [slice(0, 3, None), slice(2, 6, None), slice(5, 8, None)]
    """
    return [slice(i * given // size, -(-(i + 1) * given // size)) for i in range(size)]


def shares(size: int, given: int, way: str) -> Array:
    """What each pixel along an axis of a larger picture takes of the given ones.

    Pixels are squares, as align_corners=False has it; beyond the edge, the edge goes on.

    >>> shares(4, 2, "bilinear").tolist()
    [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]
    """
    places = (np.arange(size) + 0.5) * given / size - 0.5
    found = np.zeros((size, given))
    for source in range(-2, given + 2):
        found[:, min(max(source, 0), given - 1)] += WAYS[way](source - places)
    return found


def _nearest(distance: Array) -> Array:
    return np.where((distance > -0.5) & (distance <= 0.5), 1.0, 0.0)


def _bilinear(distance: Array) -> Array:
    return np.asarray(np.maximum(1 - np.abs(distance), 0))


def _bicubic(distance: Array) -> Array:
    """Source: Keys, Cubic convolution interpolation for digital image processing, 1981."""
    d, a = np.abs(distance), SHARPNESS
    near = (a + 2) * d**3 - (a + 3) * d**2 + 1
    far = a * (d**3 - 5 * d**2 + 8 * d - 4)
    return np.where(d <= 1, near, np.where(d < 2, far, 0))


WAYS = {"nearest": _nearest, "bilinear": _bilinear, "bicubic": _bicubic}
