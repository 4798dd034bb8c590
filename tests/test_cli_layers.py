"""Layers in every framework's words, sizes, programs and checks, from the command line."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from tests.conftest import Ran
from tests.engines.strip import with_values
from tests.layers import transposed
from tests.test_cli import error_line
from xlconv.cli import options
from xlconv.files.arrays import array
from xlconv.frameworks import names
from xlconv.frameworks.conventions import CONVENTIONS
from xlconv.frameworks.layouts import LAYOUTS
from xlconv.frameworks.programs import PROGRAMS
from xlconv.layers.layer import Layer
from xlconv.layers.ranks import INPUT_LAYOUTS
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.views import VIEWS

Run = Callable[..., Ran]
Write = Callable[[str, str], Path]
Listing = Callable[[], dict[str, bytes]]

# shared/semantics.md: k=3, s=2 on the 2x2 input, asked for 4x4, as the frameworks print it
INPUT, WEIGHT = "3,3\n1,1\n", "1,2,3\n0,1,0\n2,1,2\n"
UPPER = [[3, 6, 12, 6], [0, 3, 0, 3], [7, 5, 16, 5], [0, 1, 0, 1]]
LOWER = [[3, 0, 3, 0], [5, 16, 5, 9], [1, 0, 1, 0], [1, 4, 1, 2]]
FULL = [[3, 6, 12, 6, 9], [0, 3, 0, 3, 0], [7, 5, 16, 5, 9], [0, 1, 0, 1, 0], [2, 1, 4, 1, 2]]


def turned(rows: str) -> str:
    return "\n".join(",".join(reversed(row.split(","))) for row in reversed(rows.split())) + "\n"


@pytest.fixture
def files(write: Write) -> None:
    write("x.csv", INPUT)
    write("w.csv", WEIGHT)
    write("t.csv", turned(WEIGHT))


def output(run: Run, *args: object) -> Any:
    """The numbers that stand in the output's cells."""
    done = run("layer", *args, "--view", "collect", "--json", "--force", "-o", "a.xlsx")
    assert done.code == 0, done.err
    blocks = json.loads(done.out)["sheets"][0]["blocks"]
    (ranges,) = [block["ranges"] for block in blocks if block["name"] == "collect_output"]
    cells = openpyxl.load_workbook("a.xlsx", data_only=True)["Collect"]
    return [[[cell.value for cell in row] for row in cells[area]] for area in ranges]


# ------------------------------------------------------------------------- conventions


@pytest.mark.parametrize(
    ("options", "printed"),
    [
        ("--weight w.csv --convention tensorflow --same", UPPER),
        ("--weight w.csv --convention keras --same", UPPER),
        ("--weight w.csv --convention keras --padding same", UPPER),
        ("--weight t.csv --convention jax --same", UPPER),
        ("--weight w.csv --convention jax --same --not-turned", UPPER),
        ("--weight w.csv --convention jax --layout jax-transposed --same", UPPER),
        ("--weight t.csv --convention keras --same --turned", UPPER),
        ("--weight w.csv --convention onnx --same", UPPER),
        ("--weight w.csv --convention onnx --same-lower", LOWER),
        ("--weight w.csv --convention onnx --padding same-lower", LOWER),
        ("--weight w.csv --convention pytorch --padding 1 --output-padding 1", LOWER),
        ("--weight w.csv --convention mxnet --padding 1 --output-padding 1", LOWER),
        ("--weight w.csv --padding 1 --output-size 4", LOWER),
        ("--weight w.csv --convention pytorch --padding 1 --output-size 4,4", LOWER),
        ("--weight w.csv --convention keras --valid", FULL),
        ("--weight w.csv --convention tensorflow --output-size 4", UPPER),
        ("--weight w.csv --output-padding 0 --padding 0", FULL),
        ("--weight w.csv --padding 0:1", UPPER),
    ],
)
def test_layer_gives_the_frameworks_numbers(
    run: Run, files: None, options: str, printed: list[list[int]]
) -> None:
    assert output(run, "--input", "x.csv", "--stride", 2, *options.split()) == [printed]


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_file_of_every_layout_is_the_same_layer(run: Run, layout: str) -> None:
    rng = np.random.default_rng(1)
    x, w = rng.integers(-4, 5, (2, 3, 4)), rng.integers(-4, 5, (2, 3, 3, 2))
    # (in, out, k, k) of PyTorch in the order that the frameworks' documents name
    last = dict.fromkeys(("keras", "tensorflow", "jax-transposed"), (2, 3, 1, 0))
    others = {"jax": (2, 3, 0, 1), "tflite": (1, 2, 3, 0), "oihw": (1, 0, 2, 3)}
    stored = w.transpose((last | others).get(layout, (0, 1, 2, 3)))
    if layout == "jax":
        stored = stored[::-1, ::-1]
    np.save("x.npy", x)
    np.save("w.npy", w)
    np.save("stored.npy", stored)
    plain = output(run, "--input", "x.npy", "--weight", "w.npy", "--stride", 2)
    assert plain == output(
        run, "--input", "x.npy", "--weight", "stored.npy", "--stride", 2, "--layout", layout
    )


