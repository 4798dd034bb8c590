"""What comes next: sheets that feed sheets, blanks, another way to draw, chosen channels."""

from html import escape
from itertools import groupby

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.figures.sums import drawn
from xlconv.figures.words import WORDS
from xlconv.grid.places import a1
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.claims import check_claims
from xlconv.lessons.drawing import view_function

from .engines import ironcalc_engine
from .engines.cached import cached_values
from .engines.compare import differences
from .layers import transposed
from .pages import file, page, read

FIRST = Layer.of([[1, 2], [3, 4]], np.arange(9).reshape(3, 3), stride=2, padding=1)


def test_a_sheet_reads_the_output_of_another_sheet() -> None:
    one = page("collect", FIRST, name="One")
    output = next(block.cells for block in one.blocks if block.name == "output")
    second = Layer.of(output.value, [[1, -1], [2, 0]], stride=2)
    two = drawn(
        lambda: Sheet("Two", "distribute", WORDS, given={"input": output}),
        lambda sheet: view_function("distribute")(sheet, second),
    )
    check_claims(two)
    copy = next(block for block in two.blocks if block.name == "input")
    assert copy.role == "copy"
    formulas = [cell.formula for cell in two.cells() if cell.block == "input"]
    assert formulas[0] == f"'One'!{a1(output.origin)}"
    built = file(one, two)
    got = ironcalc_engine.recalculate(built)
    assert differences(cached_values(built), got, engine="ironcalc") == []
    assert (read(got, two, "output") == transposed(second)).all()


def test_any_block_can_be_left_blank() -> None:
    sheet = page("gniddap", FIRST)
    for asked in sheet.blocks:
        blank = [cell for cell in sheet.cells() if cell.block == asked.name]
        whole = {asked.cells.cell(index) for index in np.ndindex(asked.cells.shape)}
        assert {(cell.row, cell.column) for cell in blank} <= whole
        if not asked.name.endswith("_full"):  # whose inner cells are those of the output
            assert len(blank) == len(whole)


def html(sheet: Sheet) -> str:
    """A page with a sheet's numbers, and their formulas where the mouse rests."""
    page, rows = "", groupby(sheet.cells(), key=lambda cell: cell.row)
    for _, row in rows:
        cells = (f"<td title='{escape(c.formula)}'>{escape(str(c.value))}</td>" for c in row)
        page += f"<tr>{''.join(cells)}</tr>"
    return page


def test_a_sheet_is_drawn_without_xml() -> None:
    sheet = page("collect", FIRST)
    drawn_page = html(sheet)
    cached = cached_values(file(sheet))[sheet.name]
    values = {(cell.row, cell.column): cell.value for cell in sheet.cells() if cell.formula}
    assert drawn_page.count("SUMPRODUCT(") == 25 + 1  # of the output, and whether both agree
    assert len(values) == len(cached)


def test_chosen_channels_bring_what_they_bring_in_the_whole_layer() -> None:
    rng = np.random.default_rng(3)
    layer = Layer.of(
        rng.integers(-4, 5, (3, 4, 4)), rng.integers(-4, 5, (3, 5, 2, 3)), bias=range(5), stride=2
    )
    parts = [layer.part([i], [1, 4]) for i in range(3)]
    added = sum(transposed(part) for part in parts) - 2 * np.array([1, 4])[:, None, None]
    assert (added == transposed(layer)[[1, 4]]).all()


def test_chosen_channels_of_groups_keep_their_groups() -> None:
    rng = np.random.default_rng(4)
    layer = Layer.of(rng.integers(-4, 5, (6, 3, 3)), rng.integers(-4, 5, (6, 2, 2, 2)), groups=3)
    part = layer.part([0, 1, 4, 5], [0, 5])
    assert part.geometry.groups == 2
    assert (transposed(part) == transposed(layer)[[0, 5]]).all()
    for ins, outs in (([0], [2]), ([0, 1, 2], [0, 2]), ([], [0]), ([9], [0])):
        with pytest.raises(XlconvError):
            layer.part(ins, outs)
