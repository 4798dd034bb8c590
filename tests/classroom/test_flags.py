"""What a person is told to look at: each thing done to an honest return, and seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from xlconv.classroom.grade_all import beside_each_other, graded, last_attempts
from xlconv.classroom.marks import Graded
from xlconv.classroom.naming import Who
from xlconv.classroom.returned import Return
from xlconv.grid.places import a1

from .handouts import class_of, sent, task, truth

FIRST = a1(task().exercise.places[0])
GIVEN = a1(task().exercise.givens["input"].origin)
COUNT = next(
    a1(at) for at, cell in task().ours.items() if cell.formula.startswith("SUM") or cell.formula
)
"""A blank, a cell that is given, and one with a formula."""


@cache
def honest() -> bytes:
    return sent(class_of(3), "s0000", truth("s0000")).data


def changed(edit: Callable[[Any], object]) -> bytes:
    """The honest return after a change to its workbook."""
    book = openpyxl.load_workbook(BytesIO(honest()))
    edit(book)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def grade(data: bytes, who: Who | None = None) -> Graded:
    (one,) = graded(class_of(3), [Return(who or Who(), "x.xlsx", data)])
    assert isinstance(one, Graded), one
    return one


def put(cell: str, value: object) -> Callable[[Any], object]:
    def edit(book: Any) -> None:
        book["Distribute"][cell] = value

    return edit


def without(book: Any) -> None:
    book.create_sheet("Other")
    del book["Distribute"]


EDITS: list[tuple[str, Callable[[Any], object], str]] = [
    ("givens changed", put(GIVEN, 77), GIVEN),
    ("formulas typed over", put(COUNT, 77), COUNT),
    ("texts for numbers", put(FIRST, "1,5"), '"1,5"'),
    ("dates for numbers", put(FIRST, date(2026, 4, 3)), FIRST),
    ("another workbook", put(FIRST, "=[1]Sheet1!A1"), FIRST),
    ("sheet gone", without, "Distribute"),
]


@pytest.mark.parametrize(("kind", "edit", "words"), EDITS, ids=[kind for kind, _, _ in EDITS])
def test_it_is_seen_and_nothing_else(kind: str, edit: Callable[[Any], object], words: str) -> None:
    assert grade(changed(lambda _: None)).flags == ()
    (flag,) = grade(changed(edit)).flags
    assert flag.kind == kind
    assert words in flag.words


def rewritten(edit: Callable[[str, str], str]) -> bytes:
    """The honest return with each part as it is after (name, text)."""
    target = BytesIO()
    with ZipFile(BytesIO(honest())) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(name, old.read(name).decode()))
    return target.getvalue()


def test_a_sheet_that_was_renamed_is_found() -> None:
    def edit(name: str, text: str) -> str:
        text = text.replace('name="Distribute"', 'name="Mine"')
        return text.replace("'Distribute'!", "'Mine'!") if name == "xl/workbook.xml" else text

    one = grade(rewritten(edit))
    assert [(flag.kind, "Mine" in flag.words) for flag in one.flags] == [("sheet renamed", True)]
    assert {mark.status for mark in one.marks} == {"right"}


def bare() -> bytes:
    """The honest return without its code: in its properties, its names and the first sheet."""
    code = re.compile(class_of(3).codes["s0000"], re.IGNORECASE)
    return rewritten(lambda _, text: code.sub("nothing", text))


def test_a_lost_code_is_the_platforms_students() -> None:
    one = grade(bare(), Who("moodle", "123", "Student 0"))
    assert one.student
    assert (one.student.id, one.code) == ("s0000", class_of(3).codes["s0000"])
    assert {mark.status for mark in one.marks} == {"right"}
    assert [flag.kind for flag in one.flags] == ["no code"]
    assert "s0000" in one.flags[0].words


@pytest.mark.parametrize("who", [Who(), Who("moodle", "1", "Somebody Else")])
def test_a_lost_code_is_nobodys_where_no_name_fits(who: Who) -> None:
    one = grade(bare(), who)
    assert one.student is None
    assert [flag.kind for flag in one.flags] == ["no code"]


def test_a_file_handed_in_by_another_is_marked_as_its_owners() -> None:
    """No mark goes to the wrong student unseen: its code says whose numbers are in it."""
    one = grade(honest(), Who("moodle", "9", "Student 1"))
    assert one.student
    assert one.student.id == "s0000"
    (flag,) = one.flags
    assert flag.kind == "another's file"
    assert "s0001" in flag.words and "s0000" in flag.words


def test_one_file_handed_in_by_two_is_told_of_both() -> None:
    folder = class_of(3)
    returned = [
        Return(Who("moodle", str(n), f"Student {n}"), f"{n}.xlsx", honest()) for n in (1, 0)
    ]
    results = last_attempts(returned, beside_each_other(folder, [*graded(folder, returned)]))
    assert [one.file for one in results if isinstance(one, Graded)] == ["0.xlsx", "1.xlsx"]
    for one in results:
        assert isinstance(one, Graded)
        assert "one code twice" in {flag.kind for flag in one.flags}
