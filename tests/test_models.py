"""Layers out of model files of every format and type of numbers: equal to what was put in."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import xlconv
from xlconv.errors import UnreadableError, XlconvError
from xlconv.files.reading import ContentError
from xlconv.models.found import ModelLayer
from xlconv.models.model import read_model

from . import model_files as files
from .model_files import BIAS, WEIGHT

QUANTISED = np.arange(-48, 48).reshape(3, 2, 4, 4).astype(np.int8)


def only(path: Path, name: str | None = None) -> ModelLayer:
    return read_model(path).layer(name)


def check(layer: ModelLayer, weight: np.ndarray = WEIGHT, bias: np.ndarray | None = BIAS) -> None:
    assert np.array_equal(layer.weights(), weight)
    assert layer.biases() is None if bias is None else np.array_equal(biases(layer), bias)


def biases(layer: ModelLayer) -> np.ndarray:
    found = layer.biases()
    assert found is not None
    return found


@pytest.mark.parametrize("kind", ["float64", "float32", "float16", "bfloat16"])
def test_safetensors(tmp_path: Path, kind: str) -> None:
    bf16 = kind == "bfloat16"
    arrays = {"decoder.up1.weight": WEIGHT, "decoder.up1.bias": BIAS, "norm.weight": BIAS}
    made = arrays if bf16 else {name: a.astype(kind) for name, a in arrays.items()}
    layer = only(files.safetensors(tmp_path / "m.safetensors", made, bf16))
    assert (layer.name, layer.kind, layer.weight.dtype) == ("decoder.up1", "weight", kind)
    assert layer.why == "its name, its bias has 2 values, as its second axis, a kernel of 4"
    check(layer)


@pytest.mark.parametrize("kind", [np.float32, np.float16, np.float64])
def test_onnx(tmp_path: Path, kind: type) -> None:
    path = files.conv_transpose(
        tmp_path / "m.onnx", kind=kind, strides=[2, 1], pads=[1, 0, 1, 2], output_padding=[1, 0]
    )
    layer = only(path)
    check(layer)
    assert (layer.name, layer.kind, layer.after, layer.input) == ("up", "transposed", "Relu", "x")
    assert layer.said == {
        "convention": "onnx",
        "stride": [2, 1],
        "output_padding": [1, 0],
        "padding": [(1, 1), (0, 2)],
        "then": ["relu"],
    }


def test_onnx_with_its_numbers_in_another_file(tmp_path: Path) -> None:
    path = files.conv_transpose(tmp_path / "m.onnx", outside=True)
    assert (tmp_path / "m.onnx.data").exists()
    check(only(path))


def test_onnx_never_reads_outside_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = files.conv_transpose(tmp_path / "in" / "m.onnx", outside=True)
    (tmp_path / "in" / "m.onnx.data").replace(tmp_path / "onnxdata")
    data = path.read_bytes().replace(b"m.onnx.data", b"../onnxdata")
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match="outside of its folder"):
        read(path)
    (tmp_path / "in" / "..onnxdata").symlink_to(tmp_path / "onnxdata")
    path.write_bytes(data.replace(b"../onnxdata", b"..onnxdata\0"[:-1] + b"."))
    with pytest.raises(UnreadableError):
        read(path)


def read(path: Path) -> np.ndarray:
    """The numbers of the only layer, as a command reads them."""
    from xlconv.models.content import told_of

    layer = only(path)
    with told_of(path):
        return layer.weights()


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("kind", [np.int8, np.uint8])
def test_onnx_quantised_by_channel(tmp_path: Path, axis: int, kind: type) -> None:
    q: Any = (QUANTISED.astype(int) + (48 if kind is np.uint8 else 0)).astype(kind)
    scale = np.array([0.5, 0.25, 2.0][: q.shape[axis]], np.float32)
    zero: Any = np.array([1, 3, 5][: q.shape[axis]], kind)
    layer = only(files.quantised_onnx(tmp_path / "m.onnx", q, scale, zero, axis))
    wide = (slice(None), *[None] * (3 - axis))
    assert np.array_equal(layer.weights(), scale[wide] * (q - zero[wide].astype(float)))
    assert np.array_equal(layer.weight.stored(), q)
    assert layer.weight.dtype == np.dtype(kind).name


@pytest.mark.parametrize("kind", ["float64", "float32", "float16"])
def test_checkpoints(tmp_path: Path, kind: str) -> None:
    made = {"up1.weight": WEIGHT.astype(kind), "up1.bias": BIAS.astype(kind), "bn.weight": BIAS}
    layer = only(files.checkpoint(tmp_path / "m.pth", made), "up1")
    check(layer)
    assert layer.kind == "weight"


def test_plain_convolution_of_tflite_reads_its_own_input(tmp_path: Path) -> None:
    weight = WEIGHT.transpose(1, 2, 3, 0).astype("<f4")
    layer = only(files.tflite(tmp_path / "m.tflite", weight, given=(0.5, 3, "int8"), code=3))
    assert (layer.kind, layer.input) == ("plain", "x")
    assert layer.scaled is not None and layer.scaled.scale is not None
    assert (layer.scaled.scale.scale.tolist(), layer.scaled.scale.zero_point.tolist()) == (
        [0.5],
        [3],
    )


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_tflite(tmp_path: Path, kind: type) -> None:
    weight: Any = WEIGHT.transpose(1, 2, 3, 0).astype(kind)
    layer = only(files.tflite(tmp_path / "m.tflite", weight, bias=BIAS.astype("<f4")))
    check(layer, WEIGHT.transpose(1, 2, 3, 0))
    assert (layer.name, layer.said) == (
        "up",
        {
            "convention": "tensorflow",
            "layout": "tflite",
            "padding": "same",
            "stride": [2, 2],
        },
    )


def test_tflite_quantised_by_channel(tmp_path: Path) -> None:
    q = QUANTISED.transpose(1, 2, 3, 0)
    scale, zero = np.array([0.5, 0.25]), np.array([0, 3])
    layer = only(files.tflite(tmp_path / "m.tflite", q, (scale, zero, 0), padding=1))
    wide = (slice(None), None, None, None)
    assert np.array_equal(layer.weights(), scale[wide] * (q - zero[wide]))
    assert layer.said["padding"] == "valid"


def test_keras_layers_are_found_by_their_own_names(tmp_path: Path) -> None:
    layer = only(files.keras(tmp_path / "m.keras"), "up")
    check(layer, WEIGHT.transpose(2, 3, 1, 0))
    assert layer.after == "relu (fused)"
    assert layer.said == {
        "convention": "keras",
        "stride": [2, 2],
        "padding": "same",
        "dilation": [1, 1],
        "then": ["relu"],
    }
    check(only(files.h5(tmp_path / "m.h5"), "up"), WEIGHT.transpose(2, 3, 1, 0))


def test_npz(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", up=WEIGHT, words=np.array(["a"]))
    np.savez_compressed(tmp_path / "n.npz", up=np.asfortranarray(WEIGHT))
    for name in ("m.npz", "n.npz"):
        check(only(tmp_path / name), bias=None)


def test_a_layer_is_asked_for_by_name_or_by_a_part_that_no_other_has(tmp_path: Path) -> None:
    arrays = {f"{stage}.{n}.weight": WEIGHT for stage in ("enc", "dec") for n in (1, 2)}
    model = read_model(files.safetensors(tmp_path / "m.safetensors", arrays))
    assert model.layer("dec.2").name == "dec.2"
    assert model.layer("DEC.2").name == "dec.2"
    with pytest.raises(XlconvError, match=r"'enc' is in the names of 2 layers of .*enc\.1, enc\.2"):
        model.layer("enc")
    with pytest.raises(XlconvError, match=r"'dec\.3' is no layer of .*: dec\.1, dec\.2"):
        model.layer("dec.3")
    with pytest.raises(XlconvError, match="has several layers: name one"):
        model.layer(None)


def test_a_name_that_is_none_is_answered_with_those_like_it(tmp_path: Path) -> None:
    arrays = {f"{name}.weight": WEIGHT for name in ("encoder", "decoder", "head")}
    model = read_model(files.safetensors(tmp_path / "m.safetensors", arrays))
    with pytest.raises(XlconvError, match=r"is no layer of .*: head and 2 others$"):
        model.layer("heads")


def test_integers_without_a_zero_point_begin_at_none(tmp_path: Path) -> None:
    up = helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up")
    then = helper.make_node("QuantizeLinear", ["y", "s"], ["z"])
    x, z = (helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in "xz")
    kept = [numpy_helper.from_array(a, n) for n, a in (("w", WEIGHT), ("s", np.array(0.5, "f4")))]
    layer = only(files.saved(tmp_path / "m.onnx", [up, then], [x], [z], kept))
    assert layer.said["then"] == ["quantize:0.5:0.0:0:255"]


@pytest.mark.parametrize("between", [8, 9])
def test_a_weight_is_looked_for_behind_eight_operations(between: int, tmp_path: Path) -> None:
    ways = [helper.make_node("Identity", [f"w{n}"], [f"w{n + 1}"]) for n in range(between)]
    up = helper.make_node("ConvTranspose", ["x", f"w{between}"], ["y"], name="up")
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in "xy")
    kept = [numpy_helper.from_array(WEIGHT, "w0")]
    path = files.saved(tmp_path / "m.onnx", [*ways, up], [x], [y], kept)
    if between == 8:
        check(only(path), bias=None)
        return
    with pytest.raises(ContentError, match="has no numbers for 'w9'"):
        only(path).weights()


def test_nothing_that_a_pickle_names_is_called(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "made"),)

    path = files.checkpoint(tmp_path / "m.pt", {}, pickle.dumps({"w": Evil()}, 2))
    with pytest.raises(UnreadableError, match="holds no tensors"):
        read_model(path)
    assert not (tmp_path / "made").exists()
    pickle.loads(pickle.dumps(Evil()))  # which is what it would have done
    assert (tmp_path / "made").exists()


def test_what_is_not_read_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "script.pt", "w") as archive:
        archive.writestr("m/data.pkl", b"\x80\x02N.")
        archive.writestr("m/constants.pkl", b"\x80\x02N.")
    (tmp_path / "old.pth").write_bytes(pickle.dumps(119547037146038801333356))
    for name in ("model.gguf", "net.param", "weights.pdiparams", "saved_model.pb"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "saved").mkdir()
    (tmp_path / "text.onnx").write_bytes(b"hello")
    told = {
        "script.pt": "is TorchScript: save its state_dict",
        "old.pth": "is no checkpoint of PyTorch 1.6 or later: load it there",
        "model.gguf": "GGUF",
        "net.param": "convert from the ONNX model",
        "weights.pdiparams": "convert it with paddle2onnx",
        "saved_model.pb": "model.save",
        "saved": "is a folder, perhaps a SavedModel's: save it",
        "text.onnx": "is no ONNX model: its bytes are none of its fields",
    }
    for name, words in told.items():
        with pytest.raises(XlconvError, match=words):
            read_model(tmp_path / name)


def test_sizes_are_checked_before_memory_is_taken(tmp_path: Path) -> None:
    path = files.checkpoint(tmp_path / "bomb.pt", {"up.weight": WEIGHT.astype("<f4")})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["archive/data/0"] = bytes(400 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(UnreadableError, match="has 419430400 bytes in 'archive/data/0'; "):
        read(path)


@pytest.mark.parametrize("name", ["m.pt", "m.npz", "m.keras"])
def test_a_list_of_too_many_members_is_never_read(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ZipFile would read it whole: 2 million entries took 23 s and 1 GB."""
    (tmp_path / name).write_bytes(b"PK\x03\x04" + b"PK\x01\x02" * 100_001 + bytes(1000))
    monkeypatch.delattr(zipfile, "ZipFile")
    with pytest.raises(UnreadableError, match="has more than 100,000 members"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["m.safetensors", "m.onnx", "m.pt", "m.tflite"])
