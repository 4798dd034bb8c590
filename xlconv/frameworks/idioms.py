"""What of a crop a framework's program asks of the framework itself, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xlconv.frameworks.in_words import Crop, written
from xlconv.layers.geometry import Axis


def each(crops: Callable[[Axis], bool]) -> Callable[[Sequence[Axis]], bool]:
    return lambda axes: all(map(crops, axes))


def is_symmetric(axis: Axis) -> bool:
    return axis.padding[0] == axis.padding[1] >= 0


def is_strided(axis: Axis) -> bool:
    return axis.output_padding < axis.stride


def uncropped(axis: Axis) -> Axis:
    """The axis with nothing cropped; a dilation lies within its kernel."""
    return Axis(size=axis.size, kernel_size=axis.extent, stride=axis.stride)


def _words(framework: str, axes: Sequence[Axis]) -> str:
    """The padding of such axes in a framework's words; "" where it has none."""
    begin, end = zip(*((a.padding[0], a.padding[1] - a.output_padding) for a in axes), strict=True)
    return written(framework, Crop(tuple(map(uncropped, axes)), begin, end))


def tensorflow_padding(axes: Sequence[Axis]) -> str:
    """The word alone: a program tells the output's shape beside it."""
    return _words("tensorflow", axes).partition(",")[0]


def keras_padding(axes: Sequence[Axis]) -> str:
    return _words("keras", axes)


def jax_padding(axes: Sequence[Axis]) -> str:
    words = _words("jax", axes)
    if words.startswith('"'):
        return f"padding={words},"
    inner = tuple(
        (a.extent - 1 - a.padding[0], a.extent - 1 - a.padding[1] + a.output_padding) for a in axes
    )
    return f"""\
# dilation * (kernel_size - 1) - padding; output_padding is more of it at the end
padding={inner},"""
