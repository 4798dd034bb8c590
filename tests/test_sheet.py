"""A worksheet as memory: where cells lie, and how references follow them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlconv.errors import XlconvError
from xlconv.grid.expr import Expr, call
from xlconv.grid.grid import Grid
from xlconv.grid.places import a1, below, corners, leaves, span, tiled
from xlconv.grid.references import conditions, text
from xlconv.grid.sheet import Sheet
from xlconv.lessons.book import Book

from .engines import ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.compare import differences
from .engines.package import cell_name
from .pages import file


def grid(sheet: Sheet, at: tuple[int, int], *shape: int, **keywords: Any) -> Grid:
    cells = sheet.memory(at, shape, **keywords)
    cells[...] = np.arange(float(np.prod(shape))).reshape(shape)
    return cells


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ((0, 0), "A1"),
        ((0, 25), "Z1"),
        ((4, 26), "AA5"),
        ((9, 51), "AZ10"),
        ((9, 52), "BA10"),
        ((0, 701), "ZZ1"),
        ((0, 702), "AAA1"),
        ((1048575, 16383), "XFD1048576"),
    ],
)
def test_addresses(place: tuple[int, int], address: str) -> None:
    assert a1(place) == address
    letters = address.rstrip("0123456789")
    assert a1(place, absolute=True) == f"${letters}${address[len(letters) :]}"


@pytest.mark.parametrize("column", [0, 25, 26, 27, 51, 52, 675, 676, 701, 702, 703, 16383])
def test_column_letters_are_those_of_counting(column: int) -> None:
    letters, number = [], column + 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit])
    assert a1((0, column)) == "".join(reversed(letters)) + "1"


# ------------------------------------------------------------------------ references


def formula(cells: Grid, content: Expr, index: tuple[int, ...]) -> str:
    sheet = Sheet("Sheet")
    paints = sheet.paints
    target = sheet.memory(cells.origin, cells.shape, steps=cells.steps)
    target[...] = content
    return text(paints[-1], index)


def test_reference_that_moves_with_its_cell_is_relative() -> None:
    sheet = Sheet("Sheet")
    x = grid(sheet, (0, 0), 3, 4)
    y = sheet.memory((10, 0), (3, 4))
    assert formula(y, x * 2, (0, 0)) == "A1*2"
    assert formula(y, x * 2, (2, 3)) == "D3*2"


def test_reference_that_does_not_move_is_absolute() -> None:
    sheet = Sheet("Sheet")
    x, y = grid(sheet, (0, 0), 3, 4), sheet.memory((10, 0), (3, 4))
    assert formula(y, x[1, 2] * 2, (2, 3)) == "$C$2*2"


def test_reference_is_absolute_in_the_direction_in_which_it_stays() -> None:
    sheet = Sheet("Sheet")
    x, y = grid(sheet, (0, 0), 3, 4), sheet.memory((10, 0), (3, 4))
    assert formula(y, x[:, :1] + x[:1], (2, 3)) == "$A3+D$1"
    row = sheet.memory((10, 0), (4,))
    assert formula(row, x[0] + x[0, 0], (3,)) == "D1+$A1"


def test_range_moves_with_its_cell_as_a_window() -> None:
    sheet = Sheet("Sheet")
    x, k = grid(sheet, (0, 0), 4, 4), grid(sheet, (0, 6), 2, 2)
    y = sheet.memory((10, 0), (3, 3))
    windows = call("SUMPRODUCT", k.area(), x.windows(2, 2).area(2))
    assert formula(y, windows, (0, 0)) == "SUMPRODUCT($G$1:$H$2,A1:B2)"
    assert formula(y, windows, (2, 1)) == "SUMPRODUCT($G$1:$H$2,B3:C4)"


def test_reference_to_another_sheet_is_quoted() -> None:
    other = Sheet("In put ünï")
    x = grid(other, (0, 0), 2, 2)
    sheet = Sheet("Out")
    y = sheet.block("y", (0, 0), (2, 2), role="output", content=x + 1)
    assert text(sheet.paints[-1], (0, 1)) == "'In put ünï'!B1+1"
    total = sheet.block("t", (3, 0), (), role="output", content=call("SUM", x.area()))
    assert text(sheet.paints[-1], ()) == "SUM('In put ünï'!A1:B2)"
    built = file(other, sheet)
    assert differences(cached_values(built), ironcalc_engine.recalculate(built)) == []
    assert (y.value.tolist(), total.value.item()) == ([[1, 2], [3, 4]], 6)


@st.composite
def views(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """An index that leaves the shape as it is, or turns some of its axes."""
    return tuple(slice(None, None, draw(st.sampled_from([1, -1]))) for _ in shape)


@settings(derandomize=True, max_examples=60)
@given(
    st.data(),
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
    st.integers(0, 30),
    st.sampled_from(["", "v", "h", "vh", "hv", "vv", "hh"]),
)
def test_formulas_over_any_grid_compute_what_the_tree_does(
    data: st.DataObject, shape: list[int], left: int, ways: str
) -> None:
    """Turned, strided, broadcast and diagonal views, at any place, through the file."""
    sheet, leading = Sheet("Any"), ways[: max(0, len(shape) - 2)].ljust(max(0, len(shape) - 2), "v")
    steps = tiled(shape, leading)
    x = grid(sheet, (0, left), *shape, steps=steps)
    row = corners(x)[1][0] + 2
    y = sheet.memory((row, left + 3), shape, steps=steps)
    turned = x[data.draw(views(tuple(shape)))]
    fixed = x[tuple(slice(0, 1) for _ in shape)]
    y[data.draw(views(tuple(shape)))] = turned * 10 + fixed + x[(0,) * len(shape)]
    size = min(shape)
    if len(shape) == 2:
        diagonal = sheet.memory((row + 20, left), (size,), steps=((1, 1),))
        diagonal[...] = x[:size, 0] - x[0, :size] * 7
    built = file(sheet)
    assert differences(cached_values(built), ironcalc_engine.recalculate(built)) == []
    wanted = {
        cell_name(*(n + 1 for n in y.cell(index))): float(value)
        for index, value in np.ndenumerate(y.value)
    }
    got = cached_values(built)["Any"]
    assert {cell: got[cell] for cell in wanted} == wanted


# ------------------------------------------------------------------------ places


def test_leading_axes_are_tiled_down_and_across() -> None:
    assert tiled((2, 3, 4, 5), "vh") == ((5, 0), (0, 6), (1, 0), (0, 1))
    assert tiled((2, 4, 5), "h") == ((0, 6), (1, 0), (0, 1))
    assert tiled((4, 5), "") == ((1, 0), (0, 1))
    assert tiled((5,), "") == ((0, 1),)


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 2, 3, 1), (3, 1, 1, 4)])
@pytest.mark.parametrize("ways", ["vv", "vh", "hv", "hh"])
def test_tiles_do_not_touch_each_other(shape: tuple[int, ...], ways: str) -> None:
    cells = Sheet("Sheet").memory((0, 0), shape, steps=tiled(shape, ways))
    places = [cells.cell(index) for index in np.ndindex(*shape)]
    assert len(set(places)) == len(places)
    for leaf in leaves(cells):
        (top, left), (bottom, right) = corners(leaf)
        ring = {
            (row, column)
            for row in range(top - 1, bottom + 2)
            for column in range(left - 1, right + 2)
        }
        inside = {leaf.cell(index) for index in np.ndindex(leaf.shape)}
        assert (ring - inside).isdisjoint(places)


def test_corners_hold_all_cells_of_a_turned_grid() -> None:
    cells = Sheet("Sheet").memory((2, 3), (3, 4))
    assert corners(cells[::-1, ::-1]) == corners(cells) == ((2, 3), (4, 6))
    assert below(cells) == 6
    assert span(cells) == "D3:G5"
    assert span(cells, absolute=True) == "$D$3:$G$5"
    assert span(cells[1, 1]) == "E4"


def test_block_lists_one_range_for_each_innermost_slice() -> None:
    sheet = Sheet("Sheet")
    sheet.block("y", (0, 1), (2, 2, 3), role="output", content=np.zeros((2, 2, 3)))
    sheet.block("row", (9, 1), (3,), role="output", content=0.0)
    assert [block.ranges() for block in sheet.blocks] == [["B1:D2", "B4:D5"], ["B10:D10"]]


def test_defined_names_are_names_and_no_cells() -> None:
    for name, block, wanted in [
        ("Collect", "output", "collect_output"),
        ("1-D", "x", "_1_d_x"),
        ("Zweite Übung", "y_1", "zweite_übung_y_1"),
    ]:
        sheet = Sheet(name)
        sheet.block(block, (0, 0), (1, 1), role="output", content=0.0)
        assert sheet.defined_name(sheet.blocks[0]) == wanted


# ------------------------------------------------------------------------ writing


def test_later_paint_covers_earlier_paint_in_the_file_too() -> None:
    sheet = Sheet("Sheet")
    z = sheet.block("z", (0, 0), (3, 5), role="zero", content=0.0)
    z[1, ::2] = np.array([1.0, 2.0, 3.0])
    x = grid(sheet, (5, 0), 1, 2)
    z[1, 0:4:2] = x[0] + 4
    assert z.value.tolist() == [[0] * 5, [4, 0, 5, 0, 3], [0] * 5]
    built = file(sheet)
    assert formulas(built)["Sheet"] == {"A2": "A6+4", "C2": "B6+4"}
    assert cached_values(built)["Sheet"] == {"A2": 4.0, "C2": 5.0}


def test_truth_values_and_numbers_have_cells_of_their_own() -> None:
    sheet = Sheet("Sheet")
    numbers = grid(sheet, (0, 0), 2)
    with pytest.raises(TypeError, match="do not go into"):
        numbers[...] = numbers > 0
    with pytest.raises(TypeError, match="do not go into"):
        sheet.memory((1, 0), (2,), dtype=bool)[...] = 1.0


# ------------------------------------------------------------------------ conditional formats


def test_condition_is_written_for_the_first_cell_of_each_slice() -> None:
    sheet = Sheet("Sheet")
    x = grid(sheet, (1, 1), 2, 2, 3)
    index = grid(sheet, (0, 1), 3)
    sheet.light(x, (index + x[:, :, :1]).equals(x[0, 0, 0]), "now")
    assert [(span(leaf), rule) for leaf, rule in conditions(sheet.lights[0])] == [
        ("B2:D3", "B$1+$B2=$B$2"),
        ("B5:D6", "B$1+$B5=$B$2"),
    ]


def test_condition_that_no_relative_reference_can_say_is_refused() -> None:
    sheet = Sheet("Sheet")
    x, y = grid(sheet, (0, 0), 3, 4), grid(sheet, (9, 0), 3, 4)
    sheet.light(y, x[::-1] > 0, "now")
    with pytest.raises(ValueError, match=r"moves by \(-1, 0\) where its cell moves by \(1, 0\)"):
        list(conditions(sheet.lights[0]))


# ------------------------------------------------------------------------ limits


@pytest.mark.parametrize(
    ("at", "shape", "said"),
    [
        ((0, 0), (1, 16_385), "16385 columns; Excel has 16384"),
        ((1_048_576, 0), (1, 1), "1048577 rows; Excel has 1048576"),
        ((0, 16_000), (10, 400), "16400 columns; Excel has 16384"),
    ],
)
def test_limits_are_named_before_anything_is_made(
    at: tuple[int, int], shape: tuple[int, int], said: str
) -> None:
    with pytest.raises(XlconvError, match=f"{said}: use a smaller input$"):
        Sheet("Big").memory(at, shape)


def test_block_beyond_google_sheets_is_refused_without_memory_for_it() -> None:
    with pytest.raises(XlconvError, match="10000000"):
        Sheet("Big").memory((0, 0), (1_000_000, 16_000))


def test_google_sheets_counts_the_empty_cells_between_blocks() -> None:
    sheet = Sheet("Big")
    sheet.memory((0, 16_000), (1, 1))
    sheet.memory((623, 0), (1, 1))
    with pytest.raises(XlconvError, match="10000625 cells; a Google Sheets workbook has 10000000"):
        sheet.memory((624, 0), (1, 1))


@pytest.mark.parametrize(("at", "address"), [((0, 16_383), "XFD1"), ((1_048_575, 0), "A1048576")])
def test_last_column_and_last_row_of_excel_are_cells(at: tuple[int, int], address: str) -> None:
    last = Sheet("Big").memory(at, ())
    last[...] = 1.0
    assert span(last) == address


def test_workbook_beyond_google_sheets_is_refused() -> None:
    sheets = [Sheet(f"S{n}") for n in range(3)]
    for sheet in sheets:
        sheet.memory((0, 0), (2000, 2000))
    with pytest.raises(XlconvError, match="12000000 cells"):
        Book("Big", tuple(sheets))
