"""Activations that may have been applied, and how to go back from what they give, a line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np

from xlconv.layers.layer import Array

Function = Callable[[Array], Array]


def _same(v: Array) -> Array:
    return v


def _sigmoid(v: Array) -> Array:
    return np.asarray((1 + np.tanh(v / 2)) / 2)


def _gelu(v: Array) -> Array:
    # by tanh: within 5e-4 of the exact one
    return np.asarray(v * (1 + np.tanh(np.sqrt(2 / np.pi) * (v + 0.044715 * v**3))) / 2)


@dataclass(frozen=True)
class Activation:
    """What may follow a layer.

    back    from its values to those before it; None where these are not told by them
    least, most    of its values
    inner   the values between which `back` can be trusted
    """

    words: str
    forward: Function
    back: Function | None = None
    least: float = -inf
    most: float = inf
    inner: tuple[float, float] = (-inf, inf)

    def fits(self, y: Array) -> bool:
        """Whether values may be its own: none is beyond them, and some are within."""
        slack = 1e-6 * (abs(y).max() or 1.0)
        return bool(y.min() >= self.least - slack and y.max() <= self.most + slack)


def _clamp(low: float, high: float, words: str) -> Activation:
    inner = (low + 1e-9, high - 1e-6)
    return Activation(words, lambda v: np.clip(v, low, high), _same, low, high, inner)


def leaky(slope: Array | float, words: str) -> Activation:
    """That whose slope below 0 is such; one for each channel, as PReLU has, to broadcast."""
    return Activation(
        words,
        lambda v: np.where(v > 0, v, slope * v),
        lambda y: np.where(y > 0, y, y / slope),
    )


NONE = Activation("", _same, _same)
ACTIVATIONS = (
    Activation("ReLU", lambda v: np.maximum(v, 0), _same, least=0, inner=(1e-9, inf)),
    _clamp(0, 6, "ReLU6"),
    Activation(
        "sigmoid", _sigmoid, lambda y: np.log(y / (1 - y)), least=0, most=1, inner=(1e-5, 1 - 1e-5)
    ),
    Activation("tanh", np.tanh, np.arctanh, least=-1, most=1, inner=(-1 + 1e-5, 1 - 1e-5)),
    _clamp(0, 1, "a clamp to 0 and 1"),
    _clamp(-1, 1, "a clamp to -1 and 1"),
    Activation(
        "ELU",
        lambda v: np.where(v > 0, v, np.expm1(np.minimum(v, 0))),
        lambda y: np.where(y > 0, y, np.log1p(y)),
        least=-1,
        inner=(-1 + 1e-5, inf),
    ),
    Activation(
        "softplus", lambda v: np.logaddexp(0, v), lambda y: np.log(np.expm1(y)), 0, inner=(1e-5, 30)
    ),
    Activation(
        "hard sigmoid",
        lambda v: np.clip(v / 6 + 0.5, 0, 1),
        lambda y: 6 * y - 3,
        least=0,
        most=1,
        inner=(1e-9, 1 - 1e-9),
    ),
    Activation("SiLU", lambda v: v * _sigmoid(v), least=-0.2785),
    Activation("GELU", _gelu, least=-0.1701),
    Activation("hard swish", lambda v: v * np.clip(v + 3, 0, 6) / 6, least=-0.375),
)
"""Every one that is tried, the common ones first."""
