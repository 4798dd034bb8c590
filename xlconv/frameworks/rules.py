"""What each framework makes of what is asked of one axis.

Every rule was read in the framework and seen when it ran: PyTorch 2.13, TensorFlow 2.21,
Keras 3.15, JAX 0.10, onnxruntime 1.32, MXNet 1.9.1. tests/data/make_conventions.py runs them.
In the rules n is the input size, s the stride, k_eff the extent of the dilated kernel,
full = (n-1)*s + k_eff, m the output size and t = full - m what is too much of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from xlconv.errors import XlconvError
from xlconv.layers.geometry import Axis
from xlconv.layers.given import spell


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of one axis, in a framework's words; None is what is not said.

    padding  "same", "same_lower", "valid", or cells (begin, end): what is cropped, but for JAX,
             whose pads are those of the inner convolution
    """

    size: int
    kernel_size: int
    stride: int = 1
    dilation: int = 1
    padding: str | tuple[int, int] | None = None
    output_padding: int | None = None
    output_size: int | None = None
    position: int = 0
    rank: int = 1

    @property
    def plain(self) -> Axis:
        """The axis with nothing cropped."""
        return Axis(
            size=self.size,
            kernel_size=self.kernel_size,
            stride=self.stride,
            dilation=self.dilation,
        )

    @property
    def cells(self) -> tuple[int, int]:
        """The padding that is not a word."""
        return self.padding if isinstance(self.padding, tuple) else (0, 0)

    def cropped(self, begin: int, end: int) -> Axis:
        """The axis with its crop, or extension where negative; in PyTorch's words if it has them:
        it crops both sides alike and gives back less than max(s, d) cells at the end.
        """
        back = begin - end
        if begin >= 0 and 0 < back < max(self.stride, self.dilation):
            return replace(self.plain, padding=(begin, begin), output_padding=back)
        return replace(self.plain, padding=(begin, end))

    def refuse(self, parameter: str, words: str, out: str = "", **more: object) -> XlconvError:
        """The framework's words, filled with what is asked, and the way out."""
        text = words.format(**vars(self) | {"padding": spell(self.padding)} | more)
        return XlconvError(f"{text}: {out}" if out else text, parameter=parameter)


def split(t: int, *, lower: bool = False) -> tuple[int, int]:
    """The crop of two sides: the odd cell at the end, or the begin if `lower`.

    Where there are too few cells, every framework extends at the end.
    """
    crop = max(t, 0)
    begin = crop - crop // 2 if lower else crop // 2
    return begin, t - begin


def _pytorch(a: Asked) -> Axis:
    begin, end = a.cells
    if a.output_size is None:
        return replace(a.plain, padding=a.cells, output_padding=a.output_padding or 0)
    least = a.plain.full_size - begin - end
    if not least <= a.output_size < least + a.stride:
        words = (
            "requested an output size of {output_size}, but valid sizes range from"
            f" {least} to {least + a.stride - 1} (for an input of {{size}})"
        )
        raise a.refuse("output_size", words)
    found = a.output_size - least
    if a.output_padding not in {None, found}:
        words = f"output_size {{output_size}} is output_padding {found}, got {{output_padding}}"
        raise a.refuse("output_padding", words, "give one of the two")
    return replace(a.plain, padding=a.cells, output_padding=found)


