"""Small model files of every format, made by other libraries, or by hand for a framework's."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import flatbuffers
import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WEIGHT = np.random.default_rng(7).integers(-9, 10, (3, 2, 4, 4)) / 8.0
"""(in, out, kh, kw); every number is one of float16 and of bfloat16."""
BIAS = np.array([0.5, -1.25])
X = np.random.default_rng(8).integers(-4, 5, (1, 3, 5, 4)).astype(np.float64)

STORAGES = {"float32": "Float", "float64": "Double", "float16": "Half", "int8": "Char"}


def bfloat16(array: np.ndarray) -> np.ndarray:
    """The upper halves of float32."""
    return (array.astype("<f4").view("<u4") >> 16).astype("<u2")


def safetensors(path: Path, tensors: Mapping[str, np.ndarray], bf16: bool = False) -> Path:
    if not bf16:
        from safetensors.numpy import save_file

        save_file({name: np.ascontiguousarray(a) for name, a in tensors.items()}, path)
        return path
    header, body = {}, b""
    for name, array in tensors.items():
        raw = bfloat16(array).tobytes()
        at = [len(body), len(body) + len(raw)]
        header[name] = {"dtype": "BF16", "shape": list(array.shape), "data_offsets": at}
        body += raw
    told = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(told)) + told + body)
    return path


def conv_transpose(
    path: Path,
    weight: np.ndarray = WEIGHT,
    bias: np.ndarray | None = BIAS,
    op: str = "ConvTranspose",
    kind: type = np.float32,
    outside: bool = False,
    name: str = "up",
    **attributes: Any,
) -> Path:
    """An ONNX model of one layer and a Relu after it."""
    arrays: dict[str, Any] = {"up.weight": weight.astype(kind)}
    arrays |= {} if bias is None else {"up.bias": bias.astype(kind)}
    rank = weight.ndim - 2
    node = helper.make_node(op, ["x", *arrays], ["y"], name=name, **attributes)
    relu = helper.make_node("Relu", ["y"], ["z"])
    number = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    x = helper.make_tensor_value_info("x", number, [1, None, *[None] * rank])
    z = helper.make_tensor_value_info("z", number, None)
    kept = [numpy_helper.from_array(a, name) for name, a in arrays.items()]
    return saved(path, [node, relu], [x], [z], kept, outside)


def saved(
    path: Path,
    nodes: list[Any],
    ins: list[Any],
    outs: list[Any],
    kept: list[Any],
    outside: bool = False,
) -> Path:
    graph = helper.make_graph(nodes, "g", ins, outs, kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.save(
        model, path, save_as_external_data=outside, location=f"{path.name}.data", size_threshold=0
    )
    return path


def quantised_onnx(
    path: Path, q: np.ndarray, scale: np.ndarray, zero: np.ndarray, axis: int
) -> Path:
    """An ONNX model whose weight is dequantised in it."""
    kept = [numpy_helper.from_array(a, n) for n, a in (("q", q), ("s", scale), ("z", zero))]
    nodes = [
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["w"], axis=axis),
        helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up", strides=[2, 2]),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, q.shape[0], None, None])
    return saved(path, nodes, [x], [helper.make_tensor_value_info("y", 1, None)], kept)


def checkpoint(path: Path, tensors: Mapping[str, np.ndarray], top: bytes | None = None) -> Path:
    """What torch.save writes of a state_dict, each tensor with a storage of its own."""
    with zipfile.ZipFile(path, "w") as archive:
        items = b""
        for number, (name, array) in enumerate(tensors.items()):
            items += _text(name) + _tensor(str(number), array)
            archive.writestr(f"archive/data/{number}", np.ascontiguousarray(array).tobytes())
        whole = b"\x80\x02ccollections\nOrderedDict\n)R(" + items + b"u."
        archive.writestr("archive/data.pkl", whole if top is None else top)
        archive.writestr("archive/byteorder", "little")
    return path


def _tensor(key: str, array: np.ndarray) -> bytes:
    storage = f"{STORAGES[array.dtype.name]}Storage"
    steps = [step // array.itemsize for step in np.ascontiguousarray(array).strides]
    return b"".join(
        (
            b"ctorch._utils\n_rebuild_tensor_v2\n(",
            b"(" + _text("storage") + f"ctorch\n{storage}\n".encode() + _text(key),
            _text("cpu") + _number(array.size) + b"tQ",
            _number(0) + _numbers(array.shape) + _numbers(steps),
            b"\x89ccollections\nOrderedDict\n)RtR",
        )
    )


def _text(text: str) -> bytes:
    return b"X" + struct.pack("<I", len(text.encode())) + text.encode()


def _number(number: int) -> bytes:
    return b"J" + struct.pack("<i", number)


def _numbers(numbers: Any) -> bytes:
    return b"(" + b"".join(map(_number, numbers)) + b"t"


def keras(path: Path, weight: np.ndarray = WEIGHT, bias: np.ndarray = BIAS) -> Path:
    """A .keras file of a model with two layers of a class, the second named up."""
    config = {"strides": [2, 2], "padding": "same", "dilation_rate": [1, 1], "activation": "relu"}
    layers = [
        {"class_name": "InputLayer", "config": {"name": "x"}},
        *(
            {"class_name": "Conv2DTranspose", "config": {"name": name, **config}}
            for name in ("first", "up")
        ),
    ]
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        for place, factor in (("conv2d_transpose", 0.0), ("conv2d_transpose_1", 1.0)):
            kept = file.create_group(f"layers/{place}/vars")
            kept["0"] = (factor * weight).transpose(2, 3, 1, 0).astype("<f4")
            kept["1"] = (factor * bias).astype("<f4")
    with zipfile.ZipFile(path, "w") as archive:
        told = {"class_name": "Functional", "config": {"layers": layers}}
        archive.writestr("config.json", json.dumps(told))
        archive.writestr("model.weights.h5", held.getvalue())
    return path


def h5(path: Path, weight: np.ndarray = WEIGHT, bias: np.ndarray = BIAS) -> Path:
    """What Keras 2 saved of a model."""
    config = {"name": "up", "strides": [2, 2], "padding": "valid", "activation": "linear"}
    told = {"config": {"layers": [{"class_name": "Conv2DTranspose", "config": config}]}}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(told)
        kept = file.create_group("model_weights/up/up")
        kept["kernel:0"] = weight.transpose(2, 3, 1, 0).astype("<f4")
        kept["bias:0"] = bias.astype("<f4")
    return path


def tflite(
    path: Path,
    weight: np.ndarray,
    scale: tuple[np.ndarray, np.ndarray, int] | None = None,
    bias: np.ndarray | None = None,
    padding: int = 0,
    activation: int = 0,
    output: tuple[float, int, str] | None = None,
    given: tuple[float, int, str] | None = None,
    follow: tuple[int, float] | None = None,
    code: int = 67,
) -> Path:
    """A TRANSPOSE_CONV, or with code 3 a CONV_2D, of stride 2 with a weight (out, kh, kw, in);
    padding 0 is same.

    output, given  its and the input's scale, zero point and type, if it is of integers
    follow         the code of an operation of its own after it, and its first option
    """
    b = flatbuffers.Builder(1024)
    types = {"float32": 0, "float16": 1, "int32": 2, "uint8": 3, "int8": 9}
    out, kh, kw, channels = weight.shape
    size = [6, 6] if not padding else [4 + kh, 4 + kw]
    x = [1, 3, 3, channels]
    arrays = [np.array([1, *size, out], "<i4"), weight, None, bias, None]
    shapes = [[4], weight.shape, x, None if bias is None else bias.shape, [1, *size, out]]
    names = ["output_shape", "up/kernel", "x", "up/bias", "up"]
    buffers = [_table(b, 1, {0: _vector(b, np.zeros(0, "u1"))})]
    tensors = []
    for shape, array, name in zip(shapes, arrays, names, strict=True):
        if shape is None:
            continue
        data = None if array is None else _vector(b, np.ascontiguousarray(array).view("u1").ravel())
        buffers.append(_table(b, 1, {} if data is None else {0: data}))
        quantised = None
        if scale is not None and array is weight:
            factors, zero, axis = scale
            two = _vector(b, factors.astype("<f4")), _vector(b, zero.astype("<i8"))
            quantised = _table(b, 7, {2: two[0], 3: two[1]}, {6: ("Int32", axis)})
        kind = types["float32" if array is None else array.dtype.name]
        if told := {"up": output, "x": given}.get(name):
            factor, zero_point, dtype = told
            two = _vector(b, np.array([factor], "<f4")), _vector(b, np.array([zero_point], "<i8"))
            quantised, kind = _table(b, 7, {2: two[0], 3: two[1]}), types[dtype]
        refs = {0: _vector(b, np.array(shape, "<i4")), 3: b.CreateString(name)}
        refs |= {} if quantised is None else {4: quantised}
        tensors.append(_table(b, 5, refs, {1: ("Int8", kind), 2: ("Uint32", len(buffers) - 1)}))
    read = ([0, 1, 2] if code == 67 else [2, 1]) + ([] if bias is None else [3])
    numbers = {0: ("Int8", padding), 1: ("Int32", 2), 2: ("Int32", 2), 3: ("Int8", activation)}
    options = _table(b, 4, {}, numbers)
    ins, outs = np.array(read, "<i4"), np.array([3 + (bias is not None)], "<i4")
    op = _table(b, 6, {1: _vector(b, ins), 2: _vector(b, outs), 4: options}, {0: ("Uint32", 0)})
    ops, codes = [op], [code]
    if follow is not None:
        (then, option), after = follow, outs + 1
        tensors.append(_table(b, 5, {3: b.CreateString("z")}, {2: ("Uint32", 0)}))
        refs = {1: _vector(b, outs), 2: _vector(b, after)}
        refs |= {4: _table(b, 1, {}, {0: ("Float32", option)})}
        ops.append(_table(b, 6, refs, {0: ("Uint32", 1)}))
        codes.append(then)
    graph = _table(b, 5, {0: _tables(b, tensors), 3: _tables(b, ops)})
    named = [_table(b, 4, {}, {0: ("Int8", code), 3: ("Int32", code)}) for code in codes]
    refs = {1: _tables(b, named), 2: _tables(b, [graph]), 4: _tables(b, buffers)}
    b.Finish(_table(b, 5, refs), file_identifier=b"TFL3")
    path.write_bytes(bytes(b.Output()))
    return path


def _table(
    b: Any,
    fields: int,
    refs: Mapping[int, Any],
    numbers: Mapping[int, tuple[str, float]] | None = None,
) -> Any:
    b.StartObject(fields)
    for field, ref in refs.items():
        b.PrependUOffsetTRelativeSlot(field, ref, 0)
    for field, (kind, value) in (numbers or {}).items():
        getattr(b, f"Prepend{kind}Slot")(field, value, 0)
    return b.EndObject()


def _vector(b: Any, array: np.ndarray) -> Any:
    return b.CreateNumpyVector(array)


def _tables(b: Any, offsets: list[Any]) -> Any:
    b.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        b.PrependUOffsetTRelative(offset)
    return b.EndVector()
