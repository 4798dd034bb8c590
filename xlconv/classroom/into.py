"""Marks into a teacher's own export of a platform, which takes it back: one column, no more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from xlconv.classroom.exports import Export, read_export
from xlconv.classroom.headers import places
from xlconv.classroom.marks import plain
from xlconv.classroom.roster import CANVAS, cell
from xlconv.errors import UnreadableError, XlconvError
from xlconv.frozen import frozen
from xlconv.visible import shortened

GRADE = (("grade", "bewertung", "calificación", "note", "valutazione", "nota", "成绩", "الدرجة"),)
"""How Moodle's sheet for grades calls its column, in the languages of the lists."""

COMMA, POINT = re.compile(r"-?[0-9]+,[0-9]+"), re.compile(r"-?[0-9]+\.[0-9]+")
"""Numbers that are no whole ones, as countries write them."""

POINTS = "Points Possible"
"""What Canvas calls the line that says what each column is worth."""


@frozen
class Filled:
    """An export with marks in it.

    data      the file
    head      of the column that holds them
    number    of students whose marks stand there
    replaced  how many other marks stood there before
    missing   ids of students who have marks, and no line
    """

    data: bytes
    head: str
    number: int
    replaced: int
    missing: tuple[str, ...]


def into(
    path: Path, marks: Mapping[str, Decimal], worth: Decimal, head: str | None = None
) -> Filled:
    """An export with the marks of each student, by their ids, in one column.

    worth  what all is worth, for Canvas, where the column is new
    head   of the column, found or else added; Canvas' may lack its number. None for Moodle's own

    Raises XlconvError where no column, or no line, is to be found for them.
    """
    export = read_export(path)
    lines = _lines(export, marks)
    column = _column(export, head)
    new = column is None
    if column is None:
        column = len(export.header.cells)
        export = export.widened(head or "")
    cells = {n: _number(marks[student], export) for n, student in lines.items()}
    before = {n: cell(export.records[n], column) for n in cells}
    if new and set(export.header.cells) >= CANVAS:
        points = [n for n, r in enumerate(export.records) if cell(r, 0) == POINTS]
        cells |= {n: _number(worth, export) for n in points}
    return Filled(
        export.filled(column, cells).to_bytes(),
        export.header.cells[column].strip(),
        len(lines),
        sum(bool(old) and old != cells[n] for n, old in before.items()),
        tuple(student for student in marks if student not in lines.values()),
    )


def _lines(export: Export, marks: Mapping[str, Decimal]) -> dict[int, str]:
    """The students' lines: those of the column in which most of their ids stand."""
    found: dict[int, str] = {}
    for column in range(len(export.header.cells)):
        own = {n: cell(record, column) for n, record in enumerate(export.records) if n}
        there = {n: student for n, student in own.items() if student in marks}
        if len(set(there.values())) < len(there):
            continue
        found = max(found, there, key=len)
    if marks and not found:
        raise UnreadableError(
            f"{export.path} has none of the ids of the class in any column: export it with the ids"
            " that the class list has"
        )
    return found


def _column(export: Export, head: str | None) -> int | None:
    """The column for the marks, or None where it is to be added."""
    heads = [one.strip() for one in export.header.cells]
    if head is None:
        if own := places(heads, GRADE):
            return own[0]
        raise XlconvError(f"{export.path} has many columns: say which one the marks are for")
    if head in heads:
        return heads.index(head)
    numbered = [
        n for n, one in enumerate(heads) if re.fullmatch(rf"{re.escape(head)} \(\d+\)", one)
    ]
    if len(numbered) > 1:
        told = " and ".join(f"'{shortened(heads[n])}'" for n in numbered)
        raise XlconvError(f"{export.path} has {told}: name one of them with its number")
    return numbered[0] if numbered else None


def _number(number: Decimal, export: Export) -> str:
    """A number as the others in the file are written."""
    cells: Sequence[str] = [one for record in export.records[1:] for one in record.cells]
    commas = any(map(COMMA.fullmatch, cells)) and not any(map(POINT.fullmatch, cells))
    return plain(number).replace(".", ",") if commas else plain(number)
