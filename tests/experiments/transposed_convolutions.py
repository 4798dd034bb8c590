"""The main lesson, but for its sheets that stand in a lesson of their own too."""

import numpy as np
import pytest

from training.networks import AUTO_ENCODER

from ..by_definition import Array, run
from ..test_quality import CLASSES, DIGITS, shipped
from .desk import Page
from .proofs import proofs_of

tries = proofs_of("transposed-convolutions")

AGREE = "both views agree  ✓"


@tries("Why", "Type 5 into the middle of the code: the 3 becomes a 0.")
def _(why: Page) -> None:
    assert looks_like(why["Decode 2"]) == 3
    why.put("code", (1, 1), 5)
    assert why["Decode 2"] == pytest.approx(decoded(why["code"]))
    assert looks_like(why["Decode 2"]) == 0


def looks_like(picture: Array) -> int:
    """What most are of the seven digits that are most like a picture, none learnt from."""
    apart = ((DIGITS - picture) ** 2).sum((1, 2))
    return int(np.bincount(CLASSES[apart.argsort()[:7]]).argmax())


def decoded(code: Array) -> Array:
    """The digit of a code, by the definitions."""
    picture: Array = run(AUTO_ENCODER[2:], shipped("auto-encoder"), code[None, None])[0, 0]
    return picture


@tries(
    "Why",
    "Set the kernel to 1 1 / 1 1: each input value fills a block of 2 × 2. This is "
    "nearest-neighbour interpolation.",
)
def _(why: Page) -> None:
    why.set(kernel=1)
    assert (why["output"] == why["input"].repeat(2, 0).repeat(2, 1)).all()


@tries(
    "Why",
    "Set the kernel to 1 0 / 0 0: the output is the inputs, each two cells after the last, "
    "with zeros between.",
)
def _(why: Page) -> None:
    why.set(kernel=[[1, 0], [0, 0]])
    (a, b), (c, d) = why["input"]
    assert why["output"].tolist() == [[a, 0, b, 0], [0] * 4, [c, 0, d, 0], [0] * 4]


@tries(
    "Distribute",
    "Set the step to 0, then raise it by one at a time: each stamp lands on the output "
    "and adds up.",
)
def _(distribute: Page) -> None:
    expected = np.zeros((6, 6))
    distribute.set(step=0)
    assert (distribute["output"] == expected).all()
    assert distribute.beside("row") == distribute.beside("column") == [""]  # no input yet
    for step in range(1, 17):
        row, column = divmod(step - 1, 4)
        expected[row : row + 3, column : column + 3] += 1
        distribute.set(step=step)
        assert (distribute["output"] == expected).all(), step
        assert (distribute.beside("row"), distribute.beside("column")) == ([row], [column])


@tries(
    "Distribute",
    "Click on a cell in the middle of the output: nine terms. In a corner: one. The edges "
    "get fewer stamps.",
)
def _(distribute: Page) -> None:
    assert len(distribute.formula("output", (2, 2)).split("+")) == 9
    for corner in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        assert "+" not in distribute.formula("output", corner)
    assert len(distribute.formula("output", (0, 2)).split("+")) == 3


@tries(
    "Distribute",
    "At step 16, type 5 into one input cell: exactly a 3 × 3 patch of the output changes.",
)
def _(distribute: Page) -> None:
    distribute.set(step=16)
    before = distribute["output"]
    distribute.put("input", (1, 2), 5)
    changed = np.zeros((6, 6), bool)
    changed[1:4, 2:5] = True
    assert ((distribute["output"] != before) == changed).all()


@tries(
    "Distribute",
    "Type 9 into the middle of the kernel: each stamp has one large value now, and these "
    "land on the inner 4 × 4 cells.",
)
def _(distribute: Page) -> None:
    before = distribute["output"]
    distribute.put("kernel", (1, 1), 9)
    assert (distribute["stamps"] == [[1, 1, 1], [1, 9, 1], [1, 1, 1]]).all()
    inner = np.zeros((6, 6), bool)
    inner[1:5, 1:5] = True
    assert ((distribute["output"] != before) == inner).all()


