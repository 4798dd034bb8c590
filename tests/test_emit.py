"""The file around the rows: sound, and the same bytes everywhere."""

import datetime as dt
import hashlib
import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import load_workbook

from xlconv.errors import XlconvError
from xlconv.grid import theme
from xlconv.grid.expr import call, joined
from xlconv.grid.sheet import Sheet
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names

from .engines import ironcalc_engine
from .engines.cached import cached_values
from .engines.lint import lint
from .engines.package import MAIN

ROOT = Path(__file__).parent.parent


def sheets() -> tuple[Sheet, Sheet]:
    """Two sheets with everything that a sheet can have."""
    first, second = Sheet("First"), Sheet("Zwei ✓ & <drei>")
    first.widths[0], first.heights[0], first.frozen_rows = 12.5, 30, 2
    x = first.block("x", (2, 1), (2, 3), role="input", content=[[1, 2, 3], [4, 5, 6]])
    control = first.block("at", (0, 1), (), role="control", content=2.0)
    first.choose(control, x[0].area(), prompt="which one")
    first.choose(x[1, 0], range(5))
    first.light(x, x.equals(control), "now")
    first.light(x, x > 5, "met", 3)
    first.scale(x)
    first.text((5, 0), "=text & <more>")
    first.link((6, 0), "to the other", second.name)
    y = second.block("y", (0, 0), (2, 3), role="output", content=x * 2)
    second.formula((3, 0), joined("sum ", call("SUM", y.area()), " & <so on>"))
    second.formula((4, 0), y[0, 0] > 1)
    return first, second


def book() -> Book:
    return Book('Title & "more" <here>', sheets())


@pytest.fixture(scope="module")
def parts() -> dict[str, str]:
    with ZipFile(io.BytesIO(book().to_bytes())) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_file_with_everything_is_sound() -> None:
    built = book().to_bytes()
    assert lint(built) == []
    from .engines.validators import openxml_audit  # needs lxml, which a test below blocks

    assert openxml_audit(built) == []
    assert ironcalc_engine.recalculate(built)[sheets()[1].name]["A4"] == "sum 42 & <so on>"


# ------------------------------------------------------------------------ the same bytes

BUILD = """
import sys
if sys.argv[1] == "blocked":
    sys.modules["lxml"] = None
import hashlib, openpyxl.xml
from xlconv.lessons.build import build
from xlconv.lessons.shipped import lesson_names
from xlconv.lessons.read import load_lesson
from tests.test_emit import book
assert openpyxl.xml.LXML is (sys.argv[1] == "lxml"), sys.argv[1]
for made in [book(), build(load_lesson(lesson_names()[0]))]:
    print(hashlib.sha256(made.to_bytes()).hexdigest())
"""


@pytest.mark.parametrize(
    ("library", "environment"),
    [
        ("lxml", {"OPENPYXL_LXML": "True", "PYTHONHASHSEED": "1"}),
        ("without", {"OPENPYXL_LXML": "False", "PYTHONHASHSEED": "2"}),
        ("blocked", {"OPENPYXL_LXML": "True", "PYTHONHASHSEED": "3", "TZ": "Asia/Tokyo"}),
    ],
)
def test_bytes_do_not_depend_on_the_process_or_its_xml_library(
    library: str, environment: dict[str, str]
) -> None:
    if library == "lxml":
        pytest.importorskip("lxml")
    kept = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    done = subprocess.run(
        [sys.executable, "-c", BUILD, library],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=kept | {"PYTHONPATH": str(ROOT)} | environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    here = [book(), build(load_lesson(lesson_names()[0]))]
    wanted = [hashlib.sha256(made.to_bytes()).hexdigest() for made in here]
    assert done.stdout.split() == wanted


def test_same_book_gives_the_same_bytes_twice() -> None:
    made = book()
    assert made.to_bytes() == made.to_bytes() == book().to_bytes()


def test_dates_are_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    _assert_dates(dt.datetime(1980, 1, 1, tzinfo=dt.UTC))


def test_dates_are_those_of_source_date_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    _assert_dates(dt.datetime(2023, 11, 14, 22, 13, 20, tzinfo=dt.UTC))


def _assert_dates(moment: dt.datetime) -> None:
    with ZipFile(io.BytesIO(book().to_bytes())) as archive:
        assert {item.date_time for item in archive.infolist()} == {moment.timetuple()[:6]}
        core = archive.read("docProps/core.xml").decode()
    dates = re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)
    assert dates == [moment.strftime("%Y-%m-%dT%H:%M:%SZ")] * 2


