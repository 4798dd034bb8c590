"""One sheet of one student: what each blank is worth, and why."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xlconv.checking.typed import as_text
from xlconv.classroom.answers import Answers
from xlconv.classroom.formulas import Formula, Refused
from xlconv.classroom.marks import NOT_FOUND, Mark, Note
from xlconv.grid.places import a1
from xlconv.lessons.lesson import Classroom

TEXTS = {"quoted": Note("why_quoted"), "digits": Note("why_digits"), "": Note("why_text")}
"""What is said of what is no number, by its kind."""

SHARES: dict[str, Callable[[Classroom], float]] = {
    "right": lambda _: 1.0,
    "right here only": lambda classroom: classroom.here_only,
    "follows": lambda classroom: classroom.follow,
    "follows here only": lambda classroom: classroom.follow * classroom.here_only,
}
"""What a cell is worth, by its status; with any other it is worth nothing."""


def marks_of(answers: Answers) -> list[Mark]:
    """A mark for each blank of a sheet."""
    untouched = _untouched(answers)
    return [_mark(answers, k, untouched) for k in range(len(answers.own))]


def _mark(answers: Answers, blank: int, untouched: set[str]) -> Mark:
    exercise = answers.task.exercise
    at = exercise.places[blank]
    block = exercise.blanks[at]
    formula = answers.formulas.get(blank)
    status: str
    note: Note | None = None
    if isinstance(formula, Refused):
        status, note = "refused", formula.why
    elif block in untouched:
        status = "empty"
    elif formula is None and _as_handed_out(answers, blank):
        status = NOT_FOUND
    else:
        status, note = _status(answers, blank)
    got, typed = answers.own[blank], answers.typed.get(blank)
    worth = SHARES.get(status)
    return Mark(
        answers.task.name,
        a1(at),
        block,
        status,
        None if typed is None else float(got) if np.isfinite(got) else str(typed)[:80],
        float(answers.truth[blank]),
        formula.shown[:400] if formula else None,
        note,
        worth(answers.task.classroom) if worth else 0.0,
    )


def _status(answers: Answers, blank: int) -> tuple[str, Note | None]:
    """What a blank is, and what is said of it."""
    formula, typed = answers.formulas.get(blank), answers.typed.get(blank)
    if not np.isfinite(answers.own[blank]):
        return _no_number(typed, formula is not None)
    right = answers.is_same(blank, answers.truth[blank])
    if not right and not answers.is_same(blank, answers.follows[blank]):
        return "wrong", None
    if not right and answers.trivial[blank]:
        return "follows trivially", Note("why_trivial")
    if formula is None and answers.task.exercise.ask.answer == "formula":
        return "a number, no formula", Note("why_formula")
    if blank not in answers.chance:
        return ("right" if right else "follows"), None
    alone = isinstance(formula, Formula) and not formula.areas
    note = Note("why_no_cell" if alone else "why_here")
    return ("right here only" if right else "follows here only"), note


def _no_number(typed: object, computed: bool) -> tuple[str, Note | None]:
    if typed in (None, "") and not computed:
        return "empty", None
    if isinstance(typed, str) and typed.startswith("#"):
        return "an error", Note("why_error", typed[:20])
    if isinstance(typed, str):
        return "no number", TEXTS[as_text(typed, "")]
    return "no number", None


def _as_handed_out(answers: Answers, blank: int) -> bool:
    """Whether a cell still holds the mistake that was to be found."""
    exercise = answers.task.exercise
    return bool(exercise.mistake) and answers.own[blank] == exercise.untouched[blank] != 0


def _untouched(answers: Answers) -> set[str]:
    """Blocks whose blanks hold nothing but zeros, or nothing, though not all of them are 0.

    Some programs write empty cells as 0, and a zero in each cell is no answer.
    """
    blocks = list(answers.task.exercise.blanks.values())
    touched = {
        block
        for k, block in enumerate(blocks)
        if k in answers.formulas or answers.typed.get(k) not in (None, "", 0.0)
    }
    some = {block for k, block in enumerate(blocks) if answers.truth[k]}
    return some - touched
