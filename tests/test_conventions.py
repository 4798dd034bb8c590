"""The conventions, against what the frameworks answered and against onnxruntime as it answers.

tests/data/conventions.json was written by tests/data/make_conventions.py.
"""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from onnx import helper

from xlconv.errors import XlconvError
from xlconv.frameworks.conventions import CONVENTIONS
from xlconv.frameworks.layouts import LAYOUTS, from_layout, to_layout
from xlconv.frameworks.names import PADDINGS
from xlconv.frameworks.resolve import axes, resolve
from xlconv.layers.layer import Layer
from xlconv.layers.model import conv_transpose

GOLDEN = json.loads(
    (Path(__file__).parent / "data" / "conventions.json").read_text(encoding="utf-8")
)
KERNEL = (1, 3, 2, 7, 5, 4, 9)
SEED = [[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]]
UPPER = [[3, 6, 12, 6], [0, 3, 0, 3], [7, 5, 16, 5], [0, 1, 0, 1]]
LOWER = [[3, 0, 3, 0], [5, 16, 5, 9], [1, 0, 1, 0], [1, 4, 1, 2]]


def framework(section: str) -> str:
    return section.partition("-")[0]


def of_row(convention: str, row: list[Any]) -> list[float] | None:
    """What xlconv makes of a row, None where it refuses."""
    n, k, stride, dilation, padding, output_padding, output_size, _ = row
    try:
        layer = resolve(
            np.arange(1, n + 1)[None],
            np.array(KERNEL[:k])[None, None],
            convention=convention,
            layout="pytorch",
            stride=stride,
            dilation=dilation,
            padding=[padding] if isinstance(padding, list) else padding,
            output_padding=output_padding,
            output_size=output_size,
        )
    except XlconvError:
        return None
    return conv_transpose(layer)[0].tolist()


@pytest.mark.parametrize("section", sorted(GOLDEN))
def test_every_axis_is_the_frameworks(section: str) -> None:
    rows = GOLDEN[section]["rows"]
    if section == "keras-tensorflow":
        # Keras asks TensorFlow for a size that does not convolve back; its other backends comply
        rows = [row for row in rows if row[4:6] != ["same", 0] or row[7] or row[1] % 2]
    convention = framework(section)
    assert len(rows) > 90
    wrong = [row for row in rows if of_row(convention, row) != row[7]]
    assert not wrong, wrong[:3]


def test_the_sweep_is_of_kernels_to_seven_and_strides_to_four() -> None:
    for section, held in GOLDEN.items():
        seen = {(row[1], row[2]) for row in held["rows"] if row[7] is not None}
        if section != "tensorflow":  # the dilated rows alone
            assert seen >= {(k, s) for k in range(1, 8) for s in range(1, 5)}, section


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(framework(section), case, id=f"{section}: {case['name']}")
        for section, held in sorted(GOLDEN.items())
        for case in held["layers"]
        if kind in case
    ]


def of_case(convention: str, case: dict[str, Any]) -> Layer:
    """A layer of the golden file, its weight as the framework has it."""
    asked = dict(case["asked"])
    layout = "jax-transposed" if case["name"] == "transpose_kernel" else None
    if convention == "tensorflow":
        asked["padding"] = asked["padding"] or "same"
    weight = to_layout(np.array(case["weight"]), layout or CONVENTIONS[convention].layout)
    return resolve(case["input"], weight, convention=convention, layout=layout, **asked)


@pytest.mark.parametrize(("convention", "case"), cases("output"))
def test_channels_groups_and_axes_are_the_frameworks(convention: str, case: dict[str, Any]) -> None:
    np.testing.assert_array_equal(conv_transpose(of_case(convention, case)), case["output"])


@pytest.mark.parametrize("turned", [None, True])
@pytest.mark.parametrize("convention", ["pytorch", "onnx", "mxnet", "tensorflow"])
def test_a_kernel_without_channels_is_that_of_each_group(
    convention: str, turned: bool | None
) -> None:
    x, kernel = np.arange(18.0).reshape(2, 3, 3), [[1, 2], [0, -1]]
    words: dict[str, Any] = {"convention": convention, "stride": 2, "turned": turned}
    if convention == "tensorflow":
        words["padding"] = "valid"
    both = resolve(x, kernel, groups=2, **words)
    alone = [resolve(one, kernel, **words) for one in x]
    assert both.geometry.weight_shape == (2, 1, 2, 2)
    np.testing.assert_array_equal(
        conv_transpose(both), np.concatenate([conv_transpose(layer) for layer in alone])
    )


