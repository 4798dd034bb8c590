"""Which formulas are printed under a figure."""

from __future__ import annotations

from xlconv.grid.cells import Cell
from xlconv.paper.formulas import typical


def test_what_a_block_says_again_from_its_own_place_is_not_printed() -> None:
    first = Cell(2, 0, formula="A1*2", block="first")
    again = Cell(7, 3, formula="D6*2", block="again")
    other = Cell(9, 0, formula="A1*2", block="other")
    printed = [words for _, words in typical([first, again, other], 80)]
    assert printed == ["A3: =A1*2", "A10: =A1*2"]
