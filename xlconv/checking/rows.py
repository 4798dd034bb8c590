"""Rows of a sheet, of which plain ones stay bytes: for them no parser of XML has to be asked.

A row is plain if one pattern matches all of it: nothing in it then has two readings. Whatever else
a file has, from its head to a row with a comment, a parser is told, in its order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from html import unescape
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from xlconv.checking.cells import Cell, Cells, value_of
from xlconv.checking.scan import DEPTH, TOKEN, Costs, Scanner
from xlconv.checking.tidy import tidied
from xlconv.grid.limits import EXCEL_ROWS
from xlconv.grid.places import Place, column_number

Row = bytes | Sequence[tuple[Place, Cell]]
"""A plain row as it stands in the file, or the cells of another one."""

LETTERS = rb"""[ -%'-;=?-~]{0,32767}+"""
TEXT = LETTERS + rb"(?:&(?:lt|gt|amp|quot|apos);" + LETTERS + rb"){0,2000}+"
"""A text without letters that XML could refuse; of few enough letters for a cell."""

VALUE = rb'<v(?: xml:space="preserve"| {1,32})?+>'
"""How a value begins; the blanks are ours, where a number is shorter than its field."""

COLUMNS = rb"(?:[A-Z]{1,2}+(?![A-Z])|[A-W][A-Z]{2}|X[A-E][A-Z]|XF[A-D])"

PLAIN = re.compile(
    rb'<row r="([1-9][0-9]{0,6})"((?: (?:spans|ht|s|customHeight|customFormat|hidden|outlineLevel'
    rb'|collapsed|thickBot|thickTop|x14ac:dyDescent)="[0-9A-Za-z:. ]{0,99}")*+)(?:/>|>'
    rb'(?:<c r="' + COLUMNS + rb'\1"(?: s="[0-9]{1,9}")?+(?: t="(?:n|s|b|str|e)")?+(?:/>|>(?:'
    rb"<f(?: aca=\"false\")?+>" + TEXT + rb"</f>(?:<v ?/>|" + VALUE + TEXT + rb"</v>)?+"
    rb"|" + VALUE + rb"(?!<)" + TEXT + rb"</v>"
    rb")</c>))*+</row>)"
)
"""A row whose cells all have addresses in it, each with at most one formula and one value."""

CELL = re.compile(
    r'<c r="([A-Z]+)[0-9]+"(?: s="([0-9]+)")?(?: t="([a-z]+)")?>'
    r"(?:(<f)[^>]*>([^<]*)</f>)?(?:<v[^>]*>([^<]*)</v>)?"
)
"""A cell of a plain row that holds something."""

NUMBER = re.compile(r'<c r="([A-Z]+)[0-9]+"(?: s="[0-9]+")?(?:><v>([^<]*)</v></c>)?')
"""A cell of a plain row, and its number if it holds nothing else."""

Written = tuple[str, str, str, str]
"""A cell of a plain row as it is written: its column, its kind, its formula and its value."""

BLANKS = re.compile(rb"<v {1,32}+>")
"""How a number of ours begins that is shorter than its field."""

DECLARED = re.compile(
    rb'(?:\xef\xbb\xbf)?(?:<\?xml version="1\.0"(?: encoding="[Uu][Tt][Ff]-8")?'
    rb'(?: standalone="(?:yes|no)")? ?\?>)?'
)
"""How a part begins of which each byte is a letter, at least in plain rows."""

SHEET_DATA = re.compile(rb"<((?:[A-Za-z_][0-9A-Za-z_.-]{0,99}:)?)sheetData[ \t\r\n]*>")


def written(row: bytes) -> list[Written]:
    """The cells of a plain row, as they are written.

    >>> written(b'<row r="1"><c r="A1"><f>B1</f><v>2</v></c><c r="B1"><v>2</v></c></row>')
    [('A', '', 'B1', '2'), ('B', '', '', '2')]
    """
    return [
        (column, kind, formula, value)
        for column, _, kind, _, formula, value in CELL.findall(row.decode())
    ]


def plain_cells(
    row: bytes, strings: Sequence[str] | None, columns: AbstractSet[str] | None = None
) -> list[tuple[Place, Cell]]:
    """The cells of a plain row; without `strings`, instead of a shared text its number.

    columns  those that are asked for, if not all

    >>> plain_cells(b'<row r="2"><c r="B2"><f>A1&lt;2</f><v>1</v></c></row>', None)
    [((1, 1), Cell(formula='A1<2', value=1.0, style='', area=''))]
    """
    number = int(row[8 : row.index(b'"', 8)]) - 1
    cells = []
    for column, style, kind, has, formula, value in CELL.findall(row.decode()):
        if columns is not None and column not in columns:
            continue
        says = value_of(kind or "n", unescape(value) if "&" in value else value, strings)
        plain = unescape(formula) if "&" in formula else formula
        content = Cell(plain if has else None, says, style)
        cells.append(((number, column_number(column) - 1), content))
    return cells


def plain_numbers(row: Row, columns: Iterable[str]) -> NDArray[np.float64] | None:
    """What a row has in these columns, if it is plain and all of them are numbers.

    >>> row = b'<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A2</f><v>1</v></c></row>'
    >>> plain_numbers(row, ["A"]), plain_numbers(row, ["A", "B"])
    (array([1.]), None)
    """
    if not isinstance(row, bytes):
        return None
    found = dict(NUMBER.findall(row.decode()))
    try:
        numbers = np.fromiter((float(found[column]) for column in columns), np.float64)
    except (KeyError, ValueError):
        return None
    return numbers if np.isfinite(numbers).all() else None


def read_rows(
    pieces: Iterable[bytes], strings: Sequence[str], budget: Costs
) -> Iterator[tuple[int, Row]]:
    """The rows of a sheet's part, each with its number, from 0; one may come in pieces.

    Raises ValueError for what is no XML, or no such XML as workbooks have.
    """
    return _Reader(iter(pieces), strings, budget).rows()


class _Reader:
    """Bytes of a part in; rows out.

    waiting  what was not read yet
    prefix   what the names of tags have before them
    """

    def __init__(self, pieces: Iterator[bytes], strings: Sequence[str], budget: Costs) -> None:
        self.pieces, self.budget, self.waiting, self.prefix = pieces, budget, b"", b""
        self.found: list[tuple[Place, Cell]] = []
        self.cells = Cells(self.found, strings, budget)
        self.scanner = Scanner(self.cells.start, self.cells.end, budget)

    def rows(self) -> Iterator[tuple[int, Row]]:
        if self._head():
            yield from self._data()
        while self.waiting or self._more():
            self._feed(self.waiting)
            self.waiting = b""
            yield from self._told()
        self.scanner.close()
        yield from self._told()

    def _more(self) -> bool:
        """Read one piece more, if there is one."""
        piece = next(self.pieces, b"")
        self.waiting += piece
        return bool(piece)

    def _head(self) -> bool:
        """Whether it begins so that rows may be plain; then the head is read."""
        while not (tag := SHEET_DATA.search(self.waiting)):
            if len(self.waiting) >= TOKEN or not self._more():
                return False
        head, self.waiting = self.waiting[: tag.end()], self.waiting[tag.end() :]
        declared = DECLARED.match(head)
        self.scanner.feed(head)
        self.prefix = tag[1]
        if b"<!" in head or b"<?" in head[declared.end() if declared else 0 :]:
            return False
        return self.scanner.depth < DEPTH - 5

    def _data(self) -> Iterator[tuple[int, Row]]:
        """Rows, up to what follows them, or what makes it unclear where a row ends."""
        depth, at, end = self.scanner.depth, 0, b"</" + self.prefix + b"row>"
        while True:
            stop = self.waiting.find(end, at)
            if stop < 0:
                self.waiting, at = self.waiting[at:], 0
                if len(self.waiting) > TOKEN or not self._more():
                    return
                continue
            other = self.waiting[at : stop + len(end)]
            row = PLAIN.match(other) or PLAIN.fullmatch(tidied(other, self.prefix))
            if row and int(row[1]) <= EXCEL_ROWS and _once(row[2]):
                data = row[0]
                at += len(data) if row.string is other else len(other)  # an empty row ends before
                self.budget.spend("tags", data.count(b"<") - data.count(b"</"))
                self.cells.row = int(row[1]) - 1
                yield self.cells.row, _plainer(data)
                continue
            at += len(other)
            self._feed(other)
            yield from self._told()
            if self.scanner.depth != depth or b"<!" in other or b"<?" in other:
                self.waiting = self.waiting[at:]
                return

    def _feed(self, xml: bytes) -> None:
        self.budget.tell(xml)
        self.scanner.feed(xml)

    def _told(self) -> Iterator[tuple[int, Row]]:
        """The cells that the parser has found."""
        waiting = [*self.found]
        self.found.clear()
        for number, cells in groupby(waiting, lambda cell: cell[0][0]):
            yield number, [*cells]


def _plainer(row: bytes) -> bytes:
    """A plain row without what LibreOffice says of each cell, and others leave out.

    Nor has it the blanks that we make numbers of one width by.
    """
    row = BLANKS.sub(b"<v>", row) if b"<v " in row else row
    if b' t="n"' in row:
        row = row.replace(b' t="n">', b">").replace(b' t="n"/>', b"/>")
    return row.replace(b'<f aca="false">', b"<f>") if b'<f aca="false">' in row else row


def _once(attributes: bytes) -> bool:
    """Whether no attribute is there twice, which XML refuses."""
    names = [attribute.partition(b"=")[0] for attribute in attributes.split(b'" ')]
    return len({name.strip() for name in names}) == len(names)
