"""A layer with its numbers: input, weight, bias and geometry, which fit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from xlconv.arguments import Array, numbers, pair, spread, whole
from xlconv.errors import XlconvError
from xlconv.geometry import Axis, Geometry

__all__ = ["Array", "Convolution", "Layer"]


@dataclass(frozen=True, eq=False)
class Layer:
    """A transposed convolution and the numbers that go through it.

    input   (in_channels, *sizes) float64
    weight  (in_channels, out_channels // groups, *kernel_sizes) float64
    bias    (out_channels,) float64, or None
    """

    input: Array
    weight: Array
    bias: Array | None
    geometry: Geometry

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
    ) -> Layer:
        """A layer from arrays and PyTorch's parameters, each one value or one an axis.

        input    (in_channels, *sizes), or (*sizes) for one channel
        weight   (in_channels, out_channels // groups, *kernel_sizes), or (*kernel_sizes), which
                 with as many groups as channels is the kernel of each
        padding  cells cropped on both sides, or a pair (begin, end) an axis

        Raises XlconvError where the shapes do not fit one another.

        >>> Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2).geometry.output_shape
        (1, 4, 4)
        """
        groups = whole("groups", groups, least=1)
        x, w, rank = _with_channels(input, weight)
        channels, alone = x.shape[0], np.ndim(weight) == rank
        if alone and groups == channels:
            w = np.broadcast_to(w, (channels, *w.shape[1:]))
        if channels != w.shape[0]:
            raise XlconvError(
                f"weight without channels is for one input channel, or for as many groups as"
                f" channels, got {channels} channels and groups {groups}"
                if alone
                else f"weight must have the input's channels first, got {w.shape[0]} in weight of"
                f" shape {w.shape} with {channels} input channels",
                parameter="weight",
            )
        per_axis = {
            "stride": spread("stride", stride, rank),
            "output_padding": spread("output_padding", output_padding, rank),
            "dilation": spread("dilation", dilation, rank),
        }
        pads = [pair(p) for p in spread("padding", padding, rank)]
        axes = tuple(
            Axis(
                size=x.shape[1 + a],
                kernel_size=w.shape[2 + a],
                padding=pads[a],
                **{name: values[a] for name, values in per_axis.items()},
            )
            for a in range(rank)
        )
        geometry = Geometry(x.shape[0], w.shape[1] * groups, groups, axes)
        return cls(x, w, _bias(bias, geometry.out_channels), geometry)

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


@dataclass(frozen=True, eq=False)
class Convolution:
    """A plain convolution and the numbers that go through it.

    input     (in_channels, *sizes) float64
    weight    (out_channels, in_channels // groups, *kernel_sizes) float64
    bias      (out_channels,) float64, or None
    geometry  that of its transpose, which has its output as input, and its input as output
    """

    input: Array
    weight: Array
    bias: Array | None
    geometry: Geometry

    @classmethod
    def of(
        cls,
        input: ArrayLike,
        weight: ArrayLike,
        *,
        bias: ArrayLike | None = None,
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int | Sequence[int]] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
    ) -> Convolution:
        """A convolution from arrays and PyTorch's parameters, each one value or one an axis.

        input    (in_channels, *sizes), or (*sizes) for one channel
        weight   (out_channels, in_channels // groups, *kernel_sizes), or (*kernel_sizes)
        padding  zeros added on both sides, or a pair (begin, end) an axis

        Raises XlconvError where the shapes do not fit one another.
        Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 6, with dilation.

        >>> Convolution.of(np.ones((5, 5)), np.ones((3, 3)), stride=2, padding=1).output_shape
        (1, 3, 3)
        """
        groups = whole("groups", groups, least=1)
        x, w, rank = _with_channels(input, weight)
        axes = []
        for size, kernel_size, s, p, d in zip(
            x.shape[1:],
            w.shape[2:],
            spread("stride", stride, rank),
            spread("padding", padding, rank),
            spread("dilation", dilation, rank),
            strict=True,
        ):
            alone = Axis(size=1, kernel_size=kernel_size, stride=s, dilation=d)
            pads = pair(p)
            if min(pads) < 0:
                raise XlconvError(f"padding must be at least 0, got {p}", parameter="padding")
            spare = size + sum(pads) - alone.extent
            if spare < 0:
                raise XlconvError(
                    f"kernel of {alone.extent} cells does not fit into a padded input of"
                    f" {size + sum(pads)}: use a smaller kernel or more padding",
                    parameter="weight",
                )
            axes.append(replace(alone, size=spare // s + 1, padding=pads, output_padding=spare % s))
        geometry = Geometry(w.shape[0], w.shape[1] * groups, groups, tuple(axes))
        if x.shape[0] != geometry.out_channels:
            raise XlconvError(
                f"weight must have the input's channels second, divided by groups, got"
                f" {w.shape[1]} in weight of shape {w.shape} with {x.shape[0]} input channels,"
                f" groups {groups}",
                parameter="weight",
            )
        return cls(x, w, _bias(bias, geometry.in_channels), geometry)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.geometry.input_shape


def _with_channels(input: ArrayLike, weight: ArrayLike) -> tuple[Array, Array, int]:
    x, w = numbers("input", input), numbers("weight", weight)
    rank = _rank(x.ndim, w.ndim)
    return (
        x.reshape((1,) * (rank + 1 - x.ndim) + x.shape),
        w.reshape((1,) * (rank + 2 - w.ndim) + w.shape),
        rank,
    )


def _bias(bias: ArrayLike | None, out_channels: int) -> Array | None:
    b = None if bias is None else numbers("bias", bias).reshape(-1)
    if b is not None and len(b) != out_channels:
        raise XlconvError(
            f"bias must have one value for each of {out_channels} output channels, got {len(b)}",
            parameter="bias",
        )
    return b


def _rank(input_axes: int, weight_axes: int) -> int:
    for rank in (1, 2, 3):
        if input_axes in (rank, rank + 1) and weight_axes in (rank, rank + 2):
            return rank
    raise XlconvError(
        f"input and weight must have 1 to 3 spatial axes in common, got an input of {input_axes}"
        f" axes and a weight of {weight_axes}: an input is (in_channels, *sizes) or (*sizes), a"
        " weight (in_channels, out_channels // groups, *kernel_sizes) or (*kernel_sizes)",
        parameter="weight",
    )
