"""A workbook that somebody edited: in its bytes, or as openpyxl saves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from html import escape, unescape
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import openpyxl
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from tests.engines.package import cell_name, row_and_column, sheet_parts, with_parts
from xlconv.checking.cells import Cell, Cells
from xlconv.checking.check import check
from xlconv.checking.report import Finding, Report
from xlconv.checking.scan import scanned
from xlconv.grid.places import Place
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build

# example "sedirts" of tests/data/seed_examples.json
SEDIRTS = Layer.of([[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]], stride=2)
PRINTED = [[3, 6, 12, 6, 9], [0, 3, 0, 3, 0], [7, 5, 16, 5, 9], [0, 1, 0, 1, 0], [2, 1, 4, 1, 2]]

Edit = Callable[[Any], None]


def by_openpyxl(data: bytes, edit: Edit) -> bytes:
    book = openpyxl.load_workbook(BytesIO(data))
    edit(book)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def on_sheet(data: bytes, sheet: str, old: str, new: str, count: int = 1) -> bytes:
    """The file with a text of a sheet's XML replaced; it must be there so often."""

    def edit(xml: bytes) -> bytes:
        assert xml.decode().count(old) == count, (old, xml.decode().count(old))
        return xml.decode().replace(old, new).encode()

    with ZipFile(BytesIO(data)) as archive:
        part = sheet_parts(archive)[sheet]
    return with_parts(data, {part: edit})


def in_part(data: bytes, part: str, pattern: str, new: str) -> bytes:
    def edit(xml: bytes) -> bytes:
        found, count = re.subn(pattern, new, xml.decode())
        assert count
        return found.encode()

    return with_parts(data, {part: edit})


def formula_of(data: bytes, sheet: str, cell: str) -> str:
    with ZipFile(BytesIO(data)) as archive:
        xml = archive.read(sheet_parts(archive)[sheet]).decode()
    found = re.search(rf'<c r="{cell}"[^>]*><f>(.*?)</f>', xml)
    assert found
    return found[1]


def part_of(data: bytes, sheet: str) -> str:
    with ZipFile(BytesIO(data)) as archive:
        return sheet_parts(archive)[sheet]


def wrong(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.wrong]


@cache
def fresh() -> bytes:
    """The printed example as the sheets Distribute and Collect."""
    return build(SEDIRTS, views=["distribute", "collect"]).to_bytes()


@cache
def places() -> dict[str, str]:
    """The first cell of each block of the sheet Collect."""
    sheet = build(SEDIRTS, views=["distribute", "collect"]).manifest()[1]
    found = {b["name"].removeprefix("collect_"): b["ranges"][0] for b in sheet["blocks"]}
    return {name: area.partition(":")[0] for name, area in found.items()}


def checked(data: bytes, engine: bool = False) -> Report:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        path.write_bytes(data)
        return check(path, engine=engine)


def kinds(report: Report) -> list[str]:
    return [finding.kind for finding in report.findings]


def with_formula(data: bytes, sheet: str, cell: str, formula: str) -> bytes:
    """The file with another formula in a cell, and its value as it was."""
    was = formula_of(data, sheet, cell)
    head = rf'(<c r="{cell}"[^>]*><f>){re.escape(was)}</f>'
    return in_part(data, part_of(data, sheet), head, rf"\g<1>{escape(formula, quote=False)}</f>")


def inserted(data: bytes, sheet: str, row: int = 0, column: int = 0, by: int = 1) -> bytes:
    """The file after rows or columns were put before one of a sheet, as programs do it.

    Cells, formulas that read them, and names are moved; merged cells and the like are not.
    """

    def cell(found: re.Match[str]) -> str:
        at_row, at_column = row_and_column(found[2] + found[4])
        at_row += by * (0 < row <= at_row)
        at_column += by * (0 < column <= at_column)
        letters = cell_name(at_row, at_column).rstrip("0123456789")
        return f"{found[1]}{letters}{found[3]}{at_row}"

    def moved(text: str) -> str:
        return re.sub(r"(\$?)\b([A-Z]{1,3})(\$?)([0-9]+)\b", cell, text)

    def formula(found: re.Match[str]) -> str:
        tokens = Tokenizer(f"={unescape(found[1])}").items
        told = [moved(t.value) if t.subtype == Token.RANGE else t.value for t in tokens]
        return f"<f>{escape(''.join(told), quote=False)}</f>"

    def edit(xml: bytes) -> bytes:
        text = re.sub(r'(?<=<c r=")[A-Z]+[0-9]+', lambda m: moved(m[0]), xml.decode())
        text = re.sub(
            r'(?<=<row r=")([0-9]+)',
            lambda m: str(int(m[1]) + by * (0 < row <= int(m[1]))),
            text,
        )
        return re.sub(r"<f>(.*?)</f>", formula, text).encode()

    named = rf"((?:'{sheet}'|{sheet})!)([$A-Z0-9]+(?::[$A-Z0-9]+)?)"

    def elsewhere(xml: bytes) -> bytes:
        return re.sub(named, lambda m: m[1] + moved(m[2]), xml.decode()).encode()

    with ZipFile(BytesIO(data)) as archive:
        parts = sheet_parts(archive)
    edits = dict.fromkeys([*parts.values(), "xl/workbook.xml"], elsewhere)
    return with_parts(data, edits | {parts[sheet]: edit})


def cells_of(rows: Iterable[bytes]) -> Iterator[tuple[Place, Cell]]:
    """The cells of `<row>` elements; instead of a shared text its number."""
    waiting: list[tuple[Place, Cell]] = []
    reader = Cells(waiting, None, None)
    for _ in scanned(chain([b"<sheetData>"], rows, [b"</sheetData>"]), reader.start, reader.end):
        yield from waiting
        waiting.clear()
