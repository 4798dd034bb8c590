"""How much Excel and Google Sheets take: cells, the texts in them, and the terms of formulas."""

from __future__ import annotations

import re

from xlconv.budget import TERMS
from xlconv.errors import LimitError, RoomError

EXCEL_ROWS, EXCEL_COLUMNS = 1_048_576, 16_384
SHEETS_CELLS = 10_000_000
ADDRESS_LENGTH = len("$XFD$1048576")

TEXT_LENGTH, FORMULA_LENGTH, LITERAL_LENGTH = 32_767, 8_192, 255
"""Characters that Excel takes in a cell, in a formula, and in a text in a formula."""

ARGUMENTS = 255
"""What Excel gives a function at most."""

SHORTEST = 3
"""Characters of the shortest term of a formula, A1+."""

UNWRITABLE = "[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]"
"""What no XML may hold, and a carriage return, which Excel does not keep."""


def unwritable(text: str) -> str:
    """The first such character of a text; none of them is printable.

    >>> unwritable("a\\tb"), unwritable("a\\x07b")
    ('', '\\x07')
    """
    found = None if text.isprintable() else re.search(UNWRITABLE, text)
    return found[0] if found else ""


def length(text: str) -> int:
    """Characters as Excel counts them, in a cell, a formula and a name: units of UTF-16.

    >>> length("k²"), length("🙂")
    (2, 2)
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_room(rows: int, columns: int, used: int, room: int) -> None:
    """Refuse what a program has no room for.

    used  cells that have a content, of `room` that may have one
    """
    owner = "this sheet" if room < SHEETS_CELLS else "a Google Sheets workbook"
    for program, what, needed, limit in (
        ("Excel", "rows", rows, EXCEL_ROWS),
        ("Excel", "columns", columns, EXCEL_COLUMNS),
        # Google counts empty ones too
        ("a Google Sheets workbook", "cells", rows * columns, SHEETS_CELLS),
        (owner, "cells", used, room),
    ):
        if needed > limit:
            raise RoomError(f"{needed} {what}; {program} has {limit}")


def check_terms(longest: int) -> None:
    """Refuse a formula of so many terms that it surely is longer than Excel has it."""
    if longest * SHORTEST > FORMULA_LENGTH + 1:  # the last has no + behind it
        raise LimitError(
            f"a formula of {longest} terms is longer than Excel's {FORMULA_LENGTH} characters"
        )


def check_all_terms(terms: int, room: int) -> None:
    """Refuse formulas of more terms than programs open in good time; small sheets have fewer."""
    most = min(TERMS, max(room // 2, TERMS // 4))
    if terms > most:
        raise LimitError(f"{terms} terms in formulas; {most} are the most")
