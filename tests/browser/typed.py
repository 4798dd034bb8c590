"""A book open in a browser and in IronCalc: what is typed into one goes into both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import ironcalc
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from xlconv.grid.places import Place, a1, area_of
from xlconv.grid.shown import shown
from xlconv.lessons.book import Book
from xlconv.page.seen import Seen, seen

from ..engines.ironcalc_engine import opened as loaded
from ..engines.ironcalc_engine import quiet
from ..experiments.desk import Page, addresses
from .chromium import opened

EXACT = 1e-9
"""How far two programs may be apart, of what they compute."""

VALUES = """
  const plain = (v) => v instanceof Fault ? {fault: v.code} : v;
  return JSON.stringify(book.sheets.map((sheet, n) => [...sheet.contents.keys()].map((key) => {
    const [row, column] = [Math.floor(key / KEY), key % KEY];
    return [row + 1, column + 1, plain(book.computed(n, row, column))];
  })));
"""
IN_SIGHT = """
  const [n, id] = arguments;
  if (shownNow !== n) tabs[n].click();
  const td = document.getElementById(id), select = td.querySelector("select");
  td.scrollIntoView({block: "center", inline: "center"});
  return [td, select, [...select?.options ?? []].map((option) => option.text)];
"""
TEXTS = """
  const told = (td) => td.querySelector("select")?.value ?? td.textContent;
  const lines = ([at, td]) => told(td).split("\\n").map((line, down) =>
    [address(place(at).row + down, place(at).column), line]);
  return JSON.stringify([...figures[shownNow].cells].flatMap(lines));
"""
LOOK = """
  const td = document.getElementById(arguments[0]);
  const style = getComputedStyle(td);
  return [style.backgroundColor, style.textDecorationLine, td.textContent, td.style.cssText];
