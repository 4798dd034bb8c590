"""Rows that are read as bytes say what a parser of XML finds in them, in spoiled files as well."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from tests.hostile import SHEET, parts
from tests.mutants import spoiled_bytes, spoiled_xml
from xlconv.checking.cells import Cell, Cells
from xlconv.checking.rows import plain_cells, read_rows
from xlconv.checking.scan import Budget, Costs, scanned
from xlconv.grid.places import Place

STRINGS = ["A", "B"]
PLAIN = b'<row r="1"><c r="A1"><v>1</v></c></row>'
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


@pytest.mark.parametrize(
    ("row", "plain"),
    [
        ('\n <row  r="1"\tht="2" >\n <c  r="A1"\n s="1" >\t<f >B1</f > <v\n>1</v> </c> </row>', 1),
        ('<row  r="1"><c r="A1"><f>"a"  &amp; "b"  =A2</f><v> </v></c></row>', 1),
        ('<row  r="1"><c r="A1" t="str"><v>  s="1"  "  s="1" </v></c></row>', 1),
        ('<row  r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>', 2),
        ('<row  r="1"><c r="A1"><v>  </v></c></row>', 1),
        ('<row  r="1"/>\n<row r="2"><c r="A2"><v>2</v></c></row>', 0),
        ('<row  r="1"><c r="A1"><v>1</v></c></row ><row><c><v>2</v></c></row>', 0),
        ('<row  r="1"><c r="A1" t="str"><v>a>  <!-- --></v></c></row>', 0),
        ('<row  r="1"><c r="A1" t="str"><v>a  ></v></c></row>', 0),
        ('<row r="1"><c r="A1"/ ><c r="B1"><v>1</v></c></row>', 0),
        ('<row  r="1"r="2"><c r="A1"><v>1</v></c></row>', 0),
        ('<row  r="1"><c r="A1"s="2"><v>1</v></c></row>', 0),
    ],
)
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_row_of_another_program_is_plain_once_it_is_tidied(
    row: str, plain: int, prefix: str
) -> None:
    told = f"<worksheet><sheetData>{row}</sheetData></worksheet>"
    told = re.sub(r"<(/?)(?=[a-z])", rf"<\1{prefix}", told)
    found, quick = by_rows(told.encode(), 40)
    assert found == by_parser(told.encode())
    assert quick == plain


def test_row_with_names_of_two_kinds_is_not_plain() -> None:
    xml = b'<x:a><x:sheetData><x:row r="1"><c r="A1"><v>1</v></x:c></x:row></x:sheetData></x:a>'
    assert by_rows(xml, 40)[0] is None


@pytest.mark.parametrize("seed", range(4))
def test_rows_with_space_here_and_there_say_what_a_parser_finds(seed: int) -> None:
    r, quick = random.Random(seed), 0
    for _ in range(50):
        xml = re.sub(
            rb"(?<=[ >\"])|(?=/?>)",
            lambda _: r.choice([b" ", b"\n", b" \t"]) if r.random() < 0.01 else b"",
            parts()[SHEET],
        )
        told, plain = by_rows(xml, 1 << 16)
        assert told == by_parser(xml)
        quick += plain
    assert quick


def test_rows_that_a_parser_is_told_are_paid_each_time() -> None:
    budget, paid = Budget(0), Counter[str]()
    odd, plain = (b"<a><sheetData>" + row * 100 for row in (b"<row r='1'></row>", PLAIN))
    budget.left["told"] = 250
    for xml in (plain, plain, plain, odd, odd):
        [*read_rows([xml, b"</sheetData></a>"], [], Costs(budget, paid))]
    with pytest.raises(ValueError, match="tags in rows that take long to read"):
        [*read_rows([odd, b"</sheetData></a>"], [], Costs(budget, paid))]
