"""How much Excel and Google Sheets take: cells, and the texts in them."""

from __future__ import annotations

import re

EXCEL_ROWS, EXCEL_COLUMNS = 1_048_576, 16_384
SHEETS_CELLS = 10_000_000
ADDRESS_LENGTH = len("$XFD$1048576")

TEXT_LENGTH, FORMULA_LENGTH, LITERAL_LENGTH = 32_767, 8_192, 255
"""Characters that Excel takes in a cell, in a formula, and in a text in a formula."""

ARGUMENTS = 255
"""What Excel gives a function at most."""

UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML may hold, and a carriage return, which Excel does not keep."""


def length(text: str) -> int:
    """Characters as Excel counts them, in a cell, a formula and a name: units of UTF-16.

    >>> length("k²"), length("🙂")
    (2, 2)
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