def _mxnet(a: Asked) -> Axis:
    pads, adj = a.cells, a.output_padding or 0
    parameter, out = "output_padding", f"at most {a.stride - 1}"
    if a.output_size is not None:
        full, t = a.plain.full_size, a.plain.full_size - a.output_size
        if t < 0:
            words = (
                f"o_pad[i] >= target_shape[i] ({full} vs. {{output_size}}) : too big target shape"
            )
            raise a.refuse("output_size", f"Check failed: {words}", f"at most {full} cells")
        pads, adj = ((t + 1) // 2, (t + 1) // 2), t % 2
        parameter, out = "output_size", "one cell more or less"
    if adj >= a.stride:
        name = "dyx"[-a.rank :][a.position]
        check = f"stride[{a.position}]-1 >= o_adj[{a.position}] ({a.stride - 1} vs. {adj})"
        words = f"Check failed: {check} : adj({name}) must be samller than stride[{a.position}]"
        raise a.refuse(parameter, words, out)
    return replace(a.plain, padding=pads, output_padding=adj)


def _keras(a: Asked) -> Axis:
    s, op, k_eff, full = a.stride, a.output_padding, a.plain.extent, a.plain.full_size
    if op is not None and op >= s:
        words = (
            "`output_padding` must be strictly less than `strides` for all dimensions. At dimension"
            " {position}, `output_padding` is {output_padding} but `strides` is {stride}"
        )
        raise a.refuse("output_padding", words, f"at most {s - 1}, or none for Keras to choose")
    if a.padding == "same":
        m = a.size * s if op is None else (a.size - 1) * s + k_eff % 2 + op
        return a.cropped(*split(full - m))
    return a.cropped(0, -(max(k_eff, s) - k_eff if op is None else op))


def _tensorflow(a: Asked) -> Axis:
    n, s, k_eff, (begin, end) = a.size, a.stride, a.plain.extent, a.cells
    # a convolution with this padding maps s sizes, from the least, to n
    least = (n - 1) * s + (1 if a.padding == "same" else k_eff - begin - end)
    m = a.output_size
    if m is None:  # tf.nn wants it; this is what Keras and the older tf.layers give it
        m = {"same": n * s, "valid": (n - 1) * s + max(k_eff, s)}.get(str(a.padding), least)
    if not least <= m < least + s:
        words = (
            f"Size of out_backprop doesn't match computed: actual = {n}, computed ="
            f" {n + (m - least) // s} spatial_dim: {a.position + 1 + (a.rank == 1)} input: {m}"
            f" filter: {a.kernel_size} output: {n} stride: {s} dilation: {a.dilation}"
        )
        out = f"{max(1, least)} to {least + s - 1} cells convolve back to {n}"
        raise a.refuse("output_size", words, out)
    t = a.plain.full_size - m
    return a.cropped(*split(t)) if a.padding == "same" else a.cropped(begin, t - begin)


def _jax(a: Asked) -> Axis:
    k_eff, s = a.plain.extent, a.stride
    if a.padding == "same":
        return a.cropped(*split(k_eff - s))  # n*s cells
    if a.padding == "valid":
        return a.cropped(0, min(k_eff - s, 0))  # (n-1)*s + max(k_eff, s) cells
    low, high = a.cells
    return a.cropped(k_eff - 1 - low, k_eff - 1 - high)


def _onnx(a: Asked) -> Axis:
    m, op, s, full = a.output_size, a.output_padding or 0, a.stride, a.plain.full_size
    if op >= s:
        words = "output_padding ({output_padding}) may be too large for stride ({stride})"
        raise a.refuse("output_padding", words, f"at most {s - 1}")
    if m is not None and m >= full + s:
        words = (
            "Explicit output_shape is inconsistent with input spatial dimensions and convolution"
            f" parameters. Expected input size {(m - a.plain.extent) // s + 1} but got {a.size}"
        )
        raise a.refuse("output_size", words, f"at most {full + s - 1} cells")
    if m is None and a.padding in {"same", "same_lower"}:
        m = min(a.size * s, full + op)  # onnxruntime: a pad is never negative
    if m is None:
        return replace(a.plain, padding=a.cells, output_padding=op)
    begin, end = split(full + op - m, lower=a.padding != "same")
    return a.cropped(begin, end - op)


@dataclass(frozen=True, kw_only=True)
class Convention:
    """How a framework is asked for a transposed convolution, and what it says when it refuses.

    layout      of its weights
    default     the padding where none is said; None if it must be said
    words       the paddings that are words
    pads        the ranks that take padding as cells
    ignores     what has no effect beside output_size
    group_rank  the highest rank that has groups
    says        its words and the way out, by what it refuses: a "word", "cells", "uneven" or
                "negative" padding, "none" at all, or a parameter that it does not have
    """

    layout: str
    resolve: Callable[[Asked], Axis]
    default: str | tuple[int, int] | None = (0, 0)
    words: tuple[str, ...] = ()
    pads: tuple[int, ...] = (1, 2, 3)
    ignores: tuple[str, ...] = ()
    group_rank: int = 3
    says: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_INTS = "conv_transpose{rank}d(): argument 'padding' must be tuple of ints, not "
_SHAPE = "Invalid Parameter format for pad expect Shape(tuple) but value='{padding}'"
_EITHER = "The `padding` argument must be one of 'valid', 'same'. Received: padding={padding}"
_NO_LIST = "The `padding` argument must be a list/tuple or one of {{'same', 'valid'}}"
_UNKNOWN = "Unrecognized keyword arguments passed to Conv{rank}DTranspose: "
_UNEXPECTED = "conv_transpose() got an unexpected keyword argument "
_PADS = (
    "padding argument to conv_general_dilated should be a string or a sequence of (low, high) pairs"
)
_TWO_SIDES = "convention onnx crops a begin and an end"
_LARGER = "a larger output_size extends the output"
_BACK = "output_padding extends the output, at the end"
_GROUPS = "convention onnx has groups"

CONVENTIONS = {
    "pytorch": Convention(
        layout="pytorch",
        resolve=_pytorch,
        says={
            "word": (_INTS + "str", "{way}"),
            "uneven": (_INTS + "tuple", _TWO_SIDES),
            "negative": ("negative padding is not supported", _BACK),
        },
    ),
    "tensorflow": Convention(
        layout="tensorflow",
        resolve=_tensorflow,
        default="same",
        words=("same", "valid"),
        pads=(2,),
        group_rank=2,
        says={
            "word": (
                "Value for attr 'padding' of \"{padding}\" is not in the list of allowed values",
                "convention onnx has same_lower",
            ),
            "cells": ("Expected string for argument 'padding' not {padding}", _TWO_SIDES),
            "negative": ("All elements of explicit_paddings must be nonnegative", _LARGER),
            "output_padding": (
                "Got an unexpected keyword argument 'output_padding'",
                "give the output_size",
            ),
            "groups": ("input and filter must have the same depth", _GROUPS),
        },
    ),
    "keras": Convention(
        layout="keras",
        resolve=_keras,
        default="valid",
        words=("same", "valid"),
        pads=(),
        group_rank=0,
        says={
            "output_size": (_UNKNOWN + "{{'output_size': {output_size}}}", "{way}"),
            "groups": (_UNKNOWN + "{{'groups': {groups}}}", _GROUPS),
            "word": (_NO_LIST, "convention onnx has same_lower"),
            "cells": (_EITHER, _TWO_SIDES),
        },
    ),
    "jax": Convention(
        layout="jax",
        resolve=_jax,
        default=None,
        words=("same", "valid"),
        group_rank=0,
        says={
            "output_padding": (_UNEXPECTED + "'output_padding'", "pad more at the end"),
            "output_size": (_UNEXPECTED + "'output_size'", "{way}"),
            "groups": (_UNEXPECTED + "'feature_group_count'", _GROUPS),
            "none": (
                _PADS + ", got None",
                "same, valid, or the pads of the inner convolution",
            ),
            "word": (
                "String padding is not implemented for transposed convolution using this op",
                "same, valid, or the pads of the inner convolution",
            ),
        },
    ),
    "onnx": Convention(
        layout="onnx",
        resolve=_onnx,
        words=("same", "same_lower", "valid"),
        ignores=("padding",),
        says={
            "word": ("auto_pad is same, same_lower or valid, got {padding}", ""),
            "negative": ("Attribute pads must not contain negative values", _LARGER),
        },
    ),
    "mxnet": Convention(
        layout="mxnet",
        resolve=_mxnet,
        ignores=("padding", "output_padding"),
        says={
            "word": (_SHAPE, "{way}"),
            "uneven": (_SHAPE, _TWO_SIDES),
            "negative": (
                "could not create a descriptor for a dilated deconvolution",
                _BACK,
            ),
        },
    ),
}
"""Every framework's convention by name."""

OWN = "xlconv"
KNOWN = CONVENTIONS | {
    OWN: Convention(
        layout="pytorch",
        resolve=_pytorch,
        says={
            "word": (
                "a padding in words is a framework's, got {padding}",
                "name a convention, tensorflow for one",
            )
        },
    )
}
"""The same, and the one where none is named: PyTorch's parameters, but that padding may differ at
begin and end, and may be negative."""
