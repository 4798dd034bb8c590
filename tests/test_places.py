"""Every view, drawn in every way: places hang on shapes alone, never on what a cell says."""

import numpy as np
import pytest

from xlconv.figures.paper import PAGE_COLUMNS
from xlconv.figures.sums import drawn
from xlconv.figures.words import WORDS
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.drawing import fit, view_function

from .engines import formulon_engine, ironcalc_engine
from .layers import LAYERS
from .pages import LAYER_VIEWS, cut, file, page, pages, turned

MANY = Layer.of(np.ones((200, 2, 2)), np.ones((200, 1, 3, 3)), stride=2, bias=[1])
VOLUME = Layer.of(np.ones((1, 2, 3, 3)), np.ones((1, 1, 2, 3, 3)), stride=2)
SERVED = [*LAYERS.values(), MANY, VOLUME] if isinstance(LAYERS, dict) else [*LAYERS, MANY, VOLUME]


def sheet_of(view: str, layer: Layer, **given: object) -> Sheet:
    with np.errstate(all="ignore"):
        sheet = drawn(
            lambda: Sheet(view, view, WORDS, **given),  # type: ignore[arg-type]
            lambda sheet: view_function(view)(sheet, layer),
        )
    if not sheet.plan:
        fit(sheet)
    return sheet


def places(sheet: Sheet) -> list[Place | None]:
    return [corner.place for corner in sheet.corners]


@pytest.mark.parametrize("view", LAYER_VIEWS)
def test_places_are_those_of_a_plan_and_of_any_numbers(view: str) -> None:
    for layer, sheet in pages(view, SERVED, sheet_of):
        others = {
            block.name: np.zeros(block.cells.shape)
            for block in sheet.blocks
            if block.role in {"input", "kernel", "bias", "control", "parameter"}
        }
        other, plan = sheet_of(view, layer, given=others), sheet_of(view, layer, plan=True)
        assert places(other) == places(plan) == places(sheet)
        assert (other.columns, other.annex) == (sheet.columns, sheet.annex)
        assert plan.columns >= sheet.columns  # of sums it knows no more than how long they may be


@pytest.mark.parametrize("view", LAYER_VIEWS)
def test_no_text_is_cut_by_what_stands_beside_it(view: str) -> None:
    for _, sheet in pages(view, SERVED, sheet_of):
        assert cut(sheet) == []


@pytest.mark.parametrize("view", ["gniddap", "upsampling", "frameworks", "output_padding"])
def test_page_is_no_wider_than_paper_where_its_parts_are_not(view: str) -> None:
    for layer in (VOLUME, Layer.of(np.ones((5, 6)), np.ones((4, 4)), stride=3)):
        widest = max(corner.before[1] + corner.after[1] for corner in sheet_of(view, layer).corners)
        if widest <= PAGE_COLUMNS:
            assert sheet_of(view, layer).columns <= PAGE_COLUMNS + 2


@pytest.mark.parametrize("size", range(4, 10))
def test_rows_of_the_matrix_and_of_its_product_are_the_same(size: int) -> None:
    sheet = sheet_of("matrix", Layer.of(np.ones((size, size)), np.ones((3, 3))))
    tops = {block.name: block.cells.origin[0] for block in sheet.blocks}
    assert tops["flat_output"] == tops["matrix_transposed"]


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine])
def test_text_in_a_control_of_channels_is_told_in_words(engine: object) -> None:
    layer = Layer.of(np.ones((1, 3, 3)), np.ones((1, 2, 2, 2)), stride=2)
    sheet = page("collect", layer)
    (name,) = (block.name for block in sheet.blocks if block.name == "look_channel")
    (cell,) = turned(sheet, {name: 0.0})
    values = engine.recalculate(file(sheet), {cell: "x"})  # type: ignore[attr-defined]
    said = [v for v in values[sheet.name].values() if isinstance(v, str)]
    assert any(text.startswith("there is no such cell") for text in said)
    assert not any("#VALUE" in text for text in said)
