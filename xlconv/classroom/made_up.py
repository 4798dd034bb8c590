"""Students who do not exist, graded: whether each cell is found to be what it was made to be."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlconv.checking.cells import Cell
from xlconv.classroom.answers import answers_of
from xlconv.classroom.grading import SHARES, marks_of
from xlconv.classroom.task import Given, Task
from xlconv.lessons.exercise import Numbers

KINDS = 4
"""All right; a slip, and what follows from it; the last third empty; some at the end wrong."""

FAR = 7.0
"""How far a wrong number is from the right one."""


def otherwise(task: Task, given: Given, student: int) -> tuple[int, int]:
    """How many cells of one student there are, and how many are not graded as they were made.

    student  whose number says of which kind
    """
    rng = np.random.default_rng(student)
    task.exercise.give(given)
    truth = task.exercise.run()
    own, made = _made(task, truth, student % KINDS, rng)
    places = task.exercise.places
    theirs = {
        at: Cell(None, float(n)) for at, n in zip(places, own, strict=True) if not np.isnan(n)
    }
    marks = marks_of(answers_of(task, given, theirs, None))
    wanted = [made.get(k, "right") for k in range(len(marks))]
    for k, one in enumerate(wanted):
        if one in SHARES and task.exercise.wants_formula(k):
            wanted[k] = "a number, no formula"
    return len(marks), sum(mark.status != one for mark, one in zip(marks, wanted, strict=True))


def _made(
    task: Task, truth: Numbers, kind: int, rng: np.random.Generator
) -> tuple[Numbers, Mapping[int, str]]:
    """What a student of a kind types, NaN for nothing, and what its cells are, but right ones."""
    own, order = truth.copy(), np.array(task.exercise.order)
    last = np.flatnonzero(order == order.max())
    if kind == 1:
        slip = int(rng.integers(len(own)))
        own = np.full(len(own), np.nan)
        own[slip] = truth[slip] + FAR
        follows = task.exercise.run(own)
        own = np.where(np.isnan(own), follows, own)
        found = dict.fromkeys(np.flatnonzero(own != truth).tolist(), "follows")
        return own, found | {slip: "wrong"}
    if kind == 2:
        own[len(own) - len(own) // 3 :] = np.nan
        return own, dict.fromkeys(np.flatnonzero(np.isnan(own)).tolist(), "empty")
    if kind == 3:
        wrong = rng.choice(last, min(3, len(last)), replace=False)
        own[wrong] += FAR
        return own, dict.fromkeys(wrong.tolist(), "wrong")
    return own, {}
