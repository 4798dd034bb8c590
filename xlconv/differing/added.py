"""Whether another output is ours and something else, which no layer makes of our input."""

from __future__ import annotations

import numpy as np

from xlconv.layers.layer import Array

TOLD = (
    "it is as if something that is not a function of this layer is added, such as a skip"
    " connection: compare what comes out before that"
)

LEAST, ALIKE, ERRORS = 100, 0.3, 4.0
"""Cells from which it is told; how like ours theirs is then; standard errors that are chance."""


def added(ours: Array, theirs: Array) -> str:
    """That something of its own is added to ours in every channel, in words; "" if not so.

    Theirs then holds ours once, and what is left is no larger where ours is.
    """
    if ours.shape != theirs.shape or ours.size < LEAST:
        return ""
    rows = [each.reshape(len(each), -1) for each in (ours, theirs - ours)]
    own, left = (each - each.mean(1, keepdims=True) for each in rows)
    spread = left.std(1)
    if not own.std() or spread.min() < 0.1 * spread.max():
        return ""
    chance = ERRORS / np.sqrt(own.size)
    once = abs((own * left).sum()) / np.square(own).sum() <= chance * left.std() / own.std()
    even = abs(np.corrcoef(abs(own).ravel(), abs(left).ravel())[0, 1]) <= chance
    alike = np.corrcoef(own.ravel(), (own + left).ravel())[0, 1] >= ALIKE
    return TOLD if once and even and alike else ""
