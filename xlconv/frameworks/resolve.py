"""From a framework's own words for a transposed convolution to a Layer.

>>> x, w = [[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]]
>>> [axis.padding for axis in resolve(x, w, stride=2, output_size=[5, 6]).geometry.axes]
[(0, 0), (0, 0)]
>>> [axis.padding for axis in resolve(x, w, convention="keras", padding="same").geometry.axes]
[(1, 1), (1, 1)]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike

from xlconv.errors import XlconvError
from xlconv.frameworks.asked import Asked
from xlconv.frameworks.conventions import Convention, convention_of
from xlconv.frameworks.layouts import (
    from_layout,
    in_channels,
    kernel_size,
    layout_of,
    with_channels,
)
from xlconv.frameworks.names import OWN
from xlconv.frameworks.refusals import check_together, known
from xlconv.frameworks.wanted import Each, Padding, Wanted
from xlconv.layers.channels import check_transposed
from xlconv.layers.geometry import Axis
from xlconv.layers.given import Array, given_numbers, pair, spread
from xlconv.layers.layer import Layer
from xlconv.layers.ranks import Reading, Shapes, input_layouts, lengths
from xlconv.layers.then import steps
from xlconv.text import counted


def axes(
    convention: str, *, size: Sequence[int], kernel_size: Sequence[int], **words: Any
) -> tuple[Axis, ...]:
    """The axes of a layer that is asked for in a framework's words, each as `Wanted` tells.

    Raises XlconvError where the framework refuses, in its words, with the way out.

    >>> axes("tensorflow", size=[2], kernel_size=[3], stride=2, padding="same")[0].padding
    (0, 1)
    """
    return wanted_axes(Wanted(convention=convention, **words), size, kernel_size)


def wanted_axes(
    wanted: Wanted, size: Sequence[int], kernel_size: Sequence[int]
) -> tuple[Axis, ...]:
    """The axes that are wanted, of these sizes; as `axes` raises errors."""
    convention = convention_of(wanted.framework)
    return tuple(convention.resolve(a) for a in ask(wanted, size, kernel_size))


def ask(wanted: Wanted, size: Sequence[int], kernel_size: Sequence[int]) -> tuple[Asked, ...]:
    """What is asked of every axis, of which the framework knows every word."""
    convention = convention_of(wanted.framework)
    groups, rank = wanted.group_count, len(size)
    each = zip(
        size,
        kernel_size,
        _paddings(convention, wanted.padding, rank),
        _each("stride", wanted.stride, rank, 1),
        _each("dilation", wanted.dilation, rank, 1),
        _each("output_padding", wanted.output_padding, rank),
        _each("output_size", wanted.output_size, rank),
        strict=True,
    )
    asked = [
        Asked(
            size=n,
            kernel_size=k,
            stride=s,
            dilation=d,
            padding=p,
            output_padding=op,
            output_size=m,
            position=i,
            rank=rank,
        )
        for i, (n, k, p, s, d, op, m) in enumerate(each)
    ]
    checked = tuple(known(wanted.framework, a, groups) for a in asked)
    check_together(wanted.framework, checked)
    return checked


def _each(name: str, value: Each | None, rank: int, otherwise: int | None = None) -> list[Any]:
    """The values of a parameter, one an axis."""
    return [otherwise] * rank if value is None else spread(name, value, rank)


def _paddings(
    convention: Convention, padding: Padding | None, rank: int
) -> Sequence[str | tuple[int, int] | None]:
    if padding is None or isinstance(padding, str):
        return [padding and convention.word(padding)] * rank
    return [pair(p) for p in spread("padding", padding, rank)]


def resolve(
    input: ArrayLike,
    weight: ArrayLike,
    *,
    convention: str = OWN,
    layout: str | None = None,
    turned: bool | None = None,
    bias: ArrayLike | None = None,
    stride: Each = 1,
    padding: Padding | None = None,
    output_padding: Each | None = None,
    output_size: Each | None = None,
    dilation: Each = 1,
    groups: int = 1,
    batch: int | None = None,
    rank: int | None = None,
    input_layout: str | None = None,
    then: str | Sequence[str] | None = None,
) -> Layer:
    """A layer from arrays and a framework's words, each as `Wanted` tells.

    Raises XlconvError where the framework refuses, or the shapes fit in no way, or in several.
    """
    wanted = Wanted(
        convention=convention,
        layout=layout,
        input_layout=input_layout,
        turned=turned,
        batch=batch,
        rank=rank,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        output_size=output_size,
        dilation=dilation,
        groups=groups,
        then=then,
    )
    return wanted_layer(*given_numbers(input, weight, bias), wanted)


def wanted_layer(x: Array, w: Array, bias: Array | None, wanted: Wanted) -> Layer:
    """The layer that is wanted, of numbers that are not copied; as `resolve` raises errors."""
    groups, batch = wanted.group_count, wanted.batch
    layout = wanted.layout or convention_of(wanted.framework).layout
    reading = Shapes(
        x.shape,
        w.shape,
        in_channels(w.shape, layout, groups),
        groups=groups,
        layouts=input_layouts(wanted.input_layout, layout_of(layout).inputs),
        batch=batch,
        rank=wanted.rank,
        values=lengths(
            wanted.stride,
            wanted.dilation,
            wanted.padding,
            wanted.output_padding,
            wanted.output_size,
        ),
    ).reading()
    note, sample = reading.note(x.shape, batch), reading.sample(x, batch)
    axes = wanted_axes(wanted, sample.shape[1:], kernel_size(w.shape, reading.rank, layout))
    kernel = _kernel(w, layout, wanted, reading, channels=len(sample))
    check_transposed(sample.shape, kernel.shape, groups, reading)
    layer = Layer.fitted(sample, kernel, bias, axes, groups, note)
    return replace(layer, then=steps(wanted.then)) if wanted.then else layer


def _kernel(w: Array, layout: str, wanted: Wanted, reading: Reading, channels: int) -> Array:
    """The weight as (in_channels, out_channels // groups, *kernel_sizes)."""
    groups, known = wanted.group_count, layout_of(layout)
    if reading.alone:
        kernel = from_layout(with_channels(w, layout), layout, turned=wanted.turned)
        return reading.served(kernel, groups, channels)
    kernel = from_layout(w, layout, groups=groups, turned=wanted.turned)
    if len(kernel) != channels and known.order[0] != "in":
        raise XlconvError(
            f"a weight of layout {layout} is {known.axes}, got {w.shape} for"
            f" {counted(channels, 'input channel')}",
            parameter="weight",
        )
    return kernel
