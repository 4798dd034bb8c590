"""A page as it stands in its file: what it holds, what it lets in, and how it is asked for."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from xlconv.grid.direction import Way
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Head
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import ROLES, TINTS
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.page.style import darkened

from .conftest import Ran

Run = Callable[..., Ran]

MAIN = "transposed-convolutions"
HOSTILE = "<script>alert(1)</script>\"']]>&amp;<!--</style>"


class Read(HTMLParser):
    """The elements of a page with their attributes, and the text of each cell by its id."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.cells: dict[str, str] = {}
        self.inside: dict[str, str] = {}
        self._cell, self._tag = "", ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.elements.append((tag, told))
        self._tag = str(told.get("id") or tag)
        if tag == "td":
            self._cell = told.get("id") or ""
            self.cells[self._cell] = ""

    def handle_data(self, data: str) -> None:
        self.inside[self._tag] = self.inside.get(self._tag, "") + data
        if self._cell:
            self.cells[self._cell] += data

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""
        self._cell = "" if tag == "td" else self._cell


@cache
def main_page() -> bytes:
    return build(MAIN).to_html()


@cache
def main_read() -> Read:
    return Read(main_page())


def test_same_lesson_gives_the_same_bytes() -> None:
    assert build(MAIN).to_html() == main_page()


def test_main_lesson_is_under_a_megabyte_and_a_half() -> None:
    assert len(main_page()) < 1_500_000


def test_page_shows_each_cell_that_the_workbook_has() -> None:
    sheets = build(MAIN).sheets
    number = [sheet.name for sheet in sheets].index("Sedirts")
    (output,) = [block for block in sheets[number].blocks if block.name == "output"]
    first = output.ranges()[0].partition(":")[0]
    column, row = re.fullmatch("([A-Z]+)([0-9]+)", first).groups()  # type: ignore[union-attr]
    # example "sedirts" of tests/data/seed_examples.json
    shown = [main_read().cells[f"s{number}.{column}{int(row) + n}"] for n in range(5)]
    assert shown == ["3", "0", "7", "0", "2"]


def test_text_of_several_lines_stands_in_one_cell() -> None:
    lesson = load_lesson(MAIN)
    told = {" ".join(cell.split()) for cell in main_read().cells.values()}
    said = [
        text
        for page in lesson.pages
        for key in ("about", "beside_figure", "below_figure")
        for text in page.options.get(key) or ()
    ]
    assert len(said) > 5 and {*said} <= told


def test_workbook_in_the_page_is_the_workbook() -> None:
    (link,) = [told for tag, told in main_read().elements if told.get("id") == "book"]
    kind, _, data = str(link["href"]).partition(",")
    assert kind.endswith("spreadsheetml.sheet;base64")
    assert b64decode(data) == build(MAIN).to_bytes()
    assert link["download"] == "Transposed-convolutions-cell-by-cell.xlsx"


