"""Whole returns graded, one after another: each of its sheets that asks for something."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from hmac import digest

import numpy as np
from numpy.typing import NDArray

from xlconv.checking.dates import date_styles
from xlconv.checking.origin import read_recipe
from xlconv.checking.workbook import Workbook
from xlconv.classroom.answers import answers_of
from xlconv.classroom.engine import Engine
from xlconv.classroom.flags import letters, sheet_flags, which, whose_flags
from xlconv.classroom.folder import ClassFolder
from xlconv.classroom.grading import marks_of
from xlconv.classroom.handout import CODE, is_shared, numbers_of, variant
from xlconv.classroom.marks import Flag, Graded, Mark, Note
from xlconv.classroom.naming import Who, student_of
from xlconv.classroom.placed import Placed
from xlconv.classroom.reasons import reasons
from xlconv.classroom.roster import Student
from xlconv.classroom.sheets import titles_of
from xlconv.classroom.task import Given, Task
from xlconv.frozen import frozen
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.worksheet import KEY, Worksheet, exercise, worksheet_lesson

NAMED = re.compile(r".*code_([a-z2-7]{10})")
"""The name of the cell with the code."""

SHOWN = re.compile(r"(?:.*\s)?([A-Z2-7]{10})", re.DOTALL)
"""What it says."""


@frozen
class Grader:
    """The worksheets of a class, ready to be graded.

    engine  None where formulas cannot be tried
    """

    folder: ClassFolder
    engine: Engine | None

    @cached_property
    def lesson(self) -> Lesson:
        return worksheet_lesson(read_recipe(self.folder.lesson, "the lesson").lesson)

    @cached_property
    def asking(self) -> list[int]:
        """The numbers of the pages that ask for something."""
        return [number for number, page in enumerate(self.lesson.pages) if page.ask]

    @cached_property
    def tasks(self) -> dict[int, Task]:
        """Pages with other numbers for each student, drawn once, with no mistake in them."""
        exercises, _ = Worksheet.of(replace(self.lesson, form=KEY)).exercises()
        return {
            number: Task.of(exercises[number], self.lesson.classroom, self._seed(number))
            for number in self.asking
            if is_shared(exercises[number], self.lesson.pages[number].layer)
        }

    @cached_property
    def alike(self) -> dict[str, int]:
        """The names of the sheets with the same blanks for all, and the numbers of their pages."""
        tasks = self.tasks.items()
        return {task.name: n for n, task in tasks if not task.exercise.ask.mistake}

    @cached_property
    def _namesakes(self) -> dict[str, list[str]]:
        """The ids of the students, by the letters of their names."""
        found: dict[str, list[str]] = {}
        for student, name in self.folder.names.items():
            found.setdefault(letters(name), []).append(student)
        return found

    def _meant(self, who: Who) -> list[str]:
        """The students whom a platform may mean."""
        own = [who.id] if who.id in self.folder.names else []
        return [*own, *(self._namesakes.get(letters(who.name), ()) if who.name else ())]

    def _seed(self, number: int) -> int:
        return int.from_bytes(digest(self.folder.key, f"worlds:{number}".encode(), "sha256"))

    def _page(self, lesson: Lesson, number: int) -> tuple[Task, Given]:
        """A page of a student's own lesson, and the numbers that are given on it."""
        task, layer = self.tasks.get(number), lesson.pages[number].layer
        if task is not None:
            given = {} if layer is None else numbers_of(task.exercise, layer)
            return task.own(given), given
        one = exercise(lesson, number)
        task = Task.of(one, lesson.classroom, self._seed(number), shared=False)
        return task, one.given()

    def grade(self, book: Workbook, file: str, who: Who) -> Graded:
        """The marks of one return.

        file  its name, for a person
        who   what the platform says of the student

        Raises UnreadableError for a file that is not safe to open.
        """
        student, code, flags = self._whose(book, who)
        if student is None:
            return Graded(None, "", file, (), tuple(flags), {})
        own = variant(self.lesson, self.folder.key, student.id)
        asked = [self._page(own, number) for number in self.asking]
        known = {task.name: task.known(given) for task, given in asked}
        held = {name: one.held for name, one in known.items()}
        titles = titles_of(self.lesson, held, book)
        dates, marks = date_styles(book), list[Mark]()
        for task, given in asked:
            name = task.name
            found = [Placed.of(book, title, task, known[name]) for title in titles[name]]
            placed, told = which(task, found)
            flags += told
            if found:
                flags += sheet_flags(task, given, placed, dates)
            marks += self._marks(task, given, placed)
        return Graded(student, code, file, tuple(marks), tuple(flags), self._worth(marks))

    def _worth(self, marks: Iterable[Mark]) -> dict[str, float]:
        """The marks that there are for each sheet: one for each blank, if not said."""
        blanks = Counter(mark.sheet for mark in marks)
        pages = [self.lesson.pages[number] for number in self.asking]
        return {
            page.name: float(blanks[page.name])
            if page.ask is None or page.ask.marks is None
            else page.ask.marks
            for page in pages
        }

    def _whose(self, book: Workbook, who: Who) -> tuple[Student | None, str, list[Flag]]:
        """The student by the code in a file, else by the name that the platform tells."""
        codes, owners, names = self.folder.codes, self.folder.owners, self.folder.names
        carried = frozenset(code for code in codes_in(book) if code in owners)
        told = owners[min(carried)] if carried else student_of(who, names)
        if told is None:
            words = "it carries no code of this class: it is another workbook, or lost it"
            return None, "", [Flag("no code", words)]
        student = Student(told, names[told])
        if carried:
            return student, codes[told], [*whose_flags(self._meant(who), student, carried)]
        words = f"it carries no code of this class, and is graded as {told}'s, by the file's name"
        return student, codes[told], [Flag("no code", words)]

    def _marks(self, task: Task, given: Given, placed: Placed) -> list[Mark]:
        answers = answers_of(task, given, placed.cells, self.engine)
        marks = marks_of(answers)
        wrong = [k for k, mark in enumerate(marks) if mark.status == "wrong"]
        for k, key in reasons(answers, given, wrong).items():
            marks[k] = replace(marks[k], note=Note(key))
        return marks

    def truth(self, student: str) -> NDArray[np.float64]:
        """What belongs into a student's blanks, on the sheets that are alike."""
        own = variant(self.lesson, self.folder.key, student)
        pages = (self._page(own, number) for number in self.alike.values())
        return np.concatenate([np.zeros(0), *(task.truth(given) for task, given in pages)])


def codes_in(book: Workbook) -> Iterator[str]:
    """What a workbook may carry as its code: in its properties, its names, in a visible cell."""
    if CODE in book.properties:
        yield book.properties[CODE].strip().upper()
    for name in book.names:
        if parts := NAMED.fullmatch(name):
            yield parts[1].upper()
    for sheet in [*book.sheets][:2]:
        for (row, _), cell in book.cells(sheet):
            if row > 2:
                break
            if isinstance(cell.value, str) and (shown := SHOWN.fullmatch(cell.value[:400])):
                yield shown[1]
