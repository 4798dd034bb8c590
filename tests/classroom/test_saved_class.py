"""The shipped worksheet's class, each kind of student in it: other programs change no mark."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from xlconv.classroom.grade_all import beside_each_other, graded
from xlconv.classroom.grader import Grader
from xlconv.classroom.handout import variant
from xlconv.classroom.marks import Graded, Note
from xlconv.classroom.naming import Who
from xlconv.classroom.returned import Return
from xlconv.classroom.task import Task
from xlconv.grid.places import a1

from ..edited import checked, in_part, part_of, wrong
from ..engines import gnumeric_engine
from .handouts import KEY, filled
from .programs import (
    GNUMERIC,
    LIBREOFFICE,
    Program,
    bare,
    google,
    google_without_names,
    libreoffice,
    opendocument,
    openpyxl,
    shared,
    zeros,
)
from .sheets import formulas_of
from .test_shipped import folder, handout

Made = tuple[list[Any], list[str]]
"""What is typed into the blanks of a sheet, and the status that each must get."""


def last(task: Task) -> list[int]:
    """The blanks that no other follows from: those of the last block that is asked for."""
    blocks = [*task.exercise.blanks.values()]
    return [k for k, block in enumerate(blocks) if block == blocks[-1]]


def good(_: Task, truth: Any, __: random.Random) -> Made:
    return truth.tolist(), ["right"] * len(truth)


def slip(task: Task, truth: Any, dice: random.Random) -> Made:
    """One number wrong, and all that follows from it followed."""
    at = dice.randrange(len(truth))
    own = np.full(len(truth), np.nan)
    own[at] = truth[at] + 7
    own = np.where(np.isnan(own), task.exercise.run(own), own)
    wanted = np.where(own == truth, "right", "follows").tolist()
    wanted[at] = "wrong"
    return own.tolist(), wanted


def formulas(task: Task, truth: Any, _: random.Random) -> Made:
    """Ours; a number where we have one."""
    painted = [task.exercise.paint_of(k)[0] for k in range(len(truth))]
    answers = [
        truth[k] if paint.formula is None else f"={text}"
        for k, (paint, text) in enumerate(zip(painted, formulas_of(task), strict=True))
    ]
    return answers, ["right"] * len(truth)


def typed_in(task: Task, truth: Any, dice: random.Random) -> Made:
    answers, wanted = formulas(task, truth, dice)
    at = last(task)[-1]
    answers[at], wanted[at] = f"={truth[at]:.0f}+0", "right here only"
    return answers, wanted


def wrong_sums(task: Task, truth: Any, dice: random.Random) -> Made:
    answers, wanted = good(task, truth, dice)
    for at in dice.sample(last(task), 3):
        answers[at], wanted[at] = answers[at] + 100.5, "wrong"
    return answers, wanted


def unfinished(task: Task, truth: Any, dice: random.Random) -> Made:
    answers, wanted = good(task, truth, dice)
    left = len(truth) // 3
    return [*answers[: len(truth) - left], *[None] * left], [
        *wanted[: len(truth) - left],
        *["empty"] * left,
    ]


def wrong_formula(task: Task, truth: Any, dice: random.Random) -> Made:
    answers, wanted = formulas(task, truth, dice)
    at = last(task)[-1]
    answers[at], wanted[at] = f"={formulas_of(task)[at]}+7", "wrong"
    return answers, wanted


def nothing(_: Task, truth: Any, __: random.Random) -> Made:
    return [None] * len(truth), ["empty"] * len(truth)


def odd(task: Task, truth: Any, dice: random.Random) -> Made:
    """Texts, errors and what is not tried, in what nothing follows from."""
    answers, wanted = good(task, truth, dice)
    kinds = {"1,5": "no number", "=1/0": "an error", "=RAND()": "refused"}
    for at, (written, status) in zip(dice.sample(last(task), 3), kinds.items(), strict=True):
        answers[at], wanted[at] = written, status
    return answers, wanted


KINDS: list[Callable[[Task, Any, random.Random], Made]] = [
    good, slip, formulas, typed_in, wrong_sums, unfinished, wrong_formula, nothing, odd,
]  # fmt: skip
"""And the tenth, who has the answers of somebody else."""

COPIED = len(KINDS)

WRITTEN = (formulas, typed_in, wrong_formula, odd)
"""Those who write formulas."""

KNOWN = ("texts for numbers", "another's answers")
"""What is flagged of some of them."""

SAVED = [
    pytest.param(libreoffice, marks=[LIBREOFFICE, pytest.mark.prove]),
    pytest.param(opendocument, marks=[LIBREOFFICE, pytest.mark.prove]),
    pytest.param(gnumeric_engine.saved, marks=GNUMERIC),
    openpyxl,
    google,
    google_without_names,
    bare,
]


@cache
def grader() -> Grader:
    return Grader(folder(), None)


@cache
def made(kind: int) -> tuple[bytes, list[str]]:
    """The return of a student of a kind, and the status of each of its cells."""
    student, statuses = f"{kind}", list[str]()
    data = handout().workbook(student, folder().codes[student])
    for (task, given), (other, its) in zip(_pages(student), _pages("17"), strict=True):
        one, truth = task.exercise, task.truth(given)
        if one.mistake:
            cell = rf'(<c r="{a1(one.places[0])}"[^>]*><v>)[^<]*'
            data = in_part(data, part_of(data, task.name), cell, rf"\g<1>{truth[0]:g}")
            statuses.append("right")
            continue
        if kind == COPIED:
            answers, wanted = good(other, other.truth(its), random.Random())
        else:
            answers, wanted = KINDS[kind](task, truth, random.Random(kind))
        data = filled(data, dict(zip(one.places, answers, strict=True)), part_of(data, task.name))
        statuses += wanted
    return data, statuses


def _pages(student: str) -> list[tuple[Task, Any]]:
    own = variant(grader().lesson, KEY, student)
    return [grader()._page(own, number) for number in grader().asking]


Told = list[tuple[str, str, str, float, Note | None]]


def marks(files: list[bytes]) -> list[tuple[Told, list[str]]]:
    """What is said of each blank of each file, and the flags."""
    found = []
    returned = [Return(Who(), f"{n}.xlsx", data) for n, data in enumerate(files)]
    for one in beside_each_other(folder(), list(graded(folder(), returned, processes=1))):
        assert isinstance(one, Graded), one
        told = [(m.sheet, m.cell, m.status, m.share, m.note) for m in one.marks]
        found.append((told, [f"{flag.kind}: {flag.words}" for flag in one.flags]))
    return found


@cache
def returned() -> list[bytes]:
    return [made(kind)[0] for kind in range(COPIED + 1)]


@cache
def marked() -> list[tuple[Told, list[str]]]:
    return marks(returned())


def test_each_kind_of_student_is_graded_as_made() -> None:
    for kind, (told, flags) in enumerate(marked()):
        kinds = {flag.split(":")[0] for flag in flags}
        if kind == COPIED:
            assert kinds == {"another's answers"}
            continue
        assert [status for _, _, status, _, _ in told] == made(kind)[1], KINDS[kind].__name__
        assert kinds == ({"texts for numbers"} if KINDS[kind] is odd else set())


def changed(files: dict[int, bytes]) -> list[tuple[int, object, object]]:
    """What is said otherwise of files, by kind, than of those that were returned."""
    found: list[tuple[int, object, object]] = []
    for kind, (told, flags) in zip(files, marks([*files.values()]), strict=True):
        before, flagged = marked()[kind]
        pairs = zip([*before, flagged], [*told, flags], strict=True)
        found += [(kind, one, other) for one, other in pairs if one != other]
    return found


@pytest.mark.parametrize("program", [*SAVED, shared])
def test_each_of_them_has_the_same_marks_however_saved(program: Program) -> None:
    every = [*enumerate(returned())]
    if program is shared:
        every = [(n, data) for n, data in every if n in map(KINDS.index, WRITTEN)]
    assert changed({n: program(data) for n, data in every}) == []


def test_zeros_for_empty_cells_take_no_mark() -> None:
    """They give some where 0 is the answer; nobody can tell who wrote them."""
    for (told, flags), (before, _) in zip(marks([*map(zeros, returned())]), marked(), strict=True):
        assert not [flag for flag in flags if flag.split(":")[0] not in KNOWN]
        assert all(now[3] >= old[3] for now, old in zip(told, before, strict=True))


@pytest.mark.parametrize("program", SAVED)
def test_an_untouched_worksheet_is_checked_without_a_word(program: Program) -> None:
    """No line of agreement, and no other cell, becomes an error beside empty cells."""
    found = wrong(checked(program(handout().workbook("0", folder().codes["0"]))))
    computed = program is not openpyxl
    assert [one for one in found if computed or one.kind != "stale"] == []
