"""Inputs that no recipe tells, of which a check reads whole rows of numbers at once."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.edited import checked, inserted
from tests.engines.package import with_parts
from tests.hostile import SHEET
from xlconv.checking.report import Report
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build

SIZE = 70


@pytest.fixture(scope="module")
def large() -> bytes:
    """A sheet with an input of 4900 numbers, 1 to 9, and the outputs that each gives with 1."""
    numbers = 1 + np.arange(SIZE * SIZE).reshape(SIZE, SIZE) % 9
    return build(Layer.of(numbers, [[1]]), views=["phases"]).to_bytes()


def told(report: Report) -> list[tuple[str, str]]:
    return [(finding.kind, finding.cell) for finding in report.findings]


HERE = rb'<c r="E10" s="16"><v>1</v></c>'
"""An input, as it is written, and the value of the one output that it reaches."""

THERE = rb"(<f>[^<]*[*]E10</f><v>)1(?=</v>)"


def typed(data: bytes, cell: bytes, gives: bytes) -> Report:
    """The report on the file with another input, and the output that an engine would compute."""
    return checked(with_parts(data, {SHEET: lambda xml: _typed(xml, cell, gives)}))


def _typed(xml: bytes, cell: bytes, gives: bytes) -> bytes:
    assert xml.count(HERE) == len(re.findall(THERE, xml)) == 1
    return re.sub(THERE, rb"\g<1>" + gives, xml.replace(HERE, cell))


TYPED = {
    "number": (b'<c r="E10"><v>5.5</v></c>', b"5.5", ""),
    "number of a kind": (b'<c r="E10" t="n"><v>-5e0</v></c>', b"-5", ""),
    "nothing": (b'<c r="E10" s="16"/>', b"0", ""),
    "no cell": (b"", b"0", ""),
    "formula": (b'<c r="E10"><f>2+3</f><v>5</v></c>', b"5", "own"),
    "formula behind a number": (
        b'<c r="E10"><v>4</v></c><c r="E10"><f>2+3</f><v>5</v></c>',
        b"5",
        "own",
    ),
    "text": (b'<c r="E10" t="str"><v>five</v></c>', b"0", "text"),
    "digits": (b'<c r="E10" t="str"><v>5</v></c>', b"0", "digits"),
    "truth": (b'<c r="E10" t="b"><v>1</v></c>', b"0", "text"),
    "no number": (b'<c r="E10"><v>1e999</v></c>', b"0", "digits"),
}


@pytest.mark.parametrize("case", TYPED)
def test_one_cell_among_numbers_is_read_as_if_it_stood_alone(large: bytes, case: str) -> None:
    cell, gives, kind = TYPED[case]
    assert told(typed(large, cell, gives)) == ([(kind, "E10")] if kind else [])


def test_output_that_does_not_follow_is_found_below_rows_of_numbers(large: bytes) -> None:
    report = typed(large, b'<c r="E10"><v>5</v></c>', b"6")
    assert [(f.kind, f.expected, f.got) for f in report.findings if f.cell] == [("value", 5.0, 6.0)]
    assert not report.right


def test_numbers_are_read_wherever_their_column_is_now(large: bytes) -> None:
    """A column is put in before all others: each address has the next letter."""
    moved = inserted(large, "Phases", column=1)
    assert told(checked(moved)) == [("shifted", "")]


def test_rows_in_no_order_say_the_same(large: bytes) -> None:
    def reversed_rows(xml: bytes) -> bytes:
        head, *rows = re.split(rb"(?=<row )", xml)
        last, tail = rows.pop().split(b"</sheetData>")
        return head + b"".join(reversed([*rows, last])) + b"</sheetData>" + tail

    assert told(checked(with_parts(large, {SHEET: reversed_rows}))) == []
