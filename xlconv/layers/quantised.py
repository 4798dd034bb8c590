"""A weight, or an input, as integers, with the scale and the zero point that say what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.given import Array, numbers
from xlconv.text import spelt

INTEGERS = ("integers", "weight_scale", "weight_zero_point")
"""What a quantised weight is made of, each of its shape."""

Of = TypeVar("Of", bound=Any)
"""A layer, transposed or plain."""


@frozen(eq=False)
class Quantised:
    """How integers mean a weight: scale * (integers - zero_point).

    integers           of the weight's shape, its channels first
    scale, zero_point  of its first two axes, with one value along each on which all are alike
    """

    integers: Array
    scale: Array
    zero_point: Array

    @classmethod
    def of(cls, integers: Array, scale: ArrayLike, zero_point: ArrayLike = 0) -> Quantised:
        """The same from a scale and a zero point that broadcast over the channels, or the weight.

        Raises XlconvError where they do not, or differ inside of a kernel.

        >>> q = Quantised.of(np.ones((3, 2, 4)), [[0.5, 0.25]], [[1], [2], [3]])
        >>> q.scale.shape, q.zero_point.shape, q.weight[2].max(1).tolist()
        ((1, 2), (3, 1), [-1.0, -0.5])
        """
        named = {"weight_scale": scale, "weight_zero_point": zero_point}
        least = (_least(name, numbers(name, value), integers) for name, value in named.items())
        return cls(integers, *least)

    @property
    def weight(self) -> Array:
        """The numbers that are meant."""
        scale, zero_point = self.spread
        meant: Array = scale * (self.integers - zero_point)
        return meant

    @property
    def told(self) -> dict[str, Array]:
        """The arrays by the names that lesson files give them."""
        arrays = self.integers, self.scale, self.zero_point
        return dict(zip(("weight", *INTEGERS[1:]), arrays, strict=True))

    @property
    def spread(self) -> tuple[Array, Array]:
        """Scale and zero point, to broadcast over the weight."""
        within = (..., *[None] * (self.integers.ndim - 2))
        return self.scale[within], self.zero_point[within]

    def arranged(self, arrange: Callable[[Array], Array]) -> Quantised:
        """The same of a weight whose numbers are picked and ordered by a function."""
        every = (np.broadcast_to(a, self.integers.shape) for a in self.spread)
        return Quantised.of(arrange(self.integers), *map(arrange, every))


@frozen(eq=False)
class Scaled:
    """How integers mean an input: scale * (integers - zero_point)."""

    integers: Array
    scale: float
    zero_point: float = 0.0

    @property
    def input(self) -> Array:
        """The numbers that are meant."""
        return self.scale * (self.integers - self.zero_point)

    @property
    def told(self) -> dict[str, Any]:
        """What it is made of, by the names that lesson files give it."""
        return {
            "input": self.integers,
            "input_scale": self.scale,
            "input_zero_point": self.zero_point,
        }

    def arranged(self, arrange: Callable[[Array], Array]) -> Scaled:
        """The same of an input that is a part of this one."""
        return replace(self, integers=arrange(self.integers))


def scaled(layer: Of, scale: float, zero_point: float = 0.0) -> Of:
    """A layer whose input is such integers, with what they mean as its input."""
    if not (np.isfinite([scale, zero_point]).all() and scale > 0):
        raise XlconvError(
            f"input_scale must be more than 0, got {scale:g}", parameter="input_scale"
        )
    meant = Scaled(layer.input, scale, zero_point)
    return replace(layer, input=meant.input, scaled=meant)


def quantised(layer: Of, scale: ArrayLike, zero_point: ArrayLike = 0) -> Of:
    """A layer whose weight is such integers, with what they mean as its weight.

    Raises XlconvError where scale and zero point are not for its channels.
    """
    meant = Quantised.of(layer.weight, scale, zero_point)
    return replace(layer, weight=meant.weight, quantised=meant)


def _least(name: str, values: Array, integers: Array) -> Array:
    """Values for each kernel, but one along an axis on which all are alike."""
    shape = integers.shape
    within = (..., *[None] * (len(shape) - 2)) if values.ndim < 3 else ...
    try:
        full = np.broadcast_to(values[within], shape)
    except ValueError:
        raise XlconvError(
            f"{name} must be one value, or those of {spelt(shape[:2])} kernels with 1 along an axis"
            f" on which all are alike, got {spelt(values.shape)}",
            parameter=name,
        ) from None
    each: Array = full.reshape(*shape[:2], -1)[..., 0]
    if (full != each[(..., *[None] * (len(shape) - 2))]).any():
        raise XlconvError(f"{name} must be one value for each kernel", parameter=name)
    for axis in (0, 1):
        if (each == each.take([0], axis)).all():
            each = each.take([0], axis)
    return each
