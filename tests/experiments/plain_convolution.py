"""The lesson on plain convolutions."""

import numpy as np

from ..engines.package import row_and_column
from .desk import Page
from .proofs import proofs_of

tries = proofs_of("plain-convolution")


@tries(
    "1-D",
    "Look at columns 0, 1, 2 and so on: the window moves by one, and the sum below is of "
    "three products.",
)
def _(sheet: Page) -> None:
    for column in range(5):
        sheet.set(look_column=column)
        window = np.zeros(7, bool)
        window[column : column + 3] = True
        assert (sheet.lit("input") == window).all()
        products = " + ".join(
            f"{x:g}*{w:g}" for x, w in zip(sheet["input"][window], [1, 2, 1], strict=True)
        )
        assert sheet.says(products), products


@tries(
    "1-D",
    "Set the kernel to -1 0 1: an output of 0 says that the neighbours on both sides are equal.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=[-1, 0, 1])
    x = sheet["input"]
    assert ((sheet["output"] == 0) == (x[2:] == x[:-2])).all()
    assert (sheet["output"] == 0).any()


@tries(
    "1-D",
    "Set the kernel to 0 1 0: the output is the input without its ends. The kernel has "
    "only 5 places on 7 cells.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=[0, 1, 0])
    assert sheet["output"].tolist() == sheet["input"][1:-1].tolist()
    assert (len(sheet["output"]), len(sheet["input"])) == (5, 7)


@tries(
    "2-D",
    "Read the output, 0 3 3 in each row: 3 where the window sees the input fall from 1 to "
    "0, else 0. Set all inputs to 1: no edge, all is 0.",
)
def _(sheet: Page) -> None:
    assert sheet["output"].tolist() == [[0, 3, 3]] * 3
    for column in range(3):
        falls = (np.diff(sheet["input"][0, column : column + 3]) < 0).any()
        assert (sheet["output"][0, column] == 3) == falls
    sheet.set(input=1)
    assert not sheet["output"].any()


@tries(
    "2-D",
    "Set the kernel to nine ones: each output is the sum of its window, a blur. The edge "
    "is a slope now: 9 6 3.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=1)
    x = sheet["input"]
    sums = [[x[r : r + 3, q : q + 3].sum() for q in range(3)] for r in range(3)]
    assert sheet["output"].tolist() == sums == [[9, 6, 3]] * 3


@tries(
    "2-D",
    "Set the kernel to nine ones and change the input cell in the very middle: all nine "
    "outputs change. Change one in a corner: one output.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=1)
    before = sheet["output"]
    sheet.put("input", (2, 2), 7)
    assert (sheet["output"] != before).all()
    for corner in ((0, 0), (0, 4), (4, 0), (4, 4)):
        before = sheet["output"]
        sheet.put("input", corner, 7)
        assert (sheet["output"] != before).sum() == 1


@tries(
    "Stride, padding",
    "Look at row 0, column 0: five of the nine products are with zeros of the padding.",
)
def _(sheet: Page) -> None:
    sheet.set(look_row=0, look_column=0)
    window = sheet["padded"][:3, :3]
    assert window[1:, 1:].all()
    padding = np.ones((7, 7), bool)
    padding[1:-1, 1:-1] = False
    assert padding[:3, :3].sum() == 5
    assert not sheet["padded"][padding].any()
    assert sheet["output"][0, 0] == (window * sheet["kernel"]).sum()


@tries(
    "Stride, padding",
    "Look at column 1, then 2: the window jumps by two. So 5 × 5 inputs, padded to 7 × 7, "
    "give only 3 × 3 outputs.",
)
def _(sheet: Page) -> None:
    for column in (1, 2):
        sheet.set(look_row=0, look_column=column)
        columns = np.flatnonzero(sheet.lit("padded").any(0)).tolist()
        assert columns == [2 * column, 2 * column + 1, 2 * column + 2]
    sizes = {name: sheet[name].shape for name in ("input", "padded", "output")}
    assert sizes == {"input": (5, 5), "padded": (7, 7), "output": (3, 3)}


@tries(
    "Stride, padding",
    "Set the kernel to 0 but for a 1 in the middle: the output is every second input.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=[[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    assert (sheet["output"] == sheet["input"][::2, ::2]).all()


@tries(
    "Channels",
    "Type 9 into the first weight of kernel w[1,0]: output channel 1 "
    "changes, by what input channel 0 shows. No other does.",
)
def _(sheet: Page) -> None:
    before, x = sheet["output"], sheet["input"]
    number = sheet["kernel"][1, 0, 0, 0]
    sheet.put("kernel", (1, 0, 0, 0), 9)
    change = sheet["output"] - before
    assert not change[[0, 2]].any()
    assert (change[1] == (9 - number) * x[0, :2, :3]).all()
    places = sheet.address("kernel")[:, :, 0, 0]  # a row for an output channel
    rows = [[row_and_column(cell)[0] for cell in line] for line in places]
    assert all(len(set(row)) == 1 for row in rows)
    assert rows == sorted(rows)


@tries(
    "Channels",
    "Look at channel 2: its kernel w[2,0] is all zeros, so it sees only the second input channel.",
)
def _(sheet: Page) -> None:
    sheet.set(look_channel=2)
    assert not sheet["kernel"][2, 0].any()
    before = sheet["output"]
    x = sheet["input"]
    x[0] = 7
    sheet.set(input=x)
    assert (sheet["output"][2] == before[2]).all()
    assert (sheet["output"][:2] != before[:2]).any()
    sheet.put("input", (1, 0, 0), 7)
    assert (sheet["output"][2] != before[2]).any()


@tries(
    "Dilation",
    "Look at one column after the other: each output meets every second cell of a window of five.",
)
def _(sheet: Page) -> None:
    for column in range(5):
        sheet.set(look_column=column)
        assert np.flatnonzero(sheet.lit("input")).tolist() == [column, column + 2, column + 4]


@tries(
    "Dilation",
    "Change the input at 3: of the outputs 1, 2 and 3 only 1 and 3 change. The gap of 2 "
    "lies over it.",
)
def _(sheet: Page) -> None:
    before = sheet["output"]
    sheet.put("input", 3, 8)
    assert np.flatnonzero(sheet["output"] != before).tolist() == [1, 3]


@tries(
    "And back",
    "Set the kernel to 5 6 7: each row of C is 5 6 7 at one place, as the kernel slides "
    "on the sheet 1-D.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=[5, 6, 7])
    assert sheet["matrix"].tolist() == [[5, 6, 7, 0, 0], [0, 5, 6, 7, 0], [0, 0, 5, 6, 7]]


@tries(
    "And back",
    "Set the input to 0 1 0: y is the middle column of Cᵀ, the kernel stamped where this "
    "input reaches. This is where the next lesson begins.",
)
def _(sheet: Page) -> None:
    sheet.set(input=[0, 1, 0])
    assert sheet["flat_output"].tolist() == sheet["matrix_transposed"][:, 1].tolist()
    assert sheet["flat_output"].tolist() == [0, *sheet["kernel"], 0]
