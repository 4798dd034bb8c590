"""The lesson on output_padding. Blocks end in the row of figures and in output_padding."""

from .desk import Page
from .proofs import proofs_of

tries = proofs_of("output-padding")

ONLY_ZEROS = "orange: uncovered, only zeros"


def sizes(sheet: Page, row: int) -> dict[float, float]:
    """The table under the outputs: size in -> size out."""
    lines = [sheet.line_of(f"windows_{row}_{n}") for n in range(4)]
    return {line[0]: line[2] for line in lines}


@tries(
    "One row",
    "Type 5 into the last weight: with padding 1 the orange cell is 15, the number that "
    "is struck through on its left. It was there, but cropped.",
)
def _(sheet: Page) -> None:
    sheet.put("kernel", 2, 5)
    assert sheet["output_0_1"][-1] == 15
    assert sheet["output_0_0_full"][-1] == 15
    assert len(sheet["output_0_0"]) == 5  # of the full output, the first and the last are cropped
    assert len(sheet["output_0_0_full"]) == 7


@tries(
    "One row",
    "Set all weights to 9: with padding 0 the orange cell stays 0. Nothing was cropped "
    "there, so a 0 is added.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=9)
    assert sheet["output_1_1"][-1] == 0
    assert sheet["output_1_0"].all()
    assert (sheet["output_1_1"][:-1] == sheet["output_1_0"]).all()
    assert sheet.says(ONLY_ZEROS)


@tries(
    "One row",
    "Under the outputs, read the lines with padding 1: 5 cells turn into 3, and 6 cells as "
    "well. So 3 may come from 5 or from 6.",
)
def _(sheet: Page) -> None:
    assert sizes(sheet, 0) == {4: 2, 5: 3, 6: 3, 7: 4}


@tries(
    "One row",
    "Under the outputs, find 8 cells with padding 0: no window reads the last one, its count is "
    "0. So the way back puts 0 there.",
)
def _(sheet: Page) -> None:
    assert sizes(sheet, 1)[8] == 3
    assert sheet["windows_1_2"].tolist() == [1, 1, 2, 1, 2, 1, 1, 0]


@tries(
    "Two axes",
    "Set the kernel's last row to 0 0 0: the whole uncovered row is 0, since only those "
    "weights reach it.",
)
def _(sheet: Page) -> None:
    kernel = sheet["kernel"]
    assert sheet["output_0_1"][-1].any()
    kernel[2] = 0
    sheet.set(kernel=kernel)
    assert sheet["output_0_1"].shape == (6, 6)
    assert not sheet["output_0_1"][-1].any()
    kernel[:2] = 9
    sheet.set(kernel=kernel)
    assert not sheet["output_0_1"][-1].any()


@tries(
    "Two axes",
    "Type 9 into every weight: with padding 0 the uncovered row and column stay 0, and "
    "the words under them say so.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=9)
    y = sheet["output_1_1"]
    assert not y[-1].any()
    assert not y[:, -1].any()
    assert y[:-1, :-1].all()
    assert sheet.texts().count(ONLY_ZEROS) == 1
    assert sheet.texts().count("orange: uncovered, real values") == 1


@tries(
    "Stride 3",
    "Set all inputs and weights to 9: with padding 1, output_padding 1 uncovers a row "
    "that was cropped; output_padding 2 then adds one of zeros.",
)
def _(sheet: Page) -> None:
    sheet.set(input=9, kernel=9)
    full = sheet["output_1_0"]
    assert full.shape == (6, 6)
    one, two = sheet["output_0_1"], sheet["output_0_2"]
    assert sheet["output_0_0"].shape == (4, 4)
    assert (one == full[1:, 1:]).all()
    assert one[-1].all()
    assert (two[:-1, :-1] == one).all()
    assert not two[-1].any()
    assert not two[:, -1].any()
    assert sheet.texts().count("orange: uncovered, real values") == 1
    assert sheet.texts().count("orange: uncovered, real values and zeros") == 1


@tries(
    "Stride 3",
    "Under the outputs, read the lines with padding 1: three sizes, 4, 5 and 6, turn into 2. "
    "The next larger one already turns into 3.",
)
def _(sheet: Page) -> None:
    table = {
        sheet.line_of(f"windows_0_{n}")[0]: sheet.line_of(f"windows_0_{n}")[2] for n in range(5)
    }
    assert table == {3: 1, 4: 2, 5: 2, 6: 2, 7: 3}
