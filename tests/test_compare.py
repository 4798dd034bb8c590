"""Comparing with another program's output: each planted cause is named, a right output said so.

The other outputs are made by loops over the definition, or by onnxruntime; none by the code under
test.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import helper

import xlconv
from xlconv.differing.activations import ACTIVATIONS
from xlconv.differing.added import added
from xlconv.differing.shown import book_of
from xlconv.differing.spots import spots
from xlconv.differing.uncropped import Steps, uncropped
from xlconv.errors import XlconvError
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.layers.then import steps

Array = NDArray[np.float64]

R = np.random.default_rng(12)
X, W, B = R.standard_normal((3, 8, 7)), R.standard_normal((3, 5, 3, 3)), R.standard_normal(5)
SQUARE = R.standard_normal((3, 3, 4, 4))
LARGEST = abs(W).max()
"""The largest weight."""


def stamped(x: Array, w: Array, stride: Any = 1, dilation: int = 1) -> Array:
    """The uncropped output, input by input: each stamps the whole kernel."""
    rank = x.ndim - 1
    s = np.broadcast_to(stride, rank)
    extents = [dilation * (k - 1) + 1 for k in w.shape[2:]]
    sizes = [(n - 1) * a + e for n, a, e in zip(x.shape[1:], s, extents, strict=True)]
    y = np.zeros((w.shape[1], *sizes))
    for i in np.ndindex(*x.shape[1:]):
        place = tuple(
            slice(a * b, a * b + e, dilation) for a, b, e in zip(i, s, extents, strict=True)
        )
        y[(slice(None), *place)] += np.tensordot(x[(slice(None), *i)], w, 1)
    return y


def cropped(y: Array, *pads: tuple[int, int]) -> Array:
    """An output without some cells at its begins and ends."""
    each = zip(pads * (y.ndim - 1) if len(pads) == 1 else pads, y.shape[1:], strict=True)
    kept = [slice(begin, n - end) for (begin, end), n in each]
    return y[(slice(None), *kept)]


def wide(values: Array) -> Array:
    return values[:, None, None]


def theirs(x: Array = X, w: Array = W, stride: int = 2, dilation: int = 1) -> Array:
    """What a program gives that crops one cell on each side."""
    return cropped(stamped(x, w, stride, dilation), (1, 1))


def ours(x: Array = X, w: Array = W, **parameters: Any) -> Layer:
    return Layer.of(x, w, **({"stride": 2, "padding": 1} | parameters))


def zeros_at_the_end() -> Array:
    y = cropped(stamped(X, W, 2), (1, 0)).copy()
    y[:, -1] = y[:, :, -1] = 0
    return y


def integers(w: Array) -> Array:
    """The 8-bit weights of a scale that is the largest weight / 127."""
    return np.rint(w / LARGEST * 127)


def memory(a: Array, *shape: int) -> Array:
    return a.copy().reshape(shape)


MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
"""Of ImageNet's pixels."""
GAPS = np.zeros((3, 5, 5, 3))
GAPS[:, :, ::2] = W
PADDED = np.pad(X, ((0, 0), (1, 1), (1, 1)))
PLANTED: dict[str, tuple[Layer, Array, tuple[str, ...]]] = {
    # what was done: our layer, their output, and every cause that must be named
    "the crop at the other end": (
        ours(output_padding=1),
        cropped(stamped(X, W, 2), (0, 1)),
        ("their crop is 0:1, yours 1:0: theirs lies 1 cell right and down",),
    ),
    "two pixels off": (
        Layer.of(X, SQUARE[:, :, :, :], stride=1, padding=[(3, 0), (3, 0)]),
        cropped(stamped(X, SQUARE), (1, 2)),
        ("their crop is 1:2, yours 3:0: theirs lies 2 cells right and down",),
    ),
    "the kernel not turned": (
        ours(),
        theirs(w=W[:, :, ::-1, ::-1]),
        ("the kernel is turned by 180°",),
    ),
    "turned along rows": (
        ours(),
        theirs(w=W[:, :, ::-1]),
        ("the kernel is turned along its rows only",),
    ),
    "height and width of the kernel": (
        ours(),
        theirs(w=W.swapaxes(2, 3)),
        ("height and width of the kernel are swapped",),
    ),
    "height and width of the input": (
        ours(),
        theirs(x=X.swapaxes(1, 2)),
        ("height and width of the input are swapped",),
    ),
    "in and out channels": (
        ours(w=SQUARE),
        theirs(w=SQUARE.swapaxes(0, 1)),
        ("in and out channels of the weight are swapped",),
    ),
    "output_padding filled with zeros": (
        ours(output_padding=1),
        zeros_at_the_end(),
        (
            (
                "the last row and the last column hold nothing, where the uncropped output goes on:"
                " output_padding uncovers cells, it adds no zeros"
            ),
        ),
    ),
    "the input padded, as TICO does": (
        ours(),
        stamped(PADDED, W, 2)[:, :15, :13],
        (
            "their crop is -2:4, yours 1:1: theirs lies 3 cells right and down",
            "their input is padded by 1 instead of the output cropped",
        ),
    ),
    "dilation": (
        ours(stride=3),
        cropped(stamped(X, W, 3, 2), (1, 1)),
        ("dilation 2, not 1",),
    ),
    "stride": (ours(), theirs(stride=3), ("stride 3, not 2",)),
    "bias left out": (ours(bias=B), theirs(), ("the bias is left out",)),
    "bias twice": (ours(bias=B), theirs() + 2 * wide(B), ("the bias is added twice",)),
    "ReLU": (
        ours(bias=B),
        np.maximum(theirs() + wide(B), 0),
        ("ReLU is applied after the layer",),
    ),
    "sigmoid": (
        ours(bias=B),
        1 / (1 + np.exp(-theirs() - wide(B))),
        ("sigmoid is applied after the layer",),
    ),
    "BatchNorm folded": (
        ours(),
        theirs() * wide(np.array([0.5, 2, 3, 0.25, 1.5])) + wide(np.array([1.0, 2, 3, 4, 5])),
        (
            (
                "each output channel has a factor of its own: 0.5, 2, 3, 0.25, ...; and a constant,"
                " as BatchNorm has: 1, 2, 3, 4, ..."
            ),
        ),
    ),
    "a scale along the wrong axis": (
        ours(w=integers(W)),
        theirs(w=integers(W) * np.array([0.5, 2, 3])[:, None, None, None]),
        (
            (
                "the weights of each input channel have a factor of their own: 0.5, 2, 3 (a scale"
                " per channel along the wrong axis)"
            ),
        ),
    ),
    "output channels in another order": (
        ours(),
        theirs()[[2, 0, 1, 4, 3]],
        ("the output channels are in the order 2, 0, 1, 4, 3 of yours",),
    ),
    "an input channel that is left out": (
        ours(),
        theirs(x=X * np.array([1, 0, 1])[:, None, None]),
        ("input channel 1 brings nothing",),
    ),
    "RGB and BGR": (
        ours(),
        theirs(x=X[::-1]),
        ("the input channels are in reverse order, as RGB and BGR",),
    ),
    "Keras' memory as PyTorch's": (
        ours(w=memory(W.transpose(2, 3, 1, 0), 3, 5, 3, 3)),
        theirs(),
        ("the memory of the weight is read as (kernel, out, in)",),
    ),
    "channels last read as first": (
        ours(),
        theirs(x=memory(X.transpose(1, 2, 0), 3, 8, 7)),
        ("the memory of the input, channels last, is read as channels first",),
    ),
    "int8 without its scale": (
        ours(),
        theirs(w=integers(W)),
        (f"all is multiplied by {127 / LARGEST:.3g}",),
    ),
    "255": (
        ours(bias=B),
        theirs(x=X * 255) + wide(B),
        ("all but the bias is multiplied by 255, as of an input from 0 to 255 and not to 1",),
    ),
    "1-D, k 16, s 8": (
        Layer.of(*(one := (R.standard_normal((8, 20)), R.standard_normal((8, 4, 16)))), stride=8),
        cropped(stamped(*one, 8), (4, 4)),
        ("their crop is 4:4, yours 0:0: theirs lies 4 cells left; it is 160, yours 168",),
    ),
    "256x128x4x4": (
        Layer.of(
            *(big := (R.standard_normal((256, 8, 8)), R.standard_normal((256, 128, 4, 4)))),
            stride=2,
            padding=1,
        ),
        cropped(stamped(big[0], big[1][:, :, ::-1, ::-1], 2), (1, 1)),
        ("the kernel is turned by 180°",),
    ),
    "3-D": (
        Layer.of(
            *(deep := (R.standard_normal((2, 4, 3, 5)), R.standard_normal((2, 3, 3, 3, 3)))),
            stride=2,
        ),
        stamped(deep[0], deep[1][:, :, ::-1], 2),
        ("the kernel is turned along its depths only",),
    ),
    "dilation along one axis": (
        ours(),
        cropped(stamped(X, GAPS, 2), (1, 1)),
        ("dilation 2,1, not 1",),
    ),
    "channels last where both ends are as many": (
        ours(x=X[:, :3]),
        np.moveaxis(theirs(x=X[:, :3]), 0, -1),
        ("the channels of the output are last",),
    ),
    "NumPy's .T of a plain kernel": (
        ours(w=SQUARE),
        theirs(w=SQUARE.transpose(1, 0, 3, 2)),
        ("in and out channels of the weight are swapped, and height and width of the kernel are",),
    ),
    "a zero point of the weight": (
        ours(w=integers(W)),
        theirs(w=integers(W) + 128),
        ("128 is added to the weight, as where its zero point is not taken off",),
    ),
    "a zero point and a scale of the input": (
        ours(bias=B),
        theirs(x=X * 50 + 128) + wide(B),
        (
            "2.56 is added to the input, as where its zero point is not taken off",
            "all but the bias is multiplied by 50, as where a scale of 0.02 is left out",
        ),
    ),
    "pixels normalised twice": (
        ours(),
        theirs(x=(X - wide(MEAN)) / wide(DEVIATION)),
        ("the input channels are normalised in another way: times 4.367, 4.464, 4.444, plus -2.1",),
    ),
    "LeakyReLU of any slope": (
        ours(bias=B),
        np.where((v := theirs() + wide(B)) > 0, v, 0.05 * v),
        ("LeakyReLU of slope 0.05 is applied after the layer",),
    ),
    "PReLU": (
        ours(bias=B),
        np.where(v > 0, v, wide(np.array([0.1, -0.2, 0.3, 0.05, 0.4])) * v),
        ("PReLU of slopes 0.1, -0.2, 0.3, 0.05, ... is applied after the layer",),
    ),
    "a hard sigmoid": (
        ours(bias=B),
        np.clip(v / 6 + 0.5, 0, 1),
        ("hard sigmoid is applied after the layer",),
    ),
    "a hard sigmoid of ONNX": (
        ours(bias=B),
        np.clip(0.2 * v + 0.5, 0, 1),
        ("hard sigmoid of slope 0.2, as ONNX and Keras 2 have it, is applied after the layer",),
    ),
    "an output in 8 bits": (
        ours(bias=B),
        np.clip(np.rint(v / 0.1) + 100, 0, 255),
        ("all is multiplied by 9.99", "100 is added to all, as a zero point of the output is"),
    ),
    "a picture that is counted from the bottom": (
        ours(bias=B),
        theirs(x=X[:, ::-1]) + wide(B),
        ("the input is upside down",),
    ),
    "an output that is mirrored": (
        ours(bias=B),
        np.maximum(theirs() + wide(B), 0)[:, :, ::-1],
        ("the output is mirrored left to right", "ReLU is applied after the layer"),
    ),
    "two at once": (
        ours(bias=B),
        np.maximum(cropped(stamped(X, W[:, :, ::-1, ::-1], 2), (0, 2)), 0),
        (
            "the kernel is turned by 180°",
            "their crop is 0:2, yours 1:1: theirs lies 1 cell right and down",
            "the bias is left out",
            "ReLU is applied after the layer",
        ),
    ),
}


