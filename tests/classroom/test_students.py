"""Ten kinds of student, made by hand: each cell is graded as it was made."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from xlconv.classroom.flags import ANOTHERS
from xlconv.classroom.grade_all import beside_each_other, graded
from xlconv.classroom.handout import variant
from xlconv.classroom.marks import Graded

from .handouts import KEY, LESSON, class_of, sent, task
from .sheets import formulas_of

Made = tuple[list[Any], list[str]]
"""The answers, and the status that each must get."""


def own(student: str) -> tuple[Any, Any]:
    layer = variant(LESSON, KEY, student).layers["a"]
    return layer.input[0], layer.weight[0, 0]


def meets(stamp: int) -> int:
    """The output that one cell of a stamp is added to: stride 2, 2×2 by 3×3."""
    i, j, u, v = np.unravel_index(stamp, (2, 2, 3, 3))
    return int(36 + 5 * (2 * i + u) + 2 * j + v)


def right(student: str) -> list[float]:
    """The products, and their sums, from the definition."""
    x, w = own(student)
    stamps = [float(a * b) for a in x.ravel() for b in w.ravel()]
    answers = [*stamps, *[0.0] * 25]
    for k, product in enumerate(stamps):
        answers[meets(k)] += product
    return answers


def good(student: str, _: random.Random) -> Made:
    return list(right(student)), ["right"] * 61


def slip(student: str, dice: random.Random) -> Made:
    answers, wanted = good(student, dice)
    k, by = dice.randrange(36), dice.randint(2, 9)
    for at, status in ((k, "wrong"), (meets(k), "follows")):
        answers[at], wanted[at] = answers[at] + by, status
    return answers, wanted


def formulas(_: str, __: random.Random) -> Made:
    return [f"={text}" for text in formulas_of(task())], ["right"] * 61


def typed_in(student: str, dice: random.Random) -> Made:
    answers, wanted = formulas(student, dice)
    for at in dice.sample(range(36, 61), 5):
        answers[at], wanted[at] = f"={right(student)[at]:.0f}+0", "right here only"
    return answers, wanted


def wrong_sums(student: str, dice: random.Random) -> Made:
    answers, wanted = good(student, dice)
    for at in dice.sample(range(36, 61), 6):
        answers[at], wanted[at] = answers[at] + dice.choice([-5, 5, 7]) + 0.5, "wrong"
    return answers, wanted


def unfinished(student: str, dice: random.Random) -> Made:
    answers, wanted = good(student, dice)
    return [*answers[:48], *[None] * 13], [*wanted[:48], *["empty"] * 13]


def wrong_formula(student: str, dice: random.Random) -> Made:
    answers, wanted = formulas(student, dice)
    k = dice.randrange(36)
    answers[k], wanted[k], wanted[meets(k)] = f"{answers[k]}+7", "wrong", "follows"
    return answers, wanted


def zeros(_: str, __: random.Random) -> Made:
    return [0.0] * 61, ["empty"] * 61


def odd(student: str, dice: random.Random) -> Made:
    """Texts, errors and what is not tried; the sums are right for all that."""
    answers, wanted = good(student, dice)
    kinds = {"1,5": "no number", "=1/0": "an error", "=FACT(1E9)": "refused", "=RAND()": "refused"}
    for at, (written, status) in zip(dice.sample(range(36), 4), kinds.items(), strict=True):
        answers[at], wanted[at] = written, status
    return answers, wanted


KINDS: list[Callable[[str, random.Random], Made]] = [
    good, slip, formulas, typed_in, wrong_sums, unfinished, wrong_formula, zeros, odd,
]  # fmt: skip
"""And the tenth, who has the answers of somebody else."""


def check_class(students: int) -> None:
    """Grade so many."""
    folder = class_of(students)
    ids, wanted, returned = list(folder.names), {}, []
    for n, student in enumerate(ids):
        if n % 10 == 9:
            answers: list[Any] = list(right(ids[(n + 37) % students]))
        else:
            answers, wanted[student] = KINDS[n % 10](student, random.Random(n))
        returned.append(sent(folder, student, answers))
    graded_ones = list(graded(folder, returned, processes=2))
    results = beside_each_other(folder, graded_ones)
    cells = 0
    for n, (student, result) in enumerate(zip(ids, results, strict=True)):
        assert isinstance(result, Graded)
        assert result.student is not None
        assert result.student.id == student
        kinds = {flag.kind for flag in result.flags}
        if n % 10 == 9:
            (words,) = (f.words for f in result.flags if f.kind == "another's answers")
            assert ids[(n + 37) % students] in words
            assert ANOTHERS in {mark.note for mark in result.marks}
            continue
        got = [mark.status for mark in result.marks]
        assert got == wanted[student], (student, KINDS[n % 10].__name__)
        assert kinds == ({"texts for numbers"} if n % 10 == 8 else set())
        cells += len(got)
    assert cells == students // 10 * 9 * 61


def test_each_cell_is_graded_as_it_was_made() -> None:
    check_class(40)


@pytest.mark.prove
def test_a_thousand_are() -> None:
    check_class(1000)
