"""Rows of a sheet that was drawn again, each beside the row of a file that should be the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from xlconv.checking.moves import Moves
from xlconv.checking.redrawn import FAILURES, row_cells, rows
from xlconv.checking.rows import Row, written_alike
from xlconv.checking.workbook import Cell, Value, Workbook
from xlconv.errors import UnreadableError
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet

EMPTY = Cell(None, None)

STYLE = re.compile(rb' s="[0-9]+"(?=/?>| t="[a-z]+">)')
"""The style of a cell of a plain row: where a text could stand, `>` cannot."""

APART = re.compile(rb'<c r="[A-Z]+[0-9]+"(?: t="s"><v>[0-9]+</v></c>|/>)')
"""A cell without a formula or a number, in a row without styles."""

LAST: tuple[int, Row] = 1 << 30, b""
"""What stands behind all rows."""


class UndrawnError(Exception):
    """A sheet cannot be written with the numbers that a file has."""


class UnorderedError(Exception):
    """The rows of a file do not stand in their order."""


class Beside:
    """The rows of one sheet of a file, where cells have perhaps moved.

    values    what an engine computes for its cells, if it was asked
    formulas  how many formulas have been looked at
    valued    whether a formula that belongs there has had a value so far
    missing   whether a cell was not found so far
    """

    def __init__(
        self, book: Workbook, title: str, values: Mapping[Place, Value] | None, at: Moves
    ) -> None:
        self.book, self.title, self.values, self.at = book, title, values, at
        self.formulas, self.valued, self.missing = 0, False, False
        self.as_made = values is None and at == Moves()

    def only(self, places: Mapping[Place, Place]) -> dict[Place, Cell]:
        """The cells at these places of the file, by where they were."""
        numbers, cells = {row for row, _ in places}, dict[Place, Cell]()
        if not places:
            return cells
        for number, row in self.book.rows(self.title):
            if number in numbers:
                for place, cell in self._cells(row):
                    if place in places:
                        cells[places[place]] = cell
                if len(cells) == len(places):
                    break
        return cells

    def pairs(self, drawn: Sheet, held: bool) -> Iterator[tuple[int, bytes, Row]]:
        """Each row of a sheet with its number, and the row of the file, or nothing.

        held  whether all rows of the file are held, for they stand in no order

        Raises UndrawnError, UnorderedError, and UnreadableError for a file that cannot be read.
        """
        self.formulas = 0
        theirs = self._held() if held else self._ascending()
        number, row = next(theirs, LAST)
        for mine, ours in _drawn(drawn):
            wanted = self.at.place((mine, 0))[0]
            while number < wanted:
                number, row = next(theirs, LAST)
            self.formulas += ours.count(b"<f>")
            yield mine, ours, row if number == wanted else b""
        while self.missing and next(theirs, None):  # what is missing may stand behind all others
            pass

    def apart(self, number: int, ours: bytes, theirs: Row) -> Iterator[tuple[Place, Cell, Cell]]:
        """The formulas and numbers of a row that are not written alike in the file, and its own."""
        alike: set[str] = set()
        if self.as_made and isinstance(theirs, bytes) and theirs:
            if _bare(ours) == _bare(STYLE.sub(b"", theirs).removesuffix(b"</row>")):
                self.valued = self.valued or b"</f><v" in ours
                return
            alike, valued = written_alike(ours, theirs)
            self.valued = self.valued or valued
        cells: dict[Place, Cell] | None = None
        for place, cell in row_cells(number, ours, alike).items():
            cells = dict(self._cells(theirs, alike)) if cells is None else cells
            other = cells.get(self.at.place(place), EMPTY)
            self.missing = self.missing or other is EMPTY
            if cell.formula is not None and other.formula is not None:
                self.valued = self.valued or other.value is not None
            yield place, cell, other

    def _cells(self, row: Row, without: set[str] | None = None) -> Iterator[tuple[Place, Cell]]:
        for place, cell in self.book.row(row, without):
            if self.values is None or cell.formula is None:
                yield place, cell
            else:
                yield place, cell._replace(value=self.values.get(place))

    def _ascending(self) -> Iterator[tuple[int, Row]]:
        """The rows of the file as they come, whole."""
        before = -1
        for number, group in groupby(self.book.rows(self.title), itemgetter(0)):
            if number < before:
                raise UnorderedError
            before = number
            yield number, self._joined([row for _, row in group])

    def _held(self) -> Iterator[tuple[int, Row]]:
        pieces: dict[int, list[Row]] = {}
        for number, row in self.book.rows(self.title):
            pieces.setdefault(number, []).append(row)
        yield from ((number, self._joined(rows)) for number, rows in sorted(pieces.items()))

    def _joined(self, pieces: list[Row]) -> Row:
        """What a file says of one row, perhaps in several places."""
        several = [cell for row in pieces[1:] for cell in self.book.row(row)]
        return [*self.book.row(pieces[0]), *several] if several else pieces[0]


def _drawn(drawn: Sheet) -> Iterator[tuple[int, bytes]]:
    try:
        yield from rows(drawn)
    except UnreadableError:
        raise
    except FAILURES as error:
        raise UndrawnError(str(error)) from error


def _bare(row: bytes) -> bytes:
    """A row without what it says of itself, and without cells that hold no formula or number."""
    cells = row[row.index(b">") :]
    return APART.sub(b"", cells) if b't="s"' in cells or b'"/>' in cells else cells
