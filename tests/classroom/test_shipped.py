"""The worksheet that comes with xlconv, filled in by a class: its marks, and what they cost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from xlconv.checking.workbook import Workbook
from xlconv.classroom.engine import Engine
from xlconv.classroom.feedback import Feedback
from xlconv.classroom.feedback_book import FeedbackBooks
from xlconv.classroom.folder import ClassFolder
from xlconv.classroom.grader import Grader
from xlconv.classroom.handout import Handout, variant
from xlconv.classroom.marks import Graded
from xlconv.classroom.naming import Who
from xlconv.grid.places import a1
from xlconv.grid.references import text
from xlconv.lessons.read import load_lesson
from xlconv.lessons.recipe import whole_recipe
from xlconv.lessons.worksheet import worksheet_lesson

from ..edited import in_part
from ..engines.package import sheet_parts
from .handouts import KEY, filled
from .sheets import engine

STUDENTS = 60


@cache
def folder() -> ClassFolder:
    names = {f"{n}": f"Student {n}" for n in range(STUDENTS)}
    return ClassFolder(KEY, whole_recipe(load_lesson("worksheet")), names, {"name": "code"})


@cache
def handout() -> Handout:
    return Handout(worksheet_lesson(load_lesson("worksheet")), KEY)


def solved(grader: Grader, student: str, *, formulas: bool = False) -> bytes:
    """A student's file, right in all, numbers or formulas; the mistake is found."""
    data = handout().workbook(student, folder().codes[student])
    own = variant(grader.lesson, KEY, student)
    with ZipFile(BytesIO(data)) as book:
        parts = sheet_parts(book)
    for number in grader.asking:
        task, given = grader._page(own, number)
        one, truth = task.exercise, task.truth(given)
        if one.mistake:
            cell = rf'(<c r="{a1(one.places[0])}"[^>]*><v>)[^<]*'
            data = in_part(data, parts[task.name], cell, rf"\g<1>{truth[0]:g}")
            continue
        answers: dict[tuple[int, int], object] = {}
        for k, place in enumerate(one.places):
            paint, index = one.paint_of(k)
            written = formulas and paint.formula is not None
            answers[place] = f"={text(paint, index)}" if written else truth[k]
        data = filled(data, answers, parts[task.name])
    return data


@pytest.fixture(scope="module")
def calc() -> Iterator[Engine]:
    with engine() as made:
        yield made


def graded(grader: Grader, data: bytes, at: Path) -> Graded:
    (at / "x.xlsx").write_bytes(data)
    return grader.grade(Workbook.read(at / "x.xlsx"), "x.xlsx", Who())


@pytest.mark.parametrize("formulas", [False, True])
def test_all_of_it_is_right_and_nothing_is_flagged(
    formulas: bool, calc: Engine, tmp_path: Path
) -> None:
    grader = Grader(folder(), calc)
    for student in ("0", "1"):
        one = graded(grader, solved(grader, student, formulas=formulas), tmp_path)
        assert {(mark.sheet, mark.status) for mark in one.marks} == {
            (grader.lesson.pages[number].name, "right") for number in grader.asking
        }
        assert one.flags == ()
        assert sum(one.worth.values()) == 100


@pytest.mark.prove
def test_a_thousand_returns_take_less_than_a_minute_of_two_cores(
    calc: Engine, tmp_path: Path
) -> None:
    """Marks and feedback: 120 s of processors for a thousand is 0.12 s each; two thirds is seen."""
    grader, books = Grader(folder(), calc), FeedbackBooks(folder(), Feedback())
    returned = [solved(grader, f"{n}", formulas=n % 3 == 2) for n in range(STUDENTS)]

    def mark(data: bytes) -> None:
        assert books.workbook(graded(grader, data, tmp_path))

    for data in returned[:3]:  # what is drawn once
        mark(data)
    before = time.process_time()
    for data in returned[3:]:
        mark(data)
    assert (time.process_time() - before) / (STUDENTS - 3) < 0.12
