"""A page as hands use it: on a phone, scrolled, copied from and into, and left."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.lessons.worksheet import worksheet_lesson

from .chromium import complaints, needs_chromium, opened, place, press, screen, text

pytestmark = [pytest.mark.prove, needs_chromium]

MAIN = "transposed-convolutions"
IN_SIGHT = """
  const [paper, window] = [figure(shownNow).paper, figure(shownNow).paper.parentElement];
  const [a, b] = [paper, window].map((one) => one.getBoundingClientRect());
  return [a.left >= b.left && a.right <= b.right, window.matches(".more"), paper.dir];
"""


@pytest.mark.parametrize("language", [None, "ar"])
def test_phone_shows_that_a_figure_goes_on_and_all_of_it(language: str | None, driver: Any) -> None:
    screen(driver, 360, 740)
    opened(driver, build(MAIN, language=language).to_html())
    driver.execute_script("show(6)")
    way = "ltr" if language is None else "rtl"
    assert driver.execute_script(IN_SIGHT) == [False, True, way]
    driver.find_element(By.ID, "whole").click()
    assert driver.execute_script(IN_SIGHT) == [True, False, way]
    driver.execute_script("show(5)")  # and so it stays on the next sheet
    assert driver.execute_script(IN_SIGHT) == [True, False, way]
    driver.find_element(By.ID, "whole").click()
    assert driver.execute_script(IN_SIGHT) == [False, True, way]
    screen(driver, 1366, 768)
    opened(driver, build(MAIN, language=language).to_html())
    assert not driver.find_element(By.ID, "whole").is_displayed()


ENDS = """
  const {paper, cells} = figure(shownNow);
  const window = paper.parentElement, box = window.getBoundingClientRect();
  const text = document.createRange();
  const ends = [...cells.values()].filter((td) => td.matches(".narrow")).map((td) => {
    text.selectNodeContents(td);
    const {left, right} = text.getBoundingClientRect();
    return paper.dir === "rtl" ? left - box.left : box.right - right;
  });
  return [window.scrollWidth > window.clientWidth, ends];
"""


@pytest.mark.parametrize(("language", "in_two"), [(None, False), ("ar", True)])
def test_texts_can_be_read_on_a_phone_to_their_ends(
    language: str | None, in_two: bool, driver: Any
) -> None:
    screen(driver, 360, 740)
    opened(driver, build(MAIN, language=language).to_html())
    # the contents are words alone, but for a legend in two columns; a figure goes on
    for sheet, beyond in ((0, in_two), (1, True)):
        driver.execute_script(f"show({sheet})")
        goes_on, ends = driver.execute_script(ENDS)
        assert goes_on is beyond
        assert len(ends) > 3
        assert min(ends) >= 24 * beyond  # which is how far the figure fades


@pytest.mark.parametrize("wide", [360, 1366])
def test_parameters_stay_in_sight_while_a_long_figure_goes_by(wide: int, driver: Any) -> None:
    book = build("playground")
    screen(driver, wide, 740)
    opened(driver, book.to_html())
    stride = place(book, "Playground", "stride", ())
    cell, bar = (driver.find_element(By.ID, one) for one in (stride, "bar"))
    for down in (500, 900):
        driver.execute_script(f"scrollTo(0, {down})")
        driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0]))")
        box, above = (
            driver.execute_script("return arguments[0].getBoundingClientRect()", one)
            for one in (cell, bar)
        )
        assert above["bottom"] <= box["top"] < 740
    assert box["top"] - above["bottom"] < 60
    cell.find_element(By.TAG_NAME, "select").send_keys("4")
    # (4-1)*4 - 2*0 + 1*(3-1) + 0 + 1 = 15
    assert "15 × 15" in driver.find_element(By.CLASS_NAME, "frozen").text


def test_tables_are_copied_and_pasted(driver: Any) -> None:
    book = build(MAIN)
    screen(driver, 1366, 768)
    opened(driver, book.to_html())
    driver.execute_script("show(6)")

    def cell(block: str, *index: int) -> Any:
        return driver.find_element(By.ID, place(book, "Sedirts", block, index))

    def held(key: str) -> None:
        ActionChains(driver).key_down(Keys.CONTROL).send_keys(key).key_up(Keys.CONTROL).perform()

    # rows 1 and 2, columns 0 and 1, of the output 3 6 12 6 9 / 0 3 0 3 0 / 7 5 16 5 9 / ...
    drag = ActionChains(driver).move_to_element(cell("output", 1, 0)).click_and_hold()
    drag.move_to_element(cell("output", 2, 1)).release().perform()
    held("c")
    cell("input", 0, 0).click()
    held("v")
    taken = [text(driver, place(book, "Sedirts", "input", (r, c))) for r in (0, 1) for c in (0, 1)]
    assert taken == ["0", "3", "7", "5"]
    driver.find_element(By.ID, "undo").click()  # in one step
    assert text(driver, place(book, "Sedirts", "input", (1, 1))) == "1"
    assert complaints(driver) == []


def test_who_leaves_a_worksheet_with_what_was_typed_is_asked(driver: Any) -> None:
    asks = "const left = new Event('beforeunload', {cancelable: true});"
    asks += "return !dispatchEvent(left);"
    book = build(worksheet_lesson(load_lesson("worksheet")))
    for one, asked in ((build("matrix"), False), (book, True)):
        opened(driver, one.to_html())
        assert driver.execute_script(asks) is False
        driver.execute_script("show(1)")
        driver.find_element(By.CSS_SELECTOR, "#s1 td.y:not(:has(select))").click()
        press(driver, "8", Keys.ENTER)
        assert driver.execute_script(asks) is asked
    driver.find_element(By.ID, "book").click()
    assert driver.execute_script(asks) is False


MINUS = """
  const text = document.createRange(), [node] = arguments[0].childNodes;
  return [0, 1].map((n) => {
    text.setStart(node, n);
    text.setEnd(node, n + 1);
    return text.getBoundingClientRect().left;
  });
