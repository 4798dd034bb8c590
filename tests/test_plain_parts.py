"""A part of a plain convolution: its output is the whole one's there, which a program computes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import xlconv
from xlconv.errors import XlconvError
from xlconv.layers.convolution import Convolution
from xlconv.layers.excerpt import Top, excerpt
from xlconv.layers.quantised import quantised

from . import model_files as files
from .conftest import Ran
from .engines import ironcalc_engine
from .pages import read, texts, turned
from .test_convolution import by_onnx, drawn

Span = tuple[int, int]

CROPS: list[list[Span]] = [[(0, 3), (2, 7)], [(2, 5), (0, 6)], [(4, 7), (5, 6)], [(0, 7), (1, 4)]]


def reading(given: dict[str, Any], axis: int, span: Span) -> list[int]:
    """The outputs whose window has a cell of a span, window by window."""
    kernel, size = np.shape(given["weight"])[2 + axis], np.shape(given["input"])[1 + axis]
    stride, dilation = given["stride"][axis], given["dilation"][axis]
    begin, end = given["padding"][axis]
    extent = dilation * (kernel - 1) + 1
    starts = range(-begin, size + end - extent + 1, stride)
    read = [{*range(at, at + extent)} & {*range(*span)} for at in starts]  # or has a gap there
    return [n for n in range(len(starts)) if read[n] or span == (0, size)]


def cases(seed: int) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
    """A convolution over every parameter, and a part of it."""
    dice = np.random.default_rng(seed)
    every = product((1, 2, 3), (1, 2, 3), ((0, 0), (1, 1), (2, 0)), (1, 2), (1, 2), CROPS)
    for kernel, stride, padding, dilation, groups, crop in every:
        given = {
            "input": dice.integers(-9, 10, (4, 7, 6 + max(b for _, b in crop) % 2)).tolist(),
            "weight": dice.integers(-9, 10, (6, 4 // groups, kernel, kernel)).tolist(),
            "bias": dice.integers(-9, 10, 6).tolist(),
            "stride": [stride, 1],
            "padding": [padding, (0, 1)],
            "dilation": [dilation, 1],
            "groups": groups,
        }
        outs = [1, 4] if groups == 2 else [5, 0]
        yield given, {"in_channels": [1, 3], "out_channels": outs, "crop": crop}


def expected(given: dict[str, Any], part: dict[str, Any]) -> np.ndarray:
    places = [reading(given, n, span) for n, span in enumerate(part["crop"])]
    return by_onnx(given)[np.ix_(part["out_channels"], *places)]


def test_output_of_a_part_is_onnxruntimes() -> None:
    count = 0
    for given, part in cases(1):
        whole = Convolution.of(**given)
        try:
            shown = excerpt(whole, **part)
        except XlconvError as error:
            assert "which stride" in str(error)
            continue
        assert np.array_equal(xlconv.output(shown), expected(given, part))
        count += 1
    assert count > 400


@pytest.mark.parametrize("nth", range(8))
def test_cells_compute_it(nth: int) -> None:
    given, part = [*cases(2)][nth * 53 + 5]
    book = xlconv.build(excerpt(Convolution.of(**given), **part))
    (sheet,) = book.sheets
    got = ironcalc_engine.recalculate(book.to_bytes())
    for block in ("output", "by_products"):
        assert np.array_equal(read(got, sheet, block), expected(given, part))


def test_channels_and_cells_are_called_as_in_the_whole_one() -> None:
    """The looked-at cell, by its numbers there, is the sum that its words tell."""
    dice = np.random.default_rng(3)
    x, w = dice.integers(-9, 10, (5, 9, 8)), dice.integers(-9, 10, (4, 5, 3, 3))
    whole = Convolution.of(x, w, padding=1, stride=[2, 1], bias=[1, 2, 3, 4])
    part = excerpt(whole, [1, 4], [2, 3], [(3, 7), (4, 8)])
    book = xlconv.build(part)
    (sheet,) = book.sheets
    dials = {"look_row": 3.0, "look_column": 5.0, "look_channel": 3.0}
    got = ironcalc_engine.recalculate(book.to_bytes(), turned(sheet, dials))
    said = [t for t in texts(got, sheet).values() if isinstance(t, str)]
    sums = re.sub(r"\s", "", "".join(t for t in said if "*" in t and "=" in t))
    first, _, terms = sums.partition("=")
    assert int(first) == xlconv.output(whole)[3, 3, 5] == eval(terms)
    names = openpyxl.load_workbook(BytesIO(book.to_bytes())).worksheets[0]
    told = {cell.value for row in names.iter_rows() for cell in row}
    channels = {f"channel {n}" for n in (1, 2, 3, 4)}
    assert {*channels, "From 3 channels and outside (c)"} <= told
    assert "channel 0" not in told


def test_part_of_one_and_of_three_axes() -> None:
    dice = np.random.default_rng(4)
    for sizes, crop in (((9,), [(2, 5)]), ((4, 5, 4), [(1, 3), (0, 2), (2, 4)])):
        rank = len(sizes)
        given: dict[str, Any] = {
            "input": dice.integers(-9, 10, (3, *sizes)).tolist(),
            "weight": dice.integers(-9, 10, (2, 3, *[2] * rank)).tolist(),
            "stride": [1] * rank,
            "padding": [(1, 0)] * rank,
            "dilation": [1] * rank,
            "groups": 1,
        }
        part: dict[str, Any] = {"in_channels": [2], "out_channels": [1], "crop": crop}
        book = xlconv.build(excerpt(Convolution.of(**given), **part))
        got = ironcalc_engine.recalculate(book.to_bytes())
        assert np.array_equal(read(got, book.sheets[0], "output"), expected(given, part))


def test_part_of_integers_can_be_checked(tmp_path: Path) -> None:
    """What was made from a recipe is the file again: integers, numbers of cells and channels."""
    dice = np.random.default_rng(5)
    q, scale = dice.integers(-99, 99, (4, 3, 3, 3)), np.array([[0.5], [0.25], [2], [1]])
    whole = quantised(Convolution.of(dice.integers(-9, 9, (3, 8, 8)), q, padding=1), scale, 3)
    part = excerpt(whole, Top(1), [2, 0], [(2, 5), (3, 8)])
    assert part.quantised is not None
    assert part.quantised.scale.ravel().tolist() == [2, 0.5]
    xlconv.build(part).save(tmp_path / "a.xlsx")
    found = xlconv.check(tmp_path / "a.xlsx")
    assert (found.right, len(found.findings)) == (True, 0)


def test_part_of_a_models_convolution(run: Callable[..., Ran], tmp_path: Path) -> None:
    dice = np.random.default_rng(6)
    w, x = dice.integers(-9, 9, (4, 6, 3, 3)), dice.integers(-9, 9, (1, 6, 12, 12))
    plain: dict[str, Any] = {"strides": [2, 2], "pads": [1, 1, 1, 1]}
    files.conv_transpose(tmp_path / "m.onnx", w, np.arange(4.0), "Conv", name="down", **plain)
    np.save(tmp_path / "x.npy", x)
    part = "--in-channels top:2 --out-channels 3 --crop 4:8,4:8"
    ran = run("layer", "--model", "m.onnx", "--input", "x.npy", *part.split(), "-o", "a.xlsx")
    assert ran.code == 0
    assert "output channel 3 of 4, cells 4:8,4:8" in ran.err
    assert run("check", "a.xlsx").code == 0
    given: dict[str, Any] = {"input": x[0], "weight": w, "bias": np.arange(4.0), "groups": 1}
    given |= {"stride": [2, 2], "padding": [(1, 1)] * 2, "dilation": [1, 1]}
    shown = excerpt(xlconv.model_layer("m.onnx", input=x), Top(2), [3], [(4, 8)] * 2)
    asked = {"out_channels": [3], "crop": [(4, 8)] * 2}
    book = xlconv.build(shown)
    got = ironcalc_engine.recalculate(book.to_bytes())
    assert np.array_equal(read(got, book.sheets[0], "output"), expected(given, asked))
    assert np.array_equal(
        read(got, book.sheets[0], "then_1"), np.maximum(expected(given, asked), 0)
    )


def test_crop_that_no_output_reads_is_refused() -> None:
    whole = Convolution.of(np.ones((1, 6, 6)), np.ones((1, 1, 1, 1)), stride=3)
    with pytest.raises(XlconvError, match="cells that the output reads, got 1:3, which stride 3"):
        excerpt(whole, crop=[(1, 3), (0, 6)])


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"rest": [[[1.0]]]}, "rest must be of the output's sizes, 1x2x2, got 1x1x1"),
        ({"excerpt": {"rest_outs": [1, 2]}}, "rest_outs must be 1 different number, got [1, 2]"),
        (
            {"excerpt": {"rest_ins": "a"}},
            "rest_ins must be a whole number up to",
        ),
        ({"excerpt": {"rest_channels": -1}}, "rest_channels must be at least 0, got -1"),
        ({"excerpt": {"rest_cells": [(0, 1)]}}, "rest_cells must be 2 pairs"),
        ({"excerpt": {"rest_cells": [[0, 1], [-1, 0]]}}, "the first of each from 0 to"),
        ({"excerpt": {"rest_cells": 7}}, "rest_cells must be 2 pairs"),
    ],
)
def test_rest_that_does_not_fit_is_refused(told: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {
        "input": [[1, 2, 3]] * 3,
        "weight": [[1, 2], [3, 4]],
        "rest": np.ones((1, 2, 2)),
    }
    with pytest.raises(XlconvError) as refused:
        drawn(**(given | told))
    assert said in str(refused.value)
