"""From a class's pages to its marks: each is filled in, and what it gives back is graded."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from ..classroom.test_commands import at, run
from .chromium import complaints, needs_chromium, press, screen, taken, wait

__all__ = ["at"]

pytestmark = [pytest.mark.prove, needs_chromium]


def test_page_that_was_filled_in_is_graded(at: Path, driver: Any) -> None:
    run("class", "row.toml", "list.csv", "--keys", "--html")
    with (at / "class/teacher/codes.csv").open(encoding="utf-8-sig") as file:
        codes = {row["id"]: row["code"] for row in csv.DictReader(file, delimiter=";")}
    screen(driver, 360, 740)
    (at / "back").mkdir()
    for student, wrong in (("1", ""), ("2", "77")):
        code = codes[student]
        answers = openpyxl.load_workbook(at / f"class/teacher/keys/{code}.xlsx", data_only=True)
        driver.get((at / f"class/{code}.html").as_uri())
        wait(driver)
        blanks = driver.find_elements(By.CSS_SELECTOR, "#s0 td.y:empty")
        for cell in blanks:
            address = str(cell.get_attribute("id")).partition(".")[2]
            value = answers.worksheets[0][address].value
            driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", cell)
            cell.click()
            press(driver, wrong if cell is blanks[0] and wrong else f"{value:g}", Keys.ENTER)
        (at / f"back/{code}.xlsx").write_bytes(taken(driver, f"A-row-{code}.xlsx"))
    assert complaints(driver) == []
    told = run("grade", "back", "--class", "class/teacher", "--json").stdout
    marks = {one["id"]: one["marks"] for one in json.loads(told)}
    assert marks["1"] == 10
    assert 0 < marks["2"] < 10