@pytest.mark.parametrize(
    ("sizes", "shape"),
    [
        (["--input", "4", "--weight", "3", "--stride", "2"], (1, 8)),
        (["--input", "2x3", "--weight", "3x3", "--stride", "2,1"], (4, 3)),
        (["--input", "2x3x2", "--weight", "3x3x3", "--stride", "2", "--rank", "3"], (4, 6, 4)),
        (["--input", "2x3x3", "--weight", "3x3x1x2", "--stride", "2"], (6, 6)),
    ],
)
def test_same_is_stride_times_the_input_on_any_number_of_axes(
    run: Run, sizes: list[str], shape: tuple[int, ...]
) -> None:
    found = np.array(output(run, *sizes, "--convention", "keras", "--same"))
    assert found.size == np.prod(shape)
    assert found.reshape(shape).shape == shape


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            "--convention pytorch --same",
            (
                "--same: conv_transpose2d(): argument 'padding' must be tuple of ints, not str:"
                " padding 1 makes 4 cells"
            ),
        ),
        ("--same", "--same: a padding in words is a framework's, got same: name a convention"),
        ("--padding valid", "--padding: a padding in words is a framework's, got valid"),
        ("--padding SAME", "--padding: a padding in words is a framework's, got same: name"),
        (
            "--convention keras --padding Same_upper",
            "same or valid; convention onnx has same_lower",
        ),
        ("--padding full", "'full' is not like 1 or 2,1 or 1:2,0:1, and none of same, same_upper"),
        ("--convention onnx --same --padding 1", "--padding and --same exclude each other"),
        ("--convention onnx --same --valid", "--same and --valid exclude each other"),
        ("--convention keras --same-lower", "convention onnx has same_lower"),
        ("--convention keras --output-size 9", "--output-size: Unrecognized keyword arguments"),
        ("--convention jax --stride 2 --output-size 6", "'output_size': padding 0:1 makes 6 cells"),
        ("--convention jax", "--padding argument to conv_general_dilated should be"),
        ("--convention tensorflow --output-size 99", "--output-size: Size of out_backprop doesn't"),
        ("--convention keras --stride 2 --dilation 2", "--dilation: `strides > 1` not supported"),
        ("--convention onnx --padding 1 --output-size 4", "--padding: onnx ignores padding beside"),
        ("--convention pytorch --padding 1:2", "--padding: conv_transpose2d(): argument 'padding'"),
        ("--convention pytorch --padding -1", "--padding: negative padding is not supported"),
        ("--output-size 99", "--output-size: requested an output size of 99, but valid sizes"),
        ("--output-size 0", "--output-size must be at least 1, got 0"),
        ("--output-size x", "invalid value for '--output-size': 'x' is no whole number"),
        ("--convention torch", "invalid value for '--convention': 'torch' is not one of 'pytorch'"),
        ("--layout nchw", "invalid value for '--layout': 'nchw' is not one of 'pytorch', 'onnx'"),
        ("--layout keras --weight 2x3x3x3", "--weight: a weight of layout keras is (*kernel_sizes"),
        ("--convention keras --groups 2", "--groups: Unrecognized keyword arguments"),
        ("--groups 0", "--groups must be at least 1, got 0"),
        ("--convention pytorch --same --stride 1000000000", "--same: conv_transpose2d()"),
    ],
)
def test_layer_that_a_framework_refuses_is_refused_in_its_words(
    run: Run, listing: Listing, options: str, said: str
) -> None:
    done = run("layer", "--input", "4x4", "--weight", "3x3", *options.split())
    assert said in error_line(done.err)
    assert (done.code, listing()) == (2, {})


def test_names_on_the_command_line_are_those_of_the_tables() -> None:
    assert tuple(CONVENTIONS) == names.CONVENTIONS
    assert tuple(LAYOUTS) == names.LAYOUTS
    assert INPUT_LAYOUTS == options.INPUT_LAYOUTS
    assert tuple(PROGRAMS) == tuple(names.FRAMEWORKS)


# ------------------------------------------------------------------------- lesson files


LESSON = """
title = "A lesson"
[layers.same]
input = "x.csv"
weight = "w.csv"
stride = 2
[[sheet]]
name = "Looks"
view = "collect"
layer = "same"
"""


