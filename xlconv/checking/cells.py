"""Tags of a sheet as cells: their formulas and values, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

from openpyxl.utils.escape import unescape

from xlconv.checking.scan import TEXT, Budget, Costs
from xlconv.checking.shared import Shared
from xlconv.grid.limits import EXCEL_COLUMNS, EXCEL_ROWS, FORMULA_LENGTH
from xlconv.grid.places import COLUMN, ROW, Place, column_number

Value = float | str | bool | None

TAKEN_APART = 20
"""How much longer it takes to take a shared formula apart than to write it out once."""

ADDRESS = re.compile(COLUMN + ROW)


class Cell(NamedTuple):
    """A cell of a file: its formula without `=`, the value that stands beside it, its style.

    area  the cells that a formula fills as one, "A1:B2"; "" of a formula of one cell
    """

    formula: str | None
    value: Value
    style: str = ""
    area: str = ""


class Cells:
    """Tags of a sheet in, cells out."""

    def __init__(
        self,
        found: list[tuple[Place, Cell]],
        strings: Sequence[str] | None,
        budget: Budget | Costs | None,
    ) -> None:
        self.found, self.strings, self.budget = found, strings, budget
        self.shared: dict[str, Shared] = {}
        self.row, self.column = -1, -1
        self.kind, self.style, self.texts = "n", "", list[str]()
        self.length = 0
        self.formula: str | None = None
        self.attributes: dict[str, str] = {}
        self.open, self.phonetic = False, False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._place(attributes.get("r"))
            self.kind, self.formula, self.open = attributes.get("t", "n"), None, True
            self.style = attributes.get("s", "")
            self.texts.clear()
            self.length = 0
        elif tag == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isascii() and number.isdigit() else self.row + 1
            self.column = -1
        elif tag == "f":
            self.attributes = attributes
        elif tag == "rPh":
            self.phonetic = True

    def end(self, tag: str, text: str) -> None:
        if not self.open:
            return
        if tag in ("v", "t"):
            if not self.phonetic:
                self.texts.append(text)
                self.length += len(text)
                if self.length > TEXT:
                    raise ValueError(f"has a text of more than {TEXT} characters")
        elif tag == "f":
            self.formula = self._whole(text)
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "c":
            self.open = False
            if self.formula is not None or self.texts:
                place = (self.row, self.column)
                told = Cell(self.formula, self._value(), self.style, self._area())
                self.found.append((place, told))

    def _place(self, address: str | None) -> None:
        if address is None:
            self.column += 1
        elif parts := ADDRESS.fullmatch(address):
            self.row, self.column = int(parts[2]) - 1, column_number(parts[1]) - 1
        else:
            raise ValueError(f"has a cell {address[:20]!r}")
        if not (0 <= self.row < EXCEL_ROWS and self.column < EXCEL_COLUMNS):
            raise ValueError(f"has a cell beyond Excel's last, row {self.row + 1}")

    def _whole(self, text: str) -> str:
        """The formula; one that is shared is moved here from where it stands."""
        if self.attributes.get("t") != "shared":
            return text
        number, here = self.attributes.get("si", ""), (self.row, self.column)
        if text:
            if self.budget is not None:
                self.budget.keep(number, *[text] * 9)  # its pieces
                self.budget.spend("written", TAKEN_APART * min(len(text), FORMULA_LENGTH))
            self.shared[number] = Shared.of(text, here)
            return text
        moved = self.shared[number].at(here) if number in self.shared else ""
        if self.budget is not None:
            self.budget.spend("written", len(moved))
        return moved

    def _area(self) -> str:
        array = self.formula is not None and self.attributes.get("t") == "array"
        return self.attributes.get("ref", "")[:40] if array else ""

    def _value(self) -> Value:
        return value_of(self.kind, "".join(self.texts), self.strings)


def value_of(kind: str, text: str, strings: Sequence[str] | None) -> Value:
    """What a text in a cell of a kind says.

    strings  the texts that cells share; without them, a shared text is its number
    """
    if kind == "n":
        return _number(text)
    if kind == "b":
        return text.strip() in ("1", "true")
    if kind == "s" and strings is not None:
        known = re.fullmatch(r"[0-9]{1,9}", text) and int(text) < len(strings)
        return strings[int(text)] if known else ""
    return text_of(text)


def text_of(written: str) -> str:
    """A text with its `_x0041_`; half a letter of UTF-16 that stands alone is no letter.

    >>> text_of("_x0022_A_x0022_"), text_of("_xD83D__xDE00_"), text_of("_xD83D_")
    ('"A"', '😀', '�')
    """
    if "_x" not in written and written.isascii():
        return written
    text = unescape(written)
    return str(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _number(text: str) -> float | str | None:
    try:
        number = float(text)
    except ValueError:
        return text or None
    return number if isfinite(number) else text
