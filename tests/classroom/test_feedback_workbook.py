"""A student's own worksheet again, as openpyxl and IronCalc read it: signs, words, no answer."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from xlconv.classroom import cores
from xlconv.classroom.feedback import Feedback
from xlconv.classroom.feedback_book import FeedbackBooks
from xlconv.classroom.folder import ClassFolder
from xlconv.classroom.grade_all import graded
from xlconv.classroom.handout import Handout
from xlconv.classroom.marks import Graded, Note
from xlconv.classroom.naming import Who
from xlconv.classroom.results import write_results
from xlconv.classroom.returned import Return
from xlconv.classroom.roster import Student
from xlconv.classroom.table import Results
from xlconv.figures.worksheets import WORKSHEET_WORDS
from xlconv.grid.places import a1
from xlconv.lessons.lesson import Ask
from xlconv.lessons.read import load_lesson
from xlconv.lessons.recipe import whole_recipe
from xlconv.lessons.worksheet import worksheet_lesson

from ..engines import ironcalc_engine
from .handouts import KEY, LESSON, class_of, filled, sent, task, truth
from .test_students import formulas, good, slip, typed_in, unfinished

SIGNS = {"right": "✓", "follows": "~", "right here only": "~", "wrong": "✗"}
"""What stands before a number in Excel; of what is no number, nothing stands there."""


def grade(answers: object) -> Graded:
    folder = class_of(2)
    (one,) = graded(folder, [sent(folder, "s0000", answers)])
    assert isinstance(one, Graded)
    return one


def book_of(one: Graded, *, answers: bool = False) -> bytes:
    book = FeedbackBooks(class_of(2), Feedback(answers)).workbook(one)
    assert book is not None
    return book


@cache
def slipped() -> Graded:
    return grade(slip("s0000", random.Random(4))[0])


def texts(data: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(BytesIO(data))["Distribute"]
    return [str(c.value) for row in sheet for c in row if isinstance(c.value, str)]


@pytest.mark.parametrize("kind", [good, slip, typed_in, unfinished, formulas])
def test_each_number_stands_there_with_its_sign(kind: object) -> None:
    assert callable(kind)
    answers, wanted = kind("s0000", random.Random(2))
    one = grade(answers)
    sheet = openpyxl.load_workbook(BytesIO(book_of(one)))["Distribute"]
    typed = truth("s0000") if kind in (formulas, typed_in) else answers
    for at, status, number in zip(task().exercise.places, wanted, typed, strict=True):
        cell = sheet[a1(at)]
        assert cell.value == number
        sign = re.match('"(.)"', cell.number_format)
        assert (sign[1] if sign else None) == SIGNS.get(status), (cell.coordinate, status)


def test_reasons_stand_right_of_the_figure_and_the_marks_above() -> None:
    data = book_of(slipped())
    sheet = openpyxl.load_workbook(BytesIO(data))["Distribute"]
    wrong = next(mark for mark in slipped().marks if mark.status == "wrong")
    said = next(c for row in sheet for c in row if str(c.value).startswith(f"{wrong.cell} ("))
    last = max(at[1] for at in task().exercise.places)
    assert said.column > last + 1
    assert any(text.startswith("19.67 of 20; why: ") for text in texts(data))


def test_a_text_or_an_error_is_told_and_not_shown() -> None:
    answers = [*truth("s0000")]
    answers[:3] = ["1,5", "=1/0", 1e300]
    data = book_of(grade(answers))
    sheet = openpyxl.load_workbook(BytesIO(data))["Distribute"]
    assert [sheet[a1(at)].value for at in task().exercise.places[:4]] == [None] * 3 + [answers[3]]
    told = " ".join(texts(data))
    assert "(1,5)" in told and "#DIV/0!" in told and "1E+300" in told


def test_no_answer_that_was_not_found_stands_in_any_part() -> None:
    """Its numbers are so large that none is like another by chance."""
    lesson = replace(LESSON, classroom=replace(LESSON.classroom, low=1009, high=9973))
    folder = ClassFolder(KEY, whole_recipe(lesson), {"s": "Somebody"}, {"name": "code"})
    data = Handout(worksheet_lesson(lesson), KEY).workbook("s", folder.codes["s"])
    typed = dict(zip(task().exercise.places, range(11, 72), strict=True))
    (one,) = graded(folder, [Return(Who(), "s.xlsx", filled(data, typed))])
    assert isinstance(one, Graded) and {mark.status for mark in one.marks} == {"wrong"}
    hidden = {f"{mark.want:.0f}" for mark in one.marks}
    assert min(map(len, hidden)) > 5
    for answers in (False, True):
        book = ZipFile(BytesIO(FeedbackBooks(folder, Feedback(answers)).workbook(one) or b""))
        every = "".join(book.read(part).decode() for part in book.namelist())
        assert bool(hidden & {*re.findall(r"\d+", every)}) == answers
        # nor does a formula compute one
        sheet = openpyxl.load_workbook(
            BytesIO(FeedbackBooks(folder, Feedback()).workbook(one) or b"")
        )["Distribute"]
        assert [sheet[mark.cell].data_type for mark in one.marks] == ["n"] * 61


def test_answers_are_told_where_they_may_be() -> None:
    wrong = next(mark for mark in slipped().marks if mark.status == "wrong")
    told = f"right is {wrong.want:g}"
    assert told in " ".join(texts(book_of(slipped(), answers=True)))
    assert told not in " ".join(texts(book_of(slipped())))


def test_a_program_computes_what_stands_there() -> None:
    data = book_of(slipped())
    before = openpyxl.load_workbook(BytesIO(data), data_only=True)["Distribute"]
    computed = ironcalc_engine.recalculate(data)["Distribute"]
    assert len(computed) > 20
    for cell, value in computed.items():
        assert value == before[cell].value, cell


def test_a_file_that_is_nobodys_has_none(tmp_path: Path) -> None:
    nobody = Graded(None, "", "x.xlsx", (), (), {})
    books = [*FeedbackBooks(class_of(2), Feedback()).workbooks([nobody])]
    write_results(tmp_path / "out", Results((nobody,), {}), workbooks=books)
    assert [path.name for path in (tmp_path / "out" / "feedback").iterdir()] == ["unknown.txt"]


def test_a_mistake_stands_where_each_student_had_it() -> None:
    """Of a sheet that is drawn anew for each student, their own numbers are shown."""
    find = Ask((), mistake="output", marks=4.0)
    lesson = replace(LESSON, pages=(*LESSON.pages, replace(LESSON.pages[0], name="Find", ask=find)))
    folder = ClassFolder(KEY, whole_recipe(lesson), {"a": "A", "b": "B"}, {"name": "code"})
    handout, books = Handout(worksheet_lesson(lesson), KEY), FeedbackBooks(folder, Feedback())
    for student in folder.names:
        data = handout.workbook(student, folder.codes[student])
        (one,) = graded(folder, [Return(Who(), "x.xlsx", data)])
        assert isinstance(one, Graded)
        sheets = [
            openpyxl.load_workbook(BytesIO(d))["Find"] for d in (data, books.workbook(one) or b"")
        ]
        given = [[c.value for row in sheet["B7:G16"] for c in row] for sheet in sheets]
        assert given[0] == given[1] and any(given[0])
        (cell,) = [mark.cell for mark in one.marks if mark.sheet == "Find"]
        assert sheets[0][cell].value == sheets[1][cell].value is not None


def test_where_a_mistake_is_that_was_not_found_is_an_answer() -> None:
    find = Ask((), mistake="output", marks=4.0)
    lesson = replace(LESSON, pages=(replace(LESSON.pages[0], ask=find),))
    folder = ClassFolder(KEY, whole_recipe(lesson), {"a": "A"}, {"name": "code"})
    data = Handout(worksheet_lesson(lesson), KEY).workbook("a", folder.codes["a"])
    (one,) = graded(folder, [Return(Who(), "x.xlsx", data)])
    assert isinstance(one, Graded)
    (mark,) = one.marks
    gone = replace(one, marks=(replace(mark, got=None),))
    shown = FeedbackBooks(folder, Feedback()).workbook(gone) or b""
    assert shown == FeedbackBooks(folder, Feedback()).workbook(one)
    for answers in (False, True):
        feedback = Feedback(answers)
        told = feedback.text(one, 1).splitlines()
        assert ("mistake was not found" in told[4], mark.cell in told[4]) == (True, answers)
        book = openpyxl.load_workbook(BytesIO(FeedbackBooks(folder, feedback).workbook(one) or b""))
        cell = book["Distribute"][mark.cell]
        there = openpyxl.load_workbook(BytesIO(data))["Distribute"][mark.cell]
        looks = [(c.fill.fgColor.rgb, c.font.b, c.number_format) for c in (cell, there)]
        assert (looks[0] != looks[1]) == answers


def test_contents_explain_the_signs_and_speak_of_no_ticks() -> None:
    lesson = load_lesson("worksheet")
    folder = ClassFolder(KEY, whole_recipe(lesson), {"a": "A"}, {"name": "code"})
    nothing = Graded(Student("a", "A", 1), "X", "x.xlsx", (), (), {})
    data = FeedbackBooks(folder, Feedback()).workbook(nothing) or b""
    sheet = openpyxl.load_workbook(BytesIO(data))["Contents"]
    cells = [c for row in sheet for c in row if c.value is not None]
    told = " ".join(str(c.value) for c in cells)
    assert "tick" not in told and "empty" not in told and "has a sign before it" in told
    signs = [c.number_format[1] for c in cells if c.value == 12 and c.number_format[0] == '"']
    assert signs == ["✓", "~", "✗"]


def test_ways_that_differ_are_red_there_too() -> None:
    """The rule of the line of agreement is the worksheet's; what is looked at has no light."""
    find = Ask((), mistake="output", marks=4.0)
    page = replace(LESSON.pages[0], name="Find", view="sedirts", ask=find)
    lesson = replace(LESSON, pages=(page,))
    folder = ClassFolder(KEY, whole_recipe(lesson), {"a": "A"}, {"name": "code"})
    data = Handout(worksheet_lesson(lesson), KEY).workbook("a", folder.codes["a"])
    (one,) = graded(folder, [Return(Who(), "x.xlsx", data)])
    assert isinstance(one, Graded)
    found = []
    for book in (data, FeedbackBooks(folder, Feedback()).workbook(one) or b""):
        areas = openpyxl.load_workbook(BytesIO(book))["Find"].conditional_formatting
        listed = [(str(a.sqref), rule) for a in areas for rule in a.rules if rule.formula]
        rules = [(at, rule.formula, rule.dxf.fill.bgColor.rgb) for at, rule in listed]
        found.append([rule for rule in rules if "1E-9" in rule[1][0]])
    assert found[0] == found[1]
    assert len(found[0]) == 1