@pytest.mark.parametrize("cause", PLANTED)
def test_planted_cause_is_named_and_no_other(cause: str) -> None:
    layer, other, expected = PLANTED[cause]
    found = xlconv.compare(layer, other)
    assert not found.agrees
    assert len(found.causes) == len(expected)
    for said, wanted in zip(found.causes, expected, strict=True):
        assert said.startswith(wanted)
    assert "where: " in found.explain()


WHOLE = theirs() + wide(B)
FACTORS = np.array([0.5, 2, 1.5])[:, None, None, None]
OF_EACH = (
    "the weights of each input channel have a factor of their own: 0.5, 2, 1.5 (a scale per channel"
    " along the wrong axis)"
)
FUSED: dict[str, tuple[str, Array, tuple[str, ...]]] = {
    # what was done: what follows in our layer, their output, and the causes
    "the same ReLU": ("relu", np.maximum(WHOLE, 0), ()),
    "the same LeakyReLU": ("leaky_relu:0.3", np.where(WHOLE > 0, WHOLE, 0.3 * WHOLE), ()),
    "the same steps": ("relu6,tanh", np.tanh(np.clip(WHOLE, 0, 6)), ()),
    "the same integers": ("quantize:0.1:3", np.clip(np.rint(WHOLE / 0.1) + 3, -128, 127), ()),
    "integers that round by one otherwise": (
        "relu,quantize:0.1",
        np.clip(np.floor(np.maximum(WHOLE, 0) / 0.1 + 0.3), -128, 127),
        (),
    ),
    "ReLU left out": ("relu", WHOLE, ("relu is left out after the layer",)),
    "one of two left out": (
        "relu,sigmoid",
        1 / (1 + np.exp(-WHOLE)),
        ("relu is left out after the layer",),
    ),
    "another one": (
        "relu",
        1 / (1 + np.exp(-WHOLE)),
        ("sigmoid is applied after the layer, in place of relu",),
    ),
    "integers meant as numbers again": (
        "quantize:0.1:3",
        (np.clip(np.rint(WHOLE / 0.1) + 3, -128, 127) - 3) * 0.1,
        ("theirs is of real numbers again, scale * (q - zero point)",),
    ),
    "the crop, under ReLU": (
        "relu",
        np.maximum(cropped(stamped(X, W, 2), (0, 2)) + wide(B), 0),
        ("their crop is 0:2, yours 1:1: theirs lies 1 cell right and down",),
    ),
    "the bias left out, under ReLU": (
        "relu",
        np.maximum(theirs(), 0),
        ("the bias is left out",),
    ),
    "the kernel not turned, in integers": (
        "quantize:0.1",
        np.clip(np.rint((theirs(w=W[:, :, ::-1, ::-1]) + wide(B)) / 0.1), -128, 127),
        ("the kernel is turned by 180°",),
    ),
    "a scale per channel along the wrong axis, under ReLU": (
        "relu",
        np.maximum(theirs(w=W * FACTORS) + wide(B), 0),
        (OF_EACH,),
    ),
    "a zero point of the input and a kernel not turned, under tanh": (
        "tanh",
        np.tanh(theirs(x=X + 0.5, w=W[:, :, ::-1, ::-1]) + wide(B)),
        (
            "0.5 is added to the input, as where its zero point is not taken off",
            "the kernel is turned by 180°",
        ),
    ),
    "a zero point of the weight, in integers": (
        "quantize:0.001:0:-32768:32767",
        np.rint((theirs(w=W + 2) + wide(B)) / 0.001),
        ("2 is added to the weight, as where its zero point is not taken off",),
    ),
    "pixels to 255, under ReLU6": (
        "relu6",
        np.clip(255 * theirs() + wide(B), 0, 6),
        ("all but the bias is multiplied by 255, as of an input from 0 to 255 and not to 1",),
    ),
}


