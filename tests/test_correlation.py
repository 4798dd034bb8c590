"""The patch of an output by which its place is looked for in another."""

from __future__ import annotations

import numpy as np

from xlconv.differing.correlation import CELLS, patch


def test_patch_varies_in_most_channels_before_it_varies_most() -> None:
    wide = 6 * CELLS[1]
    y = np.ones((2, wide))
    y[0, : CELLS[1]] = 1000 * np.arange(CELLS[1])  # much, in one channel
    y[:, -CELLS[1] :] += np.arange(CELLS[1])  # a little, in both
    assert patch(y).at[0] > wide // 2
