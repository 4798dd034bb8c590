"""One dimension: a staircase for each pair of channels, and both ways to one output."""

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.layers.layer import Layer

from .engines import formulon_engine, ironcalc_engine
from .engines.cached import cached_values
from .engines.compare import differences
from .engines.engine import Engine
from .layers import LAYERS, random_layers, transposed
from .pages import covered, file, page, read, texts

ROWS = [LAYERS["row"], LAYERS["rows"]] + [
    layer for layer in random_layers(71, 60) if layer.geometry.rank == 1
]


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
def test_rows_of_any_channels_are_the_definition(engine: Engine) -> None:
    assert sum(len(layer.input) > 1 for layer in ROWS) > 5
    sheets = [page("one_dimension", layer, name=f"L{n}") for n, layer in enumerate(ROWS)]
    built = file(*sheets)
    got = engine.recalculate(built)
    assert differences(cached_values(built), got, engine=engine.name) == []
    for layer, sheet in zip(ROWS, sheets, strict=True):
        assert covered(sheet) == []
        for block in ("output", "by_collecting"):
            np.testing.assert_allclose(read(got, sheet, block), transposed(layer), 1e-9, 1e-12)
        assert "both views agree  ✓" in texts(got, sheet).values()


def test_each_staircase_is_the_stamps_of_its_pair_of_channels() -> None:
    layer = Layer.of([[1, 2], [3, 4]], [[[1, 10], [2, 20]], [[3, 30], [4, 40]]], stride=2)
    sheet = page("one_dimension", layer)
    stamps = next(block.cells for block in sheet.blocks if block.name == "stamps")
    assert stamps.value[1, 0].tolist() == [[9, 90], [12, 120]]
    said = {(cell.row, cell.column): cell.value for cell in sheet.cells()}
    for i in range(2):
        for o in range(2):
            row, column = stamps[i, o].origin
            assert said[row - 1, column] == f"w[{i},{o}]"
    assert "How many stamps of each input channel reach a cell" in said.values()


def test_long_kernels_and_inputs_find_room() -> None:
    for size, kernel_size in ((20, 3), (3, 20), (30, 30)):
        layer = Layer.of(np.arange(size), np.arange(kernel_size))
        assert covered(page("one_dimension", layer)) == []


def test_layer_of_two_axes_is_told_where_to_go() -> None:
    with pytest.raises(XlconvError, match="needs a layer of one axis, got 2: use the views dist"):
        page("one_dimension", LAYERS["plain"])