"""


def test_minus_stands_before_its_number_on_a_sheet_from_right_to_left(driver: Any) -> None:
    book = build(MAIN, language="ar")
    screen(driver, 1366, 768)
    opened(driver, book.to_html())
    driver.execute_script("show(6)")
    first = driver.find_element(By.ID, place(book, book.sheets[6].name, "input", (0, 0)))
    first.click()
    press(driver, "-5", Keys.ENTER)
    minus, digit = driver.execute_script(MINUS, first)
    assert (first.text, minus < digit) == ("-5", True)


def test_browser_that_cannot_unpack_shows_all_sheets(driver: Any) -> None:
    book = build("matrix")
    old = {"source": "delete window.DecompressionStream"}
    made = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", old)
    try:
        driver.get("about:blank")
        path = driver.folder / "page.html"
        path.write_bytes(book.to_html())
        driver.get(path.as_uri())
        driver.execute_async_script("ready.catch(() => 0).then(arguments[0])")
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)
    heads = [one.text for one in driver.find_elements(By.TAG_NAME, "h2")]
    assert heads == [sheet.head.title for sheet in book.sheets if sheet.head]
    assert not driver.find_element(By.ID, "bar").is_displayed()
    assert "DecompressionStream" in complaints(driver)[0]


OUTSIDE = """
  const text = document.createRange();
  return [...figure(shownNow).cells.values()].filter((td) => td.colSpan === 1).filter((td) => {
    text.selectNodeContents(td);
    const [inner, outer] = [text, td].map((one) => one.getBoundingClientRect());
    return inner.left < outer.left - 1 || inner.right > outer.right + 1;
  }).map((td) => td.textContent);
"""


def test_what_is_too_long_for_its_cell_is_smaller_and_runs_over_no_other(driver: Any) -> None:
    book = build(MAIN)
    screen(driver, 1366, 768)
    opened(driver, book.to_html())
    driver.execute_script("show(6)")
    first = place(book, "Sedirts", "input", (0, 0))
    cell = driver.find_element(By.ID, first)
    size = cell.value_of_css_property("font-size")
    for content in ("-123456789", "=1/0", "a text", "3"):
        cell.click()
        press(driver, content, Keys.ENTER)
        assert driver.execute_script(OUTSIDE) == []
    assert cell.value_of_css_property("font-size") == size
    assert complaints(driver) == []
