"""Every term of an output's size: what is computed, by which formula, from which numbers."""

from __future__ import annotations

import re

from xlconv.frameworks.asked import Asked
from xlconv.frameworks.names import OWN
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis

_SYMMETRIC = "(n-1)*s - 2*p + d*(k-1) + op + 1"
_AS_FORWARD = "(n-1)*s + max(k_eff, s)"
_CLAMPED = "min(n*s, (n-1)*s + k_eff + op)"
OUTPUT_SIZE = {
    "pytorch cells": _SYMMETRIC,
    "pytorch given": _SYMMETRIC,
    "mxnet cells": _SYMMETRIC,
    "mxnet given": _SYMMETRIC,
    "xlconv cells": "(n-1)*s - p_begin - p_end + d*(k-1) + op + 1",
    "xlconv given": "(n-1)*s - p_begin - p_end + d*(k-1) + op + 1",
    "keras same": "n*s",
    "keras same op": "(n-1)*s + k_eff%2 + op",
    "keras valid": _AS_FORWARD,
    "keras valid op": "(n-1)*s + k_eff + op",
    "tensorflow same": "n*s",
    "tensorflow valid": _AS_FORWARD,
    "tensorflow cells": "(n-1)*s + k_eff - p_begin - p_end",
    "tensorflow given": "m",
    "jax same": "n*s",
    "jax valid": _AS_FORWARD,
    "jax cells": "(n-1)*s + low + high - d*(k-1) + 1",
    "onnx same": _CLAMPED,
    "onnx same_lower": _CLAMPED,
    "onnx valid": "(n-1)*s + op + d*(k-1) + 1",
    "onnx cells": "(n-1)*s + op + d*(k-1) + 1 - p_begin - p_end",
    "onnx given": "m",
}
"""The output size by convention and what is asked of it: a word, cells, or the size itself."""


@frozen
class Term:
    """A line of the arithmetic: `name = formula = numbers = value`."""

    name: str
    formula: str
    numbers: str
    value: int


def terms(convention: str, a: Asked, axis: Axis) -> tuple[Term, ...]:
    """The arithmetic of one axis, in the terms of a convention."""
    given = a.output_size is not None
    kind = "cells" if isinstance(a.padding, tuple) else str(a.padding)
    if convention == "keras" and a.output_padding is not None:
        kind += " op"
    own = convention in {OWN, "pytorch", "mxnet"}
    op = axis.output_padding if own else a.output_padding or 0
    ends = a.cells
    values = {
        "n": a.size,
        "k": a.kernel_size,
        "s": a.stride,
        "d": a.dilation,
        "op": op,
        "p": axis.padding[0],
        "p_begin": ends[0],
        "p_end": ends[1],
        "low": ends[0],
        "high": ends[1],
        "k_eff": axis.extent,
        "full": axis.full_size,
        "m": axis.output_size,
        "begin": axis.padding[0],
        "end": axis.padding[1] - axis.output_padding,
    }
    lines = _lines(convention, kind, given)
    return tuple(
        Term(
            name,
            formula,
            re.sub(r"[a-z_]+", lambda name: str(values.get(name[0], name[0])), formula),
            values[name],
        )
        for name, formula in lines
    )


def _lines(convention: str, kind: str, given: bool) -> list[tuple[str, str]]:
    """What is computed, in order, and how."""
    rule = OUTPUT_SIZE[f"{convention} {'given' if given else kind}"]
    lines = [("k_eff", "d*(k-1) + 1"), ("full", "(n-1)*s + k_eff")]
    if convention == "pytorch" and given:
        lines += [("op", "m - ((n-1)*s - 2*p + d*(k-1) + 1)")]
    if convention == OWN and given:
        lines += [("op", "m - ((n-1)*s - p_begin - p_end + d*(k-1) + 1)")]
    if convention == "mxnet" and given:
        lines += [("p", "(full - m + 1)//2"), ("op", "(full - m)%2")]
    lines += [("m", rule), ("begin", _begin(convention, kind, given=given))]
    lines += [("end", "full - begin - m")]
    return lines


def _begin(convention: str, kind: str, *, given: bool) -> str:
    """What is cropped at the begin."""
    back = " + op" if convention == "onnx" else ""
    if convention == "onnx" and (kind == "same_lower" or (given and kind != "same")):
        return "(max(full + op - m, 0) + 1)//2"
    if kind in {"same", "same op"}:
        return f"max(full{back} - m, 0)//2"
    if kind == "cells":
        return {"pytorch": "p", "mxnet": "p", "jax": "k_eff - 1 - low"}.get(convention, "p_begin")
    return "0"
