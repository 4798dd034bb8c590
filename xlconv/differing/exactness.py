"""How exact what is left of a difference is: as which format of numbers rounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xlconv.differing.judging import Found
from xlconv.differing.readings import Way
from xlconv.layers.layer import Array

FLOAT32 = 5e-6
"""Of the largest value, what sums in float32 may be apart."""

LESS = 5
"""How many times smaller a difference must be with rounded weights for these to be the cause."""

AGREES = 2e-3
"""Of the largest value, what may be left where two outputs agree: float16 rounds so."""


def _bfloat16(a: Array) -> Array:
    bits = a.astype(np.float32).view(np.uint32)
    half = 0x7FFF + ((bits >> 16) & 1)  # to the nearest, and of two to the even one
    return ((bits + half) & np.uint32(0xFFFF0000)).view(np.float32).astype(np.float64)


def _eight_bits(a: Array, axes: tuple[int, ...] | None = None) -> Array:
    scale = abs(a).max(axes, keepdims=True) / 127
    return np.asarray(np.rint(a / np.where(scale > 0, scale, 1)) * scale)


def _asymmetric(a: Array) -> Array:
    low, high = min(0.0, a.min()), max(0.0, a.max())
    scale = (high - low) / 255 or 1.0
    return np.asarray((np.rint(a / scale - np.rint(low / scale)) + np.rint(low / scale)) * scale)


def _but(axis: int, a: Array) -> tuple[int, ...]:
    return tuple(n for n in range(a.ndim) if n != axis)


FORMATS: tuple[tuple[str, Callable[[Array], Array]], ...] = (
    ("float16 weights", lambda w: w.astype(np.float16).astype(np.float64)),
    ("bfloat16 weights", _bfloat16),
    ("8-bit weights", _eight_bits),
    ("8-bit weights with a scale per output channel", lambda w: _eight_bits(w, _but(1, w))),
    ("8-bit weights with a scale per input channel", lambda w: _eight_bits(w, _but(0, w))),
    ("8-bit weights with a zero point", _asymmetric),
)
"""What weights may have been rounded to, and how that is done."""

BOUNDS = (
    (0.0, "to the last digit"),
    (1e-12, "as float64 rounds"),
    (FLOAT32, "as float32 rounds"),
    (AGREES, "as float16, or TF32, rounds"),
    (3e-2, "as bfloat16, or 8 bits, round"),
)
"""The largest difference, as a part of the largest value, up to which something is said."""


def exactness(found: Found) -> str:
    """How exact an explanation is, in words."""
    error = found.near.error
    if error > FLOAT32 and (name := _format(found)):
        return f"within {error:.1e} of the largest value, as {name} round"
    told = next((words for bound, words in BOUNDS if error <= bound), "")
    if error == 0:
        return told
    return f"within {error:.1e} of the largest value" + (f", {told}" if told else "")


def _format(found: Found) -> str:
    """The format that makes most of the difference vanish, if one does."""
    one, y = found.supposed, found.supposed.y.value
    largest, best = abs(y).max() or 1.0, ("", found.near.error / LESS)
    for name, rounded in FORMATS:
        as_theirs = type(one)(one.x, Way("", rounded(one.w.value)), one.y, one.turn, one.steps)
        sums = as_theirs.part(range(len(y)), found.begin, y.shape[1:])
        # the cells of what was filled do not count
        apart = abs(found.after.values(sums) - y) / largest
        error = float(np.quantile(apart, 1.0 if not found.filled else 0.5))
        if error < best[1]:
            best = name, error
    return best[0]
