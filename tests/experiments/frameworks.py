"""The lesson on frameworks."""

import numpy as np

from .desk import Page
from .proofs import proofs_of

tries = proofs_of("frameworks")

SAME, OTHER = "as TensorFlow  ✓", "other numbers"

NAMES = ("TensorFlow,", "ONNX lower,")
"""Those that keep the same cells stand under the figure, in one line."""


def rule(sheet: Page, stride: int) -> list[bool]:
    """For k = 1 to 7, whether the small table has a padding."""
    assert sheet["rule_kernel_sizes"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    column = sheet["rule_strides"].tolist().index(stride)
    return (~np.isnan(sheet["rule"][:, column])).tolist()


@tries(
    "Odd",
    "Type 9 into any input: both full outputs are the same, but the second frame begins "
    "one row and one column later.",
)
def _(sheet: Page) -> None:
    for cell in np.ndindex(2, 2):
        sheet.put("input", cell, 9)
        full = sheet["output_0_full"]
        assert (sheet["output_1_full"] == full).all()
        assert (sheet["output_0"] == full[:4, :4]).all()
        assert (sheet["output_1"] == full[1:, 1:]).all()
    first, second = (next(t for t in sheet.texts() if t.startswith(name)) for name in NAMES)
    assert "PyTorch" not in first
    assert "PyTorch" in second


@tries(
    "Odd",
    "Set all inputs and weights to 1: the numbers still differ. The 4 is at row 2, column "
    "2 for TensorFlow, at row 1, column 1 for PyTorch.",
)
def _(sheet: Page) -> None:
    sheet.set(input=1, kernel=1)
    tensorflow, pytorch = sheet["output_0"], sheet["output_1"]
    assert np.argwhere(sheet["output_0_full"] == 4).tolist() == [[2, 2]]
    assert np.argwhere(tensorflow == 4).tolist() == [[2, 2]]
    assert np.argwhere(pytorch == 4).tolist() == [[1, 1]]
    assert sheet.says(OTHER)


@tries(
    "Odd",
    "In the small table, find k = 3, s = 2: no padding of PyTorch gives TensorFlow's numbers.",
)
def _(sheet: Page) -> None:
    assert not rule(sheet, 2)[2]
    assert sheet.says("–")


@tries("Even", "Type any numbers: the table keeps saying that all are the same.")
def _(sheet: Page) -> None:
    for seed in range(3):
        numbers = np.random.default_rng(seed).integers(-9, 9, 20)
        sheet.set(input=numbers[:4].reshape(2, 2), kernel=numbers[4:].reshape(4, 4))
        assert sheet.texts().count(SAME) == 7
        assert not sheet.says(OTHER)


@tries(
    "Even",
    "In the small table, look down the column s = 2: for k = 2, 4, 6 there is a padding, "
    "for 3, 5, 7 none. Choose k as s plus an even number.",
)
def _(sheet: Page) -> None:
    assert rule(sheet, 2)[1:] == [True, False, True, False, True, False]


@tries(
    "Small",
    "Set all inputs and weights to 9: the last row and the last column of the 6 × 6 stay "
    "0. No input reaches them.",
)
def _(sheet: Page) -> None:
    sheet.set(input=9, kernel=9)
    y = sheet["output_0"]
    assert y.shape == (6, 6)
    assert not y[-1].any()
    assert not y[:, -1].any()


@tries(
    "Small",
    "In the table, find the crop of 0 | -1: it adds a row and a column of zeros, as "
    "PyTorch's output_padding=1 does.",
)
def _(sheet: Page) -> None:
    assert sheet.texts().count("0 | -1") == 5
    texts = sheet.texts()
    at = texts.index("padding=0, output_padding=1")
    assert texts[at - 1 : at + 2] == ["PyTorch", "padding=0, output_padding=1", "0 | -1"]
    assert sheet["output_0"].shape == (6, 6)  # of a full output of 5 x 5
    assert sheet["output_1"].shape == (5, 5)


@tries(
    "Small",
    "In the table, find ONNX: with SAME it takes no negative padding, and gives 5 × 5, "
    "another shape.",
)
def _(sheet: Page) -> None:
    texts = sheet.texts()
    for name in ("ONNX upper", "ONNX lower"):
        at = texts.index(name)
        assert texts[at + 1].startswith('auto_pad="SAME_')
        assert texts[at + 2 : at + 4] == ["0 | 0", "another shape, 5 × 5"]
