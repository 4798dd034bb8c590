"""How each framework's convolutions are called, and what their arguments are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from typing import Any

from xlconv.frozen import frozen


@frozen(kw_only=True)
class Signature:
    """How one convolution is called.

    name        a pattern; its first group with digits is the rank
    positional  the names of the arguments in order
    says        what goes without saying
    marks       keywords, or words on the way to the name, one of which must be there
    framed      whether values have entries for the batch and the channels, too
    called      PyTorch's words for arguments that only this one calls so
    onnx        whether it is an operation of ONNX, named in a text
    """

    name: str
    plain: bool = False
    positional: Sequence[str] = ()
    says: Mapping[str, Any] = field(default_factory=dict)
    marks: Collection[str] = ()
    framed: bool = False
    called: Mapping[str, str] = field(default_factory=dict)
    onnx: bool = False

    def is_meant(self, path: Sequence[str], words: Collection[str | None]) -> bool:
        """Whether a call may be of this one, from the words before its name and its keywords."""
        return not self.marks or any(mark in path[:-1] or mark in words for mark in self.marks)


_TORCH = ("in_channels", "out_channels", "kernel_size", "stride", "padding")
_LAZY = _TORCH[1:]
_BACK = ("output_padding", "groups", "bias", "dilation")
_FUNCTION = ("input", "weight", "bias", "stride", "padding")
_GLUON = ("channels", "kernel_size", "strides", "padding")
_GLUON_MARKS = ("gluon", "mx", "channels", "in_channels", "dilation")
_KERAS = ("filters", "kernel_size", "strides", "padding")
_FLAX = ("features", "kernel_size", "strides", "padding")
_TENSORFLOW = ("input", "filters", "output_shape", "strides", "padding", "data_format", "dilations")
_LAX = ("lhs", "rhs", "strides", "padding", "rhs_dilation")
_NODE = ("op_type", "inputs", "outputs", "name")
_PLAIN_TORCH = ("dilation", "groups")

_FILTERS = {"filters": "out_channels"}
_PYTORCH = {"convention": "pytorch"}

SIGNATURES = (
    Signature(
        name="(?:Parametrized)?ConvTranspose([123])d", positional=_TORCH + _BACK, says=_PYTORCH
    ),
    Signature(name="LazyConvTranspose([123])d", positional=_LAZY + _BACK, says=_PYTORCH),
    Signature(
        name="conv_transpose([123])d",
        positional=(*_FUNCTION, "output_padding", "groups", "dilation"),
        says=_PYTORCH,
    ),
    Signature(
        name="Conv([123])DTranspose",
        positional=(*_GLUON, "output_padding", "dilation", "groups"),
        says={"convention": "mxnet"},
        marks=_GLUON_MARKS,
    ),
    Signature(
        name="Conv([123])DTranspose",
        positional=(*_KERAS, "data_format", "dilation_rate"),
        called=_FILTERS,
        says={"convention": "keras"},
    ),
    Signature(
        name="conv([123])d_transpose",
        positional=_TENSORFLOW,
        says={"convention": "tensorflow"},
        framed=True,
    ),
    Signature(
        name="conv_transpose",
        positional=(*_LAX, "dimension_numbers", "transpose_kernel"),
        says={"convention": "jax"},
    ),
    Signature(
        name="ConvTranspose",
        positional=(*_FLAX, "kernel_dilation"),
        says={"convention": "jax", "padding": "same"},
    ),
    Signature(name="ConvTranspose", positional=_NODE, says={"convention": "onnx"}, onnx=True),
    Signature(name="Conv([123])d", plain=True, positional=_TORCH + _PLAIN_TORCH),
    Signature(name="LazyConv([123])d", plain=True, positional=_LAZY + _PLAIN_TORCH),
    Signature(name="conv([123])d", plain=True, positional=_FUNCTION + _PLAIN_TORCH),
    Signature(
        name="Conv([123])D",
        plain=True,
        positional=(*_GLUON, "dilation", "groups"),
        marks=_GLUON_MARKS,
    ),
    Signature(
        name="Conv([123])D",
        plain=True,
        positional=(*_KERAS, "data_format", "dilation_rate", "groups"),
        called=_FILTERS,
    ),
    Signature(name="Conv", plain=True, positional=_FLAX, says={"padding": "same"}),
    Signature(name="Conv", plain=True, positional=_NODE, onnx=True),
)
"""Every convolution that is known, the likelier before the other of the same name."""

KERAS_STEPS = {name: name for name in ("relu", "relu6", "sigmoid", "tanh")} | {
    "leaky_relu": "leaky_relu:0.2"
}
"""Keras' activations, and MXNet's, as `xlconv.layers.then` has them."""

ALIASES = {
    "strides": "stride",
    "channels": "out_channels",
    "features": "out_channels",
    "dilation_rate": "dilation",
    "dilations": "dilation",
    "rhs_dilation": "dilation",
    "kernel_dilation": "dilation",
    "output_shape": "output_size",
    "kernel_shape": "kernel_size",
    "group": "groups",
    "feature_group_count": "groups",
}
"""PyTorch's words for those of the others."""
