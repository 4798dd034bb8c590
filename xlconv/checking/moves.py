"""Rows and columns that were put into a sheet, or taken out: where its cells stand now."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from difflib import SequenceMatcher
from functools import cache
from itertools import groupby
from operator import itemgetter

from xlconv.checking.formula import Cells
from xlconv.frozen import frozen
from xlconv.grid.places import Place, column_number, letters

LINES = 500
"""Rows, or columns, that differ and are still compared with one another: it takes their square."""

CAPITALS_AND_SIGN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ$"

ROW = re.compile(rb"([A-Z](?<![0-9].)\$?+[1-9][0-9]{0,6}+)(?![0-9(])")
COLUMN = re.compile(rb"(?<![0-9A-Z])([A-Z]{1,3})(?=\$?[1-9][0-9]{0,6}(?![0-9(]))")
"""The row of an address, behind a letter, and its column: not what follows the digits of `1E9`."""

Marks = Mapping[int, tuple[Sequence[int], str]]
"""Of each row the columns of its cells, ascending, and for each what kind of cell it is."""

Shifts = tuple[tuple[int, int], ...]
"""From which line on the lines stand so many lines further; ascending."""


@frozen
class Moves:
    """Where the rows and the columns of a sheet stand now.

    sheets  the same of other sheets that were moved, by their names in capitals

    >>> moves = Moves(rows=((3, 2),), columns=())
    >>> moves.place((2, 5)), moves.place((3, 5)), list(moves.told())
    ((2, 5), (5, 5), ['row 4 is now row 6'])
    """

    rows: Shifts = ()
    columns: Shifts = ()
    sheets: tuple[tuple[str, Moves], ...] = field(default=(), repr=False)

    def place(self, place: Place) -> Place:
        return _shifted(self.rows, place[0]), _shifted(self.columns, place[1])

    def cells(self, cells: Cells) -> Cells:
        """The same for the cells that a formula refers to, on this sheet or on another."""
        at = dict(self.sheets).get(cells.sheet, Moves()) if cells.sheet else self
        return Cells(cells.sheet, at.place(cells.first), at.place(cells.last))

    def told(self) -> Iterator[str]:
        """Each line from which on lines stand elsewhere than where they stood, in words.

        >>> [*Moves(rows=((3, 1), (9, 0))).told()]
        ['row 4 is now row 5']
        """
        for line, shift in self.rows:
            if shift:
                yield f"row {line + 1} is now row {line + shift + 1}"
        for line, shift in self.columns:
            if shift:
                yield f"column {letters(line + 1)} is now column {letters(line + shift + 1)}"


def moves(ours: Marks, theirs: Marks) -> Moves:
    """How cells were moved, line by line: lines are known by the marks of their cells.

    >>> cell = (0,)
    >>> moves({0: (cell, "f"), 1: (cell, "n")}, {0: (cell, "f"), 2: (cell, "n")})
    Moves(rows=((1, 1),), columns=())
    """
    rows = _shifts(*({row: told[row][1] for row in sorted(told)} for told in (ours, theirs)))
    return Moves(rows, _shifts(_columns(ours), _columns(theirs)))


def written_now(at: Moves) -> Callable[[bytes], bytes | None]:
    """How the cells of a plain row are written after moves; None for a row that may have texts.

    >>> seen = written_now(Moves(rows=((3, 2),)))
    >>> seen(b'<c r="B4"><f>SUM(A$3:A$4)</f></c>'), seen(b'<c r="B4"><f>"A4"</f></c>')
    (b'<c r="B6"><f>SUM(A$3:A$6)</f></c>', None)
    >>> written_now(Moves(columns=((1, 25),)))(b'<c r="B4"><f>SUMXMY2($A4:$B4)*1E9</f></c>')
    b'<c r="AA4"><f>SUMXMY2($A4:$AA4)*1E9</f></c>'
    """

    @cache
    def row(told: bytes) -> bytes:
        number = told.lstrip(CAPITALS_AND_SIGN)
        return told[: -len(number)] + b"%d" % (at.place((int(number) - 1, 0))[0] + 1)

    @cache
    def column(told: bytes) -> bytes:
        return letters(at.place((0, column_number(told.decode()) - 1))[1] + 1).encode()

    def seen(told: bytes) -> bytes | None:
        if quoting(told):
            return None
        told = _replaced(ROW, row, told) if at.rows else told
        return _replaced(COLUMN, column, told) if at.columns else told

    return seen


def quoting(row: bytes) -> bool:
    """Whether a plain row may have a text, or the name of a sheet, in it."""
    quotes = row.count(b'"') - 2 * row.count(b'<c r="')
    return quotes > 0 or b"'" in row or b"!" in row


def _replaced(pattern: re.Pattern[bytes], now: Callable[[bytes], bytes], told: bytes) -> bytes:
    pieces = pattern.split(told)
    pieces[1::2] = map(now, pieces[1::2])
    return b"".join(pieces)


def _shifted(shifts: Shifts, line: int) -> int:
    at = bisect_right(shifts, line, key=lambda shift: shift[0])
    return line + shifts[at - 1][1] if at else line


def _columns(rows: Marks) -> dict[int, str]:
    """The marks of each column, in the order of its cells."""
    found: dict[int, list[str]] = {}
    ordered = (rows[row] for row in sorted(rows))
    for columns, group in groupby(ordered, itemgetter(0)):
        for column, marks in zip(
            columns, zip(*(told for _, told in group), strict=True), strict=True
        ):
            found.setdefault(column, []).extend(marks)
    return {column: "".join(found[column]) for column in sorted(found)}


def _shifts(ours: Mapping[int, str], theirs: Mapping[int, str]) -> Shifts:
    mine, other = list(ours), list(theirs)
    shifts: list[tuple[int, int]] = []
    for one, another in _pairs(list(ours.values()), list(theirs.values())):
        shift = other[another] - mine[one]
        if shift != (shifts[-1][1] if shifts else 0):
            shifts.append((mine[one], shift))
    return tuple(shifts)


def _pairs(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The lines that are the same, and those between them where they are as many, in order."""
    least = min(len(ours), len(theirs))
    head = next((n for n in range(least) if ours[n] != theirs[n]), least)
    tail = next((n for n in range(least - head) if ours[-1 - n] != theirs[-1 - n]), least - head)
    yield from ((n, n) for n in range(head))
    mine, other = ours[head : len(ours) - tail], theirs[head : len(theirs) - tail]
    if max(len(mine), len(other)) > LINES:
        yield from ((head + n, head + n) for n in range(len(mine)) if len(mine) == len(other))
    else:
        matcher = SequenceMatcher(None, mine, other, autojunk=False)
        for _, start, end, begin, stop in matcher.get_opcodes():
            if end - start == stop - begin:
                yield from ((head + start + n, head + begin + n) for n in range(end - start))
    yield from ((len(ours) - n, len(theirs) - n) for n in range(tail, 0, -1))
