"""Writes conventions.json: what the frameworks themselves answer, for tests/test_conventions.py.

    python tests/data/make_conventions.py SECTION

runs one framework, in an environment that has it, and replaces its section of the file. Last run
with the versions that the file states: torch 2.13.0, tensorflow 2.21.0, keras 3.15.0, jax 0.10.0
(Python 3.11) and mxnet 1.9.1 with numpy 1.23.5 (Python 3.10). Nothing of xlconv is imported.

pytorch            torch.nn.ConvTransposeNd, whose call takes output_size
tensorflow         tf.nn.convNd_transpose by oneDNN: the dilated rows, and the layers
tensorflow-native  the same with TF_ENABLE_ONEDNN_OPTS=0, which has no dilation and no groups, but
                   is exact about the output_shape that it refuses: the other rows
keras-tensorflow   keras.layers.ConvNDTranspose, by its backends
keras-jax
keras-torch
jax                lax.conv_transpose
mxnet              nd.Deconvolution by oneDNN, which ignores the pads that target_shape asks for
mxnet-native       the same with MXNET_MKLDNN_ENABLED=0, which is wrong where dilated, and 2-D only:
                   the rows with a target_shape

A section holds "rows" [n, k, s, d, padding, output_padding, output_size, output] of one axis, with
the input 1..n and the first k of KERNEL (null for an output that the framework refuses), "layers"
with channels and several axes, and "refusals" with the framework's own message.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

SECTION = sys.argv[1] if __name__ == "__main__" else ""
FILE = Path(__file__).with_name("conventions.json")
KERNEL = (1, 3, 2, 7, 5, 4, 9)
SIZES = (1, 3)
Asked = dict[str, Any]
"""stride, dilation, output_padding, output_size: one an axis, or None; padding: a word, or (begin,
end) an axis, or None; groups."""


def pytorch(x: np.ndarray, w: np.ndarray, a: Asked) -> np.ndarray:
    import torch

    if isinstance(a["padding"], str):
        padding: Any = a["padding"]
    else:
        padding = tuple(b if b == e else (b, e) for b, e in a["padding"] or [(0, 0)] * (x.ndim - 1))
    function = getattr(torch.nn.functional, f"conv_transpose{x.ndim - 1}d")
    given, kernel = torch.tensor(x[None]), torch.tensor(w)
    if a["output_size"] is None:
        y = function(
            given,
            kernel,
            stride=tuple(a["stride"]),
            padding=padding,
            output_padding=tuple(a["output_padding"] or [0] * (x.ndim - 1)),
            groups=a["groups"],
            dilation=tuple(a["dilation"]),
        )
        return y[0].numpy()
    layer = getattr(torch.nn, f"ConvTranspose{x.ndim - 1}d")(
        x.shape[0],
        w.shape[1] * a["groups"],
        w.shape[2:],
        a["stride"],
        padding,
        0,
        a["groups"],
        False,
        a["dilation"],
    )
    layer.weight = torch.nn.Parameter(kernel)
    return layer(given, output_size=a["output_size"]).detach()[0].numpy()


def channels_last(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The input as (1, *sizes, in), the weight as (*kernel_sizes, out, in)."""
    return np.moveaxis(x, 0, -1)[None], np.moveaxis(w, (0, 1), (-1, -2))


def tensorflow(x: np.ndarray, w: np.ndarray, a: Asked) -> np.ndarray:
    import tensorflow as tf

    given, kernel = channels_last(x, w)
    padding = a["padding"] or "same"
    y = getattr(tf.nn, f"conv{x.ndim - 1}d_transpose")(
        given,
        kernel,
        [1, *a["output_size"], w.shape[1] * a["groups"]],
        list(a["stride"]),
        padding=padding.upper() if isinstance(padding, str) else [[0, 0], *padding, [0, 0]],
        dilations=list(a["dilation"]),
        **({} if a["output_padding"] is None else {"output_padding": a["output_padding"]}),
    )
    return np.moveaxis(np.array(y[0]), -1, 0)


