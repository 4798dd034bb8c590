"""Whether a lesson has room in every program: what is known before anything is computed."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from xlconv.errors import LimitError
from xlconv.grid.limits import SHEETS_CELLS
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer
from xlconv.layers.way_out import refusal
from xlconv.lessons.drawing import draw
from xlconv.lessons.lesson import Lesson

EASY = 4_000
"""Cells of a layer's input, kernel and full output that surely find room."""


def check_room(lesson: Lesson, easy: int = EASY) -> None:
    """Refuse a layer that no program has room for, before anything is computed from it.

    easy  cells of a layer up to which it is not looked at

    Raises XlconvError that names the limit, and how large the parameter at fault may be.
    """
    layers = [page.layer for page in lesson.pages if page.layer is not None]
    largest = max(layers, key=_cells, default=None)
    if largest is None or _cells(largest) <= easy:
        return
    excess, at = _excess(lesson)
    if not excess:
        return
    own = lesson.pages[at].layer if at is not None else largest
    assert own is not None

    def fits(geometry: Geometry) -> bool:
        smaller = Layer.planned(geometry, own.bias is not None)
        pages = (replace(p, layer=smaller) if p.layer is own else p for p in lesson.pages)
        return not _excess(replace(lesson, pages=tuple(pages)), at)[0]

    raise refusal(excess, own.geometry, fits)


def _cells(layer: Layer) -> int:
    g = layer.geometry
    return prod(g.input_shape) + prod(g.weight_shape) + prod(g.canvas_shape)


def _excess(lesson: Lesson, first: int | None = None) -> tuple[str, int | None]:
    """The first limit that a lesson's sheets pass, in words, and the number of the page at fault.

    first  the page that is looked at before the others

    returns  no words where there is room; no page where all sheets together have none
    """
    cells = 0
    for number in sorted(range(len(lesson.pages)), key=lambda n: n != first):
        layer = lesson.pages[number].layer
        if layer is not None:
            try:
                sheet = draw(lesson, number, plan=True)
            except LimitError as error:
                return error.needs, number
            cells += max(sheet.rows * sheet.columns, prod(layer.geometry.input_shape))
    if cells > SHEETS_CELLS:
        return f"the workbook needs {cells} cells; Google Sheets has {SHEETS_CELLS}", None
    return "", None
