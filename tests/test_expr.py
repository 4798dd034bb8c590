"""What a formula says and what it means; three programs are asked whether that is so."""

import math
import re
from functools import cache
from typing import Any

import numpy as np
import pytest

from xlconv.errors import BugError
from xlconv.grid.expr import Constant, Expr, call, joined, rounded, total
from xlconv.grid.functions import FUNCTIONS, OPERATORS
from xlconv.grid.grid import Grid
from xlconv.grid.places import a1
from xlconv.grid.references import text
from xlconv.grid.sheet import Sheet

from .engines import formulon_engine, ironcalc_engine, libreoffice_engine
from .engines.compare import differences
from .engines.engine import Engine
from .engines.need import needs
from .pages import file

SHEET = Sheet("Cases", column_width=12)
N = SHEET.block("n", (0, 0), (2, 3), role="input", content=[[1, 2, 3], [4, 5, 6]])
MIXED = SHEET.memory((2, 0), (1, 4), dtype=object)
MIXED[...] = np.array([[1.0, "x", "", 2.0]], dtype=object)
COLUMN = SHEET.block("column", (0, 5), (3,), role="input", content=[7, 8, 9], steps=((1, 0),))
SMALL = SHEET.block("small", (0, 6), (3,), role="input", content=[0.1, -2.5, 1.5], steps=((1, 0),))
WORDS = SHEET.line((0, 7), ["abc", "ABC", "b"], "text", step=(1, 0))
APART = N[0].area() - N[1].area()

one, two, three = (Constant(n) for n in (1, 2, 3))
none = call("IFERROR", one / 0, "error")
yes, no = one < 2, one > 2


def failing(expression: Any) -> Expr:
    """An error value cannot stand in a workbook: it is caught in the formula."""
    return call("IFERROR", expression, "error")