@pytest.mark.parametrize(
    ("keys", "printed"),
    [
        ('convention = "tensorflow"\npadding = "same"', UPPER),
        ('convention = "onnx"\npadding = "same_lower"', LOWER),
        ('convention = "jax"\npadding = "same"\nturned = false', UPPER),
        ('convention = "jax"\npadding = "same"\nlayout = "jax-transposed"', UPPER),
        ("padding = 1\noutput_size = 4", LOWER),
        ("padding = 1\noutput_size = [4, 4]", LOWER),
        ('convention = "keras"\npadding = "valid"', FULL),
    ],
)
def test_lesson_gives_the_frameworks_numbers(
    files: None, write: Write, keys: str, printed: list[list[int]]
) -> None:
    path = write("a.toml", LESSON.replace("stride = 2", f"stride = 2\n{keys}"))
    (block,) = [b for b in build(path).sheets[0].blocks if b.name == "output"]
    assert block.cells.value.tolist() == [printed]
    inline = LESSON.replace(
        'layer = "same"', f'input = "x.csv"\nweight = "w.csv"\nstride=2\n{keys}'
    )
    (block,) = [b for b in build(write("b.toml", inline)).sheets[0].blocks if b.name == "output"]
    assert block.cells.value.tolist() == [printed]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('convention = "torch"', "[layers.same]: convention must be one of pytorch, tensorflow"),
        ('layout = "nchw"', "[layers.same]: layout must be one of pytorch, onnx, mxnet"),
        ('padding = "same"', "[layers.same]: a padding in words is a framework's, got same"),
        ("convention = 3", '[layers.same]: "convention" must be text, got 3'),
        ('turned = "yes"', '[layers.same]: "turned" must be true or false, got "yes"'),
        ("same = true", '[layers.same]: unknown key "same"'),
        (
            'convention = "keras"\noutput_size = 4',
            (
                "[layers.same]: Unrecognized keyword arguments passed to Conv2DTranspose:"
                " {'output_size': 4}: padding same makes 4 cells"
            ),
        ),
        (
            'convention = "tensorflow"\noutput_size = 9',
            "[layers.same]: output_size: Size of out_backprop doesn't match computed",
        ),
    ],
)
def test_lesson_that_a_framework_refuses_names_table_and_key(
    run: Run, files: None, write: Write, keys: str, said: str
) -> None:
    done = run("build", write("a.toml", LESSON.replace("stride = 2", f"stride = 2\n{keys}")))
    assert said in error_line(done.err)
    assert done.code == 2


def test_views_read_the_files_beside_the_lesson(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("image.csv", "1,2,3\n4,5,6\n7,8,9\n")
    path = write(
        "a.toml",
        'title = "A"\n[[sheet]]\nname = "G"\nview = "gradient"\ninput = [[1, 0], [0, 1]]\n'
        'weight = [[1, 0], [2, 1]]\nimage = "image.csv"\n',
    )
    monkeypatch.chdir("/")
    (page,) = load_lesson(path).pages
    assert page.options["image"] == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


# ------------------------------------------------------------------------- shape


def test_shape_prints_every_term_with_its_numbers(run: Run, listing: Listing) -> None:
    done = run("shape", "--input", "4x4", "--kernel", "3", "--stride", 2, "--padding", 1)
    assert (done.code, done.err, listing()) == (0, "", {})
    assert done.out.decode().splitlines() == [
        "pytorch: 4x4 -> 7x7",
        "n 4, k 3, s 2, d 1, padding 1: every axis",
        "  k_eff = d*(k-1) + 1 = 1*(3-1) + 1 = 3",
        "  full  = (n-1)*s + k_eff = (4-1)*2 + 3 = 9",
        "  m     = (n-1)*s - 2*p + d*(k-1) + op + 1 = (4-1)*2 - 2*1 + 1*(3-1) + 0 + 1 = 7",
        "  begin = p = 1",
        "  end   = full - begin - m = 9 - 1 - 7 = 1",
        "  a convolution with this kernel maps these sizes onto 4:",
        "    7 with padding 1, output_padding 0 (this layer)",
        "    8 with padding 1, output_padding 1, which uncovers 1",
    ]


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("--kernel 3x5 --stride 2,1", [9, 8]),
        ("--kernel 3 --stride 2 --convention keras --same", [8, 8]),
        ("--kernel 3 --stride 2 --convention onnx --output-size 10,8", [10, 8]),
        ("--kernel 3 --padding 1:2,0:1", [3, 5]),
        ("--kernel 3 --dilation 2", [8, 8]),
    ],
)
def test_shape_as_json_holds_the_sizes(run: Run, options: str, size: list[int]) -> None:
    told = json.loads(run("shape", "--input", "4x4", *options.split(), "--json").out)
    assert told["output_size"] == size
    assert [axis["axis"]["size"] for axis in told["axes"]] == [4, 4]


