"""Pages on which something is asked, and returned sheets as students fill them in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from xlconv.checking.cells import Cell
from xlconv.classroom.answers import answers_of
from xlconv.classroom.engine import Engine
from xlconv.classroom.grading import marks_of
from xlconv.classroom.marks import Mark
from xlconv.classroom.task import Task
from xlconv.grid.places import Place
from xlconv.grid.references import text
from xlconv.layers.layer import Layer
from xlconv.lessons.build import layer_lesson
from xlconv.lessons.drawing import draw
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.lesson import Ask, Classroom

LAYER = Layer.of([[3, 1], [2, 4]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]], stride=2)
"""2×2 by 3×3: 36 stamps and 25 outputs."""


def task_of(
    view: str = "distribute",
    layer: Layer = LAYER,
    ask: Sequence[str] = ("stamps", "output"),
    answer: str = "either",
    **classroom: Any,
) -> Task:
    """A view of a layer with blanks on it."""
    sheet = draw(layer_lesson(layer, [view]), 0)
    return Task.of(Exercise(sheet, Ask(tuple(ask), answer)), Classroom(**classroom), seed=7)


def given_of(task: Task, seed: int = 0) -> dict[str, Any]:
    """A student's own numbers: 1 to 5, as a class gets them."""
    rng = np.random.default_rng(seed)
    roles = {block.name: block.role for block in task.exercise.sheet.blocks}
    return {
        name: rng.integers(1, 6, cells.shape).astype(float)
        for name, cells in task.exercise.givens.items()
        if roles[name] in ("input", "kernel", "bias")
    }


def truth_of(task: Task, given: Mapping[str, Any]) -> Any:
    task.exercise.give(given)
    return task.exercise.run()


def formulas_of(task: Task) -> list[str]:
    """Our own formula of each blank."""
    painted = (task.exercise.paint_of(k) for k in range(len(task.exercise.places)))
    return [text(paint, index) for paint, index in painted]


def returned(task: Task, given: Mapping[str, Any], answers: Sequence[object]) -> dict[Place, Cell]:
    """The sheet as it comes back: a text that begins with = is a formula, None an empty cell."""
    cells = {at: Cell(None, float(str(number))) for at, number in task.put(given).items()}
    for at, answer in zip(task.exercise.places, answers, strict=True):
        if isinstance(answer, str) and answer.startswith("="):
            cells[at] = Cell(answer[1:], None)
        elif answer is not None:
            cells[at] = Cell(None, answer if isinstance(answer, str) else float(answer))  # type: ignore[arg-type]
    return cells


def graded(
    task: Task, given: Mapping[str, Any], theirs: Mapping[Place, Cell], engine: Engine | None
) -> list[Mark]:
    return marks_of(answers_of(task, given, theirs, engine))


@contextmanager
def engine() -> Iterator[Engine]:
    """IronCalc, as long as it is needed."""
    made = Engine()
    try:
        yield made
    finally:
        made.close()
