"""From a framework's own words for a transposed convolution to a Layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlconv.arguments import numbers, pair, spell, spread, whole
from xlconv.errors import XlconvError
from xlconv.figures.words import counted
from xlconv.geometry import Axis
from xlconv.layer import Layer
from xlconv.layouts import (
    LAYOUTS,
    from_layout,
    in_channels,
    kernel_size,
    layout_of,
    with_channels,
)
from xlconv.ranks import input_layouts, lengths, understand
from xlconv.rules import CONVENTIONS, KNOWN, OWN, Asked, Convention

Each = int | Sequence[int]
Padding = str | int | Sequence[int | Sequence[int]]


def axes(
    convention: str,
    *,
    size: Sequence[int],
    kernel_size: Sequence[int],
    stride: Each = 1,
    dilation: Each = 1,
    padding: Padding | None = None,
    output_padding: Each | None = None,
    output_size: Each | None = None,
    groups: int = 1,
) -> tuple[Axis, ...]:
    """The axes of a layer that is asked for in a framework's words.

    Raises XlconvError where the framework refuses, in its words, with the way out.

    >>> axes("tensorflow", size=[2], kernel_size=[3], stride=2, padding="same")[0].padding
    (0, 1)
    """
    asked = ask(
        convention,
        size=size,
        kernel_size=kernel_size,
        stride=stride,
        dilation=dilation,
        padding=padding,
        output_padding=output_padding,
        output_size=output_size,
        groups=groups,
    )
    return tuple(KNOWN[convention].resolve(a) for a in asked)


def ask(
    convention: str,
    *,
    size: Sequence[int],
    kernel_size: Sequence[int],
    groups: int = 1,
    padding: Padding | None = None,
    **each: Each | None,
) -> tuple[Asked, ...]:
    """What is asked of every axis, of which the framework knows every word."""
    _framework(convention)
    groups = whole("groups", groups, least=1)
    rank = len(size)
    pads = _paddings(padding, rank)
    values: dict[str, list[Any]] = {
        name: [None] * rank if value is None else spread(name, value, rank)
        for name, value in each.items()
    }
    asked = tuple(
        Asked(
            size=size[i],
            kernel_size=kernel_size[i],
            padding=pads[i],
            position=i,
            rank=rank,
            **{name: listed[i] for name, listed in values.items()},
        )
        for i in range(rank)
    )
    checked = tuple(_known(convention, a, groups) for a in asked)
    if convention == "keras" and max(a.stride for a in asked) > 1 < max(a.dilation for a in asked):
        strides, dilations = tuple(a.stride for a in asked), tuple(a.dilation for a in asked)
        raise XlconvError(
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received:"
            f" strides={strides} and dilation_rate={dilations}: convention tensorflow has both",
            parameter="dilation",
        )
    return checked


def _framework(convention: str) -> Convention:
    if convention not in KNOWN:
        names = ", ".join(CONVENTIONS)
        raise XlconvError(
            f'convention must be one of {names}, got "{convention}"', parameter="convention"
        )
    return KNOWN[convention]


def _known(convention: str, a: Asked, groups: int) -> Asked:
    """What is asked, with the default padding; refused where the framework lacks the words."""
    framework = KNOWN[convention]
    for name, least in (("output_padding", 0), ("output_size", 1)):
        got = getattr(a, name)
        if got is not None and got < least:
            raise XlconvError(f"{name} must be at least {least}, got {got}", parameter=name)
    if a.output_size is not None:
        for name in framework.ignores:
            if getattr(a, name) is not None and a.padding not in framework.words:
                raise XlconvError(
                    f"{convention} ignores {name} beside output_size: leave one of them out",
                    parameter=name,
                )
    padding = framework.default if a.padding is None else a.padding
    cells = padding if isinstance(padding, tuple) else (0, 0)
    wrong = {
        "none": padding is None,
        "word": isinstance(padding, str) and padding not in framework.words,
        "cells": isinstance(padding, tuple) and a.rank not in framework.pads,
        "uneven": cells[0] != cells[1],
        "negative": min(cells) < 0,
        "output_padding": bool(a.output_padding),
        "output_size": a.output_size is not None,
        "groups": groups > 1 and a.rank > framework.group_rank,
    }
    for what, (words, out) in framework.says.items():
        if wrong[what]:
            whole = a.size * a.stride if "same" in str(padding) else a.plain.full_size
            way = _way(convention, a, a.output_size or whole) if out == "{way}" else out
            parameter = what if what in {"output_padding", "output_size", "groups"} else "padding"
            raise a.refuse(parameter, words, way, groups=groups)
    return replace(a, padding=padding)


def _way(convention: str, a: Asked, m: int) -> str:
    """The first words of a convention that give m cells."""
    framework = KNOWN[convention]
    t = a.plain.full_size - m
    crop = 2 * (a.plain.extent - 1) - t if convention == "jax" else t
    least = max(0, crop) // 2
    cells = [(least, least), (least, least + 1), (least + 1, least + 1)]
    if "uneven" in framework.says:
        cells = [(begin, end) for begin, end in cells if begin == end]
    paddings = (*framework.words, *(cells if a.rank in framework.pads else ()))
    backs = () if "output_padding" in framework.says else (max(0, -t), max(0, 2 * least + 2 - t))
    for padding, back in product(paddings, (None, *backs)):
        tried = replace(a, padding=padding, output_padding=back, output_size=None)
        try:
            found = framework.resolve(tried).output_size
        except XlconvError:
            continue
        if found == m:
            more = f", output_padding {back}" if back else ""
            return f"padding {spell(padding)}{more} makes {m} cells"
    return f"nothing in {convention} makes {m} cells here, convention onnx may"


def _paddings(padding: Padding | None, rank: int) -> Sequence[str | tuple[int, int] | None]:
    if padding is None or isinstance(padding, str):
        return [padding] * rank
    return [
        (int(p), int(p)) if isinstance(p, int | np.integer) else pair(p)
        for p in spread("padding", padding, rank)
    ]


def resolve(
    input: ArrayLike,
    weight: ArrayLike,
    *,
    convention: str = OWN,
    layout: str | None = None,
    turned: bool | None = None,
    bias: ArrayLike | None = None,
    stride: Each = 1,
    padding: Padding | None = None,
    output_padding: Each | None = None,
    output_size: Each | None = None,
    dilation: Each = 1,
    groups: int = 1,
    batch: int | None = None,
    rank: int | None = None,
    input_layout: str | None = None,
) -> Layer:
    """A layer from arrays and a framework's words.

    input         (in_channels, *sizes), or (*sizes) for one channel; a batch first, if any
    weight        as the layout has it, or (*kernel_sizes), which with as many groups as channels
                  is the kernel of each
    layout        None for the convention's own; see xlconv.layouts
    turned        whether the kernel lies turned by half; None for what the layout says
    padding       "same", "same_lower" (ONNX), "valid", or cells: one value, one an axis, or
                  (begin, end) an axis. Cells are cropped; JAX's are the pads of the inner
                  convolution
    batch         the sample to take of a batch, from 0; one of a single sample needs no word
    rank          1, 2 or 3 spatial axes, where the shapes leave it open
    input_layout  "channels-first" or "channels-last"; None for the first, or in a layout of Keras,
                  TensorFlow, TensorFlow Lite or JAX for where they are as many as the weight's

    Where no convention is named the words are PyTorch's, and a padding may differ at begin and
    end, or be negative.

    Raises XlconvError where the framework refuses, in its words, with the way out, and where
    the shapes fit one another in no way, or in several.

    >>> x, w = [[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]]
    >>> [axis.padding for axis in resolve(x, w, stride=2, output_size=[5, 6]).geometry.axes]
    [(0, 0), (0, 0)]
    >>> [axis.padding for axis in resolve(x, w, convention="keras", padding="same").geometry.axes]
    [(1, 1), (1, 1)]
    """
    groups = whole("groups", groups, least=1)
    x, w = numbers("input", input), numbers("weight", weight)
    name = layout or _framework(convention).layout
    reading = understand(
        x.shape,
        w.shape,
        in_channels(w.shape, name, groups),
        groups=groups,
        layouts=input_layouts(input_layout, layout_of(name).inputs),
        batch=batch,
        rank=rank,
        values=lengths(stride, dilation, padding, output_padding, output_size),
    )
    note, x, rank = reading.note(x.shape, batch), reading.sample(x, batch), reading.rank
    found = axes(
        convention,
        size=x.shape[1:],
        kernel_size=kernel_size(w.shape, rank, name),
        stride=stride,
        dilation=dilation,
        padding=padding,
        output_padding=output_padding,
        output_size=output_size,
        groups=groups,
    )
    if reading.alone:
        kernel = from_layout(with_channels(w, name), name, groups=1, turned=turned)[0, 0]
    else:
        kernel = from_layout(w, name, groups=groups, turned=turned)
    if not reading.alone and len(kernel) != len(x) and LAYOUTS[name].order[0] != "in":
        raise XlconvError(
            f"a weight of layout {name} is {LAYOUTS[name].axes}, got {w.shape} for"
            f" {counted(len(x), 'input channel')}",
            parameter="weight",
        )
    layer = Layer.of(
        x,
        kernel,
        bias=bias,
        stride=[axis.stride for axis in found],
        padding=[axis.padding for axis in found],
        output_padding=[axis.output_padding for axis in found],
        dilation=[axis.dilation for axis in found],
        groups=groups,
        rank=rank,
    )
    return replace(layer, note=note)
