"""Odd options, texts and surroundings: refused in one line, or made harmless."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from tests.engines import formulon_engine, ironcalc_engine, libreoffice_engine
from tests.engines.need import needs
from xlconv.checking.check import check
from xlconv.errors import XlconvError
from xlconv.grid.expr import joined
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build, layer_lesson
from xlconv.lessons.drawing import draw
from xlconv.lessons.lesson import Lesson, Page

HOME = Path(__file__).parents[1]
FLAT = Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2)
ROW = Layer.of([3, 1, 2], [1, 2])
DEEP = Layer.of(np.ones((2, 2, 2)), np.ones((2, 1, 1)), rank=3)


# ------------------------------------------------------------------------- look


@pytest.mark.parametrize(
    ("layer", "view", "look", "said"),
    [
        (FLAT, "collect", [1], "one index for each of 2 axes, from 0 to 3, 3, got [1]"),
        (FLAT, "collect", [1, 1, 1], "for each of 2 axes, from 0 to 3, 3, got [1, 1, 1]"),
        (FLAT, "collect", [99, 99], "from 0 to 3, 3, got [99, 99]"),
        (FLAT, "collect", [0, 4], "got [0, 4]"),
        (FLAT, "collect", [-1, 0], "got [-1, 0]"),
        (FLAT, "gradient", [4, 4], "got [4, 4]"),
        (FLAT, "matrix", [1], "got [1]"),
        (ROW, "one_dimension", [4], "one index for each of 1 axes, from 0 to 3, got [4]"),
        (DEEP, "collect", [0, 0], "one index for each of 3 axes, from 0 to 2, 1, 1, got [0, 0]"),
    ],
)
def test_look_beyond_the_output_is_refused(
    layer: Layer, view: str, look: list[int], said: str
) -> None:
    page = Page("A", view, layer=layer, options={"look": look})
    with pytest.raises(XlconvError) as raised:
        build(Lesson("A", (page,)))
    assert f'sheet "A": look must be {said}' in str(raised.value) or str(raised.value).endswith(
        said
    )
    assert raised.value.parameter == "look"


def test_look_at_the_last_cell_is_taken() -> None:
    for layer, view, look in ((FLAT, "collect", [3, 3]), (ROW, "one_dimension", [3])):
        page = Page("A", view, layer=layer, options={"look": look})
        (sheet,) = build(Lesson("A", (page,))).sheets
        told = [b.cells.value.item() for b in sheet.blocks if b.name.startswith("look_")]
        assert told == look


# ------------------------------------------------------------------------- surroundings


@pytest.mark.parametrize("told", ["x", "", "-1", "1.5", "4354819200", "9" * 30, "१"])
def test_source_date_epoch_that_is_no_date_is_refused(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", told)
    with pytest.raises(XlconvError, match="SOURCE_DATE_EPOCH must be seconds since 1970, up to 4"):
        Book("A", (Sheet("A"),)).to_bytes()


def test_source_date_epoch_may_be_the_last_that_a_zip_file_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last = dt.datetime(2107, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(last.timestamp())))
    archive = ZipFile(BytesIO(Book("A", (Sheet("A"),)).to_bytes()))
    assert archive.infolist()[0].date_time[:4] == (2107, 12, 31, 23)


# ------------------------------------------------------------------------- names


@pytest.mark.parametrize("names", [("A-B", "A B"), ("A.B", "A_B"), ("1", "_1"), ("é b", "É-b")])
def test_sheets_whose_blocks_would_be_called_the_same_are_refused(names: tuple[str, str]) -> None:
    pages = tuple(Page(name, "collect", layer=FLAT) for name in names)
    with pytest.raises(XlconvError, match="sheet names must differ in letters and digits") as told:
        build(Lesson("A", pages))
    assert all(f'"{name}"' in str(told.value) for name in names)


def test_names_that_meet_across_sheet_and_block_are_refused() -> None:
    one, other = Sheet("A"), Sheet("A B")
    one.block("b_c", (0, 0), (1, 1), role="input", content=1.0)
    other.block("c", (0, 0), (1, 1), role="input", content=1.0)
    with pytest.raises(XlconvError, match='got "A" and "A B"'):
        Book("A", (one, other))


def test_sheets_of_words_alone_may_differ_in_signs() -> None:
    assert Book("A", (Sheet("A-B"), Sheet("A B"))).to_bytes()


# ------------------------------------------------------------------------- texts

CODED = ["_x0041_", "a_x000D_b", "_x005F_x0041_", "_x_x0041_x0041_"]


def coded(text: str) -> bytes:
    sheet = Sheet("S")
    sheet.text((0, 0), text)
    sheet.formula((1, 0), joined(text, "!"))
    return Book("A", (sheet,)).to_bytes()


@pytest.mark.parametrize("text", [*CODED, "_x41_", "x0041_", "_xGGGG_", "_x00411_"])
def test_text_that_excel_would_decode_is_read_as_it_was_written(text: str) -> None:
    data = coded(text)
    cell = openpyxl.load_workbook(BytesIO(data))["S"]["A1"].value
    assert cell == text.replace("x005F_", "")  # which openpyxl drops wherever it stands
    assert ironcalc_engine.recalculate(data)["S"]["A2"] == text + "!"


@pytest.mark.parametrize("text", CODED)
def test_codes_are_escaped_as_the_standard_says(text: str) -> None:
    # ECMA-376 part 1, 22.9.2.19 (ST_Xstring): _x005F_ is the underscore that begins no code
    with ZipFile(BytesIO(coded(text))) as archive:
        strings = archive.read("xl/sharedStrings.xml").decode()
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    escaped = {
        "_x0041_": "_x005F_x0041_",
        "a_x000D_b": "a_x005F_x000D_b",
        "_x005F_x0041_": "_x005F_x005F_x005F_x0041_",
        "_x_x0041_x0041_": "_x_x005F_x0041_x005F_x0041_",
    }[text]
    assert unescape(escaped) == text
    assert f">{escaped}</t>" in strings
    assert f">{escaped}!</v>" in sheet
    formula = sheet.partition("<f>")[2].partition("</f>")[0]
    assert '_"&amp;"x' in formula
    assert text not in formula


def test_formulon_computes_the_text_that_was_written() -> None:
    told = formulon_engine.recalculate(coded("a_x0041_b"))["S"]["A2"]
    assert told in ("a_x0041_b!", "a_x005F_x0041_b!")  # the file that it writes is escaped too


@needs("LibreOffice", libreoffice_engine.available())
def test_libreoffice_shows_the_text_that_was_written() -> None:
    for text, shown in zip(
        CODED, libreoffice_engine.converted([coded(text) for text in CODED], "csv"), strict=True
    ):
        if "x000D" not in text and "x005F" not in text:
            assert shown.decode().split() == [text, text + "!"]


def test_words_of_a_lesson_that_look_like_codes_check_as_right(tmp_path: Path) -> None:
    page = Page("A", "collect", layer=FLAT)
    lesson = Lesson("A", (page,), words={"agree": "ja _x0041_", "input": "_x000D_ {size}"})
    path = tmp_path / "a.xlsx"
    build(lesson).save(path)
    assert check(path).findings == ()
    assert check(path, engine=True).findings == ()


# ------------------------------------------------------------------------- sizes


def test_view_that_is_too_large_is_refused_before_it_is_drawn() -> None:
    layer = Layer.of(np.ones((1000, 1000)), np.ones((3, 3)))
    tracemalloc.start()
    with pytest.raises(XlconvError, match=r"has 10000000|10000000 cells|use an? "):
        build(layer, views=["distribute"])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8e6  # a number for each input cell


def test_cells_of_many_blocks_are_counted() -> None:
    sheet = Sheet("A", room=100)
    for n in range(3):
        sheet.block(f"b{n}", (10 * n, 0), (5, 6), role="input", content=1.0)
    with pytest.raises(XlconvError, match="120 cells; this sheet has 100"):
        sheet.block("b3", (30, 0), (5, 6), role="input", content=1.0)


def test_room_of_a_sheet_is_that_of_its_page() -> None:
    lesson = layer_lesson(FLAT, ["collect"])
    assert draw(lesson, 0).used > 100
    with pytest.raises(XlconvError, match=r'sheet "Collect": .* cells; this sheet has 50'):
        draw(lesson, 0, room=50)
