"""A transposed convolution with its numbers: input, weight, bias and geometry, which fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlconv.frozen import frozen
from xlconv.layers.channels import bias_of, check_transposed
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import Array, given_numbers, pair, spread, whole
from xlconv.layers.parts import channels_of_part, kernels, with_channels
from xlconv.layers.quantised import Quantised, Scaled
from xlconv.layers.ranks import Shapes, input_layouts, lengths
from xlconv.layers.rest import Rest
from xlconv.layers.summary import explain, parameters
from xlconv.layers.then import Step, told
from xlconv.text import line, table

__all__ = ["Array", "Layer"]


@frozen(eq=False)
class Layer:
    """A transposed convolution and the numbers that go through it.

    input   (in_channels, *sizes) float64
    weight  (in_channels, out_channels // groups, *kernel_sizes) float64
    bias    (out_channels,) float64, or None
    note    how the input was read, where it was not plain: a sample of a batch, channels last
    rest    what is added, where this is an excerpt of a larger layer
    quantised  the integers that the weight is made of, where it is
    scaled  those that the input is made of
    then    what is done to each cell of the output, step after step; `output` is before it

    `Layer.of` takes PyTorch's parameters, each one value or one an axis, and

    input         (in_channels, *sizes), or (*sizes) for one channel; a batch first, if any
    weight        as above, or (*kernel_sizes), which with as many groups as channels is the kernel
                  of each
    padding       cells cropped on both sides, or a pair (begin, end) an axis
    batch         the sample to take of a batch, from 0; one of a single sample needs no word
    rank          1, 2 or 3 spatial axes, where the shapes leave it open
    input_layout  "channels-first", as it is by default, or "channels-last"

    >>> Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2)
    <Layer 2-D, 1 → 1 channels, 2x2 → 4x4, kernel 2x2, stride 2>
    >>> Layer.of([1, 2], [3]) == Layer.of([[1, 2]], [[[3]]], rank=1)
    True
    """

    input: Array
    weight: Array
    bias: Array | None
    geometry: Geometry
    note: str = ""
    rest: Rest | None = None
    quantised: Quantised | None = None
    scaled: Scaled | None = None
    then: tuple[Step, ...] = ()

    @classmethod
    def of(
        cls,
        input: ArrayLike,
        weight: ArrayLike,
        *,
        bias: ArrayLike | None = None,
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int | Sequence[int]] = 0,
        output_padding: int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        batch: int | None = None,
        rank: int | None = None,
        input_layout: str | None = None,
    ) -> Layer:
        """A layer from arrays and PyTorch's parameters.

        Raises XlconvError where the shapes do not fit one another, or fit in several ways.

        >>> Layer.of(np.ones((2, 4, 6)), np.ones((4, 2, 4)), batch=1).geometry.output_shape
        (2, 9)
        """
        groups = whole("groups", groups, least=1)
        x, w, b = given_numbers(input, weight, bias)
        reading = Shapes(
            x.shape,
            w.shape,
            w.shape[0] if w.ndim else 1,
            groups=groups,
            layouts=input_layouts(input_layout),
            batch=batch,
            rank=rank,
            values=lengths(stride, padding, output_padding, dilation),
        ).reading()
        x, w, note = reading.channelled(x, w, groups, batch)
        check_transposed(x.shape, w.shape, groups, reading)
        axes = _axes(x.shape[1:], w.shape[2:], stride, padding, output_padding, dilation)
        return cls.fitted(x, w, b, axes, groups, note)

    @classmethod
    def fitted(
        cls,
        x: Array,
        w: Array,
        bias: Array | None,
        axes: tuple[Axis, ...],
        groups: int,
        note: str = "",
    ) -> Layer:
        """A layer of arrays whose axes are known, and of which nothing is copied.

        Raises XlconvError where groups do not divide the channels, or the bias is not for them.
        """
        geometry = Geometry(x.shape[0], w.shape[1] * groups, groups, axes)
        return cls(x, w, bias_of(bias, geometry.out_channels), geometry, note)

    def __eq__(self, other: object) -> bool:
        """Whether another layer has the same numbers, geometry and steps, wherever from."""
        if not isinstance(other, Layer):
            return NotImplemented
        alike = self.geometry == other.geometry and self.then == other.then
        return alike and all(map(np.array_equal, self._numbers(), other._numbers()))

    __hash__ = None  # type: ignore[assignment]  # arrays can be changed

    def _numbers(self) -> tuple[Any, ...]:
        rest = None if self.rest is None else self.rest.values
        return self.input, self.weight, self.bias, rest

    def __repr__(self) -> str:
        return line("Layer", self.explain())

    def _repr_html_(self) -> str:
        return table("Layer", [], self._parameters().items())

    def explain(self, every: bool = False) -> str:
        """The layer in one line, and how its input was read where that was not plain.

        every  whether parameters at their default are told, too

        >>> Layer.of(np.ones((1, 4, 6)), np.ones((4, 2, 4)), stride=2, padding=1).explain()
        '1-D, 4 → 2 channels, 6 → 12, kernel 4, stride 2, padding 1; sample 0 of a batch of 1'
        """
        return explain(
            self._parameters(every), "; ".join(filter(None, (told(self.then), self.note)))
        )

    def _parameters(self, every: bool = False) -> dict[str, str]:
        g = self.geometry
        return parameters(g.input_shape, g.output_shape, g, every=every)

    @property
    def channels(self) -> Geometry:
        """The geometry by whose channels its input is read, and its output made."""
        return self.geometry

    @property
    def firsts(self) -> tuple[list[int], list[int]]:
        """The index of the first input and output along each axis, in the whole layer."""
        return self.geometry.first_inputs, self.geometry.first_outputs

    def part(self, in_channels: Sequence[int], out_channels: Sequence[int]) -> Layer:
        """The layer of chosen channels alone: what they bring, with nothing of the others.

        With groups, channels of the same groups are to be chosen on both sides, as many of each.

        Raises XlconvError where there are no such channels, or they make no layer.

        >>> layer = Layer.of(np.ones((3, 2, 2)), np.ones((3, 4, 2, 2)), bias=range(4))
        >>> part = layer.part([0, 2], [3])
        >>> part.geometry.weight_shape, part.bias.tolist()
        ((2, 1, 2, 2), [3.0])
        """
        g = self.geometry
        ins, outs, groups = channels_of_part(g, in_channels, out_channels)
        part = with_channels(self, ins, outs, kernels(g, ins, outs))
        return replace(part, geometry=g.part(ins, outs, groups))

    def with_axes(self, axes: Iterable[Axis]) -> Layer:
        """The same numbers through other axes of their sizes."""
        return replace(self, geometry=replace(self.geometry, axes=tuple(axes)))

    @classmethod
    def planned(cls, geometry: Geometry, bias: bool = False) -> Layer:
        """A layer of zeros that take no memory, however many they are."""
        nothing = np.zeros(())
        return cls(
            np.broadcast_to(nothing, geometry.input_shape),
            np.broadcast_to(nothing, geometry.weight_shape),
            np.broadcast_to(nothing, (geometry.out_channels,)) if bias else None,
            geometry,
        )


def _axes(
    size: Sequence[int],
    kernel_size: Sequence[int],
    stride: int | Sequence[int],
    padding: int | Sequence[int | Sequence[int]],
    output_padding: int | Sequence[int],
    dilation: int | Sequence[int],
) -> tuple[Axis, ...]:
    """The axes of a layer, from its shapes and its parameters."""
    rank = len(size)
    each = zip(
        size,
        kernel_size,
        spread("stride", stride, rank),
        spread("output_padding", output_padding, rank),
        spread("dilation", dilation, rank),
        spread("padding", padding, rank),
        strict=True,
    )
    return tuple(
        Axis(size=n, kernel_size=k, stride=s, dilation=d, padding=pair(p), output_padding=op)
        for n, k, s, op, d, p in each
    )