# the formula as it must read, the tree, and what it means
CASES: list[tuple[str, Expr, float | str | bool]] = [
    # ---- references
    ("A1", N[0, 0] + 0, 1.0),
    ("B2*C1", N[1, 1] * N[0, 2], 15.0),
    # ---- parentheses
    ("(1+2)*3", (one + 2) * 3, 9.0),
    ("1+2*3", one + two * 3, 7.0),
    ("3-(2-1)", three - (two - 1), 2.0),
    ("3-2-1", three - two - 1, 0.0),
    ("1+2+3", one + (two + 3), 6.0),
    ("1-(2+3)", one - (two + 3), -4.0),
    ("1*2*3", one * (two * 3), 6.0),
    ("3/(2*3)", three / (two * 3), 0.5),
    ("3*(1/2)", three * (one / 2), 1.5),
    ("3/2/3", three / two / 3, 0.5),
    ("(1-2)*(1-3)", (one - 2) * (one - 3), 2.0),
    ('1+2&"a"', (one + 2) & "a", "3a"),
    ('"a"&1*2', "a" & one * 2, "a2"),
    ("2--3", two - Constant(-3), 5.0),
    ("2*-3", two * -3, -6.0),
    ("-3*2", Constant(-3) * 2, -6.0),
    # ---- constants
    ('"say ""yes"""&""', Constant('say "yes"') & "", 'say "yes"'),
    ('"50% <&> ünïcode ✓"&""', Constant("50% <&> ünïcode ✓") & "", "50% <&> ünïcode ✓"),
    ("0.1+0", Constant(0.1) + 0, 0.1),
    ("1E-9*1", Constant(1e-9) * 1, 1e-9),
    ("1.5E+300*1", Constant(1.5e300) * 1, 1.5e300),
    ("123456789012345+0", Constant(123456789012345) + 0, 123456789012345.0),
    ("IF(TRUE,1,2)", call("IF", True, 1, 2), 1.0),
    ("IF(FALSE,1,2)", call("IF", False, 1, 2), 2.0),
    # ---- arithmetic
    ("G1+G2", SMALL[0] + SMALL[1], -2.4),
    ("G1-G3", SMALL[0] - SMALL[2], -1.4),
    ("G2*G3", SMALL[1] * SMALL[2], -3.75),
    ("G2/G3", SMALL[1] / SMALL[2], -2.5 / 1.5),
    ('IFERROR(1/0,"error")', failing(one / 0), "error"),
    ('IFERROR(H1+1,"error")', failing(WORDS[0] + 1), "error"),
    ('IFERROR(H1-1,"error")', failing(WORDS[0] - 1), "error"),
    ('IFERROR(H1*1,"error")', failing(WORDS[0] * 1), "error"),
    ('IFERROR(1/H1,"error")', failing(one / WORDS[0]), "error"),
    ('IFERROR(1/0&"a","error")', failing((one / 0) & "a"), "error"),
    # ---- comparisons: numbers before texts, texts without case
    ("A1=B1", N[0, 0].equals(N[0, 1]), False),
    ("A1<>B1", N[0, 0].differs(N[0, 1]), True),
    ("A1<B1", N[0, 0] < N[0, 1], True),
    ("B1<=B1", N[0, 1] <= N[0, 1], True),
    ("B1>B1", N[0, 1] > N[0, 1], False),
    ("B1>=A1", N[0, 1] >= N[0, 0], True),
    ("H1=H2", WORDS[0].equals(WORDS[1]), True),
    ("H1<>H2", WORDS[0].differs(WORDS[1]), False),
    ("H2<H3", WORDS[1] < WORDS[2], True),
    ("H3<=H1", WORDS[2] <= WORDS[0], False),
    ("H1>A1", WORDS[0] > N[0, 0], True),
    ("H1>=A1", WORDS[0] >= N[0, 0], True),
    ("H1=A1", WORDS[0].equals(N[0, 0]), False),
    ('"9"=9', Constant("9").equals(9), False),
    ('""=0', Constant("").equals(0), False),
    ("1<2=TRUE", yes.equals(True), True),
    # ---- texts
    ('H1&" "&A1', WORDS[0] & " " & N[0, 0], "abc 1"),
    ('G2&""', SMALL[1] & "", "-2.5"),
    # ---- functions
    ("ABS(G2)", call("ABS", SMALL[1]), 2.5),
    ("ABS(0)", call("ABS", 0), 0.0),
    ("TANH(0)", call("TANH", 0), 0.0),
    ("TANH(1.0986122886681098)", call("TANH", 1.0986122886681098), 0.8),
    ("LOG10(1000)", call("LOG10", 1000), 3.0),
    ("LOG10(0.01)", call("LOG10", 0.01), -2.0),
    ("SQRT(2.25)", call("SQRT", 2.25), 1.5),
    ("SQRT(0)", call("SQRT", 0), 0.0),
    ("AND(1<2,1>2)", call("AND", yes, no), False),
    ("AND(1<2,1<2)", call("AND", yes, yes), True),
    ("AND(A1,0)", call("AND", N[0, 0], 0), False),
    ("AND(1<2)", call("AND", yes), True),
    ("OR(1<2,1>2)", call("OR", yes, no), True),
    ("OR(0,0)", call("OR", 0, 0), False),
    ("NOT(1<2)", call("NOT", yes), False),
    ("NOT(0)", call("NOT", 0), True),
    ('CHOOSE(1,"a","b","c")', call("CHOOSE", 1, "a", "b", "c"), "a"),
    ('CHOOSE(3,"a",2,"c")', call("CHOOSE", 3, "a", 2, "c"), "c"),
    ("CHOOSE(2,5,6)", call("CHOOSE", 2, 5, 6), 6.0),
    ("CHOOSE(1.9,5,6)", call("CHOOSE", 1.9, 5, 6), 5.0),
    ('IFERROR(CHOOSE(0,5,6),"error")', failing(call("CHOOSE", 0, 5, 6)), "error"),
    ('IFERROR(CHOOSE(3,5,6),"error")', failing(call("CHOOSE", 3, 5, 6)), "error"),
    ('IFERROR(CHOOSE(-1,5,6),"error")', failing(call("CHOOSE", -1, 5, 6)), "error"),
    ("CHOOSE(1,5,1/0)", call("CHOOSE", 1, 5, one / 0), 5.0),
    ("COLUMNS(A1:C2)", call("COLUMNS", N.area()), 3.0),
    ("COLUMNS(A1:C1)", call("COLUMNS", N[0].area()), 3.0),
    ("COLUMNS(F1:F3)", call("COLUMNS", COLUMN.area()), 1.0),
    ("COLUMNS(A1:A2)", call("COLUMNS", N[:, :1].area()), 1.0),
    ("ROWS(A1:C2)", call("ROWS", N.area()), 2.0),
    ("ROWS(A1:C1)", call("ROWS", N[0].area()), 1.0),
    ("ROWS(F1:F3)", call("ROWS", COLUMN.area()), 3.0),
    ('COUNTIF(A1:C2,">2")', call("COUNTIF", N.area(), ">2"), 4.0),
    ('COUNTIF(A1:C2,">=2")', call("COUNTIF", N.area(), ">=2"), 5.0),
    ('COUNTIF(A1:C2,"<2")', call("COUNTIF", N.area(), "<2"), 1.0),
    ('COUNTIF(A1:C2,"<=2")', call("COUNTIF", N.area(), "<=2"), 2.0),
    ('COUNTIF(A1:C2,"=2")', call("COUNTIF", N.area(), "=2"), 1.0),
    ('COUNTIF(A1:C2,"<>2")', call("COUNTIF", N.area(), "<>2"), 5.0),
    ("COUNTIF(A1:C2,B1)", call("COUNTIF", N.area(), N[0, 1]), 1.0),
    ("COUNTIF(A1:C2,7)", call("COUNTIF", N.area(), 7), 0.0),
    ("COUNTIF(A1:C2,2.5)", call("COUNTIF", N.area(), 2.5), 0.0),
    ("COUNT(A1:C2,B1)", call("COUNT", N.area(), N[0, 1]), 7.0),
    ("COUNT(A3:D3)", call("COUNT", MIXED.area()), 2.0),
    ('COUNTIF(A3:D3,">0")', call("COUNTIF", MIXED.area(), ">0"), 2.0),
    ('COUNTIF(A3:D3,"x")', call("COUNTIF", MIXED.area(), "x"), 1.0),
    ('COUNTIF(A3:D3,"X")', call("COUNTIF", MIXED.area(), "X"), 1.0),
    ('COUNTIF(F1:F1,">=0")', call("COUNTIF", COLUMN[:1].area(), ">=0"), 1.0),
    ('COUNTIF(H1:H1,">=0")', call("COUNTIF", WORDS[:1].area(), ">=0"), 0.0),
    ("COUNTIF(F1:F3,8)", call("COUNTIF", COLUMN.area(), 8), 1.0),
    ('IF(A1>0,"yes",2)', call("IF", N[0, 0] > 0, "yes", 2), "yes"),
    ('IF(A1>9,"yes",2)', call("IF", N[0, 0] > 9, "yes", 2), 2.0),
    ('IF(A1>9,"yes","")', call("IF", N[0, 0] > 9, "yes", ""), ""),
    ("IF(A1,5,6)", call("IF", N[0, 0], 5, 6), 5.0),
    ("IF(0,5,6)", call("IF", 0, 5, 6), 6.0),
    ("IF(A1>9,1/0,6)", call("IF", N[0, 0] > 9, one / 0, 6), 6.0),
    ("IF(A1>0,1=1,6)", call("IF", N[0, 0] > 0, one.equals(1), 6), True),
    ("IF(A1>0,1=1,1=2)", call("IF", N[0, 0] > 0, one.equals(1), one.equals(2)), True),
    ('IFERROR(5,"error")', failing(5), 5.0),
    ('IFERROR("text","error")', failing("text"), "text"),
    ("IFERROR(1/0,7)", call("IFERROR", one / 0, 7), 7.0),
    ('IFERROR(IF(1/0,1,2),"error")', failing(call("IF", one / 0, 1, 2)), "error"),
    ('IFERROR(AND(1/0,1<2),"error")', failing(call("AND", one / 0, yes)), "error"),
    ('IFERROR(NOT(1/0),"error")', failing(call("NOT", one / 0)), "error"),
    ('IFERROR(MAX(1/0,2),"error")', failing(call("MAX", one / 0, 2)), "error"),
    ('IFERROR(1/0=1,"error")', failing((one / 0).equals(1)), "error"),
    ('IFERROR(1/0<1,"error")', failing((one / 0) < 1), "error"),
    ("INDEX(A1:C2,2,3)", call("INDEX", N.area(), 2, 3), 6.0),
    ("INDEX(A1:C2,1,1)", call("INDEX", N.area(), 1, 1), 1.0),
    ("INDEX(A1:C2,1.9,2.9)", call("INDEX", N.area(), 1.9, 2.9), 2.0),
    ("INDEX(A1:C1,3)", call("INDEX", N[0].area(), 3), 3.0),
    ("INDEX(A1:C1,1,3)", call("INDEX", N[0].area(), 1, 3), 3.0),
    ("INDEX(F1:F3,2)", call("INDEX", COLUMN.area(), 2), 8.0),
    ("INDEX(F1:F3,3,1)", call("INDEX", COLUMN.area(), 3, 1), 9.0),
    ("INDEX(A3:D3,2)", call("INDEX", MIXED.area(), 2), "x"),
    ('IFERROR(INDEX(A1:C2,3,1),"error")', failing(call("INDEX", N.area(), 3, 1)), "error"),
    ('IFERROR(INDEX(A1:C2,1,4),"error")', failing(call("INDEX", N.area(), 1, 4)), "error"),
    ('IFERROR(INDEX(A1:C2,-1,1),"error")', failing(call("INDEX", N.area(), -1, 1)), "error"),
    ('IFERROR(INDEX(F1:F3,1,2),"error")', failing(call("INDEX", COLUMN.area(), 1, 2)), "error"),
    ("INT(G2)", call("INT", SMALL[1]), -3.0),
    ("INT(G3)", call("INT", SMALL[2]), 1.0),
    ("INT(-0.1)", call("INT", -0.1), -1.0),
    ("INT(-2)", call("INT", -2), -2.0),
    ("ISNUMBER(A1)", call("ISNUMBER", N[0, 0]), True),
    ("ISNUMBER(H1)", call("ISNUMBER", WORDS[0]), False),
    ('ISNUMBER("1")', call("ISNUMBER", "1"), False),
    ("ISNUMBER(1/0)", call("ISNUMBER", one / 0), False),
    ("MAX(A1,G2,2)", call("MAX", N[0, 0], SMALL[1], 2), 2.0),
    ("MIN(A1,G2,2)", call("MIN", N[0, 0], SMALL[1], 2), -2.5),
    ("MAX(-1,-2)", call("MAX", -1, -2), -1.0),
    ("MOD(5,3)", call("MOD", 5, 3), 2.0),
    ("MOD(-1,3)", call("MOD", -1, 3), 2.0),
    ("MOD(-3,3)", call("MOD", -3, 3), 0.0),
    ("MOD(5,-3)", call("MOD", 5, -3), -1.0),
    ("MOD(-5,-3)", call("MOD", -5, -3), -2.0),
    ("MOD(5.5,2)", call("MOD", 5.5, 2), 1.5),
    ("MOD(-0.5,2)", call("MOD", -0.5, 2), 1.5),
    ("MOD(0,3)", call("MOD", 0, 3), 0.0),
    ('IFERROR(MOD(3,0),"error")', failing(call("MOD", 3, 0)), "error"),
    ("ROUND(2.5,0)", call("ROUND", 2.5, 0), 3.0),
    ("ROUND(-2.5,0)", call("ROUND", -2.5, 0), -3.0),
    ("ROUND(0.5,0)", call("ROUND", 0.5, 0), 1.0),
    ("ROUND(-0.4,0)", call("ROUND", -0.4, 0), 0.0),
    ("ROUND(1.005,2)", call("ROUND", 1.005, 2), 1.01),
    ("ROUND(2.675,2)", call("ROUND", 2.675, 2), 2.68),
    ("ROUND(1250,-2)", call("ROUND", 1250, -2), 1300.0),
    ("ROUND(1E+300,0)", call("ROUND", 1e300, 0), 1e300),  # longer than a Decimal
    ('ROUND(G1+0.2,4)&""', rounded(SMALL[0] + 0.2) & "", "0.3"),
    ('ROUND(1/3,4)&""', rounded(one / 3) & "", "0.3333"),
    ('ROUND(-1/4,4)&""', rounded(Constant(-1) / 4) & "", "-0.25"),
    ("SUM(A1:C2)", call("SUM", N.area()), 21.0),
    ("SUM(F1:F3)", call("SUM", COLUMN.area()), 24.0),
    ("SUM(A3:D3)", call("SUM", MIXED.area()), 3.0),
    ("SUMPRODUCT(A1:C2,A1:C2)", call("SUMPRODUCT", N.area(), N.area()), 91.0),
    ("SUMPRODUCT(A1:C1,A2:C2)", call("SUMPRODUCT", N[0].area(), N[1].area()), 32.0),
    ("SUMPRODUCT(F1:F3,G1:G3)", call("SUMPRODUCT", COLUMN.area(), SMALL.area()), -5.8),
    ("SUMPRODUCT(A1:C2)", call("SUMPRODUCT", N.area()), 21.0),
    ("SUMPRODUCT(A3:D3,A3:D3)", call("SUMPRODUCT", MIXED.area(), MIXED.area()), 5.0),
    ("SUMPRODUCT((A1:C1-A2:C2)*(A1:C1-A2:C2))", call("SUMPRODUCT", APART * APART), 27.0),
    # ---- several at once
    ("F1+F2+F3", total([COLUMN[0], COLUMN[1], COLUMN[2]]), 24.0),
    ("0", total([]), 0.0),
    ("1+2*3+(1-2)+3+1", total([one, two * 3, one - two, three + 1]), 10.0),
    ("1-2+3", total([one - two, three]), 2.0),
    ("(1+2)*3", total([one, two]) * 3, 9.0),
    ('"a"&1+2', joined("a", one + two), "a3"),
    ('"y["&A1&"] = "&G3', joined("y[", N[0, 0], "] = ", SMALL[2]), "y[1] = 1.5"),
    (
        "IF(AND(MOD(A2,2)=0,B2>=0),INDEX(A1:C1,A2/2+1)*3,0)",
        call(
            "IF",
            call("AND", call("MOD", N[1, 0], 2).equals(0), N[1, 1] >= 0),
            call("INDEX", N[0].area(), N[1, 0] / 2 + 1) * 3,
            0,
        ),
        9.0,
    ),
]  # fmt: skip
CASES[0] = ("A1+0", *CASES[0][1:])

