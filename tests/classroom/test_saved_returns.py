"""One return, saved by other programs and with what they lose: the same marks, and no flag."""

from __future__ import annotations

from functools import cache

import pytest

from xlconv.classroom.grade_all import graded
from xlconv.classroom.marks import Graded, Note
from xlconv.classroom.naming import Who
from xlconv.classroom.returned import Return

from ..edited import checked, wrong
from .handouts import class_of, sent, task
from .programs import PROGRAMS, Program, shared
from .sheets import formulas_of
from .test_students import meets, right


@cache
def answers() -> list[object]:
    """Numbers, formulas, a slip and what follows from it, an error, an empty cell."""
    told: list[object] = [*right("s0000")]
    told[3] = right("s0000")[3] + 4
    told[meets(3)] = f"={formulas_of(task())[meets(3)]}"
    told[40:50] = [f"={text}" for text in formulas_of(task())[40:50]]
    told[51], told[52], told[53] = None, "=1/0", f"={right('s0000')[53]:.0f}+0"
    return told


@cache
def returned() -> bytes:
    return sent(class_of(2), "s0000", answers()).data


Told = list[tuple[str, str, float, Note | None]]


def marks(data: bytes) -> tuple[Told, list[str]]:
    """What is said of each blank, and the flags."""
    (one,) = graded(class_of(2), [Return(Who(), "x.xlsx", data)])
    assert isinstance(one, Graded), one
    told = [(mark.cell, mark.status, mark.share, mark.note) for mark in one.marks]
    return told, [f"{flag.kind}: {flag.words}" for flag in one.flags]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_return_has_the_same_marks_however_it_was_saved(program: Program) -> None:
    told, flags = marks(returned())
    assert {status for _, status, _, _ in told} == {
        "right",
        "wrong",
        "follows",
        "empty",
        "an error",
        "right here only",
    }
    assert flags == []
    assert marks(program(returned())) == (told, [])


@pytest.mark.parametrize("program", PROGRAMS)
def test_check_says_nothing_of_blanks(program: Program) -> None:
    """Filled with numbers, formulas, an error and what is wrong; or still empty.

    What follows from them may be stale: not every program computes.
    """
    filled_in = [returned()]
    if program is not shared:  # which changes what was filled in
        filled_in.append(sent(class_of(2), "s0000", [None] * 61).data)
    for data in filled_in:
        found = wrong(checked(program(data)))
        assert [one for one in found if one.kind != "stale"] == []
