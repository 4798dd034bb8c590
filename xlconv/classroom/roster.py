"""Who is in a class: a list from R/exams, Canvas, Moodle, or a table of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlconv.classroom.exports import Export, Record, read_export
from xlconv.classroom.headers import FIRST, FULL, IDS, LAST, places
from xlconv.errors import UnreadableError
from xlconv.frozen import frozen
from xlconv.text import counted
from xlconv.visible import shortened

CANVAS = {"ID", "SIS Login ID", "Section"}
"""Heads that tell a Canvas export from others; no language changes them."""

TESTER = {"student", "test"}
"""The words of the name of a student whom Canvas makes for its teachers."""

SPOKEN = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

Line = tuple[int, Record]
"""A record with its number among those of the file."""


@frozen
class Student:
    """One of a class.

    id    what the university calls the student
    name  nothing where the list has none
    row   the number of the record in the list, if there is one
    """

    id: str
    name: str
    row: int = 0


@frozen
class Roster:
    """A class list, with all that stood in it.

    id_column  where the ids stand
    names      where the names stand
    left_out   the names in lines that are no students'
    """

    export: Export
    id_column: int
    names: tuple[int, ...]
    students: tuple[Student, ...]
    left_out: tuple[str, ...]

    @property
    def understood(self) -> str:
        """What was made of the file, in one line."""
        heads = [shortened(cell.strip(), 40) for cell in self.export.header.cells]
        name = " and ".join(f"'{heads[n]}'" for n in self.names)
        told = [
            counted(len(self.students), "student"),
            f"id from '{heads[self.id_column]}'" + (f", name from {name}" if name else ""),
            f"{SPOKEN[self.export.delimiter]} as delimiter, {self.export.code[:6]}",
        ]
        if self.left_out:
            told.append("left out: " + ", ".join(f"'{name}'" for name in self.left_out))
        return f"understood: {'; '.join(told)}"


def read_roster(path: Path, *, id_head: str | None = None) -> Roster:
    """The students in a file.

    id_head  the head of the column with the ids, where it is not to be found out

    Raises UnreadableError for a file that is no class list, in words on what is missing.
    """
    export = read_export(path)
    header, names = export.header.cells, _names(export.header.cells)
    lines = [(n, record) for n, record in enumerate(export.records) if n and record.filled]
    others = _no_students(header, names, lines)
    out = {n for n, _ in others}
    lines = [(n, record) for n, record in lines if n not in out]
    if not lines:
        raise UnreadableError(f"{path} has no students: it needs a line for each below its header")
    _check_widths(export, lines)
    column = _id_column(path, header, lines, id_head)
    students = tuple(Student(cell(r, column), _name(r, names), n) for n, r in lines)
    _check_ids(export, column, students)
    left_out = tuple(filter(None, (_name(r, names) for _, r in others)))
    return Roster(export, column, names, students, left_out)


def cell(record: Record, column: int) -> str:
    """What stands in a column; a short line has nothing there."""
    return record.cells[column].strip() if column < len(record.cells) else ""


def _names(header: Sequence[str]) -> tuple[int, ...]:
    """The columns that make a name: one with all of it, or the first and the last."""
    full, first, last = (places(header, heads)[:1] for heads in (FULL, FIRST, LAST))
    return tuple(full or [*first, *last])


def _name(record: Record, names: Sequence[int]) -> str:
    return " ".join(filter(None, (cell(record, column) for column in names)))


def _no_students(header: Sequence[str], names: Sequence[int], lines: list[Line]) -> list[Line]:
    """What a Canvas export has below its header besides students: points, and one who tests."""
    if not set(header) >= CANVAS:
        return []
    column = header.index("ID")
    return [
        (n, record)
        for n, record in lines
        if not cell(record, column)
        or set(_name(record, names).lower().replace(",", " ").split()) == TESTER
    ]


def _check_widths(export: Export, lines: list[Line]) -> None:
    width = len(export.header.cells)
    for _, record in lines:
        if any(map(str.strip, record.cells[width:])):
            raise UnreadableError(
                f"{export.path} line {record.line} has {len(record.cells)} cells where its header"
                f" has {width}: put quotes around a cell that has a {SPOKEN[export.delimiter]}"
            )


def _id_column(path: Path, header: Sequence[str], lines: list[Line], head: str | None) -> int:
    """The best column with ids that has some."""
    heads = [shortened(cell.strip(), 40) for cell in header]
    told = ", ".join(f"'{one}'" for one in heads[:12]) + ", ..." * (len(heads) > 12)
    if head is not None:
        if head.strip() not in heads:
            raise UnreadableError(f"{path} has no column '{head}': its columns are {told}")
        return heads.index(head.strip())
    for column in places(header, IDS):
        if any(cell(record, column) for _, record in lines):
            return column
    raise UnreadableError(f"{path} has no column with ids among {told}: call one of them id")


def _check_ids(export: Export, column: int, students: Sequence[Student]) -> None:
    """Refuse students without an id, and two with one."""
    seen: dict[str, Student] = {}
    head = export.header.cells[column].strip()
    for student in students:
        line = export.records[student.row].line
        if not student.id:
            raise UnreadableError(
                f"{export.path} line {line} has nothing under '{head}': give the student an id, or"
                " leave the line out"
            )
        other = seen.setdefault(student.id, student)
        if other is not student:
            raise UnreadableError(
                f"{export.path} lines {export.records[other.row].line} and {line} have one id,"
                f" '{shortened(student.id)}': give each student an id of their own"
            )
