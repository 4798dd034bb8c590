"""Where parts stand: in rows, columns and tables, with captions aligned; on paper, in parts."""

import numpy as np
import pytest

from xlconv.errors import BugError
from xlconv.figures.blocks import figure
from xlconv.figures.layout import Arranged, Table
from xlconv.figures.notes import note
from xlconv.figures.paper import PAGE_COLUMNS, arrange
from xlconv.grid.places import a1
from xlconv.grid.sheet import Sheet


def block(sheet: Sheet, name: str, rows: int, columns: int, *, numbered: bool = True) -> Arranged:
    return figure(
        sheet,
        name,
        (rows, columns),
        2,
        name,
        role="input",
        content=np.ones((rows, columns)),
        numbered=numbered,
    )


def places(sheet: Sheet) -> dict[str, str]:
    """The first cell of each block, and of each caption by its words in capitals."""
    found = {block.name: a1(block.cells.origin) for block in sheet.blocks}
    for coat in sheet.coats:
        if coat.role == "caption":
            found[str(coat.cells.value.item()).upper()] = a1(coat.cells.origin)
    return found


def test_parts_stand_beside_and_under_one_another() -> None:
    sheet = Sheet("S")
    a, b, c = block(sheet, "a", 2, 3), block(sheet, "b", 4, 2), block(sheet, "c", 1, 1)
    arrange(sheet, a / b | c)
    # the caption in row 4 and the indices in row 5; a free column and those of the indices
    assert places(sheet) == {
        "a": "C6",
        "b": "C11",
        "c": "H6",
        "A": "C4",
        "B": "C9",
        "C": "H4",
    }


def test_captions_of_a_row_are_in_one_row_with_and_without_indices() -> None:
    sheet = Sheet("S")
    a, b = block(sheet, "a", 2, 2), block(sheet, "b", 2, 2, numbered=False)
    arrange(sheet, a | b / note(sheet, "under"))
    found = places(sheet)
    assert (found["A"][1:], found["B"][1:]) == ("4", "4")
    assert found["a"][1:] == found["b"][1:] == "6"


def test_table_aligns_rows_and_columns() -> None:
    sheet = Sheet("S")
    a, b, c, d = (block(sheet, n, 1 + k, 4 - k) for k, n in enumerate("abcd"))
    arrange(sheet, Table([[a, b], [c, d]]))
    found = places(sheet)
    assert found["a"][0] == found["c"][0]
    assert found["b"][0] == found["d"][0]
    assert found["a"][1:] == found["b"][1:]
    assert found["c"][1:] == found["d"][1:]


def test_part_that_a_layer_does_not_have_takes_no_room() -> None:
    with_none, without = Sheet("S"), Sheet("S")
    for sheet, more in ((with_none, [None]), (without, [])):
        a, b = block(sheet, "a", 2, 2), block(sheet, "b", 2, 2)
        arrange(sheet, *more, a / None | None | b)
    assert places(with_none) == places(without)


@pytest.mark.parametrize(
    ("wide", "lines"), [(10, 1), (PAGE_COLUMNS // 2 - 3, 2), (PAGE_COLUMNS, 1)]
)
def test_row_too_wide_for_paper_goes_on_below_where_each_part_fits(wide: int, lines: int) -> None:
    sheet = Sheet("S")
    parts = [block(sheet, f"b{n}", 2, wide) for n in range(3)]
    arrange(sheet, parts[0] | Table([parts[1:]]))
    rows = {block.cells.origin[0] for block in sheet.blocks}
    assert len(rows) == lines
    if lines > 1:
        assert sheet.columns <= PAGE_COLUMNS + 2


def test_column_that_goes_on_below_has_its_parts_side_by_side() -> None:
    sheet = Sheet("S")
    a, b, c = (block(sheet, name, 2, wide) for name, wide in (("a", 35), ("b", 12), ("c", 12)))
    arrange(sheet, a | b / c / note(sheet, "under"))
    found = places(sheet)
    assert (found["a"], found["b"], found["c"]) == ("C6", "C11", "Q11")
    (under,) = (coat.cells.origin for coat in sheet.coats if coat.cells.memory.item(0) == "under")
    assert a1(under) == "Q14"  # what belongs to what is above it stays there


def test_column_that_goes_on_below_stays_one_where_it_has_no_room() -> None:
    sheet = Sheet("S")
    a, b, c = (block(sheet, name, 2, wide) for name, wide in (("a", 35), ("b", 25), ("c", 25)))
    arrange(sheet, a | b / c)
    found = places(sheet)
    assert (found["a"], found["b"], found["c"]) == ("C6", "C11", "C16")


def test_formula_between_parts_knows_where_they_came_to_stand() -> None:
    sheet = Sheet("S")
    x = figure(sheet, "x", (1, 2), 2, "x", role="input", content=[[1.0, 2.0]])
    y = figure(sheet, "y", (1, 2), 2, "y", role="output", content=x.cells * 2)
    arrange(sheet, y / x)
    texts = [cell.formula for cell in sheet.cells() if cell.block == "y"]
    assert texts == ["C10*2", "D10*2"]


def test_cells_without_a_place_say_so() -> None:
    sheet = Sheet("S")
    x = sheet.block("x", sheet.corner(), (1, 1), role="input", content=0.0)
    with pytest.raises(BugError, match="no layout has given"):
        _ = x.origin
