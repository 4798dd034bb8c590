"""A sheet that is drawn again, as what a file should hold: its formulas and numbers."""

from __future__ import annotations

import numpy as np

from xlconv.errors import XlconvError
from xlconv.places import Place
from xlconv.sheet import Sheet
from xlconv.sheetdata import chunks
from xlconv.workbook import Cell, cells_of

FAILURES = (XlconvError, ValueError, TypeError, ArithmeticError, LookupError, AssertionError)
"""What drawing a sheet may raise where its recipe, or a number on it, is out of all bounds."""


def contents(drawn: Sheet) -> dict[Place, Cell]:
    """The formulas and numbers of a sheet.

    Raises one of FAILURES.
    """
    rows = (xml for xml, _ in chunks(drawn, lambda *_: 0, {}))
    with np.errstate(all="ignore"):
        return {place: cell for place, cell in cells_of(rows) if mark(cell)}


def mark(cell: Cell) -> str:
    """ "f" for a formula, "n" for a number; "" for words, which a reader may write anew."""
    return "f" if cell.formula is not None else "n" * isinstance(cell.value, float)