def test_zip_is_plain() -> None:
    with ZipFile(io.BytesIO(book().to_bytes())) as archive:
        assert {item.compress_type for item in archive.infolist()} == {ZIP_DEFLATED}
        assert len(set(archive.namelist())) == len(archive.namelist())
        assert archive.testzip() is None


# ------------------------------------------------------------------------ what is in it


def test_everything_is_recalculated_on_load(parts: dict[str, str]) -> None:
    (calculation,) = ET.fromstring(parts["xl/workbook.xml"]).iter(f"{MAIN}calcPr")
    assert calculation.get("fullCalcOnLoad") == "1"


def test_all_cells_are_without_green_triangles(parts: dict[str, str]) -> None:
    for number, extent in ((1, "A1:"), (2, "A1:")):
        root = ET.fromstring(parts[f"xl/worksheets/sheet{number}.xml"])
        (quiet,) = root.iter(f"{MAIN}ignoredError")
        (dimension,) = root.iter(f"{MAIN}dimension")
        assert quiet.get("sqref") == dimension.get("ref")
        assert str(quiet.get("sqref")).startswith(extent)
        assert quiet.get("formula") == quiet.get("numberStoredAsText") == "1"


def test_extent_holds_every_cell(parts: dict[str, str]) -> None:
    told = load_workbook(io.BytesIO(book().to_bytes()))
    for number, sheet in enumerate(told.worksheets, 1):
        root = ET.fromstring(parts[f"xl/worksheets/sheet{number}.xml"])
        (dimension,) = root.iter(f"{MAIN}dimension")
        area = sheet[dimension.attrib["ref"]]
        inside = {cell.coordinate for row in area for cell in row}
        assert {cell.attrib["r"] for cell in root.iter(f"{MAIN}c")} <= inside


def test_widths_heights_and_frozen_rows() -> None:
    sheet = load_workbook(io.BytesIO(book().to_bytes()))["First"]
    assert sheet.column_dimensions["A"].width == 12.5
    assert sheet.column_dimensions["B"].width == 4.2
    assert sheet.row_dimensions[1].height == 30
    assert sheet.freeze_panes == "A3"
    assert not sheet.sheet_view.showGridLines


def test_links_lead_inside_the_workbook(parts: dict[str, str]) -> None:
    (link,) = ET.fromstring(parts["xl/worksheets/sheet1.xml"]).iter(f"{MAIN}hyperlink")
    place = f"'{sheets()[1].name}'!A1"
    assert link.attrib == {"ref": "A7", "location": place, "display": "to the other"}


def test_dropdowns(parts: dict[str, str]) -> None:
    root = ET.fromstring(parts["xl/worksheets/sheet1.xml"])
    first, second = root.iter(f"{MAIN}dataValidation")
    assert (first.get("sqref"), first.findtext(f"{MAIN}formula1")) == ("B1", "$B$3:$D$3")
    assert first.get("prompt") == "which one"
    assert (second.get("sqref"), second.findtext(f"{MAIN}formula1")) == ("B4", '"0,1,2,3,4"')


def test_conditional_formats(parts: dict[str, str]) -> None:
    root = ET.fromstring(parts["xl/worksheets/sheet1.xml"])
    found = [
        (area.get("sqref"), rule.get("type"), rule.findtext(f"{MAIN}formula"))
        for area in root.iter(f"{MAIN}conditionalFormatting")
        for rule in area
    ]
    assert found == [
        ("B3:D4", "expression", "B3=$B$1"),
        ("B3:D4", "expression", "B3>5"),
        ("B3:D4", "colorScale", None),
    ]
    priorities = [int(rule.attrib["priority"]) for rule in root.iter(f"{MAIN}cfRule")]
    assert sorted(priorities) == [1, 2, 3]


def test_first_condition_that_holds_wins() -> None:
    sheet = Sheet("Sheet")
    x = sheet.block("x", (0, 0), (1, 2), role="output", content=[[1, 9]])
    sheet.light(x, x > 5, "now")
    sheet.light(x, x > 0, "current")
    seen = ironcalc_engine.conditional(Book("Test", (sheet,)).to_bytes())["Sheet"]
    assert {cell: light.fill for cell, light in seen.items()} == {
        "A1": f"#{theme.look('current').fill}",
        "B1": f"#{theme.look('now').fill}",
    }


