"""Handwritten digits, 8 x 8 pixels of 0 to 16: 1,400 to train on, 397 held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TRAINED_ON = 1400
HELD_OUT = Path(__file__).parents[1] / "tests" / "data" / "digits.npz"


def split() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Pictures and classes to train on, and those held out, from scikit-learn's copy."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.images))
    train, held = order[:TRAINED_ON], order[TRAINED_ON:]
    images, classes = digits.images.astype(np.uint8), digits.target.astype(np.uint8)
    return images[train], classes[train], images[held], classes[held]


def keep_held_out(
    images: NDArray[np.uint8], classes: NDArray[np.uint8], codes: NDArray[np.float64]
) -> None:
    """For the tests, which have no scikit-learn: the pictures, and the generator's four numbers."""
    np.savez_compressed(HELD_OUT, allow_pickle=False, images=images, classes=classes, codes=codes)
