"""TensorFlow Lite models.

Source: tensorflow/compiler/mlir/lite/schema/schema.fbs; field numbers are those of its tables.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from xlconv.files.reading import ContentError
from xlconv.frozen import frozen
from xlconv.models.content import Content
from xlconv.models.flatbuffers import Table, root
from xlconv.models.found import PLAIN, TRANSPOSED, ModelLayer
from xlconv.models.tensors import Scale, Tensor, decoded

TYPES = {
    0: "float32", 1: "float16", 2: "int32", 3: "uint8", 4: "int64", 7: "int16", 9: "int8",
    10: "float64", 16: "uint16",
}  # fmt: skip
OPERATIONS = {
    0: "Add", 1: "AveragePool", 2: "Concatenation", 3: "Conv", 4: "DepthwiseConv",
    6: "Dequantize", 9: "FullyConnected", 14: "Logistic", 17: "MaxPool", 18: "Mul", 19: "Relu",
    20: "ReluN1To1", 21: "Relu6", 22: "Reshape", 25: "Softmax", 28: "Tanh", 34: "Pad", 41: "Sub",
    54: "PRelu", 67: "TransposeConv", 97: "ResizeNearest", 98: "LeakyRelu", 114: "Quantize",
    117: "HardSwish",
}  # fmt: skip
MEDIAPIPE = "Convolution2DTransposeBias"
ACTIVATIONS = {1: "Relu", 2: "ReluN1To1", 3: "Relu6", 4: "Tanh"}
STEPS = {
    "Relu": "relu", "ReluN1To1": "clip:-1:1", "Relu6": "relu6", "Tanh": "tanh",
    "Logistic": "sigmoid",
}  # fmt: skip
"""Activations, fused or operations of their own, as `xlconv.layers.then` has them."""
STEPS_READ = 8
"""Operations after a layer that are read as its steps, at most."""


@frozen
class Reads:
    """Which inputs of an operation are what, and where its options are.

    options  the fields of stride_w, stride_h, the activation and dilation_w, dilation_h
    axes     how the axes of a plain weight become (out, in // groups, *kernel_sizes)
    """

    kind: str
    x: int
    w: int
    b: int
    options: tuple[int, ...] = (1, 2, 3)
    axes: tuple[int, ...] | None = None


READS = {
    "TransposeConv": Reads(TRANSPOSED, x=2, w=1, b=3),
    MEDIAPIPE: Reads(TRANSPOSED, x=0, w=1, b=2),
    "Conv": Reads(PLAIN, x=0, w=1, b=2, options=(1, 2, 3, 4, 5), axes=(0, 3, 1, 2)),
    "DepthwiseConv": Reads(PLAIN, x=0, w=1, b=2, options=(1, 2, 4, 5, 6), axes=(3, 0, 1, 2)),
}


class Operation(NamedTuple):
    """An operation by its name, with the numbers of the tensors that it takes and makes."""

    name: str
    ins: list[int]
    outs: list[int]
    table: Table


@frozen(eq=False)
class Graph:
    """A subgraph: its tensors, and for each who makes it and who uses it."""

    tensors: list[Table]
    buffers: list[Table]
    made: dict[int, Operation]
    users: dict[int, list[Operation]]

    def shape(self, index: int) -> tuple[int, ...]:
        return tuple(int(n) for n in self.tensors[index].numbers(0, "<i4"))

    def name(self, index: int) -> str:
        return self.tensors[index].text(3)

    def tensor(self, index: int) -> Tensor:
        """A tensor, or what it is dequantised from, as float16 weights are."""
        by = self.made.get(index)
        told = self.tensors[by.ins[0] if by and by.name == "Dequantize" else index]
        number = told.number(1, "b")
        dtype, name = TYPES.get(number, f"type {number} of TensorFlow Lite"), told.text(3)
        shape = tuple(int(n) for n in told.numbers(0, "<i4"))
        data = self.buffers[told.number(2, "I")].bytes(0)
        load = partial(decoded, data, name, dtype, shape)
        return Tensor(name, shape, dtype, load, _scale(told))


def _scale(told: Table) -> Scale | None:
    quantised = told.table(4)
    if quantised is None or not len(scale := quantised.numbers(2, "<f4")):
        return None
    zero = quantised.numbers(3, "<i8")
    zero = zero if len(zero) else np.zeros(1, "<i8")
    return Scale(scale.astype(float), zero.astype(float), quantised.number(6, "i"))


def layers(content: Content) -> list[ModelLayer]:
    """The convolutions of a model, transposed and plain, in the order of its operations."""
    if bytes(content.data[4:8]) != b"TFL3":
        raise ContentError("is no TensorFlow Lite model")
    model = root(content.data)
    names = [_operation(code) for code in model.tables(1)]
    buffers, found = model.tables(4), list[ModelLayer]()
    for subgraph in model.tables(2)[:64]:
        found += _layers(subgraph, names, buffers)
    return found


def _operation(code: Table) -> str:
    number = max(code.number(0, "b"), code.number(3, "i"))
    return code.text(1) or OPERATIONS.get(number, f"operation {number}")


def _layers(subgraph: Table, names: list[str], buffers: list[Table]) -> Iterator[ModelLayer]:
    operations = [
        Operation(names[op.number(0, "I")], _indices(op, 1), _indices(op, 2), op)
        for op in subgraph.tables(3)
    ]
    made = {out: op for op in operations for out in op.outs}
    users: dict[int, list[Operation]] = {}
    for op in operations:
        for index in op.ins:
            users.setdefault(index, []).append(op)
    graph = Graph(subgraph.tables(0), buffers, made, users)
    for op in operations:
        if op.name in READS:
            yield _layer(graph, READS[op.name], op)


def _indices(op: Table, field: int) -> list[int]:
    return [int(index) for index in op.numbers(field, "<i4")]


def _layer(graph: Graph, reads: Reads, op: Operation) -> ModelLayer:
    name, ins, (out, *_), _ = op
    weight, x = graph.tensor(ins[reads.w]), ins[reads.x]
    b = ins[reads.b] if len(ins) > reads.b else -1
    said, activation = _said(reads, name, op.table)
    before, after = graph.shape(x), graph.shape(out)
    fused = [f"{name} (fused)" for name in activation]
    if reads.kind == TRANSPOSED:
        said |= {"convention": "tensorflow", "layout": "tflite"}
        said |= _output_size(said, before, after, weight.shape)
    else:
        said |= {"input_layout": "channels-last"}
        if name == "DepthwiseConv" and len(before) == 4:
            said["groups"] = before[3]
    if then := [STEPS[name] for name in activation] + _then(graph, out):
        said |= {"then": then}
    return ModelLayer(
        name=graph.name(out),
        kind=reads.kind,
        weight=weight,
        bias=graph.tensor(b) if b >= 0 else None,
        said=said,
        after=", ".join(dict.fromkeys([*fused, *(op.name for op in graph.users.get(out, []))])),
        input=graph.name(x),
        scaled=given if (given := graph.tensor(x)).scale else None,
        output=graph.name(out),
        axes=reads.axes,
    )


def _said(reads: Reads, name: str, op: Table) -> tuple[dict[str, Any], list[str]]:
    """Stride, padding and dilation of an operation, and the activation that is fused into it."""
    if name == MEDIAPIPE:  # a struct of C: padding, of which 1 is same, and the strides
        padding, across, down = struct.unpack_from("<3i", op.bytes(5))
        return {"stride": [down, across], "padding": {1: "same"}.get(padding, "valid")}, []
    options = op.table(4)
    if options is None:
        raise ContentError("is damaged: a convolution has no options")
    across, down, fused, *dilations = reads.options
    said: dict[str, Any] = {
        "padding": "valid" if options.number(0, "b") else "same",
        "stride": [options.number(down, "i"), options.number(across, "i")],
    }
    if dilations:
        said["dilation"] = [options.number(field, "i", 1) for field in reversed(dilations)]
    activation = ACTIVATIONS.get(options.number(fused, "b"))
    return said, [activation] if activation else []


def _then(graph: Graph, out: int) -> list[str]:
    """The steps that an output takes, one after another, as far as they are known."""
    found = list[str]()
    for _ in range(STEPS_READ):
        if integers := _requantised(graph.tensor(out)):
            return found + integers
        users = graph.users.get(out, [])
        if len(users) != 1 or users[0].name not in (*STEPS, "LeakyRelu", "Quantize"):
            break
        name, _, (out, *_), table = users[0]
        if name == "LeakyRelu":
            options = table.table(4)
            found.append(f"leaky_relu:{options.real(0) if options else 0.0!r}")
        elif name in STEPS:
            found.append(STEPS[name])
    return found


def _requantised(out: Tensor) -> list[str]:
    """The step that makes integers of the sums, where the output is of these."""
    if out.scale is None or out.scale.scale.size > 1 or out.dtype not in ("int8", "uint8", "int16"):
        return []
    limits, scale, zero = np.iinfo(out.dtype), out.scale.scale[0], out.scale.zero_point[0]
    return [f"quantize:{float(scale)!r}:{float(zero)!r}:{limits.min}:{limits.max}"]


def _output_size(
    said: dict[str, Any], before: tuple[int, ...], after: tuple[int, ...], weight: tuple[int, ...]
) -> dict[str, Any]:
    """The output's sizes, where they are not what the padding makes of the input's."""
    if len(before) != 4 or len(after) != 4 or len(weight) != 4:
        return {}
    each = zip(before[1:3], said["stride"], weight[1:3], strict=True)
    same = said["padding"] == "same"
    usual = [n * s if same else (n - 1) * s + max(k, s) for n, s, k in each]
    known = min(*before[1:3], *after[1:3]) > 0
    return {"output_size": list(after[1:3])} if known and usual != list(after[1:3]) else {}