"""


def nearly(value: Any) -> list[Any]:
    """A value and those beside it: programs show a half that is a bit less as the half that it is
    in fifteen digits."""
    return [value, *(value * (1 + off) for off in (1e-15, -1e-15) if isinstance(value, float))]


class Both:
    """What `desk.Page` asks of a model: typed and read in the browser, held against IronCalc."""

    def __init__(self, driver: Any, book: Book) -> None:
        self.driver, self.book = driver, book
        self._right: set[tuple[int, Place, Any, str]] = set()
        opened(driver, book.to_html())
        self.forget()
        with quiet():
            self.other = loaded(book.to_bytes(), ironcalc.create_user_model_from_xlsx)
            self.other.evaluate()

    def forget(self) -> None:
        """Forget what was read in the browser."""
        self.__dict__.pop("values", None)

    @cached_property
    def values(self) -> list[dict[tuple[int, int], Any]]:
        """What each cell of each sheet holds in the browser."""
        sheets = json.loads(self.driver.execute_script(VALUES))
        return [{(row, column): value for row, column, value in cells} for cells in sheets]

    @cached_property
    def drawn(self) -> list[list[Seen]]:
        return [seen(sheet) for sheet in self.book.sheets]

    def show(self, n: int) -> None:
        self.driver.find_element(By.ID, f"t{n}").click()

    # ---- what a page asks

    def pause_evaluation(self) -> None:
        self.other.pause_evaluation()

    def resume_evaluation(self) -> None:
        self.other.resume_evaluation()

    def set_user_input(self, n: int, row: int, column: int, content: str) -> None:
        """Type into a cell as a person does; twice the same is typed once."""
        self.other.set_user_input(n, row, column, content)
        at = f"s{n}.{a1((row - 1, column - 1))}"
        cell, choices, offered = self.driver.execute_script(IN_SIGHT, n, at)
        keys = content.removesuffix(".0") or Keys.DELETE
        if choices:
            choices.send_keys(Keys.HOME + Keys.DOWN * offered.index(keys))
        else:
            typing = ActionChains(self.driver, duration=0).move_to_element(cell).click()
            typing.send_keys(keys, Keys.ENTER).perform()
        self.forget()

    def put_back(self, pages: Iterable[Page]) -> None:
        """As it was: in the browser by its button, in IronCalc cell by cell."""
        for page in pages:
            for (row, column), content in page.before.items():
                self.other.set_user_input(page.number, row, column, content)
            page.before.clear()
        again = self.driver.find_element(By.ID, "again")
        if again.is_displayed():
            again.click()
        self.forget()
        self.evaluate()

    def enter(self, n: int, contents: Mapping[str, float | str]) -> None:
        """Numbers into cells of one sheet, all at once."""
        for at, value in contents.items():
            area = area_of(at)
            assert area
            row, column = area[1]
            self.other.set_user_input(n, row + 1, column + 1, str(value))
        told = [[n, at, value] for at, value in contents.items()]
        self.driver.execute_script("enter(arguments[0])", told)
        self.forget()

    def evaluate(self) -> None:
        """Hold every cell against IronCalc's, and what the sheet shows against what it has."""
        self.other.evaluate()
        assert self.differences() == []

    def differences(self) -> list[str]:
        found = []
        for n, cells in enumerate(self.values):
            for (row, column), value in cells.items():
                theirs = self.other.get_cell_value(n, row, column)
                if not same(value, theirs):
                    at = f"{self.book.sheets[n].name}!{a1((row - 1, column - 1))}"
                    found.append(f"{at}: {value!r}, IronCalc has {theirs!r}")
        return found + self._texts()

    def _texts(self) -> list[str]:
        """Cells of the sheet that is shown that do not show what they hold."""
        n = self.driver.execute_script("return shownNow")
        told, sheet = dict(json.loads(self.driver.execute_script(TEXTS))), self.book.sheets[n]
        found = []
        for one in self.drawn[n]:
            place = one.cell.row, one.cell.column
            value = self.values[n].get((place[0] + 1, place[1] + 1))
            value = value["fault"] if isinstance(value, dict) else value
            got = unlettered(told.get(a1(place), ""))
            if a1(place) not in told or (n, place, value, got) in self._right:
                continue
            room = int(sheet.widths.get(place[1], sheet.column_width))
            code = one.dress.look.number_format
            expected = [unlettered(shown(near, code, room)) for near in nearly(value)]
            if got in expected:
                self._right.add((n, place, value, got))
            else:
                found.append(f"{sheet.name}!{a1(place)}: shows {got!r}, has {expected[0]!r}")
        return found

    def get_cell_value(self, n: int, row: int, column: int) -> Any:
        value = self.values[n].get((row, column))
        return value["fault"] if isinstance(value, dict) else value

    def get_cell_content(self, n: int, row: int, column: int) -> str:
        at = a1((row - 1, column - 1))
        return str(self.driver.execute_script(f"return entryOf(book.content({n}, '{at}'))"))

    def get_sheet_dimensions(self, n: int) -> tuple[int, int, int, int]:
        rows, columns = zip(*self.values[n], strict=True)
        return min(rows), max(rows), min(columns), max(columns)

    def get_cell_style(self, n: int, row: int, column: int) -> dict[str, Any]:
        return self._look(n, row, column) | {"lit": ""}

    def get_extended_cell_style(self, n: int, row: int, column: int) -> dict[str, Any]:
        return {"style": self._look(n, row, column)}

    def _look(self, n: int, row: int, column: int) -> dict[str, Any]:
        if self.driver.execute_script("return shownNow") != n:
            self.show(n)
        at = f"s{n}.{a1((row - 1, column - 1))}"
        ground, line, text, lit = self.driver.execute_script(LOOK, at)
        letters = text[: len(text) - len(unlettered(text))]
        return {
            "fill": {} if ground == "rgba(0, 0, 0, 0)" else {"color": as_hex(ground)},
            "font": {"strike": "line-through" in line},
            "num_fmt": f'"{letters}"' if letters else "",
            "lit": lit,
        }


def pages_of(both: Both) -> dict[str, Page]:
    """The sheets of a book that is open in both, by name."""
    pages: dict[str, Page] = {}
    for n, sheet in enumerate(both.book.sheets):
        blocks = {block.name: addresses(block) for block in sheet.blocks}
        pages[sheet.name] = Page(both, n, blocks, pages)
    return pages


def same(value: Any, theirs: Any) -> bool:
    """Whether two programs have the same in a cell; nothing is as good as no text."""
    if isinstance(value, dict):
        return bool(value["fault"] == theirs or theirs == "#ERROR!")
    if isinstance(value, bool) or isinstance(theirs, bool) or not isinstance(value, int | float):
        return (value if value is not None else "") == (theirs if theirs is not None else "")
    if not isinstance(theirs, int | float):
        return False
    return abs(value - theirs) <= EXACT * max(1.0, abs(theirs))


def unlettered(text: str) -> str:
    """A number without the small letter of a tint before it."""
    from xlconv.grid.theme import MARKS

    return text.lstrip(MARKS)


def as_hex(color: str) -> str:
    """
    >>> as_hex("rgb(255, 216, 168)")
    '#FFD8A8'
    """
    parts = color.partition("(")[2].rstrip(")").split(",")[:3]
    return "#" + "".join(f"{int(float(part)):02X}" for part in parts)
