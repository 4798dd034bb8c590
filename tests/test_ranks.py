"""How the axes of an input and a weight are read: never two ways, never without a word."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Ran
from tests.layers import transposed
from tests.test_cli import error_line
from tests.test_cli_layers import printed
from xlconv.errors import XlconvError
from xlconv.frameworks.layouts import LAYOUTS, to_layout
from xlconv.frameworks.resolve import resolve
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.layers.model import conv_transpose
from xlconv.lessons.read import load_lesson

Run = Callable[..., Ran]
Write = Callable[[str, str], Path]


def small(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(float)


# ------------------------------------------------------------------------- the command line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        # the frameworks' (N, C, L), (N, C, H, W) and (N, C, D, H, W), with a batch of one
        ("1x4x6 4x2x4 --stride 2 --padding 1", "1-D, 4 → 2 channels, 6 → 12, kernel 4"),
        ("1x3x4x4 3x2x3x3", "2-D, 3 → 2 channels, 4x4 → 6x6, kernel 3x3"),
        ("1x2x2x2x2 2x1x2x2x2", "3-D, 2 → 1 channels, 2x2x2 → 3x3x3, kernel 2x2x2"),
        ("1x1x4 3", "1-D, 1 → 1 channels, 4 → 6, kernel 3"),
        ("1x1x4x4 3x3", "2-D, 1 → 1 channels, 4x4 → 6x6, kernel 3x3"),
        # one sample of several
        ("5x4x6 4x2x4 --batch 3", "1-D, 4 → 2 channels, 6 → 9, kernel 4; sample 3 of a batch of 5"),
        ("2x4x4 3x3 --batch 1", "2-D, 1 → 1 channels, 4x4 → 6x6, kernel 3x3; sample 1 of a batch"),
        ("2x3x4x4 3x2x3x3 --batch 0", "2-D, 3 → 2 channels, 4x4 → 6x6, kernel 3x3; sample 0 of a"),
        # a volume, where it is one
        ("1x4x6 4x2x4 --rank 3", "3-D, 1 → 1 channels, 1x4x6 → 4x5x9, kernel 4x2x4"),
        ("2x4x6 4x2x4 --stride 1,1,1", "3-D, 1 → 1 channels, 2x4x6 → 5x5x9, kernel 4x2x4"),
        ("2x3x3 2x2x2", "3-D, 1 → 1 channels, 2x3x3 → 3x4x4, kernel 2x2x2"),
        ("4 3", "1-D, 1 → 1 channels, 4 → 6, kernel 3"),
        # the channels last
        ("4x4x3 3x2x3x3 --input-layout channels-last", "3 → 2 channels, 4x4 → 6x6, kernel 3x3; ch"),
        ("4x4x3 3x3x2x3 --layout keras", "2-D, 3 → 2 channels, 4x4 → 6x6, kernel 3x3; channels l"),
        ("3x4x4 3x3x2x3 --layout keras", "2-D, 3 → 2 channels, 4x4 → 6x6, kernel 3x3"),
        ("1x4x4x3 2x3x3x3 --layout tflite", "3 → 2 channels, 4x4 → 6x6, kernel 3x3; channels l"),
        # TensorFlow Lite's order read as TensorFlow's shows in the kernel
        ("3x4x4 2x3x3x3 --layout tensorflow", "2-D, 3 → 3 channels, 4x4 → 5x6, kernel 2x3"),
        ("3x4x4 2x3x3x3 --layout tflite", "2-D, 3 → 2 channels, 4x4 → 6x6, kernel 3x3"),
        ("3x4x4 2x3x3x3 --layout oihw", "2-D, 3 → 2 channels, 4x4 → 6x6, kernel 3x3"),
    ],
)
def test_what_was_understood_is_said_in_a_line(run: Run, options: str, said: str) -> None:
    x, w, *rest = options.split()
    for command in ("layer", "code"):
        done = run(command, "--input", x, "--weight", w, *rest)
        assert done.code == 0, done.err
        assert said in done.err.splitlines()[-1]
    assert ("channels last" in done.err) == ("; ch" in said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            "2x4x6 4x2x4",
            (
                "fit as 1-D with a batch of 2 and 4 channels first, or 3-D with no channels: name"
                " rank 3"
            ),
        ),
        ("2x3x4x4 3x2x3x3", "--input of 2x3x4x4 is a batch of 2: name the sample, batch 0 to 1"),
        (
            "4x4x3 3x2x3x3",
            "--input of 4x4x3 has the weight's 3 channels last: name the input layout",
        ),
        ("1x4x4x3 3x2x3x3", "--input of 1x4x4x3 has the weight's 3 channels last: name the input"),
        (
            "3x4x3 3x3x2x3 --layout keras",
            "fit as 2-D with 3 channels first, or 2-D with 3 channels last: name the input layout",
        ),
        ("2x3x4x4 3x2x3x3 --batch 2", "--batch must be a sample of the 2 in it, 0 to 1, got 2"),
        ("4x4 3x3 --batch 0", "--batch is for an input (batch, in_channels, *sizes) or (batch, *s"),
        ("4x4 3x3 --rank 1", "--rank 1 is an input (in_channels, *sizes) or (*sizes) with 1 size "),
        ("4x4 3x3 --rank 4", "invalid value for '--rank'"),
        ("1x3x4x4 2x2x3x3", "--weight must have the input's channels first, got 2"),
        ("4x4x4x4x4 3x3", "--input must have 2 to 4 axes with a weight of 2, got 5"),
        ("4 3x3", "--weight: input and weight must have 1 to 3 spatial axes in common"),
        ("3x4x4 3x3", "got 3 channels and groups 1: use --groups 3, which gives each channel that"),
        ("4x4 3x3 --output-padding 1", "padding 0:-1 makes what OpenVINO makes of it"),
        ("4x4 3x3 --output-padding 1 --padding 1", "padding 1:0 makes what OpenVINO makes of it"),
    ],
)
def test_what_fits_in_no_way_or_in_several_is_refused_with_the_way_out(
    run: Run, options: str, said: str
) -> None:
    x, w, *rest = options.split()
    done = run("layer", "--input", x, "--weight", w, *rest)
    assert said in error_line(done.err)
    assert done.code == 2


@pytest.mark.parametrize(("x", "w", "blamed"), [(6, 2, "input"), (6, 5, "input"), (2, 6, "weight")])
def test_array_with_too_many_axes_is_the_one_that_is_blamed(
    run: Run, tmp_path: Path, x: int, w: int, blamed: str
) -> None:
    for name, axes in {"x": x, "w": w}.items():
        np.save(tmp_path / f"{name}.npy", np.ones((1,) * axes))
    said = error_line(run("layer", "--input", "x.npy", "--weight", "w.npy").err)
    assert said.startswith(f"--{blamed}")
    with pytest.raises(XlconvError) as error:
        Layer.of(np.ones((1,) * x), np.ones((1,) * w))
    assert error.value.parameter == blamed


def test_openvinos_output_padding_is_what_the_refusal_says() -> None:
    # OpenVINO's size: (n-1)*s - begin - end + k + output_padding, here 3 - 1 - 1 + 3 + 1
    layer = Layer.of(small(4, 4), small(3, 3, seed=1), padding=[(1, 0)])
    assert layer.geometry.output_shape == (1, 5, 5)


def test_the_samples_of_a_batch_are_those_of_the_file(run: Run) -> None:
    x, w = small(3, 4, 6), small(4, 2, 4, seed=1)
    np.save("x.npy", x)
    np.save("w.npy", w)
    for k in range(3):
        asked = ("--input", "x.npy", "--weight", "w.npy", "--batch", k, "--stride", 2)
        done = run("code", *asked, "--framework", "numpy")
        expected = transposed(Layer.of(x[k], w, stride=2))
        Path("p.py").write_bytes(done.out)
        assert np.array_equal(printed(Path("p.py").resolve()), expected)


# ------------------------------------------------------------------------- library and lessons


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("batch", [None, 0, 2])
@pytest.mark.parametrize("last", [False, True])
def test_every_reading_gives_the_layer_that_it_says(
    layout: str, rank: int, batch: int | None, last: bool
) -> None:
    sizes = (4, 3, 5)[:rank]
    x, w = small(2, *sizes), small(2, 3, *(2, 1, 3)[:rank], seed=1)
    expected = transposed(Layer.of(x, w, stride=2))
    given = np.moveaxis(x, 0, -1) if last else x
    if batch is not None:
        others = small(2 * (batch > 0), *given.shape, seed=2)
        given = np.stack([*others, given][: batch + 1])
    layer = resolve(
        given,
        to_layout(w, layout),
        layout=layout,
        stride=2,
        batch=batch,
        rank=rank,
        input_layout="channels-last" if last else "channels-first",
    )
    np.testing.assert_array_equal(conv_transpose(layer), expected)
    assert ("channels last" in layer.note) is last
    assert ("sample" in layer.note) is (batch is not None)


def test_layer_and_resolve_and_lesson_read_alike(write: Write) -> None:
    sizes = [(1, 4, 6), (2, 4, 6), (4, 6), (6,), (4, 4, 4), (2, 3, 3), (1, 3, 4, 4), (4, 4, 3)]
    weights = [(4, 2, 4), (3,), (3, 2, 3, 3), (2, 2, 2), (3, 3)]
    seen = set()
    for x, w in product(sizes, weights):
        told = [read(Layer.of, x, w), read(resolve, x, w)]
        keys = f'input = "{"x".join(map(str, x))}"\nweight = "{"x".join(map(str, w))}"'
        path = write("a.toml", f'title = "A"\n[[sheet]]\nname = "A"\nview = "collect"\n{keys}\n')
        told.append(read(lambda *_, path=path: load_lesson(path).pages[0].layer, x, w))
        assert told[0] == told[1] == told[2].rpartition("]: ")[2].removeprefix("weight: ")
        seen.add(told[0][:3])
    assert {"1-D", "2-D", "3-D", "inp"} <= seen


def read(make: Callable[..., Any], x: tuple[int, ...], w: tuple[int, ...]) -> str:
    try:
        return str(make(np.ones(x), np.ones(w)).explain())
    except XlconvError as error:
        return str(error)


def test_convolution_reads_its_input_alike() -> None:
    x, w = small(2, 3, 6), small(4, 3, 2, seed=1)
    plain = Convolution.of(x[1], w)
    for given in (
        Convolution.of(x, w, batch=1),
        Convolution.of(x[1:], w),
        Convolution.of(x[1].T, w, input_layout="channels-last"),
    ):
        np.testing.assert_array_equal(given.input, plain.input)
        assert given.output_shape == plain.output_shape == (4, 5)
    with pytest.raises(XlconvError, match="name rank 3, or batch 0 to 1"):
        Convolution.of(x, w)
    with pytest.raises(XlconvError, match="has the weight's 3 channels last"):
        Convolution.of(np.ones((5, 5, 3)), np.ones((2, 3, 2, 2)))


def test_a_lesson_tells_what_it_understood_where_that_is_not_plain(run: Run, write: Write) -> None:
    keys = 'input = "2x4x6"\nweight = "4x2x4"\nbatch = 1'
    text = f'title = "A"\n[[sheet]]\nname = "Looks"\nview = "collect"\n{keys}\n'
    done = run("build", write("a.toml", text))
    said = 'sheet "Looks": 1-D, 4 → 2 channels, 6 → 9, kernel 4; sample 1 of a batch of 2'
    assert done.err.splitlines()[1:] == [f"xlconv: {said}"]
    plain = text.replace("2x4x6", "4x6").replace("\nbatch = 1", "")
    assert len(run("build", write("b.toml", plain)).err.splitlines()) == 1