@pytest.mark.parametrize(("convention", "case"), cases("refused"))
def test_layers_that_a_framework_lacks_are_refused(convention: str, case: dict[str, Any]) -> None:
    with pytest.raises(XlconvError) as raised:
        of_case(convention, case)
    assert shares(str(raised.value), case["refused"])


def shares(ours: str, theirs: str) -> bool:
    """Whether the first 25 letters or more of one message are in the other."""
    match = SequenceMatcher(None, ours, theirs, autojunk=False).find_longest_match()
    return match.size >= 25


@pytest.mark.parametrize(
    ("convention", "asked", "message"),
    [
        pytest.param(framework(section), asked, message, id=f"{section} {i}")
        for section, held in sorted(GOLDEN.items())
        for i, (asked, message) in enumerate(held["refusals"])
    ],
)
def test_errors_are_the_frameworks_words(
    convention: str, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(XlconvError) as raised:
        resolve(np.ones((1, 3, 3)), np.ones((3, 3)), convention=convention, **asked)
    assert raised.value.parameter
    # where Keras fails with an accident (no attribute "lower"), its documented rule is said
    if "has no attribute 'lower'" not in message:
        assert shares(str(raised.value), message), f"{raised.value}\n{message}"


@pytest.mark.parametrize(
    ("convention", "asked", "parameter", "message"),
    [
        (
            "pytorch",
            {"padding": "same"},
            "padding",
            (
                "conv_transpose1d(): argument 'padding' must be tuple of ints, not str:"
                " padding 1, output_padding 1 makes 8 cells"
            ),
        ),
        (
            "pytorch",
            {"padding": "valid"},
            "padding",
            (
                "conv_transpose1d(): argument 'padding' must be tuple of ints, not str:"
                " padding 0 makes 9 cells"
            ),
        ),
        (
            "pytorch",
            {"padding": 1, "output_size": 9},
            "output_size",
            "requested an output size of 9, but valid sizes range from 7 to 8 (for an input of 4)",
        ),
        (
            "pytorch",
            {"output_padding": 1, "output_size": 9},
            "output_padding",
            "output_size 9 is output_padding 0, got 1: give one of the two",
        ),
        (
            "tensorflow",
            {"padding": "same", "output_size": 9},
            "output_size",
            (
                "Size of out_backprop doesn't match computed: actual = 4, computed = 5"
                " spatial_dim: 2"
                " input: 9 filter: 3 output: 4 stride: 2 dilation: 1: 7 to 8 cells convolve"
                " back to 4"
            ),
        ),
        (
            "keras",
            {"output_size": 8},
            "output_size",
            (
                "Unrecognized keyword arguments passed to Conv1DTranspose: {'output_size': 8}:"
                " padding same makes 8 cells"
            ),
        ),
        (
            "keras",
            {"output_size": 12},
            "output_size",
            (
                "Unrecognized keyword arguments passed to Conv1DTranspose: {'output_size': 12}:"
                " nothing in keras makes 12 cells here, convention onnx may"
            ),
        ),
        (
            "jax",
            {"padding": "same", "output_size": 7},
            "output_size",
            (
                "conv_transpose() got an unexpected keyword argument 'output_size':"
                " padding 1 makes 7 cells"
            ),
        ),
        (
            "onnx",
            {"padding": 1, "output_size": 7},
            "padding",
            "onnx ignores padding beside output_size: leave one of them out",
        ),
        (
            "onnx",
            {"output_size": 11},
            "output_size",
            (
                "Explicit output_shape is inconsistent with input spatial dimensions and"
                " convolution parameters. Expected input size 5 but got 4: at most 10 cells"
            ),
        ),
        (
            "mxnet",
            {"output_size": 10},
            "output_size",
            (
                "Check failed: o_pad[i] >= target_shape[i] (9 vs. 10) : too big target shape:"
                " at most 9 cells"
            ),
        ),
        (
            "caffe",
            {},
            "convention",
            'convention must be one of pytorch, tensorflow, keras, jax, onnx, mxnet, got "caffe"',
        ),
        ("onnx", {"layout": "HWIO"}, "layout", None),
        ("onnx", {"output_size": 0}, "output_size", "output_size must be at least 1, got 0"),
        ("keras", {"output_padding": -1}, "output_padding", None),
        ("pytorch", {"stride": 0}, "stride", "stride must be at least 1, got 0"),
    ],
)
def test_an_error_names_the_way_out(
    convention: str, asked: dict[str, Any], parameter: str, message: str | None
) -> None:
    told: dict[str, Any] = {"convention": convention, "stride": 2} | asked
    with pytest.raises(XlconvError) as raised:
        resolve([1, 2, 3, 4], [1, 2, 3], **told)
    assert raised.value.parameter == parameter
    assert message in {None, str(raised.value)}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"convention": "tensorflow"}, UPPER),
        ({"convention": "keras", "padding": "same"}, UPPER),
        ({"convention": "keras", "padding": "same", "output_padding": 1}, UPPER),
        ({"convention": "jax", "layout": "jax-transposed", "padding": "same"}, UPPER),
        ({"convention": "jax", "turned": False, "padding": "same"}, UPPER),
        ({"convention": "onnx", "padding": "same"}, UPPER),
        ({"convention": "onnx", "padding": [[0, 1], [0, 1]]}, UPPER),
        ({"convention": "onnx", "padding": "same_lower"}, LOWER),
        ({"convention": "onnx", "output_size": 4}, LOWER),
        ({"convention": "pytorch", "padding": 1, "output_padding": 1}, LOWER),
        ({"convention": "pytorch", "padding": 1, "output_size": [4, 4]}, LOWER),
        ({"convention": "mxnet", "padding": 1, "output_padding": 1}, LOWER),
        ({"convention": "mxnet", "output_size": 4}, LOWER),
    ],
)
def test_the_seed_example_has_two_answers_of_one_shape(
    asked: dict[str, Any], expected: list[list[int]]
) -> None:
    assert conv_transpose(resolve(*SEED, stride=2, **asked))[0].tolist() == expected