def test_shape_reversed_finds_what_turns_one_size_into_another(run: Run) -> None:
    done = run("shape", "--input", "4", "--to", "8", "--stride", "2")
    rows = [line.split() for line in done.out.decode().splitlines()]
    assert rows[0] == ["kernel_size", "stride", "padding", "output_padding", "dilation", "overlap"]
    assert rows[1] == ["2", "2", "0", "0", "1", "even"]
    assert ["3", "2", "1", "1", "1", "uneven"] in rows
    for k, s, p, op, d, _ in rows[1:-1]:  # relationship 14 of Dumoulin & Visin, with dilation
        assert (4 - 1) * int(s) - 2 * int(p) + int(d) * (int(k) - 1) + int(op) + 1 == 8


def test_shape_reversed_tells_how_many_more_there_are(run: Run) -> None:
    args = ("shape", "--input", "2x2", "--to", "14x14")
    told = json.loads(run(*args, "--json").out)
    lines = run(*args).out.decode().splitlines()
    assert len(lines) == 24
    assert lines[21] == (
        f"and {len(told['settings']) - 20} more: name a --kernel or a --stride, or see --json"
    )
    assert lines[22].startswith("assumed: dilation 1 if none is given, the least output_padding")
    assert told["input_size"] == [2, 2]
    assert told["output_size"] == [14, 14]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--input 4", "missing option '--kernel', '--to' for the reverse, or '--chain'"),
        ("--kernel 3", "missing option '--input'"),
        ("--input 4,x --kernel 3", "'4,x' is not like 4, 4x4 or 3x4x4"),
        ("--input 1x1x1x1x1x4 --kernel 3", "is not like 4, 4x4 or 3x4x4"),
        ("--input x.npy --kernel 3", "'x.npy' is not like 4"),
        (
            "--input 2x4x4x4 --kernel 3",
            "--kernel must be one an axis for an input of 2x4x4x4, got 3",
        ),
        ("--input 2x4x6 --kernel 4x2x4", "--input of 2x4x6 and weight of 4x2x4 fit as 1-D with a"),
        ("--input 4x4 --kernel 3x2x3x3", "is no layer: the input is (*sizes) or (in_channels, *s"),
        ("--input 4 --kernel 3 --stride 2 --to 999", "--to: no padding and output_padding turn 4"),
        ("--input 0 --kernel 3", "--input must be at least 1, got 0"),
        ("--input 4 --kernel 0", "--kernel must be at least 1, got 0"),
        ("--input 4 --kernel 3 --padding 9", "--padding 9 crops the whole output"),
        ("--input 4 --to 0", "--to must be at least 1, got 0"),
        ("--input 4 --to 8 --padding 1", "--to finds the --padding itself: leave it out"),
        ("--input 4 --to 8 --same", "--to finds the --padding itself: leave it out"),
        ("--input 4 --to 8 --convention keras", "--to finds the --convention itself"),
        ("--input 4 --kernel 3x3", "--kernel: input and weight must have 1 to 3 spatial axes in"),
        ("--input 4 --to 8 --stride 0", "--stride must be at least 1, got 0"),
        ("--input 4x4 --to 8x8x8", "--input: an input of 4x4 is not 3-D"),
        ("--input 4 --chain k16s8 --stride 2", "--chain gives the --stride itself: leave it out"),
        ("--input 4 --chain k16s8 --kernel 2", "--chain gives the --kernel itself: leave it out"),
        ("--input 4 --chain s8", "--chain: s8 has no kernel_size: write k16s8"),
        ("--input 4 --chain no.py", "--chain must be like k16s8,k10s5, a file of code, or - for"),
        ("--input 4 --chain k16s8,k10s", "got 'k16s8,k10s', where 'k10s' is no layer"),
        ("--input 4 --chain k3,k2s0", "--chain layer 2, k2s0: stride must be at least 1, got 0"),
        ("--input 4 --chain k3p9", "--chain layer 1, k3p9: padding 9 crops the whole output"),
        ("--input 4 --chain k3s2 --to 99", "--to: this chain makes 5 to 10 cells of 4, got 99"),
        ("--input 4 --chain k3x3", "--input: an input of 4 is not 2-D"),
        ("--input 4x4 --chain k3x3,k2x2x2", "--chain has layers that are 2-D and 3-D: give those"),
        ("--input 99999999999 --kernel 3", "--input must be whole numbers up to 1000000000"),
    ],
)  # fmt: skip
def test_shape_refuses_in_one_line(run: Run, options: str, said: str) -> None:
    done = run("shape", *options.split())
    assert said in error_line(done.err)
    assert (done.code, done.out) == (2, b"")


