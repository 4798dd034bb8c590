"""How each framework is asked for a transposed convolution, and what it says when it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from xlconv.errors import XlconvError
from xlconv.frameworks import arithmetic
from xlconv.frameworks.asked import Asked
from xlconv.frameworks.names import OWN
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis


@frozen(kw_only=True)
class Convention:
    """How a framework is asked for a transposed convolution, and what it says when it refuses.

    layout      of its weights
    default     the padding where none is said; None if it must be said
    words       the paddings that are words
    own         its own words for some of these; None for its default
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
    own: Mapping[str, str | None] = field(default_factory=dict)
    pads: tuple[int, ...] = (1, 2, 3)
    ignores: tuple[str, ...] = ()
    group_rank: int = 3
    says: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def word(self, padding: str) -> str | None:
        """A padding in a word, in capitals or not, as `words` has it; as it is if it is none.

        >>> CONVENTIONS["onnx"].word("SAME_UPPER"), CONVENTIONS["keras"].word("Full")
        ('same', 'Full')
        """
        word = padding.lower()
        return self.own.get(word, word if word in self.words else padding)


_INTS = "conv_transpose{rank}d(): argument 'padding' must be tuple of ints, not "
_SHAPE = "Invalid Parameter format for pad expect Shape(tuple) but value='{padding}'"
_EITHER = "The `padding` argument must be one of 'valid', 'same'. Received: padding={padding}"
_NO_LIST = "The `padding` argument must be a list/tuple or one of {{'same', 'valid'}}"
_UNKNOWN = "Unrecognized keyword arguments passed to Conv{rank}DTranspose: "
_UNEXPECTED = "conv_transpose() got an unexpected keyword argument "
_PADS = (
    "padding argument to conv_general_dilated should be a string or a sequence of (low, high) pairs"
)
_SAME_VALID = "same or valid; convention onnx has same_lower"
_TWO_SIDES = "convention onnx crops a begin and an end"
_LARGER = "a larger output_size extends the output"
_BACK = "output_padding extends the output, at the end"
_GROUPS = "convention onnx has groups"

CONVENTIONS = {
    "pytorch": Convention(
        layout="pytorch",
        resolve=arithmetic.pytorch,
        says={
            "word": (_INTS + "str", "{way}"),
            "uneven": (_INTS + "tuple", _TWO_SIDES),
            "negative": ("negative padding is not supported", _BACK),
        },
    ),
    "tensorflow": Convention(
        layout="tensorflow",
        resolve=arithmetic.tensorflow,
        default="same",
        words=("same", "valid"),
        pads=(2,),
        group_rank=2,
        says={
            "word": (
                "Value for attr 'padding' of \"{padding}\" is not in the list of allowed values",
                _SAME_VALID,
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
        resolve=arithmetic.keras,
        default="valid",
        words=("same", "valid"),
        pads=(),
        group_rank=0,
        says={
            "output_size": (_UNKNOWN + "{{'output_size': {output_size}}}", "{way}"),
            "groups": (_UNKNOWN + "{{'groups': {groups}}}", _GROUPS),
            "word": (_NO_LIST + ". Received: {padding}", _SAME_VALID),
            "cells": (_EITHER, _TWO_SIDES),
        },
    ),
    "jax": Convention(
        layout="jax",
        resolve=arithmetic.jax,
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
        resolve=arithmetic.onnx,
        words=("same", "same_lower", "valid"),
        own={"same_upper": "same", "notset": None},
        ignores=("padding",),
        says={
            "word": (
                "auto_pad is same (SAME_UPPER), same_lower, valid or notset, got {padding}",
                "",
            ),
            "negative": ("Attribute pads must not contain negative values", _LARGER),
        },
    ),
    "mxnet": Convention(
        layout="mxnet",
        resolve=arithmetic.mxnet,
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

KNOWN = CONVENTIONS | {
    OWN: Convention(
        layout="pytorch",
        resolve=arithmetic.pytorch,
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


def convention_of(name: str) -> Convention:
    """The convention of a name; raises XlconvError for a name that is none."""
    if name not in KNOWN:
        raise XlconvError(
            f'convention must be one of {", ".join(CONVENTIONS)}, got "{name}"',
            parameter="convention",
        )
    return KNOWN[name]
