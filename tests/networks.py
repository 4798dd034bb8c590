"""Networks as lesson files tell of them, random or shipped, and what onnxruntime makes of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[Any]
Told = dict[str, Any]

ACTIVATIONS = ("", "relu", "leaky_relu", "tanh", "sigmoid")
NODES = {"relu": "Relu", "leaky_relu": "LeakyRelu", "tanh": "Tanh", "sigmoid": "Sigmoid"}

TEMPLATES = Path(__file__).parents[1] / "templates"
DEFAULTS = {"stride": 1, "padding": 0, "scale_factor": 2, "mode": "nearest"}
"""Of layers that do not say them, as docs/lessons.md has it."""


def random_network(rng: Random, linear: bool = False) -> Told:
    """A network of two to four layers, of all kinds, as a table of a lesson file.

    rng     what chooses; one of Hypothesis finds the smallest network that fails
    linear  with neither activations nor the greatest of a window, and of weights above 0: then each
            input that can reach an output changes it
    """
    size = rng.randrange(5, 9)
    sizes = {"input": (rng.randrange(1, 3), size, size)}
    table: Told = {"input": _numbers(rng, 0, 6, sizes["input"]).tolist(), "layer": []}
    before = "input"
    for n in range(rng.randrange(2, 5)):
        twins = [one for one in sizes if sizes[one][1:] == sizes[before][1:] and one != before]
        read = [before, rng.choice(twins)] if twins and rng.randrange(3) else [before]
        at = (sum(sizes[one][0] for one in read), *sizes[before][1:])
        layer, made = _layer(rng, at, linear)
        table["layer"].append(layer | {"name": f"Layer {n}", "from": read})
        before = f"Layer {n}"
        sizes[before] = made
    return table


def _numbers(rng: Random, low: int, high: int, shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(rng.randrange(2**32)).integers(low, high, shape)


def _layer(
    rng: Random, at: tuple[int, int, int], linear: bool
) -> tuple[Told, tuple[int, int, int]]:
    channels, rows, _ = at
    kind = rng.choice(["conv_transpose", "conv", "upsample", "pool"][: 4 if rows >= 4 else 1])
    if rows > 12 and kind in ("upsample", "conv_transpose"):
        kind = "conv"
    if kind == "upsample":
        mode = rng.choice(["nearest", "bilinear"])
        size = rows * 2
        return {"kind": kind, "scale_factor": 2, "mode": mode}, (channels, size, size)
    if kind == "pool":
        mode = "average" if linear else rng.choice(["max", "average"])
        size = (rows - 2) // 2 + 1
        return {"kind": kind, "kernel_size": 2, "stride": 2, "mode": mode}, (channels, size, size)
    k, s, out = rng.randrange(1, 4), rng.randrange(1, 3), rng.randrange(1, 4)
    pad = rng.randrange((k + 1) // 2)
    shape = (out, channels, k, k) if kind == "conv" else (channels, out, k, k)
    low, high = (1, 9) if linear else (-9, 10)
    weight = _numbers(rng, low, high, shape) / 10
    told: Told = {"kind": kind, "weight": weight.tolist(), "stride": s, "padding": pad}
    if rng.randrange(2):
        told["bias"] = (_numbers(rng, low, high, (out,)) / 10).tolist()
    if not linear and (then := rng.choice(ACTIVATIONS)):
        told["then"] = then
    size = (rows + 2 * pad - k) // s + 1 if kind == "conv" else (rows - 1) * s + k - 2 * pad
    return told, (out, size, size)


def shipped_networks(lesson: str) -> dict[str, Told]:
    """The networks of a lesson's file, by the sheets that show them, with all that is left out."""
    told = tomllib.loads((TEMPLATES / f"{lesson}.toml").read_text(encoding="utf-8"))
    networks = told.get("network", {})
    return {
        page["name"]: _whole(networks, networks[page["network"]])
        for page in told["sheet"]
        if "network" in page
    }


def _whole(networks: Mapping[str, Told], network: Told) -> Told:
    weights = dict(np.load(TEMPLATES / network["weights"])) if "weights" in network else {}
    x = np.array((networks[network["reads"]] if "reads" in network else network)["input"])
    table: Told = {"input": x if x.ndim == 3 else x[None], "layer": []}
    before = "input"
    for layer in network["layer"]:
        name = layer["name"]
        learnt = {key: weights.get(f"{name}.{key}") for key in ("weight", "bias")}
        own = {key: array for key, array in learnt.items() if array is not None}
        table["layer"].append({**DEFAULTS, "from": before, **own, **layer})
        before = name
    return table


def run_by_onnx(table: Told) -> dict[str, Array]:
    """What each layer gives, by onnxruntime in float32."""
    nodes, constants = list[Any](), list[Any]()
    for layer in table["layer"]:
        name = layer["name"]
        read = [layer["from"]] if isinstance(layer["from"], str) else layer["from"]
        joined = read[0]
        if len(read) > 1:
            joined = f"{name} joined"
            nodes.append(helper.make_node("Concat", read, [joined], axis=1))
        op, attributes, arrays = _operation(layer)
        names = [f"{name} {n}" for n in range(len(arrays))]
        constants += map(numpy_helper.from_array, arrays, names)
        made = f"{name} sums" if layer.get("then") else name
        nodes.append(helper.make_node(op, [joined, *names], [made], **attributes))
        if then := layer.get("then"):
            slope: Told = {"alpha": 0.01} if then == "leaky_relu" else {}
            nodes.append(helper.make_node(NODES[then], [made], [name], **slope))
    x = np.array(table["input"], dtype=np.float32)[None]
    given = [helper.make_tensor_value_info("input", TensorProto.FLOAT, x.shape)]
    told = [layer["name"] for layer in table["layer"]]
    asked = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in told]
    graph = helper.make_graph(nodes, "network", given, asked, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return {
        name: np.asarray(array[0], dtype=float)
        for name, array in zip(told, session.run(told, {"input": x}), strict=True)
    }


def _operation(layer: Told) -> tuple[str, Told, list[Array]]:
    match layer["kind"]:
        case "upsample":
            mode = {"nearest": "nearest", "bilinear": "linear"}[layer["mode"]]
            more = {"nearest_mode": "floor"} if mode == "nearest" else {}
            how = "asymmetric" if mode == "nearest" else "half_pixel"
            attributes = {"mode": mode, "coordinate_transformation_mode": how, **more}
            factor = float(layer["scale_factor"])
            scales = np.array([1, 1, factor, factor], dtype=np.float32)
            return "Resize", attributes, [np.zeros(0, dtype=np.float32), scales]
        case "pool":
            op = {"max": "MaxPool", "average": "AveragePool"}[layer["mode"]]
            sizes = {"kernel_shape": [layer["kernel_size"]] * 2, "strides": [layer["stride"]] * 2}
            return op, sizes, []
    op = {"conv": "Conv", "conv_transpose": "ConvTranspose"}[layer["kind"]]
    sizes = {"strides": [layer["stride"]] * 2, "pads": [layer["padding"]] * 4}
    if "output_padding" in layer:
        sizes["output_padding"] = [layer["output_padding"]] * 2
    arrays = [np.array(layer[key], dtype=np.float32) for key in ("weight", "bias") if key in layer]
    return op, sizes, arrays