every_case = pytest.mark.parametrize(
    ("formula", "tree", "meaning"), CASES, ids=[formula for formula, *_ in CASES]
)


@every_case
def test_formula_reads_as_it_must(formula: str, tree: Expr, meaning: object) -> None:
    sheet = Sheet("Cases")
    sheet.formula((0, 9), tree)
    # one cell's references do not move, and stay relative
    assert text(sheet.paints[-1], ()) == formula


@every_case
def test_tree_means_what_is_stated(formula: str, tree: Expr, meaning: object) -> None:
    value = tree.value
    assert value.shape == ()
    got = value.item()
    if isinstance(meaning, float):
        assert not isinstance(got, bool)
        assert math.isclose(got, meaning, rel_tol=1e-12, abs_tol=1e-15)
    else:
        assert (type(got), got) == (type(meaning), meaning)


def test_every_function_and_operator_is_in_the_table() -> None:
    """A formula's text is looked through; whatever is added needs its cases."""
    bare = [re.sub(r'"[^"]*"', "", formula) for formula, *_ in CASES]
    called = {name for formula in bare for name in re.findall(r"([A-Z0-9]+)\(", formula)}
    assert called == set(FUNCTIONS)
    used = {sign for formula in bare for sign in re.findall(r"<>|<=|>=|[-+*/&=<>]", formula)}
    assert used == set(OPERATORS)


