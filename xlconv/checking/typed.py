"""What a reader has typed: into a cell that is meant for it, or into one that is not."""

from __future__ import annotations

import re

from xlconv.checking.alike import same
from xlconv.checking.report import spoken
from xlconv.checking.workbook import Cell, Value

DIGITS = re.compile(
    r"\s*[-+\u2212]?\d[\d.,' \u00a0\u202f]*(?:[eE][-+]?\d+)?\s*%?\s*|\s*\d+\s*/\s*\d+\s*"
)
"""A text that a person takes for a number, whatever the decimal mark."""


def own(was: Value, cell: Cell) -> str:
    """The kind of finding that a cell is which is meant to be typed over; "" is none.

    was  what stood there; None if nobody knows

    >>> own(3.0, Cell(None, 5.0)), own(3.0, Cell(None, "5")), own(3.0, Cell(None, 3.0))
    ('changed', 'digits', '')
    """
    if isinstance(was, str):
        return "" if same(was, cell.value) else "changed"
    if cell.formula is not None:
        if isinstance(cell.value, float):
            return "own"
        return "unvalued" if cell.value is None else "text"
    if not isinstance(cell.value, float):
        return as_text(cell.value, "text")
    return "" if was is None or same(was, cell.value) else "changed"


def said(cell: Cell) -> Value:
    """What a finding says of a cell that is meant to be typed over."""
    if cell.formula is None:
        return cell.value
    gives = "" if cell.value is None else f", which gives {spoken(cell.value)}"
    return f"={cell.formula}{gives}"


def as_text(value: Value, other: str) -> str:
    """The kind of a text that was meant as something else; `other` if it was not.

    >>> as_text("=A1*2", "constant"), as_text("1,5", "constant"), as_text("five", "constant")
    ('quoted', 'digits', 'constant')
    """
    if not isinstance(value, str):
        return other
    if value.startswith("="):
        return "quoted"
    return "digits" if DIGITS.fullmatch(value) else other
