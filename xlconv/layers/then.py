"""What is done to each cell of a layer's output, step after step: activations, requantisation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.given import Array


@frozen
class Kind:
    """A kind of step: its parameters, with what they are if they are not given, and its meaning.

    parameters  None is one that has to be given
    meaning     from the cells and the parameters in their order
    """

    parameters: dict[str, float | None]
    meaning: Callable[..., Array]


def _sigmoid(y: Array) -> Array:
    with np.errstate(over="ignore"):
        found: Array = 1 / (1 + np.exp(-y))
    return found


def _quantize(y: Array, scale: float, zero_point: float, low: float, high: float) -> Array:
    return np.clip(np.rint(y / scale) + zero_point, low, high)


KINDS: dict[str, Kind] = {
    "relu": Kind({}, lambda y: np.maximum(y, 0)),
    "relu6": Kind({}, lambda y: np.clip(y, 0, 6)),
    "leaky_relu": Kind({"slope": 0.01}, lambda y, slope: np.where(y > 0, y, slope * y)),
    "sigmoid": Kind({}, _sigmoid),
    "tanh": Kind({}, np.tanh),
    "clip": Kind({"low": None, "high": None}, np.clip),
    "quantize": Kind({"scale": None, "zero_point": 0, "low": -128, "high": 127}, _quantize),
}
"""What may follow a layer. Quantize rounds a half to the even number, as ONNX does."""


@frozen
class Step:
    """A step by its kind, with the values of its parameters."""

    kind: str
    values: tuple[float, ...] = ()

    def __str__(self) -> str:
        return ":".join([self.kind, *map(_written, self.values)])

    @property
    def parameters(self) -> dict[str, float]:
        """The values of the parameters by their names."""
        return dict(zip(KINDS[self.kind].parameters, self.values, strict=True))

    def of(self, y: Array) -> Array:
        """What it makes of cells."""
        return KINDS[self.kind].meaning(y, *self.values)


@frozen(eq=False)
class Applied:
    """A step and the cells that it is applied to, whose values are known by now."""

    step: Step
    cells: Any

    def output(self) -> Array:
        """What it makes of them."""
        return self.step.of(np.asarray(self.cells.value, dtype=float))


def steps(told: str | Iterable[str]) -> tuple[Step, ...]:
    """Steps as they are typed: their kinds, with parameters behind colons.

    Raises XlconvError for a kind that is unknown, and for parameters that it does not have.

    >>> [str(step) for step in steps("leaky_relu:0.2,clip:0:6")], steps(["relu"])
    (['leaky_relu:0.2', 'clip:0:6'], (Step(kind='relu', values=()),))
    """
    return tuple(map(_step, told.split(",") if isinstance(told, str) else told))


def _step(told: str) -> Step:
    kind, *values = str(told).strip().split(":")
    if kind not in KINDS:
        raise XlconvError(
            f"then must be some of {', '.join(KINDS)}, got {kind!r:.40}", parameter="then"
        )
    known = KINDS[kind].parameters
    given = [*values, *[*known.values()][len(values) :]]
    try:
        numbers = tuple(float(value) for value in given if value is not None)
    except ValueError:
        numbers = ()
    if len(numbers) != len(known) or not np.isfinite(numbers).all():
        form = ":".join([kind, *known])
        raise XlconvError(
            f"then must have its numbers as {form}, got {told!r:.60}", parameter="then"
        )
    _check(kind, dict(zip(known, numbers, strict=True)))
    return Step(kind, numbers)


def _check(kind: str, values: dict[str, float]) -> None:
    """Refuse a scale that is none, and bounds in the wrong order."""
    if values.get("scale", 1) <= 0:
        raise XlconvError(f"then: the scale of {kind} must be more than 0", parameter="then")
    if values.get("low", 0) > values.get("high", np.inf):
        raise XlconvError(f"then: low must not be above high in {kind}", parameter="then")


def after(y: Array, then: Sequence[Step]) -> Array:
    """What some steps make of an output.

    >>> after(np.array([-3.0, 9.0]), steps("relu6,quantize:0.5")).tolist()
    [0.0, 12.0]
    """
    for step in then:
        y = step.of(y)
    return y


def told(then: Sequence[Step]) -> str:
    """Some steps in words; "" of none.

    >>> told(steps("relu6,tanh"))
    'then relu6, tanh'
    """
    return f"then {', '.join(map(str, then))}" if then else ""


def _written(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < 2**53 else repr(value)
