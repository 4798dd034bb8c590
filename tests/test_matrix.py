"""The matrix view: C transposed, y = C^T x, and C itself, as the engines compute them."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Array, Layer
from xlconv.layers.model import matrix as model_matrix
from xlconv.lessons.build import build, layer_lesson
from xlconv.lessons.drawing import draw
from xlconv.views.matrix import matrix

from .engines import formulon_engine, ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.compare import differences
from .engines.engine import Engine, Values
from .layers import LAYERS, numbered, random_layers, taps, transposed
from .pages import cells, file, page, read, turned, typed

every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


def defined(layer: Layer) -> Array:
    """C transposed, one weight at a time: row of output cell, column of input cell."""
    y = transposed(layer)
    c = np.zeros((*y.shape, *layer.input.shape))
    for o, *r in np.ndindex(*y.shape):
        for i, *rest in taps(layer, o, tuple(r)):
            place, offset = rest[: len(r)], rest[len(r) :]
            c[(o, *r, i, *place)] += layer.weight[(i, o % layer.weight.shape[1], *offset)]
    return c.reshape(y.size, layer.input.size)


def met(layer: Layer) -> NDArray[np.bool_]:
    """Where C transposed has a weight, even a weight of 0."""
    ones = Layer(layer.input, np.ones_like(layer.weight), None, layer.geometry)
    return defined(ones) > 0


def seen(values: Values, sheet: Sheet) -> tuple[Array, NDArray[np.bool_]]:
    """C transposed as an engine computes it, and which of its cells are formulas."""
    y, x = (len(cells(sheet, name)) for name in ("flat_output", "flat_input"))
    addresses = cells(sheet, "matrix_transposed")
    numbers = [values[sheet.name].get(cell, 0.0) for cell in addresses]
    there = [cell in values[sheet.name] for cell in addresses]
    return np.array(numbers, float).reshape(y, x), np.array(there).reshape(y, x)


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
@pytest.mark.parametrize("seed", range(6))
def test_random_layers_have_the_matrix_of_the_definition(engine: Engine, seed: int) -> None:
    for layer in random_layers(300 + seed, 9):
        sheet = page("matrix", layer)
        built = file(sheet)
        got = engine.recalculate(built)
        assert differences(cached_values(built), got, engine=engine.name) == []
        numbers, live = seen(got, sheet)
        np.testing.assert_allclose(numbers, defined(layer), rtol=1e-12)
        np.testing.assert_array_equal(live, met(layer))
        y = transposed(layer)
        for block in ("output", "by_distributing"):
            np.testing.assert_allclose(read(got, sheet, block), y, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(
            read(got, sheet, "flat_output"), y.ravel(), rtol=1e-9, atol=1e-12
        )
        if any(block.name == "matrix" for block in sheet.blocks):
            np.testing.assert_allclose(read(got, sheet, "matrix"), defined(layer).T, rtol=1e-12)


@every_layer
def test_model_matrix_is_that_of_the_definition(layer: Layer) -> None:
    np.testing.assert_allclose(model_matrix(layer), defined(layer), rtol=1e-12)


@every_layer
def test_matrix_follows_other_numbers(layer: Layer) -> None:
    before, other = page("matrix", layer), numbered(layer, 5)
    got = ironcalc_engine.recalculate(file(before), typed(before, other))
    np.testing.assert_allclose(seen(got, before)[0], defined(other), rtol=1e-12)
    np.testing.assert_allclose(
        read(got, before, "output"), transposed(other), rtol=1e-9, atol=1e-12
    )


def test_entry_is_a_reference_and_a_row_is_one_sumproduct() -> None:
    sheet = page("matrix", Layer.of([3, 1], [1, 2]))
    texts = formulas(file(sheet))[sheet.name]
    entries = [texts.get(cell, "0") for cell in cells(sheet, "matrix_transposed")]
    first, second = cells(sheet, "kernel")

    def absolute(cell: str) -> str:
        return f"${cell[0]}${cell[1:]}"

    assert entries == [
        absolute(first),
        "0",
        absolute(second),
        absolute(first),
        "0",
        absolute(second),
    ]
    a, b = cells(sheet, "matrix_transposed")[:2]
    x0, x1 = cells(sheet, "flat_input")
    row = f"SUMPRODUCT({a}:{b},{x0[0]}${x0[1:]}:{x1[0]}${x1[1:]})"
    assert texts[cells(sheet, "flat_output")[0]] == row


@pytest.mark.parametrize("name", ["strided", "dilated", "groups", "row", "rows", "cube"])
def test_looked_at_row_lights_up_with_the_inputs_it_meets(name: str) -> None:
    layer = LAYERS[name]
    sheet, y = page("matrix", layer), transposed(layer)
    built, rank = file(sheet), layer.geometry.rank
    flat = cells(sheet, "flat_input")
    names = [f"look_{axis}" for axis in ("depth", "row", "column")[-rank:]]
    chosen = list(np.ndindex(*y.shape))
    for o, *at in chosen[:: max(1, len(chosen) // 8)]:
        dials = dict(zip(names, map(float, at), strict=True))
        if len(y) > 1:
            dials["look_channel"] = float(o)
        lit = ironcalc_engine.conditional(built, turned(sheet, dials))[sheet.name]
        wanted = {
            flat[int(np.ravel_multi_index((c, *rest[:rank]), layer.input.shape))]
            for c, *rest in taps(layer, o, tuple(at))
        }
        assert {cell for cell in flat if cell in lit} == wanted
        row = int(np.ravel_multi_index((o, *at), y.shape))
        output = cells(sheet, "flat_output")
        assert [cell for cell in output if cell in lit] == [output[row]]
        matrix_cells = np.reshape(cells(sheet, "matrix_transposed"), (y.size, len(flat)))
        assert {cell for cell in matrix_cells.flat if cell in lit} == set(matrix_cells[row])


def test_tint_of_an_entry_is_that_of_its_weight() -> None:
    layer = LAYERS["strided"]
    sheet = page("matrix", layer)
    kernel = next(coat for coat in sheet.coats if coat.role == "kernel")
    place = {cell: n for n, cell in enumerate(cells(sheet, "kernel"))}
    texts, tinted = formulas(file(sheet))[sheet.name], dict[tuple[int, int], int]()
    for coat in sheet.coats:
        tints = np.broadcast_to(coat.tint, coat.cells.shape)
        for index in np.ndindex(coat.cells.shape):
            tinted[coat.cells.cell(index)] = int(tints[index])
    block = next(block for block in sheet.blocks if block.name == "matrix_transposed")
    addresses = cells(sheet, "matrix_transposed")
    weights = np.broadcast_to(kernel.tint, kernel.cells.shape).ravel()
    for index, address in zip(product(*map(range, block.cells.shape)), addresses, strict=True):
        weight = texts.get(address, "").replace("$", "")
        assert tinted[block.cells.cell(index)] == (weights[place[weight]] if weight else -1)


def test_c_is_shown_where_it_fits_or_is_asked_for() -> None:
    def names(layer: Layer, **options: bool) -> set[str]:
        sheet = Sheet("Matrix", words=WORDS)
        matrix(sheet, layer, **options)  # type: ignore[arg-type]
        return {block.name for block in sheet.blocks}

    wide = Layer.of(np.ones((6, 6)), np.ones((3, 3)))
    assert "matrix" in names(LAYERS["plain"])
    assert "matrix" not in names(wide)
    assert "matrix" in names(wide, forward=True)
    assert "matrix" not in names(LAYERS["plain"], forward=False)


def test_too_wide_a_matrix_is_refused_with_the_largest_input_that_fits() -> None:
    with pytest.raises(XlconvError) as refused:
        page("matrix", Layer.of(np.zeros((144, 144)), [[1.0]]))
    assert refused.value.parameter == "input"
    assert str(refused.value) == (
        "matrix view needs 429981696 cells; 1000000 are the most: use an input of at most 31x31"
    )
    with pytest.raises(XlconvError, match="1048576 cells; 1000000 are the most"):
        page("matrix", Layer.of(np.zeros((32, 32)), [[1.0]]))


def test_crop_that_leaves_nothing_of_a_smaller_input_is_named() -> None:
    with pytest.raises(
        XlconvError, match="columns; Excel has 16384: use a smaller input and a padding nearer"
    ):
        build(Layer.of(np.zeros(20736), [1.0], padding=[[20734, 0]]), views="matrix")


def test_too_many_cells_are_refused_with_the_largest_input_that_fits() -> None:
    with pytest.raises(XlconvError) as refused:
        page("matrix", Layer.of(np.zeros((40, 40)), np.ones((3, 3))))
    assert str(refused.value) == (
        "matrix view needs 2822400 cells; 1000000 are the most: use an input of at most 30x30"
    )
    assert refused.value.parameter == "input"
    with pytest.raises(XlconvError, match="use an input of at most 30x30"):
        page("matrix", Layer.of(np.zeros((31, 31)), np.ones((3, 3))))
    page("matrix", Layer.of(np.zeros((30, 30)), np.ones((3, 3))))


def test_plan_shows_one_output_channel_and_takes_the_room_of_all() -> None:
    few, more = (
        layer_lesson(Layer.of(np.ones((2, 3)), np.ones((2, n, 3)), bias=np.ones(n)), ["matrix"])
        for n in (3, 40)
    )
    plan, drawn = (draw(few, 0, plan=plan) for plan in (True, False))
    assert (plan.rows, plan.columns, plan.terms) == (drawn.rows, drawn.columns, drawn.terms)
    assert len(plan.lights) == len(draw(more, 0, plan=True).lights) < len(drawn.lights)


def test_channels_alone_can_be_too_many() -> None:
    with pytest.raises(
        XlconvError, match="1210000 cells; 1000000 are the most: use at most 909 input channels"
    ):
        page("matrix", Layer.of(np.zeros((1100, 1)), np.zeros((1100, 1100, 1))))
