"""From a framework's own words for a transposed convolution to a Layer.

Every rule was read in the framework and seen when it ran: PyTorch 2.13, TensorFlow 2.21,
Keras 3.15, JAX 0.10, onnxruntime 1.32, MXNet 1.9.1. tests/data/make_conventions.py runs them.
In the rules n is the input size, s the stride, k_eff the extent of the dilated kernel,
full = (n-1)*s + k_eff, m the output size and t = full - m what is too much of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, product

import numpy as np
from numpy.typing import ArrayLike

from xlconv.errors import XlconvError
from xlconv.geometry import Axis
from xlconv.layer import Layer, numbers, pair, spread
from xlconv.layouts import LAYOUTS, from_layout

Each = int | Sequence[int]
Padding = str | int | Sequence[int | Sequence[int]]


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

    def refuse(self, parameter: str, words: str, out: str = "") -> XlconvError:
        """The framework's words and the way out, from the fields of what is asked."""
        fields = vars(self) | {"padding": _spell(self.padding)}
        text = words.format(**fields)
        return XlconvError(f"{text}: {out}" if out else text, parameter=parameter)


def _split(t: int, *, lower: bool = False) -> tuple[int, int]:
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
        raise a.refuse("output_size", words, _way("pytorch", a, a.output_size))
    found = a.output_size - least
    if a.output_padding not in {None, found}:
        words = f"output_size {{output_size}} is output_padding {found}, got {{output_padding}}"
        raise a.refuse("output_padding", words, "give one of the two")
    return replace(a.plain, padding=a.cells, output_padding=found)


