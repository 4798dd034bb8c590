"""Weights that are integers, and what follows a layer: live, and what other programs compute."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from click.testing import CliRunner
from onnx import TensorProto, helper, numpy_helper

import xlconv
from xlconv.cli.commands import cli
from xlconv.errors import XlconvError
from xlconv.grid.references import text
from xlconv.layers.excerpt import excerpt
from xlconv.layers.layer import Layer
from xlconv.layers.quantised import quantised, scaled
from xlconv.layers.then import steps
from xlconv.models.model import read_model

from . import model_files as files
from .engines import ironcalc_engine
from .pages import read

DICE = np.random.default_rng(11)
X = DICE.integers(-8, 9, (1, 3, 4, 3)) / 4
Q = DICE.integers(-100, 100, (3, 2, 3, 2))


def theirs(path: Path, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["out"], {"x": x.astype(np.float32)})[0])[0]


def computed(layer: Any, view: str, block: str, changes: Any = None) -> np.ndarray:
    """A block of a layer's sheet as IronCalc computes it from the cells of the file."""
    book = xlconv.build(layer, views=[view])
    sheet = book.sheets[0]
    cells = {(sheet.name, at): value for at, value in (changes or {}).items()}
    return read(ironcalc_engine.recalculate(book.to_bytes(), cells), sheet, block)


def place(layer: Any, view: str, block: str) -> str:
    """The first cell of a block."""
    found = next(b for b in xlconv.build(layer, views=[view]).sheets[0].blocks if b.name == block)
    return found.ranges()[0].partition(":")[0]


def chain(path: Path, op: str, q: np.ndarray, axis: int, follow: list[Any], kept: Any) -> Path:
    """A model: integers with a scale for each index of an axis, a convolution, what follows it.

    follow  nodes that begin at y and end at out; every number is exact in float32
    """
    scale = np.array([0.5, 0.25, 2.0], "f4")[: q.shape[axis]]
    zero: Any = np.array([1, 3, 5], q.dtype)[: q.shape[axis]]
    tensors = {"q": q, "s": scale, "z": zero, **kept}
    nodes = [
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["w"], axis=axis),
        helper.make_node(op, ["x", "w"], ["y"], name="up", strides=[2, 1]),
        *follow,
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, None, None])
    kind = {"int8": TensorProto.INT8, "uint8": TensorProto.UINT8}[q.dtype.name]
    kind = kind if follow and follow[-1].op_type == "QuantizeLinear" else TensorProto.FLOAT
    out = helper.make_tensor_value_info("out", kind, None)
    named = [numpy_helper.from_array(array, name) for name, array in tensors.items()]
    return files.saved(path, nodes, [x], [out], named)