@tries(
    "Collect",
    "Look at row 2, column 3: of the inputs that light up, the one at the top left has "
    "the tint of the weight at the bottom right of the kernel.",
)
def _(collect: Page) -> None:
    collect.set(look_row=2, look_column=3)
    window, kernel = collect.colours("stretched")[2:5, 3:6], collect.colours("kernel")
    assert (window == kernel[::-1, ::-1]).all()
    assert len(set(kernel.flat)) == 9


@tries(
    "Collect",
    "Look at row 0, column 0: one input and one weight are left, the other weights meet "
    "the zeros around.",
)
def _(collect: Page) -> None:
    collect.set(look_row=0, look_column=0)
    assert collect.says("x[0,0]*w[0,0]")
    assert "1 = 1*1" in collect.texts()
    window = collect["stretched"][:3, :3]
    assert window[2, 2] == 1
    assert window.sum() == 1


@tries(
    "Collect",
    "Type 5 into the middle of the kernel: the turned kernel, both outputs and the sum in "
    "words follow, and still agree.",
)
def _(collect: Page) -> None:
    before = collect["output"]
    collect.put("kernel", (1, 1), 5)
    assert collect["turned"][1, 1] == 5
    after = before.copy()
    after[1:5, 1:5] += 4 * collect["input"]
    assert (collect["output"] == after).all()
    assert (collect["by_distributing"] == after).all()
    assert collect.says("x[1,2]*w[1,1]")
    assert collect.says(" + 3*5 + ")
    assert collect.says(f"{after[2, 3]:g} = ")
    assert collect.says(AGREE)


@tries(
    "Gniddap",
    "Type 9 into any weight: padding 1 and 2 show the numbers of padding 0, with one ring "
    "and two rings struck through. They only take away.",
)
def _(gniddap: Page) -> None:
    for weight in np.ndindex(3, 3):
        gniddap.put("kernel", weight, 9)
        full = gniddap["output_0"]
        for p in (1, 2):
            assert (gniddap[f"output_{p}_full"] == full).all()
            assert (gniddap[f"output_{p}"] == full[p:-p, p:-p]).all()


@tries(
    "Gniddap",
    "Count the rings of zeros around the stretched input, below: 2 for padding 0, then 1, "
    "then none. Collecting says the same.",
)
def _(gniddap: Page) -> None:
    for p in range(3):
        assert (gniddap[f"trimmed_{p}"] == np.pad(gniddap["input"], 2 - p)).all()
    assert gniddap.texts().count(AGREE) == 3


@tries(
    "Gniddap",
    "Set the kernel to nine ones: for padding 2, which is k-1, each number is the sum of "
    "a 3 × 3 window of the input, without any zeros.",
)
def _(gniddap: Page) -> None:
    gniddap.set(kernel=1)
    x = gniddap["input"]
    sums = [[x[r : r + 3, q : q + 3].sum() for q in range(2)] for r in range(2)]
    assert gniddap["output_2"].tolist() == sums
    assert (gniddap["trimmed_2"] == x).all()


@tries(
    "Sedirts",
    "Read the counts: 1 1 2 1 1 along each axis, as 3 is not a multiple of 2. With equal "
    "weights that alone makes a checkerboard.",
)
def _(sedirts: Page) -> None:
    along = [1, 1, 2, 1, 1]
    assert sedirts["count_0"].tolist() == sedirts["count_1"].tolist() == along
    assert (sedirts["count"] == np.outer(along, along)).all()
    sedirts.set(kernel=1, input=1)  # equal weights alone make the pattern
    assert len(set(sedirts["output"].flat)) > 1


@tries(
    "Sedirts",
    "Set all inputs and the whole kernel to 1: each output cell is then the number of "
    "stamps on it, as the sheet counts them.",
)
def _(sedirts: Page) -> None:
    sedirts.set(input=1, kernel=1)
    assert (sedirts["output"] == sedirts["count"]).all()


