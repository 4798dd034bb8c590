"""Layers of real models, with their own activations: what onnxruntime computes, in live cells.

XLCONV_MODELS names the folder that tests/data/real_models.py has filled; without it they are left.
"""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from click.testing import CliRunner, Result

import xlconv
from xlconv.cli.commands import cli
from xlconv.layers.excerpt import Top, excerpt
from xlconv.layers.layer import Layer
from xlconv.models.model import read_model

from .engines import ironcalc_engine
from .pages import listed, read

FOLDER = Path(os.environ.get("XLCONV_MODELS", "nowhere"))
DETECTOR, SEGMENTATION, UNET = (
    FOLDER / name
    for name in (
        "ch_PP-OCRv4_det_infer.onnx",
        "selfie_segmentation.tflite",
        "unet-210913-zyxmc.pt",
    )
)
pytestmark = pytest.mark.skipif(not DETECTOR.exists(), reason="XLCONV_MODELS names no models")


def recorded(names: list[str]) -> list[Any]:
    """What the detector has inside, for an image of stripes."""
    model = onnx.load(DETECTOR)
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    rows, columns = np.mgrid[0:64, 0:96]
    image = np.stack([np.sin(rows / 3), np.cos(columns / 5), np.sin((rows + columns) / 7)])
    found = session.run(names, {"x": image[None].astype(np.float32)})
    return [np.asarray(each) for each in found]


@pytest.mark.parametrize("name", ["p2o.ConvTranspose.0", "p2o.ConvTranspose.2"])
def test_detectors_layers_are_onnxruntimes(name: str) -> None:
    found = read_model(DETECTOR).layer(name)
    assert (found.said["stride"], found.after, found.bias) == ([2, 2], "Add", None)
    x, y = recorded([found.input, found.output])
    layer = xlconv.model_layer(DETECTOR, name, input=x)
    assert isinstance(layer, Layer)
    size = abs(y).max()
    assert abs(xlconv.output(layer) - y[0]).max() < 1e-6 * size
    part = excerpt(layer, Top(4), [0], [(3, 7), (5, 9)])
    assert abs(in_cells(part) - y[0, :1, 6:14, 10:18]).max() < 1e-6 * size


@pytest.mark.parametrize(
    ("name", "outs", "crop"),
    [
        ("p2o.Conv.0", [5, 2], [(0, 4), (9, 14)]),
        ("p2o.Conv.5", [3], [(2, 6), (3, 9)]),
        ("p2o.Conv.2", [0], [(3, 7), (4, 8)]),
    ],
)
def test_detectors_plain_layers_are_onnxruntimes_in_part(
    name: str, outs: list[int], crop: list[tuple[int, int]]
) -> None:
    found = read_model(DETECTOR).layer(name)
    x, y = recorded([found.input, found.output])
    layer = xlconv.model_layer(DETECTOR, name, input=x)
    assert isinstance(layer, xlconv.Convolution)
    (part, size) = excerpt(layer, Top(1), outs, crop), abs(y).max()
    book = xlconv.build(part)
    got = read(ironcalc_engine.recalculate(book.to_bytes()), book.sheets[0], "output")
    places = [range(n, n + m) for n, m in zip(part.firsts[1], got.shape[1:], strict=True)]
    assert abs(got - y[0][np.ix_(outs, *places)]).max() < 1e-6 * size
    assert got.size > 2


def test_detectors_add_is_the_bias() -> None:
    layer = read_model(DETECTOR).layer("p2o.ConvTranspose.2")
    assert layer.notes == ("the Add after it is its bias",)
    bias = layer.biases()
    assert bias is not None
    assert bias.shape == (1,)


NODES = FOLDER / "onnx" / "backend" / "test" / "data" / "node"


def stored(folder: Path, name: str) -> np.ndarray:
    """A tensor of a test folder of onnx's."""
    tensor = onnx.TensorProto.FromString((folder / "test_data_set_0" / f"{name}.pb").read_bytes())
    return np.asarray(onnx.numpy_helper.to_array(tensor))


