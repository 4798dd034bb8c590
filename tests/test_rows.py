"""Rows that are read as bytes say what a parser of XML finds in them, in spoiled files as well."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.hostile import SHEET, parts
from tests.mutants import spoiled_bytes, spoiled_xml
from xlconv.checking.cells import Cell, Cells
from xlconv.checking.rows import plain_cells, read_rows
from xlconv.checking.scan import Budget, Costs, scanned
from xlconv.grid.places import Place

STRINGS = ["A", "B"]
Found = list[tuple[Place, Cell]] | None


def by_parser(xml: bytes) -> Found:
    found: list[tuple[Place, Cell]] = []
    reader = Cells(found, STRINGS, Budget(0))
    try:
        for _ in scanned([xml], reader.start, reader.end, Budget(0)):
            pass
    except ValueError:
        return None
    return found


def by_rows(xml: bytes, size: int) -> tuple[Found, int]:
    pieces = [xml[at : at + size] for at in range(0, len(xml), size)]
    found: list[tuple[Place, Cell]] = []
    plain = 0
    try:
        for _, row in read_rows(pieces, STRINGS, Costs(Budget(0), Counter())):
            plain += isinstance(row, bytes)
            found += plain_cells(row, STRINGS) if isinstance(row, bytes) else row
    except ValueError:
        return None, plain
    return found, plain


@pytest.mark.parametrize("seed", range(8))
def test_rows_say_what_a_parser_finds(seed: int) -> None:
    whole = parts()[SHEET]
    plain = 0
    for number in range(200):
        r = random.Random(1000 * seed + number)
        spoiled = spoiled_xml(whole, r) if number % 3 else spoiled_bytes(whole, r)
        told, quick = by_rows(spoiled, r.choice([50, 700, 1 << 16]))
        assert told == by_parser(spoiled), (seed, number)
        plain += quick
    assert plain > 200


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1"><c r="A1" r="A1"><v>1</v></c></row>',
        '<row r="1" ht="1" ht="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c>&</row>',
        '<row r="1"><!-- <row r="1"><c r="A1"><v>1</v></c></row> --></row>',
        '<row r="1"><c r="A1"><v>1]]></v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="B2"><v>1</v></c></row><row><c><v>2</v></c></row>',
        '<row r="3"><c r="B3"><f>A1&amp;"&lt;"</f><v/></c></row><row><c><v>2</v></c></row>',
        '<row r="1"/><row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c></row>',
        '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="A1" t="str"><v>_x0041_</v></c></row>',
        "<!-- --><row/><!--<row r='1'>-->",
    ],
)
def test_unusual_row_says_what_a_parser_finds(row: str) -> None:
    xml = f"<worksheet><sheetData>{row}</sheetData></worksheet>".encode()
    assert by_rows(xml, 40)[0] == by_parser(xml)
