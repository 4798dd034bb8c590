"""The output_padding view: what it uncovers, and which input sizes a convolution turns into one."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from xlconv.figures.words import WORDS
from xlconv.grid.places import a1
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Array, Layer
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson

from .engines import formulon_engine, ironcalc_engine
from .engines.engine import Engine, Values
from .layers import LAYERS, numbered, random_layers, transposed
from .pages import cells, file, listed, page, read, texts, typed


def widened(layer: Layer, op: int, padding: tuple[int, int] | None = None) -> Layer:
    g = layer.geometry
    axes = []
    for a in g.axes:
        pads = a.padding if padding is None else padding
        least = (a.size - 1) * a.stride + a.dilation * (a.kernel_size - 1) + 1 - sum(pads)
        op_here = max(1 - least, min(op, max(a.stride, a.dilation) - 1))
        axes.append(replace(a, padding=pads, output_padding=op_here))
    return replace(layer, geometry=replace(g, axes=tuple(axes)))


def outputs(sheet: Sheet) -> list[str]:
    return [block.name for block in sheet.blocks if block.role == "output"]


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
def test_each_output_of_random_layers_is_the_definition(engine: Engine) -> None:
    layers = [*LAYERS.values(), *random_layers(8, 12)]
    sheets = [page("output_padding", layer, name=f"L{n}") for n, layer in enumerate(layers)]
    got = engine.recalculate(file(*sheets))
    for layer, sheet in zip(layers, sheets, strict=True):
        most = max(max(a.stride, a.dilation) for a in layer.geometry.axes)
        padded = any(a.padding != (0, 0) for a in layer.geometry.axes)
        assert len(outputs(sheet)) == min(most, 4) * (1 + padded)
        for name in outputs(sheet):
            _, row, op = name.split("_")
            truth = transposed(widened(layer, int(op), (0, 0) if row == "1" else None))
            np.testing.assert_allclose(
                read(got, sheet, name), truth, 1e-9, 1e-12, err_msg=f"{sheet.name} {name}"
            )
        assert WORDS["shared_differ"] not in texts(got, sheet).values()


def uncovered(small: NDArray[Any], large: NDArray[Any]) -> NDArray[Any]:
    """The cells of the larger output that the smaller one has not."""
    there = np.zeros(large.shape, bool)
    there[tuple(slice(0, size) for size in small.shape)] = True
    return large[~there]


def reached(layer: Layer) -> NDArray[Any]:
    """Whether a stamp reaches a cell: the output of ones, counted."""
    ones = replace(
        layer, input=np.ones(layer.input.shape), weight=np.ones(layer.weight.shape), bias=None
    )
    return transposed(ones) > 0


@pytest.mark.parametrize("seed", range(4))
def test_words_tell_real_values_from_zeros_and_bias(seed: int) -> None:
    layers = random_layers(40 + seed, 18)
    # numbers of which no sum is 0
    layers = [replace(one, input=abs(one.input) + 1, weight=abs(one.weight) + 1) for one in layers]
    sheets = [page("output_padding", layer, name=f"L{n}") for n, layer in enumerate(layers)]
    got = ironcalc_engine.recalculate(file(*sheets))
    for layer, sheet in zip(layers, sheets, strict=True):
        said = texts(got, sheet).values()
        alone = "zeros" if layer.bias is None else "bias"
        expected = []
        for name in outputs(sheet):
            _, row, op = name.split("_")
            first, other = (
                reached(widened(layer, m, (0, 0) if row == "1" else None)) for m in (0, int(op))
            )
            seen = uncovered(first, other)
            if seen.size:
                key = f"values_and_{alone}" if seen.any() else alone
                expected.append("values" if seen.all() else key)
                # without padding there is nothing to uncover
                assert row == "0" or expected[-1] == alone
        found = [str(t) for t in said if str(t).startswith("orange")]
        assert found == [WORDS[f"uncovers_{what}"] for what in expected]


def test_padding_of_each_axis_is_told() -> None:
    layer = Layer.of(np.ones((2, 2)), np.ones((3, 3)), stride=2, padding=[(1, 0), 2])
    sheet = page("output_padding", layer)
    written = [str(t) for p in sheet.paints if p.formula is None for t in p.cells.memory.flat]
    assert "padding 1:0, 2, output_padding 1: 5 × 2" in written


def test_lesson_tells_which_uncovered_cells_are_zeros() -> None:
    # stride 3, kernel 3, padding 1: output_padding 1 uncovers what was cropped, 2 one cell more
    (sheet,) = (s for s in build("output-padding").sheets if s.name == "Stride 3")
    said = [
        str(v) for p in sheet.paints if p.formula is not None for v in p.cells.memory.ravel()[:1]
    ]
    assert [text for text in said if text.startswith("orange")][:2] == [
        WORDS["uncovers_values"],
        WORDS["uncovers_values_and_zeros"],
    ]


def positions(m: int, k: int, s: int, p: tuple[int, int], d: int) -> list[int]:
    """Where the windows of a convolution begin, in an input of m cells."""
    return list(range(-p[0], m + p[1] - d * (k - 1), s))


def least(layer: Layer) -> int:
    """The smallest input, along the last axis, that a convolution turns into the layer's input."""
    a = layer.geometry.axes[-1]
    return (a.size - 1) * a.stride + a.dilation * (a.kernel_size - 1) + 1 - sum(a.padding)


