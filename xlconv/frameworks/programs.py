"""The programs of the frameworks, with fields to be filled: see xlconv.frameworks.snippets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from xlconv.frameworks.idioms import (
    each,
    is_strided,
    is_symmetric,
    jax_padding,
    keras_padding,
    tensorflow_padding,
)
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis


@frozen(kw_only=True)
class Program:
    """How a framework computes a layer.

    text              the program up to the output y, channels first, without a batch axis
    crops             whether the framework makes the output of such axes itself
    why               why not, otherwise
    padding           what is written for the padding of such axes, where words may stand for it
    bias              how it adds the bias, if it can
    single            what is said of float32, for each rank that has nothing else
    dilation_by_hand  why the program writes the dilation into the kernel, for each rank it does
    """

    text: str
    crops: Callable[[Sequence[Axis]], bool]
    why: str
    padding: Callable[[Sequence[Axis]], str] = lambda _: ""
    bias: str = ""
    single: Mapping[int, str] = field(default_factory=dict)
    dilation_by_hand: Mapping[int, str] = field(default_factory=dict)


_PYTORCH = """\
# weight: (in_channels, out_channels // groups, {kernel}), not flipped by you
{imports}
import numpy as np
import torch
import torch.nn.functional as F

{data}

y = F.conv_transpose{rank}d(
    torch.tensor(x), torch.tensor(weight),
    {bias}
    {options}
).numpy()
"""

_TENSORFLOW = """\
# weight: ({kernel}, out_channels, in_channels), not flipped by you
# x and y are channels last in TensorFlow; here they
# come and go channels first, as on the sheet
{imports}
import numpy as np
import tensorflow as tf

{data}


def conv_transpose(x, weight):
    {dilate}
    y = tf.nn.conv{rank}d_transpose(
        x.transpose{to_last}[None],  # to (1, {sizes}, in_channels)
        weight.transpose{weight_to_last},
        output_shape={output_shape},  # convolves back to the input
        strides={stride}, {padding_words},
    )
    return y.numpy()[0].transpose{to_first}  # back to (out_channels, {sizes})


{use}
"""

RUN_KERAS = """\
    x = x.transpose{to_last}[None]  # to (1, {sizes}, in_channels)
    layer.build(x.shape)
    layer.set_weights([weight.transpose{weight_to_last}])
    y = keras.ops.convert_to_numpy(layer(x))[0]
    return y.transpose{to_first}  # back to (out_channels, {sizes})


{use}
"""
"""How a layer of Keras is run."""

_KERAS = (
    """\
# weight: ({kernel}, out_channels, in_channels), not flipped by you
# x and y are channels last in Keras; here they come and go channels first, as on the sheet
{imports}
import keras
import numpy as np

{data}


def conv_transpose(x, weight):
    {dilate}
    layer = keras.layers.Conv{rank}DTranspose(
        {group_outputs}, kernel_size={kernel_size}, strides={stride}, {padding_words},
        use_bias=False, dtype="float64",
    )
"""
    + RUN_KERAS
)

_JAX = """\
# weight: ({kernel}, out_channels, in_channels), not flipped by you but by transpose_kernel=True
# x and y are channels last in JAX; here they come and go channels first, as on the sheet
{imports}
import jax
import numpy as np

jax.config.update("jax_enable_x64", True)  # float64, as on the sheet

{data}


def conv_transpose(x, weight):
    y = jax.lax.conv_transpose(
        x.transpose{to_last}[None],  # to (1, {sizes}, in_channels)
        weight.transpose{weight_to_last},
        strides={stride}, rhs_dilation={dilation}, transpose_kernel=True,
        {padding_words}
    )
    return np.asarray(y)[0].transpose{to_first}  # back to (out_channels, {sizes})


{use}
"""

_FLAX = """\
# weight: ({kernel}, out_channels, in_channels), not flipped by you but by transpose_kernel=True
# x and y are channels last in Flax; here they come and go channels first, as on the sheet
{imports}
import jax
import numpy as np
from flax import linen as nn

jax.config.update("jax_enable_x64", True)  # float64, as on the sheet

{data}


def conv_transpose(x, weight):
    layer = nn.ConvTranspose(
        {group_outputs}, kernel_size={kernel_size}, strides={stride}, kernel_dilation={dilation},
        transpose_kernel=True, use_bias=False,
        {padding_words}
    )
    kernel = weight.transpose{weight_to_last}
    y = layer.apply({{"params": {{"kernel": kernel}}}}, x.transpose{to_last}[None])
    return np.asarray(y)[0].transpose{to_first}  # back to (out_channels, {sizes})