def test_every_block_has_a_name() -> None:
    names = load_workbook(io.BytesIO(book().to_bytes())).defined_names
    assert {name: defined.attr_text for name, defined in names.items()} == {
        "first_x": "'First'!$B$3:$D$4",
        "first_at": "'First'!$B$1:$B$1",
        sheets()[1].defined_name(sheets()[1].blocks[0]): f"'{sheets()[1].name}'!$A$1:$C$2",
    }


@pytest.mark.parametrize("name", lesson_names())
def test_no_name_is_given_twice(name: str) -> None:
    made = build(load_lesson(name))
    names = [sheet.defined_name(block).lower() for sheet in made.sheets for block in sheet.blocks]
    assert len(set(names)) == len(names)


def test_title_stands_in_the_properties_and_on_paper(parts: dict[str, str]) -> None:
    title = book().title
    told = load_workbook(io.BytesIO(book().to_bytes()))
    assert told.properties.title == title
    assert told.properties.creator == "xlconv"
    header = ET.fromstring(parts["xl/worksheets/sheet1.xml"]).find(f".//{MAIN}oddHeader")
    assert header is not None
    assert header.text == "&R" + title.replace("&", "&&")


def test_pages_are_fitted() -> None:
    for sheet in load_workbook(io.BytesIO(book().to_bytes())).worksheets:
        assert not sheet.sheet_properties.pageSetUpPr.fitToPage  # else Excel forgets breaks
        assert 10 <= sheet.page_setup.scale <= 130
        assert sheet.print_area.startswith(f"'{sheet.title}'!$A$1:")


def test_relations_are_relative(parts: dict[str, str]) -> None:
    for name, text in parts.items():
        if name.endswith(".rels"):
            targets = [relation.attrib["Target"] for relation in ET.fromstring(text)]
            assert targets
            assert not any(target.startswith("/") for target in targets), name


def test_colour_is_opaque(parts: dict[str, str]) -> None:
    for name in ("xl/styles.xml", "xl/worksheets/sheet1.xml"):
        for color in re.findall(r'<(?:color|fgColor|bgColor) rgb="(\w+)"', parts[name]):
            # openpyxl's own default, where no colour is meant
            assert color == "00000000" or re.fullmatch("FF[0-9A-F]{6}", color), (name, color)


def test_fonts_stand_in_the_schemas_order(parts: dict[str, str]) -> None:
    order = [
        "b",
        "i",
        "strike",
        "u",
        "vertAlign",
        "sz",
        "color",
        "name",
        "family",
        "charset",
        "scheme",
    ]
    for font in ET.fromstring(parts["xl/styles.xml"]).iter(f"{MAIN}font"):
        found = [order.index(child.tag.removeprefix(MAIN)) for child in font]
        assert found == sorted(found)


def test_sheet_without_cells_is_a_sheet() -> None:
    built = Book("Test", (Sheet("Empty"),)).to_bytes()
    assert cached_values(built) == {"Empty": {}}
    assert lint(built) == []


@pytest.mark.parametrize("title", ["", "&", "&A", "100 % & 'more'", "7 lessons", "ünïcode ✓"])
def test_any_title_can_be_read_again(title: str) -> None:
    built = Book(title, (Sheet("One"),)).to_bytes()
    assert (load_workbook(io.BytesIO(built)).properties.title or "") == title
    assert lint(built) == []


def test_broken_sheet_leaves_nothing_behind(tmp_path: Path) -> None:
    sheet = Sheet("Sheet")
    sheet.block("x", (0, 0), (1, 1), role="input", content=float("nan"))
    with pytest.raises(XlconvError):
        Book("Test", (sheet,)).save(tmp_path / "book.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_books_written_at_once_leave_the_interpreters_switch_interval_as_it_was() -> None:
    usual, first_in, second_in, first_out = sys.getswitchinterval(), Event(), Event(), Event()

    def first(_: int) -> None:
        first_in.set()
        assert second_in.wait(60)

    def second(_: int) -> None:
        second_in.set()
        assert first_out.wait(60)

    with ThreadPoolExecutor(2) as threads:
        earlier = threads.submit(book().write, io.BytesIO(), first)
        assert first_in.wait(60)
        later = threads.submit(book().write, io.BytesIO(), second)
        earlier.result()
        first_out.set()
        later.result()
    assert sys.getswitchinterval() == usual