def test_padding_larger_than_the_kernel_has_no_table() -> None:
    layer = Layer.of([1, 2, 3], [4], padding=2, output_padding=2, dilation=3)
    assert least(layer) < 0
    tables = {b.name.split("_")[1] for b in page("output_padding", layer).blocks if "win" in b.name}
    assert len(tables) == 1


@pytest.mark.parametrize("seed", range(3))
def test_table_is_the_convolution(seed: int) -> None:
    layers = [layer for layer in random_layers(60 + seed, 12) if least(layer) > 0]
    for n, layer in enumerate(layers):
        sheet = page("output_padding", layer, name=f"L{n}")
        got = ironcalc_engine.recalculate(file(sheet))[sheet.name]
        a = layer.geometry.axes[-1]
        k, s, d = a.kernel_size, a.stride, a.dilation
        strips = [block for block in sheet.blocks if block.name.startswith("windows")]
        meant = {"0": dict[int, object](), "1": dict[int, object]()}
        tables = sorted({int(block.name.split("_")[1]) for block in strips})
        for block in strips:
            _, top, _ = block.name.split("_")
            table = str(tables.index(int(top)))
            p = (0, 0) if table == "1" else a.padding
            row, left = block.cells.origin
            size_in, size_out, padding = (a1((row, left - back)) for back in (9, 7, 4))
            m = int(got[size_in])
            assert m == block.cells.shape[0] - max(0, p[0]) - max(0, p[1])
            starts = positions(m, k, s, p, d)
            assert got[size_out] == len(starts)
            before = max(0, p[0])
            reads = [
                sum(i in range(t, t + d * k, d) for t in starts)
                for i in range(-before, m + max(0, p[1]))
            ]
            assert [got[cell] for cell in listed(block.ranges())] == reads
            meant[table][m] = got[padding]
        for table, told in meant.items():
            if not told:
                continue
            p = (0, 0) if table == "1" else a.padding
            same = [m for m in told if len(positions(m, k, s, p, d)) == a.size]
            first = (a.size - 1) * s + d * (k - 1) + 1 - sum(p)
            assert {m: told[m] for m in same} == {m: m - first for m in same}
            assert {told[m] for m in told if m not in same} <= {"–"}
            assert same == list(range(first, first + s))


def test_other_numbers_typed_in() -> None:
    layer = LAYERS["strided"]
    sheet, other = page("output_padding", layer), numbered(layer, 9)
    got = ironcalc_engine.recalculate(file(sheet), typed(sheet, other))
    for name in outputs(sheet):
        _, row, op = name.split("_")
        truth = transposed(widened(other, int(op), (0, 0) if row == "1" else None))
        np.testing.assert_array_equal(read(got, sheet, name), truth)


# ------------------------------------------------------------------------ what the lesson says


def lesson_page(
    name: str, weight: Array | None = None, x: Array | None = None
) -> tuple[Sheet, Values]:
    lesson = load_lesson("output-padding")
    at = lesson.names.index(name)
    sheet, layer = build(lesson).sheets[at], lesson.pages[at].layer
    assert layer is not None
    w = layer.weight if weight is None else weight.reshape(layer.weight.shape)
    changed = Layer(layer.input if x is None else x, w, None, layer.geometry)
    return sheet, ironcalc_engine.recalculate(file(sheet), typed(sheet, changed))


def test_lesson_one_row() -> None:
    sheet, got = lesson_page("One row")
    full = read(got, sheet, "output_1_0")[0]
    assert read(got, sheet, "output_0_1")[0].tolist() == full[1:7].tolist()
    assert full[6] != 0
    assert read(got, sheet, "output_1_1")[0].tolist() == [*full, 0]
    assert len(positions(5, 3, 2, (1, 1), 1)) == len(positions(6, 3, 2, (1, 1), 1)) == 3
    (strip,) = [b for b in sheet.blocks if b.name.startswith("windows") and b.cells.shape == (8,)][
        -1:
    ]
    assert [got[sheet.name][cell] for cell in listed(strip.ranges())][-1] == 0


def test_lesson_two_axes() -> None:
    sheet, got = lesson_page("Two axes", np.array([[1, 2, 3], [0, 1, 0], [0, 0, 0]]))
    assert not read(got, sheet, "output_0_1")[0, -1].any()
    assert read(got, sheet, "output_0_1")[0, :, -1].any()
    for seed in range(3):
        numbers = np.random.default_rng(seed).integers(1, 9, (2, 3, 3))
        sheet, got = lesson_page("Two axes", numbers[0], numbers[1][None])
        assert not uncovered(*(read(got, sheet, f"output_1_{op}")[0] for op in (0, 1))).any()


def test_lesson_stride_3() -> None:
    sheet, got = lesson_page("Stride 3")
    four, five, six = (read(got, sheet, f"output_0_{op}")[0] for op in (0, 1, 2))
    assert (len(four), len(five), len(six)) == (4, 5, 6)
    assert uncovered(four, five).all()
    assert not uncovered(five, six).any()
    sizes = {m: len(positions(m, 3, 3, (1, 1), 1)) for m in range(3, 8)}
    assert sizes == {3: 1, 4: 2, 5: 2, 6: 2, 7: 3}
    assert cells(sheet, "input")
