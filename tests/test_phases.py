"""The phases view: small convolutions that interleave, for every layer, and for a large one."""

from dataclasses import replace
from itertools import product
from math import gcd
from typing import Any

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.grid.places import a1
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis
from xlconv.layers.layer import Array, Layer
from xlconv.layers.phase import Phase, phase_tints
from xlconv.lessons.build import build, layer_lesson
from xlconv.lessons.drawing import draw
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.read import load_lesson
from xlconv.views.phases import HAND, phases

from .engines import formulon_engine, ironcalc_engine
from .engines.engine import Changes, Engine, Values
from .layers import LAYERS, numbered, random_layers, transposed
from .pages import cells, file, read, texts, typed


def page(layer: Layer, name: str = "phases", *, small: bool = False) -> Sheet:
    sheet = Sheet(name, "phases", WORDS)
    phases(sheet, layer, small=small)
    return sheet


def image(size: int) -> Layer:
    x = np.random.default_rng(size).integers(0, 5, (size, size))
    return Layer.of(x, np.arange(16).reshape(4, 4) % 7, stride=2, padding=1)


def tints(sheet: Sheet, block: str) -> dict[str, int]:
    """The tint of each cell of a block, as the last coat over it leaves it."""
    found = dict.fromkeys(cells(sheet, block), -1)
    for coat in sheet.coats:
        tint = np.broadcast_to(coat.tint, coat.cells.shape)
        for index in np.ndindex(*coat.cells.shape):
            if (address := a1(coat.cells.cell(index))) in found:
                found[address] = int(tint[index])
    return found


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
@pytest.mark.parametrize("small", [False, True], ids=["at once", "small first"])
@pytest.mark.parametrize("seed", [1, 2])
def test_random_layers_are_the_definition(engine: Engine, small: bool, seed: int) -> None:
    layers = random_layers(seed, 36)
    sheets = [page(layer, f"L{n}", small=small) for n, layer in enumerate(layers)]
    got = engine.recalculate(file(*sheets))
    for layer, sheet in zip(layers, sheets, strict=True):
        truth = transposed(layer)
        np.testing.assert_allclose(
            read(got, sheet, "output"), truth, 1e-9, 1e-12, err_msg=sheet.name
        )
        assert (WORDS["agree"] in texts(got, sheet).values()) == (truth.size <= HAND)


@pytest.mark.parametrize("small", [False, True], ids=["at once", "small first"])
def test_other_numbers_typed_in_give_the_definition_of_those(small: bool) -> None:
    others = {name: numbered(layer, 33, 0.1) for name, layer in LAYERS.items()}
    sheets = [page(layer, name, small=small) for name, layer in LAYERS.items()]
    changes: Changes = {
        cell: number
        for sheet in sheets
        for cell, number in typed(sheet, others[sheet.name]).items()
    }
    got = ironcalc_engine.recalculate(file(*sheets), changes)
    for sheet in sheets:
        truth = transposed(others[sheet.name])
        np.testing.assert_allclose(
            read(got, sheet, "output"), truth, 1e-9, 1e-12, err_msg=sheet.name
        )
        assert WORDS["differ"] not in texts(got, sheet).values()


