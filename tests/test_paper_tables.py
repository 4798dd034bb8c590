"""The blocks of a sheet as tables on paper, for who has them read aloud."""

from __future__ import annotations

import pytest

from xlconv.layers.layer import Layer
from xlconv.paper.drawing import drawn
from xlconv.paper.page import Table

from .pages import page


def test_a_table_is_as_large_as_its_rows_and_columns() -> None:
    sheet = page("collect", Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2))
    tables = [one for each in drawn(sheet) for one in each.read if isinstance(one, Table)]
    assert len(tables) > 3
    for table in tables:
        assert sum(table.widths) == pytest.approx(table.box.wide)
        assert sum(table.heights) == pytest.approx(table.box.high)
