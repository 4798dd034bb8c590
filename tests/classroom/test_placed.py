"""What a student wrote, out of what programs wrote around it and where it stands now."""

from __future__ import annotations

import pytest

from xlconv.checking.cells import Cell
from xlconv.classroom import formulas
from xlconv.classroom.formulas import own_words
from xlconv.classroom.placed import _told


def by_google(formula: str, value: float) -> Cell:
    told = formula.replace('"', '""')
    return Cell(f'IFERROR(__xludf.DUMMYFUNCTION("{told}"),{value})', value)


def test_array_of_google_sheets_fills_the_cells_that_say_so() -> None:
    spilled = '"COMPUTED_VALUE"'
    found = own_words(
        {
            (0, 3): by_google("ArrayFormula(A1:B2*2)", 2),
            (0, 4): by_google(spilled, 4),
            (1, 3): by_google(spilled, 6),
            (1, 4): by_google(spilled, 8),
            (3, 3): by_google("SUM(A1:B2)", 10),
        }
    )
    assert found[0, 3] == Cell("A1:B2*2", 2, area="D1:E2")
    assert [found[at] for at in ((0, 4), (1, 3), (1, 4))] == [Cell(None, n) for n in (4, 6, 8)]
    assert found[3, 3] == Cell("SUM(A1:B2)", 10)


def test_formula_that_names_its_own_sheet_is_one_that_does_not() -> None:
    told = _told(Cell("#REF!-SUM('My sheet'!A1:B2)+'My sheet'!C3", 1), "My sheet", None)
    assert told.formula == "#REF!-SUM(A1:B2)+C3"


@pytest.mark.parametrize(("looks", "tried"), [(6, 2), (5, 1)])
def test_formulas_may_look_at_so_many_cells(
    looks: int, tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formulas, "LOOKS", looks)
    cells = {(9, n): Cell(f"SUM(A{n + 1}:C{n + 1})", 1.0) for n in range(2)}
    found = formulas.read(cells, {}).values()
    assert [isinstance(one, formulas.Formula) for one in found] == [True, tried == 2]
