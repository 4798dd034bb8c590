"""What follows from a student's own numbers: by the tree, and by IronCalc from our formulas."""

from __future__ import annotations

import numpy as np
import pytest

from xlconv.classroom.engine import Engine, number
from xlconv.classroom.worlds import same
from xlconv.errors import XlconvError
from xlconv.grid.values import EMPTY
from xlconv.layers.layer import Layer
from xlconv.lessons.exercise import Exercise

from .sheets import engine, formulas_of, task_of

ASKS = {
    "distribute": ("stamps", "output"),
    "one_dimension": ("stamps", "output", "by_collecting"),
    "collect": ("turned", "output", "by_distributing"),
    "matrix": ("flat_input", "flat_output", "output"),
    "channels": ("parts", "output"),
    "gniddap": (
        "turned",
        "output_0",
        "trimmed_0",
        "by_collecting_0",
        "output_1",
        "by_collecting_1",
    ),
    "sedirts": ("stamps", "output", "by_collecting"),
    "phases": ("output", "distribute_output"),
}
"""Eight views, and blocks of each that follow from one another."""


def some_layer(rng: np.random.Generator, view: str) -> Layer:
    rank = 1 if view == "one_dimension" else 2
    channels = (2, 2) if view == "channels" else (1, 1)
    sizes, kernel = rng.integers(1, 4, rank), rng.integers(1, 4, rank)
    x = rng.integers(-4, 6, (channels[0], *sizes)).astype(float)
    w = rng.integers(-4, 6, (*channels, *kernel)).astype(float)
    bias = rng.integers(-2, 3, channels[1]).astype(float) if rng.random() < 0.3 else None
    stride, padding = int(rng.integers(1, 4)), int(rng.integers(0, 2))
    return Layer.of(x, w, bias=bias, stride=stride, padding=padding, batch=None, rank=rank)


def follow(view: str, seed: int, calc: Engine) -> tuple[int, int]:
    """How many blanks of a random sheet there are, and in how many the two differ.

    Raises XlconvError where there is no such sheet.
    """
    rng = np.random.default_rng(seed)
    layer = some_layer(rng, view)
    blocks = {b.name for b in task_of(view, layer, ()).exercise.sheet.blocks}
    task = task_of(view, layer, [block for block in ASKS[view] if block in blocks])
    exercise: Exercise = task.exercise
    truth = exercise.run()
    count = len(truth)
    own = truth + np.where(rng.random(count) < 0.3, rng.integers(-9, 10, count), 0)
    own = np.where(own == 0, EMPTY, own)
    tree, ours = exercise.run(own), formulas_of(task)
    calc.begin(task.base)
    cells = {at: float(n) for at, n in zip(exercise.places, own, strict=True)}
    calc.put(cells, [])
    differ = 0
    for paint in sorted(set(exercise.order)):
        blanks = [k for k in range(count) if exercise.order[k] == paint and ours[k]]
        places = [exercise.places[k] for k in blanks]
        values = calc.put({exercise.places[k]: [f"={ours[k]}"] for k in blanks}, places)
        differ += sum(not same(number(v), tree[k]) for k, v in zip(blanks, values, strict=True))
        calc.put({exercise.places[k]: float(own[k]) for k in blanks}, [])
    return count, differ


def check(sheets: int) -> int:
    seen = blanks = 0
    with engine() as calc:
        for seed in range(10 * sheets):
            view = list(ASKS)[seen % len(ASKS)]
            try:
                count, differ = follow(view, seed, calc)
            except XlconvError:
                continue
            if count:
                assert (differ, view, seed) == (0, view, seed)
                seen, blanks = seen + 1, blanks + count
            if seen == sheets:
                return blanks
    raise AssertionError(f"{seen} sheets alone")


def test_the_tree_follows_as_an_engine_does() -> None:
    assert check(16) > 300


@pytest.mark.prove
def test_it_does_on_a_hundred_sheets_and_more() -> None:
    print(f"{check(160)} blanks of 160 sheets")
