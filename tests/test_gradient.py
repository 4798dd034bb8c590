"""The gradient view: the backward pass by transposed convolution and by nudging every pixel."""

from typing import Any

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Array, Layer
from xlconv.views.gradient import gradient

from .engines import formulon_engine, ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.compare import differences
from .engines.engine import ERROR_VALUES, Engine, Values
from .layers import LAYERS, numbered, random_layers, taps, transposed
from .pages import cells, file, page, read, texts, turned, typed


def convolved(image: Array, layer: Layer) -> Array:
    """The plain convolution of an image with a layer's weight, from its definition."""
    g, weight = layer.geometry, layer.weight
    result = np.zeros(layer.input.shape)
    filters, width = weight.shape[1], len(weight) // g.groups
    for o, *i in np.ndindex(*result.shape):
        for f, *u in np.ndindex(*weight.shape[1:]):
            at = [a.stride * i[n] + a.dilation * u[n] - a.padding[0] for n, a in enumerate(g.axes)]
            if all(0 <= r < size for r, size in zip(at, image.shape[1:], strict=True)):
                result[(o, *i)] += image[(o // width * filters + f, *at)] * weight[(o, f, *u)]
    return result


def slopes(image: Array, layer: Layer) -> Array:
    """By how much L grows with each pixel: L is linear, so one whole step tells."""
    found = np.zeros(image.shape)
    for at in np.ndindex(*image.shape):
        one = np.zeros(image.shape)
        one[at] = 1
        found[at] = (layer.input * convolved(one, layer)).sum()
    return found


def suited(layer: Layer) -> bool:
    small = all(axis.output_padding < axis.stride for axis in layer.geometry.axes)
    return small and transposed(layer).size <= 50


def plain(layer: Layer) -> Layer:
    return Layer(layer.input, layer.weight, None, layer.geometry)


def pictured(sheet: Sheet) -> Array:
    return np.array(next(block.cells.value for block in sheet.blocks if block.name == "image"))


def assert_holds(got: Values, sheet: Sheet, image: Array, layer: Layer, rtol: float) -> None:
    wanted, result = slopes(image, layer), convolved(image, layer)
    np.testing.assert_allclose(read(got, sheet, "gradient"), wanted, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        read(got, sheet, "gradient"), transposed(layer), rtol=rtol, atol=rtol
    )
    np.testing.assert_allclose(read(got, sheet, "differences"), wanted, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(read(got, sheet, "result"), result, rtol=1e-9, atol=1e-12)
    loss = (layer.input * result).sum()
    for block in ("loss", "dot_result", "dot_image"):
        np.testing.assert_allclose(read(got, sheet, block), loss, rtol=1e-9, atol=1e-9)
    said = texts(got, sheet).values()
    assert WORDS["gradients_agree"] in said
    assert WORDS["dots_agree"] in said


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
@pytest.mark.parametrize("seed", range(4))
def test_random_layers_have_both_gradients_of_the_definition(engine: Engine, seed: int) -> None:
    layers = [plain(layer) for layer in random_layers(400 + seed, 90) if suited(layer)]
    ranks = [[layer for layer in layers if layer.geometry.rank == rank][:2] for rank in (1, 2, 3)]
    assert all(ranks)
    for layer in (layer for chosen in ranks for layer in chosen):
        sheet = page("gradient", layer)
        built = file(sheet)
        got = engine.recalculate(built)
        assert differences(cached_values(built), got, engine=engine.name) == []
        assert_holds(got, sheet, pictured(sheet), layer, 1e-9)


@pytest.mark.parametrize("name", ["plain", "row", "cube"])
@pytest.mark.parametrize("epsilon", [1000.0, -2.0, 1e-3])
def test_sheet_follows_every_number_and_epsilon(name: str, epsilon: float) -> None:
    layer = plain(LAYERS[name])
    sheet, other = page("gradient", layer), numbered(layer, 31, 0.5)
    image: Array = np.random.default_rng(3).integers(-9, 9, pictured(sheet).shape) / 4
    changes = typed(sheet, other) | turned(sheet, {"epsilon": epsilon})
    for cell, number in zip(cells(sheet, "image"), image.flat, strict=True):
        changes[sheet.name, cell] = float(number)
    got = ironcalc_engine.recalculate(file(sheet), changes)
    assert_holds(got, sheet, image, other, 1e-7)


@pytest.mark.parametrize("epsilon", [0.0, "small"])
def test_epsilon_that_is_none_gives_words_and_blanks(epsilon: float | str) -> None:
    sheet = page("gradient", Layer.of([[1, 2], [3, 4]], [[1, 2], [0, 1]]))
    (cell,) = cells(sheet, "epsilon")
    for engine in (ironcalc_engine, formulon_engine):
        got = engine.recalculate(file(sheet), {(sheet.name, cell): epsilon})
        assert not set(map(str, got[sheet.name].values())) & ERROR_VALUES
        assert {got[sheet.name][cell] for cell in cells(sheet, "differences")} == {""}
        said = texts(got, sheet).values()
        assert WORDS["epsilon_wrong"] in said
        assert WORDS["dots_agree"] in said
        assert not {WORDS["gradients_agree"], WORDS["gradients_differ"]} & set(said)


def test_sheet_drawn_again_with_an_epsilon_of_0_is_the_same() -> None:
    layer = Layer.of([[1, 2], [3, 4]], [[1, 2], [0, 1]])
    before, after = page("gradient", layer), page("gradient", layer, {"epsilon": 0})
    got = ironcalc_engine.recalculate(file(before), turned(before, {"epsilon": 0}))
    assert differences(cached_values(file(after)), got) == []


def test_epsilon_below_the_rounding_makes_the_gradients_differ() -> None:
    sheet = page("gradient", Layer.of([[1, 2], [3, 4]], [[1, 2], [0, 1]]))
    got = ironcalc_engine.recalculate(file(sheet), turned(sheet, {"epsilon": 1e-14}))
    assert WORDS["gradients_differ"] in texts(got, sheet).values()


@pytest.mark.parametrize("block", ["gradient", "dot_image"])
def test_verdicts_can_say_no(block: str) -> None:
    sheet = page("gradient", Layer.of([[1, 2], [3, 4]], [[1, 2], [0, 1]]))
    broken = {(sheet.name, cells(sheet, block)[0]): 1000.0}
    said = texts(ironcalc_engine.recalculate(file(sheet), broken), sheet).values()
    assert WORDS["dots_differ"] in said
    assert (WORDS["gradients_differ"] in said) == (block == "gradient")


@pytest.mark.parametrize("name", ["plain", "strided", "channels", "groups", "rows", "cube"])
def test_looked_at_pixel_lights_up_in_every_block(name: str) -> None:
    layer = plain(LAYERS[name])
    sheet = page("gradient", layer)
    built, image = file(sheet), pictured(sheet)
    names = [f"look_{axis}" for axis in ("depth", "row", "column")[-layer.geometry.rank :]]
    chosen = list(np.ndindex(*image.shape))
    for c, *at in chosen[:: max(1, len(chosen) // 5)]:
        dials = dict(zip(names, map(float, at), strict=True))
        if len(image) > 1:
            dials["look_channel"] = float(c)
        lit = ironcalc_engine.conditional(built, turned(sheet, dials))[sheet.name]
        place = int(np.ravel_multi_index((c, *at), image.shape))
        for block in ("image", "gradient", "differences", "losses_up", "losses_down"):
            addresses = cells(sheet, block)
            assert [cell for cell in addresses if cell in lit] == [addresses[place]]
        for block in ("images_up", "results_up", "images_down", "results_down"):
            addresses = cells(sheet, block)
            each = len(addresses) // image.size
            assert [cell for cell in addresses if cell in lit] == addresses[
                place * each : (place + 1) * each
            ]
        said = texts(ironcalc_engine.recalculate(built, turned(sheet, dials)), sheet).values()
        (slope,) = [str(text) for text in said if str(text).startswith(WORDS["slope"])]
        assert float(slope.rpartition(" = ")[2]) == pytest.approx(
            transposed(layer)[(c, *at)], abs=1e-4
        )


def test_nudged_image_differs_in_its_own_pixel_alone() -> None:
    sheet = page("gradient", plain(LAYERS["channels"]))
    image, got = pictured(sheet), ironcalc_engine.recalculate(file(sheet))
    for way, by in (("up", 0.5), ("down", -0.5)):
        moved = read(got, sheet, f"images_{way}").reshape(image.size, image.size)
        np.testing.assert_array_equal(moved - image.ravel(), by * np.eye(image.size))


def test_result_cell_is_its_products_written_out() -> None:
    layer = Layer.of([1, 2], [3, 4], padding=1, stride=2)
    sheet = page("gradient", layer)
    text = formulas(file(sheet))[sheet.name]
    x, w = cells(sheet, "image"), cells(sheet, "kernel")
    first, second = (text[cell].replace("$", "") for cell in cells(sheet, "result"))
    assert [first, second] == [f"{x[0]}*{w[1]}", f"{x[1]}*{w[0]}"]
    assert taps(layer, 0, (0,)) == [(0, 0, 1)]


def drawn(**options: Any) -> Sheet:
    sheet = Sheet("Gradient", words=WORDS)
    gradient(sheet, Layer.of([[1, 2], [3, 4]], [[1, 2], [0, 1]]), **options)
    return sheet


def test_image_is_given_or_filled() -> None:
    given = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    np.testing.assert_array_equal(pictured(drawn(image=given))[0], given)
    np.testing.assert_array_equal(pictured(drawn(image="3x3", seed=4)), pictured(drawn(seed=4)))
    assert not np.array_equal(pictured(drawn(seed=4)), pictured(drawn(seed=5)))


@pytest.mark.parametrize(
    ("options", "parameter", "said"),
    [
        (
            {"image": [[1, 2], [3, 4]]},
            "image",
            "image must have the shape of the layer's output, 1 × 3 × 3, got 2 × 2",
        ),
        ({"epsilon": 0.0}, "epsilon", "epsilon must be a number other than 0, got 0.0"),
        (
            {"epsilon": float("nan")},
            "epsilon",
            "epsilon must be a number other than 0, got nan",
        ),
    ],
)
def test_wrong_option_is_named(options: dict[str, Any], parameter: str, said: str) -> None:
    with pytest.raises(XlconvError) as refused:
        drawn(**options)
    assert (str(refused.value), refused.value.parameter) == (said, parameter)


@pytest.mark.parametrize(
    ("layer", "parameter", "said"),
    [
        (
            Layer.of([1, 2], [3, 4], dilation=3, output_padding=2, stride=2),
            "output_padding",
            "needs output_padding smaller than stride, got 2 with stride 2",
        ),
        (
            Layer.of(np.zeros((11, 11)), np.zeros((3, 3))),
            "input",
            (
                "needs 28561 cells for an image a pixel; 20000 are the most: use an input of at"
                " most 9x9"
            ),
        ),
    ],
)
def test_layer_without_such_a_view_is_refused(layer: Layer, parameter: str, said: str) -> None:
    with pytest.raises(XlconvError) as refused:
        page("gradient", layer)
    assert said in str(refused.value)
    assert refused.value.parameter == parameter


def test_largest_image_is_drawn() -> None:
    page("gradient", Layer.of(np.zeros((9, 9)), np.zeros((3, 3))))


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
def test_bias_is_left_aside_and_the_sheet_says_so(engine: Engine) -> None:
    rng = np.random.default_rng(3)
    x, w = rng.integers(-4, 5, (2, 2, 3)), rng.integers(-4, 5, (2, 3, 2, 2))
    plain, biased = (Layer.of(x, w, bias=b, stride=2) for b in (None, [5, -7, 9]))
    sheet = page("gradient", biased)
    got = engine.recalculate(file(sheet))
    for block in ("gradient", "differences"):
        np.testing.assert_allclose(read(got, sheet, block), transposed(plain), 1e-9, 1e-9)
    assert WORDS["gradients_agree"] in texts(got, sheet).values()
    written = [str(t) for p in sheet.paints if p.formula is None for t in p.cells.memory.flat]
    assert WORDS["bias_aside"] in written
    assert not [block for block in sheet.blocks if block.role == "bias"]