@pytest.mark.parametrize("cause", FUSED)
def test_what_follows_in_the_layer_itself_is_no_difference(cause: str) -> None:
    then, other, expected = FUSED[cause]
    found = xlconv.compare(replace(ours(bias=B), then=steps(then)), other)
    assert found.causes == expected
    assert found.agrees == (not expected)
    if found.agrees and "otherwise" not in cause:
        assert found.where == ""


def test_slope_is_told_though_one_channel_is_nowhere_below() -> None:
    high = np.array([100.0, 0, 0, 0, 0])
    v = theirs() + wide(high)
    found = xlconv.compare(ours(bias=high), np.where(v > 0, v, 0.05 * v))
    assert found.causes == ("LeakyReLU of slope 0.05 is applied after the layer",)
    head = book_of(found).sheets[0].head
    assert head is not None and found.causes[0] in head.idea


@pytest.mark.parametrize("factors", [[1, 1, 1, 1, 1], [2, 3, 1, 0.5, 4]])
def test_constants_are_told_though_one_channel_is_nowhere_above_0(factors: list[float]) -> None:
    """Of that channel any constant is right that leaves it below."""
    constants = np.array([1, -1, -99, 0.5, 2])
    other = np.maximum(theirs() * wide(np.array(factors)) + wide(constants), 0)
    cause, relu = xlconv.compare(ours(), other).causes
    assert re.search("constant.*: 1, -1, -[0-9.]+, 0.5, ...$", cause)
    assert ("factor of its own: 2, 3, 2.5, 0.5" in cause) == (factors[0] == 2)
    assert relu == "ReLU is applied after the layer"


