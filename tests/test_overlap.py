"""Overlap and what follows from it: counts, checkerboards, upsampling, the bilinear kernel."""

from functools import partial
from itertools import product

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.figures.upsampled import WAYS
from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Array, Layer
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.views.evenness import evenness

from .engines import formulon_engine, ironcalc_engine
from .engines.engine import ERROR_VALUES, Engine, Values
from .layers import LAYERS, numbered, random_layers, transposed
from .pages import cells, file, page, read, texts, typed

both_engines = pytest.mark.parametrize(
    "engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name
)


def counted(layer: Layer) -> Array:
    """How many input cells and kernel cells meet at each output cell, one by one."""
    g = layer.geometry
    count = np.zeros([axis.output_size for axis in g.axes])
    sizes = [range(axis.size) for axis in g.axes] + [range(axis.kernel_size) for axis in g.axes]
    for met in product(*sizes):
        i, u = met[: g.rank], met[g.rank :]
        r = [a.stride * i[n] + a.dilation * u[n] - a.padding[0] for n, a in enumerate(g.axes)]
        if all(0 <= at < size for at, size in zip(r, count.shape, strict=True)):
            count[tuple(r)] += 1
    return count


def pages(view: str, layers: list[Layer]) -> list[tuple[Layer, Sheet]]:
    found = []
    for n, layer in enumerate(layers):
        try:
            found.append((layer, page(view, layer, name=f"L{n}")))
        except XlconvError:
            continue
    return found


def recalculated(found: list[tuple[Layer, Sheet]], engine: Engine) -> Values:
    return engine.recalculate(file(*(sheet for _, sheet in found)))


# ------------------------------------------------------------------------ overlap


@both_engines
def test_counts_of_random_layers_are_those_of_the_definition(engine: Engine) -> None:
    found = pages("overlap", [*LAYERS.values(), *random_layers(5, 18)])
    got = recalculated(found, engine)
    for layer, sheet in found:
        np.testing.assert_array_equal(read(got, sheet, "count"), counted(layer), sheet.name)
        assert WORDS["sums_agree"] in texts(got, sheet).values()


@pytest.mark.parametrize("k", range(1, 9))
def test_corner_counts_every_kernel_and_stride(k: int) -> None:
    sheet = Sheet("Evenness", "evenness", WORDS)
    strides = range(1, 7)
    evenness(sheet, pairs=[(k, s) for s in strides])
    got = ironcalc_engine.recalculate(file(sheet))
    said = texts(got, sheet).values()
    for n, s in enumerate(strides):
        along = np.zeros(40)
        for i in range(12):
            along[i * s : i * s + k] += 1
        truth = np.outer(along[:8], along[:8])
        np.testing.assert_array_equal(read(got, sheet, f"corner_{n}"), truth)
        inside = np.outer(along[k : k + s], along[k : k + s])
        least, most = int(inside.min()), int(inside.max())
        even, uneven = WORDS["even"] + f"{least}", f"{WORDS['uneven']}{least} to {most}"
        assert (even if least == most else uneven) in said
        assert (least == most) == (k % s == 0)


@pytest.mark.parametrize("wrong", [0, -1, 9, 2.5, "two"])
@pytest.mark.parametrize("control", ["kernel_size_1", "stride_1"])
def test_wrong_kernel_or_stride_gets_words_and_blanks(wrong: float | str, control: str) -> None:
    sheet = Sheet("Evenness", "evenness", WORDS)
    evenness(sheet)
    (address,) = cells(sheet, control)
    got = ironcalc_engine.recalculate(file(sheet), {(sheet.name, address): wrong})[sheet.name]
    assert not set(got.values()) & ERROR_VALUES
    assert WORDS["pair_wrong"].format(largest=8) in got.values()
    assert {got[cell] for cell in cells(sheet, "corner_1")} == {""}
    assert {got[cell] for cell in cells(sheet, "corner_0")} == {1.0, 2.0, 4.0}


def test_largest_kernel_and_stride_that_a_message_names_are_right() -> None:
    sheet = Sheet("Evenness", "evenness", WORDS)
    evenness(sheet, pairs=[(8, 8)])
    got = ironcalc_engine.recalculate(file(sheet))
    assert read(got, sheet, "corner_0").tolist() == [[1] * 8] * 8


def test_pair_out_of_range_is_refused() -> None:
    with pytest.raises(XlconvError, match="from 1 to 8, got 3 and 9"):
        evenness(Sheet("Evenness", "evenness", WORDS), pairs=[(3, 9)])


