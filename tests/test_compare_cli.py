"""The command compare: what it says, how it ends, and the workbook that it writes."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import xlconv

from . import stories
from .conftest import Ran
from .engines import ironcalc_engine
from .test_cli import Run, error_line

X, W = np.array([[[3.0, 3], [1, 1]]]), np.array([[[[1.0, 2, 3], [0, 1, 0], [2, 1, 2]]]])
TENSORFLOW = np.array([[[3.0, 6, 12, 6], [0, 3, 0, 3], [7, 5, 16, 5], [0, 1, 0, 1]]])
PYTORCH = np.array([[[3.0, 0, 3, 0], [5, 16, 5, 9], [1, 0, 1, 0], [1, 4, 1, 2]]])
LAYER = ("--input", "x.npy", "--weight", "w.npy", "--stride", "2")
PADDED = (*LAYER, "--padding", "1", "--output-padding", "1")

ENGINEERS = Path(__file__).parents[1] / "docs" / "engineers.md"

Compared = Callable[..., Ran]


@pytest.fixture
def compared(run: Run) -> Compared:
    """The command on the layer of PyTorch's words, in a folder with its arrays."""
    for name, values in {"x": X, "w": W, "tf": TENSORFLOW, "torch": PYTORCH}.items():
        np.save(f"{name}.npy", values.astype(np.float32))

    def with_theirs(theirs: str, *more: str) -> Ran:
        return run("compare", *PADDED, "--output", theirs, *more)

    return with_theirs


def test_right_output_ends_with_0(compared: Compared) -> None:
    done = compared("torch.npy")
    assert (done.code, done.out) == (0, b"the outputs agree, to the last digit\n")


def test_other_output_ends_with_1_and_where_why_words_and_exactness(compared: Compared) -> None:
    done = compared("tf.npy")
    assert done.code == 1
    assert done.out.decode().splitlines() == [
        "where: everywhere",
        "why: their crop is 0:1, yours 1:0: theirs lies 1 cell right and down",
        "in words: PyTorch, MXNet Gluon have none: crop by hand: y[..., :-1, :-1]",
        'in words: TensorFlow: padding="SAME"',
        'in words: Keras: padding="same"',
        'in words: JAX: "SAME"',
        'in words: ONNX: auto_pad="SAME_UPPER"',
        "how exact: to the last digit",
    ]
    assert done.err.startswith("xlconv: 2-D, 1 → 1 channels, 2x2 → 4x4, kernel 3x3, stride 2")


def test_json_says_the_same(compared: Compared) -> None:
    done = compared("tf.npy", "--json")
    told = json.loads(done.out)
    assert done.code == 1
    assert told["crop"] == [[0, 1], [0, 1]]
    assert told["words"]["tensorflow"] == 'padding="SAME"'
    assert (told["agrees"], told["explained"], told["error"]) == (False, True, 0)


def test_words_of_a_framework_are_taken_for_ours(run: Run, compared: Compared) -> None:
    weight = np.moveaxis(W, (0, 1), (-1, -2))
    np.save("k.npy", weight)
    mine = ("--input", "x.npy", "--weight", "k.npy", "--stride", "2", "--convention", "keras")
    assert run("compare", *mine, "--same", "--output", "tf.npy").code == 0


def test_sample_of_a_batch_is_compared(run: Run, compared: Compared) -> None:
    np.save("xs.npy", np.stack([0 * X, X]))
    np.save("ys.npy", np.stack([PYTORCH, PYTORCH]))
    batch = ("--input", "xs.npy", *PADDED[2:], "--output", "ys.npy", "--batch")
    assert [run("compare", *batch, sample).code for sample in "01"] == [1, 0]
    assert "--batch" in error_line(run("compare", *batch, "2").err)


def test_output_in_a_table_is_read(compared: Compared) -> None:
    rows = [",".join(map(str, row)) for row in TENSORFLOW[0].tolist()]
    Path("tf.csv").write_text("\n".join(rows), encoding="utf-8")
    assert compared("tf.csv").out == compared("tf.npy").out


@pytest.mark.parametrize(
    ("theirs", "code", "said"),
    [
        ("none.npy", 3, "none.npy"),
        ("broken.npy", 3, "--output: broken.npy is no .npy file of numbers"),
        (
            "three.npy",
            2,
            "--output has 3 channels, and a weight of (1, 1, 3, 3) in 1 group gives 1",
        ),
        ("flat.npy", 2, "--output must have 2 spatial axes, and one of channels, got shape (4,)"),
        ("nan.npy", 2, "--output"),
    ],
)
def test_what_is_no_such_output_is_refused_in_a_line(
    compared: Compared, theirs: str, code: int, said: str
) -> None:
    Path("broken.npy").write_bytes(b"nothing")
    np.save("three.npy", np.ones((3, 4, 4)))
    np.save("flat.npy", np.ones(4))
    np.save("nan.npy", np.full((1, 4, 4), np.nan))
    done = compared(theirs, "-o", "d.xlsx")
    assert (done.code, said in error_line(done.err)) == (code, True), done.err
    assert not Path("d.xlsx").exists()


