"""What reading a returned workbook may cost: budgets that the code keeps, of time and of memory."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from tests.hostile import (
    CELLS,
    CUSTOM,
    PAGE,
    SHEET,
    checked,
    packed,
    parts,
    recipe,
    streamed,
    streamed_part,
    with_part,
    with_recipe,
)
from xlconv.checking import package as package_module
from xlconv.checking.check import check
from xlconv.checking.package import Package
from xlconv.checking.scan import ALLOWED, Budget
from xlconv.cli.terminal import LONGEST
from xlconv.errors import UnreadableError, XlconvError
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.xlsx import archive as archive_module

END = b"</sheetData></worksheet>"
WORKBOOK, STRINGS = "xl/workbook.xml", "xl/sharedStrings.xml"


def numbered(part: str, head: str, unit: str, times: int, tail: str) -> bytes:
    """A workbook with a part that holds a unit very often, with its number in it."""
    return with_part(part, (head + "".join(map(unit.format, range(times))) + tail).encode())


def sharing(letters: int, cells: int) -> bytes:
    """A formula of so many letters, shared by so many cells."""
    formula = "+".join(["A1"] * (letters // 3))
    head = f'<row><c r="A1"><f t="shared" si="0" ref="A1:A{cells}">{formula}</f></c></row>'
    rows = "".join(
        f'<row><c r="A{row}"><f t="shared" si="0"/></c></row>' for row in range(2, cells)
    )
    return with_part(SHEET, CELLS + (head + rows).encode() + END)


def on_one_part(count: int) -> bytes:
    """Sheets that are all the same part."""
    pages = [{**PAGE, "name": f"C{n}"} for n in range(count)]
    with ZipFile(BytesIO(with_recipe(recipe(sheet=pages)))) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    xml = found[WORKBOOK].decode()
    relation = re.search(r'r:id="([^"]*)"', xml)
    assert relation
    sheets = "".join(
        f'<sheet name="C{n}" sheetId="{n + 1}" r:id="{relation[1]}"/>' for n in range(count)
    )
    found[WORKBOOK] = re.sub("<sheets>.*</sheets>", f"<sheets>{sheets}</sheets>", xml).encode()
    return packed(found)


FLOODS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a formula of 8,000 letters": (lambda: sharing(8_000, 20_000), "shared formulas of more"),
    "many formulas to share": (
        lambda: streamed_part(
            SHEET, CELLS, b'<row><c><f t="shared" si="0">' + b"A1+" * 100 + b"A1</f></c></row>",
            90_000, END,
        ),
        "shared formulas of more",
    ),
    "sheets on one part": (lambda: on_one_part(200), "two sheets of one name, or of one part"),
    "sheets": (
        lambda: streamed_part(
            WORKBOOK,
            b"<workbook><sheets>",
            b'<sheet name="a"/>',
            3_000_000,
            b"</sheets></workbook>",
        ),
        "has more than 2,",
    ),
    "tags": (lambda: streamed_part(SHEET, b"<a>", b"<a/>", 30_000_000, b"</a>"), "tags"),
    "empty cells": (
        lambda: streamed_part(SHEET, CELLS, b"<row><c/></row>", 5_000_000, END), "tags",
    ),
    "names": (
        lambda: numbered(
            WORKBOOK,
            "<workbook>",
            '<definedName name="n{}">A</definedName>',
            400_000,
            "</workbook>",
        ),
        "texts and names that take more",
    ),
    "texts of one emoji": (
        lambda: streamed_part(
            STRINGS, b"<sst>", "<si><t>\U0001f600</t></si>".encode(), 900_000, b"</sst>"
        ),
        "texts and names that take more",
    ),
    "properties": (
        lambda: numbered(
            CUSTOM, "<a>", '<property name="p{}"><lpwstr>a</lpwstr></property>', 400_000, "</a>"
        ),
        "texts and names that take more",
    ),
    "relations": (
        lambda: numbered(
            "_rels/.rels", "<a>", '<Relationship Id="r{0}" Target="{0}"/>', 400_000, "</a>"
        ),
        "texts and names that take more",
    ),
    "names of attributes": (
        lambda: numbered(SHEET, "<a>", '<a a{}=""/>', 100_000, "</a>"), "more than 1000 names",
    ),
    "values of one cell": (
        lambda: streamed_part(
            SHEET, CELLS + b"<row><c>", b"<v>" + b"x" * 1000 + b"</v>", 100_000, b"</c></row>" + END
        ),
        "a text of more than",
    ),
    "lists in a recipe": (
        lambda: with_recipe('{"version":1,"sheet":[' + "[]," * 2_000_000 + "[]]}"),
        "recipe is damaged: it has more than 1,000,000 values",
    ),
    "lists in lists": (
        lambda: with_recipe(json.dumps(recipe()).replace("[[1]]", "[" * 600 + "1" + "]" * 600)),
        "recipe is damaged: it has lists within lists, more than 20 deep",
    ),
    "sheets of a recipe": (
        lambda: with_recipe(recipe(sheet=[{**PAGE, "name": f"C{n}"} for n in range(256)])),
        "must have at most 255 tables, got 256",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FLOODS)
def test_flood_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    make, said = FLOODS[name]
    path = tmp_path / "a.xlsx"
    path.write_bytes(make())
    assert path.stat().st_size < 20 << 20
    code, out, err = checked(path)
    assert (code, out, err.count("\n")) == (3, "", 1), err
    assert said in err
    assert err.count("is not opened") <= 1


def test_formula_too_long_for_excel_is_not_written_out_for_the_cells_that_share_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(sharing(99_000, 20_000))
    code, out, err = checked(path)
    assert (code, err) == (1, "")
    assert "wrong" in out


def test_cells_without_end_that_differ_cost_no_more_than_the_file_allows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    row = "<row>" + "<c><v>{0}</v></c>" * 20 + "</row>"
    path.write_bytes(streamed(CELLS, row, 300_000, END))
    code, _, err = checked(path)
    assert (code, err.count("\n")) == (3, 1), err
    assert "tags" in err


def test_sheet_of_spaces_makes_no_room_for_a_large_recipe(tmp_path: Path) -> None:
    with ZipFile(BytesIO(with_recipe(recipe({"input": "1200x1200"})))) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(found | {SHEET: CELLS + b" " * (100 << 20) + END}))
    code, _, err = checked(path)
    assert (code, err.count("\n")) == (3, 1), err
    assert re.search("cells; this sheet has [12][0-9]{5}:", err)


def test_budget_is_one_for_all_parts() -> None:
    budget = Budget(0)
    budget.spend("tags", ALLOWED["tags"][0])
    with pytest.raises(ValueError, match="has more than 2,000,000 tags"):
        budget.spend("tags", 1)


@pytest.mark.parametrize("view", ["overlap", "distribute", "phases", "collect"])
def test_own_files_stay_far_within_what_reading_may_cost(view: str, tmp_path: Path) -> None:
    """Ones everywhere: nothing packs better, so nothing has more tags for its bytes."""
    layer = Layer.of(np.ones((96, 96)), np.ones((3, 3)), stride=2)
    data = build(layer, views=[view]).to_bytes()
    with ZipFile(BytesIO(data)) as archive:
        texts = [archive.read(name) for name in archive.namelist()]
    tags = sum(text.count(b"<") - text.count(b"</") for text in texts)
    assert tags < ALLOWED["tags"][1] * len(data)
    assert sum(map(len, texts)) < ALLOWED["bytes"][1] * len(data)


@pytest.mark.parametrize("what", ["FILE_SIZE", "PART_SIZE"])
def test_what_is_written_is_read_and_what_is_not_read_is_not_written(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = build(Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2), views=["collect"])
    data = book.to_bytes()
    with ZipFile(BytesIO(data)) as archive:
        infos = archive.infolist()
    packed_size = sum(info.compress_size for info in infos)
    size = {"FILE_SIZE": packed_size, "PART_SIZE": archive.getinfo(SHEET).file_size}[what]
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    for module in (archive_module, package_module):
        monkeypatch.setattr(module, what, size - 1)
    with pytest.raises(XlconvError, match=r"takes more than .* use a smaller input"):
        book.to_bytes()
    with pytest.raises(UnreadableError, match=r"larger than|unpacks to"):
        check(path)
    for module in (archive_module, package_module):
        monkeypatch.setattr(module, what, len(data) + size)
    assert book.to_bytes() == data
    assert check(path).right


def test_file_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with ZipFile(path, "w") as archive:
        for name, data in parts().items():
            archive.writestr(name, data)
        with archive.open("media/film.bin", "w") as part:
            for _ in range(80):
                part.write(bytes(1 << 20))
    tracemalloc.start()
    Package(path)
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("told", [{"k" * 140_000: 1}, {"view": "v" * 140_000}])
def test_what_is_quoted_is_not_as_long_as_it_is(told: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_recipe(recipe(told)))
    code, _, err = checked(path)
    assert code == 3
    assert len(err) < LONGEST + 100


@pytest.mark.parametrize("name", ["xl/worksheets/" + "x" * 60_000, SHEET])
def test_damaged_part_is_named_once_and_not_at_length(name: str, tmp_path: Path) -> None:
    found = {**parts(), name: bytes(range(256)) * 40}
    relations = "xl/_rels/workbook.xml.rels"
    old, new = (part.removeprefix("xl/").encode() for part in (SHEET, name))
    assert found[relations].count(old) == 1
    found[relations] = found[relations].replace(old, new)
    data = bytearray(packed(found))
    at = data.index(name.encode()) + len(name)
    data[at : at + 20] = bytes(20)  # in what is packed
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    code, _, err = checked(path)
    assert (code, err.count("is not opened"), err.count(name[:60])) == (3, 1, 1), err
    assert "is broken" in err
    assert len(err) < 500
