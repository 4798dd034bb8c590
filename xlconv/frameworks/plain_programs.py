"""The programs of the frameworks for a plain convolution, as `programs` has those of a layer."""

from __future__ import annotations

from collections.abc import Sequence

from xlconv.frameworks.gaps import inside, loop, parameters
from xlconv.frameworks.idioms import each
from xlconv.frameworks.plain import plain_padding
from xlconv.frameworks.programs import RUN_KERAS, RUN_MXNET, RUN_ONNX, SINGLE, Program
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Axis

_PYTORCH = """\
# weight: (out_channels, in_channels // groups, {kernel})
{imports}
import numpy as np
import torch
import torch.nn.functional as F

{data}
{pad}

y = F.conv{rank}d(
    torch.tensor(x), torch.tensor(weight),
    {bias}
    {options}
).numpy()
"""

_TENSORFLOW = """\
# weight: ({kernel}, in_channels, out_channels)
# x and y are channels last in TensorFlow; here they
# come and go channels first, as on the sheet
{imports}
import numpy as np
import tensorflow as tf

{data}
{pad}


def convolution(x, weight):
    {dilate}
    y = tf.nn.convolution(
        x.transpose{to_last}[None],  # to (1, {sizes}, in_channels)
        weight.transpose{weight_to_last},
        strides={stride}, {padding_words},
    )
    return y.numpy()[0].transpose{to_first}  # back to (out_channels, {sizes})


{use}
"""

_KERAS = (
    """\
# weight: ({kernel}, in_channels, out_channels)
# x and y are channels last in Keras; here they come and go channels first, as on the sheet
{imports}
import keras
import numpy as np

{data}
{pad}


def convolution(x, weight):
    {dilate}
    layer = keras.layers.Conv{rank}D(
        {group_outputs}, kernel_size={kernel_size}, strides={stride}, {padding_words},
        use_bias=False, dtype="float64",
    )
"""
    + RUN_KERAS
)

_JAX = """\
# weight: (out_channels, in_channels // groups, {kernel})
{imports}
import jax
import numpy as np

jax.config.update("jax_enable_x64", True)  # float64, as on the sheet

{data}

y = jax.lax.conv_general_dilated(
    x[None], weight, window_strides={stride}, {padding_words},
    rhs_dilation={dilation}, feature_group_count={groups},
)
y = np.asarray(y)[0]  # [None], [0]: a batch of one
"""

_FLAX = """\
# weight: ({kernel}, in_channels // groups, out_channels)
# x and y are channels last in Flax; here they come and go channels first, as on the sheet
{imports}
import jax
import numpy as np
from flax import linen as nn

jax.config.update("jax_enable_x64", True)  # float64, as on the sheet

{data}

layer = nn.Conv(
    {out_channels}, kernel_size={kernel_size}, strides={stride}, {padding_words},
    kernel_dilation={dilation}, feature_group_count={groups}, use_bias=False,
)
kernel = weight.transpose{weight_to_last}
y = layer.apply({{"params": {{"kernel": kernel}}}}, x.transpose{to_last}[None])
y = np.asarray(y)[0].transpose{to_first}  # back to (out_channels, {sizes})
"""

_ONNX = (
    """\
# weight: (out_channels, in_channels // group, {kernel})
{imports}
import numpy as np
import onnxruntime
from onnx import TensorProto, helper

{data}

inputs = {{"x": x[None], "weight": weight}}  # [None]: a batch of one
{bias}
node = helper.make_node(
    "Conv", list(inputs), ["y"],
    strides={stride}, dilations={dilation}, group={groups},
    pads={pads},  # all begins, then all ends
)
"""
    + RUN_ONNX
)

_MXNET = (
    """\
# weight: (out_channels, in_channels // groups, {kernel})
{imports}
import mxnet as mx
import numpy as np

{data}
{pad}

{dilate}
layer = mx.gluon.nn.Conv{rank}D(
    {out_channels}, kernel_size={kernel_size}, strides={stride}, padding={padding},
    dilation={dilation}, groups={groups}, use_bias={use_bias}, in_channels={in_channels},
)
"""
    + RUN_MXNET
)