def test_shape_reversed_searches_each_axis_on_its_own(run: Run) -> None:
    done = run("shape", "--input", "6x4", "--to", "12x7")
    rows = [line.split() for line in done.out.decode().splitlines()]
    assert ["3", "2", "1", "1,0", "1", "uneven"] in rows
    done = run("shape", "--input", "6x4", "--to", "12x7", "--kernel", "3x5", "--stride", "2")
    assert done.out.decode().splitlines()[1].split()[:4] == ["3,5", "2", "1,2", "1,0"]


def test_shape_reversed_offers_a_crop_that_pytorch_has_no_words_for(run: Run) -> None:
    done = run("shape", "--input", "5", "--to", "5", "--kernel", "4", "--stride", "1")
    _, row, *said = done.out.decode().splitlines()
    assert row.split() == ["4", "1", "1:2", "0", "1", "even"]
    assert "with PyTorch, crop the output by hand" in said[-1]
    layer = json.loads(
        run("shape", "--input", "5", "--kernel", "4", "--padding", "1:2", "--json").out
    )
    assert layer["output_size"] == [5]


@pytest.mark.parametrize(
    ("options", "said", "size"),
    [
        ("--input 3x4x4 --kernel 3x3", "2-D, 3 channels, 4x4 → 6x6, kernel 3x3", [6, 6]),
        ("--input 3x4x4 --kernel 3x2x3x3", "2-D, 3 → 2 channels, 4x4 → 6x6, kernel 3x3", [6, 6]),
        ("--input 3x4x4 --kernel 3x2x3x3 --groups 3",
         "2-D, 3 → 6 channels, 4x4 → 6x6, kernel 3x3, groups 3", [6, 6]),
        ("--input 4x6 --kernel 4x2x4 --stride 2 --padding 1",
         "1-D, 4 → 2 channels, 6 → 12, kernel 4, stride 2, padding 1", [12]),
        ("--input 1x4x6 --kernel 4x2x4",
         "1-D, 4 → 2 channels, 6 → 9, kernel 4; a batch of 1 left out", [9]),
        ("--input 3x4x6 --kernel 4x2x4 --batch 0",
         "1-D, 4 → 2 channels, 6 → 9, kernel 4; a batch of 3 left out", [9]),
        ("--input 512x500 --kernel 16 --rank 1", "1-D, 512 channels, 500 → 515, kernel 16", [515]),
        ("--input 3x4x4 --kernel 3x3x2x3 --convention keras",
         "2-D, 3 → 2 channels, 4x4 → 6x6, kernel 3x3", [6, 6]),
        ("--input 4x4x3 --kernel 3x3x2x3 --convention keras",
         "2-D, 3 → 2 channels, 4x4 → 6x6, kernel 3x3; channels last", [6, 6]),
        ("--input 4x4x3 --kernel 3x3 --convention keras --input-layout channels-last",
         "2-D, 3 channels, 4x4 → 6x6, kernel 3x3; channels last", [6, 6]),
        ("--input 8x3x4x4 --kernel 3x3",
         "2-D, 3 channels, 4x4 → 6x6, kernel 3x3; a batch of 8 left out", [6, 6]),
        ("--input 3x4x4 --kernel 3", ("3-D, 3x4x4 → 5x6x6, kernel 3x3x3; one kernel size for every"
         " axis: for 3 channels of 4x4 the kernel is 3x3"), [5, 6, 6]),
    ],
)  # fmt: skip
def test_shape_takes_channels_and_says_so(
    run: Run, options: str, said: str, size: list[int]
) -> None:
    done = run("shape", *options.split(), "--json")
    assert done.err == f"xlconv: {said}\n"
    assert json.loads(done.out)["output_size"] == size


def test_shape_says_what_it_understood_as_layer_does(run: Run) -> None:
    given = ("--input", "1x4x6", "--stride", "2", "--padding", "1", "--groups", "2")
    told = run("shape", *given, "--kernel", "4x2x4").err
    layer = run("layer", *given, "--weight", "4x2x4", "--view", "collect").err
    assert layer.splitlines()[-1].partition(";")[0] == told.partition(";")[0]


def test_shape_refuses_what_is_of_two_ranks_with_options_that_it_has(run: Run) -> None:
    done = run("shape", "--input", "3x4x6", "--kernel", "4x2x4")
    assert done.code == 2
    assert "name rank 3, or batch 0 to 2" in done.err
    told = run("shape", "--input", "4x4x3", "--kernel", "3x3", "--convention", "keras").err
    assert "name the input layout, channels-first or channels-last" in told


