"""The layer as a program of each framework that prints the numbers of the sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import floor, log10

import numpy as np

from xlconv.errors import XlconvError
from xlconv.geometry import Axis, Geometry
from xlconv.layer import Array, Layer

FRAMEWORKS = ("pytorch", "keras", "jax", "onnx", "mxnet", "numpy")
WIDTH = 100
LITERAL_LIMIT = 200  # a larger array is loaded from a file


def snippet(layer: Layer, framework: str) -> str:
    """A complete Python program that prints the layer's output, computed by one framework.

    Every framework prints the same text: nested lists of (out_channels, *output_sizes), one
    innermost row a line, integers where all are. Other values are rounded to six digits of the
    largest that the layer can reach: about what float32 (MXNet, onnxruntime) holds.

    An array of more than LITERAL_LIMIT numbers is not written out: the program loads
    "input.npy", "weight.npy" or "bias.npy", as saved by np.save("input.npy", layer.input).

    Raises XlconvError if the framework is unknown.
    Source: the frameworks' documents and what they were seen to do: PyTorch 2.13, Keras 3.15,
    JAX 0.10, onnxruntime 1.32, MXNet 1.9.1.

    >>> layer = Layer.of([[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]], stride=2, padding=1)
    >>> exec(snippet(layer, "numpy"))
    [[[ 3,  0,  3],
      [ 5, 16,  5],
      [ 1,  0,  1]]]
    """
    if framework not in FRAMEWORKS:
        raise XlconvError(
            f'framework must be one of {", ".join(FRAMEWORKS)}, got "{framework}"',
            parameter="framework",
        )
    program, g = _PROGRAMS[framework], layer.geometry
    native = all(map(program.crops, g.axes))
    # zeros that extend the output come before the bias, a mere crop may come after it
    inside = bool(program.bias) and (native or g.canvas_shape == _full_shape(g))
    biased = layer.bias is not None
    fields = {
        **_parameters(g, native, program.dilation_by_hand.get(g.rank, "")),
        **_letters(g),
        "data": _data(layer, program.dtype),
        "use_bias": biased and inside,
        "bias": program.bias if biased and inside else "",
        "add_bias": f"y = y + bias.reshape(-1{', 1' * g.rank})" if biased and not inside else "",
        "fit": "" if native else _fit(g, program.why),
        "decimals": _decimals(layer),
    }
    return _fill(program.text + _REPORT, fields)


def files(layer: Layer) -> dict[str, Array]:
    """The arrays that a program of a layer loads, by the names of their files.

    >>> list(files(Layer.of(np.ones((20, 20)), np.ones((3, 3)))))
    ['input.npy']
    """
    arrays = {"input.npy": layer.input, "weight.npy": layer.weight, "bias.npy": layer.bias}
    return {
        name: array
        for name, array in arrays.items()
        if array is not None and array.size > LITERAL_LIMIT
    }


def _fill(text: str, fields: dict[str, object]) -> str:
    """The text with its fields; a line that is one field grows, or goes if that is empty."""
    lines = []
    for line in text.splitlines():
        alone = re.fullmatch(r"( *)\{(\w+)\}", line)
        values = str(fields[alone[2]]).splitlines() if alone else [line.format(**fields)]
        lines += [alone[1] + value if alone else value for value in values]
    return "\n".join(lines) + "\n"


def _parameters(g: Geometry, native: bool, dilation_by_hand: str) -> dict[str, object]:
    """The parameters; a crop or a dilation that the program makes by hand is not among them."""
    axes, r = g.axes, g.rank
    begins, ends = zip(*(axis.padding if native else (0, 0) for axis in axes), strict=True)
    dilated = bool(dilation_by_hand) and any(axis.dilation > 1 for axis in axes)
    return {
        "rank": r,
        "sizes": ", ".join("DHW"[-r:]),
        "kernel": ", ".join(f"k{name}" for name in "DHW"[-r:]),
        "in_channels": g.in_channels,
        "out_channels": g.out_channels,
        "groups": g.groups,
        "group_inputs": g.in_channels // g.groups,
        "group_outputs": g.out_channels // g.groups,
        "kernel_size": tuple(axis.extent if dilated else axis.kernel_size for axis in axes),
        "stride": tuple(axis.stride for axis in axes),
        "padding": begins,
        "pads": [*begins, *ends],
        "inner_pads": tuple(
            (a.extent - 1 - a.padding[0], a.extent - 1 - a.padding[1] + a.output_padding)
            for a in axes
        ),
        "output_padding": tuple(axis.output_padding * native for axis in axes),
        "dilation": tuple(1 if dilated else axis.dilation for axis in axes),
        "dilate": _dilate(g, dilation_by_hand) if dilated else "",
        "to_last": (*range(1, r + 1), 0),
        "weight_to_last": (*range(2, r + 2), 1, 0),
        "to_first": (r, *range(r)),
        "use": (_USE if g.groups == 1 else _USE_BY_GROUP).format(groups=g.groups),
    }


def _letters(g: Geometry) -> dict[str, object]:
    """The definition's loop: input i, j begins its stamp at output r, q."""
    i, r = {1: ("i", "r"), 2: ("ij", "rq"), 3: ("hij", "prq")}[g.rank]
    starts = [f"{axis.stride} * {letter}" for letter, axis in zip(i, g.axes, strict=True)]
    cells = [
        f"{letter} : {letter} + {axis.extent}" + f" : {axis.dilation}" * (axis.dilation > 1)
        for letter, axis in zip(r, g.axes, strict=True)
    ]
    first = f"    o = c // {g.in_channels // g.groups} * {g.out_channels // g.groups}"
    return {
        "full_shape": _full_shape(g),
        "i": ", ".join(i),
        "r": ", ".join(r),
        "starts": ", ".join(starts),
        "cells": ", ".join(cells),
        "group": f"{first}  # the first output channel of c's group" if g.groups > 1 else "",
        "channels": f"o : o + {g.out_channels // g.groups}" if g.groups > 1 else ":",
    }