@pytest.mark.parametrize(
    ("formula", "tree"),
    [
        ('("a"="b")&"c"', Constant("a").equals("b") & "c"),
        ('"a"&(1=2)', "a" & one.equals(2)),
        ("1<2=(2<3)", yes.equals(two < 3)),
        ("(1<2)*3", yes * 3),
    ],
)
def test_comparison_inside_another_operator_is_enclosed(formula: str, tree: Expr) -> None:
    """IronCalc drops these parentheses: views do without."""
    assert "".join(map(str, tree.told)) == formula


@pytest.mark.parametrize(
    "tree",
    [
        (N[0, 0] > 0) & "",  # TRUE, 1 or True
        Constant(True).equals(1),  # FALSE in Excel, TRUE in LibreOffice
        Constant(True) > 9,
        call("ISNUMBER", yes),
    ],
    ids=["text", "equals", "greater", "isnumber"],
)
def test_truth_value_that_programs_read_differently_is_an_error(tree: Expr) -> None:
    assert math.isnan(tree.value.item())


@cache
def workbook() -> bytes:
    for row, (_, tree, _) in enumerate(CASES):
        SHEET.formula((row, 9), tree)
    return file(SHEET)


@pytest.mark.parametrize(
    "engine",
    [
        ironcalc_engine,
        formulon_engine,
        pytest.param(libreoffice_engine, marks=needs("soffice", libreoffice_engine.available())),
    ],
    ids=lambda engine: engine.name,
)
def test_program_means_what_is_stated(engine: Engine) -> None:
    stated = {a1((row, 9)): meaning for row, (_, _, meaning) in enumerate(CASES)}
    got = engine.recalculate(workbook())
    wrong = differences({"Cases": stated}, got, engine=engine.name)
    assert [f"{CASES[int(line.split(':')[0][7:]) - 1][0]}: {line}" for line in wrong] == []