def test_shape_of_a_chain_tells_what_a_vocoder_loses_and_what_it_needs(run: Run) -> None:
    args = ("shape", "--input", "100", "--chain", "k16s8p4,k10s5p3,k8s4p2,k4s2p1")
    lines = run(*args).out.decode().splitlines()
    assert [line.split()[1:3] for line in lines[1:5]] == [
        ["100", "800"],
        ["800", "3999"],
        ["3999", "15996"],
        ["15996", "31992"],
    ]
    assert lines[5].startswith("31992 is 8 fewer than 100*320 = 32000")
    told = run(*args, "--to", "32000").out.decode().splitlines()
    assert [line.split("  ")[-1].strip() for line in told[1:5]] == [
        "nothing else",
        "output_padding 1",
        "nothing else",
        "nothing else",
    ]
    assert told[5] == "32000 instead of 31992"
    data = json.loads(run(*args, "--to", "32000", "--json").out)
    assert data["output_size"] == [32000]
    assert [layer["output_padding"] for layer in data["layers"]] == [[0], [1], [0], [0]]


def test_shape_of_a_chain_reads_code_and_says_what_it_does_not_read(run: Run, write: Write) -> None:
    write(
        "decoder.py",
        """
import torch.nn as nn
net = nn.Sequential(
    nn.ConvTranspose1d(
        512, 256, 16,
        stride=8, padding=4,
    ),
    nn.LeakyReLU(0.1), nn.Upsample(scale_factor=2),
    nn.ConvTranspose1d(256, 128, 10, 5, 3, output_padding=1),
)
open("run.txt", "w")
""",
    )
    done = run("shape", "--input", "512x100", "--chain", "decoder.py", "--json")
    assert json.loads(done.out)["output_size"] == [4000]
    assert done.err.splitlines() == [
        "xlconv: not read, as no sizes change there: Sequential, LeakyReLU, open",
        (
            "xlconv: not read, and sizes may change there, so those below it may be off: Upsample"
            " (line 8)"
        ),
        "xlconv: 1-D, 512 channels, 100 → 4000",
    ]
    assert not Path("run.txt").exists()


def test_shape_of_a_chain_reads_stdin(tmp_path: Path) -> None:
    printed = "Sequential(\n  (0): ConvTranspose2d(8, 4, kernel_size=(4, 4), stride=(2, 2))\n)\n"
    done = subprocess.run(
        [sys.executable, "-m", "xlconv", "shape", "--input", "7x7", "--chain", "-", "--json"],
        input=printed,
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert json.loads(done.stdout)["output_size"] == [16, 16]


def test_a_chain_on_a_stdin_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    command = f"{sys.executable} -m xlconv shape --input 4 --chain - "
    for redirect, said in (("<&-", "cannot read stdin: it is closed"), ("<x", "stdin is no UTF-8")):
        (tmp_path / "x").write_bytes(b"\xff")
        done = subprocess.run(
            ["sh", "-c", command + redirect],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert (done.returncode, done.stdout) == (3, "")
        assert said in error_line(done.stderr)


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"\xff\xfe", 3, "chain.txt is no UTF-8 text"),
        (b"nn.ReLU()", 2, "--chain holds no transposed convolution, such as k16s8 or"),
        (b"(" * 1000, 2, "--chain holds no transposed convolution"),
        (b"x = " + b"-" * 100_000 + b"1", 2, "--chain holds no transposed convolution"),
        (b"k3 " * 100_000, 2, "--chain must be at most 200000 bytes"),
        (b"k3 " * 2000, 2, "--chain must be of at most 1000 layers"),
        (b"nn.ConvTranspose1d(1, 1, n)", 2, "--chain line 1: ConvTranspose1d: kernel_size is n"),
        (b"nn.ConvTranspose1d(1, 1, True)", 2, "kernel_size is True, which is no number"),
        (b"nn.ConvTranspose1d(1, 1, *k)", 2, "has arguments with a star: write them out"),
        (b"nn.ConvTranspose1d(1, 1)", 2, "ConvTranspose1d has no kernel_size"),
        (b"(0): ConvTranspose1d(1,", 2, "--chain line 1 is no Python: give a layer whole"),
        (b"layers.Conv1DTranspose(1, 3, 2, 'same', 'x')", 2, "takes 4 arguments by position here"),
        (b"layers.Conv1DTranspose(1, 3, 2, 'causal')", 2, "layer 1, layers.Conv1DTranspose"),
    ],
)  # fmt: skip
def test_a_chain_that_cannot_be_read_is_refused_in_one_line(
    run: Run, tmp_path: Path, data: bytes, code: int, said: str
) -> None:
    (tmp_path / "chain.txt").write_bytes(data)
    done = run("shape", "--input", "9", "--chain", "chain.txt")
    assert said in error_line(done.err)
    assert (done.code, done.out) == (code, b"")


