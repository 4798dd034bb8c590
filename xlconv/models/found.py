"""What a model file says of its convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

import numpy as np

from xlconv.frozen import frozen
from xlconv.layers.given import Array
from xlconv.models.tensors import Tensor

TRANSPOSED, PLAIN, WEIGHT = "transposed", "plain", "weight"
"""Kinds of what is found: a weight alone tells neither kind nor stride."""


EIGHT = ("int8", "uint8", "int16", "uint16")
"""Types of the integers of an input."""


@frozen
class Meaning:
    """What integers of a type mean: scale * (q - zero_point)."""

    dtype: str
    scale: float
    zero_point: float

    def __str__(self) -> str:
        point = f"{abs(self.zero_point):g}"
        return f"{self.scale:g}*(q {'+' if self.zero_point < 0 else '-'} {point})"


@frozen(kw_only=True, eq=False)
class ModelLayer:
    """A convolution of a model, or a weight that may be one's.

    name    as it is asked for
    kind    TRANSPOSED, PLAIN, or WEIGHT
    weight  as it lies in the file, its axes as the layout in `said` has them
    said    what the file says, by the names of `Wanted`, its convention and layout among them
    after   what follows: an activation, Add, BatchNormalization
    why     why a weight alone is likely a transposed convolution's
    notes   what a reader has to be told
    input, output  the names of what goes in and comes out, where they have any
    taken   what is added to each output channel after the layer, which is its bias, too
    scaled  the input, where that is of integers: without numbers, with what they mean
    axes    the order in which a plain weight's axes are taken, if not as they lie
    """

    name: str
    kind: str
    weight: Tensor
    bias: Tensor | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    after: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()
    input: str = ""
    output: str = ""
    taken: tuple[Tensor, ...] = ()
    scaled: Tensor | None = None
    axes: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Find here, where all that goes wrong is damage, a shape that no array has."""
        self.arranged(np.broadcast_to(0.0, self.weight.shape))

    @property
    def meaning(self) -> Meaning | None:
        """What integers of the input mean, if it is of these, with one scale for all."""
        if (told := self.scaled) is None or told.scale is None:
            return None
        if told.scale.scale.size != 1 or told.dtype not in EIGHT:
            return None
        return Meaning(told.dtype, float(told.scale.scale[0]), float(told.scale.zero_point[0]))

    @property
    def plain(self) -> bool:
        """Whether it is a plain convolution."""
        return self.kind == PLAIN

    @property
    def alone(self) -> bool:
        """Whether it is a weight without its kind and stride."""
        return self.kind == WEIGHT

    def weights(self) -> Array:
        """The numbers of the weight; a plain one's as (out, in // groups, *kernel_sizes)."""
        return self.arranged(self.weight.numbers())

    def arranged(self, array: Array) -> Array:
        """An array of the weight's shape, its axes in their order."""
        return array if self.axes is None else np.transpose(array, self.axes)

    def biases(self) -> Array | None:
        """The numbers of the bias, if there is one, and of what is added to it."""
        every = [tensor.numbers().reshape(-1) for tensor in (self.bias, *self.taken) if tensor]
        return np.sum(np.broadcast_arrays(*every), axis=0) if every else None

    def quantised(self) -> tuple[Array, Array, Array] | None:
        """The integers of a quantised weight, with scale and zero point, each of its shape."""
        if self.weight.scale is None:
            return None
        stored = self.weight.stored().astype(np.float64)
        scaling = self.weight.scale.spread(self.weight.shape)
        every = stored, *(np.broadcast_to(values, stored.shape) for values in scaling)
        integers, scale, zero_point = map(self.arranged, every)
        return integers, scale, zero_point