def _mxnet(a: Asked) -> Axis:
    pads, adj, out = a.cells, a.output_padding or 0, f"at most {a.stride - 1}"
    parameter = "output_padding"
    if a.output_size is not None:
        full, t, parameter = a.plain.full_size, a.plain.full_size - a.output_size, "output_size"
        out = _way("mxnet", a, a.output_size)
        if t < 0:
            words = f"o_pad[i] >= target_shape[i] ({full} vs. {{output_size}})"
            raise a.refuse("output_size", f"Check failed: {words} : too big target shape", out)
        pads, adj = ((t + 1) // 2, (t + 1) // 2), t % 2
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
        raise a.refuse("output_padding", words, "at most {s - 1}, or none: Keras then chooses")
    if a.padding == "same":
        m = a.size * s if op is None else (a.size - 1) * s + k_eff % 2 + op
        return a.cropped(*_split(full - m))
    return a.cropped(0, -(max(k_eff, s) - k_eff if op is None else op))


def _tensorflow(a: Asked) -> Axis:
    n, s, k_eff, (begin, end) = a.size, a.stride, a.plain.extent, a.cells
    if min(a.cells) < 0:
        words = "All elements of explicit_paddings must be nonnegative"
        raise a.refuse("padding", words, "ask for a larger output_size")
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
    return a.cropped(*_split(t)) if a.padding == "same" else a.cropped(begin, t - begin)


def _jax(a: Asked) -> Axis:
    k_eff, s = a.plain.extent, a.stride
    if a.padding == "same":
        return a.cropped(*_split(k_eff - s))  # n*s cells
    if a.padding == "valid":
        return a.cropped(0, min(k_eff - s, 0))  # (n-1)*s + max(k_eff, s) cells
    low, high = a.cells
    return a.cropped(k_eff - 1 - low, k_eff - 1 - high)


def _onnx(a: Asked) -> Axis:
    m, op, s, full = a.output_size, a.output_padding or 0, a.stride, a.plain.full_size
    if min(a.cells) < 0:
        words = "Attribute pads must not contain negative values"
        raise a.refuse("padding", words, "an output_size beyond the full output extends it")
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
    begin, end = _split(full + op - m, lower=a.padding != "same")
    return a.cropped(begin, end - op)


@dataclass(frozen=True, kw_only=True)
class Convention:
    """How a framework is asked for a transposed convolution, and what it says when it refuses.

    default     the padding where none is said; None if it must be said
    words       the paddings that are words
    pads        the ranks that take padding as cells
    ignores     what has no effect beside output_size
    group_rank  the highest rank that has groups
    says        its words, by what it refuses: "word", "cells", "uneven" or "negative" padding,
                "none" at all, or a parameter that it does not have
    """

    layout: str
    resolve: Callable[[Asked], Axis]
    default: str | tuple[int, int] | None = (0, 0)
    words: tuple[str, ...] = ()
    pads: tuple[int, ...] = (1, 2, 3)
    ignores: tuple[str, ...] = ()
    group_rank: int = 3
    says: Mapping[str, str] = field(default_factory=dict)


_INTS = "conv_transpose{rank}d(): argument 'padding' must be tuple of ints, not "
_SHAPE = "Invalid Parameter format for pad expect Shape(tuple) but value='{padding}'"
_EITHER = "The `padding` argument must be one of 'valid', 'same'. Received: padding={padding}"
_UNKNOWN = "Unrecognized keyword arguments passed to Conv{rank}DTranspose: "
_UNEXPECTED = "conv_transpose() got an unexpected keyword argument "

CONVENTIONS = {
    "pytorch": Convention(
        layout="pytorch",
        resolve=_pytorch,
        says={
            "word": _INTS + "str",
            "uneven": _INTS + "tuple",
            "negative": "negative padding is not supported",
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
            "word": "Value for attr 'padding' of \"{padding}\" is not in the list of allowed"
            ' values: "SAME", "VALID", "EXPLICIT"',
            "cells": "Expected string for argument 'padding' not {padding}",
            "output_padding": "Got an unexpected keyword argument 'output_padding'",
            "groups": "input and filter must have the same depth",
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
            "word": _EITHER,
            "cells": _EITHER,
            "output_size": _UNKNOWN + "{{'output_size': {output_size}}}",
            "groups": _UNKNOWN + "{{'groups'}}",
        },
    ),
    "jax": Convention(
        layout="jax",
        resolve=_jax,
        default=None,
        words=("same", "valid"),
        group_rank=0,
        says={
            "none": "padding argument to conv_general_dilated should be a string or a sequence of"
            " (low, high) pairs, got None",
            "word": "String padding is not implemented for transposed convolution using this op",
            "output_padding": _UNEXPECTED + "'output_padding'",
            "output_size": _UNEXPECTED + "'output_size'",
            "groups": _UNEXPECTED + "'feature_group_count'",
        },
    ),
    "onnx": Convention(
        layout="onnx",
        resolve=_onnx,
        words=("same", "same_lower", "valid"),
        ignores=("padding",),
        says={"word": 'auto_pad has no value "{padding}"'},
    ),
    "mxnet": Convention(
        layout="mxnet",
        resolve=_mxnet,
        ignores=("padding", "output_padding"),
        says={"word": _SHAPE, "uneven": _SHAPE, "negative": _SHAPE},
    ),
}


def axes(
    convention: str,
    *,
    size: Sequence[int],
    kernel_size: Sequence[int],
    stride: Each = 1,
    dilation: Each = 1,
    padding: Padding | None = None,
    output_padding: Each | None = None,
    output_size: Each | None = None,
    groups: int = 1,
) -> tuple[Axis, ...]:
    """The axes of a layer that is asked for in a framework's words.

    Raises XlconvError in the framework's words where it would refuse, with the way out.

    >>> tf = axes("tensorflow", size=[2], kernel_size=[3], stride=2, padding="same")
    >>> tf[0].padding, tf[0].output_size
    ((0, 1), 4)
    """
    framework = _convention(convention)
    asked = spell_out(
        size, kernel_size, stride, dilation, padding, output_padding, output_size
    )
    for a in asked:
        _refuse(convention, a, groups)
    if convention == "keras" and any(a.stride > 1 for a in asked):
        if any(a.dilation > 1 for a in asked):
            pass
    return tuple(framework.resolve(_said(framework, a)) for a in asked)
