"""What stands in the gaps of a framework's program: a layer's parameters and its arrays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from xlconv.frameworks.programs import Program
from xlconv.frameworks.rounding import decimals
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.layer import Array, Layer

WIDTH = 100
LITERAL_LIMIT = 200  # a larger array is loaded from a file

USE = "y = {function}(x, weight)"

USE_BY_GROUP = """\
# no groups here: each group's inputs meet that group's kernels, the results stand side by side
parts = zip(np.split(x, {groups}), np.split(weight, {groups}))
y = np.concatenate([{function}(*part) for part in parts])"""


def fill(text: str, fields: dict[str, object]) -> str:
    """The text with its fields; a line that is one field grows, or goes if that is empty."""
    lines = []
    for line in text.splitlines():
        alone = re.fullmatch(r"( *)\{(\w+)\}", line)
        values = str(fields[alone[2]]).splitlines() if alone else [line.format(**fields)]
        lines += [alone[1] + value if alone else value for value in values]
    return "\n".join(lines) + "\n"


def parameters(
    g: Geometry, native: bool, dilation_by_hand: str, function: str
) -> dict[str, object]:
    """The parameters; a crop or a dilation that the program makes by hand is not among them."""
    axes, r = g.axes, g.rank
    begins, ends = zip(*(axis.padding if native else (0, 0) for axis in axes), strict=True)
    dilated = bool(dilation_by_hand) and any(axis.dilation > 1 for axis in axes)
    return {
        "rank": r,
        "sizes": ", ".join("DHW"[-r:]),
        "kernel": ", ".join(f"k{name}" for name in "DHW"[-r:]),
        "in_channels": g.in_channels,
        "out_channels": g.out_channels,
        "groups": g.groups,
        "group_inputs": g.in_channels // g.groups,
        "group_outputs": g.out_channels // g.groups,
        "kernel_size": tuple(axis.extent if dilated else axis.kernel_size for axis in axes),
        "stride": tuple(axis.stride for axis in axes),
        "padding": begins,
        "pads": [*begins, *ends],
        "output_padding": tuple(axis.output_padding * native for axis in axes),
        "dilation": tuple(1 if dilated else axis.dilation for axis in axes),
        "dilate": _dilate(g, dilation_by_hand) if dilated else "",
        "to_last": (*range(1, r + 1), 0),
        "weight_to_last": (*range(2, r + 2), 1, 0),
        "to_first": (r, *range(r)),
        "use": (USE if g.groups == 1 else USE_BY_GROUP).format(groups=g.groups, function=function),
    }


def loop(axes: Sequence[Axis], *, plain: bool = False) -> dict[str, object]:
    """The definition's loop: an input i, j begins its stamp at an output r, q; an output of a plain
    convolution begins its window at an input."""
    i, r = {1: ("i", "r"), 2: ("ij", "rq"), 3: ("hij", "prq")}[len(axes)]
    over, at = (r, i) if plain else (i, r)
    starts = [f"{axis.stride} * {letter}" for letter, axis in zip(over, axes, strict=True)]
    cells = [
        f"{letter} : {letter} + {axis.extent}" + f" : {axis.dilation}" * (axis.dilation > 1)
        for letter, axis in zip(at, axes, strict=True)
    ]
    return {
        name: ", ".join(words)
        for name, words in {"i": i, "r": r, "starts": starts, "cells": cells}.items()
    }


def _dilate(g: Geometry, why: str) -> str:
    sizes = ", ".join(str(axis.extent) for axis in g.axes)
    steps = ", ".join(f"::{axis.dilation}" for axis in g.axes)
    return f"""\
# dilation as zeros in the kernel: {why}
dilated = np.zeros((*weight.shape[:2], {sizes}), weight.dtype)
dilated[:, :, {steps}] = weight
weight = dilated"""


def common(
    layer: Layer | Convolution, form: Program, places: Mapping[str, str]
) -> dict[str, object]:
    """The numbers, and how many digits of the output are printed."""
    rank, digits = layer.geometry.rank, decimals(layer)
    dtype = "float32" if rank in form.single else "float64"
    return {
        "imports": "from pathlib import Path\n\n" * any("Path(" in p for p in places.values()),
        "dtype": dtype,
        "single": form.single.get(rank, ""),
        "data": data(layer, dtype, places),
        "decimals": digits,
        "hair": f"1e-{digits + 4:02}",
    }


def inside(layer: Layer | Convolution, form: Program, native: bool) -> dict[str, object]:
    """Where the bias is added: by the framework, or by hand."""
    biased = layer.bias is not None
    by_hand = f"y = y + bias.reshape(-1{', 1' * layer.geometry.rank})"
    return {
        "use_bias": biased and native,
        "bias": form.bias if biased and native else "",
        "add_bias": by_hand if biased and not native else "",
    }


def files(layer: Layer | Convolution) -> dict[str, Array]:
    """The arrays that a program of a layer loads, those of more than LITERAL_LIMIT numbers.

    >>> list(files(Layer.of(np.ones((20, 20)), np.ones((3, 3)))))
    ['input']
    """
    arrays = {"input": layer.input, "weight": layer.weight, "bias": layer.bias}
    return {
        name: array
        for name, array in arrays.items()
        if array is not None and array.size > LITERAL_LIMIT
    }


def data(layer: Layer | Convolution, dtype: str, places: Mapping[str, str]) -> str:
    arrays = {"input": layer.input, "weight": layer.weight, "bias": layer.bias}
    loaded, lines = files(layer), []
    for name, array in arrays.items():
        if array is None:
            continue
        called = "x" if name == "input" else name
        if name in loaded:
            place = places.get(name, f'"{name}.npy"')
            value = f'np.load({place}).astype("{dtype}").reshape{array.shape}'
        else:
            value = f'np.array({_literal(array, f"{called} = np.array(")}, dtype="{dtype}")'
        lines.append(f"{called} = {value}")
    return "\n".join(lines)


def _literal(array: Array, prefix: str) -> str:
    """The numbers in aligned rows, that hang below the first of them."""
    texts = {v: repr(v + 0.0).removesuffix(".0") for v in array.ravel().tolist()}  # 0 for -0
    width = max(map(len, texts.values()))
    rows = np.array2string(
        array,
        separator=", ",
        prefix=prefix,
        suffix=', dtype="float64")',
        max_line_width=WIDTH,
        threshold=array.size,
        formatter={"float_kind": lambda v: texts[float(v)].rjust(width)},
    )
    return re.sub(r"\n\n+", "\n", rows)