@tries(
    "Sedirts",
    "Set the 1 in the middle of the kernel to 0: rows 1 and 3 of the output are 0. Of the "
    "kernel only the middle row reaches them.",
)
def _(sedirts: Page) -> None:
    assert sedirts["kernel"][1].tolist() == [0, 1, 0]
    sedirts.put("kernel", (1, 1), 0)
    assert not sedirts["output"][[1, 3]].any()
    sedirts.set(kernel=[[5, 5, 5], [0, 0, 0], [7, 7, 7]])
    assert not sedirts["output"][[1, 3]].any()


@tries(
    "1-D",
    "Look at columns 1, 2, 3 and so on: the even ones meet two weights, the odd ones one. "
    "At the ends, 0 and 8, it is one.",
)
def _(row: Page) -> None:
    assert row["count"].tolist() == [1, 1, 2, 1, 2, 1, 2, 1, 1]
    for column, met in enumerate(row["count"]):
        row.set(look_column=column)
        assert row.lit("input").sum() == met, column


@tries(
    "1-D",
    "Add up column 4 of the staircase: 3 + 3 = 6, the output cell under it. So it is for "
    "every column.",
)
def _(row: Page) -> None:
    stamps, sums = row["stamps"], np.zeros(9)
    assert (stamps[1, 2], stamps[2, 0]) == (3, 3)
    for n, stamp in enumerate(stamps):
        sums[2 * n : 2 * n + 3] += stamp
    assert sums[4] == 6
    assert (row["output"] == sums).all()
    below = {cell.rstrip("0123456789") for cell in row.address("output")[[4]]}
    assert {cell.rstrip("0123456789") for cell in row.address("stamps")[[1, 2], [2, 0]]} == below


@tries(
    "1-D",
    "Set the kernel to 0.5 1 0.5: columns 1, 3, 5, 7 are the inputs, and 2, 4, 6 the "
    "means of their neighbours. Linear interpolation!",
)
def _(row: Page) -> None:
    row.set(kernel=[0.5, 1, 0.5])
    x, y = row["input"], row["output"]
    assert (y[1::2] == x).all()
    assert (y[2:-1:2] == (x[1:] + x[:-1]) / 2).all()


@tries(
    "Channels",
    "Set kernel w[0,0] to zeros: input channel 0 falls silent in output channel 0, not in "
    "output channel 1.",
)
def _(channels: Page) -> None:
    assert channels.says("Kernel w[0,0]")
    before, parts = channels["output"], channels["parts"]
    kernel = channels["kernel"]
    kernel[0, 0] = 0
    channels.set(kernel=kernel)
    after = channels["output"]
    assert not channels["parts"][0, 0].any()
    assert (after[0] == parts[1, 0] + parts[2, 0]).all()
    assert (after[1] == before[1]).all()
    assert channels["parts"][0, 1].any()


@tries(
    "Channels",
    "Click on an output cell: a sum of three parts, one for each input channel, nothing more.",
)
def _(channels: Page) -> None:
    for o, row, column in np.ndindex(2, 7, 7):
        terms = channels.formula("output", (o, row, column)).removeprefix("=").split("+")
        assert terms == channels.address("parts")[:, o, row, column].tolist()


@tries(
    "Sum", "Set kernels w[1,0] and w[2,0] to zeros: the output is what input channel 0 gives alone."
)
def _(channels: Page) -> None:
    assert channels.says("Kernel w[1,0]")
    first, kernel = channels["parts"][0], channels["kernel"]
    kernel[1:] = 0
    channels.set(kernel=kernel[:, None])
    assert (channels["output"] == first).all()
    assert first.any()


@tries(
    "Sum",
    "Type 9 into the middle of kernel w[2,0]: only the third part changes, and the output "
    "by as much.",
)
def _(channels: Page) -> None:
    before, parts, kernel = channels["output"], channels["parts"], channels["kernel"]
    kernel[2, 1, 1] = 9
    channels.set(kernel=kernel[:, None])
    changed = channels["parts"] - parts
    assert not changed[:2].any()
    assert changed[2].any()
    assert (channels["output"] - before == changed[2]).all()
