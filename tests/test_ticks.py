"""Ticks: right answers tick, wrong ones are told, and an empty sheet is neither."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain
from zipfile import ZipFile

import numpy as np
import pytest
from openpyxl import load_workbook

from xlconv.errors import XlconvError
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.lesson import Classroom
from xlconv.lessons.read import load_lesson
from xlconv.lessons.ticks import groups
from xlconv.lessons.translation import load_translation, translated
from xlconv.lessons.worksheet import KEY, worksheet_lesson

from .engines import ironcalc_engine, libreoffice_engine
from .engines.cached import cached_values, formulas
from .engines.engine import Changes, Values
from .engines.need import needs
from .engines.package import cell_name
from .engines.strip import with_values
from .layers import LAYERS, numbered, random_layers
from .pages import FIXED_VIEWS
from .worksheets import can_be_asked, drawn, right, typed, worksheet


def tick_cells(made: bytes) -> list[tuple[str, str]]:
    """The cells with ticks, in the order of the file."""
    return [
        (sheet, cell)
        for sheet, cells in formulas(made).items()
        for cell, formula in cells.items()
        if re.match(r"IFERROR\(IF\((COUNT|SUM)\(", formula)
    ]


def text_of(data: bytes, part: str) -> str:
    with ZipFile(BytesIO(data)) as archive:
        return archive.read(part).decode()


def ticks(made: bytes, changes: Changes) -> list[object]:
    """What IronCalc's ticks say once this is typed."""
    return said(made, ironcalc_engine.recalculate(made, changes))


def said(made: bytes, got: Values) -> list[object]:
    """What the ticks of a file say, where a program has computed it."""
    return [got[sheet][cell] for sheet, cell in tick_cells(made)]


def grouped(one: Exercise) -> list[list[int]]:
    """The blanks of each tick."""
    return [[n for run in group.runs for n in run] for group in groups(one, "row", 2)]


def asked(layer: Layer, rng: np.random.Generator) -> tuple[Exercise, bytes] | None:
    """A sheet of a view of this layer with a block asked for, if its answers have a tick."""
    for view in rng.permutation(FIXED_VIEWS):
        try:
            names = can_be_asked(str(view), layer)
        except XlconvError:  # no such view of this layer
            continue
        if names:
            one, made = drawn(worksheet(str(view), layer, [str(rng.choice(names))]))
            if tick_cells(made):
                return one, made
    return None


@dataclass(frozen=True)
class Typed:
    """What is typed into a sheet, and what its ticks say then, in whatever order."""

    made: bytes
    changes: Changes
    ticks: Sequence[float]


def told_apart(one: Exercise, made: bytes, rng: np.random.Generator) -> Iterator[Typed]:
    """A sheet left empty, filled with right answers, and with wrong ones of each kind."""
    answers, listed = right(one), grouped(one)
    count = len(tick_cells(made))
    assert count == len(listed)
    assert {cached_values(made)[one.sheet.name][c] for _, c in tick_cells(made)} == {0}
    yield Typed(made, {}, [0] * count)
    yield Typed(made, typed(one, list(answers)), [1] * count)
    blanks = listed[int(rng.integers(count))]
    a, b = (int(n) for n in rng.choice(blanks, 2, replace=False))
    by = float(rng.integers(1, 9))
    one_wrong, two_wrong, swapped = answers.copy(), answers.copy(), answers.copy()
    one_wrong[a] += by
    two_wrong[[a, b]] += by, -by
    swapped[[a, b]] = answers[[b, a]]
    wrongs = [one_wrong, two_wrong, *([swapped] if answers[a] != answers[b] else [])]
    for wrong in wrongs:
        yield Typed(made, typed(one, list(wrong)), [-1] + [1] * (count - 1))
    worded: list[float | str | None] = list(answers)
    worded[a] = "text"
    yield Typed(made, typed(one, worded), [0] + [1] * (count - 1))


def over_layers(seed: int, count: int) -> Iterator[list[Typed]]:
    """What is typed into sheets of random layers, sheet by sheet."""
    rng = np.random.default_rng(seed)
    for layer in random_layers(seed, count):
        whole = numbered(layer, int(rng.integers(1000)))
        if (found := asked(whole, rng)) is not None:
            yield list(told_apart(*found, rng))


def sorted_ticks(case: Typed, got: Values) -> list[float]:
    return sorted(float(str(tick)) for tick in said(case.made, got))


def test_ticks_tell_right_from_wrong() -> None:
    sheets = list(over_layers(5, 4))
    assert len(sheets) >= 2
    for case in chain.from_iterable(sheets):
        assert (
            sorted_ticks(case, ironcalc_engine.recalculate(case.made, case.changes)) == case.ticks
        )


@pytest.mark.prove
@needs("LibreOffice", libreoffice_engine.available())
@pytest.mark.parametrize("part", range(6))  # so that several processes share them
def test_ticks_tell_right_from_wrong_in_two_programs_over_many_layers(part: int) -> None:
    tried, batch = 0, list[Typed]()
    for cases in over_layers(6 + part, 50):
        tried += 1
        for case in cases:
            got = ironcalc_engine.recalculate(case.made, case.changes)
            assert sorted_ticks(case, got) == case.ticks
        batch += cases
        if len(batch) > 150:
            agreed_by_libreoffice(batch)
            batch.clear()
    agreed_by_libreoffice(batch)
    assert tried >= 25


