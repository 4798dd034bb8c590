"""What a framework has no words for, refused in its words, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from xlconv.errors import XlconvError
from xlconv.frameworks.asked import Asked
from xlconv.frameworks.conventions import KNOWN, Convention
from xlconv.layers.given import spell


def known(convention: str, a: Asked, groups: int) -> Asked:
    """What is asked, with the default padding; refused where the framework lacks the words."""
    framework = KNOWN[convention]
    _check_values(convention, framework, a)
    a = replace(a, padding=framework.default if a.padding is None else a.padding)
    wrong = _lacking(framework, a, groups)
    for what, (words, out) in framework.says.items():
        if what in wrong:
            way = _way(convention, a) if out == "{way}" else out
            parameter = what if what in {"output_padding", "output_size", "groups"} else "padding"
            raise a.refuse(parameter, words, way, groups=groups)
    return a


def check_together(convention: str, asked: Sequence[Asked]) -> None:
    """Refuse what a framework takes on each axis, but not on all of them."""
    strides, dilations = tuple(a.stride for a in asked), tuple(a.dilation for a in asked)
    if convention == "keras" and max(strides) > 1 < max(dilations):
        raise XlconvError(
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received:"
            f" strides={strides} and dilation_rate={dilations}: convention tensorflow has both",
            parameter="dilation",
        )


def _check_values(convention: str, framework: Convention, a: Asked) -> None:
    """Refuse values that are too small, and those that say nothing beside an output_size."""
    for name, value, least in (
        ("output_padding", a.output_padding, 0),
        ("output_size", a.output_size, 1),
    ):
        if value is not None and value < least:
            raise XlconvError(f"{name} must be at least {least}, got {value}", parameter=name)
    if a.output_size is None:
        return
    for name in framework.ignores:
        if getattr(a, name) is not None and a.padding not in framework.words:
            raise XlconvError(
                f"{convention} ignores {name} beside output_size: leave one of them out",
                parameter=name,
            )


def _lacking(framework: Convention, a: Asked, groups: int) -> set[str]:
    """What of it the framework has no words for."""
    begin, end = a.cells
    lacking = {
        "none": a.padding is None,
        "word": isinstance(a.padding, str) and a.padding not in framework.words,
        "cells": isinstance(a.padding, tuple) and a.rank not in framework.pads,
        "uneven": begin != end,
        "negative": min(begin, end) < 0,
        "output_padding": bool(a.output_padding),
        "output_size": a.output_size is not None,
        "groups": groups > 1 and a.rank > framework.group_rank,
    }
    return {what for what, lacks in lacking.items() if lacks}


def _way(convention: str, a: Asked) -> str:
    """The first words of a convention that give as many cells as are asked for."""
    framework, same = KNOWN[convention], "same" in str(a.padding)
    m = a.output_size or (a.size * a.stride if same else a.plain.full_size)
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
            size = framework.resolve(tried).output_size
        except XlconvError:
            continue
        if size == m:
            more = f", output_padding {back}" if back else ""
            return f"padding {spell(padding)}{more} makes {m} cells"
    return f"nothing in {convention} makes {m} cells here, convention onnx may"