def _full_shape(g: Geometry) -> tuple[int, ...]:
    return (g.out_channels, *(axis.full_size for axis in g.axes))


def _data(layer: Layer, dtype: str) -> str:
    arrays = {"x": layer.input, "weight": layer.weight, "bias": layer.bias}
    names = {"x": "input.npy", "weight": "weight.npy", "bias": "bias.npy"}
    loaded = files(layer)
    return "\n".join(
        f'{name} = np.load("{names[name]}").astype("{dtype}")  # shape {array.shape}'
        if names[name] in loaded
        else f'{name} = np.array({_literal(array, f"{name} = np.array(")}, dtype="{dtype}")'
        for name, array in arrays.items()
        if array is not None
    )


def _literal(array: Array, prefix: str) -> str:
    """The numbers in aligned rows, that hang below the first of them."""
    texts = {v: repr(v + 0.0).removesuffix(".0") for v in array.ravel().tolist()}  # 0 for -0
    width = max(map(len, texts.values()))
    rows = np.array2string(
        array,
        separator=", ",
        prefix=prefix,
        suffix=', dtype="float64")',
        max_line_width=WIDTH,
        threshold=array.size,
        formatter={"float_kind": lambda v: texts[float(v)].rjust(width)},
    )
    return re.sub(r"\n\n+", "\n", rows)


def _dilate(g: Geometry, why: str) -> str:
    sizes = ", ".join(str(axis.extent) for axis in g.axes)
    steps = ", ".join(f"::{axis.dilation}" for axis in g.axes)
    return f"""\
# dilation as zeros in the kernel: {why}
dilated = np.zeros((*weight.shape[:2], {sizes}), weight.dtype)
dilated[:, :, {steps}] = weight
weight = dilated"""


def _fit(g: Geometry, why: str) -> str:
    """From the full output to the layer's: extended with zeros, then cropped."""
    begins = [max(0, -axis.padding[0]) for axis in g.axes]
    ends = [axis.canvas_size - axis.full_size - b for axis, b in zip(g.axes, begins, strict=True)]
    pads = [(0, 0), *zip(begins, ends, strict=True)]
    extend = f"y = np.pad(y, {pads})  # zeros: no input reaches there\n"
    crop = ", ".join(f"{cells.start}:{cells.stop}" for cells in g.crop)
    return f"# {why}\n{extend if any(begins + ends) else ''}y = y[:, {crop}]"


def _decimals(layer: Layer) -> int:
    """Decimals that float32 still gets right, by the largest value the output can have."""
    others = tuple(a for a in range(layer.weight.ndim) if a != 1)
    reach = np.abs(layer.input).max() * np.abs(layer.weight).sum(axis=others).max()
    reach += 0.0 if layer.bias is None else np.abs(layer.bias).max()
    return 0 if reach == 0 else min(15, max(0, 5 - floor(log10(reach))))


@dataclass(frozen=True, kw_only=True)
class _Program:
    """How a framework computes a layer.

    text              the program up to the output y, channels first, without a batch axis
    crops             whether the framework makes the output of such an axis itself
    why               why not, otherwise
    bias              how it adds the bias, if it can
    dilation_by_hand  why the program writes the dilation into the kernel, for each rank it does
    """

    text: str
    crops: Callable[[Axis], bool]
    why: str
    bias: str = ""
    dtype: str = "float64"
    dilation_by_hand: Mapping[int, str] = field(default_factory=dict)


def _is_symmetric(axis: Axis) -> bool:
    return axis.padding[0] == axis.padding[1] >= 0


def _is_strided(axis: Axis) -> bool:
    return axis.output_padding < axis.stride


_USE = "y = conv_transpose(x, weight)"

_USE_BY_GROUP = """\
# no groups here: each group's inputs meet that group's kernels, the results stand side by side
parts = zip(np.split(x, {groups}), np.split(weight, {groups}))
y = np.concatenate([conv_transpose(*part) for part in parts])"""

_REPORT = """\
{fit}
{add_bias}

y = y.round({decimals}) + 0.0  # + 0.0 makes 0 of -0
if (y == y.astype(int)).all():
    y = y.astype(int)
print(np.array2string(
    y, separator=", ", precision={decimals}, suppress_small=True, threshold=y.size,
    max_line_width=10**6,
))
"""

