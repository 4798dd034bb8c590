"""ONNX models, read without its library.

Source: onnx/onnx.proto of ONNX 1.23, and its operators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from xlconv.files.reading import ContentError
from xlconv.models.content import Content
from xlconv.models.found import PLAIN, TRANSPOSED, ModelLayer
from xlconv.models.onnx_graph import DEPTH, Get, Graph, Inner, Node, graph_of
from xlconv.models.protobuf import fields
from xlconv.models.tensors import Tensor

KINDS = {"ConvTranspose": TRANSPOSED, "Conv": PLAIN}


def layers(content: Content) -> list[ModelLayer]:
    """The convolutions of a model, transposed and plain, in the order of its graph."""
    model = fields(content.data)
    if 7 not in model:
        raise ContentError("is no ONNX model: it has no graph")
    return list(_layers(fields(model[7][0]), {}, content.path.parent, DEPTH))


def _layers(
    told: Get, outer: Mapping[str, Tensor], folder: Path, depth: int
) -> Iterator[ModelLayer]:
    graph = graph_of(told, outer, folder)
    for node in graph.nodes:
        if node.op in KINDS:
            yield _layer(graph, node)
        for inner in node.attributes.values():  # the branches of an If, the body of a Loop
            if isinstance(inner, Inner) and depth:
                yield from _layers(fields(inner.data), graph.tensors, folder, depth - 1)


def _layer(graph: Graph, node: Node) -> ModelLayer:
    weight = graph.tensor(node.inputs[1])
    name = node.name or node.outputs[0]
    notes = []
    if weight is None:
        weight = _absent(node.inputs[1])
        notes.append("its weight is computed in the model: give it with --weight")
    bias = graph.tensor(node.inputs[2]) if len(node.inputs) > 2 and node.inputs[2] else None
    if len(node.inputs) > 2 and node.inputs[2] and bias is None:
        notes.append("its bias is computed in the model: give it with --bias")
    users = graph.users.get(node.outputs[0], [])
    count = _out_channels(node, weight.shape)
    output, taken = _biased(graph, node.outputs[0], count, len(weight.shape) - 2)
    notes += ["the Add after it is its bias"] * bool(taken)
    then = _then(graph, output)
    return ModelLayer(
        name=name,
        kind=KINDS[node.op],
        weight=weight,
        bias=bias,
        said=_said(node.attributes, KINDS[node.op]) | ({"then": then} if then else {}),
        after=", ".join(dict.fromkeys(user.op for user in users)),
        notes=tuple(notes),
        input=node.inputs[0],
        scaled=graph.scaled(node.inputs[0]),
        output=output,
        taken=taken,
    )


def _out_channels(node: Node, shape: tuple[int, ...]) -> int:
    if node.op == "Conv" or not shape:
        return shape[0] if shape else 0
    return shape[1] * int(node.attributes.get("group", 1))


def _next(graph: Graph, name: str) -> Node | None:
    """The operation that uses a value, where it is the only one."""
    users = graph.users.get(name, [])
    return users[0] if len(users) == 1 and users[0].outputs else None


def _biased(graph: Graph, output: str, count: int, rank: int) -> tuple[str, tuple[Tensor, ...]]:
    """The output behind an Add of a constant for each channel, and that constant; else as it is."""
    node = _next(graph, output)
    if node is None or node.op != "Add":
        return output, ()
    for name in node.inputs:
        constant = None if name == output else graph.tensor(name)
        if constant is None:
            continue
        lead, own = constant.shape[: -rank - 1], constant.shape[-rank - 1 :]
        if {*lead} <= {1} and own in ((count, *[1] * rank), (1,) * (rank + 1)):
            return node.outputs[0], (_each(constant, count),)
    return output, ()


def _each(constant: Tensor, count: int) -> Tensor:
    """A constant as one value for each channel."""

    def load() -> np.ndarray:
        return np.broadcast_to(constant.numbers().reshape(-1), (count,))

    return Tensor(constant.name, (count,), constant.dtype, load)


def _then(graph: Graph, output: str) -> list[str]:
    """The steps that follow an output, one after another, as far as they are known."""
    found = list[str]()
    for _ in range(DEPTH):
        node = _next(graph, output)
        step = "" if node is None or node.inputs[0] != output else _step(graph, node)
        if node is None or not step:
            break
        found.append(step)
        output = node.outputs[0]
    return found


def _step(graph: Graph, node: Node) -> str:
    """An operation as a step, as `xlconv.layers.then` has it; "" of one that is none."""
    told = node.attributes
    constants = [graph.tensor(name) for name in node.inputs[1:]]
    values = [float(c.numbers().reshape(-1)[0]) for c in constants if c and prod(c.shape) == 1]
    if node.op in ("Relu", "Sigmoid", "Tanh"):
        return node.op.lower()
    if node.op == "LeakyRelu":
        return f"leaky_relu:{told.get('alpha', 0.01)!r}"
    if node.op == "Clip" and (bounds := _bounds(told, values)):
        return f"clip:{bounds[0]!r}:{bounds[1]!r}"
    if node.op == "QuantizeLinear" and values and len(values) == len(constants):
        dtype = constants[1].dtype if len(values) > 1 and constants[1] else "uint8"
        if dtype in ("int8", "uint8", "int16", "uint16"):
            limits = np.iinfo(dtype)
            zero = values[1] if len(values) > 1 else 0.0
            return f"quantize:{values[0]!r}:{zero!r}:{limits.min}:{limits.max}"
    return ""


def _bounds(told: Mapping[str, Any], values: list[float]) -> list[float]:
    """Both bounds of a Clip, which were attributes before they were inputs; none if not both."""
    bounds = values or [told[name] for name in ("min", "max") if name in told]
    return bounds if len(bounds) == 2 and bounds[0] <= bounds[1] else []


def _said(told: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The attributes of a node in the words of the convention onnx."""
    said: dict[str, Any] = {"convention": "onnx"} if kind == TRANSPOSED else {}
    called = {"strides": "stride", "dilations": "dilation", "group": "groups"}
    if kind == TRANSPOSED:
        called |= {"output_padding": "output_padding", "output_shape": "output_size"}
    said |= {name: told[key] for key, name in called.items() if told.get(key)}
    word = str(told.get("auto_pad") or "NOTSET").lower()
    if word != "notset":
        said["padding"] = word
    elif pads := told.get("pads"):
        half = len(pads) // 2
        said["padding"] = list(zip(pads[:half], pads[half:], strict=True))
    return said


def _absent(name: str) -> Tensor:
    def load() -> np.ndarray:
        raise ContentError(f"has no numbers for {name!r:.80}, which the model computes")

    return Tensor(name, (), "", load)
