"""The programs of xlconv.frameworks.snippets, run where the framework is installed, and their text.

UPDATE_GOLDEN=1 writes tests/golden/snippets anew.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.frameworks.gaps import LITERAL_LIMIT, files
from xlconv.frameworks.names import FRAMEWORKS
from xlconv.frameworks.snippets import printed, program
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Array, Layer
from xlconv.layers.model import conv, conv_transpose

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "snippets"
SEEDS = json.loads((HERE / "data" / "seed_examples.json").read_text(encoding="utf-8"))

ANSWERS = json.loads((HERE / "data" / "conventions.json").read_text(encoding="utf-8"))
"""What the frameworks themselves gave for the input 1, 2, ... and the kernel:"""
KERNEL = (1, 3, 2, 7, 5, 4, 9)
KERNEL3 = [[1, 2, 3], [0, 1, 0], [2, 1, 2]]

MODULES = {
    "pytorch": "torch",
    "tensorflow": "tensorflow",
    "keras": "tensorflow",
    "jax": "jax",
    "flax": "flax",
    "onnx": "onnxruntime",
    "mxnet": "mxnet",
    "numpy": "numpy",
}
NEEDED = ("numpy", "onnx")  # a test run without these is no test run

# runs many programs in one process of their own: frameworks are slow to import, and the
# programs change NumPy's and JAX's settings
RUNNER = """
import contextlib, io, json, sys
printed = []
for text in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(text, "snippet", "exec"), {})
    printed.append(out.getvalue())