def requantised(dtype: Any) -> tuple[list[Any], dict[str, Any]]:
    """ReLU and QuantizeLinear, whose scale lets many sums lie between two integers."""
    nodes = [
        helper.make_node("LeakyRelu", ["y"], ["r"], alpha=0.5),
        helper.make_node("QuantizeLinear", ["r", "os", "oz"], ["out"]),
    ]
    return nodes, {"os": np.array(4, "f4"), "oz": np.array(7, dtype)}


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
@pytest.mark.parametrize(("op", "view"), [("ConvTranspose", "collect"), ("Conv", "convolution")])
def test_onnx_layer_of_integers_is_onnxruntimes(
    tmp_path: Path, axis: int, dtype: Any, op: str, view: str
) -> None:
    q: Any = np.abs(Q // 8).astype(dtype)
    q = q if op == "ConvTranspose" else q.swapaxes(0, 1)
    path = chain(tmp_path / "m.onnx", op, q, axis, *requantised(dtype))
    x = np.random.default_rng(5).integers(-8, 9, (1, 3, 9, 7)).astype(float)
    layer = xlconv.model_layer(path, input=x)
    assert layer.quantised is not None
    assert np.array_equal(layer.quantised.integers, q)
    assert layer.quantised.scale.shape == ((len(q), 1) if axis == 0 else (1, q.shape[1]))
    expected = theirs(path, x)
    given = computed(layer, view, "then_1") / 4
    assert (given % 1 == 0.5).any()  # where a half goes to the even number
    assert np.unique(expected).size > 4
    assert np.array_equal(computed(layer, view, "then_2"), expected)


def with_integers(path: Path, op: str, x: np.ndarray, zero: int, scale: float = 0.25) -> Path:
    """A model whose input is dequantised in it, with a scale and a zero point for all."""
    q: Any = Q.astype("i1") if op == "ConvTranspose" else Q.swapaxes(0, 1).astype("i1")
    tensors = {
        "w": q.astype("f4") / 8,
        "xs": np.array(scale, "f4"),
        "xz": np.array(zero, x.dtype),
    }
    nodes = [
        helper.make_node("DequantizeLinear", ["x", "xs", "xz"], ["xr"]),
        helper.make_node(op, ["xr", "w"], ["out"], name="up", strides=[2, 1]),
    ]
    number = helper.np_dtype_to_tensor_dtype(x.dtype)
    given = helper.make_tensor_value_info("x", number, [1, 3, None, None])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    kept = [numpy_helper.from_array(array, name) for name, array in tensors.items()]
    return files.saved(path, nodes, [given], [out], kept)


@pytest.mark.parametrize(("dtype", "zero"), [(np.int8, -3), (np.uint8, 128)])
@pytest.mark.parametrize(
    ("op", "views"),
    [("ConvTranspose", ("collect", "distribute", "channels")), ("Conv", ("convolution",))],
)
def test_input_of_the_models_integers_is_what_they_mean(
    tmp_path: Path, dtype: Any, zero: int, op: str, views: tuple[str, ...]
) -> None:
    limits = np.iinfo(dtype)
    x = DICE.integers(limits.min, limits.max + 1, (1, 3, 9, 7)).astype(dtype)
    path = with_integers(tmp_path / "m.onnx", op, x, zero)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    expected = np.asarray(session.run(["out"], {"x": x})[0])[0]
    np.save(tmp_path / "x.npy", x)
    for given in (x, str(tmp_path / "x.npy")):
        layer = xlconv.model_layer(path, input=given)
        for view in views:
            meant = 0.25 * (x[0].astype(float) - zero)
            assert np.array_equal(computed(layer, view, "input"), meant), view
            assert np.allclose(computed(layer, view, "output"), expected, atol=1e-4), view
    at = place(layer, views[0], "input_integers")
    changed = computed(layer, views[0], "input", {at: 100})
    assert changed[0, 0, 0] == 0.25 * (100 - zero)
    assert f"its input is 0.25*(q {'+ 3' if zero < 0 else '- 128'}) of" in layer.note


def test_input_of_other_numbers_is_taken_as_it_is_and_said_so(tmp_path: Path) -> None:
    x = DICE.integers(-9, 9, (1, 3, 4, 3)).astype(np.int8)
    path = with_integers(tmp_path / "m.onnx", "ConvTranspose", x, 5)
    for given in (x.astype(float), x.astype(np.int64), x.tolist()):
        layer = xlconv.model_layer(path, input=given)
        assert layer.scaled is None
        assert np.array_equal(layer.input, x[0])
        assert layer.note.endswith("its input is 0.25*(q - 5) of int8, and given as real numbers")
    said = CliRunner().invoke(cli, ["model", str(path)]).stdout
    assert "its input 0.25*(q - 5) of int8" in said


def test_part_and_recipe_keep_the_integers_of_an_input(tmp_path: Path) -> None:
    x = DICE.integers(-9, 9, (1, 3, 6, 5)).astype(np.int8)
    layer = xlconv.model_layer(with_integers(tmp_path / "m.onnx", "ConvTranspose", x, 5), input=x)
    assert isinstance(layer, Layer)
    part = excerpt(layer, [0, 2], [1], [(1, 4), (0, 3)])
    meant = 0.25 * (x[0, [0, 2], 1:4, :3].astype(float) - 5)
    assert np.array_equal(computed(part, "collect", "input"), meant)
    book = xlconv.build(part, views=["collect", "distribute"])
    assert '"input_scale":0.25,"input_zero_point":5' in book.recipe
    book.save(tmp_path / "a.xlsx")
    assert xlconv.check(tmp_path / "a.xlsx").right
    plain = xlconv.model_layer(with_integers(tmp_path / "c.onnx", "Conv", x, 5), input=x)
    xlconv.build(plain, views=["convolution"]).save(tmp_path / "b.xlsx")
    assert xlconv.check(tmp_path / "b.xlsx").right


def test_tflite_input_of_integers(tmp_path: Path) -> None:
    q: Any = Q.transpose(1, 2, 3, 0).astype(np.int8)
    path = files.tflite(tmp_path / "m.tflite", q, given=(0.5, -128, "int8"))
    x = DICE.integers(-128, 128, (1, 4, 5, 3)).astype(np.int8)
    layer = xlconv.model_layer(path, input=x)
    meant = np.moveaxis(0.5 * (x[0].astype(float) + 128), -1, 0)
    assert np.array_equal(computed(layer, "collect", "input"), meant)


def test_other_program_that_takes_the_integers_as_they_are_is_found_out(tmp_path: Path) -> None:
    x = DICE.integers(-128, 128, (1, 3, 9, 8)).astype(np.int8)
    layer = xlconv.model_layer(with_integers(tmp_path / "m.onnx", "ConvTranspose", x, 5), input=x)
    assert isinstance(layer, Layer)
    right = xlconv.output(layer)
    assert xlconv.compare(layer, right).agrees
    raw = xlconv.output(xlconv.Layer.of(x, Q / 8, stride=[2, 1]))
    told = "the integers of the input are taken as they are, with no scale or zero point"
    assert xlconv.compare(layer, raw).causes == (told,)


def test_playground_of_integers_is_refused_with_a_way_out() -> None:
    layer = Layer.of(X[0, 0], Q[0, 0])
    for each in (quantised(layer, 0.5), scaled(layer, 0.5)):
        with pytest.raises(XlconvError, match="of integers with a scale: show it with collect"):
            xlconv.build(each, views=["playground"])


def test_scale_of_an_input_is_more_than_0() -> None:
    with pytest.raises(XlconvError, match="input_scale must be more than 0, got 0"):
        scaled(Layer.of(X[0], Q), 0)


def test_weights_follow_their_integers_scale_and_zero_point() -> None:
    layer = quantised(Layer.of(X[0], Q, stride=2), [[0.5, 0.25]], [[1], [2], [3]])
    for view in ("collect", "distribute", "channels"):
        q, s, z = (place(layer, view, name) for name in ("integers", "scale", "zero_point"))
        changed = {q: 100, s: 2, z: -5}
        integers, scale, zero = Q.astype(float), np.array([2, 0.25]), np.array([-5, 2, 3])
        integers[0, 0, 0, 0] = 100
        weight = scale[None, :, None, None] * (integers - zero[:, None, None, None])
        got = computed(layer, view, "kernel", changed)
        assert np.array_equal(got, weight), view
        expected = xlconv.output(Layer.of(X[0], weight, stride=2))
        assert np.allclose(computed(layer, view, "output", changed), expected, atol=1e-9), view


def test_formula_of_a_weight_is_scale_times_integer_less_zero_point() -> None:
    layer = quantised(Layer.of(X[0], Q), 0.5, 3)
    (sheet,) = xlconv.build(layer, views=["collect"]).sheets
    q, s, z = (place(layer, "collect", name) for name in ("integers", "scale", "zero_point"))
    (kernel,) = [block.cells for block in sheet.blocks if block.name == "kernel"]
    (paint,) = [
        paint
        for paint in sheet.paints
        if paint.cells is kernel
        or (paint.formula is not None and paint.cells.origin == kernel.origin)
    ]
    absolute = "$" + "$".join((s.rstrip("0123456789"), s.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
    assert text(paint, (0, 0, 0, 0)).replace("$", "") == f"{s}*({q}-{z})"
    assert text(paint, (0, 0, 0, 0)).startswith(absolute)


def test_tflite_layer_of_integers(tmp_path: Path) -> None:
    """By hand: s * (q - z) for each output channel, stamps added, cut at 0, requantised."""
    q: Any = Q.transpose(1, 2, 3, 0).astype(np.int8)
    path = files.tflite(
        tmp_path / "m.tflite",
        q,
        (np.array([0.5, 0.25]), np.array([0, 3]), 0),
        padding=1,
        activation=1,
        output=(0.75, -3, "int8"),
    )
    layer = xlconv.model_layer(path, input=X[0].transpose(1, 2, 0))
    weight = np.array([0.5, 0.25])[None, :, None, None] * (Q - np.array([0, 3])[:, None, None])
    y = np.zeros((2, 9, 6))
    for i, r, c in np.ndindex(3, 4, 3):
        y[:, 2 * r : 2 * r + 3, 2 * c : 2 * c + 2] += X[0, i, r, c] * weight[i]
    assert np.array_equal(computed(layer, "collect", "output"), y)
    assert np.array_equal(computed(layer, "collect", "then_1"), np.where(y > 0, y, 0))
    v = np.where(y > 0, y, 0) / 0.75
    assert np.array_equal(computed(layer, "collect", "then_2"), np.clip(np.round(v) - 3, -128, 127))


@pytest.mark.parametrize(
    ("code", "option", "activation", "steps"),
    [
        (14, 0.0, 0, ["sigmoid"]),
        (98, 0.25, 0, ["leaky_relu:0.25"]),
        (28, 0.0, 1, ["relu", "tanh"]),
        (117, 0.0, 0, []),
    ],
)
def test_operations_after_a_tflite_layer_are_its_steps(
    tmp_path: Path, code: int, option: float, activation: int, steps: list[str]
) -> None:
    w = Q.transpose(1, 2, 3, 0).astype("<f4")
    path = tmp_path / "m.tflite"
    files.tflite(path, w, activation=activation, follow=(code, option))
    assert read_model(path).layer("up").said.get("then", []) == steps


def half_even(value: float) -> int:
    """Python's own rounding, of a number by 0.5, and 10 added."""
    return round(value / 0.5) + 10


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("relu", lambda y: y * (y > 0)),
        ("relu6", lambda y: np.minimum(np.maximum(y, 0), 6)),
        ("leaky_relu:0.2", lambda y: np.maximum(y, 0.2 * y)),
        ("sigmoid", lambda y: np.exp(-np.logaddexp(0, -y))),
        ("tanh", lambda y: (np.exp(y) - np.exp(-y)) / (np.exp(y) + np.exp(-y))),
        ("clip:-1:2.5", lambda y: np.minimum(np.maximum(y, -1), 2.5)),
        ("quantize:0.5:10:0:20", lambda y: np.clip([[[*map(half_even, y[0, 0])]]], 0, 20)),
    ],
)
def test_what_follows_is_computed_by_cells(told: str, meant: Any) -> None:
    x = np.array([[[-7.25, -0.75, -0.25, 0.0, 0.25, 0.75, 1.0, 6.5]]])
    layer = xlconv.resolve(x, [[1.0]], then=told)
    for view in ("collect", "distribute", "channels"):
        got = computed(layer, view, "then_1")
        assert np.allclose(got, meant(x), rtol=1e-12, atol=0), view


def test_curves_have_values_far_from_zero() -> None:
    layer = xlconv.resolve([[-800.0, 800.0]], [[1.0]], then="sigmoid,clip:0.25:0.75")
    assert computed(layer, "collect", "then_1").tolist() == [[[0, 1]]]
    assert computed(layer, "collect", "then_2").tolist() == [[[0.25, 0.75]]]


def test_parameters_of_what_follows_are_cells() -> None:
    layer = xlconv.resolve([[-2.0, 8.0]], [[1.0]], then="leaky_relu:0.5")
    at = place(layer, "collect", "slope_1")
    assert computed(layer, "collect", "then_1", {at: 0.25}).tolist() == [[[-0.5, 8]]]


SHAPES = {"w": (4, 2, 3, 3), "b": (1, 4, 1, 1)}


@pytest.mark.parametrize("shape", [(1, 2, 1, 1), (2, 1, 1), (1, 1, 1)])
def test_add_of_a_constant_is_the_bias(tmp_path: Path, shape: tuple[int, ...]) -> None:
    b = np.array([0.5, -2], "f4")[: np.prod(shape)].reshape(shape)
    follow = [
        helper.make_node("Add", ["b", "y"], ["sum"]),
        helper.make_node("Relu", ["sum"], ["out"]),
    ]
    path = chain(tmp_path / "m.onnx", "ConvTranspose", Q.astype("i1"), 1, follow, {"b": b})
    found = read_model(path).layer("up")
    assert (found.notes, found.output) == (("the Add after it is its bias",), "sum")
    layer = xlconv.model_layer(path, input=X)
    assert np.array_equal(computed(layer, "collect", "then_1"), theirs(path, X))
    said = CliRunner().invoke(cli, ["model", str(path)]).stdout
    assert "with a bias; then Add; the Add after it is its bias" in said


def test_add_after_a_convolution_in_groups_is_its_bias(tmp_path: Path) -> None:
    kept = [numpy_helper.from_array(np.ones(shape, "f4"), name) for name, shape in SHAPES.items()]
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["y"], name="down", group=2),
        helper.make_node("Add", ["y", "b"], ["out"]),
    ]
    ends = [helper.make_tensor_value_info(name, 1, None) for name in ("x", "out")]
    files.saved(tmp_path / "m.onnx", nodes, ends[:1], ends[1:], kept)
    biases = read_model(tmp_path / "m.onnx").layer("down").biases()
    assert biases is not None and biases.tolist() == [1, 1, 1, 1]


