"""Ticks: right answers tick, wrong ones are told, and an empty sheet is neither."""

from __future__ import annotations

import numpy as np
import pytest

from xlconv.errors import LimitError, XlconvError
from xlconv.layers.layer import Layer
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.ticks import groups

from .engines import ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.engine import Changes
from .layers import numbered, random_layers
from .pages import FIXED_VIEWS
from .worksheets import can_be_asked, drawn, right, typed, worksheet


def tick_cells(made: bytes) -> list[tuple[str, str]]:
    """The cells with ticks, in the order of the file."""
    return [
        (sheet, cell)
        for sheet, cells in formulas(made).items()
        for cell, formula in cells.items()
        if formula.startswith("IFERROR(IF(COUNT(")
    ]


def ticks(made: bytes, changes: Changes) -> list[object]:
    """What IronCalc's ticks say once this is typed."""
    got = ironcalc_engine.recalculate(made, changes)
    return [got[sheet][cell] for sheet, cell in tick_cells(made)]


def grouped(one: Exercise) -> list[list[int]]:
    """The blanks of each tick."""
    return [[n for run in group.runs for n in run] for group in groups(one, "row")]


def asked(layer: Layer, rng: np.random.Generator) -> tuple[Exercise, bytes] | None:
    """A sheet of a view of this layer with a block asked for, if its answers have a tick."""
    for view in rng.permutation(FIXED_VIEWS):
        try:
            names = can_be_asked(str(view), layer)
        except XlconvError:  # no such view of this layer
            continue
        if names:
            try:
                one, made = drawn(worksheet(str(view), layer, [str(rng.choice(names))]))
            except LimitError:  # a tick of so many products is longer than a formula may be
                continue
            if tick_cells(made):
                return one, made
    return None


def told_apart(one: Exercise, made: bytes, rng: np.random.Generator) -> None:
    """Every tick of a sheet, with right answers and with wrong ones of each kind."""
    answers, listed = right(one), grouped(one)
    count = len(tick_cells(made))
    assert count == len(listed)
    assert {cached_values(made)[one.sheet.name][c] for _, c in tick_cells(made)} == {0}
    assert ticks(made, {}) == [0] * count
    assert ticks(made, typed(one, list(answers))) == [1] * count
    blanks = listed[int(rng.integers(count))]
    a, b = (int(n) for n in rng.choice(blanks, 2, replace=False))
    by = float(rng.integers(1, 9))
    one_wrong, two_wrong, swapped = answers.copy(), answers.copy(), answers.copy()
    one_wrong[a] += by
    two_wrong[[a, b]] += by, -by
    swapped[[a, b]] = answers[[b, a]]
    wrongs = [one_wrong, two_wrong, *([swapped] if answers[a] != answers[b] else [])]
    for wrong in wrongs:
        got = ticks(made, typed(one, list(wrong)))
        assert sorted(map(float, got)) == [-1] + [1] * (count - 1)  # type: ignore[arg-type]
    worded: list[float | str | None] = list(answers)
    worded[a] = "text"
    assert sorted(map(float, ticks(made, typed(one, worded)))) == [0] + [1] * (count - 1)  # type: ignore[arg-type]


def over_layers(seed: int, count: int) -> int:
    rng, tried = np.random.default_rng(seed), 0
    for layer in random_layers(seed, count):
        whole = numbered(layer, int(rng.integers(1000)))
        if (found := asked(whole, rng)) is not None:
            told_apart(*found, rng)
            tried += 1
    return tried


def test_ticks_tell_right_from_wrong() -> None:
    assert over_layers(5, 20) >= 10


@pytest.mark.prove
def test_ticks_tell_right_from_wrong_over_many_layers() -> None:
    assert over_layers(6, 300) >= 150
