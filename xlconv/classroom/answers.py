"""What stands in a student's blanks, beside what belongs there and what follows from the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from xlconv.checking.cells import Cell
from xlconv.classroom.engine import Content, Engine, FailedError, number
from xlconv.classroom.formulas import Formula, Refused, read
from xlconv.classroom.marks import Note
from xlconv.classroom.task import Given, Task
from xlconv.classroom.worlds import Worlds, same
from xlconv.frozen import frozen
from xlconv.grid.places import Place
from xlconv.grid.values import EMPTY
from xlconv.lessons.exercise import Numbers

NO_ENGINE, TOO_MUCH = Note("why_no_engine"), Note("why_too_much")
"""What is said of each formula where IronCalc is missing, and where it was ended."""

WHOLE = re.compile(r"\s*[-+]?\d{1,15}\s*")
"""A text that is one whole number, whatever the decimal mark: programs make texts of numbers."""

MOST = 20_000
"""Cells that the engine is told of beside ours."""

Told = Mapping[Place, Formula | Refused]


@frozen
class Answers:
    """A student's blanks of one sheet, by their numbers.

    typed     what stands there, or what the formula there gives
    own       the same as numbers; NaN where it is none
    truth     what belongs there
    follows   what follows from the student's own numbers above
    trivial   whether that hangs on nothing that the student has found, but on zeros alone
    formulas  those that stand there
    chance    blanks whose formulas are not right for other numbers
    """

    task: Task
    typed: Mapping[int, object]
    own: Numbers
    truth: Numbers
    follows: Numbers
    trivial: NDArray[np.bool_]
    formulas: Mapping[int, Formula | Refused]
    chance: frozenset[int] = frozenset()

    def is_same(self, blank: int, wanted: float) -> bool:
        """Whether a blank holds a number, by so many digits as are asked for."""
        typed = blank not in self.formulas
        return same(self.own[blank], wanted, self.task.classroom.digits if typed else None)


def answers_of(
    task: Task, given: Given, theirs: Mapping[Place, Cell], engine: Engine | None
) -> Answers:
    """What a student answers; formulas are tried where there is an engine.

    given   the student's own numbers: never those in the file
    theirs  the cells of the returned sheet, where ours stood
    """
    names = {name.lower(): size for name, (_, size) in task.named.items()}
    theirs = {at: _as_number(cell) if at in task.numbers else cell for at, cell in theirs.items()}
    told: Told = read({at: c for at, c in theirs.items() if at not in task.ours}, names)
    if engine is None:
        return _answers(task, given, theirs, _refused(told, NO_ENGINE), None)
    try:
        return _answers(task, given, theirs, told, engine)
    except FailedError:
        return _answers(task, given, theirs, _refused(told, TOO_MUCH), None)


def _as_number(cell: Cell) -> Cell:
    """A cell with the number that its text can only mean.

    >>> _as_number(Cell(None, " 12")).value, _as_number(Cell(None, "1,5")).value
    (12.0, '1,5')
    """
    if cell.formula is None and isinstance(cell.value, str) and WHOLE.fullmatch(cell.value):
        return cell._replace(value=float(int(cell.value)))
    return cell


def _refused(told: Told, why: Note) -> Told:
    return {at: Refused(formula.shown, why) for at, formula in told.items()}


def _answers(
    task: Task, given: Given, theirs: Mapping[Place, Cell], told: Told, engine: Engine | None
) -> Answers:
    places = task.exercise.places
    typed: dict[int, object] = {k: theirs[at].value for k, at in enumerate(places) if at in theirs}
    formulas = {k: told[at] for k, at in enumerate(places) if at in told}
    tried = {k: f for k, f in formulas.items() if isinstance(f, Formula)}
    chance: set[int] = set()
    if tried and engine is not None:
        engine.begin(task.base)
        values = engine.put(_written(task, given, theirs, told), [places[k] for k in tried])
        typed |= dict(zip(tried, values, strict=True))
        if task.exercise.ask.answer != "number":
            others = {at: f for at, f in told.items() if isinstance(f, Formula)}
            chance = Worlds(task, engine, tried, others).chance()
    own = np.array([number(typed.get(k)) for k in range(len(places))])
    truth = task.truth(given)
    follows, trivial = _following(task, own, truth)
    return Answers(task, typed, own, truth, follows, trivial, formulas, frozenset(chance))


def _written(
    task: Task, given: Given, theirs: Mapping[Place, Cell], told: Told
) -> dict[Place, Content]:
    """What the student's sheet holds beside ours, for the engine."""
    free = ((at, cell.value) for at, cell in theirs.items() if at not in task.ours)
    values = {at: value for at, value in islice(free, MOST) if value is not None}
    formulas: dict[Place, Content] = {
        at: [f"={f.text}"]
        for at, f in told.items()
        if isinstance(f, Formula) and at not in task.ours
    }
    return {**values, **task.put(given), **formulas}


def _following(task: Task, own: Numbers, truth: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """What follows from a student's own numbers, and whether only because they are zeros.

    A right number that was rounded counts as the whole one: what is right after it stays right.
    """
    digits, run = task.classroom.digits, task.exercise.run
    right = [same(mine, true, digits) for mine, true in zip(own, truth, strict=True)]
    if all(right):
        return truth, np.zeros(len(truth), dtype=bool)
    mine = np.where(right, truth, np.where(np.isnan(own), EMPTY, own))
    follows = run(mine)
    other = run(np.where(mine == 0, mine, 1.7 * mine + 0.3))
    return follows, other == follows