def test_add_of_a_map_is_no_bias(tmp_path: Path) -> None:
    follow = [helper.make_node("Add", ["y", "b"], ["out"])]
    b = {"b": np.ones((1, 2, 9, 4), "f4")}
    path = chain(tmp_path / "m.onnx", "ConvTranspose", Q.astype("i1"), 1, follow, b)
    found = read_model(path).layer("up")
    assert (found.biases(), found.output, found.notes) == (None, "y", ())


def test_file_of_integers_is_checked(tmp_path: Path) -> None:
    layer = quantised(Layer.of(X[0], Q, stride=2, bias=[1, 2]), [[0.5, 0.25]], 3)
    part = excerpt(xlconv.resolve(X[0], Q, then="relu6,quantize:0.1"), [0, 2], [1])
    for n, each in enumerate((layer, part)):
        book = xlconv.build(each, views=["collect", "distribute"])
        book.save(tmp_path / f"{n}.xlsx")
        assert xlconv.check(tmp_path / f"{n}.xlsx").right
    assert '"weight_scale":[[0.5,0.25]],"weight_zero_point":[[3]]' in xlconv.build(layer).recipe
    assert '"then":["relu6","quantize:0.1:0:-128:127"]' in xlconv.build(part).recipe


def test_excerpt_keeps_the_integers_of_its_channels() -> None:
    layer = quantised(Layer.of(X[0], Q, stride=2), [[0.5, 0.25]], [[1], [2], [3]])
    part = excerpt(layer, [0, 2], [1])
    assert part.quantised is not None
    assert np.array_equal(part.quantised.integers, Q[[0, 2]][:, [1]])
    assert (part.quantised.scale.tolist(), part.quantised.zero_point.tolist()) == (
        [[0.25]],
        [[1], [3]],
    )
    assert np.array_equal(computed(part, "collect", "output"), xlconv.output(layer)[1:])


