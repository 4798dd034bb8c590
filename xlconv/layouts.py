"""The axes of a weight, as each framework orders them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xlconv.errors import XlconvError
from xlconv.layer import Array


@dataclass(frozen=True)
class Layout:
    """Where a framework keeps the channels of a weight, and which way round its kernel is.

    axes    the order, for error messages
    source  the first two axes are the channels in PyTorch's order ("first"), or the last two are,
            with the output's before the input's ("last") or after them ("last, input first")
    turned  the framework lays the kernel down turned by half, as a plain convolution does
    """

    axes: str
    source: str
    turned: bool = False


_FIRST = Layout("(in_channels, out_channels // groups, *kernel_sizes)", "first")
_LAST = Layout("(*kernel_sizes, out_channels // groups, in_channels)", "last")
LAYOUTS = {
    "pytorch": _FIRST,
    "onnx": _FIRST,
    "mxnet": _FIRST,
    "keras": _LAST,
    "tensorflow": _LAST,
    "jax": Layout(
        "(*kernel_sizes, in_channels // groups, out_channels)", "last, input first", True
    ),
    "jax-transposed": _LAST,
}
"""Every layout by name; "jax" is lax.conv_transpose as it is by default, and "jax-transposed" with
transpose_kernel=True, which turns the kernel and swaps its channels: Keras' layout."""


def from_layout(
    weight: Array, layout: str, *, groups: int = 1, turned: bool | None = None
) -> Array:
    """A weight of a framework, as (in_channels, out_channels // groups, *kernel_sizes).

    pytorch, onnx, mxnet   (in_channels, out_channels // groups, *kernel_sizes)
    keras, tensorflow      (*kernel_sizes, out_channels // groups, in_channels)
    jax                    (*kernel_sizes, in_channels // groups, out_channels), turned
    jax-transposed         (*kernel_sizes, out_channels // groups, in_channels)

    turned  whether the kernel lies turned by half in the file; None for what the layout says

    A weight without channel axes is (*kernel_sizes) in every layout.
    Raises XlconvError if the layout is unknown or the groups do not divide the channels.

    >>> from_layout(np.array([1.0, 2, 3]).reshape(3, 1, 1), "jax").tolist()
    [[[3.0, 2.0, 1.0]]]
    """
    known = _layout(layout)
    w = np.asarray(weight, dtype=np.float64)
    if known.source == "last":
        w = np.moveaxis(w, (-1, -2), (0, 1))
    elif known.source == "last, input first":
        w = np.moveaxis(w, (-2, -1), (0, 1))  # (in // groups, out, k...)
        members, out = w.shape[:2]
        if out % groups:
            raise XlconvError(
                f"groups must divide out_channels, got {groups} with {out} output channels in a"
                f" weight {known.axes}",
                parameter="groups",
            )
        w = w.reshape(members, groups, out // groups, *w.shape[2:]).swapaxes(0, 1)
        w = w.reshape(groups * members, out // groups, *w.shape[3:])
    return _turn(w, known, turned)


def to_layout(weight: Array, layout: str, *, groups: int = 1, turned: bool | None = None) -> Array:
    """The inverse of from_layout: (in_channels, out_channels // groups, *kernel_sizes) as a
    framework has it.

    >>> to_layout(np.zeros((4, 2, 3, 5)), "keras").shape
    (3, 5, 2, 4)
    """
    known = _layout(layout)
    w = _turn(np.asarray(weight, dtype=np.float64), known, turned)
    if known.source == "last":
        return np.moveaxis(w, (0, 1), (-1, -2))
    if known.source == "first":
        return w
    rows, filters = w.shape[:2]
    w = w.reshape(groups, rows // groups, filters, *w.shape[2:]).swapaxes(0, 1)
    return np.moveaxis(w.reshape(rows // groups, groups * filters, *w.shape[3:]), (0, 1), (-2, -1))


def with_channels(kernel: Array, layout: str) -> Array:
    """A kernel (*kernel_sizes) as a weight of one input and one output channel."""
    first = _layout(layout).source == "first"
    return kernel.reshape((1, 1, *kernel.shape) if first else (*kernel.shape, 1, 1))


def kernel_size(shape: tuple[int, ...], rank: int, layout: str) -> tuple[int, ...]:
    """The kernel's sizes in the shape of a weight, with its channels or without."""
    return shape[-rank:] if _layout(layout).source == "first" else shape[:rank]


def _layout(layout: str) -> Layout:
    if layout not in LAYOUTS:
        raise XlconvError(
            f'layout must be one of {", ".join(LAYOUTS)}, got "{layout}"', parameter="layout"
        )
    return LAYOUTS[layout]


def _turn(w: Array, layout: Layout, turned: bool | None) -> Array:
    kernel_axes = tuple(range(2, w.ndim))
    return np.flip(w, kernel_axes) if (layout.turned if turned is None else turned) else w