# ------------------------------------------------------------------------ checkerboard


@both_engines
def test_checkerboard_sums_are_what_a_constant_input_gives_inside(engine: Engine) -> None:
    """Far from the edges an input of ones gives each output cell the sum of its phase."""
    found = pages("checkerboard", [*LAYERS.values(), *random_layers(6, 15)])
    got = recalculated(found, engine)
    for layer, sheet in found:
        g = layer.geometry
        far = [20 * axis.stride for axis in g.axes]
        sums = read(got, sheet, "phase_sums")
        truth = np.zeros_like(sums)
        filters = layer.weight.shape[1]
        for (i, f, *u), weight in np.ndenumerate(layer.weight):
            o = i // (len(layer.input) // g.groups) * filters + f
            at = [
                (far[n] + a.dilation * u[n] - a.padding[0]) % a.stride for n, a in enumerate(g.axes)
            ]
            truth[(o, *at)] += weight
        np.testing.assert_allclose(sums, truth, 1e-9, 1e-12, err_msg=sheet.name)
        np.testing.assert_allclose(
            read(got, sheet, "output"), transposed(layer), 1e-9, 1e-12, err_msg=sheet.name
        )
        said = list(texts(got, sheet).values())
        alike = [np.ptp(channel) < 1e-9 for channel in truth]
        assert said.count(WORDS["sums_alike"]) == sum(alike)
        assert said.count(WORDS["sums_differ"]) == len(alike) - sum(alike)
        assert said.count(WORDS["sums_agree"]) == 2


def test_checkerboard_with_too_many_phases_is_refused() -> None:
    with pytest.raises(XlconvError, match="at most 200 sums of phases, this layer has 225"):
        page("checkerboard", Layer.of(np.ones((2, 2)), np.ones((2, 2)), stride=15))


def test_checkerboard_follows_other_numbers() -> None:
    layer = LAYERS["plain"]
    sheet = page("checkerboard", layer)
    other = numbered(layer, 3)
    got = ironcalc_engine.recalculate(file(sheet), typed(sheet, other))
    np.testing.assert_array_equal(read(got, sheet, "output"), transposed(other))
    assert read(got, sheet, "phase_sums").item() == other.weight.sum()


# ------------------------------------------------------------------------ upsampling


def between(at: Array, line: Array) -> Array:
    """The values of a line at places between its own."""
    return np.interp(at, np.arange(len(line)), line)


def larger(x: Array, strides: list[int], way: str) -> Array:
    """One channel made larger, axis by axis."""
    for axis, s in enumerate(strides):
        n = x.shape[axis]
        if way == "nearest":
            x = np.repeat(x, s, axis)
        elif way == "bilinear":
            at = (np.arange(n * s) + 0.5) / s - 0.5
            x = np.apply_along_axis(partial(between, at), axis, x)
        else:
            apart = np.zeros([s * m if a == axis else m for a, m in enumerate(x.shape)])
            apart[tuple(slice(None, None, s if a == axis else 1) for a in range(x.ndim))] = x
            x = apart
    return x


def convolved(maps: list[Array], layer: Layer) -> Array:
    """A transposed convolution of stride 1, kept where the layer's own output is."""
    g = layer.geometry
    ends = [
        a.output_size + a.padding[0] - a.dilation * (a.kernel_size - 1) - m
        for a, m in zip(g.axes, maps[0].shape, strict=True)
    ]
    plain = Layer.of(
        np.array(maps),
        layer.weight,
        bias=layer.bias,
        groups=g.groups,
        dilation=[a.dilation for a in g.axes],
        padding=[(a.padding[0], -end) for a, end in zip(g.axes, ends, strict=True)],
    )
    return transposed(plain)


@both_engines
def test_upsampling_of_random_layers_is_numpys(engine: Engine) -> None:
    found = pages("upsampling", [*LAYERS.values(), *random_layers(7, 15)])
    got = recalculated(found, engine)
    for layer, sheet in found:
        strides = [axis.stride for axis in layer.geometry.axes]
        for way in WAYS:
            truth = convolved([larger(x, strides, way) for x in layer.input], layer)
            output = read(got, sheet, f"{way}_output")
            np.testing.assert_allclose(output, truth, 1e-9, 1e-9, err_msg=f"{sheet.name} {way}")
        np.testing.assert_allclose(
            read(got, sheet, "zeros_output"), transposed(layer), 1e-9, 1e-12, err_msg=sheet.name
        )
        assert WORDS["agree"] in texts(got, sheet).values()