def keras(x: np.ndarray, w: np.ndarray, a: Asked) -> np.ndarray:
    import keras as k

    given, kernel = channels_last(x, w)
    other = {} if a["output_size"] is None else {"output_size": a["output_size"][0]}
    layer = getattr(k.layers, f"Conv{x.ndim - 1}DTranspose")(
        w.shape[1],
        w.shape[2:],
        strides=tuple(a["stride"]),
        padding=a["padding"] or "valid",
        output_padding=a["output_padding"] and tuple(a["output_padding"]),
        dilation_rate=tuple(a["dilation"]),
        use_bias=False,
        **other,
        **({} if a["groups"] == 1 else {"groups": a["groups"]}),
    )
    layer.build(given.shape)
    layer.set_weights([kernel])
    y = k.ops.convert_to_numpy(layer(given))
    return np.moveaxis(y[0], -1, 0)


def jax(x: np.ndarray, w: np.ndarray, a: Asked, *, transpose_kernel: bool = False) -> np.ndarray:
    from jax import lax

    given, kernel = channels_last(x, w)
    if not transpose_kernel:  # in and out swapped, and the kernel turned, by the caller's hand
        kernel = np.flip(kernel.swapaxes(-1, -2), tuple(range(w.ndim - 2)))
    padding = a["padding"]
    y = lax.conv_transpose(
        given,
        kernel.copy(),
        tuple(a["stride"]),
        padding.upper() if isinstance(padding, str) else padding,
        rhs_dilation=tuple(a["dilation"]),
        transpose_kernel=transpose_kernel,
        **{name: a[name] for name in ("output_padding", "output_size") if a[name] is not None},
        **({} if a["groups"] == 1 else {"feature_group_count": a["groups"]}),
    )
    return np.moveaxis(np.array(y[0]), -1, 0)


def mxnet(x: np.ndarray, w: np.ndarray, a: Asked) -> np.ndarray:
    from mxnet import nd

    line = x.ndim == 2  # a line is an image of one row: mxnet's own 1-D is not used by oneDNN
    given, kernel = (x[:, None], w[:, :, None]) if line else (x, w)
    first = {"stride": 1, "dilate": 1, "target_shape": 1}

    def shape(name: str, values: Any) -> dict[str, Any]:
        return {} if values is None else {name: (*((first.get(name, 0),) * line), *values)}

    padding = a["padding"]
    y = nd.Deconvolution(
        nd.array(given[None]),
        nd.array(kernel),
        kernel=kernel.shape[2:],
        num_filter=w.shape[1] * a["groups"],
        num_group=a["groups"],
        no_bias=True,
        **shape("stride", a["stride"]),
        **shape("dilate", a["dilation"]),
        **(
            {"pad": padding}
            if isinstance(padding, str)
            else shape("pad", padding and [b for b, _ in padding])
        ),
        **shape("adj", a["output_padding"]),
        **shape("target_shape", a["output_size"]),
    ).asnumpy()[0]
    return y[:, 0] if line else y


FRAMEWORKS: dict[str, tuple[Callable[..., np.ndarray], tuple[str, ...]]] = {
    "pytorch": (pytorch, ("torch",)),
    "tensorflow": (tensorflow, ("tensorflow",)),
    "tensorflow-native": (tensorflow, ("tensorflow",)),
    "keras-tensorflow": (keras, ("keras", "tensorflow")),
    "keras-jax": (keras, ("keras", "jax")),
    "keras-torch": (keras, ("keras", "torch")),
    "jax": (jax, ("jax",)),
    "mxnet": (mxnet, ("mxnet",)),
    "mxnet-native": (mxnet, ("mxnet",)),
}