def test_no_pytorch_layer_is_tensorflows_same_where_k_exceeds_s_by_an_odd_number() -> None:
    rows = GOLDEN["tensorflow-native"]["rows"]
    same = [row for row in rows if row[0] == 3 and row[4] == "same" and row[6] == 3 * row[2]]
    assert len(same) == 28
    for n, k, s, *_, expected in same:
        answers = [
            of_row("pytorch", [n, k, s, 1, [p, p], op, None, None])
            for p in range(k + s)
            for op in range(s)
        ]
        assert (expected in answers) == (k <= s or (k - s) % 2 == 0), (k, s)


def test_an_extension_at_the_begin_stays_a_padding_of_two_sides() -> None:
    (axis,) = axes("jax", size=[3], kernel_size=[3], stride=3, padding=[[3, 4]])
    assert (axis.padding, axis.output_padding) == ((-1, -2), 0)


# onnxruntime, as it runs ------------------------------------------------------------------------

PLAIN = [[1, 2]], [[[1, 3, 2]]]


def run_onnx(
    x: Any, w: Any, bias: Any = None, *, operator: str = "ConvTranspose", **attributes: Any
) -> list[Any]:
    """The output of onnxruntime, without the batch axis."""
    arrays = {"x": np.array(x)[None], "w": np.array(w)}
    if bias is not None:
        arrays["b"] = np.array(bias)
    infos = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, array.shape)
        for name, array in arrays.items()
    ]
    output = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)
    node = helper.make_node(operator, list(arrays), ["y"], **attributes)
    graph = helper.make_graph([node], "graph", infos, [output])
    opset = [helper.make_opsetid("", 11)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    feed = {name: array.astype(np.float32) for name, array in arrays.items()}
    return session.run(None, feed)[0][0].tolist()


AUTO_PAD = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}


