"""Ticks: right answers tick, wrong ones are told, and an empty sheet is neither."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from xlconv.errors import LimitError, XlconvError
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.read import load_lesson
from xlconv.lessons.ticks import groups
from xlconv.lessons.translation import load_translation, translated
from xlconv.lessons.worksheet import KEY, worksheet_lesson

from .engines import ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.engine import Changes
from .engines.package import cell_name
from .layers import LAYERS, numbered, random_layers
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


def with_key(view: str, layer: Layer, name: str) -> tuple[tuple[Exercise, bytes], ...]:
    """A worksheet as it is handed out, and its key."""
    lesson = worksheet(view, layer, [name])
    return drawn(lesson), drawn(replace(lesson, form=KEY))


CASES = [
    ("distribute", "plain", "output"),
    ("collect", "plain", "output"),
    ("one_dimension", "row", "output"),
    ("channels", "channels", "output"),
    ("phases", "strided", "output"),
]


@pytest.mark.parametrize(("view", "kind", "name"), CASES)
def test_formulas_that_are_right_tick_for_any_numbers(view: str, kind: str, name: str) -> None:
    _, (one, key) = with_key(view, LAYERS[kind], name)
    cells = tick_cells(key)
    assert cells
    rng = np.random.default_rng(8)
    other: dict[tuple[str, str], float | str] = {
        (one.sheet.name, cell_name(row + 1, column + 1)): float(rng.integers(-99, 99))
        for grid in one.givens.values()
        for row, column in map(grid.cell, np.ndindex(grid.shape))
    }
    before, after = ironcalc_engine.recalculate(key), ironcalc_engine.recalculate(key, other)
    assert ticks(key, other) == [1] * len(cells)
    blanks = [cell_name(row + 1, column + 1) for row, column in one.places]
    moved = [before[one.sheet.name][at] != after[one.sheet.name][at] for at in blanks]
    assert any(moved)  # the numbers do matter


@pytest.mark.parametrize(("view", "kind", "name"), CASES)
def test_the_key_is_the_same_sheet_with_the_answers(view: str, kind: str, name: str) -> None:
    (one, made), (key, keyed) = with_key(view, LAYERS[kind], name)
    assert one.places == key.places
    told = [
        [(b.name, b.role, b.cells.origin, b.cells.shape) for b in e.sheet.blocks]
        for e in (one, key)
    ]
    assert told[0] == told[1]
    assert tick_cells(made) == tick_cells(keyed)
    assert {cached_values(keyed)[sheet][cell] for sheet, cell in tick_cells(keyed)} == {1}
    blanks = {cell_name(row + 1, column + 1) for row, column in one.places}
    assert formulas(keyed)[one.sheet.name].keys() - formulas(made)[one.sheet.name].keys() == blanks


def test_what_a_box_is_of_is_said_in_the_words_of_the_language() -> None:
    lesson = translated(load_lesson("worksheet"), load_translation("de"))
    row, *others = build(worksheet_lesson(lesson)).sheets[1:8]
    told = [[str(c.value) for c in s.cells() if c.role == "note"] for s in (row, *others)]
    assert {"Stempel", "Ausgabe", "durch Einsammeln"} <= set(told[0])
    assert not any(re.search("[a-z]_[a-z]", text) for texts in told for text in texts)