_NUMPY = """\
# weight: (out_channels, in_channels // groups, {kernel})
{imports}
import numpy as np

{data}
{pad}

y = np.zeros({shape})
for o, {r} in np.ndindex(*y.shape):  # every output looks at a window of the input
    {i} = {starts}  # where it begins: stride * {r}
{group}
    y[o, {r}] = (x[{channels}, {cells}] * weight[o]).sum()
"""


def _is_none(axes: Sequence[Axis]) -> bool:
    return all(axis.padding == (0, 0) for axis in axes)


def _is_same(axes: Sequence[Axis]) -> bool:
    size, kernel_size, stride, dilation = zip(
        *((a.output_size, a.kernel_size, a.stride, a.dilation) for a in axes), strict=True
    )
    return [a.padding for a in axes] == plain_padding("same", size, kernel_size, stride, dilation)


def _is_word(axes: Sequence[Axis]) -> bool:
    return _is_none(axes) or _is_same(axes)


def _word(axes: Sequence[Axis]) -> str:
    return "valid" if _is_none(axes) or not _is_same(axes) else "same"


def _jax(axes: Sequence[Axis]) -> str:
    word = f'"{_word(axes).upper()}"'
    return f"padding={word if _is_word(axes) else [a.padding for a in axes]}"


_NO_NUMBERS = '{} has no padding in numbers, only "valid" and "same"'
_BY_HAND = dict.fromkeys((1, 2, 3), "{} has none beside strides")

PLAIN_PROGRAMS = {
    "pytorch": Program(
        text=_PYTORCH,
        crops=each(lambda axis: axis.padding[0] == axis.padding[1]),
        why="PyTorch's padding is the same on both sides",
        bias="torch.tensor(bias),",
    ),
    "tensorflow": Program(
        text=_TENSORFLOW,
        crops=_is_word,
        padding=lambda axes: f'padding="{_word(axes).upper()}"',
        why=_NO_NUMBERS.format("TensorFlow"),
        dilation_by_hand={n: why.format("TensorFlow") for n, why in _BY_HAND.items()},
    ),
    "keras": Program(
        text=_KERAS,
        crops=_is_word,
        padding=lambda axes: f'padding="{_word(axes)}"',
        why=_NO_NUMBERS.format("Keras"),
        dilation_by_hand={n: why.format("Keras") for n, why in _BY_HAND.items()},
    ),
    "jax": Program(text=_JAX, crops=lambda _: True, why="", padding=_jax),
    "flax": Program(text=_FLAX, crops=lambda _: True, why="", padding=_jax),
    "onnx": Program(
        text=_ONNX,
        crops=lambda _: True,
        why="",
        bias='inputs["bias"] = bias',
        single=dict.fromkeys((1, 2, 3), SINGLE.format("onnxruntime", "")),
    ),
    "mxnet": Program(
        text=_MXNET,
        crops=each(lambda axis: axis.padding[0] == axis.padding[1]),
        why="MXNet's padding is the same on both sides",
        bias="layer.bias.set_data(mx.nd.array(bias, dtype=bias.dtype))",
        single={3: SINGLE.format("MXNet", " in 3-D")},
        dilation_by_hand={3: "MXNet has none in 3-D"},
    ),
    "numpy": Program(text=_NUMPY, crops=_is_none, why="zeros around the input"),
}


def plain_fields(layer: Convolution, form: Program) -> dict[str, object]:
    """What stands in the gaps of a plain convolution's program."""
    g, axes = layer.channels, layer.geometry.axes
    native = form.crops(axes)
    pads = [(0, 0), *(axis.padding for axis in axes)]
    return {
        **parameters(g, native, form.dilation_by_hand.get(g.rank, ""), "convolution"),
        **loop(axes, plain=True),
        **_windows(layer),
        **inside(layer, form, bool(form.bias)),
        "output_padding": 0,
        "padding_words": form.padding(axes),
        "pad": "" if native else f"# {form.why}: by hand\nx = np.pad(x, {pads})",
        "fit": "",
    }


def _windows(layer: Convolution) -> dict[str, object]:
    """What an output channel looks at."""
    g = layer.channels
    ins = g.in_channels // g.groups
    first = f"    c = o // {g.out_channels // g.groups} * {ins}"
    return {
        "shape": layer.output_shape,
        "group": f"{first}  # the first input channel of o's group" if g.groups > 1 else "",
        "channels": f"c : c + {ins}" if g.groups > 1 else ":",
    }