def test_workbook_shows_the_difference_and_the_layer_that_makes_theirs(compared: Compared) -> None:
    done = compared("tf.npy", "-o", "d.xlsx")
    assert (done.code, "wrote d.xlsx: 2 sheets" in done.err) == (1, True)
    values = ironcalc_engine.recalculate(Path("d.xlsx").read_bytes(), {})
    assert "yours and theirs differ  ✗" in values["Difference"].values()
    assert "both agree to a thousandth  ✓" in values["Explained"].values()
    texts = [cell.value for row in openpyxl.load_workbook("d.xlsx").worksheets[0] for cell in row]
    assert "1.  Set shift row 1, shift column 1: the difference is gone." in texts


def test_sheet_explained_has_the_factor_in_its_weights(compared: Compared) -> None:
    np.save("twice.npy", 2 * PYTORCH)
    compared("twice.npy", "-o", "d.xlsx")
    values = ironcalc_engine.recalculate(Path("d.xlsx").read_bytes(), {})
    assert "both agree to a thousandth  ✓" in values["Explained"].values()


def test_activation_of_ones_own_is_applied_on_both_sheets(compared: Compared) -> None:
    np.save("relu.npy", np.maximum(TENSORFLOW - 5, 0))
    np.save("b.npy", np.array([-5.0]))
    done = compared("relu.npy", "--bias", "b.npy", "--then", "relu", "-o", "d.xlsx")
    assert "why: their crop is 0:1, yours 1:0" in done.out.decode()
    values = ironcalc_engine.recalculate(Path("d.xlsx").read_bytes(), {})
    assert "both agree to a thousandth  ✓" in values["Explained"].values()
    texts = [cell.value for row in openpyxl.load_workbook("d.xlsx")["Difference"] for cell in row]
    assert any("ReLU: what is below 0 becomes 0" in str(text) for text in texts)


def test_activation_that_theirs_has_alone_stands_on_the_sheet_explained(compared: Compared) -> None:
    np.save("tanh.npy", np.tanh(PYTORCH))
    done = compared("tanh.npy", "-o", "d.xlsx")
    assert "why: tanh is applied after the layer" in done.out.decode()
    values = ironcalc_engine.recalculate(Path("d.xlsx").read_bytes(), {})
    assert "both agree to a thousandth  ✓" in values["Explained"].values()
    assert "yours and theirs differ  ✗" in values["Difference"].values()


