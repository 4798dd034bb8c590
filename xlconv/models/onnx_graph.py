"""The graph of an ONNX model: its operations, and the constants that are known in it.

Source: onnx/onnx.proto of ONNX 1.23; field numbers are those of its messages.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from xlconv.files.reading import ContentError
from xlconv.frozen import frozen
from xlconv.models.content import mapped
from xlconv.models.protobuf import Value, fields, floats, integers, signed, text
from xlconv.models.tensors import DTYPES, Scale, Tensor, decoded, unread

TYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64",
    10: "float16", 11: "float64", 12: "uint32", 13: "uint64", 16: "bfloat16",
}  # fmt: skip
THROUGH = ("Identity", "Cast")
"""Operations between a weight and what uses it, which change none of its numbers."""
DEPTH = 8
"""Graphs in graphs, and operations between a weight and its use, at most."""

Get = Mapping[int, Sequence[Value]]


@frozen(eq=False)
class Node:
    op: str
    name: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]


@frozen(eq=False)
class Graph:
    """A graph: its nodes, what they make, who uses it, and the tensors that are known in it."""

    nodes: list[Node]
    made: dict[str, Node]
    users: dict[str, list[Node]]
    tensors: dict[str, Tensor]
    folder: Path

    def tensor(self, name: str, depth: int = DEPTH) -> Tensor | None:
        """A constant by its name, whatever it comes through; None if it is computed."""
        if name in self.tensors:
            return self.tensors[name]
        node = self.made.get(name)
        if node is None or not depth:
            return None
        if node.op == "Constant" and "value" in node.attributes:
            return _tensor(fields(node.attributes["value"]), self.folder)
        if node.op in THROUGH and node.inputs:
            return self.tensor(node.inputs[0], depth - 1)
        if node.op == "DequantizeLinear":
            return self._quantised(node, depth - 1)
        return None

    def scaled(self, name: str) -> Tensor | None:
        """Integers that are computed, by what they are dequantised to: without their numbers."""
        node = self.made.get(name)
        if node is None or node.op != "DequantizeLinear":
            return None
        _, scale, *more = (self.tensor(each) for each in node.inputs)
        zero = more[0] if more else None
        if scale is None or prod(scale.shape) != 1 or (more and zero is None):
            return None
        points = np.zeros(1) if zero is None else zero.numbers().reshape(-1)
        return Tensor(
            node.inputs[0],
            (),
            "uint8" if zero is None else zero.dtype,
            lambda: np.zeros(()),
            Scale(scale.numbers().reshape(-1), points),
        )

    def _quantised(self, node: Node, depth: int) -> Tensor | None:
        found = [self.tensor(name, depth) for name in node.inputs]
        if None in found[:2] or node.attributes.get("block_size"):
            return None
        values, scale, *more = (tensor for tensor in found if tensor is not None)
        factors = scale.numbers().reshape(-1)
        zero = more[0].numbers().reshape(-1) if more else np.zeros(1)
        axis = int(node.attributes.get("axis", 1))
        return Tensor(
            values.name, values.shape, values.dtype, values.load, Scale(factors, zero, axis)
        )


def graph_of(told: Get, outer: Mapping[str, Tensor], folder: Path) -> Graph:
    nodes = [_node(fields(each)) for each in told.get(1, ())]
    users: dict[str, list[Node]] = {}
    for node in nodes:
        for name in node.inputs:
            users.setdefault(name, []).append(node)
    tensors = [_tensor(fields(each), folder) for each in told.get(5, ())]
    made = {name: node for node in nodes for name in node.outputs}
    return Graph(nodes, made, users, {**outer, **{t.name: t for t in tensors}}, folder)


def _node(told: Get) -> Node:
    attributes = dict(_attribute(fields(each)) for each in told.get(5, ()))
    inputs, outputs = ([text([each]) for each in told.get(field, ())] for field in (1, 2))
    return Node(text(told.get(4, ())), text(told.get(3, ())), inputs, outputs, attributes)


@frozen(eq=False)
class Inner:
    """A graph as an attribute."""

    data: Value


def _attribute(told: Get) -> tuple[str, Any]:
    name = text(told.get(1, ()))
    if 8 in told:
        return name, integers(told[8])
    if 2 in told:
        return name, float(floats(told[2], "<f4")[0])
    if 3 in told:
        return name, signed(told[3][0])
    if 4 in told:
        return name, text(told[4])
    if 5 in told:
        return name, told[5][0]
    return name, Inner(told[6][0]) if 6 in told else None


def _tensor(told: Get, folder: Path) -> Tensor:
    shape = tuple(integers(told.get(1, ())))
    number = signed(told[2][0]) if 2 in told else 0
    dtype = TYPES.get(number, f"data type {number} of ONNX")
    name = text(told.get(8, ()))
    return Tensor(name, shape, dtype, partial(_loaded, told, folder, name, dtype, shape))


def _loaded(told: Get, folder: Path, name: str, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    """A tensor's numbers, from one of the places where they may be."""
    if dtype not in DTYPES:
        raise unread(name, dtype)
    if told.get(14, [0])[0] == 1:
        return decoded(_outside(told, folder, name), name, dtype, shape)
    if 9 in told:
        return decoded(told[9][0], name, dtype, shape)
    if 4 in told or 10 in told:
        field, kind = (4, "<f4") if 4 in told else (10, "<f8")
        return floats(told[field], kind).reshape(shape)
    listed = integers(told.get(5, ()) or told.get(7, ()) or told.get(11, ()))
    if dtype in ("float16", "bfloat16"):
        return decoded(np.array(listed, "<u2").tobytes(), name, dtype, shape)
    return np.array(listed, DTYPES[dtype]).reshape(shape)


def _outside(told: Get, folder: Path, name: str) -> memoryview:
    """The bytes of a tensor that lie in a file beside the model's, and never elsewhere."""
    pairs = [fields(each) for each in told.get(13, ())]
    where = {text(pair.get(1, ())): text(pair.get(2, ())) for pair in pairs}
    path = folder / where.get("location", "")
    inside = Path(os.path.realpath(folder))
    if inside not in Path(os.path.realpath(path)).parents:
        raise ContentError(
            f"has the numbers of {name!r:.80} outside of its folder, which is not read"
        )
    data = mapped(path).data
    begin = int(where.get("offset", "0"))
    end = begin + int(where["length"]) if "length" in where else len(data)
    if not 0 <= begin <= end <= len(data):
        raise ContentError(f"has the numbers of {name!r:.80} beyond the end of {path.name!r:.80}")
    return data[begin:end]
