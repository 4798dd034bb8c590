"""Which formulas are printed under a figure."""

from __future__ import annotations

import numpy as np

from xlconv.grid.cells import Cell
from xlconv.grid.theme import MONOSPACE
from xlconv.lessons.build import build
from xlconv.paper.drawing import drawn
from xlconv.paper.formulas import says_most, typical, with_room
from xlconv.paper.page import Text


def test_what_a_block_says_again_from_its_own_place_is_not_printed() -> None:
    first = Cell(2, 0, formula="A1*2", block="first")
    again = Cell(7, 3, formula="D6*2", block="again")
    other = Cell(9, 0, formula="A1*2", block="other")
    printed = [words for _, words in typical([first, again, other], 80)]
    assert printed == ["A3: =A1*2", "A10: =A1*2"]


def test_formulas_stand_in_rows_that_the_sheet_leaves_empty() -> None:
    shown = 0
    for sheet in build("matrix").sheets:
        filled = {cell.row for cell in sheet.cells()}
        grids = [block.cells for block in sheet.blocks]
        inside = {grid.cell(index)[0] for grid in grids for index in np.ndindex(grid.shape)}
        _, told = with_room(sheet)
        assert (filled | inside).isdisjoint(told)
        shown += len(told)
    assert shown > 5


def test_a_formula_is_read_from_the_left_whatever_the_sheet() -> None:
    for sheet in (
        build("matrix").sheets[1],
        build("transposed-convolutions", language="ar").sheets[4],
    ):
        read = [one for page in drawn(sheet, formulas=True) for one in page.read]
        told = [one for one in read if isinstance(one, Text) and one.look.font == MONOSPACE]
        assert told
        assert not any(one.leftward for one in told)


def test_of_formulas_that_say_as_much_the_one_in_the_middle_is_printed() -> None:
    block = [Cell(row, n, formula="A1*B1", block="a") for row in (4, 5, 6) for n in (7, 8, 9)]
    chosen = says_most(block, 80)
    assert (chosen.row, chosen.column) == (5, 8)