def test_workbook_of_a_layer_of_many_channels_shows_some_with_the_others_numbers(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlconv.lessons.recipe.KEPT", 300)  # of the others' its recipe has sizes
    r = np.random.default_rng(4)
    x, w = r.standard_normal((20, 5, 5)), r.standard_normal((20, 6, 3, 3))
    theirs = np.zeros((6, 11, 11))
    for i, j in np.ndindex(5, 5):
        stamp = np.tensordot(x[:, i, j], w[:, :, ::-1, ::-1], 1)
        theirs[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += stamp
    for name, values in {"x": x, "w": w, "y": theirs}.items():
        np.save(f"{name}.npy", values)
    run("compare", *LAYER, "--output", "y.npy", "-o", "d.xlsx")
    cells = [cell for row in openpyxl.load_workbook("d.xlsx")["Difference"] for cell in row]
    assert sum(cell.value is not None for cell in cells) < 4_000
    controls = [cell.coordinate for cell in cells if cell.value == 0 and cell.row < 12][2:4]
    turned = {("Difference", at): 1 for at in controls}
    got = ironcalc_engine.recalculate(Path("d.xlsx").read_bytes(), turned)
    assert "both agree to a thousandth  ✓" in got["Difference"].values()
    assert "both agree to a thousandth  ✓" in got["Explained"].values()
    assert any("From 16 other channels" in str(cell.value) for cell in cells)
    assert (checked := run("check", "d.xlsx")).code == 0, checked


def large(run: Run, *more: str) -> Ran:
    """24 channels of 80x80, in which theirs lies a cell down from row 30 on."""
    r = np.random.default_rng(4)
    x, w = r.standard_normal((24, 40, 40)), r.standard_normal((24, 24, 3, 3))
    full = np.zeros((24, 81, 81))
    for i, j in np.ndindex(40, 40):
        full[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += np.tensordot(x[:, i, j], w, 1)
    full[:, :30] = full[:, 1:31]  # the first difference is in row 30
    for name, values in {"x": x, "w": w, "y": full[:, :80, 1:]}.items():
        np.save(f"{name}.npy", values)
    return run("compare", *PADDED, "--output", "y.npy", "-o", "d.xlsx", *more)


@pytest.mark.parametrize("more", [(), ("--crop", "12:18,0:6", "--out-channels", "5")])
def test_workbook_of_a_large_output_shows_where_it_differs_first(
    run: Run, more: tuple[str, ...]
) -> None:
    large(run, *more)
    assert Path("d.xlsx").stat().st_size < 300_000
    sheet = openpyxl.load_workbook("d.xlsx")["Difference"]
    texts = [str(cell.value) for row in sheet for cell in row if isinstance(cell.value, str)]
    idea = " ".join(texts)
    assert ("cells 12:18,0:6" in idea) if more else ("cells 11:19,0:8" in idea)
    assert ("output channel 5 of 24" in idea) == bool(more)
    got = ironcalc_engine.recalculate(Path("d.xlsx").read_bytes(), {})
    assert "yours and theirs differ  ✗" in got["Difference"].values()


def test_shift_of_a_part_brings_what_was_not_shown(run: Run, compared: Compared) -> None:
    r = np.random.default_rng(4)
    x, w = r.standard_normal((6, 20, 20)), r.standard_normal((6, 2, 3, 3))
    full = np.zeros((2, 41, 41))
    for i, j in np.ndindex(20, 20):
        full[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += np.tensordot(x[:, i, j], w, 1)
    for name, values in {"x": x, "w": w, "y": full[:, :40, :40]}.items():
        np.save(f"{name}.npy", values)
    compared("y.npy", "-o", "d.xlsx", "--crop", "8:13,9:14")
    cells = [cell for row in openpyxl.load_workbook("d.xlsx")["Difference"] for cell in row]
    controls = [cell.coordinate for cell in cells if cell.value == 0 and cell.row < 12][:2]
    shifted = {("Difference", at): 1 for at in controls}
    got = ironcalc_engine.recalculate(Path("d.xlsx").read_bytes(), shifted)
    assert "both agree to a thousandth  ✓" in got["Difference"].values()
    assert "both agree to a thousandth  ✓" in got["Explained"].values()


def test_crop_of_no_such_cells_is_refused(compared: Compared) -> None:
    done = compared("tf.npy", "-o", "d.xlsx", "--crop", "0:9,0:1")
    assert (done.code, "--crop must lie in 0:2, got 0:9" in done.err) == (2, True)


def test_workbook_is_right_by_the_command_check(run: Run, compared: Compared) -> None:
    compared("tf.npy", "-o", "d.xlsx")
    assert run("check", "d.xlsx").code == 0


def test_workbook_of_what_is_not_explained_has_one_sheet(compared: Compared) -> None:
    np.save("noise.npy", np.random.default_rng(3).standard_normal((1, 4, 4)))
    assert "wrote d.xlsx: 1 sheet\n" in compared("noise.npy", "-o", "d.xlsx").err


def test_existing_workbook_is_only_overwritten_with_force(compared: Compared) -> None:
    Path("d.xlsx").write_bytes(b"mine")
    assert compared("tf.npy", "-o", "d.xlsx").code == 4
    assert compared("tf.npy", "-o", "d.xlsx", "--force").code == 1


def test_layer_with_groups_and_channels_is_shown(run: Run, compared: Compared) -> None:
    r = np.random.default_rng(1)
    x, w = r.integers(0, 5, (4, 3, 3)), r.integers(-2, 3, (4, 2, 2, 2))
    theirs = xlconv.output(xlconv.Layer.of(x, w[:, :, ::-1], stride=2, groups=2))
    for name, values in {"x": x, "w": w, "y": theirs}.items():
        np.save(f"{name}.npy", values)
    done = run("compare", *LAYER, "--groups", "2", "--output", "y.npy", "-o", "d.xlsx")
    assert "the kernel is turned along its rows only" in done.out.decode()
    assert "wrote d.xlsx: 2 sheets" in done.err


def test_stories_of_the_page_for_engineers_are_what_the_commands_say(run: Run) -> None:
    page = ENGINEERS.read_text(encoding="utf-8")
    stories.main(Path())
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    told = re.findall(r"```console\n\$ xlconv (.*?)\n(.*?)```", page, re.DOTALL)
    assert len(told) == 11
    for number, (command, answer) in enumerate(told):
        if number == 8:  # the arrays have the names of a story's files
            exec(program, {})  # noqa: S102  # of our own page
        said = run(*shlex.split(command)).out.decode()
        # the last digits hang on the machine's sums
        assert re.sub(r"within \S+ of", "within a little of", said) == re.sub(
            r"within \S+ of", "within a little of", answer
        ), command
    assert Path("difference.xlsx").exists()
    assert Path("corner.xlsx").exists()
