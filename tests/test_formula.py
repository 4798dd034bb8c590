"""What formulas mean, however they are written; which cells follow from which."""

from __future__ import annotations

import pytest

from xlconv.checking.following import following
from xlconv.checking.formula import Cells, parts, references, same_parts
from xlconv.grid.places import area_of

SAME = [
    ("A1+B2*C3", "A1+(B2*C3)"),
    ("A1+B2*C3", "+A1+B2*C3"),
    ("A1+B2*C3", "$A1+B$2*$C$3"),
    ("A1+B2+C3", "A1+(B2+C3)"),
    ("A1*B2*C3", "A1*(B2*C3)"),
    ("A1&B2&C3", "(A1&(B2&C3))"),
    ("A1&B2&C3", "A1&+B2&C3"),
    ("-A1^2", "(-A1)^2"),  # Excel's way
    ("2^3^2", "(2^3)^2"),
    ("1-2-3", "(1-2)-3"),
    ("A1%*2", "(A1%)*2"),
    ("SUM(A1:A1)", "SUM(A1)"),
    ("SUM(A1:B2)", "SUM($B$2:A1)"),
    ("SUM(A1:B2)", "sum( Mine!a1:b2 )"),
    ("SUM(A1:B2)", "SUM('mine'!A1:B2)"),
    ("IF(A1<1E-9,1,2)", "IF((A1)<0.000000001,(1),2.0)"),
    ("IF(A1,,1)", "IF(A1,(),1)".replace("()", "")),
    ("IF(A1,TRUE,FALSE)", "IF(A1,TRUE(),FALSE())"),
    ("SUM(A1:B2)", "_xlfn.SUM(A1:B2)"),
    ('A1&"a ""b"""', '(A1)&"a ""b"""'),
    ("SUM(A1,2)", 'IFERROR(__xludf.DUMMYFUNCTION("SUM(A1,2)"),5.0)'),
    ('IF(A1="x",1,2)', 'IFERROR(__xludf.DUMMYFUNCTION("=IF(A1=""x"",1,2)"),"v")'),
    ("SUM(A1,2)", 'IFERROR(__xludf.DUMMYFUNCTION("ARRAYFORMULA(SUM(A1,2))"),5)'),
    ("(" * 3000 + "1" + ")" * 3000, "1"),
]

OTHER = [
    ("A1+B2*C3", "(A1+B2)*C3"),
    ("A1-(B2-C3)", "A1-B2-C3"),
    ("A1/(B2*C3)", "A1/B2*C3"),
    ("A1-(B2+C3)", "A1-B2+C3"),
    ("-A1^2", "-(A1^2)"),
    ("A1+B2", "B2+A1+0"),
    ("A1+B2", "A1-B2"),
    ("A1", "-A1"),
    ("A1", "A2"),
    ("SUM(A1:B2)", "SUM(A1:B3)"),
    ("SUM(A1:B2)", "SUM(Other!A1:B2)"),
    ("SUM(A1,B2)", "SUM(A1+B2)"),
    ("SUM(A1,B2)", "MAX(A1,B2)"),
    ("IF(A1<1E-9,1,2)", "IF(A1<1.0001E-9,1,2)"),
    ("IF(A1,1)", "IF(A1,1,)"),
    ('A1&"a"', 'A1&"A"'),
    ('A1&"1"', "A1&1"),
    ("SUM(A1,2)", 'IFERROR(__xludf.DUMMYFUNCTION("SUM(A1,3)"),5)'),
    ("SUM(A1,2)", 'IFERROR(__xludf.DUMMYFUNCTION("""COMPUTED_VALUE"""),5)'),
    ("SUM(A1,2)", "IFERROR(SUM(A1,2),5)"),
]

NONE = [
    "", "1+", "(1", "1)", "A1 B1", "1 2", "SUM(A1 B1,,1)", "SUM(", "{1,2}", "(A1,B1)", '"', "'",
    "()", "*2", "1,2", "SUM(1 2)", "))((",
]  # fmt: skip


def meaning(ours: str, theirs: str) -> bool:
    return same_parts(parts(ours, "Mine"), parts(theirs, "Mine"), lambda cells: cells)


@pytest.mark.parametrize(("ours", "theirs"), SAME)
def test_formulas_that_mean_the_same(ours: str, theirs: str) -> None:
    assert meaning(ours, theirs)


@pytest.mark.parametrize(("ours", "theirs"), OTHER)
def test_formulas_that_mean_something_else(ours: str, theirs: str) -> None:
    assert not meaning(ours, theirs)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no formula"):
        parts(text)


def test_references_are_those_of_every_operand() -> None:
    found = list(references(parts("IF(A1>0,SUM(B2:C3)*Other!D4,-$E$5)", "Mine")))
    assert found == [
        Cells("", (0, 0), (0, 0)),
        Cells("", (1, 1), (2, 2)),
        Cells("OTHER", (3, 3), (3, 3)),
        Cells("", (4, 4), (4, 4)),
    ]


def test_what_follows_is_found_through_ranges_and_in_any_order() -> None:
    texts = {(0, 0): "SUM(A2:C4)", (5, 5): "A1", (1, 1): "G7", (9, 9): "Other!G7", (8, 8): "A9"}
    formulas = {place: list(references(parts(text))) for place, text in texts.items()}
    assert following(formulas, {(6, 6)}) == {(1, 1), (0, 0), (5, 5)}
    assert following(formulas, {(3, 2)}) == {(0, 0), (5, 5)}
    assert following(formulas, set()) == set()


@pytest.mark.parametrize("cells", ["A" * 100_000 + "1", "A" + "1" * 5_000, "A0", "$A$1:B", "#REF!"])
def test_what_no_sheet_has_is_no_area(cells: str) -> None:
    """The first two would take long to read as numbers."""
    assert area_of(f"Sheet!{cells}") is None
    assert area_of("Sheet!XFD1048576") == ("Sheet", (1048575, 16383), (1048575, 16383))
