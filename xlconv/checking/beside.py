"""Rows of a sheet that was drawn again, each beside the row of a file that should be the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from math import nan
from operator import itemgetter

import numpy as np

from xlconv.checking.alike import same_numbers
from xlconv.checking.inputs import EMPTY, Inputs, Theirs
from xlconv.checking.moves import Moves, quoting, written_now
from xlconv.checking.patterns import ODD, Patterns
from xlconv.checking.redrawn import FAILURES, own_cell, own_cells, row_cells, rows
from xlconv.checking.rows import Row, Written, plain_numbers, written
from xlconv.checking.workbook import Cell, Value, Workbook
from xlconv.errors import UnreadableError
from xlconv.grid.places import Place, column_number, letters
from xlconv.grid.sheet import Sheet

STYLE = re.compile(rb' s="[0-9]+"(?=/?>| t="[a-z]+">)')
"""The style of a cell of a plain row: where a text could stand, `>` cannot."""

APART = re.compile(rb'<c r="[A-Z]+[0-9]+"(?: t="s"><v>[0-9]+</v></c>|/>)')
"""A cell without a formula or a number, in a row without styles."""

ODD_BYTES = re.compile(ODD.pattern.encode())

NOTHING: Written = ("", "", "", "")

TOGETHER = 16
"""Formulas that are looked at together; where one of them is another, one by one."""

LAST: tuple[int, Row] = 1 << 30, b""
"""What stands behind all rows."""


class UndrawnError(Exception):
    """A sheet cannot be written with the numbers that a file has."""


class UnorderedError(Exception):
    """The rows of a file do not stand in their order."""


class Beside:
    """The rows of one sheet of a file, where cells have perhaps moved.

    held      all rows of the file, if they stand in no order
    values    what an engine computes for its cells, if it was asked
    formulas  how many formulas have been looked at
    valued    whether a formula that belongs there has had a value so far
    missing   whether a cell was not found so far
    """

    def __init__(
        self,
        book: Workbook,
        title: str,
        values: Mapping[Place, Value] | None,
        at: Moves,
        held: Sequence[tuple[int, Row]],
    ) -> None:
        self.book, self.title, self.values, self.at, self.held = book, title, values, at, held
        self.formulas, self.valued, self.missing = 0, False, False
        self.columns: dict[str, str] = {}
        self.now = written_now(at) if at != Moves() else lambda row: row

    def only(self, places: Mapping[Place, Place]) -> dict[Place, Cell]:
        """The cells at these places of the file, by where they were."""
        numbers, cells = {row for row, _ in places}, dict[Place, Cell]()
        if not places:
            return cells
        for number, row in self.held or self._ascending():
            if number in numbers:
                cells |= {
                    places[place]: cell for place, cell in self._cells(row) if place in places
                }
                if len(cells) == len(places):
                    break
        return cells

    def take(
        self,
        inputs: Inputs,
        theirs: Theirs,
        number: int,
        ours: bytes,
        row: Row,
        trusted: bool,
    ) -> bool:
        """Take the inputs of a row; whether a trusted row of ours has all that are new."""
        small, large = inputs.columns(number)
        names = [letters(column + 1) for column in large]
        numbers = plain_numbers(row, map(self._column, names)) if large else None
        if numbers is None:
            small = [*small, *large]
        else:
            theirs.numbers[number] = numbers
            drawn = plain_numbers(ours, names) if trusted else None
            trusted = drawn is not None and np.array_equal(numbers, drawn)
        found = self._these(number, small, row) if small else {}
        new = {place: cell for place, cell in found.items() if place not in theirs.cells}
        theirs.cells.update(new)
        named = {letters(column + 1) for _, column in new}
        cells = row_cells(number, ours, named) if new and trusted else {}
        return trusted and all(
            cell.formula is None and cell.value == cells[place].value for place, cell in new.items()
        )

    def _these(self, number: int, columns: Sequence[int], theirs: Row) -> dict[Place, Cell]:
        """What a row of the file has in these columns, by where it was."""
        now = {self.at.place((number, column)): (number, column) for column in columns}
        named = {letters(column + 1) for _, column in now}
        cells = dict(self._cells(theirs, named))
        return {was: cells.get(place, EMPTY) for place, was in now.items()}

    def pairs(self, drawn: Sheet) -> Iterator[tuple[int, bytes, Row]]:
        """Each row of a sheet with its number, and the row of the file, or nothing.

        Raises UndrawnError, UnorderedError, and UnreadableError for a file that cannot be read.
        """
        self.formulas, self.valued, self.missing = 0, False, False
        theirs = iter(self.held or self._ascending())
        number, row = next(theirs, LAST)
        for mine, ours in _drawn(drawn):
            wanted = self.at.place((mine, 0))[0]
            while number < wanted:
                number, row = next(theirs, LAST)
            self.formulas += ours.count(b"<f>")
            yield mine, ours, row if number == wanted else b""
        while self.missing and next(theirs, None):  # what is missing may stand behind all others
            pass

    def as_drawn(self, ours: bytes, theirs: Row) -> bool:
        """Whether a row is as ours, seen from its bytes alone."""
        if self.values is not None or not (theirs and isinstance(theirs, bytes)):
            return False
        mine = self.now(_bare(ours))
        if mine is None:
            return False
        other = _bare(STYLE.sub(b"", theirs).removesuffix(b"</row>"))
        alike = mine == other or _same_but_for_signs(mine, other)
        self.valued = self.valued or (alike and b"</f><v" in ours)
        return alike

    def apart(
        self, number: int, ours: bytes, theirs: Row, known: Patterns
    ) -> Iterator[tuple[Place, Cell, Cell]]:
        """The formulas and numbers of a row that may not be the same in the file, and its own."""
        mine = own_cells(ours)
        if self.values is None and isinstance(theirs, bytes):
            mine = self._unlike(ours, mine, theirs, known)
        columns = {self._column(cell[0]) for cell in mine}
        cells = dict(self._cells(theirs, columns)) if mine else {}
        for told in mine:
            place, cell = own_cell(number, told)
            other = cells.get(self.at.place(place), EMPTY)
            self.missing = self.missing or other is EMPTY
            if cell.formula is not None and other.formula is not None:
                self.valued = self.valued or other.value is not None
            yield place, cell, other

    def _unlike(
        self, ours: bytes, mine: list[Written], theirs: bytes, known: Patterns
    ) -> list[Written]:
        """Those cells of a row that another one, looked at as it is written, may not say."""
        other = {cell[0]: cell for cell in written(theirs)}
        pairs = [(cell, other.get(self._column(cell[0]), NOTHING)) for cell in mine]
        if not self.valued:
            self.valued = any(m[2] and t[2] and (t[3] or t[1]) for m, t in pairs)
        now = self.now(_bare(ours))
        if now is not None:
            seen = own_cells(now) if self.at != Moves() else mine
            pairs = [pair for pair, cell in zip(pairs, seen, strict=True) if cell != pair[1]]
        right, found = list[tuple[Written, Written]](), set[str]()
        for start in range(0, len(pairs), TOGETHER):
            block = pairs[start : start + TOGETHER]
            if known.known_alike([m[2] for m, _ in block], [t[2] for _, t in block]):
                right += block
            else:
                found.update(cell[0] for cell, _ in block)
        found.update(cell[0] for cell in _other_values(right))
        return [cell for cell in mine if cell[0] in found]

    def _column(self, name: str) -> str:
        """Where a column stands now."""
        if not self.at.columns:
            return name
        if name not in self.columns:
            self.columns[name] = letters(self.at.place((0, column_number(name) - 1))[1] + 1)
        return self.columns[name]

    def _cells(
        self, row: Row, columns: AbstractSet[str] | None = None
    ) -> Iterator[tuple[Place, Cell]]:
        for place, cell in self.book.row(row, columns):
            if self.values is None or cell.formula is None:
                yield place, cell
            else:
                yield place, cell._replace(value=self.values.get(place))

    def _ascending(self) -> Iterator[tuple[int, Row]]:
        """The rows of the file as they come; that they do not ascend is told a row before."""
        last: tuple[int, Row] | None = None
        for number, group in groupby(self.book.rows(self.title), itemgetter(0)):
            if last is not None:
                if number < last[0]:
                    raise UnorderedError
                yield last
            last = number, self._joined([row for _, row in group])
        if last is not None:
            yield last

    def ordered(self) -> Iterator[tuple[int, Row]]:
        """All rows of the file, ascending."""
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
    told = row[row.index(b">") :]
    return APART.sub(b"", told) if b't="s"' in told or b'"/>' in told else told


def _same_but_for_signs(ours: bytes, theirs: bytes) -> bool:
    """Whether rows are one but for a `+` before a formula, and for each `$` where that is safe."""
    mine, other = ours.replace(b"<f>+", b"<f>"), theirs.replace(b"<f>+", b"<f>")
    if mine.replace(b"$", b"") != other.replace(b"$", b""):
        return False
    return mine == other or not (quoting(mine) or quoting(other) or ODD_BYTES.search(other))


def _other_values(pairs: list[tuple[Written, Written]]) -> list[Written]:
    """Of cells with the same formulas, and theirs, those whose values may be others."""
    apart = [(m, t) for m, t in pairs if (m[1], m[3]) != (t[1], t[3])]
    same = same_numbers([_number(m) for m, _ in apart], [_number(t) for _, t in apart]).tolist()
    return [m for (m, _), alike in zip(apart, same, strict=True) if not alike]


def _number(cell: Written) -> float:
    """The number of a cell; one that is like no other, if it has none."""
    try:
        return nan if cell[1] else float(cell[3])
    except ValueError:
        return nan