def test_factors_are_told_under_a_relu_that_the_layer_does_not_have() -> None:
    found = xlconv.compare(ours(), np.maximum(theirs(w=W * FACTORS), 0))
    assert found.causes == (
        OF_EACH,
        "ReLU is applied after the layer",
    )


@pytest.mark.parametrize("layer", [ours(), ours(bias=B)], ids=["plain", "with a bias"])
def test_what_is_simpler_is_not_told_in_other_words_too(layer: Layer) -> None:
    bias = wide(B) if layer.bias is not None else 0
    for other in (theirs(w=W * FACTORS), theirs(x=X + 3)):
        assert xlconv.compare(layer, other + bias).also == ()


def test_zeros_at_the_end_are_told_under_what_follows() -> None:
    other = zeros_at_the_end()
    kept = np.maximum(other, 0.5)
    layer = replace(ours(output_padding=1), then=steps("clip:0.5:100"))
    (cause,) = xlconv.compare(layer, kept).causes
    assert cause.startswith("the last row and the last column hold nothing")


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_right_output_agrees_whatever_it_was_computed_in(dtype: Any) -> None:
    found = xlconv.compare(ours(bias=B), (theirs() + wide(B)).astype(dtype))
    assert found.agrees
    assert found.causes == () == found.also
    assert found.explain().startswith("the outputs agree, within ")
    assert np.dtype(dtype).name in found.exact


