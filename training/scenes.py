"""Pictures of 16 x 16 pixels with two digits each, and the class of each pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIZE = 16
DIGITS = (0, 1, 7)
"""Classes 1, 2 and 3; class 0 is nothing."""
INK = 4
"""A pixel that is darker belongs to its digit."""
NOISE = 0.8


def scenes(
    images: NDArray[np.uint8], classes: NDArray[np.uint8], count: int, seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Whole numbers of 0 to 16, and for each pixel its class."""
    chance = np.random.default_rng(seed)
    drawn = [_scene(chance, images, classes) for _ in range(count)]
    return np.stack([picture for picture, _ in drawn]), np.stack([truth for _, truth in drawn])


def _scene(
    chance: np.random.Generator, images: NDArray[np.uint8], classes: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Two digits in two of the four quarters, each moved by up to a pixel; a little noise."""
    picture, truth = np.zeros((SIZE, SIZE)), np.zeros((SIZE, SIZE), np.int64)
    for quarter in chance.permutation(4)[:2]:
        kind = int(chance.integers(len(DIGITS)))
        image = chance.choice(images[classes == DIGITS[kind]])
        moved = 8 * np.array(divmod(int(quarter), 2)) + chance.integers(-1, 2, 2)
        top, left = np.clip(moved, 0, SIZE - 8)
        place = np.s_[top : top + 8, left : left + 8]
        picture[place] = np.maximum(picture[place], image)
        truth[place][image > INK] = kind + 1
    noisy = picture + chance.normal(0, NOISE, picture.shape)
    return np.clip(np.round(noisy), 0, 16).astype(np.uint8), truth
