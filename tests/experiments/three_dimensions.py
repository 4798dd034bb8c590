"""The lesson in three dimensions."""

import numpy as np

from .desk import Page
from .proofs import proofs_of

tries = proofs_of("three-dimensions")


def met(sheet: Page, depth: int, row: int, column: int) -> list[int]:
    """How many inputs of each slice light up when an output cell is looked at."""
    sheet.set(look_depth=depth, look_row=row, look_column=column)
    return [int(one.sum()) for one in sheet.lit("input")]


@tries(
    "Distribute",
    "Set the step to 0, then raise it by one at a time: each stamp lands on two slices of "
    "the output.",
)
def _(sheet: Page) -> None:
    sheet.set(step=0)
    assert not sheet["output"].any()
    assert [sheet.beside(name) for name in ("depth", "row", "column")] == [[""]] * 3
    expected = np.zeros((3, 3, 3))
    for step, (d, r, c) in enumerate(np.ndindex(2, 2, 2), 1):
        before = sheet["count"]
        expected[d : d + 2, r : r + 2, c : c + 2] += sheet["input"][d, r, c] * sheet["kernel"]
        sheet.set(step=step)
        assert (sheet["output"] == expected).all()
        landed = (sheet["count"] != before).any((1, 2))
        assert np.flatnonzero(landed).tolist() == [d, d + 1]
        assert [sheet.beside(name) for name in ("depth", "row", "column")] == [[d], [r], [c]]


@tries(
    "Distribute",
    "At step 8, read the counts: 1 at the corners of the outer slices, 8 in the very "
    "middle of the volume.",
)
def _(sheet: Page) -> None:
    sheet.set(step=8)
    count = sheet["count"]
    assert (count[::2, ::2, ::2] == 1).all()
    assert np.argwhere(count == 8).tolist() == [[1, 1, 1]]


@tries(
    "Distribute",
    "Set the second slice of the kernel to zeros: the last slice of the output is 0, the "
    "others follow their own slice of the input alone.",
)
def _(sheet: Page) -> None:
    kernel = sheet["kernel"]
    kernel[1] = 0
    sheet.set(kernel=kernel)
    before = sheet["output"]
    assert not before[2].any()
    for d in range(2):  # each slice follows its own slice of the input alone
        x = sheet["input"]
        x[d] += 1
        sheet.set(input=x)
        changed = (sheet["output"] != before).any((1, 2))
        assert np.flatnonzero(changed).tolist() == [d]
        before = sheet["output"]


@tries(
    "Collect",
    "Look at depth 1, row 1, column 1: all eight inputs reach it, each through another weight.",
)
def _(sheet: Page) -> None:
    assert met(sheet, 1, 1, 1) == [4, 4]
    assert len(set(sheet.colours("input").flat)) == 8


@tries(
    "Collect",
    "Look at depth 0, row 0, column 0: one input is left, through the first weight of the kernel.",
)
def _(sheet: Page) -> None:
    assert met(sheet, 0, 0, 0) == [1, 0]
    assert sheet.says("x[0,0,0]*w[0,0,0]")
    assert "1 = 1*1" in sheet.texts()


@tries(
    "Collect",
    "Set the kernel's first slice to 1 2 / 3 4 and its second to 5 6 / 7 8: reversed, "
    "they read 8 7 / 6 5 and 4 3 / 2 1.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=[[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    assert sheet["turned"].tolist() == [[[8, 7], [6, 5]], [[4, 3], [2, 1]]]
    assert sheet.says("Kernel reversed along all axes")


@tries(
    "Stride",
    "Look at any cell of depth 1: exactly two inputs reach it, one from each slice. At "
    "depth 0 and 2: one.",
)
def _(sheet: Page) -> None:
    for row, column in np.ndindex(4, 4):
        assert met(sheet, 1, row, column) == [1, 1]
        assert met(sheet, 0, row, column) == [1, 0]
        assert met(sheet, 2, row, column) == [0, 1]


@tries(
    "Stride",
    "Set the kernel's first slice to ones and its second to zeros: two output slices are "
    "the input's, each value a patch of 2 × 2.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=[[[1, 1], [1, 1]], [[0, 0], [0, 0]]])
    y = sheet["output"]
    assert (y[:2] == sheet["input"].repeat(2, 1).repeat(2, 2)).all()
    assert not y[2].any()
