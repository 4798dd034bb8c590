"""A sheet's rows as XML: every value to the last bit, every text as it was."""

import io
import math
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.engines.engine import Value
from xlconv.errors import BugError, XlconvError
from xlconv.grid.expr import Constant, call, joined, total
from xlconv.grid.marks import Blank
from xlconv.grid.sheet import Sheet
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names
from xlconv.xlsx import cells as made
from xlconv.xlsx.cells import CellRows
from xlconv.xlsx.rows import Rows

from .engines import formulon_engine, ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.compare import differences
from .engines.package import MAIN
from .pages import file


@pytest.fixture(scope="module", autouse=True, params=["cell by cell", "by shapes"])
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    """How rows are made: those of a small sheet, and those of one that counts as large."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "by shapes":
            patch.setattr(made, "SMALL", -1)
        yield


every_example = settings(derandomize=True, max_examples=60)


def rows(sheet: Sheet) -> list[ET.Element]:
    return list(_part(sheet, "xl/worksheets/sheet1.xml").iter(f"{MAIN}row"))


def _part(sheet: Sheet, name: str) -> ET.Element:
    with ZipFile(io.BytesIO(file(sheet))) as parts:
        return ET.fromstring(parts.read(name))


def numbers(*values: float) -> Sheet:
    sheet = Sheet("Sheet")
    sheet.block("x", (0, 0), (1, len(values)), role="input", content=[values])
    return sheet


def bits(number: float) -> bytes:
    return struct.pack(">d", number)


def written(sheet: Sheet) -> list[str]:
    return [cell.findtext(f"{MAIN}v", "") for row in rows(sheet) for cell in row]


# ------------------------------------------------------------------------ numbers


@every_example
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=9))
def test_numbers_are_written_to_the_last_bit(values: list[float]) -> None:
    got = [float(text) for text in written(numbers(*values))]
    assert [bits(number) for number in got] == [bits(number + 0.0) for number in values]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (-12.0, "-12"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e300, "1e+300"),
        (5e-324, "5e-324"),
        (2.0**53 - 1, "9007199254740991"),
        (2.0**53, "9007199254740992.0"),
        (-0.0, "0"),
        (1 / 3, "0.3333333333333333"),
        (123456789.123, "123456789.123"),
    ],
)
def test_number_is_written_shortest(value: float, text: str) -> None:
    assert written(numbers(value)) == [text]


def test_minus_zero_among_fractions_is_no_minus_zero() -> None:
    assert written(numbers(-0.0, 0.5))[0] in ("0", "0.0")


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("beside", [[1.0], [0.5]])
def test_number_that_is_none_is_refused_with_its_cell(bad: float, beside: list[float]) -> None:
    with pytest.raises(XlconvError, match=r'^sheet "Sheet": B1 has no value'):
        file(numbers(*beside, bad))


def test_formula_with_an_excel_error_is_refused_with_its_cell() -> None:
    sheet = numbers(1, 0, 2)
    sheet.block("y", (4, 28), (1, 3), role="output", content=Constant(6) / sheet.paints[0].cells)
    with pytest.raises(XlconvError, match=r'^sheet "Sheet": AD5 has no value'):
        file(sheet)


def test_error_among_texts_is_refused_too() -> None:
    sheet = numbers(1, 0)
    x = sheet.paints[0].cells[0]
    sheet.formula((2, 1), call("IF", Constant(1) / x > 0, "yes", 2))
    with pytest.raises(XlconvError, match=r'^sheet "Sheet": C3 has no value'):
        file(sheet)


def test_cell_that_is_never_written_is_left_blank() -> None:
    sheet = Sheet("Sheet")
    sheet.memory((0, 0), (2, 2))[0, 0] = 1.0
    assert written(sheet) == ["1"]


# ------------------------------------------------------------------------ texts

TEXTS = [
    "plain",
    "a <b> & 'c' \"d\"",
    "100 %",
    "50%% %s %(x)s %d",
    "=1+1",
    "+1",
    "-1",
    "@home",
    "\ttab",
    "line\nline",
    "  spaces  ",
    "ünïcode ✓ 中文 🙂",
    "{braces} {0}",
    "TRUE",
    "12",
    "]]>",
    "&amp;",
    "",
]


def test_texts_come_back_as_they_were() -> None:
    sheet = Sheet("Sheet")
    sheet.line((0, 0), TEXTS, "text", step=(1, 0))
    told = load_workbook(io.BytesIO(file(sheet)))["Sheet"]
    assert [told.cell(row + 1, 1).value or "" for row in range(len(TEXTS))] == TEXTS


def test_texts_in_formulas_come_back_as_they_were() -> None:
    sheet = Sheet("Sheet")
    sheet.line((0, 0), TEXTS, "text", step=(1, 0))
    cells = sheet.paints[0].cells
    copied = sheet.memory((0, 2), cells.shape, steps=cells.steps, dtype=object)
    copied[...] = cells & "%"
    for row, text in enumerate(TEXTS):
        sheet.formula((row, 4), joined("<", text, ">"))
    built = file(sheet)
    wanted: dict[str, Value] = {f"C{n}": f"{text}%" for n, text in enumerate(TEXTS, 1)}
    wanted |= {f"E{n}": f"<{text}>" for n, text in enumerate(TEXTS, 1)}
    assert cached_values(built)["Sheet"] == wanted
    for engine in (ironcalc_engine, formulon_engine):
        assert differences({"Sheet": wanted}, engine.recalculate(built)) == []


@every_example
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1, max_size=5))
def test_any_text_comes_back_as_it_was(texts: list[str]) -> None:
    if any("￾" in text or "￿" in text for text in texts):
        return
    sheet = Sheet("Sheet")
    sheet.line((0, 0), texts, "text")
    shared = [item.findtext(f"{MAIN}t") or "" for item in _part(sheet, "xl/sharedStrings.xml")]
    assert [shared[int(number)] for number in written(sheet)] == texts


def test_constant_texts_are_shared_and_those_of_formulas_are_not() -> None:
    sheet = Sheet("Sheet")
    sheet.line((0, 0), ["same", "same", "other"], "text")
    sheet.formula((1, 0), joined("sa", "me"))
    shared = [item.findtext(f"{MAIN}t") for item in _part(sheet, "xl/sharedStrings.xml")]
    assert shared == ["same", "other"]
    assert [[cell.get("t") for cell in row] for row in rows(sheet)] == [["s"] * 3, ["str"]]
    assert written(sheet) == ["0", "0", "1", "same"]


def test_text_that_is_not_seen_is_not_in_the_file() -> None:
    sheet = Sheet("Sheet")
    sheet.line((0, 0), ["first", "covered", "left out"], "text")
    sheet.line((0, 1), ["seen"], "text")
    sheet.blanks.append(Blank(sheet.paints[0].cells[2]))
    shared = [item.findtext(f"{MAIN}t") for item in _part(sheet, "xl/sharedStrings.xml")]
    assert shared == ["first", "seen"]
    assert [cell.findtext(f"{MAIN}v") for cell in rows(sheet)[0]] == ["0", "1", None]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@home", "\ttab"])
def test_text_that_looks_like_a_formula_is_marked_as_text(text: str) -> None:
    sheet = Sheet("Sheet")
    sheet.line((0, 0), [text, "plain"], "text")
    styles, (row,) = _part(sheet, "xl/styles.xml"), rows(sheet)
    formats = list(next(styles.iter(f"{MAIN}cellXfs")))
    marked = [formats[int(cell.attrib["s"])].get("quotePrefix", "0") for cell in row]
    assert marked == ["1", "0"]


@pytest.mark.parametrize("text", ["\x00", "a\x07b", "\x1b[0m", "￾", "\ud800", "x" * 32_768])
def test_text_that_no_cell_can_hold_is_refused(text: str) -> None:
    sheet = Sheet("Sheet")
    sheet.text((1, 1), text)
    with pytest.raises(XlconvError, match=r'^sheet "Sheet": B2 has no value'):
        file(sheet)


def test_longest_text_is_written() -> None:
    sheet = Sheet("Sheet")
    sheet.line((0, 0), ["x" * 32_767], "text")
    assert load_workbook(io.BytesIO(file(sheet)))["Sheet"]["A1"].value == "x" * 32_767


def test_text_in_a_formula_has_at_most_255_characters() -> None:
    sheet = Sheet("Sheet")
    sheet.formula((0, 0), joined("x" * 255, "y"))
    assert cached_values(file(sheet))["Sheet"]["A1"] == "x" * 255 + "y"
    with pytest.raises(XlconvError, match="at most 255 characters, got 256"):
        sheet.formula((1, 0), joined("x" * 256, "y"))


def test_text_in_a_formula_is_counted_as_excel_counts() -> None:
    sheet = Sheet("Sheet")
    sheet.formula((0, 0), joined("🙂" * 127, "y"))  # two units of UTF-16 each
    with pytest.raises(XlconvError, match="at most 255 characters, got 256"):
        sheet.formula((1, 0), joined("🙂" * 128, "y"))
    x = sheet.block("x", (1, 0), (1,), role="input", content=1.0)[0]
    smile = call("IF", x > 0, "🙂", "")  # IF(A2>0,"🙂","") is 16 units, with & 17
    sheet.formula((2, 0), joined(*[smile] * 481))
    with pytest.raises(XlconvError, match="a formula of 8193 characters in A4; Excel has 8192"):
        sheet.formula((3, 0), joined(*[smile] * 482))


def test_text_of_a_cell_is_counted_as_excel_counts() -> None:
    sheet = Sheet("Sheet")
    sheet.text((0, 0), "🙂" * 16_383)
    file(sheet)
    sheet.text((1, 0), "🙂" * 16_384)
    with pytest.raises(XlconvError, match="A2 has no value that a cell can hold"):
        file(sheet)


def test_formula_has_at_most_8192_characters() -> None:
    sheet = numbers(1)
    x = sheet.paints[0].cells[0, 0]
    sheet.formula((1, 0), total([x] * 2731))  # A1+A1+..+A1
    assert len(formulas(file(sheet))["Sheet"]["A2"]) == 8192
    with pytest.raises(XlconvError, match=r"a formula of 8195 characters in A3; Excel has 8192"):
        sheet.formula((2, 0), total([x] * 2732))


# ------------------------------------------------------------------------ truth values


def test_truth_values_are_written_as_such() -> None:
    sheet = numbers(1, -1)
    x = sheet.paints[0].cells
    sheet.block("y", (1, 0), (1, 2), role="computed", content=x > 0, dtype=bool)
    first, second = rows(sheet)[1]
    assert [cell.get("t") for cell in (first, second)] == ["b", "b"]
    assert [cell.findtext(f"{MAIN}f") for cell in (first, second)] == ["A1>0", "B1>0"]
    assert [cell.findtext(f"{MAIN}v") for cell in (first, second)] == ["1", "0"]


def test_cells_of_every_kind_stand_in_one_row() -> None:
    sheet = numbers(1, 2)
    x = sheet.paints[0].cells[0]
    sheet.line((0, 2), ["text"], "text")
    sheet.formula((0, 3), x[0] > 0)
    sheet.formula((0, 4), joined("n = ", x[1]))
    sheet.formula((0, 5), call("IF", x[0] > 5, x[1], ""))
    sheet.formula((0, 6), x[0] / 4)
    built = file(sheet)
    wanted: dict[str, Value] = {"D1": True, "E1": "n = 2", "F1": "", "G1": 0.25}
    assert cached_values(built)["Sheet"] == wanted
    assert differences({"Sheet": wanted}, ironcalc_engine.recalculate(built)) == []


# ------------------------------------------------------------------------ rows and columns


def test_rows_and_cells_stand_in_order_whatever_the_order_of_painting() -> None:
    sheet = Sheet("Sheet")
    x = sheet.memory((0, 0), (3, 4), steps=((2, 0), (0, 3)))
    x[::-1, ::-1] = np.arange(12.0).reshape(3, 4)
    sheet.line((1, 5), ["b"], "text")
    sheet.line((0, 1), ["a"], "text")
    found = [(row.get("r"), [cell.get("r") for cell in row]) for row in rows(sheet)]
    assert found == [
        ("1", ["A1", "B1", "D1", "G1", "J1"]),
        ("2", ["F2"]),
        ("3", ["A3", "D3", "G3", "J3"]),
        ("5", ["A5", "D5", "G5", "J5"]),
    ]
    assert written(sheet)[0] == "11"


def test_columns_past_z_and_zz_and_the_last_one() -> None:
    sheet = Sheet("Sheet")
    for column in (25, 26, 701, 702, 16_382):
        x = sheet.memory((0, column), (2,))
        x[...] = np.array([column, column + 1.0])
        y = sheet.memory((1, column), (2,))
        y[...] = x * 2
    built = file(sheet)
    got = formulas(built)["Sheet"]
    assert set(got.values()) == {
        *("Z1*2", "AA1*2", "AB1*2", "ZZ1*2", "AAA1*2", "AAB1*2", "XFC1*2", "XFD1*2")
    }
    assert cached_values(built)["Sheet"]["XFD2"] == 16_383 * 2
    assert differences(cached_values(built), ironcalc_engine.recalculate(built)) == []


def test_last_row_of_excel_is_written() -> None:
    sheet = Sheet("Sheet")
    x = sheet.memory((1_048_574, 0), (2, 1))
    x[...] = np.array([[1.0], [2.0]])
    sheet.block("y", (1_048_574, 1), (2, 1), role="output", content=x + 1)
    assert formulas(file(sheet))["Sheet"] == {"B1048575": "A1048575+1", "B1048576": "A1048576+1"}


def test_diagonal_target_takes_its_own_references() -> None:
    sheet = numbers(5, 6, 7)
    x = sheet.paints[0].cells[0]
    diagonal = sheet.memory((2, 1), (3,), steps=((1, 2),))
    diagonal[...] = x * 2
    assert formulas(file(sheet))["Sheet"] == {"B3": "A$1*2", "D4": "B$1*2", "F5": "C$1*2"}


def test_negative_steps_take_the_cells_backwards() -> None:
    sheet = numbers(5, 6, 7)
    x = sheet.paints[0].cells
    sheet.block("y", (2, 0), (1, 3), role="output", content=x[:, ::-1] + 1)
    built = file(sheet)
    assert formulas(built)["Sheet"] == {"A3": "C1+1", "B3": "B1+1", "C3": "A1+1"}
    assert cached_values(built)["Sheet"] == {"A3": 8.0, "B3": 7.0, "C3": 6.0}


def test_every_row_of_a_large_sheet_is_written() -> None:
    sheet = Sheet("Sheet")
    x = sheet.memory((0, 0), (2000, 50))
    x[...] = np.arange(100_000.0).reshape(2000, 50)
    sheet.block("y", (0, 60), (2000, 50), role="output", content=x * 3)
    found = rows(sheet)
    assert len(found) == 2000
    for number in (1, 2, 999, 2000):
        last = found[number - 1][-1]
        told = last.get("r"), last.findtext(f"{MAIN}f"), last.findtext(f"{MAIN}v")
        assert told == (f"DF{number}", f"AX{number}*3", str((number * 50 - 1) * 3))


@pytest.mark.parametrize("name", lesson_names())
def test_small_sheet_is_the_same_made_cell_by_cell_and_by_shapes(name: str) -> None:
    for sheet in build(load_lesson(name)).sheets:
        told = []
        for way in (CellRows, Rows):
            styles, strings = dict[tuple[object, ...], int](), dict[str, int]()
            number = lambda *look, known=styles: known.setdefault(look, len(known))
            xml = b"".join(xml for xml, _ in way(sheet, number).chunks(strings))
            told.append((xml, [*styles], [*strings]))
        assert told[0] == told[1]


def test_rows_that_are_written_again_have_the_values_of_now() -> None:
    sheet = numbers(*range(300))  # so many that they are put into text at once
    kept, values = CellRows(sheet, lambda *_: 0), sheet.paints[0].cells.memory[0]
    for now in (range(300), range(-150, 150), np.arange(300) / 2, range(900, 1200)):
        values[...] = now
        ((xml, _),) = kept.chunks({})
        told = [float(value.text or "") for value in ET.fromstring(xml).iter("v")]
        assert told == [*now]


def test_value_that_is_none_now_is_refused_again() -> None:
    sheet = numbers(1, 2)
    kept = CellRows(sheet, lambda *_: 0)
    assert b"<v>2</v>" in next(kept.chunks({}))[0]
    sheet.paints[0].cells.memory[0, 1] = math.inf
    with pytest.raises(XlconvError, match=r'^sheet "Sheet": B1 has no value'):
        next(kept.chunks({}))


# ------------------------------------------------------------------------ frames


def edges(sheet: Sheet) -> dict[str, str]:
    """Cell -> the sides on which it has a thick line: t, b, l, r."""
    styles = _part(sheet, "xl/styles.xml")
    borders = list(next(styles.iter(f"{MAIN}borders")))
    formats = [borders[int(one.attrib["borderId"])] for one in next(styles.iter(f"{MAIN}cellXfs"))]
    return {
        cell.attrib["r"]: "".join(
            side[0]
            for side in ("top", "bottom", "left", "right")
            if formats[int(cell.get("s", "0"))].find(f"{MAIN}{side}[@style='medium']") is not None
        )
        for row in rows(sheet)
        for cell in row
    }


def test_cells_that_come_to_one_row_in_two_ways_have_no_shape() -> None:
    sheet = Sheet("Sheet")
    sheet.memory((0, 0), (2, 2), steps=((1, 0), (1, 3)))[...] = 1.0
    with pytest.raises(BugError, match="one row in two ways"):
        next(Rows(sheet, lambda *_: 0).chunks({}))


def test_frame_goes_around_each_innermost_slice() -> None:
    sheet = Sheet("Sheet")
    sheet.block("y", (0, 0), (2, 2, 3), role="output", content=0.0, steps=((0, 4), (1, 0), (0, 1)))
    one = {"A1": "tl", "B1": "t", "C1": "tr", "A2": "bl", "B2": "b", "C2": "br"}
    other = {"E1": "tl", "F1": "t", "G1": "tr", "E2": "bl", "F2": "b", "G2": "br"}
    assert edges(sheet) == one | other


def test_frame_goes_around_what_two_axes_lay_down_the_rows() -> None:
    sheet = Sheet("Sheet")
    sheet.block("y", (0, 0), (3, 1), role="output", content=np.ones((3, 1)), steps=((1, 0), (9, 0)))
    assert edges(sheet) == {"A1": "tlr", "A2": "lr", "A3": "blr"}


def test_frame_of_one_row_one_column_and_one_cell() -> None:
    sheet = Sheet("Sheet")
    sheet.block("row", (0, 0), (3,), role="output", content=0.0)
    sheet.block("column", (2, 0), (3,), role="output", content=0.0, steps=((1, 0),))
    sheet.block("cell", (0, 5), (), role="output", content=0.0)
    assert edges(sheet) == {
        "A1": "tbl",
        "B1": "tb",
        "C1": "tbr",
        "A3": "tlr",
        "A4": "lr",
        "A5": "blr",
        "F1": "tblr",
    }
