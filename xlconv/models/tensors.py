"""A tensor in a model file: what is said of it, and its numbers when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from math import prod
from typing import Any

import numpy as np

from xlconv.files.reading import ContentError
from xlconv.frozen import frozen
from xlconv.layers.given import Array

MOST = 1 << 25
"""The most numbers of a tensor: a quarter of a gigabyte as float64."""

DTYPES = {
    "float64": "<f8",
    "float32": "<f4",
    "float16": "<f2",
    "bfloat16": "<u2",
    "int64": "<i8",
    "int32": "<i4",
    "int16": "<i2",
    "int8": "i1",
    "uint64": "<u8",
    "uint32": "<u4",
    "uint16": "<u2",
    "uint8": "u1",
}
"""The types of numbers that are read, and how NumPy calls their bytes."""

Shape = tuple[int, ...]


@frozen(eq=False)
class Scale:
    """How the integers q of a quantised tensor mean numbers: scale * (q - zero_point).

    scale, zero_point  one value, or one for each index along `axis`
    """

    scale: Array
    zero_point: Array
    axis: int = 0

    def spread(self, shape: Shape) -> tuple[Array, Array]:
        """Scale and zero point, to broadcast over a tensor of this shape.

        Raises ContentError where they are not as many as there are channels.
        """
        axis = self.axis + len(shape) * (self.axis < 0)
        found = []
        for values in (self.scale, self.zero_point):
            if values.size == 1:
                found.append(values.reshape(()))
            elif 0 <= axis < len(shape) and values.size == shape[axis]:
                found.append(values.reshape(-1, *(1,) * (len(shape) - axis - 1)))
            else:
                raise ContentError(
                    f"has {values.size} scales along axis {self.axis} of a tensor of {list(shape)}"
                )
        return found[0], found[1]


@frozen(eq=False)
class Tensor:
    """A tensor by its name; `load` gives its numbers as they lie in the file.

    scale  what its integers mean, if it is quantised
    """

    name: str
    shape: Shape
    dtype: str
    load: Callable[[], np.ndarray] = field(repr=False)
    scale: Scale | None = None

    def stored(self) -> np.ndarray:
        """The numbers as they lie in the file; of a quantised tensor its integers.

        Raises ContentError for more than MOST, and for numbers that are not read.
        """
        if prod(self.shape) > MOST:
            raise ContentError(
                f"has {prod(self.shape)} numbers in {self.name!r:.80}; {MOST} are read at most"
            )
        array = self.load()
        if array.shape != self.shape:
            raise ContentError(f"has other sizes in {self.name!r:.80} than it says")
        return array

    def numbers(self) -> Array:
        """The numbers that are meant, as float64."""
        stored = self.stored()
        with np.errstate(all="ignore"):  # what is no number is refused where it is used
            values: Array = stored.astype(np.float64)
            if self.scale is None:
                return values
            scale, zero_point = self.scale.spread(self.shape)
            meant: Array = scale * (values - zero_point)
        return meant


def unread(name: str, dtype: str) -> ContentError:
    """What is said of a type of numbers that is not read."""
    return ContentError(f"holds {name!r:.80} as {dtype:.30}, which is not read: save it as float32")


def decoded(data: Any, name: str, dtype: str, shape: Sequence[int]) -> np.ndarray:
    """The numbers in some bytes, of which there must be just as many as the shape takes.

    >>> decoded(bytes([0x80, 0x3F]), "w", "bfloat16", (1,)).tolist()
    [1.0]
    """
    if dtype not in DTYPES:
        raise unread(name, dtype)
    kind = np.dtype(DTYPES[dtype])
    if min(shape, default=0) < 0 or prod(shape) * kind.itemsize != len(data):
        raise ContentError(
            f"has {len(data)} bytes for {name!r:.80}, whose shape {list(shape)[:8]} takes others"
        )
    values = np.frombuffer(data, kind)
    if dtype == "bfloat16":  # the upper half of a float32
        values = (values.astype("<u4") << 16).view("<f4")
    return values.reshape(shape)
