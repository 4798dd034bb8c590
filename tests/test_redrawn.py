"""A sheet that is drawn again is read as every program would read it."""

from __future__ import annotations

import pytest

from tests.edited import cells_of
from xlconv.checking.origin import elsewhere
from xlconv.checking.redrawn import contents, mark
from xlconv.lessons.drawing import draw
from xlconv.lessons.shipped import lesson_names
from xlconv.xlsx.cells import chunks


@pytest.mark.parametrize("name", lesson_names())
def test_contents_are_what_a_parser_of_xml_finds(name: str) -> None:
    origin = elsewhere(lesson=name)
    assert origin is not None
    for number, page in enumerate(origin.lesson.pages):
        if not page.view:
            continue
        sheet = draw(origin.lesson, number)
        rows = (xml for xml, _ in chunks(sheet, lambda *_: 0, {}))
        told = {place: cell for place, cell in cells_of(rows) if mark(cell)}
        assert contents(sheet) == told
