"""The parts around the rows, as another program reads them."""

import io

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlconv.grid.sheet import Sheet
from xlconv.lessons.book import Book


def read(sheet: Sheet) -> Worksheet:
    loaded = load_workbook(io.BytesIO(Book("A & B", (sheet,)).to_bytes()))[sheet.name]
    assert isinstance(loaded, Worksheet)
    return loaded


def numbers(rows: int, columns: int) -> Sheet:
    sheet = Sheet("Sheet", titles=["Sheet"])
    sheet.block("x", (0, 0), (rows, columns), role="input", content=1.0)
    return sheet


def test_wide_sheet_lies_on_one_page() -> None:
    page = read(numbers(3, 34))
    assert page.page_setup.orientation == "landscape"
    assert 73 <= page.page_setup.scale < 100
    assert page.print_title_rows is None
    assert not page.row_breaks.brk


def test_tall_sheet_runs_over_pages_and_repeats_its_title() -> None:
    page = read(numbers(200, 5))
    assert page.page_setup.orientation == "portrait"
    assert page.print_title_rows == "$1:$1"
    assert page.print_area == "'Sheet'!$A$1:$E$200"
    assert page.oddHeader.right.text == "A && B"


@pytest.mark.parametrize(("rows", "pages"), [(60, 1), (61, 2), (119, 2), (120, 3)])
def test_a_new_page_begins_where_letters_would_be_too_small(rows: int, pages: int) -> None:
    """Of rows of 17 points, 755 points of paper hold 60 at 73 %, 59 where the title is repeated."""
    assert len(read(numbers(rows, 5)).row_breaks.brk) == pages - 1


def test_page_begins_where_a_part_begins() -> None:
    sheet = numbers(90, 5)
    sheet.starts = [0, 20, 50, 70]
    assert [brk.id for brk in read(sheet).row_breaks.brk] == [50]


def test_small_figure_is_printed_larger_where_it_takes_no_page_more() -> None:
    """28 columns of 23.3 points on 755 of paper; 30 rows of 17 points on 508 take a scale of 95."""
    assert read(numbers(5, 5)).page_setup.scale == 130
    assert read(numbers(5, 28)).page_setup.scale == int(100 * 755 / (28 * 23.31))
    assert read(numbers(30, 24)).page_setup.scale == 95


def test_columns_of_one_width_are_told_at_once() -> None:
    sheet = numbers(1, 9)
    sheet.widths |= {0: 12.5, 4: 2.0}
    told = read(sheet).column_dimensions.values()
    assert [(c.min, c.max, c.width) for c in told] == [
        (1, 1, 12.5),
        (2, 4, sheet.column_width),
        (5, 5, 2.0),
        (6, 9, sheet.column_width),
    ]


def test_dropdown_takes_nothing_else_and_says_what_it_is() -> None:
    sheet = numbers(3, 3)
    grid = sheet.blocks[0].cells
    sheet.choose(grid[0, 0], ["a", "<b>"], prompt='which "one"\nof two')
    sheet.choose(grid[1], grid[:, 2].area())
    first, second = read(sheet).data_validations.dataValidation
    assert (first.formula1, first.prompt) == ('"a,<b>"', 'which "one"\nof two')
    assert first.showErrorMessage
    assert first.showInputMessage
    assert (str(second.sqref), second.formula1) == ("A2:C2", "$C$1:$C$3")
    assert second.showErrorMessage
    assert not second.showInputMessage
