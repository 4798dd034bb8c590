"""Layers of model files and of lines of code: the numbers that onnxruntime computes, in cells."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import openpyxl
import pytest
from click.testing import CliRunner, Result

import xlconv
from xlconv.cli.commands import cli
from xlconv.errors import XlconvError
from xlconv.layers.convolution import Convolution
from xlconv.layers.excerpt import Top, excerpt
from xlconv.layers.layer import Layer

from . import model_files as files
from .engines import ironcalc_engine
from .model_files import BIAS, WEIGHT, X
from .pages import listed, read


def run(folder: Path, line: str) -> Result:
    """A command, run in a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(cli, shlex.split(line))


def computed(layer: Layer | Convolution, view: str) -> np.ndarray:
    """The output as a program computes it from the cells of the file."""
    book = xlconv.build(layer, views=[view])
    return read(ironcalc_engine.recalculate(book.to_bytes()), book.sheets[0], "output")


def theirs(path: Path, x: np.ndarray) -> np.ndarray:
    """What onnxruntime computes."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found: Any = session.run(["z"], {"x": x.astype(np.float32)})[0]
    return np.asarray(found[0])


GEOMETRY: list[dict[str, Any]] = [
    {"strides": [2, 2]},
    {"strides": [2, 2], "pads": [1, 0, 2, 1], "output_padding": [1, 0]},
    {"strides": [3, 2], "auto_pad": "SAME_LOWER"},
    {"strides": [1, 1], "dilations": [2, 1], "auto_pad": "VALID"},
]


@pytest.mark.parametrize("attributes", GEOMETRY)
def test_layer_of_an_onnx_model_is_onnxruntimes(tmp_path: Path, attributes: dict[str, Any]) -> None:
    path = files.conv_transpose(tmp_path / "m.onnx", **attributes)
    layer = xlconv.model_layer(path, "up", input=X)
    got = np.maximum(computed(layer, "collect"), 0)  # the Relu that follows
    assert np.array_equal(got, theirs(path, X))


@pytest.mark.parametrize(
    "attributes",
    [
        {"pads": [1, 0, 2, 1]},
        {"auto_pad": "SAME_UPPER", "strides": [2, 3]},
        {"auto_pad": "SAME_LOWER", "strides": [2, 1]},
    ],
)
def test_plain_convolution_of_an_onnx_model(tmp_path: Path, attributes: dict[str, Any]) -> None:
    weight = WEIGHT.swapaxes(0, 1)
    path = files.conv_transpose(tmp_path / "m.onnx", weight, BIAS, "Conv", **attributes)
    layer = xlconv.model_layer(path, input=X)
    assert isinstance(layer, Convolution)
    got = np.maximum(computed(layer, "convolution"), 0)
    assert np.allclose(got, theirs(path, X), atol=1e-5)


def test_option_goes_before_code_and_code_before_the_file(tmp_path: Path) -> None:
    path = files.conv_transpose(tmp_path / "m.onnx", strides=[1, 1], pads=[1, 1, 1, 1])

    def axis(**more: Any) -> tuple[int, tuple[int, int]]:
        layer = xlconv.model_layer(path, input=X, **more)
        return layer.geometry.axes[0].stride, layer.geometry.axes[0].padding

    code = "nn.ConvTranspose2d(3, 2, 4, stride=2)"
    assert axis() == (1, (1, 1))
    assert axis(code=code) == (2, (1, 1))
    assert axis(code=code, stride=3, padding=0) == (3, (0, 0))


def test_weight_alone_needs_its_line_of_code(tmp_path: Path) -> None:
    arrays = {"up1.weight": WEIGHT, "up1.bias": BIAS}
    path = files.safetensors(tmp_path / "m.safetensors", arrays)
    with pytest.raises(XlconvError, match="'up1', 3x2x4x4, comes without its stride and kind"):
        xlconv.model_layer(path, "up1")
    code = "(up1): ConvTranspose2d(ngf, 2, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))"
    layer = xlconv.model_layer(path, "up1", code=code, input=X)
    assert isinstance(layer, Layer)
    assert np.array_equal(layer.weight, WEIGHT)
    assert layer.geometry.output_shape == (2, 10, 8)
    with pytest.raises(XlconvError, match="code does not tell stride is s: write the number"):
        xlconv.model_layer(path, "up1", code="nn.ConvTranspose2d(3, 2, 4, s)")


@pytest.mark.parametrize(
    ("code", "weight", "output"),
    [
        ("nn.ConvTranspose2d(4, 2, 3, stride=2, groups=2)", (4, 1, 3, 3), (2, 9, 9)),
        ("layers.Conv2DTranspose(2, 3, strides=2, padding='same')", (1, 2, 3, 3), (2, 8, 8)),
        ("lax.conv_transpose(x, w, (2,), 'SAME')", None, None),
        ("nn.Conv1d(2, 3, 5, padding='same')", (3, 2, 5), (3, 5)),
    ],
)
def test_code_alone_is_filled(code: str, weight: Any, output: Any) -> None:
    if weight is None:
        with pytest.raises(XlconvError, match="needs an --input"):
            xlconv.model_layer(code=code)
        return
    layer = xlconv.model_layer(code=code)
    g = layer.geometry
    shape = g.output_shape if isinstance(layer, Layer) else layer.output_shape
    assert (layer.weight.shape, shape) == (weight, output)


def test_command_names_the_layers_and_what_to_type_next(tmp_path: Path) -> None:
    files.conv_transpose(tmp_path / "m.onnx", strides=[2, 2])
    said = run(tmp_path, "model m.onnx").stdout.splitlines()
    assert said[0] == "m.onnx: ONNX, 1 transposed convolution"
    assert said[2] == "up  3 → 2 channels, kernel 4x4, stride 2; float32; with a bias; then Relu"
    assert said[-1] == "  xlconv layer --model m.onnx --layer up --input x.npy"
    np.save(tmp_path / "x.npy", X)
    ran = run(tmp_path, f"{said[-1].removeprefix('  xlconv')} -o m.xlsx")
    assert (ran.exit_code, (tmp_path / "m.xlsx").exists()) == (0, True)
    told = json.loads(run(tmp_path, "model m.onnx --json").stdout)
    assert told["layers"][0]["out_channels"] == 2


def test_weight_whose_bias_is_longer_than_its_second_axis_is_of_groups(tmp_path: Path) -> None:
    arrays = {"up.weight": np.ones((4, 2, 3, 3), "f4"), "up.bias": np.ones(4, "f4")}
    files.safetensors(tmp_path / "m.safetensors", arrays)
    said = run(tmp_path, "model m.safetensors").stdout.splitlines()[-1]
    assert "nn.ConvTranspose2d(4, 4, 3, stride=..., groups=2)" in said


def test_input_out_of_an_npz_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "acts.npz", x=X, y=X[:, :1])
    files.conv_transpose(tmp_path / "m.onnx")
    line = "layer --model m.onnx --input acts.npz -o m.xlsx"
    assert "several arrays: name one with the key x, y" in str(run(tmp_path, line).exception)
    assert "has no 'z': x, y" in str(run(tmp_path, f"{line} --key z").exception)
    assert run(tmp_path, f"{line} --key x").exit_code == 0


def test_code_of_a_models_layer(tmp_path: Path) -> None:
    files.conv_transpose(tmp_path / "m.onnx", strides=[2, 2])
    ran = run(tmp_path, "code --model m.onnx --input 3x2x2 --framework onnx")
    assert (ran.exit_code, "ConvTranspose" in ran.stdout) == (0, True)
    ran = run(tmp_path, "code --code 'nn.Conv2d(1, 1, 3, stride=2)'")
    assert (
        "y = F.conv2d(\n    torch.tensor(x), torch.tensor(weight),\n    stride=2,\n)" in ran.stdout
    )


def test_sizes_of_a_models_layer(tmp_path: Path) -> None:
    files.conv_transpose(tmp_path / "m.onnx", strides=[2, 2], pads=[1, 1, 1, 1])
    told = json.loads(run(tmp_path, "shape --input 46x80 --model m.onnx --json").stdout)
    assert told["output_size"] == [92, 160]
    code = "nn.ConvTranspose1d(8, 4, 16, stride=8, padding=4)"
    told = json.loads(run(tmp_path, f"shape --input 500 --code '{code}' --json").stdout)
    assert told["output_size"] == [4000]


def test_interesting_part_of_a_models_layer(tmp_path: Path) -> None:
    path = files.conv_transpose(tmp_path / "m.onnx", strides=[2, 2])
    np.save(tmp_path / "x.npy", X)
    line = "layer --model m.onnx --input x.npy --in-channels top:2 --out-channels 1 --crop 1:3,0:2"
    ran = run(tmp_path, f"{line} -o m.xlsx")
    assert ran.exit_code == 0
    found = xlconv.model_layer(path, input=X)
    assert isinstance(found, Layer)
    part = excerpt(found, Top(2), [1], [(1, 3), (0, 2)])
    got = np.maximum(computed(part, "collect"), 0)
    assert np.array_equal(got, theirs(path, X)[1:, 2:8, 0:6])


@pytest.mark.parametrize("kind", ["ConvTranspose2d", "Conv2d"])
def test_layer_that_nobody_could_read_is_refused_with_the_choice(kind: str) -> None:
    ran = CliRunner().invoke(cli, ["layer", "--code", f"nn.{kind}(256, 128, 4, 2, 1)"])
    assert "choose some with --in-channels top:4 --out-channels 0, and cells with --crop 0:8," in (
        str(ran.exception)
    )


def test_plain_convolution_of_a_line_of_code_on_a_sheet(tmp_path: Path) -> None:
    ran = run(tmp_path, "layer --code 'nn.Conv2d(3, 2, 3, stride=2, padding=1)' -o a.xlsx")
    assert (ran.exit_code, (tmp_path / "a.xlsx").exists()) == (0, True)
    assert "3 → 2 channels, 4x4 → 2x2, kernel 3x3, stride 2, padding 1" in ran.stderr


@pytest.mark.parametrize(
    ("line", "idea"),
    [
        (
            "--model m.onnx --input 1x3x2x2",
            (
                "2-D, 3 → 2 channels, 2x2 → 6x6, kernel 4x4, stride 2, padding 0, output_padding 0,"
                " dilation 1, groups 1; then relu; up of m.onnx, as onnx has it;"
                " sample 0 of a batch of 1"
            ),
        ),
        (
            "--code 'layers.Conv2DTranspose(2, 3, strides=2, padding=\"same\")' --input 1x2x2",
            (
                "2-D, 1 → 2 channels, 2x2 → 4x4, kernel 3x3, stride 2, padding 0:1,"
                " output_padding 0, dilation 1, groups 1; as keras has it"
            ),
        ),
        (
            "--model p.onnx --input 3x4x4",
            (
                "2-D, 3 → 2 channels, 4x4 → 1x1, kernel 4x4, stride 2, padding 0, dilation 1,"
                " groups 1; a plain convolution, of a weight (out_channels, in_channels // groups,"
                " *kernel_sizes), then relu, down of p.onnx"
            ),
        ),
    ],
)
def test_sheet_names_the_layers_parameters_and_where_it_comes_from(
    tmp_path: Path, line: str, idea: str
) -> None:
    files.conv_transpose(tmp_path / "m.onnx", strides=[2, 2])
    weight = WEIGHT.swapaxes(0, 1)
    files.conv_transpose(tmp_path / "p.onnx", weight, BIAS, "Conv", name="down", strides=[2, 2])
    ran = run(tmp_path, f"layer {line} -o a.xlsx")
    assert ran.exit_code == 0, ran.output
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    texts = [cell.value for row in sheet.iter_rows(max_row=6) for cell in row if cell.value]
    said = " ".join(text for text in texts if isinstance(text, str))
    assert idea in said


@pytest.mark.parametrize("name", ["m.onnx", "m.safetensors", "m.pt", "m.tflite", "m.npz", "m.h5"])
def test_a_command_imports_no_library_but_for_its_own_format(tmp_path: Path, name: str) -> None:
    """Python itself says what is imported, and when: only HDF5 takes h5py."""
    make: Any = {
        ".onnx": files.conv_transpose,
        ".safetensors": lambda path: files.safetensors(path, {"up.weight": WEIGHT}),
        ".pt": lambda path: files.checkpoint(path, {"up.weight": WEIGHT}),
        ".tflite": lambda path: files.tflite(path, WEIGHT.transpose(1, 2, 3, 0).astype("<f4")),
        ".npz": lambda path: np.savez(path, up=WEIGHT),
        ".h5": files.h5,
    }[Path(name).suffix]
    make(tmp_path / name)
    heavy = {"torch", "tensorflow", "keras", "onnx", "onnxruntime", "h5py", "safetensors"}
    layer = ["--model", name, "--stride", "2"]
    lines = [["model", name], ["layer", *layer, "-o", "a.xlsx"]]
    if name == "m.npz":
        np.save(tmp_path / "y.npy", np.ones((2, 10, 10)))
        lines += [["code", *layer], ["shape", *layer, "--input", "3x4x4"]]
        lines += [["compare", *layer, "--output", "y.npy"]]
    for line in lines:
        command = [sys.executable, "-X", "importtime", "-m", "xlconv", *line]
        ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
        assert ran.returncode == (line[0] == "compare"), ran.stderr
        told = [row for row in ran.stderr.splitlines() if row.startswith("import time:")]
        imported = {row.rpartition("|")[2].strip().partition(".")[0] for row in told}
        assert "xlconv" in imported
        assert imported & heavy == ({"h5py"} if name == "m.h5" else set()), line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--input last.npy --weight w.npy --input-layout channels-last", "channels last"),
        ("--input last.npy --weight keras.npy --convention keras", "channels last"),
        ("--input last.npy --weight keras.npy --layout keras", "channels last"),
        ("--input batch.npy --weight w.npy --batch 1", "sample 1 of a batch of 2"),
        ("--input acts.npz --key y --weight w.npy --input-layout channels-last", "channels last"),
    ],
)
def test_input_is_read_as_it_is_said_to_lie(tmp_path: Path, options: str, said: str) -> None:
    """Whatever the way, the output is that of the same numbers in PyTorch's order."""
    np.save(tmp_path / "last.npy", np.moveaxis(X[0], 0, -1))
    np.save(tmp_path / "batch.npy", np.concatenate([X + 1, X]))
    np.savez(tmp_path / "acts.npz", x=X, y=np.moveaxis(X[0], 0, -1))
    np.save(tmp_path / "w.npy", WEIGHT)
    np.save(tmp_path / "keras.npy", WEIGHT.transpose(2, 3, 1, 0))
    ran = run(tmp_path, f"layer {options} --view collect --json -o a.xlsx")
    assert ran.exit_code == 0, ran.output
    assert ran.stderr.rstrip().endswith(f"3 → 2 channels, 5x4 → 8x7, kernel 4x4; {said}")
    (sheet,) = json.loads(ran.stdout)["sheets"]
    ranges = next(b["ranges"] for b in sheet["blocks"] if b["name"] == "collect_output")
    values = ironcalc_engine.recalculate((tmp_path / "a.xlsx").read_bytes())["Collect"]
    got = [values[cell] for cell in listed(ranges)]
    assert got == xlconv.output(Layer.of(X[0], WEIGHT)).ravel().tolist()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--input last.npy", "has the weight's 3 channels last: name the input layout, channels-l"),
        (
            "--input batch.npy --input-layout channels-last --batch 0",
            "has the weight's 3 channels first: name the input layout, channels-first",
        ),
        ("--input batch.npy", "is a batch of 2: name the sample, batch 0 to 1"),
        ("--input batch.npy --batch 2", "--batch must be a sample of the 2 in it, 0 to 1, got 2"),
        ("--input last.npy --key x", "--key is of a .npz file, which last.npy is not"),
    ],
)
def test_input_that_lies_otherwise_is_refused_with_a_hint(
    tmp_path: Path, options: str, said: str
) -> None:
    np.save(tmp_path / "last.npy", np.moveaxis(X[0], 0, -1))
    np.save(tmp_path / "batch.npy", np.concatenate([X, X]))
    np.save(tmp_path / "w.npy", WEIGHT)
    assert said in str(run(tmp_path, f"layer {options} --weight w.npy").exception)
