"""A page in a real browser: by keyboard, by everybody, at any width; and the workbook out of it."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pypdf import PdfReader
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from xlconv.grid.places import a1
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names
from xlconv.lessons.worksheet import worksheet_lesson

from ..engines import ironcalc_engine
from ..engines.cached import cached_values
from ..engines.compare import differences
from .chromium import (
    complaints,
    needs_chromium,
    opened,
    place,
    press,
    requests,
    screen,
    taken,
    text,
    wait,
)

pytestmark = [pytest.mark.prove, needs_chromium]

MAIN = "transposed-convolutions"
HOSTILE = "<script>alert(1)</script>\"']]><img src=x onerror=alert(2)><!--"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """
const done = arguments[0];
// what nobody sees would take most of its time
const hidden = [...document.querySelectorAll("section[hidden]")]
  .map((one) => [one, document.createComment("")]);
for (const [one, mark] of hidden) one.replaceWith(mark);
axe.run(document, {resultTypes: ["violations"]}).then((found) => {
  for (const [one, mark] of hidden) mark.replaceWith(one);
  done(found.violations.map(({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 120)}`));
});
"""


@pytest.fixture(autouse=True)
def _large(driver: Any) -> None:
    screen(driver, 1366, 768)


@pytest.mark.parametrize("lesson", lesson_names())
def test_everybody_can_use_every_sheet(lesson: str, driver: Any) -> None:
    sheets = build(lesson).sheets
    opened(driver, build(lesson).to_html())
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    for wide, dark in ((1366, False), (360, True)):
        screen(driver, wide, 768, dark=dark)
        for number, sheet in enumerate(sheets):
            driver.execute_script(f"show({number})")
            assert driver.execute_async_script(RUN_AXE) == [], (sheet.name, wide, dark)
    assert complaints(driver) == []


def test_everybody_can_use_the_index_of_the_site(driver: Any) -> None:
    driver.get((Path(__file__).parents[2] / "docs" / "site" / "index.html").as_uri())
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    for wide, dark in ((1366, False), (360, True)):
        screen(driver, wide, 768, dark=dark)
        assert driver.execute_async_script(RUN_AXE) == []
        assert driver.execute_script("return document.documentElement.scrollWidth") == wide
    driver.find_element(By.LINK_TEXT, "Sedirts").click()
    wait(driver)
    assert driver.find_element(By.CSS_SELECTOR, "[aria-selected=true]").text == "Sedirts"
    assert complaints(driver) == []


@pytest.mark.parametrize("wide", [360, 768, 1366])
@pytest.mark.parametrize("language", [None, "ar"])
def test_page_is_no_wider_than_its_window(wide: int, language: str | None, driver: Any) -> None:
    book = build(MAIN, language=language)
    screen(driver, wide, 768)
    opened(driver, book.to_html())
    for number, sheet in enumerate(book.sheets):
        driver.execute_script(f"show({number})")
        width = driver.execute_script("return document.documentElement.scrollWidth")
        assert width <= wide, sheet.name


def test_all_is_done_by_keyboard_alone(driver: Any) -> None:
    book = build(MAIN)
    opened(driver, book.to_html())
    press(driver, Keys.TAB, Keys.TAB, *[Keys.ARROW_RIGHT] * 5)  # the workbook, then the tabs
    assert driver.switch_to.active_element.text == "Gniddap"
    press(driver, Keys.ARROW_RIGHT)
    assert driver.switch_to.active_element.text == "Sedirts"
    first = place(book, "Sedirts", "input", (0, 0))
    while driver.switch_to.active_element.get_attribute("id") != first:
        press(driver, Keys.TAB)
        assert driver.switch_to.active_element.tag_name != "body"
    press(driver, "5", Keys.ENTER)  # and the cell under it is open
    assert text(driver, first) == "5"
    field = driver.switch_to.active_element
    assert (field.tag_name, field.get_attribute("value")) == ("input", "1")
    press(driver, "7", Keys.ESCAPE)
    assert text(driver, place(book, "Sedirts", "input", (1, 0))) == "1"
    press(driver, Keys.ARROW_UP, Keys.ARROW_RIGHT, "9", Keys.ARROW_DOWN)
    assert text(driver, place(book, "Sedirts", "input", (0, 1))) == "9"
    output = [text(driver, place(book, "Sedirts", "output", (0, n))) for n in range(5)]
    # by hand: the first rows of two stamps of 1 2 3, two cells apart
    assert output == ["5", "10", "24", "18", "27"]
    assert complaints(driver) == []


def test_what_was_typed_is_taken_back_step_by_step_or_at_once(driver: Any) -> None:
    book = build(MAIN)
    opened(driver, book.to_html())
    driver.execute_script("show(6)")
    cells = [place(book, "Sedirts", "input", (0, n)) for n in range(2)]
    before = [text(driver, cell) for cell in cells]
    for cell in cells:
        driver.find_element(By.ID, cell).click()
        press(driver, "8", Keys.ENTER)
    driver.find_element(By.ID, "undo").click()
    assert [text(driver, cell) for cell in cells] == ["8", before[1]]
    driver.find_element(By.ID, cells[1]).click()
    press(driver, "4", Keys.ENTER)
    driver.find_element(By.ID, "again").click()
    assert [text(driver, cell) for cell in cells] == before
    assert not driver.find_element(By.ID, "undo").is_displayed()


def edges(box: dict[str, float]) -> list[float]:
    """Left, top, right and bottom."""
    left, top = box["x"], box["y"]
    return [left, top, left + box["width"], top + box["height"]]


def test_click_shows_the_formula_and_frames_what_it_reads(driver: Any) -> None:
    book = build(MAIN)
    opened(driver, book.to_html())
    driver.execute_script("show(6)")
    cell = place(book, "Sedirts", "output", (2, 2))
    driver.find_element(By.ID, cell).click()
    number, at = cell[1:].split(".")
    (formula,) = [
        one.formula for one in book.sheets[int(number)].cells() if a1((one.row, one.column)) == at
    ]
    assert driver.find_element(By.ID, "content").text.split() == [at, f"={formula}"]
    frames = driver.find_elements(By.CLASS_NAME, "r")
    marks = driver.find_elements(By.TAG_NAME, "mark")
    assert len(frames) == len(marks) > 1
    for frame, mark in zip(frames, marks, strict=True):
        begin, _, end = mark.text.replace("$", "").partition(":")
        cells = [driver.find_element(By.ID, f"s{number}.{at}") for at in (begin, end or begin)]
        first, last = (edges(cell.rect) for cell in cells)
        assert np.allclose(edges(frame.rect), [*first[:2], *last[2:]], atol=3)
        colour = frame.value_of_css_property("border-top-color")
        assert mark.value_of_css_property("color") == colour


def test_hostile_text_does_nothing(driver: Any) -> None:
    lesson = load_lesson(MAIN)
    page = replace(lesson.pages[4], title=HOSTILE, idea=HOSTILE, try_this=(HOSTILE,))
    words = {"output": HOSTILE, "page_undo": HOSTILE}
    hostile = replace(lesson, title=HOSTILE, pages=(page,), words=words)
    opened(driver, build(hostile).to_html())
    assert driver.title == HOSTILE
    assert driver.find_element(By.TAG_NAME, "h2").text == HOSTILE
    assert driver.execute_script("return document.scripts.length") == 2
    assert driver.find_elements(By.TAG_NAME, "img") == []
    cell = place(build(hostile), page.name, "input", (0, 0))
    driver.find_element(By.ID, cell).click()
    press(driver, HOSTILE, Keys.ENTER)
    assert text(driver, cell) == HOSTILE
    assert (complaints(driver), requests(driver)) == ([], [])


def test_each_sheet_is_printed_with_its_figures_below_its_head(driver: Any) -> None:
    book = build(worksheet_lesson(load_lesson("worksheet")))
    opened(driver, book.to_html())
    options = {"preferCSSPageSize": True, "printBackground": True}
    pdf = driver.execute_cdp_cmd("Page.printToPDF", options)["data"]
    printed = [page.extract_text() for page in PdfReader(BytesIO(b64decode(pdf))).pages]
    assert len(printed) == len(book.sheets)  # each of these is read on one page
    for sheet, told in zip(book.sheets, printed, strict=True):
        assert sheet.head
        assert " ".join(sheet.head.title.split()) in told


def test_workbook_is_handed_over_as_it_was_typed(driver: Any) -> None:
    lesson = worksheet_lesson(load_lesson("worksheet"))
    book = build(lesson)
    opened(driver, book.to_html())
    name = "Transposed-convolutions-exercises.xlsx"
    assert taken(driver, name) == book.to_bytes()
    number, sheet = 1, book.sheets[1]
    blank = next(one for one in sheet.blocks if one.name == "answer_1")
    typed = {a1(blank.cells.cell((0,) * len(blank.cells.shape))): "=1+2"}
    inputs = next(one for one in sheet.blocks if one.role == "input")
    typed[a1(inputs.cells.cell((0,) * len(inputs.cells.shape)))] = "7"
    driver.execute_script(f"show({number})")
    for at, content in typed.items():
        driver.find_element(By.ID, f"s{number}.{at}").click()
        press(driver, content, Keys.ENTER)
    filled = taken(driver, name)
    blank_at, input_at = typed
    assert cached_values(filled)[sheet.name][blank_at] == 3.0
    computed = ironcalc_engine.recalculate(filled)
    assert differences(computed, cached_values(filled), engine="the page") == []
    changes = {(sheet.name, input_at): 7.0, (sheet.name, blank_at): 3.0}
    changed = ironcalc_engine.recalculate(book.to_bytes(), changes)
    assert differences(changed, computed, engine="the page") == []
    assert complaints(driver) == []


def test_ticks_of_a_worksheet_follow_what_is_typed(driver: Any) -> None:
    lesson = load_lesson("worksheet")
    book, key = build(worksheet_lesson(lesson)), build(worksheet_lesson(lesson, key=True))
    opened(driver, book.to_html())
    driver.execute_script("show(1)")
    sheet, answers = book.sheets[1], key.sheets[1]
    ticks = [
        f"s1.{a1(coat.cells.cell(index))}"
        for coat in sheet.coats
        if coat.role == "tick"
        for index in [(0,) * len(coat.cells.shape)]
    ]
    assert {text(driver, tick) for tick in ticks} == {"…"}
    values = {(cell.row, cell.column): cell.value for cell in answers.cells()}
    blanks = [one.cells for one in sheet.blocks if one.name.startswith("answer_")]
    for cells in blanks:
        for index in np.ndindex(cells.shape):
            at = cells.cell(index)
            driver.find_element(By.ID, f"s1.{a1(at)}").click()
            press(driver, f"{values[at]:g}", Keys.ENTER)
    assert {text(driver, tick) for tick in ticks} == {"✓"}
    first = blanks[0].cell((0,) * len(blanks[0].shape))
    driver.find_element(By.ID, f"s1.{a1(first)}").click()
    press(driver, "99", Keys.ENTER)
    assert "✗" in {text(driver, tick) for tick in ticks}