def test_a_file_hangs_on_its_return_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever else was marked before it, and in which process."""
    monkeypatch.setattr(cores, "EASY", 2)
    dice = random.Random(7)
    ones = [grade(kind("s0000", dice)[0]) for kind in (good, slip, typed_in, unfinished, formulas)]
    both = [*FeedbackBooks(class_of(2), Feedback()).workbooks(ones)]
    assert both == [FeedbackBooks(class_of(2), Feedback()).workbook(one) for one in ones]


def test_a_decimal_is_shown_and_a_long_number_has_room() -> None:
    answers = [*truth("s0000")]
    answers[3], answers[40] = 0.125, 1234567.0
    sheet = openpyxl.load_workbook(BytesIO(book_of(grade(answers))))["Distribute"]
    cell = sheet[a1(task().exercise.places[3])]
    assert (cell.value, cell.number_format.split(";")[0]) == (0.125, '"✗"0.00')
    assert sheet.sheet_format.defaultColWidth >= len("✗1234567")


def test_more_reasons_than_there_is_room_for_are_counted_on() -> None:
    many = tuple(
        replace(mark, status="wrong", share=0.0, note=Note("why_error", f"reason {n}"))
        for n, mark in enumerate(slipped().marks * 2)
    )
    assert texts(book_of(replace(slipped(), marks=many)))[-1] == WORKSHEET_WORDS["feedback_more"]