@st.composite
def onnx_layers(draw: st.DrawFn) -> dict[str, Any]:
    """A layer in ONNX's words: word, cells or the size itself."""
    rank, groups = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    top = 5 if rank == 1 else 3

    def each(least: int, most: int) -> list[int]:
        return draw(st.lists(st.integers(least, most), min_size=rank, max_size=rank))

    sizes, kernels, strides, dilations = each(1, top), each(1, 2 + top), each(1, 4), each(1, 2)
    back = [op % s for op, s in zip(each(0, 3), strides, strict=True)]
    full = [
        (n - 1) * s + d * (k - 1) + 1
        for n, k, s, d in zip(sizes, kernels, strides, dilations, strict=True)
    ]
    kind = draw(st.sampled_from(["same", "same_lower", "valid", "cells", "size", "size same"]))
    asked: dict[str, Any] = {"stride": strides, "dilation": dilations, "output_padding": back}
    if kind == "cells":
        asked["padding"] = list(zip(each(0, 3), each(0, 3), strict=True))
    elif kind.startswith("size"):
        # from a crop of all but one cell to an extension of stride - 1
        asked["output_size"] = [
            draw(st.integers(1, f + s - 1)) for f, s in zip(full, strides, strict=True)
        ]
        asked |= {"padding": "same"} if kind == "size same" else {}
    else:
        asked["padding"] = kind
    integers = st.integers(-4, 4)
    width, filters = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    numbers = np.random.default_rng(draw(integers.map(abs)))
    return {
        "x": numbers.integers(-4, 5, (width * groups, *sizes)),
        "w": numbers.integers(-4, 5, (width * groups, filters, *kernels)),
        "bias": numbers.integers(1, 5, filters * groups) if draw(st.booleans()) else None,
        "groups": groups,
        "asked": asked,
    }


@settings(max_examples=300)
@given(onnx_layers())
def test_onnx_is_what_onnxruntime_makes_of_it(case: dict[str, Any]) -> None:
    asked, padding = case["asked"], case["asked"].get("padding")
    try:
        layer = resolve(
            case["x"],
            case["w"],
            convention="onnx",
            bias=case["bias"],
            groups=case["groups"],
            **asked,
        )
    except XlconvError as error:
        assert "crops the whole output" in str(error)
        assume(False)
    attributes: dict[str, Any] = {
        "strides": asked["stride"],
        "dilations": asked["dilation"],
        "output_padding": asked["output_padding"],
        "group": case["groups"],
    }
    if isinstance(padding, str):
        attributes["auto_pad"] = AUTO_PAD[padding]
    elif padding:
        attributes["pads"] = [*(b for b, _ in padding), *(e for _, e in padding)]
    if "output_size" in asked:
        attributes["output_shape"] = asked["output_size"]
    expected = run_onnx(case["x"], case["w"], case["bias"], **attributes)
    np.testing.assert_array_equal(conv_transpose(layer), expected)


def test_negative_total_padding_of_onnx_extends_with_zeros_at_the_end() -> None:
    x, w = PLAIN
    for auto_pad, padding in (("NOTSET", None), ("SAME_UPPER", "same")):
        layer = resolve(x, w, convention="onnx", stride=3, padding=padding, output_size=8)
        (axis,) = layer.geometry.axes
        assert axis.full_size == 6
        assert (axis.padding, axis.output_padding) == ((0, 0), 2)
        expected = [[1, 3, 2, 2, 6, 4, 0, 0]]
        assert conv_transpose(layer).tolist() == expected
        assert run_onnx(x, w, strides=[3], output_shape=[8], auto_pad=auto_pad) == expected


def test_auto_pad_of_onnx_makes_fewer_than_n_times_s_cells_where_the_kernel_is_short() -> None:
    # the operator's text says n*s; onnx's shape inference and onnxruntime do not extend
    x, w = [[1, 2]], [[[5]]]
    (axis,) = axes("onnx", size=[2], kernel_size=[1], stride=3, padding="same")
    assert axis.output_size == 4
    assert run_onnx(x, w, strides=[3], auto_pad="SAME_UPPER") == [[5, 0, 0, 10]]
    assert resolve(x, w, convention="onnx", stride=3, output_size=6).geometry.output_shape == (1, 6)


# layouts ----------------------------------------------------------------------------------------


@given(
    layout=st.sampled_from(sorted(LAYOUTS)),
    turned=st.sampled_from([None, False, True]),
    shape=st.tuples(*[st.integers(1, 3)] * 3, st.integers(1, 2), st.integers(1, 2)),
)
def test_from_layout_undoes_to_layout(
    layout: str, turned: bool | None, shape: tuple[int, ...]
) -> None:
    *kernel, out, width = shape
    weight = np.arange(np.prod(shape) * 2.0).reshape(2 * width, out, *kernel)
    there = to_layout(weight, layout, groups=2, turned=turned)
    back = from_layout(there, layout, groups=2, turned=turned)
    np.testing.assert_array_equal(back, weight)


