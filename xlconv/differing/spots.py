"""Where two outputs differ, in words: lines, channels, or everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlconv.differing.readings import axis_names

MOSTLY, PARTLY, FEW_AGREE = 0.8, 0.3, 0.3
"""The part of a line that must differ for it to be named, or named as in part; and of all cells,
that must agree for single ones to be told."""

LISTED = 3
"""Lines of an axis that are named."""


def spots(agrees: NDArray[np.bool_]) -> str:
    """Where cells differ; "" if nowhere.

    agrees  (out_channels, *sizes)

    >>> spots(np.array([[[True, True], [False, False], [True, True]]]))
    'row 1 of 3'
    """
    if agrees.all():
        return ""
    for least, words in ((MOSTLY, ""), (PARTLY, ", in part")):
        if said := _lines(agrees, least):
            return said + words
    if agrees.mean() < FEW_AGREE:
        return "everywhere"
    first = np.argwhere(~agrees)[0].tolist()
    wrong = int(agrees.size - agrees.sum())
    return f"{wrong:,} of {agrees.size:,} cells, the first at {first}"


def _lines(agrees: NDArray[np.bool_], least: float) -> str:
    """A few lines in which all lies that differs, and which do for the most part; "" if none."""
    said, left = list[str](), agrees.copy()
    for axis, name in enumerate(("channel", *axis_names(agrees.ndim - 1))):
        others = tuple(n for n in range(agrees.ndim) if n != axis)
        lines = np.flatnonzero(1 - agrees.mean(others) > least).tolist()
        # of all of them there is nothing to say
        most = agrees.shape[axis] // 2 if axis else len(agrees) - 1
        if 0 < len(lines) <= min(most, LISTED):
            left[(slice(None),) * axis + (lines,)] = True
            plural = "s" if len(lines) > 1 else ""
            said.append(f"{name}{plural} {', '.join(map(str, lines))} of {agrees.shape[axis]}")
    return " and ".join(said) if left.all() else ""
