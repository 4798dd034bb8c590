"""Sums too long for one formula: in parts beside the figure, and right in the programs."""

from typing import Any

import numpy as np
import pytest

from xlconv.figures.sums import drawn
from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.layers.model import conv
from xlconv.lessons.build import build
from xlconv.lessons.claims import check_claims
from xlconv.views.convolution import convolution

from .engines import formulon_engine, ironcalc_engine, libreoffice_engine
from .engines.cached import cached_values, formulas
from .engines.compare import differences
from .engines.engine import ERROR_VALUES
from .engines.need import needs
from .layers import transposed
from .pages import claimed, covered, file, page, read, texts


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(-4, 6, shape)


WIDE = Layer.of(numbers(200, 2, 2), numbers(200, 1, 3, 3), stride=2, bias=[1])
ROW = Layer.of(numbers(300, 3), numbers(300, 2, 4), stride=2, padding=1)
MANY = Layer.of(numbers(1, 2, 2), numbers(1, 300, 2, 2))

SMALL = Layer.of(numbers(300, 2, 2), numbers(300, 1, 2, 2), stride=2)

SERVED = [
    (view, WIDE)
    for view in (
        "why", "distribute", "collect", "gniddap", "sedirts", "channels", "phases", "checkerboard",
        "upsampling", "output_padding", "frameworks",
    )
] + [
    ("one_dimension", ROW), ("collect", MANY), ("frameworks", MANY), ("phases", SMALL),
]  # fmt: skip


@pytest.mark.parametrize(("view", "layer"), SERVED, ids=lambda v: v if isinstance(v, str) else "")
def test_layer_of_many_channels_is_served(view: str, layer: Layer) -> None:
    sheet = page(view, layer)
    built = file(sheet)
    assert max(len(text) for text in formulas(built)[sheet.name].values()) <= 8192
    assert covered(sheet) == []
    got = ironcalc_engine.recalculate(built)
    assert differences(cached_values(built), got, engine="ironcalc") == []
    for block in sheet.blocks:
        operation, own = claimed(block) or ("", layer)
        if operation == "conv_transpose":
            truth = transposed(own)
            np.testing.assert_array_equal(read(got, sheet, block.name), truth)


@pytest.mark.parametrize("view", ["collect", "checkerboard"])
def test_parts_are_right_in_formulon(view: str) -> None:
    sheet = page(view, WIDE)
    built = file(sheet)
    got = formulon_engine.recalculate(built)
    assert differences(cached_values(built), got, engine="formulon") == []
    np.testing.assert_array_equal(read(got, sheet, "output"), transposed(WIDE))


@needs("LibreOffice", libreoffice_engine.available())
def test_parts_are_right_in_libreoffice() -> None:
    sheet = page("collect", WIDE)
    built = file(sheet)
    got = libreoffice_engine.recalculate(built)
    assert differences(cached_values(built), got, engine="libreoffice") == []
    np.testing.assert_array_equal(read(got, sheet, "output"), transposed(WIDE))


def test_parts_say_what_they_are_of_and_stand_beside_the_figure() -> None:
    sheet = page("why", WIDE)
    output = next(block for block in sheet.blocks if block.name == "output")
    (range_,) = output.ranges()
    told = [str(t) for p in sheet.paints if p.formula is None for t in p.cells.memory.flat]
    assert any(text.startswith(f"The sums in {range_}, too long for one formula") for text in told)
    assert sheet.columns > output.cells.cell((0, 4, 4))[1] + 3


def test_short_sums_have_no_parts() -> None:
    sheet = page("collect", Layer.of(numbers(8, 3, 3), numbers(8, 2, 3, 3)))
    assert not sheet.again
    assert sheet.annex_end == (0, 0)


def test_lesson_of_a_layer_draws_its_parts() -> None:
    (sheet,) = build(WIDE, views=["why"]).sheets
    assert sheet.annex_end > (0, 0)
    assert build(WIDE, views=["why"]).to_bytes()


# ------------------------------------------------------------------------ sums in words


def convolved(**given: Any) -> Sheet:
    sheet = drawn(
        lambda: Sheet("C", "convolution", WORDS), lambda sheet: convolution(sheet, **given)
    )
    check_claims(sheet)
    return sheet


@pytest.mark.parametrize(
    ("x", "w", "products"),
    [
        ((2, 4, 4, 4), (4, 2, 2, 2, 2), 16),
        ((4, 5, 5), (3, 4, 3, 3), 36),
        ((6, 4, 4), (64, 3, 3, 3), 27),
    ],
)
def test_convolution_says_a_sum_of_many_products(
    x: tuple[int, ...], w: tuple[int, ...], products: int
) -> None:
    given = {"input": numbers(*x).tolist(), "weight": numbers(*w).tolist()}
    if x[0] > w[1]:
        given["groups"] = x[0] // w[1]
    sheet = convolved(**given)
    built = file(sheet)
    got = ironcalc_engine.recalculate(built)
    assert differences(cached_values(built), got, engine="ironcalc") == []
    truth = conv(Convolution.of(**given))
    np.testing.assert_array_equal(read(got, sheet, "output"), truth)
    lines = [str(text) for text in texts(got, sheet).values() if "*" in str(text)]
    y, _, terms = "".join(lines).partition(" = ")
    pairs = [tuple(map(float, pair.split("*"))) for pair in terms.split(" + ")]
    assert len(pairs) == products
    assert sum(a * b for a, b in pairs) == float(y)
    assert not set(ERROR_VALUES) & set(texts(got, sheet).values())


def test_sum_that_is_too_long_to_be_read_is_said_to_be() -> None:
    for sheet in (
        convolved(input="8x5x5", weight="2x8x3x3"),
        page("collect", Layer.of(numbers(10, 2, 2), numbers(10, 1, 3, 3))),
    ):
        told = [str(t) for p in sheet.paints if p.formula is None for t in p.cells.memory.flat]
        count = 72 if sheet.view == "convolution" else 90
        assert WORDS["no_words"].format(count=count) in told
