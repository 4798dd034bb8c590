"""A line of each framework's code, as what it says: its own documentation names the arguments."""

from __future__ import annotations

import re
from typing import Any

import pytest

from xlconv.errors import XlconvError
from xlconv.frameworks.pasted import pasted

LINES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "nn.ConvTranspose2d(64, 32, kernel_size=4, stride=2, padding=1)",
        {"convention": "pytorch", "stride": 2, "padding": 1},
        {"in_channels": 64, "out_channels": 32, "kernel_size": 4},
    ),
    (
        "  (up1): ConvTranspose2d(64, 32, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1)),",
        {"convention": "pytorch", "stride": [2, 2], "padding": [1, 1]},
        {"in_channels": 64, "out_channels": 32, "kernel_size": [4, 4]},
    ),
    (
        "self.up = nn.ConvTranspose1d(8, 4, 16, 8, 4, 0, 2, False, 3)",
        {"convention": "pytorch", "stride": 8, "padding": 4, "output_padding": 0, "dilation": 3,
         "groups": 2},
        {"in_channels": 8, "out_channels": 4, "kernel_size": 16},
    ),
    ("F.conv_transpose2d(x, w, stride=2)", {"convention": "pytorch", "stride": 2}, {}),
    (
        'x = tf.keras.layers.Conv2DTranspose(32, 3, strides=(2, 2), padding="same")(x)',
        {"convention": "keras", "stride": [2, 2], "padding": "same"},
        {"out_channels": 32, "kernel_size": 3},
    ),
    (
        "mx.gluon.nn.Conv2DTranspose(channels=1, kernel_size=(3, 3), strides=(2, 2))",
        {"convention": "mxnet", "stride": [2, 2]},
        {"out_channels": 1, "kernel_size": [3, 3]},
    ),
    (
        'tf.nn.conv2d_transpose(x, w, [1, 8, 9, 3], strides=[1, 2, 2, 1], padding="SAME")',
        {"convention": "tensorflow", "stride": [2, 2], "output_size": [8, 9], "padding": "same"},
        {},
    ),
    (
        "lax.conv_transpose(x, w, (2, 2), 'SAME', transpose_kernel=True)",
        {"convention": "jax", "stride": [2, 2], "padding": "same", "layout": "jax-transposed"},
        {},
    ),
    (
        "nn.ConvTranspose(features=16, kernel_size=(4, 4), strides=(2, 2))",
        {"convention": "jax", "stride": [2, 2], "padding": "same"},
        {"out_channels": 16, "kernel_size": [4, 4]},
    ),
    (
        'helper.make_node("ConvTranspose", ["x", "w"], ["y"], strides=[2, 2], pads=[0, 1, 2, 3])',
        {"convention": "onnx", "stride": [2, 2], "padding": [(0, 2), (1, 3)]},
        {},
    ),
]  # fmt: skip

PLAIN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "nn.Conv2d(3, 8, 3, 2, 1)",
        {"stride": 2, "padding": 1},
        {"in_channels": 3, "out_channels": 8, "kernel_size": 3},
    ),
    (
        "(c): Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=same)",
        {"stride": [1, 1], "padding": "same"},
        {"in_channels": 1, "out_channels": 2, "kernel_size": [3, 3]},
    ),
    (
        "layers.Conv2D(8, 3, padding='same')",
        {"padding": "same"},
        {"out_channels": 8, "kernel_size": 3},
    ),
    (
        'helper.make_node("Conv", ["x", "w"], ["y"], auto_pad="SAME_LOWER", strides=[2, 2])',
        {"padding": "same_lower", "stride": [2, 2]},
        {},
    ),
]


@pytest.mark.parametrize(("line", "said", "sizes"), LINES + PLAIN)
def test_lines(line: str, said: dict[str, Any], sizes: dict[str, Any]) -> None:
    found = pasted(line)
    assert (found.said, found.sizes, found.unknown) == (said, sizes, {})
    assert found.plain == any(line == plain for plain, _, _ in PLAIN)


def test_what_cannot_be_known_is_named() -> None:
    found = pasted("nn.ConvTranspose2d(ngf * 8, ngf, 4, s, 1, bias=False)")
    assert found.unknown == {"in_channels": "ngf * 8", "out_channels": "ngf", "stride": "s"}
    assert found.said == {"convention": "pytorch", "padding": 1}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("__import__('os').system('false')", "must hold one convolution, such as"),
        ("nn.ConvTranspose2d(1, 2", "is no line of Python: '(' was never closed"),
        ("nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 1, 3))", "has 2"),
        ("nn.ConvTranspose2d(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", "has more arguments"),
        ("(" * 5000, "is no line of Python"),
    ],
)
def test_what_is_no_layer_is_refused(line: str, words: str) -> None:
    with pytest.raises(XlconvError, match=re.escape(words)):
        pasted(line)
