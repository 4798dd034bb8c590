"""A small decoder beside a layer: what onnxruntime computes, what comes back, what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlconv.checking.check import check
from xlconv.errors import XlconvError
from xlconv.files.arrays import Source
from xlconv.lessons.build import build
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.read import lesson_from
from xlconv.lessons.schema import Table

from .edited import by_openpyxl
from .engines import formulon_engine, ironcalc_engine
from .engines.package import row_and_column
from .networks import run_by_onnx
from .pages import cells, read

Told = dict[str, Any]


def random_decoder(seed: int) -> Told:
    """Two transposed convolutions with two or three channels between them."""
    rng = np.random.default_rng(seed)
    between, k, then = int(rng.integers(2, 4)), int(rng.integers(1, 4)), ("relu", "tanh", "")

    def layer(name: str, before: str, shape: tuple[int, ...], **more: Any) -> Told:
        weight = rng.integers(-9, 10, shape) / 10
        bias = rng.integers(-9, 10, shape[1]) / 10
        told = {"name": name, "kind": "conv_transpose", "from": before, "weight": weight.tolist()}
        return told | {"bias": bias.tolist(), "then": str(rng.choice(then)), **more}

    one = layer("One", "input", (1, between, k, k), stride=1, padding=0)
    two = layer("Two", "One", (between, 1, 3, 3), stride=2, padding=1)
    return {"input": rng.integers(0, 9, (1, 3, 3)).tolist(), "layer": [one, two]}


def lesson_of(network: Told, *more: Told) -> Lesson:
    page = {"name": "Why", "view": "why", "network": "net", "input": [[3]], "weight": [[2]]}
    values = {"title": "Test", "network": {"net": network}, "sheet": [page, *more]}
    return lesson_from(Table("lesson.toml"), values, Source())


@pytest.mark.parametrize("seed", range(6))
def test_a_decoder_is_what_onnxruntime_computes(seed: int) -> None:
    table = random_decoder(seed)
    book = build(lesson_of(table))
    for engine in (ironcalc_engine, formulon_engine):
        got = engine.recalculate(book.to_bytes())
        for name, truth in run_by_onnx(table).items():
            shown = read(got, book.sheets[0], name)
            assert np.allclose(shown, truth, rtol=1e-5, atol=1e-5), (engine.__name__, name)


def test_no_language_mirrors_a_picture() -> None:
    """On a sheet that runs from right to left the last column is seen first."""
    table = random_decoder(0)
    book = build(replace(lesson_of(table), language="ar"))
    got = ironcalc_engine.recalculate(book.to_bytes())[book.sheets[0].name]
    seen = [got[cell] for cell in sorted(cells(book.sheets[0], "Two"), key=_from_the_right)]
    assert np.allclose(seen, run_by_onnx(table)["Two"].ravel(), rtol=1e-5, atol=1e-5)


def _from_the_right(cell: str) -> tuple[int, int]:
    row, column = row_and_column(cell)
    return row, -column


@pytest.mark.parametrize(
    ("block", "found"),
    [("code", ("changed", False)), ("One kernel", ("changed", False)), ("One", ("formula", True))],
)
def test_check_tells_a_typed_number_from_a_broken_formula(
    tmp_path: Path, block: str, found: tuple[str, bool]
) -> None:
    book = build(lesson_of(random_decoder(0)))
    cell = cells(book.sheets[0], block)[0]

    def type_over(book: Any) -> None:
        book["Why"][cell] = 9

    path = tmp_path / "decoder.xlsx"
    path.write_bytes(by_openpyxl(book.to_bytes(), type_over))
    findings = check(path, engine=True).findings
    told = [(one.kind, one.wrong) for one in findings if one.cell == cell]
    assert told == [found]


def test_other_networks_are_refused_in_a_line() -> None:
    table = random_decoder(0)
    del table["layer"][1]
    with pytest.raises(XlconvError, match="must be two transposed convolutions, from one channel"):
        build(lesson_of(table))


def test_a_sheet_of_a_layer_is_not_fed_by_a_decoder() -> None:
    with pytest.raises(XlconvError, match='write a sheet with view = "network"'):
        lesson_of(random_decoder(0), {"name": "One", "view": "collect", "layer": "net.One"})