@pytest.mark.parametrize(
    ("layout", "shape"),
    [
        ("pytorch", (4, 2, 3, 5)),
        ("keras", (3, 5, 2, 4)),
        ("jax", (3, 5, 4, 2)),
        ("jax-transposed", (3, 5, 2, 4)),
        ("tflite", (2, 3, 5, 4)),  # TensorFlow Lite's TRANSPOSE_CONV: OHWI
        ("oihw", (2, 4, 3, 5)),  # WebNN's filterLayout of that name
    ],
)
def test_layouts_order_the_axes(layout: str, shape: tuple[int, ...]) -> None:
    assert to_layout(np.zeros((4, 2, 3, 5)), layout).shape == shape


@pytest.mark.parametrize("groups", [1, 2])
def test_the_layout_of_jax_is_that_of_a_convolution_of_the_stretched_input(groups: int) -> None:
    # conv_general_dilated with feature_group_count, by onnxruntime's plain convolution
    numbers = np.random.default_rng(1)
    x = numbers.integers(-4, 5, (4, 3))
    kernel = numbers.integers(-4, 5, (3, 4 // groups, 6))
    stretched = np.zeros((4, 5))
    stretched[:, ::2] = x
    conv_weight = kernel.transpose(2, 1, 0)
    expected = run_onnx(stretched, conv_weight, operator="Conv", group=groups, pads=[2, 2])
    layer = Layer.of(
        x, from_layout(kernel.astype(np.float64), "jax", groups=groups), stride=2, groups=groups
    )
    np.testing.assert_array_equal(conv_transpose(layer), expected)


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_bare_kernel_fits_every_layout(layout: str) -> None:
    layer = resolve([[1.0]], [[1, 2], [3, 4]], layout=layout)
    turned = LAYOUTS[layout].turned
    assert conv_transpose(layer)[0].tolist() == ([[4, 3], [2, 1]] if turned else [[1, 2], [3, 4]])


def test_a_weight_in_another_layout_is_refused_with_the_layouts_axes() -> None:
    with pytest.raises(XlconvError, match=r"layout keras is \(\*kernel_sizes, out_channels"):
        resolve(np.ones((2, 5, 5)), np.ones((2, 1, 3, 3)), convention="keras")


@pytest.mark.parametrize(
    ("convention", "spelt", "word"),
    [
        ("tensorflow", "SAME", "same"),
        ("tensorflow", "VALID", "valid"),
        ("keras", "Same", "same"),
        ("jax", "SAME", "same"),
        ("jax", "VALID", "valid"),
        ("onnx", "SAME_UPPER", "same"),
        ("onnx", "same_upper", "same"),
        ("onnx", "SAME_LOWER", "same_lower"),
        ("onnx", "VALID", "valid"),
        ("onnx", "NOTSET", None),
    ],
)
def test_paddings_may_be_spelt_as_the_framework_does(
    convention: str, spelt: str, word: str | None
) -> None:
    asked: dict[str, Any] = {"size": [4, 5], "kernel_size": [3, 4], "stride": 2}
    assert axes(convention, padding=spelt, **asked) == axes(convention, padding=word, **asked)


@pytest.mark.parametrize(
    ("convention", "spelt", "allowed"),
    [
        ("tensorflow", "SAME_UPPER", "same or valid"),
        ("keras", "full", "same or valid"),
        ("jax", "SAME_LOWER", "same, valid, or the pads"),
        ("jax", "notset", "same, valid, or the pads"),
        ("onnx", "FULL", r"same \(SAME_UPPER\), same_lower, valid or notset, got FULL"),
    ],
)
def test_word_of_another_framework_is_refused_with_those_that_are_allowed(
    convention: str, spelt: str, allowed: str
) -> None:
    with pytest.raises(XlconvError, match=allowed):
        axes(convention, size=[4], kernel_size=[3], padding=spelt)


def test_every_word_for_a_padding_can_be_typed() -> None:
    known = {word for each in CONVENTIONS.values() for word in (*each.words, *each.own)}
    assert known == set(PADDINGS)
