"""A class tried before it is handed out: how the numbers of many students come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from xlconv.classroom.handout import numbers_of, variant
from xlconv.classroom.made_up import otherwise
from xlconv.classroom.task import Task
from xlconv.frozen import frozen
from xlconv.layers.layer import Layer
from xlconv.lessons.exercise import Numbers
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.worksheet import exercise
from xlconv.text import counted

Progress = Callable[[int], object]


@frozen
class Outcome:
    """What came of one sheet, over all students.

    blanks  of the sheet
    zeros   of them, on average, hold 0
    givens  of them, on average, hold a number that is given on the sheet
    alike   the largest part of the blanks that two students, next to each other, share
    """

    sheet: str
    blanks: int
    zeros: float
    givens: float
    alike: float


@frozen
class Trial:
    """What came of a lesson for many students who do not exist.

    twins      pairs who got the same numbers throughout
    cells      that such students filled in, or left empty, on purpose
    otherwise  of them were not graded as they were made
    """

    students: int
    twins: int
    cells: int
    otherwise: int
    outcomes: tuple[Outcome, ...]

    def explain(self) -> Iterator[str]:
        """The same, in lines."""
        pairs = counted(self.twins, "pair")
        yield f"{counted(self.students, 'student')}, {pairs} with the same numbers"
        yield (
            f"{counted(self.cells, 'cell')} of students who are right, follow a slip, are not ready"
            f" or wrong: {self.otherwise} graded otherwise than made"
        )
        for one in self.outcomes:
            yield (
                f'sheet "{one.sheet}": {counted(one.blanks, "blank")}; on average'
                f" {one.zeros:.1f} are 0, {one.givens:.1f} are a number that is given; two students"
                f" share {one.alike:.0%} of the answers at most"
            )


def tried(lesson: Lesson, key: bytes, students: int, progress: Progress | None = None) -> Trial:
    """Make the numbers of so many students, and look at what belongs into their blanks.

    lesson  as it is before it becomes a worksheet
    """
    sheets = {
        n: _Tally(Task.of(exercise(lesson, n), lesson.classroom), students)
        for n, page in enumerate(lesson.pages)
        if page.ask
    }
    seen: Counter[bytes] = Counter()
    for student in range(students):
        own = variant(lesson, key, f"{student}")
        told = [tally.take(own.pages[n].layer, student) for n, tally in sheets.items()]
        seen[b"".join(told)] += 1
        if progress:
            progress(student + 1)
    twins = sum(count * (count - 1) // 2 for count in seen.values())
    every = list(sheets.values())
    cells, others = (int(sum(tally.graded[n] for tally in every)) for n in (0, 1))
    return Trial(students, twins, cells, others, tuple(tally.outcome() for tally in every))


class _Tally:
    """What is counted of one sheet, student by student."""

    def __init__(self, task: Task, students: int) -> None:
        self.task, self.students = task, students
        self.truths: list[Numbers] = []
        self.zeros = self.givens = 0
        self.graded = np.zeros(2, dtype=int)

    def take(self, layer: Layer | None, student: int) -> bytes:
        """Count one student's sheet; its numbers, to tell it from others."""
        one = self.task.exercise
        own = {} if layer is None else numbers_of(one, layer)
        one.give(own)
        truth, given = one.run(), np.concatenate([g.ravel() for g in one.given().values()])
        self.truths.append(truth)
        self.zeros += int((truth == 0).sum())
        self.givens += int(np.isin(truth, given).sum())
        if not one.mistake:  # which stands elsewhere for each student
            self.graded += otherwise(self.task, own, student)
        return given.tobytes()

    def outcome(self) -> Outcome:
        one = self.task.exercise
        zeros, givens = self.zeros / self.students, self.givens / self.students
        return Outcome(one.sheet.name, len(one.places), zeros, givens, _alike(self.truths))


def _alike(truths: list[Numbers]) -> float:
    """The largest part that two neighbours share."""
    table = np.array(truths)
    if len(table) < 2 or not table.shape[1]:
        return 0.0
    return float((table[1:] == table[:-1]).mean(axis=1).max())
