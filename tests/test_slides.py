"""Slides: letters for the last row, and each click shows what the workbook shows of that number."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import ironcalc
import pypdf
import pytest

from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import as_meant, build
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import language_names, lesson_names
from xlconv.lessons.states import states
from xlconv.paper.printing import Printing

from .engines.ironcalc_engine import opened, quiet
from .test_printed import Page, check_places, pages_of, poppler, sizes_of

LEAST = 14
"""Points of the smallest letters on a slide that is 540 high."""

SMALL = "a small layer"
"""Four stamps of four cells, and the nine cells of the output looked at, one by one."""

BOOKS = [(name, None) for name in [SMALL, *lesson_names()]] + [
    ("transposed-convolutions", code) for code in language_names()
]

EVERY = pytest.mark.parametrize(
    ("name", "language"),
    [
        pytest.param(*one, id=f"{one[0]}-{one[1]}", marks=[pytest.mark.prove][one[0] == SMALL :])
        for one in BOOKS
    ],
)


@cache
def book(name: str, language: str | None) -> Book:
    if name == SMALL:
        return build(Layer.of([[1, 2], [3, 4]], [[1, 2], [3, 4]]))
    return build(name, language=language)


@cache
def shown(name: str, language: str | None = None) -> bytes:
    return book(name, language).pdf(Printing(slides=True))


@poppler
@EVERY
def test_all_can_be_read_and_is_on_the_slide(name: str, language: str | None) -> None:
    pdf = shown(name, language)
    assert min(sizes_of(pdf)) >= LEAST
    pages = pages_of(pdf)
    assert {(page.wide, page.high) for page in pages} == {(960, 540)}
    check_places(pages)


@poppler
def test_with_each_click_a_stamp_lands() -> None:
    """The slides of each step have the numbers that IronCalc shows where the step is typed."""
    sheet = book(SMALL, None).sheets[0]
    slides = [page for page in pages_of(shown(SMALL)) if "Step" in words(page)]
    steps = [words(page)[words(page).index("Step") + 1] for page in slides]
    assert steps == ["0", "1", "2", "3", "4"]
    (output,) = (block for block in sheet.blocks if block.name == "output")
    middle = [output.cells.cell((0, 1, n)) for n in range(3)]
    seen = [*typed(sheet.name, "step", middle)]
    # rows of the kernel: 3 4 and 6 8 from above, and 3 6 and 4 8 from below, which overlap
    assert seen == [["0"] * 3, [*"340"], ["3", "10", "8"], ["6", "16", "8"], ["6", "20", "16"]]
    for page, numbers in zip(slides, seen, strict=True):
        row = " ".join(["1", *numbers])  # behind its index
        assert any(f" {row} " in f" {' '.join(line)} " for line in lines(page))


def typed(sheet: str, control: str, places: list[tuple[int, int]]) -> Iterator[list[str]]:
    """What some cells show while the numbers from 0 to 4 are typed into a control."""
    made = book(SMALL, None)
    (block,) = (b for s in made.sheets if s.name == sheet for b in s.blocks if b.name == control)
    row, column = block.cells.origin
    with quiet():
        model: Any = opened(made.to_bytes(), ironcalc.load_from_xlsx)
        at = [one["name"] for one in model.get_worksheets_properties()].index(sheet)
        for number in range(5):
            model.set_user_input(at, row + 1, column + 1, str(number))
            model.evaluate()
            yield [model.get_formatted_cell_value(at, r + 1, c + 1) for r, c in places]


def words(page: Page) -> list[str]:
    return [word.text for word in page.words]


def lines(page: Page) -> list[list[str]]:
    """The words of each line, from left to right."""
    found: dict[int, list[Any]] = {}
    for word in page.words:
        found.setdefault(round(word.bottom), []).append(word)
    return [[word.text for word in sorted(line)] for line in found.values()]


def test_a_looked_at_cell_runs_over_the_whole_output() -> None:
    pages = pypdf.PdfReader(io.BytesIO(shown(SMALL))).pages
    told = "\n".join(page.extract_text() for page in pages)
    looked = re.findall(r"Look at output row (\d) column (\d)", told)
    assert looked == [(row, column) for row in "012" for column in "012"]


def test_a_looked_at_cell_is_told_as_a_sum_on_its_slide() -> None:
    """Kernel and input are 1 2 3 4: the output's middle is where all four meet, turned."""
    (told,) = (
        text
        for page in pypdf.PdfReader(io.BytesIO(shown(SMALL))).pages
        if "Look at output row 1 column 1" in (text := page.extract_text())
    )
    assert "20 = 1*4 + 2*3 + 3*2 + 4*1" in told


def test_the_figures_of_a_step_have_their_numbers_and_captions() -> None:
    pages = pypdf.PdfReader(io.BytesIO(shown(SMALL))).pages
    told = [text for page in pages if "Step" in (text := page.extract_text())]
    assert len(told) == 5
    for text in told:
        for head in (r"1\s+Input", r"3\s+Stamps", r"4\s+Output"):
            assert re.search(rf"\b{head}", text)


def test_the_same_lesson_is_the_same_slides() -> None:
    made = book(SMALL, None)
    assert made.pdf(Printing(slides=True)) == shown(SMALL) != made.pdf()


def test_a_sheet_with_blanks_stands_still() -> None:
    """Its steps would show what is asked for."""
    lesson = as_meant(load_lesson("worksheet"))
    made = build(lesson)
    step = next(sheet for sheet in made.sheets if any(b.name == "step" for b in sheet.blocks))
    number = made.sheets.index(step)
    assert [*states(lesson, number, step)] == [step]
