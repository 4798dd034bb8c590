"""Where two outputs differ, in words: lines, channels, or everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlconv.differing.readings import axis_names

MOSTLY, FEW_AGREE = 0.8, 0.3
"""The part of a line that must differ for it to be named; and of all cells, that must agree for
single ones to be told."""

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
    said, left = list[str](), agrees.copy()
    for axis, name in enumerate(("channel", *axis_names(agrees.ndim - 1))):
        others = tuple(n for n in range(agrees.ndim) if n != axis)
        apart = 1 - agrees.mean(others)
        lines = np.flatnonzero(apart > MOSTLY).tolist()
        most = (
            agrees.shape[axis] // 2 if axis else len(agrees) - 1
        )  # of all there is nothing to say
        if 0 < len(lines) <= min(most, LISTED):
            left[(slice(None),) * axis + (lines,)] = True
            plural = "s" if len(lines) > 1 else ""
            said.append(f"{name}{plural} {', '.join(map(str, lines))} of {agrees.shape[axis]}")
    wrong = int(agrees.size - agrees.sum())
    if said and left.all():
        return " and ".join(said)
    if agrees.mean() < FEW_AGREE:
        return "everywhere"
    first = np.argwhere(~agrees)[0].tolist()
    return f"{wrong:,} of {agrees.size:,} cells, the first at {first}"
