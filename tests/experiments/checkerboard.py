"""The lesson on checkerboards, whose first sheet is one of the main lesson too."""

import numpy as np

from .desk import Page
from .proofs import proofs_of

tries, main = proofs_of("checkerboard"), proofs_of("transposed-convolutions")

ALIKE, DIFFER = "all phases alike: no checkerboard", "the phases differ: a checkerboard"
SMOOTH = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


@main(
    "Overlap",
    "Read the first map: k = 3 is not a multiple of s = 2, and the counts go up and down, "
    "1 2 4. Type k = 4 there: inside, all are 4.",
)
@tries(
    "Overlap",
    "Read the first map: k = 3 is not a multiple of s = 2, and the counts go up and down, "
    "1 2 4. Type k = 4 there: inside, all are 4.",
)
def _(sheet: Page) -> None:
    assert (sheet["kernel_size_0"], sheet["stride_0"]) == (3, 2)
    assert sheet["rows_0"].tolist() == [1, 1, 2, 1, 2, 1, 2, 1]
    assert set(sheet["corner_0"].flat) == {1, 2, 4}
    sheet.set(kernel_size_0=4)
    assert set(sheet["corner_0"][2:, 2:].flat) == {4}


@main(
    "Overlap",
    "Type k = 7 into the first map: still uneven, from 9 to 16, but weaker: 16 is less "
    "than twice 9. With k = 3 the counts go from 1 to 4, four times as many.",
)
@tries(
    "Overlap",
    "Type k = 7 into the first map: still uneven, from 9 to 16, but weaker: 16 is less "
    "than twice 9. With k = 3 the counts go from 1 to 4, four times as many.",
)
def _(sheet: Page) -> None:
    before = sheet["corner_0"][1:, 1:]  # from k - s on, no stamp is missing
    assert before.max() == 4 * before.min()
    sheet.set(kernel_size_0=7)
    inside = sheet["corner_0"][5:, 5:]
    assert (inside.min(), inside.max()) == (9, 16)
    assert inside.max() < 2 * inside.min()
    assert sheet.says("uneven: inside, from 9 to 16")


@main(
    "Overlap",
    "Type s = 1 into the first map: from row and column 2 on, every cell gets all 9 "
    "weights. With stride 1 there is no checkerboard.",
)
@tries(
    "Overlap",
    "Type s = 1 into the first map: from row and column 2 on, every cell gets all 9 "
    "weights. With stride 1 there is no checkerboard.",
)
def _(sheet: Page) -> None:
    sheet.set(stride_0=1)
    counts = sheet["corner_0"]
    assert (counts[2:, 2:] == 9).all()
    assert (counts[:2] < 9).all()
    assert (counts[:, :2] < 9).all()
    assert sheet.texts().count("even: inside, every cell gets 9") == 1