# ------------------------------------------------------------------------- code


def printed(program: Path) -> Any:
    done = subprocess.run(
        [sys.executable, program.name],
        cwd=program.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return ast.literal_eval(done.stdout)


def test_code_is_a_program_that_prints_the_layers_output(run: Run, files: None) -> None:
    asked = ("--input", "x.csv", "--weight", "w.csv", "--stride", 2)
    done = run("code", *asked, "--convention", "onnx", "--same-lower", "--framework", "numpy")
    assert done.code == 0
    assert done.err.startswith("xlconv: 2-D, 1 → 1 channels, 2x2 → 4x4, kernel 3x3, stride 2, ")
    Path("p.py").write_bytes(done.out)
    assert printed(Path("p.py").resolve()) == [LOWER]


@pytest.mark.parametrize("framework", names.FRAMEWORKS)
def test_code_is_written_for_every_framework(run: Run, framework: str) -> None:
    done = run("code", "--input", "4x4", "--weight", "3x3", "--framework", framework)
    compile(done.out, "program", "exec")
    names = {"pytorch": "import torch", "keras": "import keras", "flax": "from flax import"}
    assert names.get(framework, f"import {framework}"[:9]) in done.out.decode()


def test_code_writes_what_it_loads_beside_itself(run: Run, tmp_path: Path) -> None:
    args = ("code", "--input", "20x20", "--weight", "2x2", "--stride", 2, "--framework", "numpy")
    understood = "xlconv: 2-D, 1 → 1 channels, 20x20 → 40x40, kernel 2x2, stride 2\n"
    assert run(*args).err == (
        "xlconv: the program loads input.npy from where it is run, and nothing wrote that:"
        f" -o FILE writes the program with its arrays beside it\n{understood}"
    )
    Path("programs").mkdir()
    done = run(*args, "-o", "programs/p.py")
    wrote = "xlconv: wrote programs/p.py\nxlconv: wrote programs/p-input.npy\n"
    assert done.err == wrote + understood
    assert done.out == b""
    np.save("p-input.npy", np.ones((20, 20)))  # another array, where the program is run
    np.save("input.npy", np.ones((20, 20)))
    found = subprocess.run(
        [sys.executable, "programs/p.py"], capture_output=True, text=True, check=True
    )
    layer = Layer.of(array("input", "20x20"), array("weight", "2x2"), stride=2)
    assert ast.literal_eval(found.stdout) == transposed(layer).astype(int).tolist()
    again = run(*args, "-o", "programs/p.py")
    assert again.err.count("is unchanged") == 2
    Path("programs").rename("moved")
    (tmp_path / "elsewhere").mkdir()
    moved = subprocess.run(
        [sys.executable, tmp_path / "moved" / "p.py"],
        cwd=tmp_path / "elsewhere",
        capture_output=True,
        text=True,
        check=True,
    )
    assert moved.stdout == found.stdout


def test_code_on_stdout_loads_the_file_that_was_given_wherever_it_is_run(
    run: Run, tmp_path: Path
) -> None:
    rng = np.random.default_rng(6)
    x, w = rng.integers(-3, 4, (20, 20)), rng.integers(-3, 4, (1, 3, 9, 9))
    Path("a b").mkdir()
    np.save("a b/x\u00e9.npy", x)
    np.save("input.npy", np.ones((20, 20)))
    np.save("w.npy", w)
    args = ("--input", "a b/x\u00e9.npy", "--weight", "w.npy", "--framework", "numpy")
    done = run("code", *args)
    assert done.err == "xlconv: 2-D, 1 → 3 channels, 20x20 → 28x28, kernel 9x9\n"
    (tmp_path / "elsewhere").mkdir()
    program = tmp_path / "elsewhere" / "p.py"
    program.write_bytes(done.out)
    assert printed(program) == transposed(Layer.of(x, w)).astype(int).tolist()
    # a weight in another order is not what the file holds
    np.save("k.npy", np.moveaxis(w, (0, 1), (-1, -2)))
    done = run("code", *args[:3], "k.npy", "--layout", "keras", "--framework", "numpy")
    assert b"k.npy" not in done.out
    assert "the program loads weight.npy from where it is run" in done.err


def test_code_overwrites_nothing_that_is_not_its_own(run: Run, listing: Listing) -> None:
    args = ("code", "--input", "20x20", "--weight", "2x2", "-o", "p.py")
    np.save("input.npy", np.ones(3))
    np.save("p-input.npy", np.ones(3))
    before = listing()
    done = run(*args)
    assert (done.code, error_line(done.err)) == (
        4,
        "p-input.npy exists with other content: use --force, or another name",
    )
    assert listing() == before
    assert run(*args, "--force").code == 0
    assert np.load("p-input.npy").shape == (1, 20, 20)
    assert np.load("input.npy").shape == (3,)
    done = run("code", "--input", "20x20", "--weight", "2x2", "-o", "input.npy", "--force")
    assert (done.code, error_line(done.err)[:25]) == (4, "input.npy must end in .py")


def test_code_refuses_as_layer_does(run: Run) -> None:
    done = run("code", "--input", "4x4", "--weight", "3x3", "--stride", "0")
    assert error_line(done.err) == "--stride must be at least 1, got 0"
    done = run("code", "--input", "4x4", "--weight", "3x3", "--framework", "torch")
    assert "'torch' is not one of 'pytorch'" in error_line(done.err)
    done = run("code", "--input", "4x4", "--weight", "3x3", "-o", "none/p.py")
    assert (done.code, error_line(done.err)[:17]) == (4, "none is no folder")


# ------------------------------------------------------------------------- check


@pytest.fixture
def books(tmp_path: Path) -> None:
    data = build(Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]]), views=["collect"]).to_bytes()
    (tmp_path / "right.xlsx").write_bytes(data)
    (tmp_path / "stale.xlsx").write_bytes(with_values(data, {("Collect", "C8"): 5.0}))
    (tmp_path / "none.xlsx").write_text("hello")


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        (["right.xlsx"], 0, "right.xlsx: right, "),
        (["stale.xlsx"], 1, "stale.xlsx: wrong, "),
        (["right.xlsx", "stale.xlsx"], 1, "stale.xlsx: wrong, "),
        (["stale.xlsx", "right.xlsx"], 1, "right.xlsx: right, "),
        (["none.xlsx", "right.xlsx"], 3, "right.xlsx: right, "),
        (["stale.xlsx", "none.xlsx"], 3, "stale.xlsx: wrong, "),
        (["none.xlsx", "stale.xlsx"], 3, "stale.xlsx: wrong, "),
        (["--engine", "stale.xlsx"], 0, "stale.xlsx: right, "),
    ],
)
def test_check_exits_with_what_it_found(
    run: Run, books: None, files: list[str], code: int, said: str
) -> None:
    done = run("check", *files)
    assert said in done.out.decode()
    assert done.code == code
    assert done.err.count("\n") == ("none.xlsx" in files)