# ------------------------------------------------------------------------ grids


def grid(*shape: int) -> Grid:
    sheet = Sheet("Grid")
    cells = sheet.memory((1, 1), shape)
    cells[...] = np.arange(float(np.prod(shape))).reshape(shape)
    return cells


@pytest.mark.parametrize(
    "index",
    [
        (0,),
        (-1, 2),
        (slice(None, None, -1),),
        (slice(1, None), slice(None, None, 2)),
        (..., 1),
        (slice(None), None, 0),
        (slice(3, 0, -2), slice(-1, None, -3)),
        (0, ..., slice(1, 3)),
    ],
)
def test_slicing_a_grid_gives_the_cells_that_numpy_gives(index: Any) -> None:
    cells = grid(4, 5)
    view = cells[index]
    assert np.array_equal(view.value, cells.value[index])
    for at in np.ndindex(view.shape):
        row, column = view.cell(at)
        assert cells.value[row - 1, column - 1] == view.value[at]


@pytest.mark.parametrize("index", [(0, 0, 0), (0, True, 1), (4, 0), (0, -6)])
def test_what_is_no_index_of_a_grid_is_refused(index: Any) -> None:
    with pytest.raises(IndexError):
        grid(4, 5)[index]


def test_windows_are_the_cells_under_a_sliding_kernel() -> None:
    windows = grid(4, 5).windows(2, 3)
    assert windows.shape == (3, 3, 2, 3)
    for at in np.ndindex(windows.shape):
        row, column = windows.cell(at)
        assert (row - 1) * 5 + column - 1 == windows.value[at]


def test_transposed_grid_has_its_cells_in_another_order() -> None:
    view = grid(2, 3).transpose(1, 0)
    assert view.cell((2, 1)) == (2, 3)
    assert view.value[2, 1] == 5


def test_range_of_cells_that_do_not_touch_is_refused() -> None:
    cells = grid(4, 5)
    for strided in (cells[::2], cells[:, ::-1], cells[::-1], cells.transpose(1, 0)):
        with pytest.raises(BugError, match="are no range"):
            strided.area()


def test_ranges_of_two_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        _ = call("SUMPRODUCT", N[0].area(), COLUMN.area()).value


def test_thousand_terms_are_no_thousand_levels() -> None:
    assert total([one] * 5000).value == 5000
    assert len(total([one] * 5000).told) == 9999


def test_function_that_programs_compute_differently_is_refused() -> None:
    with pytest.raises(KeyError, match="QUOTIENT is not a function"):
        call("QUOTIENT", 7, 2)


def test_grid_that_is_on_no_sheet_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="not on a sheet"):
        grid(4, 5).windows(2)[0, 0, 0] = 1
