"""The axes of a weight, as each framework orders them."""

from __future__ import annotations

import numpy as np

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.layer import Array
from xlconv.layers.ranks import FIRST, LAST


@frozen
class Layout:
    """Where a framework keeps the channels of a weight, and which way round its kernel is.

    order    its axes: "in" and "out" channels, and the "kernel" with as many as there are
    divided  the channels of which there are those of one group alone
    turned   the framework lays the kernel down turned by half, as a plain convolution does
    inputs   where the framework's inputs may have their channels
    """

    order: tuple[str, str, str]
    divided: str = "out"
    turned: bool = False
    inputs: tuple[str, ...] = (FIRST,)

    @property
    def axes(self) -> str:
        """The order in words, for error messages.

        >>> LAYOUTS["keras"].axes
        '(*kernel_sizes, out_channels // groups, in_channels)'
        """
        words = {"kernel": "*kernel_sizes", "in": "in_channels", "out": "out_channels"}
        words[self.divided] += " // groups"
        return f"({', '.join(words[axis] for axis in self.order)})"

    @property
    def begin(self) -> int:
        """The first axis of the kernel."""
        return self.order.index("kernel")

    @property
    def channels(self) -> tuple[int, int]:
        """The axes of the in and of the out channels, from the end where they follow the kernel."""
        places = [self.order.index(name) for name in ("in", "out")]
        first, second = (at if at < self.begin else at - 3 for at in places)
        return first, second


_LAST = ("kernel", "out", "in")
_EITHER = (FIRST, LAST)
LAYOUTS = {
    **dict.fromkeys(("pytorch", "onnx", "mxnet"), Layout(("in", "out", "kernel"))),
    **dict.fromkeys(("keras", "tensorflow"), Layout(_LAST, inputs=_EITHER)),
    "jax": Layout(("kernel", "in", "out"), divided="in", turned=True, inputs=_EITHER),
    "jax-transposed": Layout(_LAST, inputs=_EITHER),
    "tflite": Layout(("out", "kernel", "in"), inputs=_EITHER),
    "oihw": Layout(("out", "in", "kernel")),
}
"""Every layout by name; "jax" is lax.conv_transpose as it is by default, and "jax-transposed" with
transpose_kernel=True, which turns the kernel and swaps its channels: Keras' layout. "tflite" is
that of TensorFlow Lite's files, of MLX, and WebNN's "ohwi"; "oihw" has the channels as a plain
convolution has them, and is WebNN's."""


def from_layout(
    weight: Array, layout: str, *, groups: int = 1, turned: bool | None = None
) -> Array:
    """A weight of a framework, as (in_channels, out_channels // groups, *kernel_sizes).

    pytorch, onnx, mxnet   (in_channels, out_channels // groups, *kernel_sizes)
    keras, tensorflow      (*kernel_sizes, out_channels // groups, in_channels)
    jax                    (*kernel_sizes, in_channels // groups, out_channels), turned
    jax-transposed         (*kernel_sizes, out_channels // groups, in_channels)
    tflite                 (out_channels // groups, *kernel_sizes, in_channels)
    oihw                   (out_channels // groups, in_channels, *kernel_sizes)

    turned  whether the kernel lies turned by half in the file; None for what the layout says

    A weight without channel axes is (*kernel_sizes) in every layout.
    Raises XlconvError if the layout is unknown or the groups do not divide the channels.

    >>> from_layout(np.array([1.0, 2, 3]).reshape(3, 1, 1), "jax").tolist()
    [[[3.0, 2.0, 1.0]]]
    """
    known = layout_of(layout)
    w = np.moveaxis(np.asarray(weight, dtype=np.float64), known.channels, (0, 1))
    if known.divided == "in":
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
    known = layout_of(layout)
    w = _turn(np.asarray(weight, dtype=np.float64), known, turned)
    if known.divided == "in":
        rows, filters = w.shape[:2]
        w = w.reshape(groups, rows // groups, filters, *w.shape[2:]).swapaxes(0, 1)
        w = w.reshape(rows // groups, groups * filters, *w.shape[3:])
    return np.moveaxis(w, (0, 1), known.channels)


def with_channels(kernel: Array, layout: str) -> Array:
    """A kernel (*kernel_sizes) as a weight of one input and one output channel."""
    begin = layout_of(layout).begin
    return kernel.reshape(*(1,) * begin, *kernel.shape, *(1,) * (2 - begin))


def kernel_size(shape: tuple[int, ...], rank: int, layout: str) -> tuple[int, ...]:
    """The kernel's sizes in the shape of a weight, with its channels or without."""
    begin = layout_of(layout).begin if len(shape) > rank else 0
    return shape[begin : begin + rank]


def in_channels(shape: tuple[int, ...], layout: str, groups: int) -> int:
    """The input channels that a weight of this shape is for; 1 where it can have no channels."""
    known = layout_of(layout)
    if len(shape) < 3:
        return 1
    return shape[known.channels[0]] * (groups if known.divided == "in" else 1)


def layout_of(layout: str) -> Layout:
    """The layout of a name; raises XlconvError for a name that is none."""
    if layout not in LAYOUTS:
        raise XlconvError(
            f'layout must be one of {", ".join(LAYOUTS)}, got "{layout}"', parameter="layout"
        )
    return LAYOUTS[layout]


def _turn(w: Array, layout: Layout, turned: bool | None) -> Array:
    kernel_axes = tuple(range(2, w.ndim))
    return np.flip(w, kernel_axes) if (layout.turned if turned is None else turned) else w
