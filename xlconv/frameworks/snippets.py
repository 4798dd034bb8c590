"""The layer as a program of each framework that prints the numbers of the sheet.

Every framework prints nested lists of (out_channels, *output_sizes), one innermost row a line,
integers where all are. Other values are rounded to six digits of the largest that the layer can
reach. All print the same text, for they compute in float64; but onnxruntime, and MXNet in 3-D,
which have float32 alone, may be off by one in the last digit of what is not whole. They hold
whole numbers up to 2**24.

Source: the frameworks' documents and what they were seen to do: PyTorch 2.13, TensorFlow 2.21,
Keras 3.15, JAX 0.10, onnxruntime 1.32, MXNet 1.9.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import floor, log10

import numpy as np

from xlconv.errors import XlconvError
from xlconv.frameworks.idioms import padding_word, uncropped
from xlconv.frameworks.names import FRAMEWORKS
from xlconv.frameworks.programs import (
    PROGRAMS,
    REPORT,
    USE,
    USE_BY_GROUP,
    WHOLE,
    Program,
)
from xlconv.frameworks.short import EVERY_OPTION, SHOW, inline, options
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Array, Layer

WIDTH = 100
LITERAL_LIMIT = 200  # a larger array is loaded from a file


def program(
    layer: Layer,
    framework: str,
    places: Mapping[str, str] | None = None,
    *,
    output: Array | None = None,
) -> str:
    """A complete Python program that prints the layer's output, computed by one framework.

    places  where arrays are loaded from that are too large to be written out: Python expressions
            by their names, "input", "weight" or "bias"; see `files`. Where none is given it is
            "input.npy" and so on, as saved by np.save("input.npy", layer.input)
    output  of the layer, if the program shall be short and print as NumPy does: see `printed`

    Raises XlconvError if the framework is unknown, and for what is no Layer, or a part of one.

    >>> layer = Layer.of([[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]], stride=2, padding=1)
    >>> exec(program(layer, "numpy"))
    [[[ 3,  0,  3],
      [ 5, 16,  5],
      [ 1,  0,  1]]]
    """
    _check(layer, framework)
    form = PROGRAMS[framework]
    fields = _fields(layer, form, places or {})
    if output is None:
        end = WHOLE if _gives_whole(layer) else REPORT
        return _fill(form.text + end, fields | {"options": EVERY_OPTION.format(**fields)})
    return _short(form.text if layer.geometry.groups > 1 else inline(form.text), fields, output)


def _short(text: str, fields: dict[str, object], output: Array) -> str:
    how = "astype(int)" if _is_whole(output) else f"round({fields['decimals']})"
    return _fill(text + SHOW, fields | {"shown": f"y.{how}", "options": options(fields)})


def _check(layer: object, framework: str) -> None:
    """Refuse what no program is of, and a framework that is unknown."""
    if not isinstance(layer, Layer):
        raise XlconvError(
            "layer must be a Layer, for a program is of a transposed convolution, got"
            f" {type(layer).__name__}: Layer.of makes one",
            parameter="layer",
        )
    if layer.rest is not None:
        raise XlconvError(
            "layer must be whole for a program, got a part of one, whose other channels and cells"
            " add to the output: give the layer that it was taken from",
            parameter="layer",
        )
    if framework not in FRAMEWORKS:
        raise XlconvError(
            f'framework must be one of {", ".join(FRAMEWORKS)}, got "{framework}"',
            parameter="framework",
        )


def printed(layer: Layer, output: Array) -> str:
    """What the short program of a layer prints.

    >>> layer, y = Layer.of([[1, 2]], [[1, 1]]), np.array([[[1.0, 3, 2]]])
    >>> printed(layer, y)
    '[[[1 3 2]]]'
    >>> exec(program(layer, "numpy", output=y))
    [[[1 3 2]]]
    """
    return str(output.astype(int) if _is_whole(output) else output.round(_decimals(layer)))


def _is_whole(y: Array) -> bool:
    """Whether all are whole numbers that float32 has, too."""
    return bool((y == np.rint(y)).all() and np.abs(y).max() <= 2**24)


def _gives_whole(layer: Layer) -> bool:
    """Whether all that the output can be are whole numbers that float32 has, too."""
    arrays = [a for a in (layer.input, layer.weight, layer.bias) if a is not None]
    return _reach(layer) <= 2**24 and all((a == np.rint(a)).all() for a in arrays)


def _fields(layer: Layer, form: Program, places: Mapping[str, str]) -> dict[str, object]:
    """What stands in the gaps of a program's text."""
    g = layer.geometry
    native, decimals = form.crops(g.axes), _decimals(layer)
    dtype = "float32" if g.rank in form.single else "float64"
    return {
        **_parameters(g, native, form.dilation_by_hand.get(g.rank, "")),
        **_letters(g),
        **_bias(layer, form, native),
        "padding_words": form.padding(g.axes if native else [uncropped(axis) for axis in g.axes]),
        "imports": "from pathlib import Path\n\n" * any("Path(" in p for p in places.values()),
        "dtype": dtype,
        "single": form.single.get(g.rank, ""),
        "data": _data(layer, dtype, places),
        "fit": "" if native else _fit(g, form.why),
        "decimals": decimals,
        "hair": f"1e-{decimals + 4:02}",
    }


