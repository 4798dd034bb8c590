"""Empty cells: what is computed beside them is what programs compute beside empty cells."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from openpyxl import load_workbook

from xlconv.grid.expr import call, joined
from xlconv.grid.marks import Blank
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import EMPTY
from xlconv.layers.layer import Layer

from .engines import ironcalc_engine
from .engines.cached import cached_values
from .engines.compare import differences
from .layers import LAYERS
from .pages import FIXED_VIEWS, file
from .worksheets import can_be_asked, drawn, worksheet


def test_functions_see_an_empty_cell_as_programs_do() -> None:
    sheet = Sheet("S", "")
    x = sheet.memory((0, 0), (3,), steps=((1, 0),))
    x[...] = [7.0, -3.0, 0.0]
    sheet.blanks.append(Blank(x[:1]))
    x[:1].memory[...] = EMPTY
    apart = x[:2].area() - x[1:].area()
    formulas = {
        "MAX": call("MAX", x[0], x[1]),
        "MIN": call("MIN", x[0], 5),
        "all empty": call("MAX", x[0], x[0]),
        "COUNT": call("COUNT", x.area()),
        "zeros": call("COUNTIF", x.area(), 0),
        "others": call("COUNTIF", x.area(), "<>1"),
        "ISNUMBER": call("ISNUMBER", x[0]),
        "no text": x[0].equals(""),
        "zero": x[0].equals(0),
        "text": joined(x[0], "x"),
        "through IF": joined(call("IF", x[0].equals(0), x[0], 1), "x"),
        "sum as text": joined(x[0] + 0, "x"),
        "product of zero": call("MAX", x[2] * x[1], x[1]),
        "squares": call("SUMPRODUCT", apart * apart),
    }
    for row, formula in enumerate(formulas.values()):
        sheet.formula((row, 3), formula)
    got = cached_values(file(sheet))["S"]
    # as IronCalc and LibreOffice both say
    wanted = [-3.0, 5.0, 0.0, 2.0, 1.0, 3.0, False, True, True, "x", "x", "0x", 0.0, 18.0]
    assert [got[f"D{row + 1}"] for row in range(len(wanted))] == wanted
    assert differences({"S": got}, ironcalc_engine.recalculate(file(sheet))) == []


@pytest.mark.parametrize("view", FIXED_VIEWS)
def test_a_sheet_shows_beside_blanks_what_a_program_computes(view: str) -> None:
    rng = np.random.default_rng(3)
    tried = 0
    for layer in (LAYERS["plain"], LAYERS["channels"], LAYERS["row"], LAYERS["dilated"]):
        try:
            names = can_be_asked(view, layer)
        except ValueError:  # no such view of this layer
            continue
        if not names:
            continue
        picked = [str(name) for name in rng.permutation(names)[:3]]
        picked[0] += "[..., ::2]"
        _, made = drawn(worksheet(view, layer, picked))
        assert differences(cached_values(made), ironcalc_engine.recalculate(made)) == []
        tried += 1
    assert tried or view in ("bilinear", "upsampling")  # which take no such layers


def test_blanks_hold_neither_formula_nor_value() -> None:
    one, made = drawn(worksheet("distribute", LAYERS["plain"], ["output"]))
    sheet = load_workbook(BytesIO(made))[one.sheet.name]
    assert {sheet.cell(r + 1, c + 1).value for r, c in one.places} == {None}
    assert len({sheet.cell(r + 1, c + 1).border.left.style for r, c in one.places}) == 1


def test_a_tick_counts_more_ranges_than_a_function_takes() -> None:
    # every second cell of a block is a range of its own: more than 255 of them
    layer = Layer.of(np.ones((30, 20)), np.ones((2, 2)))
    one, made = drawn(worksheet("distribute", layer, ["output[..., ::2]"], "sheet"))
    assert len(one.places) > 255
    assert differences(cached_values(made), ironcalc_engine.recalculate(made)) == []