def test_exact_output_agrees_to_the_last_digit() -> None:
    x, w = np.arange(6.0).reshape(1, 2, 3), np.arange(9.0).reshape(1, 1, 3, 3)
    found = xlconv.compare(Layer.of(x, w), stamped(x, w))
    assert found.explain() == "the outputs agree, to the last digit"


@pytest.mark.parametrize("laid", ["last", "batch"])
def test_output_with_channels_last_or_a_batch_agrees_and_says_so(laid: str) -> None:
    y = theirs()
    found = xlconv.compare(ours(), np.moveaxis(y, 0, -1) if laid == "last" else y[None])
    assert found.agrees
    assert found.layout == {"last": "channels last", "batch": "sample 0 of a batch of 1"}[laid]


def bfloat16(w: Array) -> Array:
    """The upper half of a float32, rounded to even, number by number."""
    rounded = []
    for number in w.ravel():
        bits = int(np.float32(number).view(np.uint32))
        low, high = bits & 0xFFFF, bits >> 16
        high += low > 0x8000 or (low == 0x8000 and high % 2 == 1)
        rounded.append(np.uint32(high << 16).view(np.float32))
    return np.array(rounded, dtype=float).reshape(w.shape)


@pytest.mark.parametrize(
    ("rounded", "told"),
    [
        (W.astype(np.float16).astype(float), "float16 weights"),
        (bfloat16(W), "bfloat16 weights"),
        (integers(W) * LARGEST / 127, "8-bit weights"),
    ],
    ids=["float16", "bfloat16", "int8"],
)
def test_format_that_weights_were_rounded_to_is_named(rounded: Array, told: str) -> None:
    found = xlconv.compare(ours(), theirs(w=rounded))
    assert found.causes == ()
    assert f"as {told} round" in found.exact
    assert found.agrees or told != "float16 weights"
    assert not (found.agrees and "8" in told)


# ------------------------------------------------------------------------ where, ties, words


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ((slice(None), 15), "row 15 of 16"),
        ((3,), "channel 3 of 5"),
        ((slice(None), slice(None), slice(0, 2)), "columns 0, 1 of 14"),
        ((1, 2, 3), "1 of 1,120 cells, the first at [1, 2, 3]"),
        ((), "everywhere"),
        ((slice(1, 4),), "channels 1, 2, 3 of 5"),
        ((slice(0, 4),), "everywhere"),
        ((slice(0, 0),), ""),
        ((slice(None), -1, slice(0, 7)), "row 15 of 16, in part"),
    ],
)
def test_where_is_told_by_lines_channels_or_cells(wrong: tuple[Any, ...], said: str) -> None:
    agrees = np.ones((5, 16, 14), dtype=bool)
    agrees[wrong] = False
    assert spots(agrees) == said