def files(layer: Layer) -> dict[str, Array]:
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


def _fill(text: str, fields: dict[str, object]) -> str:
    """The text with its fields; a line that is one field grows, or goes if that is empty."""
    lines = []
    for line in text.splitlines():
        alone = re.fullmatch(r"( *)\{(\w+)\}", line)
        values = str(fields[alone[2]]).splitlines() if alone else [line.format(**fields)]
        lines += [alone[1] + value if alone else value for value in values]
    return "\n".join(lines) + "\n"


def _parameters(g: Geometry, native: bool, dilation_by_hand: str) -> dict[str, object]:
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
        "padding_word": padding_word(axes),
        "output_shape": (
            1,
            *(axis.output_size if native else axis.full_size for axis in axes),
            g.out_channels // g.groups,
        ),
        "use": (USE if g.groups == 1 else USE_BY_GROUP).format(groups=g.groups),
    }


def _bias(layer: Layer, form: Program, native: bool) -> dict[str, object]:
    """Where the bias is added: by the framework, or by hand."""
    g, biased = layer.geometry, layer.bias is not None
    # zeros that extend the output come before the bias, a mere crop may come after it
    inside = bool(form.bias) and (native or g.canvas_shape == _full_shape(g))
    return {
        "use_bias": biased and inside,
        "bias": form.bias if biased and inside else "",
        "add_bias": f"y = y + bias.reshape(-1{', 1' * g.rank})" if biased and not inside else "",
    }


def _letters(g: Geometry) -> dict[str, object]:
    """The definition's loop: input i, j begins its stamp at output r, q."""
    i, r = {1: ("i", "r"), 2: ("ij", "rq"), 3: ("hij", "prq")}[g.rank]
    starts = [f"{axis.stride} * {letter}" for letter, axis in zip(i, g.axes, strict=True)]
    cells = [
        f"{letter} : {letter} + {axis.extent}" + f" : {axis.dilation}" * (axis.dilation > 1)
        for letter, axis in zip(r, g.axes, strict=True)
    ]
    first = f"    o = c // {g.in_channels // g.groups} * {g.out_channels // g.groups}"
    return {
        "full_shape": _full_shape(g),
        "i": ", ".join(i),
        "r": ", ".join(r),
        "starts": ", ".join(starts),
        "cells": ", ".join(cells),
        "group": f"{first}  # the first output channel of c's group" if g.groups > 1 else "",
        "channels": f"o : o + {g.out_channels // g.groups}" if g.groups > 1 else ":",
    }


def _full_shape(g: Geometry) -> tuple[int, ...]:
    return (g.out_channels, *(axis.full_size for axis in g.axes))


def _data(layer: Layer, dtype: str, places: Mapping[str, str]) -> str:
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


def _dilate(g: Geometry, why: str) -> str:
    sizes = ", ".join(str(axis.extent) for axis in g.axes)
    steps = ", ".join(f"::{axis.dilation}" for axis in g.axes)
    return f"""\
# dilation as zeros in the kernel: {why}
dilated = np.zeros((*weight.shape[:2], {sizes}), weight.dtype)
dilated[:, :, {steps}] = weight
weight = dilated"""


def _fit(g: Geometry, why: str) -> str:
    """From the full output to the layer's: extended with zeros, then cropped."""
    begins = [max(0, -axis.padding[0]) for axis in g.axes]
    ends = [axis.canvas_size - axis.full_size - b for axis, b in zip(g.axes, begins, strict=True)]
    pads = [(0, 0), *zip(begins, ends, strict=True)]
    extend = f"y = np.pad(y, {pads})  # zeros: no input reaches there\n"
    crop = ", ".join(f"{cells.start}:{cells.stop}" for cells in g.crop)
    return f"# {why}\n{extend if any(begins + ends) else ''}y = y[:, {crop}]"


def _decimals(layer: Layer) -> int:
    """Decimals that float32 still gets right, by the largest value the output can have."""
    reach = _reach(layer)
    return 0 if reach == 0 else min(15, max(0, 5 - floor(log10(reach))))


def _reach(layer: Layer) -> float:
    """The largest value that the output can have."""
    others = tuple(a for a in range(layer.weight.ndim) if a != 1)
    reach = np.abs(layer.input).max() * np.abs(layer.weight).sum(axis=others).max()
    return float(reach + (0.0 if layer.bias is None else np.abs(layer.bias).max()))