@pytest.mark.parametrize(
    "axis", [(4, 3, 2, 0, 1), (3, 4, 2, 1, 1), (3, 2, 3, -2, 1), (4, 5, 4, 3, 6), (5, 3, 3, 1, 2)]
)
def test_each_weight_is_in_the_phase_of_the_cells_that_it_reaches(
    axis: tuple[int, int, int, int, int],
) -> None:
    n, k, s, p, d = axis
    a = Axis(size=n, kernel_size=k, stride=s, padding=(p, p), dilation=d)
    known = [Phase.of(a, start) for start in range(s)]
    for i, u in product(range(n), range(k)):
        r = s * i + d * u - p
        assert [u in phase.offsets for phase in known].index(True) == r % s
    assert sorted(u for phase in known for u in phase.offsets) == list(range(k))
    assert {phase.apart for phase in known} == {d // gcd(s, d)}


def test_weights_of_a_phase_wear_the_tint_of_its_output_cells() -> None:
    layer = Layer.of(np.ones((3, 4)), np.ones((4, 3)), stride=(2, 3), padding=[(1, 0), (0, 2)])
    sheet = page(layer)
    kernel = np.array(list(tints(sheet, "kernel").values())).reshape(4, 3)
    _, rows, columns = transposed(layer).shape
    output = np.array(list(tints(sheet, "output").values())).reshape(rows, columns)
    assert set(output.flat) == set(range(6))
    reached = 0
    for i, j, u, v in np.ndindex(3, 4, 4, 3):
        r, q = 2 * i + u - 1, 3 * j + v
        if 0 <= r < rows and 0 <= q < columns:
            assert kernel[u, v] == output[r, q]
            reached += 1
    assert reached


def test_weight_that_reaches_no_cell_of_a_small_output_wears_no_tint() -> None:
    """One input and padding 1: the output is one cell, which the middle weight alone reaches."""
    layer = Layer.of([5], [1, 2, 3], stride=4, padding=1)
    assert transposed(layer).tolist() == [[10]]
    assert phase_tints(layer.geometry, [1]).tolist() == [-1, 0, -1]


def test_phase_without_weights_is_zero_or_the_bias() -> None:
    for bias in (None, [7]):
        layer = Layer.of([2, 3], [1, 4], stride=4, bias=bias)
        sheet = page(layer)
        got = ironcalc_engine.recalculate(file(sheet))
        zero = bias[0] if bias else 0
        truth = [2 + zero, 8 + zero, zero, zero, 3 + zero, 12 + zero]
        assert read(got, sheet, "output").tolist() == [truth]


def test_input_has_no_zeros_between_its_cells() -> None:
    sheet = page(LAYERS["strided"])
    (described,) = [block for block in sheet.blocks if block.name == "input"]
    assert described.ranges()[0].count(":") == 1
    assert described.cells.steps[-2:] == ((1, 0), (0, 1))


# ------------------------------------------------------------------------ large layers


def test_work_does_not_grow_with_the_image() -> None:
    small, large = page(image(24)), page(image(200))
    assert len(small.paints) == len(large.paints) < 40
    assert len(small.coats) == len(large.coats)
    assert len(large.scales) == 2
    assert large.lights == []
    assert "distribute_output" not in [block.name for block in large.blocks]


def test_every_cell_of_a_large_image_is_right() -> None:
    layer = image(158)
    sheet = page(layer)
    got = ironcalc_engine.recalculate(file(sheet))
    output = read(got, sheet, "output")
    assert output.size == 99_856
    x, w = layer.input[0], layer.weight[0, 0]
    truth = np.zeros((318, 318))
    for u, v in np.ndindex(4, 4):
        truth[u : u + 316 : 2, v : v + 316 : 2] += w[u, v] * x
    np.testing.assert_array_equal(output[0], truth[1:-1, 1:-1])


@pytest.mark.parametrize("small", [False, True], ids=["at once", "small first"])
@pytest.mark.parametrize(
    ("size", "kernel", "more"),
    [
        ((2, 3, 4), (2, 7, 5), {"stride": (4, 7)}),  # two numbers of weights, and of cells
        ((1, 5, 5), (1, 4, 3), {"stride": (4, 11), "padding": [(1, 2), (-3, 0)]}),  # some have none
        ((2, 9), (2, 7), {"stride": 3, "dilation": 2}),
        ((1, 3, 4, 3), (1, 5, 2, 3), {"stride": (2, 3, 3)}),
        ((300, 3, 4), (300, 4, 5), {"stride": 3}),  # sums in parts
    ],
)
def test_plan_shows_one_of_phases_that_are_alike_and_takes_the_room_of_all(
    size: tuple[int, ...], kernel: tuple[int, ...], more: dict[str, Any], small: bool
) -> None:
    layer = Layer.of(np.ones(size), np.ones((size[0], 1, *kernel[1:])), **more)
    (told,) = layer_lesson(layer, ["phases"]).pages
    lesson = Lesson("One", (replace(told, options={"small": small}),))
    plan, drawn = (draw(lesson, 0, plan=plan) for plan in (True, False))
    assert (plan.rows, plan.columns, plan.terms) == (drawn.rows, drawn.columns, drawn.terms)
    assert len(plan.blocks) < len(drawn.blocks)


def test_work_of_a_plan_does_not_grow_with_the_stride() -> None:
    layer = Layer.of(np.ones((4, 4)), np.ones((64, 64)), stride=60)
    plan = draw(layer_lesson(layer, ["phases"]), 0, plan=True)
    assert plan.terms == 60 * 60
    assert len(plan.blocks) < 20


def test_too_many_channels_name_the_limit() -> None:
    layer = Layer.of(np.ones((20_000, 2, 2)), np.ones((20_000, 1, 4, 4)), stride=2)
    with pytest.raises(
        XlconvError, match="300000 are the most: use a smaller kernel or fewer channels"
    ):
        page(layer)


def test_too_large_an_image_names_the_limit() -> None:
    layer = Layer.of(np.ones((1, 9000)), np.ones((1, 2)), stride=(1, 2))
    with pytest.raises(XlconvError, match="Excel has 16384: use a smaller input"):
        page(layer)


# ------------------------------------------------------------------------ what the lesson says


def lesson_page(name: str) -> tuple[Sheet, Array, Array]:
    lesson = load_lesson("subpixel")
    at = lesson.names.index(name)
    layer = lesson.pages[at].layer
    assert layer is not None
    return build(lesson).sheets[at], layer.input, layer.weight


def shown(sheet: Sheet, x: Array, w: Array) -> Array:
    """The output after an input and a kernel were typed in."""
    numbers = {"input": x, "kernel": w}
    changes = {
        (sheet.name, cell): float(number)
        for block, array in numbers.items()
        for cell, number in zip(cells(sheet, block), array.flat, strict=True)
    }
    got: Values = ironcalc_engine.recalculate(file(sheet), changes)
    return read(got, sheet, "output")[0]


def test_orange_weights_own_the_orange_cells() -> None:
    sheet, x, w = lesson_page("Phases")
    before = shown(sheet, x, w)
    kernel, output = (np.array(list(tints(sheet, name).values())) for name in ("kernel", "output"))
    orange = output.reshape(before.shape) == 0
    assert (kernel == 0).sum() == 4
    after = shown(sheet, x, np.where(kernel.reshape(w.shape) == 0, 0, w))
    assert (after[orange] == 0).all()
    np.testing.assert_array_equal(after[~orange], before[~orange])


def test_inner_input_changes_four_cells_of_each_colour() -> None:
    sheet, x, w = lesson_page("Phases")
    before = shown(sheet, x, w)
    output = np.array(list(tints(sheet, "output").values())).reshape(before.shape)
    for i, j in product((1, 2), (1, 2)):
        other = x.copy()
        other[0, i, j] = 10
        changed = shown(sheet, other, w) != before
        rows, columns = (np.flatnonzero(changed.any(axis)) for axis in (1, 0))
        assert changed.sum() == 16
        assert [np.ptp(rows), np.ptp(columns)] == [3, 3]
        assert np.bincount(output[changed]).tolist() == [4, 4, 4, 4]


def test_first_weight_is_yellow_and_moves_yellow_cells_alone() -> None:
    sheet, x, w = lesson_page("Shuffle")
    kernel = list(tints(sheet, "kernel").values())
    output = np.array(list(tints(sheet, "output").values())).reshape(8, 8)
    other = w.copy()
    other[0, 0, 0, 0] = 5
    changed = shown(sheet, x, other) != shown(sheet, x, w)
    assert kernel[0] == 3
    assert changed.any()
    assert set(output[changed]) == {3}


def test_uneven_phases_give_4_2_2_1_unless_the_kernel_makes_up_for_it() -> None:
    sheet, x, w = lesson_page("Uneven")
    inside = shown(sheet, np.ones_like(x), np.ones_like(w))[2:7, 2:7]
    assert inside[:2, :2].tolist() == [[4, 2], [2, 1]]
    even = np.outer([1, 2, 1], [1, 2, 1])[None, None]
    assert set(shown(sheet, np.ones_like(x), even)[1:8, 1:8].flat) == {4}


def test_stride_3_repeats_or_spreads_the_inputs() -> None:
    sheet, x, w = lesson_page("Stride 3")
    np.testing.assert_array_equal(shown(sheet, x, np.ones_like(w)), np.kron(x[0], np.ones((3, 3))))
    middle = np.zeros_like(w)
    middle[0, 0, 1, 1] = 1
    apart = np.zeros((9, 9))
    apart[1::3, 1::3] = x[0]
    np.testing.assert_array_equal(shown(sheet, x, middle), apart)


def test_one_row_starts_with_the_phase_of_weights_1_and_4() -> None:
    sheet, x, w = lesson_page("One row")
    kernel, output = (list(tints(sheet, name).values()) for name in ("kernel", "output"))
    assert [u for u in range(6) if kernel[u] == output[0]] == [1, 4]
    silent = w.copy()
    silent[0, 0, [2, 5]] = 0
    assert np.flatnonzero(shown(sheet, x, silent) == 0).tolist() == [1, 4, 7, 10, 13]