def test_what_nothing_explains_is_said_with_where_and_how_much() -> None:
    other = theirs().copy()
    other[3] = R.standard_normal(other[3].shape)
    found = xlconv.compare(ours(), other)
    assert not found.agrees
    assert found.explain().splitlines() == [
        "where: channel 3 of 5",
        "why: nothing that was tried explains it; 80% of the cells agree",
    ]


@pytest.mark.parametrize(
    ("sizes", "kernel"),
    [((4, 16, 16), (4, 4, 4, 4)), ((4, 6, 6, 6), (4, 4, 3, 3, 3)), ((64, 8, 8), (64, 32, 4, 4))],
)
def test_what_nothing_explains_is_said_after_few_suppositions(
    sizes: tuple[int, ...], kernel: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, right = [0], uncropped

    def counting(*given: Any) -> Any:
        tried[0] += 1
        return right(*given)

    monkeypatch.setattr("xlconv.differing.judging.uncropped", counting)
    r = np.random.default_rng(7)
    layer = Layer.of(r.standard_normal(sizes), r.standard_normal(kernel), stride=2, padding=1)
    found = xlconv.compare(layer, r.standard_normal(layer.geometry.output_shape))
    assert found.explain().splitlines()[1] == "why: nothing that was tried explains it"
    assert 20 < tried[0] < 2500  # a thousand take about half a second


def test_symmetric_kernel_is_not_told_from_a_turned_one() -> None:
    w = np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])[None, None]
    found = xlconv.compare(Layer.of(X[:1], w, stride=2), stamped(X[:1], w, 2))
    assert found.agrees
    assert "the kernel is turned by 180°" in found.also
    assert "not told apart: the kernel is turned by 180°" in found.explain()


def test_crop_is_told_in_the_words_of_each_framework() -> None:
    layer, other, _ = PLANTED["the crop at the other end"]
    found = xlconv.compare(layer, other)
    assert found.words == {
        "pytorch": "",
        "tensorflow": 'padding="SAME"',
        "keras": 'padding="same"',
        "jax": '"SAME"',
        "onnx": 'auto_pad="SAME_UPPER"',
        "mxnet": "",
    }
    assert "PyTorch, MXNet Gluon have none: crop by hand: y[..., :-1, :-1]" in found.explain()


def test_crop_of_uneven_sides_is_told_as_jax_pads_the_inner_convolution() -> None:
    layer, other, _ = PLANTED["two at once"]
    words = xlconv.compare(layer, other).words
    assert words["jax"] == "padding=[(2, 0), (2, 0)]"  # k - 1 = 2, less 0 and less 2
    assert words["onnx"] == "pads=[0, 0, 2, 2]"


def test_line_is_not_named_where_single_cells_beside_it_differ() -> None:
    agrees = np.ones((2, 6, 6), dtype=bool)
    agrees[0, 5] = agrees[1, 0, 0] = False
    agrees[1, 5] = False
    assert spots(agrees) == "13 of 72 cells, the first at [0, 5, 0]"


def test_relu_of_rounded_weights_is_named_though_most_of_its_zeros_agree() -> None:
    rounded = theirs(w=W.astype(np.float16).astype(float)) - 2
    found = xlconv.compare(ours(bias=np.full(5, -2.0)), np.maximum(rounded, 0))
    assert found.causes == ("ReLU is applied after the layer",)
    assert "as float16 weights round" in found.exact


def test_cells_that_are_all_alike_tell_nothing() -> None:
    found = xlconv.compare(ours(), np.zeros((5, 15, 13)) + 7)
    assert "every cell of theirs is 7, which tells nothing" in found.explain()


def test_sizes_alone_tell_settings_where_the_numbers_tell_nothing() -> None:
    noise = np.random.default_rng(5).standard_normal((1, 20))
    found = xlconv.compare(Layer.of([1, 5, 2, 4, 3, 3, 1], [1, 2, 4], stride=2), noise)
    assert "nothing that was tried explains it" in found.explain()
    assert (
        "by its sizes alone, stride 3, padding 1, output_padding 1, dilation 1" in found.explain()
    )


@pytest.mark.parametrize(
    ("shape", "way_out"),
    [
        ((3, 15, 13), "it would, were its in and out channels swapped"),
        ((7, 15, 13), "output has 7 channels"),
        ((15, 13), "output must have 2 spatial axes"),
        ((2, 5, 15, 13), "give one sample"),
    ],
)
def test_output_of_no_such_shape_is_refused_with_a_way_out(
    shape: Sequence[int], way_out: str
) -> None:
    with pytest.raises(XlconvError, match=way_out):
        xlconv.compare(ours(), np.ones(shape))