def asked(n: int, k: int, s: int, d: int) -> Iterator[tuple[Any, int | None, int | None]]:
    """(padding, output_padding, output_size) of one axis that a framework shall be asked."""
    full = (n - 1) * s + d * (k - 1) + 1
    framework = SECTION.split("-")[0]
    if SECTION == "mxnet-native":
        yield from ((None, None, m) for m in range(max(1, full - 2 * s), full + 2))
    elif framework in {"pytorch", "mxnet"}:
        for p in range(min(4, full // 2 + 1)):
            yield from (((p, p), op, None) for op in range(max(s, d) + 1))
            if framework == "pytorch":
                least = full - 2 * p
                sizes = range(max(1, least - 1), least + s + 1)
                yield from (((p, p), None, m) for m in sizes)
    elif framework == "tensorflow":
        for m in range(max(1, (n - 1) * s), n * s + 2):
            yield "same", None, m
        for m in range(full - 1, full + s + 1):
            yield "valid", None, m
    elif framework == "keras":
        for padding in ("same", "valid"):
            yield from ((padding, op, None) for op in (None, *range(s + 1)))
    else:
        yield from ((padding, None, None) for padding in ("same", "valid"))
        cells = ((0, 0), (1, 3), (d * (k - 1), 0), (d * (k - 1) + 1, 2), (-1, 1))
        yield from ((pads, None, None) for pads in cells)


def answer(run: Callable[..., np.ndarray], *call: Any, **how: Any) -> Any:
    """The output as lists of integers, or the framework's message."""
    try:
        y = np.asarray(run(*call, **how))
    except Exception as error:  # noqa: BLE001 - whatever a framework raises
        return next((line for line in str(error).splitlines() if "rror" in line), str(error))
    return np.rint(y).astype(int).tolist() if y.size else "empty"


def rows(run: Callable[..., np.ndarray]) -> Iterator[list[Any]]:
    for n, k, s, d in itertools.product(SIZES, range(1, 8), range(1, 5), (1, 2)):
        if d == 2 and (k > 4 or n == 1 or s == 4 or SECTION.endswith("-native")):
            continue
        if d == 1 and SECTION == "tensorflow":
            continue
        x = np.arange(1, n + 1, dtype="float32")[None]
        w = np.array(KERNEL[:k], dtype="float32")[None, None]
        for padding, op, m in asked(n, k, s, d):
            got = answer(
                run,
                x,
                w,
                {
                    "stride": [s],
                    "dilation": [d],
                    "padding": padding if isinstance(padding, str) else padding and [padding],
                    "output_padding": None if op is None else [op],
                    "output_size": None if m is None else [m],
                    "groups": 1,
                },
            )
            yield [n, k, s, d, padding, op, m, None if isinstance(got, str) else got[0]]


def say(**a: Any) -> Asked:
    names = ("padding", "output_padding", "output_size")
    return {"stride": [2, 2], "dilation": [1, 1], "groups": 1} | dict.fromkeys(names) | a


SEED = [[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]]
SAME = {
    "pytorch": say(padding=[[1, 1], [1, 1]], output_padding=[1, 1]),
    "mxnet": say(padding=[[1, 1], [1, 1]], output_padding=[1, 1]),
    "tensorflow": say(padding="same", output_size=[4, 4]),
    "keras": say(padding="same"),
    "jax": say(padding="same"),
}
"""A "same" layer of the seed example, as each framework is asked for it."""


def layers(run: Callable[..., np.ndarray]) -> Iterator[dict[str, Any]]:
    """Channels, groups, several axes and the seed example; weights in PyTorch's layout."""
    framework = SECTION.split("-")[0]
    if SECTION.endswith("-native"):
        return
    x, w = (np.array(values, dtype="float32") for values in SEED)
    yield case("seed", run, x[None], w[None, None], SAME[framework])
    numbers = np.random.default_rng(3)

    def draw(*shape: int) -> np.ndarray:
        return numbers.integers(-4, 5, shape).astype("float32")

    for rank, groups in itertools.product((1, 2, 3), (1, 2)):
        sizes, kernels, strides = (2, 3, 2)[:rank], (3, 2, 4)[:rank], (2, 3, 1)[:rank]
        a = say(stride=list(strides), dilation=[1] * rank, groups=groups)
        if framework == "tensorflow":
            a["padding"] = "valid"
            a["output_size"] = [
                (n - 1) * s + max(k, s) for n, k, s in zip(sizes, kernels, strides, strict=True)
            ]
        elif framework == "jax":
            a["padding"] = "valid"
        name = f"{rank}-D, {groups} groups"
        yield case(name, run, draw(4, *sizes), draw(4, 3, *kernels), a)
    if framework == "jax":
        x, w = draw(2, 3, 3), draw(2, 3, 3, 3)
        yield case("transpose_kernel", run, x, w, SAME["jax"], transpose_kernel=True)
    if framework == "tensorflow":
        for sides, m in (
            ([[1, 0], [0, 2]], [6, 5]),
            ([[1, 0], [0, 2]], [7, 6]),
            ([[1, 1], [1, 1]], [8, 5]),
        ):
            a = say(padding=sides, output_size=m)
            yield case(f"explicit {sides} {m}", run, draw(1, 3, 3), draw(1, 1, 3, 3), a)


def case(
    name: str, run: Callable[..., np.ndarray], x: np.ndarray, w: np.ndarray, a: Asked, **how: Any
) -> dict[str, Any]:
    got = answer(run, x, w, a, **how)
    shown = {"input": x.astype(int).tolist(), "weight": w.astype(int).tolist()}
    kind = "refused" if isinstance(got, str) else "output"
    return {"name": name, **shown, "asked": a, kind: got}


def refusals(run: Callable[..., np.ndarray]) -> Iterator[list[Any]]:
    """What the framework says to what it does not have."""
    if SECTION in {"tensorflow", "mxnet-native"}:  # they speak of oneDNN, or of a crop
        return
    x, w = np.ones((1, 3, 3), dtype="float32"), np.ones((1, 1, 3, 3), dtype="float32")
    m = [6, 6] if SECTION.startswith("tensorflow") else None
    questions = [
        say(padding="same_lower", output_size=m),
        say(padding=[[1, 0], [1, 0]], output_size=m),
        say(padding=[[-1, -1], [-1, -1]], output_size=m),
        say(padding="same", output_padding=[1, 1], output_size=m),
        say(padding="same", output_padding=[2, 2], output_size=m),
        say(output_size=[9, 9]),
        say(padding=None, output_size=m),
        say(output_padding=[2, 2], output_size=m),
        *[say(padding="same", dilation=[2, 2])] * SECTION.startswith("keras"),
    ]
    for question in questions:
        got = answer(run, x, w, question)
        if isinstance(got, str):
            yield [question, got]


def main() -> None:
    run, packages = FRAMEWORKS[SECTION]
    # read by the frameworks when they are imported, which is later
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if SECTION.startswith("keras-"):
        os.environ["KERAS_BACKEND"] = SECTION.split("-")[1]
    if SECTION == "tensorflow-native":
        os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    if SECTION == "mxnet-native":
        os.environ["MXNET_MKLDNN_ENABLED"] = "0"
        os.environ["MXNET_STORAGE_FALLBACK_LOG_VERBOSE"] = "0"
    held = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    held[SECTION] = {
        "versions": {package: version(package) for package in (*packages, "numpy")},
        "rows": list(rows(run)),
        "layers": list(layers(run)),
        "refusals": list(refusals(run)),
    }
    parts = []
    for name in sorted(held):
        lines = [f' "{key}": {json.dumps(held[name][key])}' for key in ("versions",)]
        for key in ("rows", "layers", "refusals"):
            listed = ",\n".join(json.dumps(item, separators=(",", ":")) for item in held[name][key])
            lines.append(f' "{key}": [\n{listed}\n ]')
        parts.append(f'"{name}": {{\n' + ",\n".join(lines) + "\n}")
    FILE.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    print(SECTION, {key: len(held[SECTION][key]) for key in ("rows", "layers", "refusals")})


if __name__ == "__main__":
    main()
