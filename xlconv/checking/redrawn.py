"""A sheet that is drawn again, as what a file should hold: its formulas and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from html import unescape
from itertools import zip_longest

import numpy as np

from xlconv.checking.cells import Cell, Value, text_of
from xlconv.errors import XlconvError
from xlconv.grid.places import Place, column_number
from xlconv.grid.sheet import Sheet
from xlconv.xlsx.rows import chunks

FAILURES = (XlconvError, ValueError, TypeError, ArithmeticError, LookupError, AssertionError)
"""What drawing a sheet may raise where its recipe, or a number on it, is out of all bounds."""


ROW = b'<row r="'

CELL = re.compile(
    r'<c r="([A-Z]+)[0-9]+"(?: t="(\w+)")?>'
    r'(?:<f>([^<]*)</f>)?(?:<v(?: xml:space="preserve")?>([^<]*)</v>)?</c>'
)
"""A cell as `xlsx.rows` writes it without styles: of our own XML, no parser has to be asked."""


MARK = re.compile(rb'<c r="([A-Z]+)[0-9]+"(?: s="[0-9]+")?(?: t="([a-z]+)")?>(<f)?')
"""A cell of a plain row that holds something, up to where one sees what."""


def contents(drawn: Sheet) -> dict[Place, Cell]:
    """The formulas and numbers of a sheet.

    Raises one of FAILURES.
    """
    cells: dict[Place, Cell] = {}
    for number, row in rows(drawn):
        cells.update(row_cells(number, row))
    return cells


def rows(drawn: Sheet) -> Iterator[tuple[int, bytes]]:
    """The rows of a sheet, as XML without styles, and their numbers, from 0.

    Raises one of FAILURES.
    """
    drawing = chunks(drawn, lambda *_: 0, {})
    while True:
        with np.errstate(all="ignore"):
            xml = next(drawing, (b"", 0))[0]
        if not xml:
            return
        for row in xml.split(b"</row>")[:-1]:  # in a text, it would be escaped
            yield int(row[len(ROW) : row.index(b'"', len(ROW))]) - 1, row


def row_cells(
    number: int, row: bytes, without: AbstractSet[str] = frozenset()
) -> dict[Place, Cell]:
    """The formulas and numbers of a row, but for those in some columns."""
    cells: dict[Place, Cell] = {}
    for column, kind, formula, value in CELL.findall(row.decode()):
        if (formula or (value and not kind)) and column not in without:
            content = Cell(_plain(formula) if formula else None, _value(kind, value))
            cells[number, column_number(column) - 1] = content
    return cells


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


def marks(number: int, row: bytes) -> Iterator[tuple[Place, str]]:
    """The mark of each formula and number of a row."""
    return ((place, mark(cell)) for place, cell in row_cells(number, row).items())


def unmoved(drawn: Sheet, theirs: Iterable[tuple[int, object]]) -> bool:
    """Whether the rows of a file have formulas and numbers where ours do; all must be plain."""
    ours = ((number, shape) for number, row in rows(drawn) if (shape := _shape(row)))
    other = ((number, shape) for number, row in theirs if (shape := _shape(row)))
    return all(one == another for one, another in zip_longest(ours, other))


def _shape(row: object) -> list[tuple[bytes, bytes]]:
    """The columns of a plain row with a formula or a number, and which of them it is."""
    if not isinstance(row, bytes):
        return [(b"", b"")]
    return [(column, f) for column, kind, f in MARK.findall(row) if f or kind in (b"", b"n")]


class Earlier:
    """The values of a sheet as it was drawn before, asked for in the order of its rows."""

    def __init__(self, drawn: Sheet) -> None:
        self.rows = rows(drawn)
        self.number = -1
        self.cells: dict[Place, Cell] = {}

    def value(self, place: Place) -> Value:
        """The value at a place where a formula stands."""
        while self.number < place[0]:
            self.number, row = next(self.rows)
            self.cells = row_cells(self.number, row) if self.number == place[0] else {}
        return self.cells[place].value