{use}
"""

RUN_ONNX = """\
tensor = helper.make_tensor_value_info
graph = helper.make_graph(
    [node], "layer",
    [tensor(name, TensorProto.FLOAT, array.shape) for name, array in inputs.items()],
    [tensor("y", TensorProto.FLOAT, None)],
)
opset = helper.make_opsetid("", 22)
model = helper.make_model(graph, opset_imports=[opset], ir_version=10)
session = onnxruntime.InferenceSession(model.SerializeToString())
y = session.run(None, inputs)[0][0]
"""
"""How a node of ONNX is run."""

_ONNX = (
    """\
# weight: (in_channels, out_channels // group, {kernel}), not flipped by you
{imports}
import numpy as np
import onnxruntime
from onnx import TensorProto, helper

{data}

inputs = {{"x": x[None], "weight": weight}}  # [None]: a batch of one
{bias}
node = helper.make_node(
    "ConvTranspose", list(inputs), ["y"],
    strides={stride}, output_padding={output_padding}, dilations={dilation}, group={groups},
    pads={pads},  # all begins, then all ends
)
"""
    + RUN_ONNX
)

RUN_MXNET = """\
layer.initialize()
layer.cast("{dtype}")
layer.weight.set_data(mx.nd.array(weight, dtype="{dtype}"))
{bias}
y = layer(mx.nd.array(x[None], dtype="{dtype}")).asnumpy()[0]  # [None]: a batch of one
"""
"""How a layer of MXNet is run."""

_MXNET = (
    """\
# weight: (in_channels, out_channels // groups, {kernel}), not flipped by you
{imports}
import mxnet as mx
import numpy as np

{data}

{dilate}
layer = mx.gluon.nn.Conv{rank}DTranspose(
    {out_channels}, kernel_size={kernel_size}, strides={stride}, padding={padding},
    output_padding={output_padding}, dilation={dilation}, groups={groups},
    use_bias={use_bias}, in_channels={in_channels},
)
"""
    + RUN_MXNET
)

_NUMPY = """\
# weight: (in_channels, out_channels // groups, {kernel}), not flipped: it is stamped as it is
{imports}
import numpy as np

{data}

y = np.zeros({full_shape})  # the full output
for c, {i} in np.ndindex(*x.shape):  # every input stamps its kernel, times its value
    {r} = {starts}  # where the stamp begins: stride * {i}
{group}
    y[{channels}, {cells}] += x[c, {i}] * weight[c]
"""

SINGLE = """\
y = y.astype("float64")  # {} has float32 alone{}: a last digit may be off by one"""

PROGRAMS = {
    "pytorch": Program(
        text=_PYTORCH,
        crops=each(is_symmetric),
        why="PyTorch's padding is the same on both sides and not negative: crop by hand",
        bias="torch.tensor(bias),",
    ),
    "tensorflow": Program(
        text=_TENSORFLOW,
        crops=lambda axes: bool(tensorflow_padding(axes)),
        padding=tensorflow_padding,
        why='TensorFlow crops as "SAME" does, or not at all: crop by hand',
        dilation_by_hand=dict.fromkeys((1, 2, 3), "TensorFlow has none on every CPU"),
    ),
    "keras": Program(
        text=_KERAS,
        crops=lambda axes: bool(keras_padding(axes)),
        padding=keras_padding,
        why='Keras has no padding in numbers, only "valid" and "same": crop by hand',
        dilation_by_hand=dict.fromkeys(
            (1, 2, 3), "Keras has none beside strides, TensorFlow none on a CPU"
        ),
    ),
    "jax": Program(text=_JAX, crops=lambda _: True, why="", padding=jax_padding),
    "flax": Program(text=_FLAX, crops=lambda _: True, why="", padding=jax_padding),
    "onnx": Program(
        text=_ONNX,
        crops=each(lambda axis: min(axis.padding) >= 0 and is_strided(axis)),
        why="ONNX wants pads >= 0, onnxruntime output_padding < stride: crop by hand",
        bias='inputs["bias"] = bias',
        single=dict.fromkeys((1, 2, 3), SINGLE.format("onnxruntime", "")),
    ),
    "mxnet": Program(
        text=_MXNET,
        crops=each(lambda axis: is_symmetric(axis) and is_strided(axis)),
        why="MXNet wants equal padding >= 0 on both sides, output_padding < stride: crop by hand",
        bias="layer.bias.set_data(mx.nd.array(bias, dtype=bias.dtype))",
        single={3: SINGLE.format("MXNet", " in 3-D")},
        dilation_by_hand={
            **dict.fromkeys((1, 2), "MXNet gets it wrong in float64"),
            3: "MXNet has none in 3-D",
        },
    ),
    "numpy": Program(
        text=_NUMPY,
        crops=each(lambda axis: axis.padding == (0, 0) and not axis.output_padding),
        why="padding crops the full output, output_padding uncovers some of it again at the end",
    ),
}
