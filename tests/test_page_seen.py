"""The frames of blocks, as the cells of a page have them."""

from __future__ import annotations

import pytest

from xlconv.grid.marks import Frame
from xlconv.grid.sheet import Sheet
from xlconv.page.seen import BOTTOM, LEFT, RIGHT, TOP, seen


@pytest.mark.parametrize(
    ("step", "first", "inner", "last"),
    [
        ((0, 1), TOP | BOTTOM | LEFT, TOP | BOTTOM, TOP | BOTTOM | RIGHT),
        ((1, 0), LEFT | RIGHT | TOP, LEFT | RIGHT, LEFT | RIGHT | BOTTOM),
    ],
    ids=["row", "column"],
)
def test_a_row_or_a_column_has_lines_all_around(
    step: tuple[int, int], first: int, inner: int, last: int
) -> None:
    assert len({first, inner, last}) == 3
    sheet = Sheet("Sheet")
    sheet.frames.append(Frame(sheet.memory((1, 1), (3,), steps=(step,))))
    assert [one.dress.edges for one in seen(sheet)] == [first, inner, last]
