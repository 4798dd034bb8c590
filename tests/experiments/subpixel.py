"""The lesson on phases."""

import numpy as np

from ..engines.package import row_and_column
from .desk import Page
from .proofs import proofs_of

tries = proofs_of("subpixel")


@tries(
    "Phases",
    "Set the four weights marked ᵃ to 0: every output cell marked ᵃ is 0, and no other changes.",
)
def _(sheet: Page) -> None:
    weights, cells = sheet.marks("kernel") == "ᵃ", sheet.marks("output") == "ᵃ"
    assert weights.sum() == 4
    before, kernel = sheet["output"], sheet["kernel"]
    kernel[weights] = 0
    sheet.set(kernel=kernel)
    assert not sheet["output"][cells].any()
    assert (sheet["output"][~cells] == before[~cells]).all()
    assert cells.sum() == 16


@tries(
    "Phases",
    "Click on output cells 0, 0 and 0, 2: the same small kernel, and the window one input further.",
)
def _(sheet: Page) -> None:
    (kernel, window), (same, next_one) = (
        sheet.formula("output", (0, column)).split("(")[1].rstrip(")").split(",")
        for column in (0, 2)
    )
    assert kernel == same
    for corner, other in zip(window.split(":"), next_one.split(":"), strict=True):
        row, column = row_and_column(corner)
        assert row_and_column(other) == (row, column + 1)


@tries(
    "Phases",
    "Type 10 into one of the four inner inputs: a 4 × 4 patch of the output changes, four "
    "cells of each colour.",
)
def _(sheet: Page) -> None:
    colours = sheet.colours("output")
    for cell in ((1, 1), (1, 2), (2, 1), (2, 2)):
        before, number = sheet["output"], sheet["input"][cell]
        sheet.put("input", cell, 10)
        changed = sheet["output"] != before
        patch = np.zeros((8, 8), bool)
        row, column = (2 * n - 1 for n in cell)
        patch[row : row + 4, column : column + 4] = True
        assert (changed == patch).all()
        assert sorted((colours[patch] == c).sum() for c in set(colours.flat)) == [4] * 4
        sheet.put("input", cell, number)


@tries(
    "Shuffle",
    "Click on any output cell: it only fetches a number from one of the four small outputs.",
)
def _(sheet: Page) -> None:
    outputs = {cell for n in range(4) for cell in sheet.address(f"small_{n}").flat}
    for cell in np.ndindex(8, 8):
        assert sheet.formula("output", cell).removeprefix("=") in outputs


@tries(
    "Shuffle",
    "Type 5 into the kernel at row 0, column 0, marked ᵈ: only output cells marked ᵈ change.",
)
def _(sheet: Page) -> None:
    assert sheet.marks("kernel")[0, 0] == "ᵈ"
    before = sheet["output"]
    sheet.put("kernel", (0, 0), 5)
    changed = sheet["output"] != before
    assert changed.any()
    assert set(sheet.marks("output")[changed]) == {"ᵈ"}


@tries(
    "Uneven",
    "Set the whole input and the whole kernel to 1: inside, the colours give 4, 2, 2 and "
    "1, a checkerboard.",
)
def _(sheet: Page) -> None:
    sheet.set(input=1, kernel=1)
    y, colours = sheet["output"][1:-1, 1:-1], sheet.colours("output")[1:-1, 1:-1]
    each = [set(y[colours == colour]) for colour in sorted(set(colours.flat))]
    assert sorted(map(max, each)) == [1, 2, 2, 4]
    assert all(len(one) == 1 for one in each)


@tries(
    "Uneven",
    "Set the input to 1 and the kernel to 1 2 1 / 2 4 2 / 1 2 1: inside, every cell is 4, "
    "though the phases have unequal sizes.",
)
def _(sheet: Page) -> None:
    sheet.set(input=1, kernel=[[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    assert (sheet["output"][1:-1, 1:-1] == 4).all()
    assert [sheet[f"phase_{n}"].size for n in range(4)] == [4, 2, 2, 1]


@tries(
    "Stride 3",
    "Type 9 into the middle weight: the small output of its phase is the whole input "
    "times 9, and no other changes.",
)
def _(sheet: Page) -> None:
    before = [sheet[f"small_{n}"] for n in range(9)]
    sheet.put("kernel", (1, 1), 9)
    after = [sheet[f"small_{n}"] for n in range(9)]
    assert [n for n in range(9) if (after[n] != before[n]).any()] == [4]
    assert (after[4] == 9 * sheet["input"]).all()


@tries("Stride 3", "Set all weights to 1: nearest-neighbour upsampling, each input nine times.")
def _(sheet: Page) -> None:
    sheet.set(kernel=1)
    assert (sheet["output"] == sheet["input"].repeat(3, 0).repeat(3, 1)).all()


@tries(
    "Stride 3",
    "Set all weights to 0 but the middle one to 1: the inputs, three apart, with zeros between.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=[[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    expected = np.zeros((9, 9))
    expected[1::3, 1::3] = sheet["input"]
    assert (sheet["output"] == expected).all()


@tries(
    "One row",
    "Set weights 1 and 4 to 0: output cells 0, 3, 6 and so on are 0. Padding crops the "
    "first cell, so the output starts with their phase.",
)
def _(sheet: Page) -> None:
    sheet.put("kernel", 1, 0)
    sheet.put("kernel", 4, 0)
    assert np.flatnonzero(sheet["output"] == 0).tolist() == [0, 3, 6, 9, 12, 15]
    assert sheet["distribute_output"].tolist() == sheet["distribute_output_full"][1:-1].tolist()


@tries("One row", "Set weights 2 and 5 to 0: every third output cell is 0, starting with cell 1.")
def _(sheet: Page) -> None:
    sheet.put("kernel", 2, 0)
    sheet.put("kernel", 5, 0)
    assert np.flatnonzero(sheet["output"] == 0).tolist() == [1, 4, 7, 10, 13]