def test_policy_lets_in_this_script_and_this_style_alone() -> None:
    (policy,) = [
        str(told["content"])
        for tag, told in main_read().elements
        if told.get("http-equiv") == "Content-Security-Policy"
    ]

    def named(tag: str) -> str:
        content = re.search(rf"<{tag}>(.*?)</{tag}>", main_page().decode(), re.DOTALL)
        assert content
        return f"'sha256-{b64encode(sha256(content[1].encode()).digest()).decode()}'"

    assert policy == (
        f"default-src 'none'; script-src {named('script')}; style-src {named('style')};"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "unsafe" not in policy


def test_page_names_no_address_but_its_own_and_those_of_the_lessons_beside_it() -> None:
    for _, told in main_read().elements:
        for name in ("src", "href", "action", "srcset", "data"):
            assert re.match(r"#|data:|[a-z-]+\.html$|$", told.get(name) or ""), (name, told)
        assert not [name for name in told if name.startswith("on") or name == "style"]


def test_hostile_text_stays_text() -> None:
    lesson = load_lesson(MAIN)
    page = replace(lesson.pages[3], title=HOSTILE, idea=HOSTILE, try_this=(HOSTILE,))
    pages = (page,)
    words = {"output": HOSTILE, "page_undo": HOSTILE, "try_this": HOSTILE}
    lesson = replace(lesson, title=HOSTILE, pages=pages, words=words)
    tags = [tag for tag, _ in Read(build(lesson).to_html()).elements]
    plain = [
        tag for tag, _ in Read(build(replace(load_lesson(MAIN), pages=pages)).to_html()).elements
    ]
    assert tags.count("script") == plain.count("script") == 2
    assert tags.count("style") == 1
    read = Read(build(lesson).to_html())
    assert {read.inside[name] for name in ("h1", "h2", "li", "undo", "summary")} == {HOSTILE}
    assert HOSTILE in read.cells.values()
    json.loads(read.inside["data"])


def test_sheet_from_right_to_left_is_one_in_the_page() -> None:
    book = build(MAIN, language="ar")
    page = book.to_html()
    elements = Read(page).elements
    assert ("html", {"lang": "ar", "dir": "rtl"}) in elements
    ways = [told.get("dir") for _, told in elements if told.get("class") == "paper"]
    # what is scrolled begins where the sheet does
    assert [told.get("dir") for _, told in elements if told.get("class") == "figure"] == ways
    leftward = [sheet.way is Way.LEFTWARD for sheet in book.sheets]
    assert [way == "rtl" for way in ways] == leftward
    assert leftward.count(True) > len(leftward) / 2
    assert "المصنّف" in page.decode()


def test_each_tab_leads_to_its_panel() -> None:
    elements = main_read().elements
    tabs = [told for _, told in elements if told.get("role") == "tab"]
    panels = [told for _, told in elements if told.get("role") == "tabpanel"]
    assert [tab["aria-controls"] for tab in tabs] == [panel["id"] for panel in panels]
    assert [panel["aria-labelledby"] for panel in panels] == [tab["id"] for tab in tabs]
    assert len(tabs) == len(build(MAIN).sheets)


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, relative luminance."""

    def part(code: str) -> float:
        value = int(code, 16) / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    def light(color: str) -> float:
        red, green, blue = (part(color[n : n + 2]) for n in (0, 2, 4))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "pixel"])
def test_each_role_can_be_read_in_the_dark(role: str) -> None:
    look = ROLES[role]
    assert contrast(darkened(look.color), darkened(look.fill or "FFFFFF")) >= 4.5


def test_weights_can_be_read_in_the_dark_and_told_apart() -> None:
    dark = [*map(darkened, TINTS)]
    assert min(contrast(tint, darkened(ROLES["kernel"].color)) for tint in dark) >= 4.5
    assert len({*dark}) == len(TINTS)


@pytest.mark.parametrize(
    ("way", "begin", "end"),
    [(Way.RIGHTWARD, "left", "right"), (Way.LEFTWARD, "right", "left")],
    ids=str,
)
def test_frame_runs_around_each_slice(way: Way, begin: str, end: str) -> None:
    sheet = Sheet("Looks", way=way)
    grid: Grid = sheet.block("x", (0, 0), (2, 1, 2), role="input", content=[[[1, 2]], [[3, 4]]])
    assert grid.shape == (2, 1, 2)
    page = Book("Title", (sheet,)).to_html().decode()
    named = dict(re.findall(r'id="s0\.(\w+)" class="c(\d+) y"', page))
    rules = {at: page.split(f".c{n}{{")[1].split("}")[0] for at, n in named.items()}
    sides = {at: {*re.findall(r"border-(\w+):2px", rule)} for at, rule in rules.items()}
    first, last = {"top", "bottom", begin}, {"top", "bottom", end}
    assert sides == {"A1": first, "B1": last, "A3": first, "B3": last}


def test_frame_runs_around_what_is_written_the_other_way() -> None:
    """A picture is not turned round on a sheet from right to left."""
    sheet = Sheet("Looks", way=Way.LEFTWARD)
    steps = ((1, 0), (0, -1))
    sheet.block("x", (0, 1), (1, 2), role="input", content=[[1, 2]], steps=steps)
    book = Book("Title", (sheet,))
    page = book.to_html().decode()
    named = dict(re.findall(r'id="s0\.(\w+)" class="c(\d+) y"', page))
    rules = {at: page.split(f".c{n}{{")[1].split("}")[0] for at, n in named.items()}
    sides = {at: {*re.findall(r"border-(\w+):2px", rule)} for at, rule in rules.items()}
    cells = openpyxl.load_workbook(BytesIO(book.to_bytes())).worksheets[0]
    # in a workbook, left is where a sheet begins
    assert (cells["A1"].border.left.style, cells["A1"].border.right.style) == ("medium", "thin")
    assert (cells["B1"].border.left.style, cells["B1"].border.right.style) == ("thin", "medium")
    # column A is the one at the right
    assert sides == {"A1": {"top", "bottom", "right"}, "B1": {"top", "bottom", "left"}}


@pytest.mark.parametrize("way", [Way.RIGHTWARD, Way.LEFTWARD])
def test_texts_share_the_room_between_them(way: Way) -> None:
    sheet = Sheet("Looks", way=way)
    sheet.text((0, 0), "Look at", "strong")
    sheet.text((0, 9), "the long name of a row", "label")
    sheet.line((0, 10), [7], "fact")
    elements = Read(Book("Title", (sheet,)).to_html()).elements
    wide = {told.get("id"): int(told.get("colspan") or 1) for tag, told in elements if tag == "td"}
    words, label = wide["s0.A1"], wide["s0.J1"]
    assert 2 <= words <= 4 and label >= 5
    assert words + label == 10 and wide["s0.K1"] == 1


def test_each_part_of_a_sheet_is_a_group_of_rows_for_paper() -> None:
    groups: list[int] = []
    for tag, _ in main_read().elements:
        if tag == "table":
            groups.append(0)
        elif tag == "tbody":
            groups[-1] += 1
    parts = [
        1 + len({row for row in sheet.starts if sheet.head and sheet.head.rows < row < sheet.rows})
        for sheet in build(MAIN).sheets
    ]
    assert groups == parts
    assert max(groups) > 2


def zooms(page: bytes) -> list[float]:
    """How large each sheet's figures are on paper."""
    return [float(said) for said in re.findall(r"\.paper\{zoom:([0-9.]+)\}", page.decode())]


@pytest.mark.parametrize("head", [True, False])
def test_figure_is_as_large_on_paper_as_its_head_leaves_room(head: bool) -> None:
    def page(rows: int) -> Book:
        sheet = Sheet("Long", row_height=15.0, head=Head("Title", "Idea", (), 0) if head else None)
        sheet.block("x", (0, 0), (rows, 2), role="input", content=[[1, 2]] * rows)
        return Book("Title", (sheet,))

    # A4 has 1,026 pixels from margin to margin, of which a head of two lines takes 74
    room = 1026 - 74 * head
    assert zooms(page(60).to_html()) == [round(room / (60 * 20), 2)]
    assert zooms(page(30).to_html()) == [1.33]


def test_first_part_of_a_long_figure_stands_below_its_head() -> None:
    sheet = Sheet("Long", row_height=15.0, head=Head("Title", "Idea", (), 0))
    sheet.block("x", (0, 0), (100, 2), role="input", content=[[1, 2]] * 100)
    assert zooms(Book("Title", (sheet,)).to_html()) == [1.33]  # it is cut wherever a page ends
    sheet.starts.append(50)
    assert zooms(Book("Title", (sheet,)).to_html()) == [round((1026 - 74) / (50 * 20), 2)]


@pytest.mark.parametrize(
    "command",
    [
        ["build", "matrix"],
        ["layer", "--input", "3x3", "--weight", "2x2", "--stride", "2"],
        ["worksheet"],
        ["worksheet", "--key"],
    ],
    ids=" ".join,
)
def test_command_writes_a_page(command: list[str], run: Run, tmp_path: Path) -> None:
    done = run(*command, "-o", "lesson.html")
    assert (done.code, done.err.splitlines()[0][:25]) == (0, "xlconv: wrote lesson.html")
    page = Path(tmp_path, "lesson.html").read_bytes()
    assert page.startswith(b"<!DOCTYPE html>")
    again = run(*command, "-o", "lesson.html")
    assert "lesson.html is unchanged" in again.err


def test_page_of_a_worksheet_holds_no_answer(run: Run, tmp_path: Path) -> None:
    run("worksheet", "-o", "blank.html")
    run("worksheet", "--key", "-o", "key.html")
    blank, key = (Read(Path(tmp_path, f"{name}.html").read_bytes()) for name in ("blank", "key"))
    asked = [
        str(told["id"])
        for tag, told in blank.elements
        if tag == "td"
        and blank.cells[str(told.get("id") or "")] == ""
        and key.cells.get(str(told.get("id"))) not in ("", None)
    ]
    (link,) = [str(told["href"]) for _, told in blank.elements if told.get("id") == "book"]
    book = openpyxl.load_workbook(BytesIO(b64decode(link.partition(",")[2])))
    assert len(asked) > 50
    for cell in asked:
        n, at = cell[1:].split(".")
        assert book.worksheets[int(n)][at].value is None


def test_file_with_other_content_is_kept(run: Run, tmp_path: Path) -> None:
    Path(tmp_path, "lesson.html").write_text("mine")
    done = run("build", "matrix", "-o", "lesson.html")
    assert (done.code, Path(tmp_path, "lesson.html").read_text()) == (4, "mine")


def test_page_that_a_browser_would_not_draw_is_refused(run: Run, tmp_path: Path) -> None:
    large = ["layer", "--input", "128x128", "--weight", "3x3", "--stride", "2", "--view", "collect"]
    done = run(*large, "-o", "lesson.html")
    assert (done.code, [*tmp_path.iterdir()]) == (2, [])
    assert re.fullmatch(
        r"xlconv: error: a page has at most 100000 cells, got \d{6}: use a smaller input or fewer"
        r" sheets, or write an \.xlsx file\n",
        done.err,
    )


def test_no_part_begins_within_a_table_or_a_text() -> None:
    """Paper may end before each part, and a group of rows does."""
    for sheet in build(MAIN).sheets:
        told = [[cell.origin[0] for cell in cells] for cells in sheet.paragraphs]
        for block in (one.cells for one in sheet.blocks if len(one.cells.shape) > 1):
            for slice_ in np.ndindex(block.shape[:-2]):
                told.append([block.cell((*slice_, n, 0))[0] for n in range(block.shape[-2])])
        for rows in told:
            assert not {*sheet.starts} & {*range(min(rows) + 1, max(rows) + 1)}, sheet.name