@tries(
    "Overlap",
    "Type k = 2 and s = 3 into the first map: rows and columns 2 and 5 get nothing at all.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel_size_0=2, stride_0=3)
    nothing = np.zeros((8, 8), bool)
    nothing[[2, 5]] = nothing[:, [2, 5]] = True
    assert ((sheet["corner_0"] == 0) == nothing).all()


@tries(
    "Checkerboard",
    "Set all inputs to 5: the pattern stays, five times as strong. So it does not come "
    "from the input.",
)
def _(sheet: Page) -> None:
    before = sheet["output"]
    assert len(set(before.flat)) > 1
    sheet.set(input=5)
    assert (sheet["output"] == 5 * before).all()


@tries(
    "Checkerboard",
    "Set the kernel to 1 2 1 / 2 4 2 / 1 2 1: inside, every cell is 4. The counts are "
    "uneven, yet the weights make up for it.",
)
def _(sheet: Page) -> None:
    counts = sheet["count"]
    sheet.set(kernel=SMOOTH)
    assert (sheet["output"][1:-1, 1:-1] == 4).all()
    assert sheet.says(ALIKE)
    assert (sheet["count"] == counts).all()
    assert set(counts[1:-1, 1:-1].flat) == {1, 2, 4}


@tries(
    "Checkerboard",
    "Set the kernel to 0 0 0 / 0 1 0 / 0 0 0: one phase gets everything, the others 0.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=[[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    assert sheet["phase_sums"].tolist() == [[0, 0], [0, 1]]
    assert (sheet["output"] == np.outer([0, 1] * 4 + [0], [0, 1] * 4 + [0])).all()
    assert sheet.says(DIFFER)


@tries(
    "Even",
    "Set all 16 weights to 1: inside, all is 4. With even counts, equal weights leave no trace.",
)
def _(sheet: Page) -> None:
    inside = slice(2, -2)
    assert (sheet["count"][inside, inside] == 4).all()
    assert len(set(sheet["output"][inside, inside].flat)) > 1
    sheet.set(kernel=1)
    assert (sheet["output"][inside, inside] == 4).all()
    assert sheet.says(ALIKE)


@tries(
    "Even",
    "Type 9 into one weight: the sum of its phase changes, and 16 output cells, all of "
    "that phase. Each phase owns four weights.",
)
def _(sheet: Page) -> None:
    for row, column in np.ndindex(4, 4):
        sums, output = sheet["phase_sums"], sheet["output"]
        number = sheet["kernel"][row, column]
        sheet.put("kernel", (row, column), 9)
        changed = np.argwhere(sheet["phase_sums"] != sums).tolist()
        assert changed == [[row % 2, column % 2]]
        cells = np.argwhere(sheet["output"] != output)
        assert len(cells) == 16
        assert (cells % 2 == [row % 2, column % 2]).all()
        colours = sheet.colours("kernel")
        assert (colours == colours[row, column]).sum() == 4  # its phase owns four weights
        sheet.put("kernel", (row, column), number)


@tries(
    "Upsample",
    "Look inside the three results, away from the edges: the left one goes 8, 16, 8, the "
    "other two are 40 everywhere.",
)
def _(sheet: Page) -> None:
    inside = slice(1, -1)
    assert set(sheet["zeros_output"][inside, inside].flat) == {8, 16}
    for way in ("nearest", "bilinear"):
        assert (sheet[f"{way}_output"][inside, inside] == 40).all()


@tries(
    "Upsample",
    "Type any weights over the kernel: the middle and the right result stay even inside, "
    "as the input is even.",
)
def _(sheet: Page) -> None:
    for seed in range(3):
        kernel = np.random.default_rng(seed).integers(-9, 9, (3, 3))
        sheet.set(kernel=kernel)
        for way in ("nearest", "bilinear"):
            assert (sheet[f"{way}_output"][1:-1, 1:-1] == 4 * kernel.sum()).all()


@tries(
    "Upsample",
    "Type 12 into the middle input: nearest makes a block of it, bilinear a hill, zeros "
    "leave one lone cell.",
)
def _(sheet: Page) -> None:
    before = {way: sheet[f"{way}_field"] for way in ("zeros", "nearest", "bilinear")}
    sheet.put("input", (1, 1), 12)
    after = {way: sheet[f"{way}_field"] for way in before}
    changed = {way: after[way] != before[way] for way in before}
    assert changed["zeros"].sum() == 1
    assert after["zeros"].max() == 12
    block = np.zeros((8, 8), bool)
    block[3:5, 3:5] = True
    assert (changed["nearest"] == block).all()
    assert (after["nearest"][block] == 12).all()
    slope = after["bilinear"][3, 1:7]
    assert 4 < slope[1] < slope[2] == slope[3] > slope[4] > 4
    assert changed["bilinear"].sum() == 16


@tries(
    "Upsample",
    "Read the edges of the middle and the right result: 28, and 20 in the corners, since "
    "zeros lie beyond them. That is padding, not a checkerboard.",
)
def _(sheet: Page) -> None:
    for way in ("nearest", "bilinear"):
        y = sheet[f"{way}_output"]
        assert y[0].tolist() == y[-1].tolist() == y[:, 0].tolist() == [20, 28, 28, 28, 28, 20]
        assert y[1, 1] == 40
        field = sheet[f"{way}_field"]
        assert not field[[0, -1]].any()
        assert not field[:, [0, -1]].any()


@tries(
    "Bilinear",
    "Set all inputs to 16: inside, every output is 16. The edges fade, since nothing lies "
    "beyond them.",
)
def _(sheet: Page) -> None:
    sheet.set(input=16)
    y = sheet["output"]
    assert (y[1:-1, 1:-1] == 16).all()
    edge = [*y[0], *y[-1], *y[:, 0], *y[:, -1]]
    assert max(edge) < 16


@tries("Bilinear", "Type 1 into one weight: the words say that it is no interpolation any more.")
def _(sheet: Page) -> None:
    wrong = "the kernel is not the bilinear one"
    assert not sheet.says(wrong)
    sheet.put("kernel", (1, 2), 1)
    assert sheet.says(wrong)
