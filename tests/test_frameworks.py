"""The frameworks view: what each framework keeps, against onnxruntime and by trying everything."""

from itertools import product
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from xlconv.figures.words import WORDS
from xlconv.grid.places import a1
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Array, Layer
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.views.frameworks import answers

from .engines import formulon_engine, ironcalc_engine
from .engines.engine import Engine, Values
from .layers import LAYERS, random_layers, transposed
from .pages import cells, claimed, file, page, read, texts, typed

SEDIRTS = Layer.of([[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]], stride=2)
TENSORFLOW = [[3, 6, 12, 6], [0, 3, 0, 3], [7, 5, 16, 5], [0, 1, 0, 1]]
PYTORCH = [[3, 0, 3, 0], [5, 16, 5, 9], [1, 0, 1, 0], [1, 4, 1, 2]]
FIRST = ["TensorFlow", "Keras", "JAX", "ONNX upper"]
SECOND = ["ONNX lower", "PyTorch", "MXNet"]


def full(n: int, k: int, s: int) -> Array:
    """A full output whose cells all differ, and zeros after it."""
    return np.concatenate([np.arange(1.0, (n - 1) * s + k + 1), np.zeros(k + s)])


def runtime(layer: Layer, **attributes: Any) -> Array:
    """onnxruntime's ConvTranspose."""
    g = layer.geometry
    node = helper.make_node(
        "ConvTranspose",
        ["x", "w"],
        ["y"],
        group=g.groups,
        strides=[a.stride for a in g.axes],
        dilations=[a.dilation for a in g.axes],
        **attributes,
    )
    kinds = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in "xwy"]
    graph = helper.make_graph([node], "g", kinds[:2], kinds[2:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    x, w = layer.input[None].astype(np.float32), layer.weight.astype(np.float32)
    (y,) = session.run(None, {"x": x, "w": w})
    return np.asarray(y[0], dtype=np.float64)


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
def test_same_shape_and_different_numbers(engine: Engine) -> None:
    sheet = page("frameworks", SEDIRTS)
    got = engine.recalculate(file(sheet))
    assert read(got, sheet, "output_0")[0].tolist() == TENSORFLOW
    assert read(got, sheet, "output_1")[0].tolist() == PYTORCH
    cuts = {answer.name: answer.cut for answer in answers(SEDIRTS)}
    assert cuts == dict.fromkeys(FIRST, "0 | 1") | dict.fromkeys(SECOND, "1 | 0")
    said = list(texts(got, sheet).values())
    assert said.count(WORDS["same_numbers"].format(name="TensorFlow")) == len(FIRST)
    assert said.count(WORDS["other_numbers"]) == len(SECOND)


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
def test_outputs_of_random_layers_are_the_definition(engine: Engine) -> None:
    layers = [*LAYERS.values(), *random_layers(9, 18)]
    sheets = [page("frameworks", layer, name=f"L{n}") for n, layer in enumerate(layers)]
    got = engine.recalculate(file(*sheets))
    for sheet in sheets:
        for block in sheet.blocks:
            if claim := claimed(block):
                truth = transposed(claim[1])
                output = read(got, sheet, block.name)
                np.testing.assert_allclose(output, truth, 1e-9, 1e-12, err_msg=sheet.name)


def test_onnx_and_pytorch_rows_are_onnxruntimes() -> None:
    checked = 0
    for layer in [SEDIRTS, *random_layers(10, 60)]:
        plain = Layer(layer.input, layer.weight, None, layer.geometry)
        for answer in answers(plain):
            if answer.layer is None:
                continue
            if "ONNX" in answer.name:
                y = runtime(
                    plain, auto_pad="SAME_UPPER" if "upper" in answer.name else "SAME_LOWER"
                )
            elif answer.name == "PyTorch":
                axes = answer.layer.geometry.axes
                back = [a.output_padding for a in axes]
                if any(b >= a.stride for a, b in zip(axes, back, strict=True)):
                    continue  # PyTorch allows it beside a dilation, ONNX does not
                pads = [a.padding[0] for a in axes]
                y = runtime(plain, pads=pads * 2, output_padding=back)
            else:
                continue
            np.testing.assert_allclose(transposed(answer.layer), y, rtol=1e-4, atol=1e-4)
            checked += 1
    assert checked > 100


@pytest.mark.parametrize("n", [1, 2, 5])
def test_rule_is_what_trying_every_setting_finds(n: int) -> None:
    """The live table of the sheet, over k 1..7 and s 1..4."""
    sheet = page("frameworks", SEDIRTS)
    got = ironcalc_engine.recalculate(file(sheet))[sheet.name]
    table = dict(zip(product(range(1, 8), range(1, 5)), cells(sheet, "rule"), strict=True))
    impossible = set()
    for (k, s), cell in table.items():
        y, most = full(n, k, s), (n - 1) * s + k
        begin = max(k - s, 0) // 2
        wanted = y[begin : begin + n * s].tolist()
        found = [
            p
            for p, op in product(range(k), range(s))  # output_padding is less than the stride
            if most - 2 * p + op == n * s and y[p : p + n * s].tolist() == wanted
        ]
        assert found in ([], [got[cell]])
        if not found:
            assert got[cell] == WORDS["rule_none"]
            impossible.add((k, s))
    assert impossible == {(k, s) for k, s in table if k > s and (k - s) % 2}


def test_crops_of_the_view_follow_the_rule() -> None:
    for k, s in product(range(1, 8), range(1, 5)):
        layer = Layer.of(np.ones((2,)), np.ones((k,)), stride=s)
        by_name = {answer.name: answer for answer in answers(layer)}
        t = max(k - s, 0)
        for name in FIRST[:3]:
            assert by_name[name].crops == ((t // 2, k - s - t // 2),)
        if s == 1 and k % 2 == 0:
            assert by_name["PyTorch"].layer is None
        else:
            begin = (t + 1) // 2
            assert by_name["PyTorch"].crops == ((begin, k - s - begin),)


def test_layer_that_a_framework_has_not_is_told() -> None:
    sheet = page("frameworks", Layer.of([1, 2], [1, 1]))
    notes = [
        str(paint.cells.memory.item())
        for paint in sheet.paints
        if paint.cells.memory.dtype == object and paint.cells.memory.size == 1
    ]
    assert notes.count(WORDS["refused"]) == 2  # PyTorch and MXNet


def test_other_stride_and_kernel_size_in_the_small_table() -> None:
    sheet = page("frameworks", SEDIRTS)
    (first, *_) = cells(sheet, "rule")
    paints = {paint.cells.shape: paint.cells for paint in sheet.paints if paint.formula is None}
    row, column = paints[7, 1].origin
    for k, s, p in [(9, 5, 2), (9, 4, "–"), (2, 5, 0)]:
        changes = {
            (sheet.name, a1((row, column))): float(k),
            (sheet.name, a1((row - 1, column + 1))): float(s),
        }
        assert ironcalc_engine.recalculate(file(sheet), changes)[sheet.name][first] == p


# ------------------------------------------------------------------------ what the lesson says


def lesson_page(name: str, seed: int | None = None) -> tuple[Sheet, Values]:
    lesson = load_lesson("frameworks")
    at = lesson.names.index(name)
    sheet, layer = build(lesson).sheets[at], lesson.pages[at].layer
    assert layer is not None
    if seed is not None:
        rng = np.random.default_rng(seed)
        x, w = (
            rng.integers(1, 2 + seed, a.shape).astype(float) for a in (layer.input, layer.weight)
        )
        layer = Layer(x, w, None, layer.geometry)
    return sheet, ironcalc_engine.recalculate(file(sheet), typed(sheet, layer))


def test_lesson_odd_differs_even_for_ones() -> None:
    sheet, got = lesson_page("Odd", seed=0)
    assert read(got, sheet, "output_0").max() == 4
    assert list(texts(got, sheet).values()).count(WORDS["other_numbers"]) == 3


@pytest.mark.parametrize("seed", [None, 0, 1, 7])
def test_lesson_even_agrees_for_any_numbers(seed: int | None) -> None:
    sheet, got = lesson_page("Even", seed)
    said = list(texts(got, sheet).values())
    assert said.count(WORDS["same_numbers"].format(name="TensorFlow")) == 7


@pytest.mark.parametrize("seed", [None, 0, 7])
def test_lesson_small_adds_zeros(seed: int | None) -> None:
    sheet, got = lesson_page("Small", seed)
    six, five = (read(got, sheet, f"output_{n}")[0] for n in (0, 1))
    assert (six.shape, five.shape) == ((6, 6), (5, 5))
    assert not six[-1].any()
    assert not six[:, -1].any()
