"""A layer with its numbers: input, weight, bias and geometry, which fit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlconv.errors import XlconvError
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import Array, numbers, pair, spread, whole
from xlconv.layers.ranks import FIRST, Reading, input_layouts, lengths, understand
from xlconv.layers.summary import explain, parameters
from xlconv.text import counted, line, table

__all__ = ["Array", "Convolution", "Layer"]

PLAIN_WEIGHT = "(out_channels, in_channels // groups, *kernel_sizes)"
"""The axes of the weight of a plain convolution."""


@dataclass(frozen=True, eq=False, repr=False)
class Layer:
    """A transposed convolution and the numbers that go through it.

    input   (in_channels, *sizes) float64
    weight  (in_channels, out_channels // groups, *kernel_sizes) float64
    bias    (out_channels,) float64, or None
    note    how the input was read, where it was not plain: a sample of a batch, channels last

    >>> Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2)
    <Layer 2-D, 1 → 1 channels, 2x2 → 4x4, kernel 2x2, stride 2>
    """

    input: Array
    weight: Array
    bias: Array | None
    geometry: Geometry
    note: str = ""

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
        """A layer from arrays and PyTorch's parameters, each one value or one an axis.

        input         (in_channels, *sizes), or (*sizes) for one channel; a batch first, if any
        weight        (in_channels, out_channels // groups, *kernel_sizes), or (*kernel_sizes),
                      which with as many groups as channels is the kernel of each
        padding       cells cropped on both sides, or a pair (begin, end) an axis
        batch         the sample to take of a batch, from 0; one of a single sample needs no word
        rank          1, 2 or 3 spatial axes, where the shapes leave it open
        input_layout  "channels-first", as it is by default, or "channels-last"

        Raises XlconvError where the shapes do not fit one another, or fit in several ways.

        >>> Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2).geometry.output_shape
        (1, 4, 4)
        >>> Layer.of(np.ones((2, 4, 6)), np.ones((4, 2, 4)), batch=1).geometry.output_shape
        (2, 9)
        """
        groups = whole("groups", groups, least=1)
        x, w = numbers("input", input), numbers("weight", weight)
        reading = understand(
            x.shape,
            w.shape,
            w.shape[0],
            groups=groups,
            layouts=input_layouts(input_layout, (FIRST,)),
            batch=batch,
            rank=rank,
            values=lengths(stride, padding, output_padding, dilation),
        )
        x, w, note, rank = *reading.channelled(x, w, batch), reading.rank
        if reading.alone and groups == len(x):
            w = np.broadcast_to(w, (groups, *w.shape[1:]))
        _check_transposed(x.shape, w.shape, groups, reading)
        axes = _axes(
            x,
            w,
            stride=spread("stride", stride, rank),
            output_padding=spread("output_padding", output_padding, rank),
            dilation=spread("dilation", dilation, rank),
            padding=[pair(p) for p in spread("padding", padding, rank)],
        )
        geometry = Geometry(x.shape[0], w.shape[1] * groups, groups, axes)
        return cls(x, w, _bias(bias, geometry.out_channels), geometry, note)

    def __repr__(self) -> str:
        return line("Layer", self.explain())

    def _repr_html_(self) -> str:
        return table("Layer", [], self._parameters().items())

    def explain(self) -> str:
        """The layer in one line, and how its input was read where that was not plain.

        >>> Layer.of(np.ones((1, 4, 6)), np.ones((4, 2, 4)), stride=2, padding=1).explain()
        '1-D, 4 → 2 channels, 6 → 12, kernel 4, stride 2, padding 1; sample 0 of a batch of 1'
        """
        return explain(self._parameters(), self.note)

    def _parameters(self) -> dict[str, str]:
        g = self.geometry
        return parameters(g.input_shape, g.output_shape, g)

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
        chosen = {"in_channels": in_channels, "out_channels": out_channels}
        groups = []
        for name, channels in chosen.items():
            count = getattr(g, name)
            if not channels or not all(0 <= channel < count for channel in channels):
                raise XlconvError(
                    f"{name} must be some of 0 to {count - 1}, got {list(channels)}",
                    parameter=name,
                )
            groups.append([channel * g.groups // count for channel in channels])
        each = [[of.count(group) for group in dict.fromkeys(of)] for of in groups]
        if list(dict.fromkeys(groups[0])) != list(dict.fromkeys(groups[1])) or any(
            len(set(sizes)) > 1 for sizes in each
        ):
            raise XlconvError(
                "the channels of a part must be of the same groups on both sides, as many of each,"
                f" got groups {groups[0]} and {groups[1]}",
                parameter="out_channels",
            )
        weight = [
            [self.weight[i, g.filter(o)] for o in out_channels if o in g.targets(i)]
            for i in in_channels
        ]
        geometry = replace(
            g, in_channels=len(in_channels), out_channels=len(out_channels), groups=len(each[0])
        )
        bias = None if self.bias is None else self.bias[list(out_channels)]
        return Layer(self.input[list(in_channels)], np.array(weight), bias, geometry, self.note)

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


@dataclass(frozen=True, eq=False, repr=False)
class Convolution:
    """A plain convolution and the numbers that go through it.

    input     (in_channels, *sizes) float64
    weight    (out_channels, in_channels // groups, *kernel_sizes) float64
    bias      (out_channels,) float64, or None
    geometry  that of its transpose, which has its output as input, and its input as output
    note      how the input was read, where it was not plain: a sample of a batch, channels last
    """

    input: Array
    weight: Array
    bias: Array | None
    geometry: Geometry
    note: str = ""

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
        batch: int | None = None,
        rank: int | None = None,
        input_layout: str | None = None,
    ) -> Convolution:
        """A convolution from arrays and PyTorch's parameters, each one value or one an axis.

        input         (in_channels, *sizes), or (*sizes) for one channel; a batch first, if any
        weight        (out_channels, in_channels // groups, *kernel_sizes), or (*kernel_sizes),
                      which with as many groups as channels is the kernel of each
        padding       zeros added on both sides, or a pair (begin, end) an axis
        batch         the sample to take of a batch, from 0; one of a single sample needs no word
        rank          1, 2 or 3 spatial axes, where the shapes leave it open
        input_layout  "channels-first", as it is by default, or "channels-last"

        Raises XlconvError where the shapes do not fit one another, or fit in several ways.
        Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 6, with dilation.

        >>> Convolution.of(np.ones((5, 5)), np.ones((3, 3)), stride=2, padding=1).output_shape
        (1, 3, 3)
        """
        groups = whole("groups", groups, least=1)
        x, w = numbers("input", input), numbers("weight", weight)
        reading = understand(
            x.shape,
            w.shape,
            groups * w.shape[1] if w.ndim > 1 else 1,
            layouts=input_layouts(input_layout, (FIRST,)),
            batch=batch,
            rank=rank,
            values=lengths(stride, padding, dilation),
        )
        x, w, note, rank = *reading.channelled(x, w, batch), reading.rank
        if reading.alone and groups == len(x):
            w = np.broadcast_to(w, (groups, *w.shape[1:]))
        _check_plain(x.shape, w.shape, groups, reading)
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
        return cls(x, w, _bias(bias, geometry.in_channels), geometry, note)

    def __repr__(self) -> str:
        return line("Convolution", explain(self._parameters(), self.note))

    def _repr_html_(self) -> str:
        return table("Convolution", [], self._parameters().items())

    def explain(self) -> str:
        """The convolution in one line: how its weight is read, and its input where not plain.

        >>> Convolution.of(np.ones((4, 5)), np.ones((3, 4, 2))).explain()
        '1-D, 4 → 3 channels, 5 → 4, kernel 2; a plain convolution, of a weight (out_channels,\
 in_channels // groups, *kernel_sizes)'
        """
        told = f"a plain convolution, of a weight {PLAIN_WEIGHT}"
        return explain(self._parameters(), f"{told}, {self.note}" if self.note else told)

    def _parameters(self) -> dict[str, str]:
        g = self.geometry
        return parameters(g.output_shape, g.input_shape, g, ("stride", "padding", "dilation"))

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.geometry.input_shape


def _axes(x: Array, w: Array, **values: Sequence[Any]) -> tuple[Axis, ...]:
    """The axes of a layer, from its shapes and the values of its parameters, one an axis."""
    return tuple(
        Axis(size=size, kernel_size=kernel_size, **dict(zip(values, own, strict=True)))
        for size, kernel_size, *own in zip(x.shape[1:], w.shape[2:], *values.values(), strict=True)
    )


def _check_transposed(
    x_shape: tuple[int, ...], w_shape: tuple[int, ...], groups: int, reading: Reading
) -> None:
    """Refuse a weight of a transposed convolution that is not for the input's channels."""
    channels, members = x_shape[0], w_shape[0]
    if channels == members:
        return
    if reading.alone:
        raise _kernel_alone(channels, groups)
    raise XlconvError(
        f"weight must have the input's channels first, got {members} in weight of shape {w_shape}"
        f" with {counted(channels, 'input channel')}",
        parameter="weight",
    )


def _check_plain(
    x_shape: tuple[int, ...], w_shape: tuple[int, ...], groups: int, reading: Reading
) -> None:
    """Refuse a weight of a plain convolution that is not for the input's channels."""
    channels, (out, members) = x_shape[0], w_shape[:2]
    if reading.alone and channels not in (1, groups):
        raise _kernel_alone(channels, groups)
    if channels != members * groups:
        raise XlconvError(
            f"weight must have the input's channels second, divided by groups, got {members} in"
            f" weight of shape {w_shape} with {counted(channels, 'input channel')},"
            f" groups {groups}",
            parameter="weight",
        )
    if out % groups:
        raise XlconvError(
            f"groups must divide in_channels and out_channels, got {groups} with in_channels"
            f" {channels}, out_channels {out}",
            parameter="groups",
        )


def _kernel_alone(channels: int, groups: int) -> XlconvError:
    return XlconvError(
        "weight without channels is for one input channel, or for as many groups as channels, got"
        f" {counted(channels, 'channel')} and groups {groups}: use groups {channels}, which gives"
        " each channel that kernel",
        parameter="weight",
    )


def _bias(bias: ArrayLike | None, out_channels: int) -> Array | None:
    b = None if bias is None else numbers("bias", bias).reshape(-1)
    if b is not None and len(b) != out_channels:
        raise XlconvError(
            f"bias must have one value for each of {out_channels} output channels, got {len(b)}",
            parameter="bias",
        )
    return b
