"""The view contents: its sheets and its lines are numbered."""

from __future__ import annotations

from io import BytesIO
from itertools import chain

import openpyxl
import pytest

from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.views.contents import contents

from .pages import file


@pytest.fixture(scope="module")
def places() -> dict[str, tuple[int, int]]:
    """The row and the column of each text of a page of contents, where it stands first."""
    sheet, other = Sheet("Contents", "contents", WORDS), Sheet("One", "collect", WORDS)
    contents(
        sheet,
        pages=[("Contents", "here"), ("One", "An idea. And more of it.")],
        how=["Do this.", "Then that."],
    )
    found = openpyxl.load_workbook(BytesIO(file(sheet, other)))["Contents"]
    first = dict[str, tuple[int, int]]()
    for cell in chain(*found.iter_rows()):
        first.setdefault(str(cell.value), (cell.row, cell.column))
    return first


def test_lines_are_numbered_from_one_downwards(places: dict[str, tuple[int, int]]) -> None:
    (first, column), (second, same) = places["1.  Do this."], places["2.  Then that."]
    assert (second, same) == (first + 1, column)


def test_sheets_are_numbered_from_one_beside_their_ideas(
    places: dict[str, tuple[int, int]],
) -> None:
    assert "here" not in places
    assert places["1"][0] == places["One"][0] == places["An idea."][0]
    assert places["1"][1] < places["One"][1] < places["An idea."][1]


def test_a_heading_stands_over_something() -> None:
    sheet = Sheet("Contents", "contents", WORDS)
    contents(sheet, pages=[("Contents", "here")], legend=["input"])
    assert WORDS["how"] not in {str(cell.value) for cell in sheet.cells()}