@pytest.mark.parametrize("folder", sorted(NODES.glob("*")), ids=lambda path: path.name)
def test_onnxs_own_layers_give_what_it_expects(folder: Path, tmp_path: Path) -> None:
    """Their weight is an input, too: it is given with --weight."""
    names = {"x": "input_0", "w": "input_1", "y": "output_0"}
    x, w, y = (stored(folder, name) for name in names.values())
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "w.npy", w)
    told = f"layer --model {folder}/model.onnx --view collect --json --input {tmp_path}/x.npy"
    told += f" --weight {tmp_path}/w.npy"
    if len(x) > 1:
        refused = run(f"{told} -o {tmp_path}/a.xlsx")
        assert "is a batch of 3: name the sample, batch 0 to 2" in str(refused.exception)
    for sample, expected in enumerate(y):
        file = tmp_path / f"{sample}.xlsx"
        ran = run(f"{told} --batch {sample} -o {file}")
        (sheet,) = json.loads(ran.stdout)["sheets"]
        blocks = {block["name"]: block for block in sheet["blocks"]}
        values = ironcalc_engine.recalculate(file.read_bytes())["Collect"]
        got = np.array([values[cell] for cell in listed(blocks["collect_output"]["ranges"])])
        assert np.abs(got - expected.ravel()).max() < 1e-6 * np.abs(y).max()


def run(line: str) -> Result:
    return CliRunner().invoke(cli, shlex.split(line))


def test_onnxs_folders_are_all_there() -> None:
    assert len([*NODES.glob("test_convtranspose*")]) == 11


def test_detector_has_two_transposed_convolutions() -> None:
    layers = [layer for layer in read_model(DETECTOR).layers if layer.kind == "transposed"]
    assert [layer.weight.shape for layer in layers] == [(24, 24, 2, 2), (24, 1, 2, 2)]


def test_segmentation_ends_with_one() -> None:
    (layer,) = [each for each in read_model(SEGMENTATION).layers if each.kind == "transposed"]
    assert (layer.weight.shape, layer.weight.dtype) == ((1, 2, 2, 16), "float16")
    bias = layer.biases()
    assert bias is not None
    assert np.allclose(bias, [0.5327], atol=1e-4)
    assert (layer.said["padding"], layer.said["stride"]) == ("same", [2, 2])


def beside(x: np.ndarray, weight: np.ndarray, groups: int = 1) -> np.ndarray:
    """Stamps that do not meet, as of a stride that is the kernel's size: side by side.

    weight  (in, out // groups, *kernel_sizes)
    """
    parts = [
        sum(np.kron(a, w) for a, w in zip(xs, ws[:, o], strict=True))
        for xs, ws in zip(np.split(x, groups), np.split(weight, groups), strict=True)
        for o in range(weight.shape[1])
    ]
    return np.array(parts)


def in_cells(part: Layer) -> np.ndarray:
    """The output of a part as its cells compute it."""
    book = xlconv.build(part, views=["collect"])
    return read(ironcalc_engine.recalculate(book.to_bytes()), book.sheets[0], "output")


def test_segmentations_most_important_channels_are_live() -> None:
    x = np.random.default_rng(1).standard_normal((1, 6, 5, 16))
    layer = xlconv.model_layer(SEGMENTATION, "segment", input=x)
    assert isinstance(layer, Layer)
    (told,) = [each for each in read_model(SEGMENTATION).layers if each.kind == "transposed"]
    y = beside(np.moveaxis(x[0], -1, 0), told.weights().transpose(3, 0, 1, 2)) + 0.53271484375
    assert [str(step) for step in layer.then] == ["sigmoid"]
    part = excerpt(layer, Top(4), [0], [(1, 4), (2, 5)])
    assert abs(in_cells(part) - y[:, 2:8, 4:10]).max() < 1e-6


@pytest.mark.parametrize(("name", "channels", "kernel"), [("up0", 256, 2), ("up1", 128, 1)])
def test_unet_in_three_dimensions_is_depthwise(name: str, channels: int, kernel: int) -> None:
    model, size = read_model(UNET), (kernel, 2, 2)
    assert [layer.name for layer in model.layers if layer.why] == ["up0", "up1", "up2", "up3"]
    told = model.layer(name)
    assert told.weight.shape == (channels, 1, *size)
    code = f"nn.ConvTranspose3d({channels}, {channels}, {size}, stride={size}, groups={channels})"
    x = np.random.default_rng(2).standard_normal((channels, 2, 3, 2))
    layer = xlconv.model_layer(UNET, name, code=code, input=x)
    assert isinstance(layer, Layer)
    bias = told.biases()
    assert bias is not None
    y = beside(x, told.weights(), channels) + bias[:, None, None, None]
    assert np.allclose(xlconv.output(layer), y, atol=1e-12)
    part = excerpt(layer, Top(4), crop=[(0, 1), (1, 3), (0, 2)])
    assert abs(in_cells(part) - y[list(part.geometry.outs or ()), :kernel, 2:6, :4]).max() < 1e-6
