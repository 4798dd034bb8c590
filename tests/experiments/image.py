"""The lesson of a picture: the sky of its left half has rows of one value each."""

import numpy as np

from .desk import Page
from .proofs import proofs_of

tries = proofs_of("image")

SKY = slice(2, 14), slice(2, 16)
"""Cells of the output that stand for the left half of the sky."""


@tries(
    "Bilinear",
    "Set all but the four weights in the middle to 0, and those to 1: each pixel becomes "
    "a block of four.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=np.pad(np.ones((2, 2)), 1))
    assert (sheet["output"] == sheet["input"].repeat(2, 0).repeat(2, 1)).all()


@tries(
    "Bilinear",
    "Set all weights to 0 but one of those four to 1: one pixel in four is left, the "
    "others are black.",
)
def _(sheet: Page) -> None:
    for row, column in np.ndindex(2, 2):
        kernel = np.zeros((4, 4))
        kernel[1 + row, 1 + column] = 1
        sheet.set(kernel=kernel)
        y = sheet["output"]
        assert (y[row::2, column::2] == sheet["input"]).all()
        y[row::2, column::2] = 0
        assert not y.any()


@tries(
    "Learnt",
    "Look at the sky at the top left: each row is even in the input, and goes up and down "
    "from pixel to pixel in the output.",
)
def _(sheet: Page) -> None:
    assert (np.diff(sheet["input"][1:7, 1:9]) == 0).all()
    sky = sheet["output"][SKY]
    assert (abs(np.diff(sky)) > 3).all()
    assert (np.sign(np.diff(sky[:, :-1])) == -np.sign(np.diff(sky[:, 1:]))).all()  # to and fro


@tries("Learnt", "Copy the weights of the sheet Bilinear: the checkerboard is gone.")
def _(sheet: Page) -> None:
    sheet.set(kernel=sheet.neighbour("Bilinear")["kernel"])
    assert (abs(np.diff(sheet["output"][SKY])) < 1e-9).all()
