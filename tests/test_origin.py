"""What a workbook was made from: where it is kept, what loses it, and where else it is found."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import unescape
from zipfile import ZipFile

import filetype
import openpyxl
import pytest

from tests.conftest import Put, Ran
from tests.engines import libreoffice_engine
from tests.engines.need import needs
from tests.engines.package import with_parts
from tests.engines.validators import gnumeric_available
from xlconv.checking.check import check
from xlconv.checking.origin import read_recipe
from xlconv.checking.workbook import Workbook
from xlconv.errors import UnreadableError, XlconvError
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.lesson import Lesson, Page
from xlconv.lessons.recipe import RECIPE_NOTE, RECIPE_SHEET

CUSTOM = "docProps/custom.xml"
SEDIRTS = Layer.of([[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]], stride=2)
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def fresh() -> bytes:
    return build("matrix").to_bytes()


def without_properties(data: bytes) -> bytes:
    """The file as Google Sheets and exceljs save it: no properties of a user's own making."""
    copy = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(copy, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name in ("_rels/.rels", "[Content_Types].xml"):
                content, count = re.subn(rb"<[^<>]*docProps/custom.xml[^<>]*/>", b"", content)
                assert count == 1
            if name != CUSTOM:
                target.writestr(name, content)
    return copy.getvalue()


def without_sheet(data: bytes) -> bytes:
    """The file with the sheet that tells of the recipe called otherwise."""

    def edit(xml: bytes) -> bytes:
        assert RECIPE_SHEET.encode() in xml
        return xml.replace(RECIPE_SHEET.encode(), b"Other")

    return with_parts(data, {"xl/workbook.xml": edit})


# ------------------------------------------------------------------- where it is kept


def test_recipe_is_kept_in_properties_and_in_cells_of_a_hidden_sheet(fresh: bytes) -> None:
    book = openpyxl.load_workbook(BytesIO(fresh))
    sheet = book[RECIPE_SHEET]
    assert (book.sheetnames[-1], sheet.sheet_state) == (RECIPE_SHEET, "hidden")
    note, *pieces = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert note == RECIPE_NOTE
    assert all(len(piece) <= 32_767 for piece in pieces)
    with ZipFile(BytesIO(fresh)) as archive:
        xml = archive.read(CUSTOM).decode()
    told = unescape("".join(re.findall(r"<vt:lpwstr>(.*?)</vt:lpwstr>", xml)))
    assert "".join(pieces) == told
    assert json.loads(told)["title"] == "Why it is called transposed"


def test_note_beside_the_recipe_is_read_where_programs_show_the_sheet(fresh: bytes) -> None:
    sheet = openpyxl.load_workbook(BytesIO(fresh))[RECIPE_SHEET]
    assert sheet.column_dimensions["A"].width >= len(sheet["A1"].value)  # in letters


def test_long_recipe_takes_several_cells_and_is_read_again(put: Put) -> None:
    layer = Layer.of([[n * 1.1 for n in range(60)]] * 60, [[1.5]])
    data = build(layer, views=["collect"]).to_bytes()
    cells = list(openpyxl.load_workbook(BytesIO(data))[RECIPE_SHEET].iter_rows(values_only=True))
    assert len(cells) > 3
    report = check(put(without_properties(data)))
    assert (report.findings, report.formulas > 3_600) == ((), True)


@pytest.mark.parametrize("lost", [without_properties, without_sheet])
def test_either_place_is_enough(lost: Callable[[bytes], bytes], fresh: bytes, put: Put) -> None:
    report = check(put(lost(fresh)))
    assert (report.right, report.lesson) == (True, "Why it is called transposed")


def test_damaged_properties_give_way_to_the_sheet(fresh: bytes, put: Put) -> None:
    damaged = with_parts(fresh, {CUSTOM: lambda xml: xml.replace(b'"version"', b'"vers')})
    assert damaged != fresh
    assert check(put(damaged)).right


@needs("LibreOffice", libreoffice_engine.available())
def test_recipe_in_cells_survives_libreoffice(fresh: bytes, put: Put) -> None:
    (saved,) = libreoffice_engine.converted([without_properties(fresh)], "xlsx")
    assert openpyxl.load_workbook(BytesIO(saved))[RECIPE_SHEET].sheet_state == "hidden"
    assert check(put(saved)).lesson == "Why it is called transposed"


@needs("ssconvert", gnumeric_available())
def test_recipe_in_cells_survives_gnumeric(fresh: bytes, put: Put) -> None:
    path = put(without_properties(fresh))
    saved = path.with_name("gnumeric.xlsx")
    subprocess.run(["ssconvert", path, saved], check=True, capture_output=True)
    assert check(saved).lesson == "Why it is called transposed"


def test_recipe_in_cells_survives_openpyxl(fresh: bytes, put: Put) -> None:
    book = openpyxl.load_workbook(BytesIO(without_properties(fresh)))
    saved = BytesIO()
    book.save(saved)
    assert check(put(saved.getvalue())).lesson == "Why it is called transposed"


@needs("LibreOffice", libreoffice_engine.available())
@needs("pdftotext", shutil.which("pdftotext") is not None)
def test_recipe_is_not_printed(fresh: bytes, tmp_path: Path) -> None:
    (pdf,) = libreoffice_engine.converted([fresh], "pdf")
    (tmp_path / "a.pdf").write_bytes(pdf)
    text = subprocess.run(
        ["pdftotext", tmp_path / "a.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "Why it is called transposed" in text
    assert RECIPE_NOTE.split(":")[0] not in text


@pytest.mark.parametrize("name", [RECIPE_SHEET, RECIPE_SHEET.upper()])
def test_no_sheet_of_a_lesson_is_called_as_the_recipe_is(name: str) -> None:
    with pytest.raises(XlconvError, match=r"must not be xlconv recipe, .*got"):
        build(Lesson("T", (Page(name, "collect", layer=SEDIRTS),)))


# ------------------------------------------------------------------------ elsewhere


@pytest.fixture
def bare(fresh: bytes) -> bytes:
    return without_sheet(without_properties(fresh))


def test_without_a_recipe_the_refusal_says_where_else_it_may_be(bare: bytes, put: Put) -> None:
    with pytest.raises(UnreadableError, match=r"no recipe.*--like ORIGINAL\.xlsx or --lesson NAME"):
        check(put(bare))


def test_original_or_lesson_takes_the_place_of_a_lost_recipe(
    bare: bytes, fresh: bytes, put: Put
) -> None:
    for report in (check(put(bare), like=put(fresh)), check(put(bare), lesson="matrix")):
        assert (report.right, report.lesson) == (True, "Why it is called transposed")
        assert report.formulas > 100


def test_check_takes_an_original_or_a_lesson_and_not_both(fresh: bytes, put: Put) -> None:
    wrong = check(put(fresh), lesson="gradient").findings[0]
    assert (wrong.kind, wrong.expected) == ("other", "The gradient of a convolution")
    with pytest.raises(XlconvError, match="like and lesson exclude each other"):
        check(put(fresh), like=put(fresh), lesson="matrix")


def test_wrong_lesson_handed_in_is_wrong(fresh: bytes, put: Put, run: Callable[..., Ran]) -> None:
    ran = run("check", "--lesson", "gradient", put(fresh))
    assert ran.code == 1
    lines = ran.out.decode().splitlines()
    lessons = ("Why it is called transposed", "The gradient of a convolution")
    assert 'of "The gradient of a convolution"' in lines[0]
    assert lines[1:3] == [
        "  1 file of another lesson:",
        f'    this file says it is of "{lessons[0]}", not of "{lessons[1]}"',
    ]
    told = json.loads(run("check", "--json", "--lesson", "gradient", put(fresh)).out)
    assert told[0]["findings"][0]["kind"] == "other"


def test_file_that_says_nothing_is_not_said_to_be_of_another_lesson(bare: bytes, put: Put) -> None:
    report = check(put(bare), lesson="gradient")
    assert not report.right
    assert "other" not in {finding.kind for finding in report.findings}


def test_report_names_the_lesson(fresh: bytes, put: Put, run: Callable[..., Ran]) -> None:
    ran = run("check", put(fresh))
    assert re.fullmatch(
        rb'.*\.xlsx: right, [0-9]+ formulas of "Why it is called transposed"\n', ran.out
    )
    (told,) = json.loads(run("check", "--json", put(fresh)).out)
    assert told["lesson"] == "Why it is called transposed"


def test_like_and_lesson_exclude_each_other(run: Callable[..., Ran]) -> None:
    ran = run("check", "a.xlsx", "--like", "b.xlsx", "--lesson", "matrix")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "--like and --lesson exclude each other" in ran.err


def test_original_that_cannot_be_read_is_said_once(
    fresh: bytes, put: Put, run: Callable[..., Ran]
) -> None:
    ran = run("check", put(fresh), put(fresh), "--like", "none.xlsx")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, b"", 1)
    assert "none.xlsx" in ran.err


def test_recipe_of_lists_more_than_twenty_deep_is_damaged() -> None:
    with pytest.raises(UnreadableError, match="lists within lists, more than 20 deep"):
        read_recipe("[" * 30 + "]" * 30, "It")
    with pytest.raises(UnreadableError, match="of version"):
        read_recipe("[" * 10 + "]" * 10, "It")


def test_recipe_that_names_sheets_only_compares_nothing_and_is_wrong(
    put: Put, run: Callable[..., Ran]
) -> None:
    book = build(SEDIRTS, views=["collect"])
    told = json.loads(book.recipe)
    told["sheet"] = [{"name": page["name"]} for page in told["sheet"]]
    path = put(Book(book.title, book.sheets, json.dumps(told)).to_bytes())
    ran = run("check", path)
    assert ran.code == 1
    assert b"wrong, 0 formulas" in ran.out
    assert b"none of its formulas was found" in ran.out


def test_sheet_of_text_that_was_renamed_is_known_by_its_place(fresh: bytes, put: Put) -> None:
    sheet = build("matrix").sheets[0].name
    assert sheet == "Contents"
    pages = (Page("Start", "contents"), Page("Collect", "collect", layer=SEDIRTS))
    data = build(Lesson("T", pages)).to_bytes()
    renamed = with_parts(data, {"xl/workbook.xml": lambda xml: xml.replace(b'"Start"', b'"Begin"')})
    report = check(put(renamed))
    assert [(f.kind, f.expected, f.got) for f in report.findings] == [("renamed", "Start", "Begin")]
    assert report.right


@pytest.mark.parametrize("options", [[], ["--like", "a.xlsx"]])
def test_workbook_of_text_alone_has_nothing_to_check(
    options: list[str], run: Callable[..., Ran]
) -> None:
    layer = ("--input", "4x4", "--weight", "3x3", "--stride", "2")
    assert run("layer", *layer, "--view", "code", "-o", "a.xlsx").code == 0
    assert run("layer", *layer, "-o", "b.xlsx").code == 0
    ran = run("check", "a.xlsx", *options)
    assert ran.code == 1
    assert ran.out.decode().splitlines() == [
        'a.xlsx: nothing to check, 0 formulas of "Transposed convolution 4×4 → 9×9"',
        "  1 file with nothing to check:",
        "    a.xlsx is a workbook of text alone, in which nothing is computed",
    ]
    if not options:
        table = run("check", "a.xlsx", "b.xlsx").out.decode().splitlines()[-3:]
        assert table[0] == "2 files: 1 right, 0 wrong, 0 not read, 1 nothing to check"


# -------------------------------------------------------------------- a class of files


def test_memory_that_runs_out_ends_one_file_alone(
    fresh: bytes, tmp_path: Path, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (tmp_path / f"{name}.xlsx").write_bytes(fresh)
    read = Workbook.read

    def fail(path: Path) -> Workbook:
        if path.name == "b.xlsx":
            raise MemoryError
        return read(path)

    monkeypatch.setattr(Workbook, "read", fail)
    ran = run("check", "a.xlsx", "b.xlsx", "c.xlsx")
    assert ran.code == 3
    assert ran.err == "xlconv: error: there is not enough memory to check b.xlsx\n"
    assert ran.out.decode().splitlines()[-4:] == [
        "3 files: 2 right, 0 wrong, 1 not read",
        "  right     a.xlsx",
        "  right     c.xlsx",
        "  not read  b.xlsx",
    ]


def test_class_of_files_ends_with_a_table(
    fresh: bytes, put: Put, tmp_path: Path, run: Callable[..., Ran]
) -> None:
    spoilt = with_parts(
        fresh,
        {
            "xl/worksheets/sheet2.xml": lambda xml: re.sub(
                rb"<f>[^<]*</f>", b"<f>1+1</f>", xml, count=2
            )
        },
    )
    other = build(SEDIRTS, views=["collect"]).to_bytes()
    for name, data in {"a": fresh, "b": spoilt, "c": other, "d": b"no"}.items():
        (tmp_path / f"{name}.xlsx").write_bytes(data)
    ran = run("check", *(f"{name}.xlsx" for name in "abdc"))
    assert ran.code == 3
    assert ran.err.count("\n") == 1
    table = ran.out.decode().splitlines()[-5:]
    assert table[0] == "4 files: 2 right, 1 wrong, 1 not read; they are of 2 lessons"
    assert table[1].split()[:2] == ["right", "a.xlsx"]
    assert table[2].split()[:2] == ["wrong", "b.xlsx"]
    assert "2 formulas that were changed" in table[2]
    assert table[3].split()[:2] == ["right", "c.xlsx"]
    assert table[4].split() == ["not", "read", "d.xlsx"]


# ----------------------------------------------------------------- what a file is, and links


def test_file_is_a_spreadsheet_to_filetype(fresh: bytes) -> None:
    assert filetype.guess_mime(fresh) == SPREADSHEET


@needs("file", shutil.which("file") is not None)
def test_file_is_a_spreadsheet_to_libmagic(fresh: bytes, put: Put, tmp_path: Path) -> None:
    piped = tmp_path / "piped.xlsx"
    with piped.open("wb") as target:
        command = [sys.executable, "-m", "xlconv", "build", "matrix", "-o", "-"]
        subprocess.run(command, check=True, stdout=target)
    for path in (put(fresh), piped):
        said = subprocess.run(
            ["file", "--brief", "--mime-type", path], check=True, capture_output=True, text=True
        )
        assert said.stdout.strip() == SPREADSHEET


def test_each_link_says_its_text(fresh: bytes) -> None:
    book = openpyxl.load_workbook(BytesIO(fresh))
    links = [(sheet, cell) for sheet in book for row in sheet for cell in row if cell.hyperlink]
    assert len(links) > 5
    for _, cell in links:
        assert cell.hyperlink.display == cell.value
