"""Slides: letters for the last row, and each click shows what the workbook shows of that number."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from unicodedata import category, normalize

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
@EVERY
def test_each_figure_is_on_a_slide_with_its_caption(name: str, language: str | None) -> None:
    if language == "ar":
        pytest.skip("poppler has other ways to join Arabic letters, and tells some twice")
    pages = [{*spelt(all_of(page)).split()} for page in pages_of(shown(name, language))]
    for sheet in book(name, language).sheets:
        title = {*spelt(" ".join(sheet.titles)).split()}
        cells = [*sheet.cells()] if sheet.view not in ("contents", "check") else []
        for words in {str(one.value) for one in cells if one.role == "caption" and one.value}:
            wanted = title | {*spelt(words).split()}
            assert any(wanted <= page for page in pages), (sheet.name, words)


@poppler
@EVERY
def test_no_slide_is_empty(name: str, language: str | None) -> None:
    for page in pages_of(shown(name, language)):
        assert [word for word in page.words if 56 < word.top < 500]


@poppler
def test_a_figure_that_goes_on_keeps_its_captions_and_says_so() -> None:
    """Four numbers to eight channels: 32 kernels are too many for a slide."""
    texts = [*map(all_of, pages_of(shown("generator")))]
    parts = [text for text in texts if "Decode 1: transposed" in text]
    told = [re.findall(r"continued: (\d of \d)", text) for text in parts]
    assert told == [[], ["2 of 4"], ["3 of 4"], ["4 of 4"]]
    for n, text in enumerate(parts):
        assert "Weights and bias" in text
        assert re.findall(r"channel (\d)", text) == [str(2 * n), str(2 * n + 1)]
        assert re.findall(r"w\[0,(\d)\]", text) == [str(2 * n), str(2 * n + 1)]


@poppler
def test_a_layer_that_has_room_is_on_one_slide() -> None:
    """The four channels of both layers, each beside its weights."""
    texts = [*map(all_of, pages_of(shown("auto-encoder")))]
    for head in ("Encode 1: convolution", "Decode 1: transposed"):
        (text,) = (one for one in texts if head in one)
        assert "continued" not in text
        assert sorted(re.findall(r"channel (\d)", text)) == [*"0123"]
        assert sorted(re.findall(r"w\[0,(\d)\]", text)) == [*"0123"]


@poppler
def test_a_map_too_large_for_its_numbers_is_a_picture_under_its_caption() -> None:
    """24 x 24 cells: at 14 points 21 rows of numbers are as high as a slide."""
    (page,) = (one for one in pages_of(shown("stacking")) if "Larger 3:" in all_of(one))
    assert " ".join(word.text for word in page.words if 56 < word.top < 500) == (
        "6 Larger 3: upsampling, nearest 24 × 24"
    )


@poppler
@pytest.mark.parametrize(
    ("name", "captions"),
    [
        ("gradient", ["The image, with one pixel + ε (blue)", "Its result"]),
        ("matrix", ["x: the input laid flat"]),
        ("auto-encoder", ["Input", "Decode 2: transposed"]),
    ],
)
def test_what_changes_is_in_the_sequence(name: str, captions: list[str]) -> None:
    looked = r"(Look at output|Look at pixel|Pixel looked at) (row|column|channel) \d"
    run = [text for page in pages_of(shown(name)) if re.search(looked, text := all_of(page))]
    assert len(run) > 7
    for text in run:
        assert all(plain(words) in text for words in captions)


@pytest.mark.prove
def test_nothing_runs_where_the_output_has_no_room_beside_the_input() -> None:
    """Two maps of 16 x 16 are on no slide of 14 points: each sheet stands at its pixel."""
    pages = pypdf.PdfReader(io.BytesIO(shown("segmentation"))).pages
    told = "\n".join(page.extract_text() for page in pages)
    assert len(set(re.findall(r"Pixel looked at row \d+ column \d+", told))) == 1


@poppler
def test_what_ticks_weigh_with_is_on_no_slide() -> None:
    made = build(as_meant(load_lesson("worksheet")))
    texts = [*map(all_of, pages_of(made.pdf(Printing(slides=True))))]
    assert made.sheets[-1].view == "check"
    assert not [text for text in texts if made.sheets[-1].titles[0] in text]


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


def plain(text: str) -> str:
    """A text with single spaces."""
    return " ".join(text.split())


def all_of(page: Page) -> str:
    return plain(" ".join(words(page)))


def spelt(text: str) -> str:
    """A text without what only says how its letters are joined, and read."""
    return "".join(one for one in normalize("NFKC", text) if category(one) != "Cf")


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
