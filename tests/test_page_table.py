"""The rows of a sheet as rows of HTML."""

from __future__ import annotations

import re

from xlconv.grid.theme import Look
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.page.style import line


def test_every_row_has_as_many_columns_as_its_sheet() -> None:
    book = build(Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2), views=["collect"])
    (sheet,) = book.sheets
    rows = re.findall(r'<tr height="\d+">(.*?)</tr>', book.to_html().decode())
    assert len(rows) > 10
    for row in rows:
        cells = re.findall(r"<td([^>]*)>", row)
        assert sum(int((re.findall(r'colspan="(\d+)"', told) or ["1"])[0]) for told in cells) == (
            sheet.columns
        )


def test_a_line_is_drawn_through_a_text_or_under_it() -> None:
    looks = [Look(), Look(underline=True), Look(strike=True), Look(underline=True, strike=True)]
    assert [line(look) for look in looks] == ["", "underline", "line-through", "line-through"]


def test_only_what_is_indented_has_room_before_it() -> None:
    page = build("matrix").to_html().decode()
    assert re.search(r"padding-left:[1-9]", page)
    assert not re.search(r"padding-(?:\w+:0|None)", page)