json.dump(printed, sys.stdout)
"""


def run(programs: list[str], cwd: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed: list[str] = json.loads(done.stdout)
    return printed


def parsed(printed: str) -> Array:
    return np.array(ast.literal_eval(printed.replace("\n", "")), dtype=np.float64)


@pytest.fixture(params=FRAMEWORKS)
def runnable(request: pytest.FixtureRequest) -> str:
    framework: str = request.param
    if framework not in NEEDED and find_spec(MODULES[framework]) is None:
        pytest.skip(f"{MODULES[framework]} is not installed")
    return framework


def seed_layer(example: dict[str, Any]) -> Layer:
    names = ("input", "weight", "stride", "padding")
    x, weight, stride, padding = (example[name] for name in names)
    return Layer.of(x, weight, stride=stride, padding=padding)


def random_layers(count: int, *, integral: bool) -> list[Layer]:
    """Layers of rank 1, 2, 3 in turn; of all kinds of padding; every second one has a bias."""
    rng = np.random.default_rng(14 + integral)
    layers: list[Layer] = []
    while len(layers) < count:
        n = len(layers)
        rank, groups = 1 + n % 3, int(rng.integers(1, 4))
        same = rng.integers(0, 4, (rank, 1)).repeat(2, axis=1)
        padding = [same, rng.integers(0, 5, (rank, 2)), rng.integers(-4, 5, (rank, 2))][n // 3 % 3]
        x = rng.integers(-9, 10, (groups * rng.integers(1, 3), *rng.integers(1, 5, rank)))
        weight = rng.integers(-9, 10, (len(x), rng.integers(1, 3), *rng.integers(1, 4, rank)))
        bias = rng.integers(-9, 10, groups * weight.shape[1]) if n % 2 else None
        unit = 1 if integral else 0.01
        try:
            layer = Layer.of(
                x * unit,
                weight * unit,
                bias=None if bias is None else bias * unit,
                stride=rng.integers(1, 4, rank).tolist(),
                padding=padding.tolist(),
                output_padding=rng.integers(0, 3, rank).tolist(),
                dilation=rng.integers(1, 4, rank).tolist(),
                groups=groups,
            )
        except XlconvError:  # output_padding too large, or nothing left of the output
            continue
        if max(x.size, weight.size) <= LITERAL_LIMIT:
            layers.append(layer)
    return layers


def plain_layers(count: int) -> list[Convolution]:
    """Plain convolutions of rank 1, 2, 3 in turn; of zeros of all kinds; every second is biased."""
    rng = np.random.default_rng(15)
    layers: list[Convolution] = []
    while len(layers) < count:
        n = len(layers)
        rank, groups = 1 + n % 3, int(rng.integers(1, 3))
        same = rng.integers(0, 3, (rank, 1)).repeat(2, axis=1)
        weight = rng.integers(-9, 10, (2 * groups, rng.integers(1, 3), *rng.integers(1, 4, rank)))
        try:
            layer = Convolution.of(
                rng.integers(-9, 10, (groups * weight.shape[1], *rng.integers(2, 6, rank))),
                weight,
                bias=rng.integers(-9, 10, 2 * groups) if n % 2 else None,
                stride=rng.integers(1, 4, rank).tolist(),
                padding=[same, 0 * same, rng.integers(0, 4, (rank, 2))][n // 3 % 3].tolist(),
                dilation=rng.integers(1, 3, rank).tolist(),
                groups=groups,
            )
        except XlconvError:  # nothing is left of the output
            continue
        if not files(layer):
            layers.append(layer)
    x, weight = rng.integers(-9, 10, (2, 6, 5)), rng.integers(-9, 10, (3, 2, 2, 2))
    tight = Convolution.of(x, weight, stride=2, padding=[(0, 0), (0, 1)])  # is "same"
    return [*layers, tight]


def golden_layers() -> dict[str, Layer | Convolution]:
    rng = np.random.default_rng(3)
    return {
        "sedirts": seed_layer(next(e for e in SEEDS if e["id"] == "sedirts")),
        "1d-bias": Layer.of([3, 1, 2], [1, 2, 3], bias=[1], stride=2, padding=1, output_padding=1),
        "2d-everything": Layer.of(
            rng.integers(0, 4, (4, 2, 3)),
            rng.integers(-4, 5, (4, 3, 2, 3)) / 4,
            bias=[1, 0, -1, 2, 0.5, 3],
            stride=(3, 2),
            padding=[(1, 0), (0, 2)],
            output_padding=(2, 1),
            dilation=(1, 2),
            groups=2,
        ),
        "2d-extended": Layer.of(
            [[3, 3], [1, 1]], [[1, 2], [0, 1]], bias=[7], padding=[(-1, 0), (1, -2)]
        ),
        "3d-dilated": Layer.of(
            rng.integers(0, 4, (1, 2, 2, 2)),
            rng.integers(0, 4, (1, 1, 2, 2, 2)),
            dilation=(1, 2, 2),
        ),
        "plain": Convolution.of(
            rng.integers(0, 4, (2, 4, 4)),
            rng.integers(0, 4, (3, 2, 3, 3)),
            bias=[1, 2, 3],
            stride=2,
            padding=[(0, 1), (0, 1)],
        ),
        "plain-3d": Convolution.of(
            rng.integers(0, 4, (4, 2, 3, 3)),
            rng.integers(0, 4, (2, 2, 2, 2, 2)),
            padding=[(1, 0), (1, 1), (0, 0)],
            dilation=(1, 1, 2),
            groups=2,
        ),
        "2d-large": Layer.of(np.ones((3, 20, 20)), np.ones((3, 1, 2, 2)), padding=1),
    }


def test_seed_examples_print_the_numbers_of_the_lesson(runnable: str, tmp_path: Path) -> None:
    printed = run([program(seed_layer(example), runnable) for example in SEEDS], tmp_path)
    assert [parsed(text).tolist() for text in printed] == [example["output"] for example in SEEDS]


def test_short_programs_print_what_is_said_under_them(runnable: str, tmp_path: Path) -> None:
    layers = [*map(seed_layer, SEEDS), *random_layers(40, integral=True)]
    outputs = [conv_transpose(layer) for layer in layers]
    shown = zip(layers, outputs, strict=True)
    texts = [program(layer, runnable, output=y) for layer, y in shown]
    expected = [printed(layer, y) for layer, y in zip(layers, outputs, strict=True)]
    assert [text.strip() for text in run(texts, tmp_path)] == expected


def test_short_program_says_no_more_than_it_must() -> None:
    layer = seed_layer(next(e for e in SEEDS if e["id"] == "sedirts"))
    y = np.array([[[1.0]]])
    short = program(layer, "pytorch", output=y)
    assert "    torch.tensor(x), torch.tensor(weight),\n    stride=2,\n)" in short
    for framework in FRAMEWORKS:
        assert "def " not in program(layer, framework, output=y)


def test_integers_print_the_same_text_in_every_framework(runnable: str, tmp_path: Path) -> None:
    layers = random_layers(90, integral=True)
    printed = run([program(layer, runnable) for layer in layers], tmp_path)
    for layer, text in zip(layers, printed, strict=True):
        expected = conv_transpose(layer).astype(int)
        assert (
            text
            == np.array2string(
                expected, separator=", ", threshold=expected.size, max_line_width=10**6
            )
            + "\n"
        ), layer.geometry


def test_plain_convolutions_print_their_numbers(runnable: str, tmp_path: Path) -> None:
    layers = plain_layers(45)
    made = run([program(layer, runnable) for layer in layers], tmp_path)
    for layer, text in zip(layers, made, strict=True):
        assert parsed(text).tolist() == conv(layer).tolist(), layer


def fractions(count: int) -> list[Layer]:
    """Layers of plain floats, and of decimals whose output stands halfway between two roundings."""
    rng = np.random.default_rng(8)
    layers = random_layers(count, integral=True)
    return [
        replace(layer, input=layer.input * 10.005)
        if n % 2
        else replace(
            layer,
            input=rng.standard_normal(layer.input.shape),
            weight=rng.standard_normal(layer.weight.shape),
        )
        for n, layer in enumerate(layers)
    ]


def test_fractions_print_the_same_text_but_for_a_last_digit_of_float32(
    runnable: str, tmp_path: Path
) -> None:
    layers = fractions(90)
    programs = [program(layer, runnable) for layer in layers]
    printed = run(programs, tmp_path)
    same = run([program(layer, "numpy") for layer in layers], tmp_path)
    for layer, made, text, expected in zip(layers, programs, printed, same, strict=True):
        (digits,) = re.findall(r"precision=(\d+)", made)
        unit = 10.0 ** -int(digits)
        assert np.abs(parsed(text) - conv_transpose(layer)).max() <= 1.51 * unit, layer.geometry
        if runnable != "onnx" and (runnable, layer.geometry.rank) != ("mxnet", 3):
            assert "float32" not in made
            assert text == expected, layer.geometry
        else:
            assert "a last digit may be off by one" in made
            assert np.abs(parsed(text) - parsed(expected)).max() <= 1.01 * unit, layer.geometry


def test_halves_round_alike_in_whatever_order_they_are_summed_up(tmp_path: Path) -> None:
    """A layer and its mirror image add the same numbers in opposite orders."""
    layers = [
        replace(layer, input=layer.input * 10.005, bias=None)
        for layer in random_layers(600, integral=True)
        if layer.geometry.rank == 1 and layer.geometry.groups == 1
    ]
    mirrored = [
        Layer.of(
            layer.input[:, ::-1],
            layer.weight[:, :, ::-1],
            stride=axis.stride,
            dilation=axis.dilation,
            padding=[(axis.padding[1] - axis.output_padding, axis.padding[0])],
        )
        for layer in layers
        for axis in layer.geometry.axes
    ]
    one = run([program(layer, "numpy") for layer in layers], tmp_path)
    other = run([program(layer, "numpy") for layer in mirrored], tmp_path)
    assert len(one) > 60
    for text, turned in zip(one, other, strict=True):
        assert parsed(text).tolist() == parsed(turned)[:, ::-1].tolist()


def test_large_arrays_are_loaded_from_files(runnable: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    layer = Layer.of(
        rng.integers(-9, 10, (2, 11, 10)), rng.integers(-9, 10, (2, 3, 6, 6)), bias=[1, 2, 3]
    )
    assert list(files(layer)) == ["input", "weight"]
    np.save(tmp_path / "input.npy", layer.input)
    np.save(tmp_path / "other.npy", layer.weight.reshape(-1).astype("float32"))
    text = program(layer, runnable, {"weight": '"other.npy"'})
    assert 'np.load("input.npy")' in text
    assert "weight.npy" not in text
    assert "bias.npy" not in text
    assert parsed(run([text], tmp_path)[0]).tolist() == conv_transpose(layer).tolist()


def test_an_array_of_another_size_is_not_taken(tmp_path: Path) -> None:
    text = program(Layer.of(np.ones((20, 20)), [[1]]), "numpy")
    np.save(tmp_path / "input.npy", np.ones((3, 20, 20)))
    with pytest.raises(AssertionError, match="cannot reshape array of size 1200"):
        run([text], tmp_path)


@pytest.mark.parametrize(
    ("options", "word", "by_hand"),
    [
        ({"stride": 2, "padding": [(0, 1), (0, 1)]}, "SAME", False),
        ({"stride": 3}, "VALID", False),
        ({"stride": 2, "padding": 1, "output_padding": 1}, "VALID", True),  # PyTorch's crop
        ({"stride": 1, "padding": 1}, "SAME", False),
        ({"stride": 2, "padding": [(0, 1), (0, 0)]}, "VALID", True),  # one word an axis
    ],
)
def test_tensorflow_is_asked_for_same_where_it_crops_alike(
    options: dict[str, Any], word: str, by_hand: bool
) -> None:
    text = program(Layer.of(np.ones((2, 2)), np.ones((3, 3)), **options), "tensorflow")
    assert f'padding="{word}"' in text
    assert ("crop by hand" in text) == by_hand


@pytest.mark.parametrize(("framework", "section"), [("keras", "keras-tensorflow"), ("jax", "jax")])
def test_word_that_a_program_has_for_a_crop_gave_those_numbers_in_the_framework(
    framework: str, section: str
) -> None:
    asked = [(tuple(row[:4]), row[4], row[5], row[-1]) for row in ANSWERS[section]["rows"]]
    answers = {
        (settings, word, back): output
        for settings, word, back, output in asked
        if isinstance(word, str) and settings[3] == 1 and output
    }
    words = []
    for (settings, _, _), output in answers.items():
        n, k, s, d = settings
        full = stamped(n, k, s)
        begin = next((b for b in range(len(full)) if full[b : b + len(output)] == output), None)
        if begin is None:  # zeros beyond the full output
            continue
        layer = Layer.of(
            np.arange(1, n + 1),
            KERNEL[:k],
            stride=s,
            padding=[(begin, len(full) - begin - len(output))],
            dilation=d,
            rank=1,
        )
        text = program(layer, framework)
        told = re.search(r'padding="(\w+)"(?:, output_padding=(\d+))?', text)
        assert told is not None, settings
        back = None if told[2] is None else int(told[2])
        assert answers[settings, told[1].lower(), back] == output
        words.append(told[1].lower())
    assert min(words.count("same"), words.count("valid")) > 30


def stamped(n: int, k: int, s: int) -> list[int]:
    """The full output of 1, 2, ... n, stamp by stamp."""
    full = [0] * ((n - 1) * s + k)
    for i, u in np.ndindex(n, k):
        full[i * s + u] += (i + 1) * KERNEL[u]
    return full


def test_keras_same_is_written_as_same_and_a_program_of_whole_numbers_is_short() -> None:
    text = program(Layer.of([[3, 3], [1, 1]], KERNEL3, stride=2, padding=[(0, 1)] * 2), "keras")
    assert 'strides=(2, 2), padding="same",\n' in text
    assert "crop by hand" not in text
    assert text.endswith(
        "\ny = y.round().astype(int)\n"
        'print(np.array2string(y, separator=", ", threshold=y.size, max_line_width=10**6))\n'
    )


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("name", golden_layers())
def test_text_is_the_golden_one(name: str, framework: str) -> None:
    file, text = GOLDEN / f"{name}.{framework}.txt", program(golden_layers()[name], framework)
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    assert text == file.read_text(encoding="utf-8")


def test_golden_directory_holds_nothing_else() -> None:
    expected = {f"{name}.{framework}.txt" for name in golden_layers() for framework in FRAMEWORKS}
    assert {file.name for file in GOLDEN.iterdir()} == expected


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_lines_are_safe_and_short(framework: str) -> None:
    long = Layer.of(np.arange(150) - 75, [1])
    for layer in [long, *golden_layers().values(), *random_layers(60, integral=True)]:
        text = program(layer, framework)
        assert text.isascii()
        assert text.startswith("# weight: (")
        for line in text.splitlines():
            assert not line.startswith(("=", "+", "-", "@")), line
            assert len(line) <= 100, line
            assert line == line.rstrip()


def test_numbers_are_written_out_exactly() -> None:
    x = np.array([0.1, 1e-9, -0.0, 12345678.25, 1 / 3])
    text = program(Layer.of(x, [1]), "numpy")
    written = text[text.index("x = np.array(") + 13 : text.index(', dtype="float64")')]
    assert ast.literal_eval(written) == [x.tolist()]
    assert "-0," not in written


def test_small_numbers_print_as_plain_decimals(runnable: str, tmp_path: Path) -> None:
    rows = {
        (-2, 0, 1): "[[-2,  0,  1]]\n",
        (-1e-7, 2.5): "[[0. , 2.5]]\n",  # not -0.
        (0.002, 100.5): "[[  0.002, 100.5  ]]\n",  # not 2.000e-03
    }
    printed = run([program(Layer.of(row, [1]), runnable) for row in rows], tmp_path)
    assert printed == list(rows.values())


def test_unknown_framework_is_refused() -> None:
    known = "pytorch, tensorflow, keras, jax, flax, onnx, mxnet, numpy"
    rule = f'framework must be one of {known}, got "torch"'
    with pytest.raises(XlconvError, match=f"^{rule}$") as caught:
        program(Layer.of([1], [1]), "torch")
    assert caught.value.parameter == "framework"


@pytest.mark.parametrize("wrong", [None, "layer"])
def test_program_of_what_is_no_layer_is_refused(wrong: Any) -> None:
    kind = type(wrong).__name__
    with pytest.raises(
        XlconvError, match=rf"^layer must be a Layer or a Convolution, got {kind}: Layer\.of"
    ):
        program(wrong, "numpy")
