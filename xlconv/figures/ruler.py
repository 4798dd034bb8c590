"""The ruler: which cells of any figure meet.

It is the cells of the full output before it is cropped: input i lies at stride*i, kernel index u
spans dilation*u, output r lies at r + padding. So "which cells meet" is one question, asked of any
figure in the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

from xlconv.figures.blocks import Figure, Sources
from xlconv.grid.expr import Expr, call, lift, moved
from xlconv.grid.grid import Grid
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Axis, Geometry

TINTED = 2_000
"""Weights beyond which what a looked-at cell meets is not tinted: each takes rules of its own."""


def kernel_indices(geometry: Geometry) -> list[tuple[int, ...]]:
    """Every kernel index, in C order: its place in the list is its tint."""
    return list(product(*(range(axis.kernel_size) for axis in geometry.axes)))


def of_channel(label: Grid, channel: int) -> Grid:
    """The indices of one channel; rows that touch, as in 1-D, share those above the first."""
    return label[min(channel, label.shape[0] - 1)]


def target(axis: Axis, i: Expr, u: int) -> Expr:
    """The output where input i meets kernel index u: what a plain convolution reads for i."""
    return moved(i * axis.stride if axis.stride > 1 else i, axis.dilation * u - axis.cropped)


def meeting(
    src: Sources, figure: Figure, channel: int, at: Sequence[Expr], u: Sequence[int]
) -> list[Expr]:
    """What must hold for cells of a figure to meet kernel index u at an output cell."""
    axes, tests = src.layer.geometry.axes, []
    labels = [of_channel(label, channel) for label in figure.labels]
    if isinstance(src.layer, Convolution):
        read = map(target, axes, at, u)
        return [label.equals(r) for label, r in zip(labels, read, strict=True)]
    for axis, label, (step, first), r, v in zip(axes, labels, figure.ruler, at, u, strict=True):
        here_on = label * step if step > 1 else label
        tests.append(here_on.equals(moved(r, axis.cropped - axis.dilation * v - first)))
    return tests


def source(axis: Axis, r: Expr, u: int, size: Expr | None = None) -> tuple[Expr, list[Expr]]:
    """The input that meets kernel index u at output r, and what must hold for there to be one.

    size  how many inputs there are, if not as many as the axis has
    """
    first = axis.dilation * u - axis.cropped
    least = axis.stride * axis.first + first
    apart, last = moved(r, -first), lift(axis.stride * (axis.size - 1) + least)
    if size is not None:
        far = moved(axis.stride * (size - 1), first)
        last = far if axis.stride > 1 else moved(size, first - 1)
    there = [r >= least, r <= last]
    if axis.stride == 1:
        return apart, there
    return apart / axis.stride, [*there, call("MOD", apart, axis.stride).equals(0)]


def tinted(src: Sources) -> bool:
    """Whether what is met is tinted by its weight; a plan has no colours."""
    rules = src.input.shape[0] * prod(src.weight.shape[2:])
    return not src.sheet.plan and rules <= TINTED