def test_plain_convolution_is_refused_with_a_way_out() -> None:
    plain: Any = Convolution.of(X, W.swapaxes(0, 1))
    with pytest.raises(
        XlconvError, match=r"^compare is of transposed .* got a Convolution: .* code"
    ):
        xlconv.compare(plain, theirs())


def test_comparison_is_told_in_a_line_and_as_a_dictionary() -> None:
    layer, other, (cause,) = PLANTED["the kernel not turned"]
    found = xlconv.compare(layer, other)
    assert repr(found) == f"<Comparison {cause}>"
    told = found.as_dict()
    assert (told["agrees"], told["explained"], told["why"]) == (False, True, [cause])
    assert told["crop"] == [(1, 1), (1, 1)]


# ---------------------------------------------------------------------------- what it is made of


@pytest.mark.parametrize("groups", [1, 2])
def test_part_of_the_uncropped_output_is_a_part_of_the_loops(groups: int) -> None:
    x, w = R.standard_normal((4, 5, 6)), R.standard_normal((4, 3, 2, 3))
    halves = [slice(n * 4 // groups, (n + 1) * 4 // groups) for n in range(groups)]
    whole = np.concatenate([stamped(x[half], w[half], (2, 3), 2) for half in halves])
    around = np.pad(whole, ((0, 0), (9, 9), (9, 9)))
    laid = Steps((2, 3), (2, 2), groups)
    channels = range(len(whole))
    for begin in ((-3, -2), (0, 0), (4, 5), (8, 20), (40, 0)):
        got = uncropped(x, w, laid, channels, begin, (7, 6))
        rows, columns = (slice(b + 9, b + 9 + n) for b, n in zip(begin, (7, 6), strict=True))
        expected = np.zeros_like(got)
        seen = around[:, rows, columns]
        expected[:, : seen.shape[1], : seen.shape[2]] = seen
        assert np.allclose(got, expected, atol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda a: a.words)
def test_way_back_from_an_activation_is_its_inverse(activation: Any) -> None:
    v = np.linspace(-4, 4, 201)
    y = activation.forward(v)
    assert activation.fits(y)
    if activation.back is not None:
        before = activation.before(y)
        told = np.isfinite(before)
        assert told.sum() > 10
        assert np.allclose(before[told], v[told])


# ---------------------------------------------------------------------------- combinations


def combination(seed: int) -> tuple[Layer, Array, dict[str, Any]]:
    """Several things at once, by chance: what the other program did, and what must be found."""
    r = np.random.default_rng([12, seed])
    channels = [int(n) for n in r.integers(1, 5, 2)]
    kernel, stride, size = r.integers(1, 6, 2), r.integers(1, 4, 2), r.integers(4, 9, 2)
    dilation, biased, relu, told = (int(n) for n in r.integers(0, 2, 4))
    x, w = r.standard_normal((channels[0], *size)), r.standard_normal((*channels, *kernel))
    turn = tuple(2 + n for n, k in enumerate(kernel) if k > 1 and r.integers(0, 2))
    y = stamped(x, np.flip(w, turn), stride, dilation + 1)
    ends = [[int(n) for n in r.integers(0, (dilation + 1) * (k - 1) // 2 + 1, 2)] for k in kernel]
    y = cropped(y, *((b, min(e, n - b - 1)) for (b, e), n in zip(ends, y.shape[1:], strict=True)))
    y = y + wide(r.standard_normal(channels[1]) * biased)
    y = np.maximum(y, 0) if relu else y
    mixed = r.integers(0, 3)
    if mixed == 1 and channels[0] == channels[1] > 1:
        w = w.swapaxes(0, 1)
    elif mixed == 2:
        w = memory(w.transpose(2, 3, 1, 0), *w.shape)
    ours = Layer.of(x, w, stride=stride.tolist() if told else 2, dilation=dilation + 1)
    y = np.moveaxis(y, 0, -1) if seed % 2 and y.shape[0] != channels[1] != y.shape[-1] else y
    wanted = {"begin": tuple(b for b, _ in ends), "turn": turn, "stride": tuple(map(int, stride))}
    return ours, y, wanted | {"relu": bool(relu), "biased": bool(biased)}


def telling(y: Array) -> bool:
    """Whether there are enough numbers to tell anything."""
    return np.unique(y).size > 30 and min(y.shape[1:]) > 2


@pytest.mark.parametrize("seed", [seed for seed in range(90) if telling(combination(seed)[1])][:60])
def test_every_part_of_a_combination_is_found(seed: int) -> None:
    layer, other, wanted = combination(seed)
    found = xlconv.compare(layer, other).found
    assert found is not None
    assert found.near.explained
    assert found.begin == wanted["begin"]
    assert found.supposed.turn.value == wanted["turn"]
    assert found.supposed.steps.value.stride == wanted["stride"]
    words = " ".join(found.after.words)
    assert ("ReLU" in words) == wanted["relu"]
    assert ("a constant is added" in words) == wanted["biased"]


# ---------------------------------------------------------------------------- another program


@pytest.mark.parametrize(
    ("attributes", "cause", "onnx_words"),
    [
        ({"auto_pad": "SAME_UPPER"}, "their crop is 0:1, yours 1:0", 'auto_pad="SAME_UPPER"'),
        ({"pads": [2, 0, 0, 1]}, "their crop is 2:0, 0:1, yours 1:0", "pads=[2, 0, 0, 1]"),
        ({"pads": [1, 1, 1, 1], "output_padding": [1, 1]}, "", 'auto_pad="SAME_LOWER"'),
    ],
)
def test_onnxruntimes_output_is_explained_in_onnx_own_words(
    attributes: dict[str, Any], cause: str, onnx_words: str
) -> None:
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], strides=[2, 2], **attributes)
    kinds = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in "xwy"]
    graph = helper.make_graph([node], "g", kinds[:2], kinds[2:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (y,) = session.run(None, {"x": X[None].astype(np.float32), "w": W.astype(np.float32)})
    found = xlconv.compare(ours(output_padding=1), y)
    assert "; ".join(found.causes).startswith(cause)
    assert found.agrees == (not cause)
    assert found.words["onnx"] == onnx_words
    assert "as float32 rounds" in found.exact


@pytest.mark.parametrize("shift", [0, 1])
def test_softmax_over_the_channels_is_named_with_what_else_differs(shift: int) -> None:
    """It mixes the channels, so that none of them tells of it alone."""
    dice = np.random.default_rng(5)
    x, w = dice.standard_normal((6, 8, 9)), dice.standard_normal((6, 4, 3, 3)) / 2
    ours = Layer.of(x, w, stride=2, padding=[(1, 0)] * 2, bias=[0.5, -1, 0, 2])
    theirs = Layer.of(x, w, stride=2, padding=[(1 - shift, shift)] * 2, bias=[0.5, -1, 0, 2])
    powers = np.exp(xlconv.output(theirs))
    found = xlconv.compare(ours, (powers / powers.sum(0)).astype(np.float32))
    moved = ("their crop is 0:1, yours 1:0: theirs lies 1 cell right and down",) * shift
    assert found.causes == (*moved, "softmax is applied over the channels after the layer")
    assert not found.agrees
    named = [sheet.name for sheet in book_of(found).sheets]
    assert named == ["Difference"]  # no layer alone makes theirs


def sums_and_a_skip(seed: int) -> tuple[Layer, Array, Array, np.random.Generator]:
    dice = np.random.default_rng(seed)
    layer = Layer.of(dice.standard_normal((4, 9, 9)), dice.standard_normal((4, 3, 3, 3)), stride=2)
    y = xlconv.output(layer)
    return layer, y, np.maximum(dice.standard_normal(y.shape), 0) * y.std(), dice


@pytest.mark.parametrize("seed", range(8))
def test_something_that_is_added_is_told_from_what_is_only_unknown(seed: int) -> None:
    _, y, skip, dice = sums_and_a_skip(seed)
    assert added(y, y + skip)
    dropped = y * (dice.random(y.shape) < 0.5) * 2
    for other in (skip, dropped, np.sin(y), dice.permutation(y.ravel()).reshape(y.shape)):
        assert not added(y, other)


def test_something_that_is_added_is_said_where_nothing_explains_the_output() -> None:
    layer, y, skip, _ = sums_and_a_skip(0)
    said = xlconv.compare(layer, y + skip).explain().splitlines()
    told = "it is as if something that is not a function of this layer is added"
    assert said[0].startswith("where: ")
    assert said[1].startswith(f"why: nothing that was tried explains it; {told}")