def test_option_goes_before_the_file_for_what_follows(tmp_path: Path) -> None:
    path = files.conv_transpose(tmp_path / "m.onnx")

    def kinds(**more: Any) -> list[str]:
        return [str(step) for step in xlconv.model_layer(path, input=X, **more).then]

    code = "layers.Conv2DTranspose(2, 4, activation='tanh', strides=2)"
    assert kinds() == ["relu"]
    assert kinds(code=code, convention="onnx") == ["tanh"]
    assert kinds(code=code, convention="onnx", then="clip:0:1") == ["clip:0:1"]
    assert kinds(then="") == []
    line = f"layer --model {path} --input 3x3x3 --then sigmoid --view collect -o {tmp_path}/a.xlsx"
    ran = CliRunner().invoke(cli, shlex.split(line))
    assert ran.exit_code == 0, ran.stderr
    assert xlconv.check(tmp_path / "a.xlsx").right


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("swish", "then must be some of relu, relu6, .*, got 'swish'"),
        ("clip:1", "then must have its numbers as clip:low:high, got 'clip:1'"),
        ("clip:2:1", "then: low must not be above high in clip"),
        ("quantize:0", "then: the scale of quantize must be more than 0"),
        ("leaky_relu:x", "then must have its numbers as leaky_relu:slope"),
        ("relu:1", "then must have its numbers as relu, got 'relu:1'"),
    ],
)
def test_steps_that_there_are_not_are_refused(told: str, words: str) -> None:
    with pytest.raises(XlconvError, match=words):
        steps(told)


@pytest.mark.parametrize("scale", [[1.0, 2, 3], np.ones((3, 2, 2))])
def test_scales_that_are_not_for_the_channels_are_refused(scale: Any) -> None:
    with pytest.raises(XlconvError, match="weight_scale must be one value"):
        quantised(Layer.of(X[0], Q), scale)
