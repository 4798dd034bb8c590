"""The lesson in one dimension."""

import numpy as np

from .desk import Page
from .proofs import proofs_of

tries = proofs_of("one-dimension")


def met(row: Page, column: int) -> int:
    """How many inputs light up when a column of the output is looked at."""
    row.set(look_column=column)
    return int(row.lit("input").sum())


@tries(
    "Stride 1",
    "Look at column 2: three stamps reach it, and their column adds up to 2·3 + 1·2 + 3·1 = 11.",
)
def _(row: Page) -> None:
    assert met(row, 2) == 3
    stamps = row["stamps"]
    column = [stamps[0, 2], stamps[1, 1], stamps[2, 0]]
    assert column == [2 * 3, 1 * 2, 3 * 1]
    assert row["output"][2] == sum(column) == 11


@tries("Stride 1", "Read the counts: 1 2 3 3 2 1. The ends get fewer stamps than the middle.")
def _(row: Page) -> None:
    assert row["count"].tolist() == [1, 2, 3, 3, 2, 1]


@tries("Stride 1", "Set the kernel to 0 1 0: the output is the input with a zero on each side.")
def _(row: Page) -> None:
    row.set(kernel=[0, 1, 0])
    assert row["output"].tolist() == [0, *row["input"], 0]


@tries(
    "Stride 2",
    "Read the counts: 1 1 2 1 2 1 2 1 1. A kernel of 3 cannot be shared evenly by steps of 2.",
)
def _(row: Page) -> None:
    assert row["count"].tolist() == [1, 1, 2, 1, 2, 1, 2, 1, 1]


@tries(
    "Stride 2",
    "Set all inputs and weights to 1: the output is now the counts, a row of teeth. This "
    "is a checkerboard in one dimension.",
)
def _(row: Page) -> None:
    row.set(input=1, kernel=1)
    assert row["output"].tolist() == row["count"].tolist()


@tries(
    "Stride 2",
    "Look at column 3, then 4: the turned kernel meets one input at an odd place, two at "
    "an even one.",
)
def _(row: Page) -> None:
    assert (met(row, 3), met(row, 4)) == (1, 2)


@tries(
    "Padding",
    "Read the output: the nine numbers of the sheet before, 2 4 7 2 6 6 10 2 3, of which "
    "the first and the last are struck through.",
)
def _(row: Page) -> None:
    full = row["output_full"].tolist()
    assert full == row.neighbour("Stride 2")["output"].tolist() == [2, 4, 7, 2, 6, 6, 10, 2, 3]
    assert row["output"].tolist() == full[1:-1]
    assert row["by_collecting"].tolist() == full[1:-1]


@tries(
    "Padding",
    "Look at column 0: it is 4, which was column 1 on the sheet before. Padding renumbers "
    "the output.",
)
def _(row: Page) -> None:
    row.set(look_column=0)
    assert row.lit("output").tolist() == [True] + [False] * 6
    assert row["output"][0] == row.neighbour("Stride 2")["output"][1] == 4


@tries(
    "Padding",
    "Set the first weight to 50: it lands on columns 1, 3 and 5. That of the first stamp "
    "is cropped.",
)
def _(row: Page) -> None:
    before, full = row["output"], row["output_full"]
    row.put("kernel", 0, 50)
    assert np.flatnonzero(row["output"] != before).tolist() == [1, 3, 5]
    assert np.flatnonzero(row["output_full"] != full).tolist() == [0, 2, 4, 6]
    assert (row["stamps"][:, 0] == 50 * row["input"]).all()


@tries(
    "Dilation",
    "Set the input to 2 0 0 0: one stamp is left, 2 0 4 0 6. With dilation 2 a zero "
    "stands between each two weights.",
)
def _(row: Page) -> None:
    row.set(input=[2, 0, 0, 0])
    assert row["output"].tolist() == [2, 0, 4, 0, 6, 0, 0, 0]


@tries(
    "Dilation",
    "Look at column 3, then 4: two stamps reach each, not three as with stride 1 alone, "
    "for a stamp has only every second cell.",
)
def _(row: Page) -> None:
    assert (met(row, 3), met(row, 4)) == (2, 2)
    assert row["count"][3:5].tolist() == [2, 2]
    assert row.neighbour("Stride 1")["count"][3] == 3


@tries(
    "Dilation",
    "Set the kernel to 1 0 0, then 0 0 1: the input appears at the left, then four cells "
    "further right.",
)
def _(row: Page) -> None:
    row.set(kernel=[1, 0, 0])
    assert row["output"].tolist() == [*row["input"], 0, 0, 0, 0]
    row.set(kernel=[0, 0, 1])
    assert row["output"].tolist() == [0, 0, 0, 0, *row["input"]]


@tries(
    "Output padding",
    "Look at column 7: it is 3, the end of the last stamp. On the sheet Padding the same "
    "cell is struck through.",
)
def _(row: Page) -> None:
    row.set(look_column=7)
    assert row["output"][7] == row["stamps"][3, 2] == 3
    before = row.neighbour("Padding")
    assert before["output_full"][8] == 3
    assert len(before["output"]) == 7  # column 7 is the first behind it


@tries("Output padding", "Set the last weight to 0: column 7 is 0, as no other weight reaches it.")
def _(row: Page) -> None:
    assert met(row, 7) == 1
    row.put("kernel", 2, 0)
    assert row["output"][7] == 0
    row.set(kernel=[9, 9, 0])
    assert row["output"][7] == 0


@tries(
    "Distribute",
    "Set the step to 0, then raise it by one at a time: each stamp lands two cells "
    "further on, and adds up.",
)
def _(sheet: Page) -> None:
    sheet.set(step=0)
    expected = np.zeros(9)
    assert (sheet["output"] == expected).all()
    assert sheet.beside("column") == [""]
    for step, x in enumerate([2, 1, 3, 1], 1):
        expected[2 * step - 2 : 2 * step + 1] += x * np.array([1, 2, 3])
        sheet.set(step=step)
        assert (sheet["output"] == expected).all()
        assert sheet.beside("column") == [step - 1]


@tries(
    "Distribute",
    "Set the step to 2: column 2 of the output is the end of the first stamp plus the "
    "beginning of the second, 2·3 + 1·1 = 7.",
)
def _(sheet: Page) -> None:
    sheet.set(step=2)
    assert sheet["stamps"][0, 2] == 2 * 3
    assert sheet["stamps"][1, 0] == 1 * 1
    assert sheet["output"][2] == 7
    assert not sheet["stamps"][2:].any()


@tries("Collect", "Look at column 4, then 5: two products, then one.")
def _(sheet: Page) -> None:
    sheet.set(look_column=4)
    assert sheet.says("x[1]*w[2] + x[2]*w[0]")
    assert "6 = 1*3 + 3*1" in sheet.texts()
    sheet.set(look_column=5)
    assert sheet.says("x[2]*w[1]")
    assert "6 = 3*2" in sheet.texts()


@tries(
    "Collect",
    "Look at column 4: the input on the left, 1, has the tint of the weight on the right, "
    "3. The kernel is turned.",
)
def _(sheet: Page) -> None:
    sheet.set(look_column=4)
    inputs, kernel = sheet.colours("input"), sheet.colours("kernel")
    assert (sheet["input"][1], sheet["kernel"][2]) == (1, 3)
    assert inputs[1] == kernel[2]
    assert inputs[2] == kernel[0]
    assert (sheet["turned"] == sheet["kernel"][::-1]).all()
