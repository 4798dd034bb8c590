"""Activations that may have been applied, and how to go back from what they give, a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from math import inf, nan

import numpy as np

from xlconv.frozen import frozen
from xlconv.layers.layer import Array
from xlconv.layers.then import Step, after

Function = Callable[[Array], Array]


def _same(v: Array) -> Array:
    return v


def _sigmoid(v: Array) -> Array:
    return Step("sigmoid").of(v)


def _gelu(v: Array) -> Array:
    # by tanh: within 5e-4 of the exact one
    return np.asarray(v * (1 + np.tanh(np.sqrt(2 / np.pi) * (v + 0.044715 * v**3))) / 2)


@frozen
class Activation:
    """What may follow a layer.

    back    from its values to those before it; None where these are not told by them
    least, most    of its values
    inner   the values between which `back` can be trusted
    then    the steps that it is; None where it is none of those
    apart   what values that are whole numbers may be apart by their rounding
    """

    words: str
    forward: Function
    back: Function | None = None
    least: float = -inf
    most: float = inf
    inner: tuple[float, float] = (-inf, inf)
    then: tuple[Step, ...] | None = None
    apart: float = 0.0

    def before(self, y: Array) -> Array:
        """The values that became these; NaN where they are not told."""
        low, high = self.inner
        inside = (y > low) & (y < high)
        if self.back is None:
            return np.full_like(y, nan)
        with np.errstate(all="ignore"):
            return np.where(inside, self.back(y), nan)

    def fits(self, y: Array) -> bool:
        """Whether values may be its own: none is beyond them, and some are within."""
        slack = 1e-6 * (abs(y).max() or 1.0)
        return bool(y.min() >= self.least - slack and y.max() <= self.most + slack)


Known = tuple[Function, float, float, tuple[float, float]]
"""The way back, the least and the greatest value, and between which the way back is trusted."""


def _cut(low: float, high: float) -> Known:
    return _same, low, high, (low + 1e-9, high - 1e-6)


KNOWN: dict[str, Callable[..., Known]] = {
    "relu": lambda: (_same, 0, inf, (1e-9, inf)),
    "relu6": lambda: _cut(0, 6),
    "leaky_relu": lambda slope: (lambda y: np.where(y > 0, y, y / slope), -inf, inf, (-inf, inf)),
    "sigmoid": lambda: (lambda y: np.log(y / (1 - y)), 0, 1, (1e-5, 1 - 1e-5)),
    "tanh": lambda: (np.arctanh, -1, 1, (-1 + 1e-5, 1 - 1e-5)),
    "clip": _cut,
    "quantize": lambda scale, zero_point, low, high: (
        lambda y: (y - zero_point) * scale,
        low,
        high,
        (low + 0.5, high - 0.5),
    ),
}
"""What is known of each kind of step, from its parameters."""


def of_steps(then: Sequence[Step], words: str = "") -> Activation:
    """Steps, one after another."""
    known = [KNOWN[step.kind](*step.values) for step in then]
    made = [Activation("", _same, *each) for each in known]

    def back(y: Array) -> Array:
        for one in reversed(made):
            y = one.before(y)
        return y

    least, most = (known[-1][1], known[-1][2]) if known else (-inf, inf)
    whole = bool(then) and then[-1].kind == "quantize"
    return Activation(
        words, lambda v: after(v, then), back, least, most, then=tuple(then), apart=float(whole)
    )


def prelu(slopes: Array, words: str) -> Activation:
    """That whose slope below 0 is one for each channel, to broadcast."""
    back, *_ = KNOWN["leaky_relu"](slopes)
    return Activation(words, lambda v: np.where(v > 0, v, slopes * v), back)


def _hard_sigmoid(words: str, slope: float) -> Activation:
    return Activation(
        words,
        lambda v: np.clip(slope * v + 0.5, 0, 1),
        lambda y: (y - 0.5) / slope,
        least=0,
        most=1,
        inner=(1e-9, 1 - 1e-9),
    )


ACTIVATIONS = (
    of_steps([Step("relu")], "ReLU"),
    of_steps([Step("relu6")], "ReLU6"),
    of_steps([Step("sigmoid")], "sigmoid"),
    of_steps([Step("tanh")], "tanh"),
    of_steps([Step("clip", (0.0, 1.0))], "a clamp to 0 and 1"),
    of_steps([Step("clip", (-1.0, 1.0))], "a clamp to -1 and 1"),
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
    _hard_sigmoid("hard sigmoid", 1 / 6),
    _hard_sigmoid("hard sigmoid of slope 0.2, as ONNX and Keras 2 have it,", 0.2),
    Activation("SiLU", lambda v: v * _sigmoid(v), least=-0.2785),
    Activation("GELU", _gelu, least=-0.1701),
    Activation("hard swish", lambda v: v * np.clip(v + 3, 0, 6) / 6, least=-0.375),
)
"""Every one that is tried, the common ones first."""


def others(then: Sequence[Step]) -> Iterator[Activation]:
    """What another program may do in place of a layer's own steps: leave some out, or mean the
    integers of the last one as real numbers.
    """
    if then and then[-1].kind == "quantize":
        scale, zero_point, *_ = then[-1].values
        yield Activation(
            "theirs is of real numbers again, scale * (q - zero point)",
            lambda v: scale * (after(v, then) - zero_point),
            apart=scale,
        )
    for count in range(1, len(then) + 1):
        for gone in combinations(range(len(then)), count):
            kept = [step for n, step in enumerate(then) if n not in gone]
            names = " and ".join(str(then[n]) for n in gone)
            yield of_steps(kept, f"{names} {'are' if count > 1 else 'is'} left out after the layer")
