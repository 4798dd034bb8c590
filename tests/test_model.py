"""The model against the lesson's printed arrays and against onnxruntime."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from onnx import TensorProto, helper

from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.layers.model import canvas, conv, conv_transpose, count, matrix

from .layers import LAYERS, any_layer, numbered, random_layers, transposed

SEEDS = json.loads((Path(__file__).parent / "data/seed_examples.json").read_text())


@pytest.mark.parametrize("example", SEEDS, ids=lambda example: example["id"])
def test_the_arrays_of_the_lesson(example: dict[str, Any]) -> None:
    names = ("stride", "padding")
    layer = Layer.of(example["input"], example["weight"], **{n: example[n] for n in names})
    assert conv_transpose(layer).tolist() == example["output"]


def run(operator: str, arrays: list[np.ndarray], **attributes: Any) -> np.ndarray:
    """An ONNX operator in onnxruntime, on one example; float32."""
    names = ["x", "w", "b"][: len(arrays)]
    graph = helper.make_graph(
        [helper.make_node(operator, names, ["y"], **attributes)],
        "one",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
            for name, array in zip(names, arrays, strict=True)
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    )
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return np.asarray(session.run(None, dict(zip(names, arrays, strict=True)))[0][0])


def onnx_conv_transpose(layer: Layer) -> np.ndarray:
    g = layer.geometry
    arrays = [layer.input[None], layer.weight] + ([] if layer.bias is None else [layer.bias])
    return run(
        "ConvTranspose",
        [array.astype(np.float32) for array in arrays],
        strides=[axis.stride for axis in g.axes],
        pads=[axis.padding[0] for axis in g.axes] + [axis.padding[1] for axis in g.axes],
        output_padding=[axis.output_padding for axis in g.axes],
        dilations=[axis.dilation for axis in g.axes],
        group=g.groups,
    )


INTEGERS = [
    numbered(layer, n)
    for n, layer in enumerate(random_layers(1603, 1800))
    # onnxruntime takes no negative pads, and no output_padding from the stride on
    if all(min(a.padding) >= 0 and a.output_padding < a.stride for a in layer.geometry.axes)
]


def test_two_hundred_layers_are_compared_with_onnxruntime() -> None:
    assert len(INTEGERS) > 200
    for rank in (1, 2, 3):
        assert sum(layer.geometry.rank == rank for layer in INTEGERS) >= 40


def test_integers_are_exactly_what_onnxruntime_computes() -> None:
    for layer in INTEGERS:
        got = onnx_conv_transpose(layer)
        assert np.array_equal(conv_transpose(layer), got), layer.geometry


@settings(derandomize=True, max_examples=200)
@given(any_layer())
def test_any_layer_is_its_definition(layer: Layer) -> None:
    np.testing.assert_allclose(conv_transpose(layer), transposed(layer), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_matrix_times_the_flat_input_is_the_output(layer: Layer) -> None:
    bias = 0 if layer.bias is None else layer.bias.reshape(-1, *[1] * layer.geometry.rank)
    flat = matrix(layer) @ layer.input.ravel()
    truth = transposed(layer)
    np.testing.assert_allclose(flat.reshape(truth.shape) + bias, truth, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_canvas_is_the_layer_without_its_crop(layer: Layer) -> None:
    g = layer.geometry
    uncropped = Layer.of(
        layer.input,
        layer.weight,
        bias=layer.bias,
        stride=[axis.stride for axis in g.axes],
        dilation=[axis.dilation for axis in g.axes],
        padding=[
            (min(0, axis.padding[0]), min(0, axis.padding[1] - axis.output_padding))
            for axis in g.axes
        ],
        groups=g.groups,
    )
    assert np.array_equal(canvas(layer), transposed(uncropped))


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_count_is_the_output_of_ones(layer: Layer) -> None:
    g = layer.geometry
    ones = Layer(
        np.ones(layer.input.shape) / (len(layer.input) // g.groups),
        np.ones(layer.weight.shape),
        None,
        g,
    )
    for plane in transposed(ones):
        np.testing.assert_allclose(count(layer), plane, rtol=1e-12)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_plain_convolution_is_onnxruntimes(rank: int, groups: int) -> None:
    rng = np.random.default_rng(rank)
    for n in range(12):
        x = rng.integers(-4, 5, (2 * groups, *rng.integers(4, 7, rank))).astype(float)
        w = rng.integers(-4, 5, (2 * groups, 2, *rng.integers(1, 3, rank))).astype(float)
        bias = rng.integers(-4, 5, 2 * groups).astype(float) if n % 2 else None
        stride, dilation = (rng.integers(1, 4, rank).tolist() for _ in range(2))
        padding = rng.integers(0, 3, (rank, 2)).tolist()
        given_ = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        convolution = Convolution.of(x, w, bias=bias, **given_)
        arrays = [x[None], w] + ([] if bias is None else [bias])
        got = run(
            "Conv",
            [array.astype(np.float32) for array in arrays],
            strides=stride,
            pads=[p[0] for p in padding] + [p[1] for p in padding],
            dilations=dilation,
            group=groups,
        )
        assert np.array_equal(conv(convolution), got)
