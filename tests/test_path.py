"""The path through a sheet: figures numbered as they are read, arrows to what they lead to."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import openpyxl
import pytest

from xlconv.figures.blocks import figure
from xlconv.figures.layout import Arranged, Led, Table
from xlconv.figures.notes import note
from xlconv.figures.paper import PAGE_COLUMNS, arrange
from xlconv.figures.words import WORDS
from xlconv.grid.direction import Way
from xlconv.grid.places import a1
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.drawing import view_function

Made = Callable[[Sheet, Callable[[str], Arranged]], Arranged]


def drawn(made: Made, width: int = 2, way: Way = Way.RIGHTWARD) -> Sheet:
    """A sheet with figures that are called by letters, 2 rows high."""
    sheet = Sheet("S", words=WORDS, way=way)

    def block(name: str) -> Arranged:
        content = np.ones((2, width))
        return figure(sheet, name, content.shape, 2, name, role="input", content=content)

    arrange(sheet, made(sheet, block))
    return sheet


def of_role(sheet: Sheet, role: str) -> dict[str, str]:
    """The address of each text of a role, with the text."""
    return {
        a1((cell.row, cell.column)): str(cell.value) for cell in sheet.cells() if cell.role == role
    }


def numbers(sheet: Sheet) -> dict[str, str]:
    """The number before each caption."""
    stages, captions = of_role(sheet, "stage"), of_role(sheet, "caption")
    cells = {(cell.row, cell.column): cell for cell in sheet.cells()}
    found = {}
    for (row, column), cell in cells.items():
        if a1((row, column)) in captions:
            found[str(cell.value)] = stages.get(a1((row, column - 1)), "")
    return found


def test_figures_are_numbered_as_cells_are_read() -> None:
    sheet = drawn(lambda _, b: b("a") / b("b") >> b("c") | b("d") // b("e"))
    assert numbers(sheet) == {"a": "1", "c": "2", "d": "3", "b": "4", "e": "5"}


def test_lines_of_a_table_are_read_one_after_another() -> None:
    sheet = drawn(lambda _, b: Table([[b("a"), b("b")], [b("c"), b("d")]]))
    assert numbers(sheet) == {"a": "1", "b": "2", "c": "3", "d": "4"}


def test_cases_side_by_side_share_a_number() -> None:
    sheet = drawn(lambda _, b: b("x") | Table([[b("a"), b("b")], [b("c"), None]], alike=True))
    assert numbers(sheet) == {"x": "1", "a": "2", "b": "2", "c": "3"}


def test_cases_that_go_on_below_share_their_number_with_those_above() -> None:
    def lines(_: Sheet, b: Callable[[str], Arranged]) -> Arranged:
        return Table([[b("a"), b("b"), b("c")], [b("d"), b("e"), b("f")]], alike=True)

    sheet = drawn(lines, width=PAGE_COLUMNS // 3)
    first, _, third, *_ = (block.cells.origin for block in sheet.blocks)
    assert third[0] > first[0]
    assert numbers(sheet) == dict.fromkeys("abc", "1") | dict.fromkeys("def", "2")


def test_the_only_figure_of_a_sheet_has_no_number() -> None:
    assert numbers(drawn(lambda sheet, b: b("a") / note(sheet, "words"))) == {"a": ""}


def test_arrows_stand_in_the_gap_before_what_they_lead_to_and_take_no_room() -> None:
    # a has its cells in C6:D7, b its indices in F: E is the gap
    sheet = drawn(lambda _, b: b("a") >> b("b"))
    assert of_role(sheet, "path") == {"E6": "→"}
    plain = drawn(lambda _, b: b("a") | b("b"))
    assert [b.cells.origin for b in sheet.blocks] == [b.cells.origin for b in plain.blocks]


def test_arrow_downward_stands_in_the_row_between() -> None:
    # a ends in row 7, the caption of b is in row 9
    assert of_role(drawn(lambda _, b: b("a") // b("b")), "path") == {"C8": "↓"}


def test_arrows_point_onward_in_a_sheet_from_right_to_left() -> None:
    sheet = drawn(lambda _, b: b("a") >> b("b"), way=Way.LEFTWARD)
    assert set(of_role(sheet, "path").values()) == {"←"}


def test_sign_before_a_part_that_goes_on_below_has_a_column_of_its_own() -> None:
    wide = PAGE_COLUMNS // 2 + 3
    sheet = drawn(lambda _, b: b("a") | Led(b("b"), "="), width=wide)
    first, second = (block.cells.origin for block in sheet.blocks)
    assert second[0] > first[0]
    ((at, sign),) = of_role(sheet, "path").items()
    assert sign == "="
    assert at[1:] == str(second[0] + 1)  # in the first row of what it stands before
    assert (at[0], a1(second)[0]) == ("B", "D")  # column A is the margin, C has the indices


def test_page_may_end_where_nothing_goes_on_and_no_words_are_torn_off() -> None:
    # a and b: rows 4 to 7 and 9 to 12; c is beside a alone, and words under it in row 9
    sheet = drawn(lambda sheet, b: b("a") / b("b") | b("c") / note(sheet, "words"))
    assert sheet.starts == [3]
    sheet = drawn(lambda sheet, b: b("a") / note(sheet, "words") / b("b") | b("c"))
    assert sheet.starts == [3, 10]


@pytest.mark.parametrize("view", ["distribute", "collect", "channels", "matrix"])
def test_every_figure_of_a_view_has_a_number_and_they_have_no_gap(view: str) -> None:
    layer = Layer.of(np.ones((2, 2, 2)), np.ones((2, 1, 2, 2)), stride=2)
    sheet = Sheet(view, view, WORDS)
    view_function(view)(sheet, layer)
    found = numbers(sheet)
    assert found
    assert all(found.values())
    every = sorted(map(int, set(of_role(sheet, "stage").values())))
    assert every == list(range(1, len(every) + 1))


def test_size_of_a_figure_stands_behind_its_caption_and_is_grey() -> None:
    layer = Layer.of(np.ones((2, 3)), np.ones((2, 2)))
    file = io.BytesIO(build(layer, views=["collect"]).to_bytes())
    cells = [
        cell
        for row in openpyxl.load_workbook(file, rich_text=True).worksheets[0]
        for cell in row
        if str(cell.value).startswith("Input  ")
    ]
    (cell,) = cells
    assert cell.font.b
    told, size = cell.value
    assert (str(told), str(size)) == ("Input  ", "2 × 3")
    assert not size.font.b
    assert size.font.color.rgb != cell.font.color.rgb