def test_check_as_json_has_a_report_for_each_file(run: Run, books: None) -> None:
    done = run("check", "--json", "right.xlsx", "stale.xlsx", "none.xlsx")
    right, stale, none = json.loads(done.out)
    assert (right["file"], right["right"], right["findings"]) == ("right.xlsx", True, [])
    assert (stale["right"], stale["formulas"]) == (False, right["formulas"])
    assert stale["findings"][0] == {
        "kind": "changed",
        "sheet": "Collect",
        "cell": "C8",
        "expected": 3.0,
        "got": 5.0,
        "wrong": False,
    }
    assert none == {"file": "none.xlsx", "error": error_line(done.err)}
    assert done.code == 3


def test_check_with_the_engine_keeps_its_noise_to_itself(run: Run, books: None) -> None:
    done = run("check", "--engine", "--json", "stale.xlsx")
    assert json.loads(done.out)[0]["right"]
    assert done.err == ""


def test_check_without_the_engine_names_the_extra(
    run: Run, books: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlconv.checking.engine.trusted_folders", list)
    done = run("check", "--engine", "right.xlsx")
    assert (done.code, error_line(done.err)) == (
        2,
        "--engine needs IronCalc: pip install xlconv-workbooks[engine]",
    )


def test_check_needs_a_file(run: Run) -> None:
    done = run("check")
    assert (done.code, error_line(done.err)[:16]) == (2, "missing argument")


@pytest.mark.parametrize(
    "view",
    [
        v
        for v in VIEWS
        if v not in ("contents", "code", "convolution", "sizes", "network", "ripple")
    ],
)
def test_workbook_of_every_view_of_a_layer_is_read_back(run: Run, view: str) -> None:
    given = ("--input", "4x4", "--weight", "4x4", "--stride", "2", "--padding", "1")
    if view == "one_dimension":
        given = ("--input", "6", "--weight", "4", "--stride", "2", "--padding", "1")
    assert run("layer", *given, "--view", view, "-o", "a.xlsx").code == 0
    checked = run("check", "a.xlsx")
    assert (checked.code, checked.err) == (0, "")
    assert b"a.xlsx: right" in checked.out
