"""A class tried before it is handed out: how the numbers of many students come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from xlconv.classroom.handout import numbers_of, variant
from xlconv.lessons.exercise import Numbers
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.worksheet import exercise
from xlconv.text import counted

Progress = Callable[[int], object]


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Trial:
    """What came of a lesson for many students who do not exist.

    twins  pairs who got the same numbers throughout
    """

    students: int
    twins: int
    outcomes: tuple[Outcome, ...]

    def explain(self) -> Iterator[str]:
        """The same, in lines."""
        pairs = counted(self.twins, "pair")
        yield f"{counted(self.students, 'student')}, {pairs} with the same numbers"
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
    asked = {n: exercise(lesson, n) for n, page in enumerate(lesson.pages) if page.ask}
    seen: Counter[bytes] = Counter()
    truths: dict[int, list[Numbers]] = {n: [] for n in asked}
    zeros, givens = Counter[int](), Counter[int]()
    for student in range(students):
        own = variant(lesson, key, f"{student}")
        told = b""
        for number, one in asked.items():
            layer = own.pages[number].layer
            if layer is not None:
                one.give(numbers_of(one, layer))
            truth, given = one.run(), np.concatenate([g.ravel() for g in one.given().values()])
            truths[number].append(truth)
            zeros[number] += int((truth == 0).sum())
            givens[number] += int(np.isin(truth, given).sum())
            told += given.tobytes()
        seen[told] += 1
        if progress:
            progress(student + 1)
    outcomes = tuple(
        Outcome(
            one.sheet.name,
            len(one.places),
            zeros[number] / students,
            givens[number] / students,
            _alike(truths[number]),
        )
        for number, one in asked.items()
    )
    twins = sum(count * (count - 1) // 2 for count in seen.values())
    return Trial(students, twins, outcomes)


def _alike(truths: list[Numbers]) -> float:
    """The largest part that two neighbours share."""
    table = np.array(truths)
    if len(table) < 2 or not table.shape[1]:
        return 0.0
    return float((table[1:] == table[:-1]).mean(axis=1).max())