_PYTORCH = """\
# weight: (in_channels, out_channels // groups, {kernel}), not flipped by you
import numpy as np
import torch
import torch.nn.functional as F

{data}

y = F.conv_transpose{rank}d(
    torch.tensor(x), torch.tensor(weight),
    {bias}
    stride={stride}, padding={padding}, output_padding={output_padding},
    groups={groups}, dilation={dilation},
).numpy()
"""

_KERAS = """\
# weight: ({kernel}, out_channels, in_channels), not flipped by you
# x and y are channels last in Keras; here they come and go channels first, as on the sheet
import keras
import numpy as np

{data}


def conv_transpose(x, weight):
    {dilate}
    layer = keras.layers.Conv{rank}DTranspose(
        {group_outputs}, kernel_size={kernel_size}, strides={stride}, padding="valid",
        output_padding={output_padding},  # not None, which adds zeros where strides > kernel_size
        use_bias=False, dtype="float64",
    )
    x = x.transpose{to_last}[None]  # to (1, {sizes}, in_channels)
    layer.build(x.shape)
    layer.set_weights([weight.transpose{weight_to_last}])
    y = keras.ops.convert_to_numpy(layer(x))[0]
    return y.transpose{to_first}  # back to (out_channels, {sizes})


{use}
"""

_JAX = """\
# weight: ({kernel}, out_channels, in_channels), not flipped by you but by transpose_kernel=True
# x and y are channels last in JAX; here they come and go channels first, as on the sheet
import jax
import numpy as np

jax.config.update("jax_enable_x64", True)  # float64, as on the sheet

{data}


def conv_transpose(x, weight):
    y = jax.lax.conv_transpose(
        x.transpose{to_last}[None],  # to (1, {sizes}, in_channels)
        weight.transpose{weight_to_last},
        strides={stride}, rhs_dilation={dilation}, transpose_kernel=True,
        # dilation * (kernel_size - 1) - padding; output_padding is more of it at the end
        padding={inner_pads},
    )
    return np.asarray(y)[0].transpose{to_first}  # back to (out_channels, {sizes})


{use}
"""

_ONNX = """\
# weight: (in_channels, out_channels // group, {kernel}), not flipped by you
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

_MXNET = """\
# weight: (in_channels, out_channels // groups, {kernel}), not flipped by you
import mxnet as mx
import numpy as np

{data}

{dilate}
layer = mx.gluon.nn.Conv{rank}DTranspose(
    {out_channels}, kernel_size={kernel_size}, strides={stride}, padding={padding},
    output_padding={output_padding}, dilation={dilation}, groups={groups},
    use_bias={use_bias}, in_channels={in_channels},
)
layer.initialize()
layer.weight.set_data(mx.nd.array(weight))
{bias}
y = layer(mx.nd.array(x[None])).asnumpy()[0]  # [None]: a batch of one
"""

_NUMPY = """\
# weight: (in_channels, out_channels // groups, {kernel}), not flipped: it is stamped as it is
import numpy as np

{data}

y = np.zeros({full_shape})  # the full output
for c, {i} in np.ndindex(*x.shape):  # every input stamps its kernel, times its value
    {r} = {starts}  # where the stamp begins: stride * {i}
{group}
    y[{channels}, {cells}] += x[c, {i}] * weight[c]
"""

_PROGRAMS = {
    "pytorch": _Program(
        text=_PYTORCH,
        crops=_is_symmetric,
        why="PyTorch's padding is the same on both sides and not negative: crop by hand",
        bias="torch.tensor(bias),",
    ),
    "keras": _Program(
        text=_KERAS,
        crops=lambda axis: axis.padding == (0, 0) and _is_strided(axis),
        why='Keras has no padding in numbers, only "valid" and "same": crop by hand',
        dilation_by_hand=dict.fromkeys(
            (1, 2, 3), "Keras has none beside strides, TensorFlow none on a CPU"
        ),
    ),
    "jax": _Program(text=_JAX, crops=lambda _: True, why=""),
    "onnx": _Program(
        text=_ONNX,
        crops=lambda axis: min(axis.padding) >= 0 and _is_strided(axis),
        why="ONNX wants pads >= 0, onnxruntime output_padding < stride: crop by hand",
        bias='inputs["bias"] = bias',
        dtype="float32",
    ),
    "mxnet": _Program(
        text=_MXNET,
        crops=lambda axis: _is_symmetric(axis) and _is_strided(axis),
        why="MXNet wants equal padding >= 0 on both sides, output_padding < stride: crop by hand",
        bias="layer.bias.set_data(mx.nd.array(bias))",
        dtype="float32",
        dilation_by_hand={3: "MXNet has none in 3-D"},
    ),
    "numpy": _Program(
        text=_NUMPY,
        crops=lambda axis: axis.padding == (0, 0) and not axis.output_padding,
        why="padding crops the full output, output_padding uncovers some of it again at the end",
    ),
}
