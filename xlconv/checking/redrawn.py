"""A sheet that is drawn again, as what a file should hold: its formulas and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from html import unescape

import numpy as np

from xlconv.checking.cells import Cell, Value, text_of
from xlconv.checking.rows import Row, Written
from xlconv.errors import XlconvError
from xlconv.grid.places import Place, column_number
from xlconv.grid.sheet import Sheet
from xlconv.xlsx.cells import chunks

FAILURES = (XlconvError, ValueError, TypeError, ArithmeticError, LookupError, AssertionError)
"""What drawing a sheet may raise where its recipe, or a number on it, is out of all bounds."""


ROW = b'<row r="'

CELL = re.compile(
    r'<c r="([A-Z]+)[0-9]+"(?: t="(\w+)")?>'
    r'(?:<f>([^<]*)</f>)?(?:<v(?: xml:space="preserve")?>([^<]*)</v>)?</c>'
)
"""A cell as `xlsx.rows` writes it without styles: of our own XML, no parser has to be asked."""


MARK = re.compile(r'<c r="([A-Z]+)[0-9]+"(?: s="[0-9]+")?(?: t="([a-z]+)")?>(<f)?')
"""A cell of a plain row that holds something, up to where one sees what."""


Marked = tuple[tuple[int, ...], str]
"""The columns of a row's cells, ascending, and for each what it is."""


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


def own_cells(row: bytes) -> list[Written]:
    """The formulas and numbers of a row, as they are written."""
    return [c for c in CELL.findall(row.decode()) if c[2] or (c[3] and not c[1])]


def own_cell(number: int, written: Written) -> tuple[Place, Cell]:
    """Such a cell of a row, read."""
    column, kind, formula, value = written
    told = Cell(_plain(formula) if formula else None, _value(kind, value))
    return (number, column_number(column) - 1), told


def row_cells(
    number: int, row: bytes, columns: AbstractSet[str] | None = None
) -> dict[Place, Cell]:
    """The formulas and numbers of a row, in these columns alone."""
    found = own_cells(row)
    return dict(own_cell(number, c) for c in found if columns is None or c[0] in columns)


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


def marks(rows: Iterable[tuple[int, Row]]) -> dict[int, Marked]:
    """The columns of the formulas and numbers of each row, and their marks."""
    found: dict[int, Marked] = {}
    for number, row in rows:
        told = _marks(row)
        if number in found:  # a row may come in pieces
            told = _ordered([*zip(*told, strict=True), *zip(*found[number], strict=True)])
        if told[0]:
            found[number] = told
    return found


def _marks(row: Row) -> Marked:
    if isinstance(row, bytes):
        return _marked(tuple(MARK.findall(row.decode())))
    return _ordered([(place[1], mark(cell)) for place, cell in row if mark(cell)])


@lru_cache(64)
def _marked(cells: tuple[tuple[str, str, str], ...]) -> Marked:
    """The same, of cells that are the same in row after row."""
    told = [
        (column_number(column) - 1, "f" if formula else "n")
        for column, kind, formula in cells
        if formula or kind in ("", "n")
    ]
    return _ordered(told)


def _ordered(told: list[tuple[int, str]]) -> Marked:
    ordered = sorted(told)
    return tuple(column for column, _ in ordered), "".join(kind for _, kind in ordered)


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