def agreed_by_libreoffice(cases: list[Typed]) -> None:
    files = [with_values(case.made, case.changes) for case in cases]
    for case, got in zip(cases, libreoffice_engine.recalculate_many(files), strict=True):
        assert sorted_ticks(case, got) == case.ticks


def rounding(digits: int, seed: int) -> None:
    """A sheet of numbers with many decimals: what is rounded ticks, what is further off never."""
    rng = np.random.default_rng([digits, seed])
    x, w = rng.normal(0, 3, (2, 3)), rng.normal(0, 1, (3, 2))
    layer = Layer.of(x, w, stride=int(rng.integers(1, 3)))
    one, made = drawn(worksheet("distribute", layer, ["output"], digits=digits))
    unit, answers, listed = 10.0**-digits, right(one), grouped(one)
    rounded = answers.round(digits)
    assert ticks(made, typed(one, list(rounded))) == [1] * len(listed)
    for n, blanks in enumerate(listed):
        stated = unit * len(blanks)
        a = int(rng.choice(blanks))
        wrong, beside = rounded.copy(), [b for b in blanks if b != a]
        # the others are off by all that rounding allows, to make up for the mistake
        wrong[a] = answers[a] + 1.01 * stated
        wrong[beside] = answers[beside] - 0.49 * unit
        got = ticks(made, typed(one, list(wrong)))
        assert [float(str(tick)) for tick in got] == [-1 if m == n else 1 for m in range(len(got))]
    heads = {coat.cells.memory.flat[0] for coat in one.sheet.coats if coat.role == "note"}
    assert f"Output  ±{unit * max(map(len, listed)):.3g}" in heads
    ideas = [coat.cells.memory.flat[0] for coat in one.sheet.coats if coat.role == "idea"]
    assert f"Write {digits} decimals" in " ".join(map(str, ideas))


@pytest.mark.parametrize("digits", [1, 2, 3, 4])
def test_rounded_answers_tick_and_mistakes_over_the_stated_interval_do_not(digits: int) -> None:
    rounding(digits, 0)


@pytest.mark.prove
@pytest.mark.parametrize("digits", [1, 2, 3, 4])
def test_rounded_answers_tick_over_many_layers(digits: int) -> None:
    for seed in range(1, 26):
        rounding(digits, seed)


def test_answers_that_are_exact_with_few_decimals_are_told_exactly() -> None:
    layer = Layer.of([[0.5, 1.5], [2, 3.5]], [[1, 0.5], [2.5, 3]])
    one, made = drawn(worksheet("distribute", layer, ["output"], digits=2))
    answers = right(one)
    assert ticks(made, typed(one, list(answers))) == [1] * len(grouped(one))
    for n in range(len(answers)):
        wrong = answers.copy()
        wrong[n] += 0.01
        assert -1 in ticks(made, typed(one, list(wrong)))


@pytest.mark.parametrize("whole", [True, False])
def test_a_tick_too_long_for_a_formula_is_in_parts(whole: bool) -> None:
    """Of a whole block of a large layer at once, by IronCalc and LibreOffice."""
    rng = np.random.default_rng(5)
    x, w = rng.integers(1, 9, (8, 8)), rng.integers(1, 9, (3, 3))
    layer = Layer.of(x if whole else x / 7, w, stride=2)
    one, made = drawn(worksheet("distribute", layer, ["stamps"], check="sheet"))
    answers = right(one).round(2)
    (group,) = groups(one, "sheet", 2)
    wrong: list[float | str | None] = [*answers]
    empty: list[float | str | None] = [*answers]
    wrong[group.runs[-1][0]] = answers[group.runs[-1][0]] + 2 * group.overlooked + 1
    empty[group.runs[-1][0]] = None
    files = [with_values(made, typed(one, told)) for told in ([*answers], wrong, empty)]
    assert [ticks(file, {}) for file in files] == [[1], [-1], [0]]
    assert [said(made, got) for got in libreoffice_engine.recalculate_many(files)] == [
        [1],
        [-1],
        [0],
    ]
    assert "A sum too long for one formula" in text_of(made, "xl/sharedStrings.xml")


def test_a_tick_is_called_what_its_block_is_called() -> None:
    _, made = drawn(worksheet("collect", LAYERS["plain"], ["turned", "output", "by_distributing"]))
    book = load_workbook(BytesIO(made))
    texts = {str(v) for sheet in book for row in sheet.values for v in row}
    assert {"Kernel turned by 180°", "Output", "The same by distributing"} <= texts
    assert {f"Collect: {t}" for t in ("Output", "The same by distributing")} <= texts
    assert not {"turned", "output", "by_distributing"} & texts


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
    assert {"Stempel", "Ausgabe", "Dasselbe durch Einsammeln"} <= set(told[0])
    assert not any(re.search("[a-z]_[a-z]", text) for texts in told for text in texts)


def test_a_class_gets_no_numbers_whose_sums_are_not_exact() -> None:
    assert Classroom(high=10_000)
    with pytest.raises(XlconvError, match=r"range must be .* up to 10000, got"):
        Classroom(high=10_001)
