"""The lesson on the matrix; its sheet of two dimensions is one of the main lesson too."""

import numpy as np

from .desk import Page
from .proofs import proofs_of

tries, main = proofs_of("matrix"), proofs_of("transposed-convolutions")


def lit_rows(sheet: Page) -> list[int]:
    """The rows of the transposed matrix that light up."""
    return np.flatnonzero(sheet.lit("matrix_transposed").any(1)).tolist()


@tries(
    "One row",
    "Set the input to 1 0 0: y is the first column of Cᵀ, the kernel itself. With 0 1 0 "
    "it stands one cell lower.",
)
def _(sheet: Page) -> None:
    sheet.set(input=[1, 0, 0])
    assert sheet["flat_output"].tolist() == sheet["matrix_transposed"][:, 0].tolist()
    assert sheet["flat_output"].tolist() == [1, 2, 4, 0, 0]
    sheet.set(input=[0, 1, 0])
    assert sheet["flat_output"].tolist() == [0, 1, 2, 4, 0]


@tries(
    "One row",
    "Type 9 into one weight of the kernel: one diagonal of the matrix changes, all three "
    "cells of it.",
)
def _(sheet: Page) -> None:
    for u in range(3):
        before = sheet["matrix_transposed"]
        sheet.put("kernel", u, 9)
        changed = sheet["matrix_transposed"] != before
        assert (changed == np.eye(5, 3, -u)).all()
        assert changed.sum() == 3


@tries(
    "One row",
    "Look at column 2: from left to right its row reads 4 2 1, the kernel backwards. This "
    "is why collecting turns it.",
)
def _(sheet: Page) -> None:
    sheet.set(look_column=2)
    assert sheet["matrix_transposed"][2].tolist() == [4, 2, 1] == sheet["kernel"][::-1].tolist()
    assert lit_rows(sheet) == [2]