def test_no_library_is_imported_but_for_its_own_format(tmp_path: Path, name: str) -> None:
    make: Any = {
        ".safetensors": lambda p: files.safetensors(p, {"up.weight": WEIGHT}),
        ".onnx": files.conv_transpose,
        ".pt": lambda p: files.checkpoint(p, {"up.weight": WEIGHT}),
        ".tflite": lambda p: files.tflite(p, WEIGHT.astype("<f4")),
    }[Path(name).suffix]
    path = make(tmp_path / name)
    code = (
        "import sys; from xlconv.models.model import read_model\n"
        f"read_model({str(path)!r}).layer(None).weights()\n"
        "print(sorted({'torch', 'onnx', 'h5py', 'safetensors', 'flatbuffers'} & {*sys.modules}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


DATA = Path(__file__).parent / "data"


def test_checkpoint_that_torch_wrote() -> None:
    """Each weight is what torch says it is: half floats, a strided view, integers with scales."""
    meant = np.load(DATA / "checkpoint.npz")
    model = read_model(DATA / "checkpoint.pt")
    names = [name for name in meant.files if name.endswith(".weight")]
    assert len(names) == len(model.layers) - 1 == 6
    for name in names:
        layer = model.layer(f"state_dict.{name.removesuffix('.weight')}")
        assert np.array_equal(layer.weights(), meant[name])
    quantised = model.layer("quantised").weight
    assert (quantised.dtype, quantised.stored().dtype.name) == ("int8", "int8")


def test_whole_model_that_torch_wrote() -> None:
    """Its pickle describes the layer with its parameters; its output is torch's."""
    meant = np.load(DATA / "checkpoint.npz")
    layer = read_model(DATA / "module.pt").layer(None)
    assert (layer.name, layer.kind, layer.weight.name) == ("1", "transposed", "1.weight")
    made = xlconv.model_layer(DATA / "module.pt", input=meant["x"])
    assert np.allclose(xlconv.output(made), meant["y"][0], atol=1e-6)