# ------------------------------------------------------------------------ bilinear


def doubled(sizes: tuple[int, ...], strides: tuple[int, ...], weight: Array | None = None) -> Layer:
    """A layer that may interpolate, with the bilinear kernel if no other is given."""
    k = [2 * s - s % 2 for s in strides]
    if weight is None:
        weight = np.ones(())
        for size, s in zip(k, strides, strict=True):
            side = 1 - abs(np.arange(size) - (size - 1) / 2) / s
            weight = weight[..., None] * side
    x = np.random.default_rng(len(sizes)).integers(0, 9, sizes)
    padding = [(size - s) // 2 for size, s in zip(k, strides, strict=True)]
    return Layer.of(x, weight, stride=list(strides), padding=padding)


@both_engines
def test_bilinear_kernel_interpolates_for_every_stride(engine: Engine) -> None:
    layers = [doubled((4,), (s,)) for s in range(1, 7)]
    layers += [doubled((3, 4), (s, t)) for s, t in product((1, 2, 3), (2, 3, 4))]
    layers += [doubled((2, 2, 3), (2, 1, 3))]
    found = pages("bilinear", layers)
    assert len(found) == len(layers)
    got = recalculated(found, engine)
    for layer, sheet in found:
        strides = [axis.stride for axis in layer.geometry.axes]
        between = larger(layer.input[0], strides, "bilinear")
        np.testing.assert_allclose(read(got, sheet, "interpolation")[0], between, 1e-9, 1e-12)
        inside = tuple(
            slice(s // 2, n - s // 2) for s, n in zip(strides, between.shape, strict=True)
        )
        np.testing.assert_allclose(read(got, sheet, "output")[0][inside], between[inside], 1e-9)
        if any(s > 1 for s in strides):  # of one cell, the kernel is a 1
            np.testing.assert_allclose(read(got, sheet, "bilinear_kernel")[0], layer.weight[0, 0])
        assert any(
            str(text).startswith("the same numbers inside") for text in texts(got, sheet).values()
        )


def test_another_kernel_is_told_to_be_none() -> None:
    layer = doubled((3, 3), (2, 2))
    sheet = page("bilinear", layer)
    (first, *_) = cells(sheet, "kernel")
    got = ironcalc_engine.recalculate(file(sheet), {(sheet.name, first): 1.0})
    assert WORDS["no_interpolation"] in texts(got, sheet).values()


def test_bilinear_refuses_a_layer_that_no_kernel_makes_one() -> None:
    rule = "needs kernel_size 4 and padding 1 for stride 2"
    with pytest.raises(XlconvError, match=rule):
        page("bilinear", Layer.of(np.ones((3, 3)), np.ones((3, 3)), stride=2))
    with pytest.raises(XlconvError, match=r"at least 2 inputs, got .* size 1: .*upsampling"):
        page("bilinear", Layer.of(np.ones((1,)), np.ones((4,)), stride=2, padding=1))
    with pytest.raises(XlconvError, match="as many channels out as in, got 2 in, 1 out: use the v"):
        page("bilinear", Layer.of(np.ones((2, 3)), np.ones((2, 1, 4)), stride=2, padding=1))


@both_engines
def test_bilinear_of_channels_makes_each_larger_on_its_own(engine: Engine) -> None:
    side = np.array([0.25, 0.75, 0.75, 0.25])
    kernel = np.outer(side, side)
    x = np.random.default_rng(9).integers(0, 9, (3, 2, 4))
    apart = np.broadcast_to(kernel, (3, 1, 4, 4))
    together = np.eye(3)[:, :, None, None] * kernel
    bias = [1, -2, 3]
    layers = [
        Layer.of(x, apart, groups=3, stride=2, padding=1),
        Layer.of(x, apart, groups=3, stride=2, padding=1, bias=bias),
        Layer.of(x, together, stride=2, padding=1, bias=bias),
    ]
    found = pages("bilinear", layers)
    got = recalculated(found, engine)
    for layer, sheet in found:
        between = np.stack([larger(channel, [2, 2], "bilinear") for channel in x])
        if layer.bias is not None:
            between += np.reshape(bias, (3, 1, 1))
        np.testing.assert_allclose(read(got, sheet, "interpolation"), between, 1e-9, 1e-12)
        inside = (slice(None), slice(1, -1), slice(1, -1))
        np.testing.assert_allclose(read(got, sheet, "output")[inside], between[inside], 1e-9)
        np.testing.assert_allclose(read(got, sheet, "bilinear_kernel")[0], kernel)
        assert any(str(t).startswith("the same numbers") for t in texts(got, sheet).values())


# ------------------------------------------------------------------------ what the lesson says


def lesson_page(name: str) -> tuple[Sheet, Layer]:
    lesson = load_lesson("checkerboard")
    at = lesson.names.index(name)
    layer = lesson.pages[at].layer
    assert layer is not None
    return build(lesson).sheets[at], layer


def after(sheet: Sheet, layer: Layer, *, x: Array | None = None, w: Array | None = None) -> Values:
    x, w = layer.input if x is None else x, layer.weight if w is None else w
    changed = Layer(
        x.reshape(layer.input.shape), w.reshape(layer.weight.shape), None, layer.geometry
    )
    return ironcalc_engine.recalculate(file(sheet), typed(sheet, changed))


def test_lesson_checkerboard() -> None:
    sheet, layer = lesson_page("Checkerboard")
    first = read(after(sheet, layer), sheet, "output")
    np.testing.assert_array_equal(first[0], counted(layer))
    np.testing.assert_array_equal(
        read(after(sheet, layer, x=5 * layer.input), sheet, "output"), 5 * first
    )
    even = after(sheet, layer, w=np.outer([1, 2, 1], [1, 2, 1]))
    assert set(read(even, sheet, "output")[0, 1:-1, 1:-1].flat) == {4}
    assert WORDS["sums_alike"] in texts(even, sheet).values()
    lone = after(sheet, layer, w=np.diag([0, 1, 0]))
    assert sorted(read(lone, sheet, "phase_sums").flat) == [0, 0, 0, 1]


def test_lesson_even_overlap() -> None:
    sheet, layer = lesson_page("Even")
    assert set(counted(layer)[2:-2, 2:-2].flat) == {4}
    before = after(sheet, layer)
    assert WORDS["sums_differ"] in texts(before, sheet).values()
    ones = read(after(sheet, layer, w=np.ones((4, 4))), sheet, "output")[0]
    assert set(ones[2:-2, 2:-2].flat) == {4}
    for n in range(16):
        w = layer.weight.copy()
        w.flat[n] += 1
        moved = after(sheet, layer, w=w)
        sums = read(moved, sheet, "phase_sums") != read(before, sheet, "phase_sums")
        cells_moved = np.argwhere(
            (read(moved, sheet, "output") != read(before, sheet, "output"))[0]
        )
        assert sums.sum() == 1
        assert {tuple(cell % 2) for cell in cells_moved} == {tuple(np.argwhere(sums[0])[0])}


def test_lesson_upsample() -> None:
    sheet, layer = lesson_page("Upsample")
    for w in (layer.weight, np.arange(9.0), np.array([3, -1, 2, 0, 0, 7, 1, 1, -5])):
        got = after(sheet, layer, w=w)
        assert np.ptp(read(got, sheet, "zeros_output")[0, 1:-1, 1:-1]) > 0
        for way in ("nearest", "bilinear"):
            assert np.ptp(read(got, sheet, f"{way}_output")[0, 1:-1, 1:-1]) == 0
    got = after(sheet, layer)
    for way in ("nearest", "bilinear"):
        output = read(got, sheet, f"{way}_output")[0]
        edge = np.concatenate([output[0], output[-1], output[:, 0], output[:, -1]])
        assert edge.max() < output[1:-1, 1:-1].min()


def test_lesson_bilinear() -> None:
    sheet, layer = lesson_page("Bilinear")
    got = after(sheet, layer, x=np.full((3, 3), 16))
    output = read(got, sheet, "output")[0]
    assert set(output[1:-1, 1:-1].flat) == {16}
    assert output[0].max() < 16
    sums = np.array([[layer.weight[0, 0, a::2, b::2].sum() for b in (0, 1)] for a in (0, 1)])
    np.testing.assert_allclose(sums, 1)


def test_one_stamp_of_one_cell_is_not_said_as_many() -> None:
    for view, key in (("overlap", "counts_known_one"), ("phases", "phases_one")):
        sheet = page(view, Layer.of([[3]], [[2]]))
        written = [str(t) for p in sheet.paints if p.formula is None for t in p.cells.memory.flat]
        assert WORDS[key].format(stamps=1, cells=1) in written
