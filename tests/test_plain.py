"""A plain convolution as a workbook of its own: from the command line, and from Python."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import xlconv
from xlconv.data import array
from xlconv.figures.words import WORDS

from .conftest import Ran
from .engines import ironcalc_engine
from .pages import read, texts
from .test_convolution import by_onnx

Run = Callable[..., Ran]
WEIGHT = "a plain convolution, of a weight (out_channels, in_channels // groups, *kernel_sizes)"


@pytest.mark.parametrize(
    ("options", "given", "said"),
    [
        ("--input 4x5x5 --weight 3x4x3x3", {}, "2-D, 4 → 3 channels, 5x5 → 3x3, kernel 3x3"),
        (
            "--input 2x4x4x4 --weight 4x2x2x2x2",
            {},
            "3-D, 2 → 4 channels, 4x4x4 → 3x3x3, kernel 2x2x2",
        ),
        (
            "--input 4x7 --weight 6x2x3 --groups 2 --stride 2 --padding 1:0 --bias 6",
            {"groups": 2, "stride": 2, "padding": [(1, 0)], "bias": array("bias", "6")},
            "1-D, 4 → 6 channels, 7 → 3, kernel 3, stride 2, padding 1:0, groups 2",
        ),
    ],
)
def test_view_convolution_works_from_the_command_line(
    run: Run, options: str, given: dict[str, object], said: str
) -> None:
    done = run("layer", "--view", "convolution", *options.split(), "-o", "a.xlsx")
    assert done.err == f"xlconv: wrote a.xlsx: 1 sheet\nxlconv: {said}; {WEIGHT}\n"
    x, w = options.split()[1:4:2]
    arrays = {"input": array("input", x), "weight": array("weight", w)}
    rank = arrays["input"].ndim - 1
    plain = {"padding": [(0, 0)] * rank, "groups": 1}
    plain |= given | {"stride": [given.get("stride", 1)] * rank, "dilation": [1] * rank}
    truth = by_onnx({name: a.tolist() for name, a in arrays.items()} | plain)
    sheet = xlconv.build(xlconv.Convolution.of(*arrays.values(), **given)).sheets[0]  # type: ignore[arg-type]
    got = ironcalc_engine.recalculate(Path("a.xlsx").read_bytes())
    np.testing.assert_array_equal(read(got, sheet, "output"), truth)
    np.testing.assert_array_equal(read(got, sheet, "by_products"), truth)
    assert WORDS["agree"] in texts(got, sheet).values()
    assert run("check", "a.xlsx").code == 0


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("--output-padding 1", "output-padding"),
        ("--output-size 3", "output-size"),
        ("--convention keras", "convention"),
        ("--layout oihw", "layout"),
        ("--turned", "turned"),
        ("--not-turned", "not-turned"),
        ("--same", "same"),
        ("--padding valid", "valid"),
    ],
)
def test_options_of_the_transposed_one_are_refused_beside_it(
    run: Run, option: str, name: str
) -> None:
    given = ("--input", "4x4", "--weight", "3x3", "--view", "convolution", *option.split())
    done = run("layer", *given)
    assert (done.code, done.out) == (2, b"")
    assert f"--{name} is for a transposed convolution; --view convolution shows a" in done.err


def test_view_convolution_stands_alone_as_its_weight_is_another(run: Run) -> None:
    done = run("layer", "--input", "4x4", "--weight", "3x3", "--view", "collect,convolution")
    assert (done.code, done.out) == (2, b"")
    assert "(out_channels, in_channels // groups, *kernel_sizes): show it alone" in done.err
    assert "without collect" in done.err


def test_convolution_that_no_workbook_holds_is_refused_with_one_way_out(run: Run) -> None:
    for sizes in ("3000x3000", "1800x1800"):
        done = run("layer", "--input", sizes, "--weight", "3x3", "--view", "convolution")
        assert done.code == 2
        assert done.err.count("use a smaller input") == 1


def test_kernel_without_channels_is_that_of_each_group() -> None:
    x = np.arange(32.0).reshape(2, 4, 4)
    twice = xlconv.Convolution.of(x, np.ones((2, 1, 3, 3)), groups=2)
    assert np.array_equal(
        xlconv.output(xlconv.Convolution.of(x, np.ones((3, 3)), groups=2)), xlconv.output(twice)
    )
    with pytest.raises(xlconv.XlconvError, match="got 2 channels and groups 1"):
        xlconv.Convolution.of(x, np.ones((3, 3)))


def test_convolution_shows_itself_in_a_notebook() -> None:
    conv = xlconv.Convolution.of(np.ones((4, 5)), np.ones((3, 4, 2)))
    assert repr(conv) == "<Convolution 1-D, 4 → 3 channels, 5 → 4, kernel 2>"
    assert conv._repr_html_().startswith("<table><caption>Convolution</caption>")


def test_what_cannot_be_shown_or_computed_is_refused_in_words() -> None:
    conv = xlconv.Convolution.of([1, 2], [1])
    layer = xlconv.Layer.of([1, 2], [1])
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: xlconv.build(conv, views="collect"), "has the view convolution alone"),
        (lambda: xlconv.build([[1]]), "lesson must be a Layer, a Convolution, a Lesson, or"),  # type: ignore[arg-type]
        (lambda: xlconv.build(layer, views=[1]), 'unknown view "1"'),  # type: ignore[list-item]
        (lambda: xlconv.output([[1]]), "layer must be a Layer or a Convolution, got list"),  # type: ignore[arg-type]
    ]
    for make, said in refused:
        with pytest.raises(xlconv.XlconvError) as told:
            make()
        assert said in str(told.value)
    assert [s.name for s in xlconv.build(conv, views=["convolution"]).sheets] == ["Convolution"]