@tries(
    "One row",
    "Set the kernel to 5 6 7: each row of C below is 5 6 7 at one place. C takes 5 "
    "numbers to 3, Cᵀ takes 3 numbers to 5.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=[5, 6, 7])
    assert sheet["matrix"].tolist() == [[5, 6, 7, 0, 0], [0, 5, 6, 7, 0], [0, 0, 5, 6, 7]]
    assert sheet["matrix_transposed"].shape == (5, 3)


@main(
    "Matrix",
    "Set the input to 1 0 / 0 0: y is the first column of Cᵀ, and folded it is the kernel "
    "in a corner of the output.",
)
@tries(
    "Stride 1",
    "Set the input to 1 0 / 0 0: y is the first column of Cᵀ, and folded it is the kernel "
    "in a corner of the output.",
)
def _(sheet: Page) -> None:
    sheet.set(input=[[1, 0], [0, 0]])
    assert sheet["flat_output"].tolist() == sheet["matrix_transposed"][:, 0].tolist()
    assert (sheet["output"] == np.pad(sheet["kernel"], (0, 1))).all()


@main(
    "Matrix",
    "Look at row 0, column 0: its row of Cᵀ holds one weight, 1 0 0 0. At row 1, column 1 "
    "it holds four, 1 0 2 1: this 0 is a weight, too.",
)
@tries(
    "Stride 1",
    "Look at row 0, column 0: its row of Cᵀ holds one weight, 1 0 0 0. At row 1, column 1 "
    "it holds four, 1 0 2 1: this 0 is a weight, too.",
)
def _(sheet: Page) -> None:
    for place, number, row in ((0, 0, [1, 0, 0, 0]), (1, 5, [1, 0, 2, 1])):
        sheet.set(look_row=place, look_column=place)
        assert sheet["matrix_transposed"][number].tolist() == row
        assert lit_rows(sheet) == [number]
    sheet.set(kernel=7)  # which shows where weights are
    assert [sum(sheet["matrix_transposed"][n] == 7) for n in (0, 5)] == [1, 4]


@main("Matrix", "Type 9 into one weight: it appears four times in Cᵀ, once for each input cell.")
@tries("Stride 1", "Type 9 into one weight: it appears four times in Cᵀ, once for each input cell.")
def _(sheet: Page) -> None:
    sheet.put("kernel", (1, 2), 9)
    assert (sheet["matrix_transposed"] == 9).sum(0).tolist() == [1, 1, 1, 1]


@tries(
    "Stride 2",
    "Set the kernel to 1 2 3 / 4 5 6 / 7 8 9: in C below, its second row has the kernel "
    "two columns further on, its third two rows of the map.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=np.arange(1, 10).reshape(3, 3))
    maps = sheet["matrix"].reshape(4, 5, 5)
    first = np.pad(sheet["kernel"], (0, 2))
    assert (maps[0] == first).all()
    assert (maps[1] == np.roll(first, 2, 1)).all()
    assert (maps[2] == np.roll(first, 2, 0)).all()


@tries(
    "Stride 2",
    "Set the whole kernel to 1 and count the ones in the rows of Cᵀ: 1, 2 or 4. The "
    "overlap is uneven.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=1)
    assert set((sheet["matrix_transposed"] == 1).sum(1)) == {1, 2, 4}


@tries(
    "Stride 2",
    "Look at row 2, column 2: four weights, from the kernel's corners. At row 1, column 1 "
    "only the middle one is left.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=np.arange(1, 10).reshape(3, 3), look_row=2, look_column=2)
    assert sheet["matrix_transposed"][12].tolist() == [9, 7, 3, 1]
    assert lit_rows(sheet) == [12]
    sheet.set(look_row=1, look_column=1)
    assert sheet["matrix_transposed"][6].tolist() == [5, 0, 0, 0]
    assert lit_rows(sheet) == [6]


@tries(
    "Padding",
    "Look at row 0, column 0: its row of Cᵀ reads 1 0 0 0, that of row 1, column 1 on the "
    "sheet before. All 9 rows stand there.",
)
def _(sheet: Page) -> None:
    sheet.set(look_row=0, look_column=0)
    rows = sheet["matrix_transposed"]
    assert rows[0].tolist() == [1, 0, 0, 0]
    assert lit_rows(sheet) == [0]
    before = sheet.neighbour("Stride 2")["matrix_transposed"].reshape(5, 5, 4)
    assert before[1, 1].tolist() == [1, 0, 0, 0]
    assert (before[1:4, 1:4].reshape(9, 4) == rows).all()


@tries(
    "Padding",
    "Set the kernel to nine ones: each row of C below has only four of them. The other "
    "five weights lie on the padding.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=1)
    assert sheet["matrix"].sum(1).tolist() == [4, 4, 4, 4]


@tries(
    "Padding",
    "Set the kernel's middle to 7: it stands alone in four rows of Cᵀ. The corners of the "
    "output are the inputs times 7.",
)
def _(sheet: Page) -> None:
    sheet.put("kernel", (1, 1), 7)
    rows = sheet["matrix_transposed"]
    with_it = rows[(rows == 7).any(1)]
    assert len(with_it) == 4
    assert (with_it.sum(1) == 7).all()
    assert (sheet["output"][::2, ::2] == 7 * sheet["input"]).all()


@tries(
    "Channels",
    "Type 9 into the first weight of the kernel: it appears three times, all in the top "
    "left block of Cᵀ, from input channel 0 to output channel 0.",
)
def _(sheet: Page) -> None:
    sheet.put("kernel", (0, 0, 0), 9)
    nines = sheet["matrix_transposed"] == 9
    assert nines.sum() == nines[:6, :3].sum() == 3
    before = sheet["output"]
    sheet.put("input", (0, 0), -5)
    assert (sheet["output"][0] != before[0]).any()


@tries(
    "Channels",
    "Set the input's second row to 0 0 0: the right half of Cᵀ meets only zeros, and drops out.",
)
def _(sheet: Page) -> None:
    x = sheet["input"]
    x[1] = 0
    sheet.set(input=x)
    assert sheet["flat_input"][3:].tolist() == [0, 0, 0]
    assert (sheet["flat_output"] == sheet["matrix_transposed"][:, :3] @ x[0]).all()


@tries(
    "Channels",
    "Look at channel 1: the row that lights up crosses both input channels. Their "
    "products are added.",
)
def _(sheet: Page) -> None:
    sheet.set(look_channel=1)
    (row,) = lit_rows(sheet)
    weights = sheet["matrix_transposed"][row]
    assert row == 6 + 1
    assert weights[:3].any()
    assert weights[3:].any()
    x = sheet["input"]
    assert sheet["output"][1, 1] == weights[:3] @ x[0] + weights[3:] @ x[1]
