"""Sentences about empty blanks claim nothing: no number, and no verdict."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from openpyxl import load_workbook

from xlconv.grid.grid import Grid
from xlconv.grid.places import Place
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.unsaid import UNSAID

from .engines import ironcalc_engine
from .layers import LAYERS
from .pages import FIXED_VIEWS
from .worksheets import can_be_asked, drawn, right, typed, worksheet


def words(one: Exercise) -> dict[Place, str]:
    """What formulas say, in words or in a number that may be words; not how many ticks."""
    return {
        paint.cells.cell(index): str(paint.cells.memory[index])
        for paint in one.sheet.paints
        if paint.formula is not None and paint.cells.memory.dtype == object
        for index in np.ndindex(paint.cells.shape)
        if str(paint.cells.memory[index])[:2] != "0/"
    }


@pytest.mark.parametrize("view", FIXED_VIEWS)
def test_what_a_sentence_says_of_an_empty_blank_is_left_out(view: str) -> None:
    """Tried by filling it in: what changes then hung on it."""
    for layer in (LAYERS["plain"], LAYERS["row"], LAYERS["channels"]):
        try:
            names = can_be_asked(view, layer)
        except ValueError:  # no such view of this layer
            continue
        for name in names:
            one, _ = drawn(worksheet(view, layer, [name], check="none"))
            one.run(one.untouched, whole=True)
            empty = words(one)
            one.run(whole=True)
            full = words(one)
            hung = [(empty[at], full[at]) for at in empty if empty[at] != full[at]]
            assert [pair for pair in hung if UNSAID not in pair[0] or UNSAID in pair[1]] == []


def test_the_sum_in_words_says_its_number_as_soon_as_its_own_cell_is_filled() -> None:
    """Read by IronCalc: the other cells of the output stay empty."""
    one, data = drawn(worksheet("collect", LAYERS["plain"], ["output"]))
    looked_at = {name: int(cells.memory.item()) for name, cells in _looks(one).items()}
    wide = one.grids[0][1].shape[-1]
    which = looked_at["look_row"] * wide + looked_at["look_column"]
    number = right(one)[which]
    found = []
    for filled in (False, True):
        answers = [number if filled and n == which else None for n in range(len(one.places))]
        cells = ironcalc_engine.recalculate(data, typed(one, answers))[one.sheet.name]
        found += [v for v in cells.values() if isinstance(v, str) and " = " in v and "*" in v]
    assert [said.split(" = ")[0] for said in found if "y[" not in said] == ["…", f"{number:g}"]


def _looks(one: Exercise) -> dict[str, Grid]:
    return {b.name: b.cells for b in one.sheet.blocks if b.name.startswith("look_")}


def test_no_light_is_lit_by_an_empty_blank() -> None:
    """Their conditions count the blanks first."""
    _, data = drawn(worksheet("collect", LAYERS["plain"], ["output"]))
    sheet = load_workbook(BytesIO(data)).worksheets[0]
    rules = [rule.formula[0] for area in sheet.conditional_formatting for rule in area.rules]
    verdicts = [rule for rule in rules if "1E-9" in rule]
    assert len(verdicts) == 1
    assert verdicts[0].startswith("AND(NOT(COUNT($")
