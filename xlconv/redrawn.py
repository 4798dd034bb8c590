"""A sheet that is drawn again, as what a file should hold: its formulas and numbers."""

from __future__ import annotations

import re
from html import unescape

import numpy as np

from xlconv.errors import XlconvError
from xlconv.places import Place, column_number
from xlconv.sheet import Sheet
from xlconv.sheetdata import chunks
from xlconv.workbook import Cell, Value, text_of

FAILURES = (XlconvError, ValueError, TypeError, ArithmeticError, LookupError, AssertionError)
"""What drawing a sheet may raise where its recipe, or a number on it, is out of all bounds."""


CELL = re.compile(
    r'<c r="([A-Z]+)([0-9]+)"(?: t="(\w+)")?>'
    r'(?:<f>([^<]*)</f>)?(?:<v(?: xml:space="preserve")?>([^<]*)</v>)?</c>'
)
"""A cell as `xlconv.sheetdata` writes it without styles: of our own XML, no parser has to be asked."""


def contents(drawn: Sheet) -> dict[Place, Cell]:
    """The formulas and numbers of a sheet.

    Raises one of FAILURES.
    """
    found: dict[Place, Cell] = {}
    numbers: dict[str, int] = {}  # of rows and columns, each once
    with np.errstate(all="ignore"):
        for xml, _ in chunks(drawn, lambda *_: 0, {}):
            for column, row, kind, formula, value in CELL.findall(xml.decode()):
                if not formula and (kind or not value):
                    continue
                if column not in numbers:
                    numbers[column] = column_number(column) - 1
                if row not in numbers:
                    numbers[row] = int(row) - 1
                place = numbers[row], numbers[column]
                found[place] = Cell(_plain(formula) if formula else None, _value(kind, value))
    return found


def _value(kind: str, written: str) -> Value:
    if kind == "b":
        return written == "1"
    if kind:
        return text_of(_plain(written))
    return float(written) if written else None


def _plain(written: str) -> str:
    """A text without XML's escapes."""
    return unescape(written) if "&" in written else written


def mark(cell: Cell) -> str:
    """ "f" for a formula, "n" for a number; "" for words, which a reader may write anew."""
    return "f" if cell.formula is not None else "n" * isinstance(cell.value, float)
