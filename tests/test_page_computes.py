"""What a page computes with, run by Node: it is what the house means, and what IronCalc has."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.grid.functions import FUNCTIONS, OPERATORS
from xlconv.grid.places import a1
from xlconv.grid.sheet import Sheet
from xlconv.grid.shown import shown
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.shipped import lesson_names
from xlconv.page.data import YOURS

from .engines import ironcalc_engine, page_engine
from .engines.compare import differences
from .engines.engine import Changes
from .engines.page_engine import needs_node, run
from .layers import random_layers
from .pages import LAYER_VIEWS
from .test_expr import CASES, SHEET, workbook

pytestmark = needs_node

FORMATS = (
    "General",
    "0.00;-0.00;0",
    "0.0000",
    '"ᵃ"General;"ᵃ"-General',
    '"✓";;"✗"',
    ";;;",
    "0.0E+0;-0.0E+0;0",
)


def test_its_table_is_the_houses() -> None:
    operators, functions = run(
        "const all = [...Object.keys(FUNCTIONS), ...Object.keys(CHOOSING)];"
        "console.log(JSON.stringify([Object.keys(OPERATORS), all]))"
    )
    assert sorted(operators) == sorted(OPERATORS)
    assert sorted(functions) == sorted(FUNCTIONS)


def test_it_means_what_is_stated() -> None:
    stated = {a1((row, 9)): meaning for row, (_, _, meaning) in enumerate(CASES)}
    workbook()  # writes the formulas on the sheet
    got = page_engine.recalculate([SHEET])
    wrong = differences({"Cases": stated}, got, engine="page")
    assert [f"{CASES[int(line.split(':')[0][7:]) - 1][0]}: {line}" for line in wrong] == []


def test_cells_hold_what_the_workbook_was_given() -> None:
    texts = ['<b> & "x"', "a\nb", "_x0041_", "_x005F_x0041_", "&lt;", "</v></c>", "'=1", "", " x "]
    given = [*texts, True, False, 0.1, -2.5e-300, 1e15]
    sheet = Sheet("Cells")
    sheet.line((0, 0), given, "")
    got = run(
        'const { file } = JSON.parse(require("fs").readFileSync(0, "utf8"));'
        'contentsOf(new Uint8Array(Buffer.from(file, "base64")), 1)'
        ".then((contents) => console.log(JSON.stringify(contents)))",
        {"file": b64encode(Book("Title", (sheet,)).to_bytes()).decode()},
    )
    assert got == [[[a1((0, n)), value] for n, value in enumerate(given)]]


@pytest.mark.parametrize("lesson", lesson_names())
def test_every_formula_of_a_lesson_has_its_value(lesson: str) -> None:
    sheets = build(lesson).sheets
    values = {
        sheet.name: {
            a1((cell.row, cell.column)): getattr(cell.value, "item", lambda c=cell: c.value)()
            for cell in sheet.cells()
            if cell.formula
        }
        for sheet in sheets
    }
    assert differences(values, page_engine.recalculate(sheets), engine="page") == []


def test_numbers_are_shown_as_python_shows_them() -> None:
    random = np.random.default_rng(4)
    some = random.normal(size=200) * 10.0 ** random.integers(-8, 10, 200)
    values = [0.0, 1.0, -2.5, 0.125, 1.005, 0.1 + 0.2, 1e-7, -1e12, 99999.5, True, "text", ""]
    asked = [
        (value, code, room)
        for value in [*values, *some.tolist(), *(some.round(3) + 0.0).tolist()]
        for code in FORMATS
        for room in (3, 5, 9)
    ]
    told = run(
        'const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));'
        "console.log(JSON.stringify(asked.map((one) => shown(...one))))",
        asked,
    )
    ours = [shown(*one) for one in asked]
    assert [one for one in zip(asked, told, ours, strict=True) if one[1] != one[2]] == []


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("SUM(A1:C1)*2", 12),
        ("sum(a1:c1)", 6),
        ("A1 + B1", 3),
        ("-A1", -1),
        ("VLOOKUP(A1,A1:C1,1)", "#NAME?"),
        ("A1+", "#NAME?"),
        ("1/0", "#DIV/0!"),
        ('A1+"x"', "#VALUE!"),
        ("Nowhere!A1", "#REF!"),
        ("E1", "#CIRC!"),
        ("INDEX(A1:C1,4)", "#REF!"),
        ("SUMPRODUCT((A1:C1>1)*A1:C1)", 5),
        ("A1:C1", "#VALUE!"),
        ("ROUND(-2.5,0)", -3),
        ('A1<>""', True),
        # as Excel has them, and IronCalc but for the codes of what is refused
        ("50%", 0.5),
        ("B1%%", 0.0002),
        ("2^3^2", 64),
        ("-B1^2", 4),
        ("0^0", "#NUM!"),
        ("0^-1", "#DIV/0!"),
        ("(-1)^0.5", "#NUM!"),
        ("1E999", "#NAME?"),
        ('"1E999"+1', "#VALUE!"),
        ('"0x10"+1', "#VALUE!"),
        ('"5%"+1', 1.05),
        ("ABS(A1:C1)", "#VALUE!"),
        ("NOT(A1:C1)", "#VALUE!"),
        ("ABS()", "#NAME?"),
        ("MOD(A1)", "#NAME?"),
        ("SUM(A1,D1)", 1),
        ("MAX(B1,D1)", 2),
        ("MAX(Z1:Z3)", 0),
        ("MIN(Z1,Z2)", 0),
        ("AND(A1:D1)", True),
        ("AND(D1,Z1)", "#VALUE!"),
        ("OR(Z1:Z3)", "#VALUE!"),
        ("ROUND(B1,1E+308)", 2),
    ],
)
def test_what_a_student_types_is_computed_or_refused_as_elsewhere(
    formula: str, value: object
) -> None:
    cells = [["A1", 1], ["B1", 2], ["C1", 3], ["D1", "x"], ["E1", {"formula": formula}]]
    program = (
        'const book = new Book(["S"], [JSON.parse(require("fs").readFileSync(0, "utf8"))]);'
        "const value = book.value(0, 'E1');"
        "shown(value, 'General', 9);"  # whatever it is, it can be shown
        "console.log(JSON.stringify(value instanceof Fault ? value.code : value))"
    )
    assert run(program, cells) == value


def test_what_is_typed_is_a_number_where_excel_takes_it_for_one() -> None:
    meant = {
        "1,5": 1.5,
        "-,5": -0.5,
        " 7 ": 7,
        "1e3": 1000,
        "50%": 0.5,
        "12,5%": 0.125,
        "100000000000000000000": 1e20,
        "1e999": "1e999",
        "1.234,5": "1.234,5",
        "0x10": "0x10",
        "5 %%": "5 %%",
        "=": "=",
        "=1+1": {"formula": "1+1"},
        "true": True,
        "": None,
    }
    program = (
        'const entries = JSON.parse(require("fs").readFileSync(0, "utf8"));'
        "console.log(JSON.stringify(entries.map(typed)))"
    )
    assert dict(zip(meant, run(program, [*meant]), strict=True)) == meant


def edits(sheet: Sheet, seed: int, count: int = 10) -> Changes:
    """Other small numbers in some of the cells of a sheet that are there to be typed over."""
    random = np.random.default_rng(seed)
    cells = [
        a1(block.cells.cell(index))
        for block in sheet.blocks
        if block.role in YOURS and block.role != "control"
        for index in np.ndindex(block.cells.shape)
    ]
    chosen = random.choice(cells, min(count, len(cells)), replace=False).tolist()
    return {
        (sheet.name, at): float(n)
        for at, n in zip(chosen, random.integers(-9, 9, len(chosen)), strict=True)
    }


def disagreeing(book: Book, changes: Changes) -> list[str]:
    theirs = ironcalc_engine.recalculate(book.to_bytes(), changes)
    ours = page_engine.recalculate(book.sheets, changes)
    return differences(theirs, ours, engine="page")


def test_edited_lesson_computes_what_ironcalc_has() -> None:
    book = build("transposed-convolutions")
    changes = {at: value for sheet in book.sheets for at, value in edits(sheet, 5).items()}
    assert len(changes) > 50
    assert disagreeing(book, changes) == []


@cache
def layers() -> list[Layer]:
    """Random ones, and two that each view takes which is not for every layer."""
    random = np.random.default_rng(6)
    square, smooth = random.integers(-4, 6, (4, 4)), random.integers(0, 9, (6, 6))
    for_parameters = Layer.of(square, random.integers(-4, 6, (3, 3)), stride=2)
    for_pictures = Layer.of(smooth, random.integers(-4, 6, (4, 4)), stride=2, padding=1)
    return [*random_layers(41, 12), for_parameters, for_pictures]


@pytest.mark.prove
@pytest.mark.parametrize("view", LAYER_VIEWS)
def test_edited_random_layers_compute_what_ironcalc_has(view: str) -> None:
    shown_layers = 0
    for number, layer in enumerate(layers()):
        try:
            book = build(layer, views=view)
        except XlconvError:
            continue
        shown_layers += 1
        assert disagreeing(book, edits(book.sheets[0], number)) == [], layer
    assert shown_layers
