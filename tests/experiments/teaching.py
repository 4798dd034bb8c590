"""What a lecturer is told of sheets, carried out: each control, each answer to be held to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod

import numpy as np
import pytest

from xlconv.layers.layer import Layer
from xlconv.lessons.build import as_meant, build
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.read import load_lesson

from ..by_definition import smaller
from .desk import Page
from .proofs import proofs_of

PROVED = re.compile(r"\d|\*")
"""What is proved of an answer: one that has a number, or names what stands on a sheet."""

AGREE = "both views agree  ✓"
NO_CELL, NO_NUMBER = "there is no such cell", "must be a whole number"
"""What a sheet says where a control holds what it does not offer."""


def claims(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """What has to be proved, with a sheet that it is said of."""
    first = next(page.name for page in lesson.pages if page.taught)
    for page in lesson.pages:
        for part in page.taught:
            if "*" in part.happens:
                yield page.name, part.happens
            if PROVED.search(part.answer):
                yield page.name, part.answer
    for wrong in lesson.notes.wrong if lesson.notes else ():
        if PROVED.search(wrong.answer):
            yield first, wrong.answer


def runs(sheet: Page, control: str, last: int, wrong: str) -> None:
    """A control takes what is from 0 to a last number, and nothing beyond it."""
    for number in (0, last):
        sheet.set(**{control: number})
        assert not sheet.says(wrong), number
    sheet.set(**{control: last + 1})
    assert sheet.says(wrong)


def stamps_of(inputs: int, kernel: int, stride: int) -> list[range]:
    """The cells that each input's stamp covers."""
    return [range(n * stride, n * stride + kernel) for n in range(inputs)]


tells = proofs_of("transposed-convolutions")


@tells(
    "1-D",
    "the staircase of stamps, added column by column; *Look at output*, column from 0 to 8",
)
def _(sheet: Page) -> None:
    runs(sheet, "look_column", 8, NO_CELL)


@tells(
    "1-D",
    "Inputs 1 and 2: the stamp of the one ends there, that of the other begins.",
)
def _(sheet: Page) -> None:
    each = stamps_of(sheet["input"].size, sheet["kernel"].size, stride=2)
    assert [n for n, cells in enumerate(each) if 4 in cells] == [1, 2]
    assert (each[1][-1], each[2][0]) == (4, 4)


@tells(
    "Distribute",
    "*Step* from 0 to 16, one stamp at a time",
)
def _(sheet: Page) -> None:
    runs(sheet, "step", 16, NO_NUMBER)


@tells(
    "Collect",
    "*Look at output* from row 0, column 0 to row 2, column 3",
)
def _(sheet: Page) -> None:
    for look in ([0, 0], [2, 3]):
        sheet.set(look_row=look[0], look_column=look[1])
        assert not sheet.says(NO_CELL)


@tells(
    "Collect",
    "An input on the left reaches a cell with the right end of its stamp. *1-D* shows it.",
)
def _(sheet: Page) -> None:
    row = sheet.neighbour("1-D")
    left, right = row["stamps"][1], row["stamps"][2]
    assert row["output"][4] == left[-1] + right[0]


@tells(
    "Gniddap",
    "A smaller one: 6 × 6, 4 × 4, 2 × 2.",
)
def _(sheet: Page) -> None:
    assert [sheet[f"output_{p}"].shape for p in (0, 1, 2)] == [(6, 6), (4, 4), (2, 2)]


@tells(
    "Sedirts",
    "In row 2 and column 2, which get twice as many stamps; where the two cross, four meet.",
)
def _(sheet: Page) -> None:
    count = sheet["count"]
    assert count[:, 2].tolist() == count[2].tolist() == [2, 2, 4, 2, 2]
    assert count[np.ix_([0, 1, 3, 4], [0, 1, 3, 4])].tolist() == np.ones((4, 4)).tolist()


@tells(
    "Channels",
    "2048, one for each pair; here 3 and 2 have 6.",
)
def _(sheet: Page) -> None:
    assert sheet["kernel"].shape == (3, 2, 3, 3)
    layer = Layer.of(np.ones((64, 1, 1)), np.ones((64, 32, 3, 3)))
    assert prod(layer.weight.shape[:2]) == 2048


@tells(
    "Code",
    "What it calls the input and the weight is *Input* and *Kernel* on *Sedirts*; what it "
    "prints is *Output*.",
)
def _(sheet: Page) -> None:
    assert sheet.says("torch.")
    source = sheet.neighbour("Sedirts")
    shown = "\n".join(sheet.texts())
    for name in ("input", "kernel"):
        row = ", ".join(f"{number:g}" for number in source[name][0])
        assert re.search(rf"\[{row}\]", re.sub(r"\.0?(?=[,\]])", "", shown)), name


@tells(
    "Why",
    "It gives back the shape that a convolution came from, not the values. On *Gradient* the "
    "result is a gradient, not an image.",
)
def _(sheet: Page) -> None:
    gradient = sheet.neighbour("Gradient")
    assert gradient["gradient"].shape == gradient["image"].shape
    assert (gradient["gradient"] != gradient["image"]).any()


@tells(
    "Why",
    "Turning belongs to collecting. On *Matrix* the transpose is one of rows and columns, and "
    "nothing is turned.",
)
def _(sheet: Page) -> None:
    matrix = sheet.neighbour("Matrix")
    assert matrix["matrix_transposed"].tolist() == matrix["matrix"].T.tolist()


@tells(
    "Why",
    "On *Gniddap* the ring that is struck through was computed, and is taken away.",
)
def _(sheet: Page) -> None:
    padded = sheet.neighbour("Gniddap")
    assert padded["output_1_full"].tolist() == padded["output_0"].tolist()
    ring = np.ones((6, 6), bool)
    ring[1:-1, 1:-1] = False
    assert (padded.struck("output_1_full") == ring).all()


tells = proofs_of("auto-encoder")


@tells(
    "Network",
    "The middle one those of rows and columns 1 to 6; the first one none beyond row and column 4.",
)
def _(sheet: Page) -> None:
    for at, last, first in (((1, 1), 6, 1), ((0, 0), 4, 0)):
        before = sheet["Decode 2"]
        sheet.put("Code", at, 30)
        rows, columns = np.nonzero(sheet["Decode 2"] != before)
        assert min(rows.min(), columns.min()) >= first
        assert (rows.max(), columns.max()) == (last, last)
        sheet.put_back()


@tells(
    "Network",
    "*Pixel looked at*: row and column to 0, then back to 4 and 5",
)
def _(sheet: Page) -> None:
    assert (float(sheet["look_row"]), float(sheet["look_column"])) == (4, 5)
    sheet.set(look_row=0, look_column=0)
    assert not sheet.says(NO_CELL)
    sheet.set(look_row=8)
    assert sheet.says(NO_CELL)


@tells(
    "Network",
    "*Means of the input* is one. The code is read by its decoder alone, and draws more.",
)
def _(sheet: Page) -> None:
    blocks = sheet["means"]
    assert blocks.shape == sheet["Code"].shape
    assert blocks == pytest.approx(smaller(sheet["input"], 3))
    assert float(sheet["psnr Decode 2"]) > float(sheet["psnr bicubic"])


tells = proofs_of("checkerboard")


@tells(
    "Overlap",
    "A multiple: 2, 4 or 6; 3 or 6.",
)
def _(sheet: Page) -> None:
    for stride, kernels in ((2, {2, 4, 6}), (3, {3, 6})):
        even = set()
        for k in range(2, 8):
            sheet.set(kernel_size_0=k, stride_0=stride)
            inner = sheet["corner_0"][k:, k:] if k < 7 else sheet["corner_0"][6:, 6:]
            even |= {k} if len(set(inner.flat)) == 1 and k < 7 else set()
        assert even == kernels


@tells(
    "Bilinear",
    "The sums of all phases must be alike; here each is 1.",
)
def _(sheet: Page) -> None:
    kernel = sheet["kernel"]
    assert [kernel[a::2, b::2].sum() for a in (0, 1) for b in (0, 1)] == [1, 1, 1, 1]
    assert sheet["output"][1:-1, 1:-1].tolist() == sheet["interpolation"][1:-1, 1:-1].tolist()


@tells(
    "Overlap",
    "Not with stride 1, and not k = 3 with s = 3. It must be a multiple of the stride.",
)
def _(sheet: Page) -> None:
    overlap = sheet.neighbour("Overlap")
    overlap.set(kernel_size_0=3, stride_0=3)
    assert set(overlap["corner_0"].flat) == {1}
    for k in range(1, 8):
        overlap.set(kernel_size_0=k, stride_0=1)
        assert set(overlap["corner_0"][k - 1 :, k - 1 :].flat) == {k * k}


@tells(
    "Overlap",
    "*Even* shows a multiple with a pattern: its phases have other sums.",
)
def _(sheet: Page) -> None:
    even = sheet.neighbour("Even")
    assert len(even["kernel"]) % 2 == 0
    assert even.says("the phases differ")
    assert len(set(even["count"][3:-3, 3:-3].flat)) == 1
    assert len(set(even["phase_sums"].flat)) > 1


@tells(
    "Overlap",
    "Look inside: at the edges zeros lie beyond, in all three results of *Upsample*.",
)
def _(sheet: Page) -> None:
    three = sheet.neighbour("Upsample")
    for name in ("zeros", "nearest", "bilinear"):
        field = three[f"{name}_field"]
        assert not np.concatenate([field[0], field[-1], field[:, 0], field[:, -1]]).any()


tells = proofs_of("frameworks")


@tells(
    "Odd",
    "Both: 5 × 5 can be cropped to 4 × 4 at either end, and each framework has its rule.",
)
def _(sheet: Page) -> None:
    assert sheet["output_0_full"].shape == (5, 5)
    assert sheet["output_0"].tolist() == sheet["output_0_full"][:4, :4].tolist()
    assert sheet["output_1"].tolist() == sheet["output_0_full"][1:, 1:].tolist()


@tells(
    "Even",
    "3, 5 or 7, which have a padding in its column; 4 and 6 have none.",
)
def _(sheet: Page) -> None:
    column = dict(zip(range(1, 8), sheet["rule"][:, 2], strict=True))
    assert {k for k in range(3, 8) if not np.isnan(column[k])} == {3, 5, 7}


@tells(
    "Small",
    "From no input. SAME promises stride times the input, 6 × 6, and the stamps only reach 5 × 5.",
)
def _(sheet: Page) -> None:
    assert (sheet["output_0"].shape, sheet["output_1"].shape) == ((6, 6), (5, 5))
    sheet.set(input=9, kernel=9)
    assert sheet["output_0"][:-1, :-1].tolist() == sheet["output_1"].tolist()
    assert not sheet["output_0"][-1].any()
    assert not sheet["output_0"][:, -1].any()


@tells(
    "Odd",
    "It is the stride times the input: on *Odd* 4 × 4 of 2 × 2.",
)
def _(sheet: Page) -> None:
    odd = sheet.neighbour("Odd")
    assert (odd["input"].shape, odd["output_0"].shape) == ((2, 2), (4, 4))


@tells(
    "Odd",
    "On *Odd* both frames lie on the same numbers, one row and one column apart: nothing is "
    "rounded.",
)
def _(sheet: Page) -> None:
    odd = sheet.neighbour("Odd")
    assert odd["output_0_full"].tolist() == odd["output_1_full"].tolist()
    assert odd["output_0"][1:, 1:].tolist() == odd["output_1"][:-1, :-1].tolist()


tells = proofs_of("generator")


@tells(
    "Network",
    "The last layer has stride 2: every second row and column meets the same weights.",
)
def _(sheet: Page) -> None:
    sheet.set(input=0)
    inner = sheet["Decode 2"][1:-1, 1:-1]
    np.testing.assert_allclose(inner[2:], inner[:-2])
    np.testing.assert_allclose(inner[:, 2:], inner[:, :-2])


@tells(
    "Network",
    "No digit is stored: there are 649 weights, and formulas.",
)
def _(sheet: Page) -> None:
    layers = [sheet[f"Decode {n} {part}"] for n in (1, 2) for part in ("kernel", "bias")]
    assert sum(numbers.size for numbers in layers) == 649


tells = proofs_of("gradient")


@tells(
    "Gradient",
    "*ε* to 100, to 0.1 and to 1E-14; then back to 0.5",
)
def _(sheet: Page) -> None:
    assert sheet["epsilon"] == 0.5
    before = sheet["gradient"].tolist()
    for epsilon in (100, 0.1, 1e-14, 0.5):
        sheet.set(epsilon=epsilon)
        assert sheet["gradient"].tolist() == before
        assert sheet.says("both gradients agree") == (epsilon > 1e-3)


@tells(
    "Stride 2",
    "The middle one, 4: all four result cells read it.",
)
def _(sheet: Page) -> None:
    sheet.set(upstream=1, kernel=1)
    assert sheet["gradient"].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


@tells(
    "Gradient",
    "It never sees x: type any numbers into *Image x*, and the gradient stays.",
)
def _(sheet: Page) -> None:
    before = sheet["gradient"].tolist()
    for seed in range(3):
        sheet.set(image=np.random.default_rng(seed).integers(-9, 9, (3, 3)))
        assert sheet["gradient"].tolist() == before


@tells(
    "Gradient",
    "The computer rounds. With 0.5 both gradients agree again.",
)
def _(sheet: Page) -> None:
    sheet.set(epsilon=1e-14)
    assert not sheet.says("both gradients agree")
    sheet.set(epsilon=0.5)
    assert sheet.says("both gradients agree")


tells = proofs_of("image")


@tells(
    "Learnt",
    "the sky at the top left; then the weights of *Bilinear* over its kernel",
)
def _(sheet: Page) -> None:
    other = sheet.neighbour("Bilinear")["kernel"]
    assert other.shape == sheet["kernel"].shape
    sheet.set(kernel=other)
    assert [other[a::2, b::2].sum() for a in (0, 1) for b in (0, 1)] == [1, 1, 1, 1]


@tells(
    "Bilinear",
    "Numbers come from a file: *Contents* says how.",
)
def _(sheet: Page) -> None:
    assert sheet.neighbour("Contents").says("xlconv lessons copy image")


tells = proofs_of("learning")


@tells(
    "Learning",
    "*Look at step* from 0 to 19",
)
def _(sheet: Page) -> None:
    assert sheet["losses"].size == 20
    runs(sheet, "look_step", 19, NO_CELL)


@tells(
    "Learning",
    "When what is still won no longer matters. The first ten steps take the loss to less than "
    "1/1000, the others by a factor of ten only.",
)
def _(sheet: Page) -> None:
    loss = sheet["losses"]
    assert loss[10] / loss[0] < 1 / 1000
    assert 1 / 12 < loss[19] / loss[10] < 1 / 7


@tells(
    "Learning",
    "*Learning rate* to 0.3, then to 0.02",
)
def _(sheet: Page) -> None:
    before = sheet["losses"]
    sheet.set(rate=0.3)
    assert (np.diff(sheet["losses"][:6]) > 0).all()  # it stops at a large multiple
    sheet.set(rate=0.02)
    assert before[19] < sheet["losses"][19] < sheet["losses"][0]


@tells(
    "Learning",
    "sixteen ones over *The kernel to be found*",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=1)
    assert sheet["kernel"].shape == (4, 4)
    np.testing.assert_allclose(sheet["kernels"][19], 1, atol=0.1)


@tells(
    "Learning",
    "Here 100 cells tell of 16 weights. A network has many more weights, and needs many pictures.",
)
def _(sheet: Page) -> None:
    assert (sheet["output"].size, sheet["kernel"].size) == (100, 16)


tells = proofs_of("matrix")


@tells(
    "Stride 1",
    "*Look at output* at row 0, column 0, then at row 1, column 1",
)
def _(sheet: Page) -> None:
    for look in ([0, 0], [1, 1]):
        sheet.set(look_row=look[0], look_column=look[1])
        assert not sheet.says(NO_CELL)


@tells(
    "Stride 1",
    "28 of 64: each of its four columns has nine weights.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=7)
    found = sheet["matrix_transposed"]
    assert (found.size, int((found == 0).sum())) == (64, 28)
    assert (found == 7).sum(0).tolist() == [9, 9, 9, 9]


@tells(
    "Padding",
    "row 0, column 0; then row 1, column 1 of *Stride 2*",
)
def _(sheet: Page) -> None:
    other = sheet.neighbour("Stride 2")
    rows = other["matrix_transposed"].reshape(5, 5, 4)
    assert sheet["matrix_transposed"][0].tolist() == rows[1, 1].tolist()


@tells(
    "Padding",
    "Those of the ring: 25 - 9 = 16.",
)
def _(sheet: Page) -> None:
    other = sheet.neighbour("Stride 2")
    gone = len(other["matrix_transposed"]) - len(sheet["matrix_transposed"])
    assert (len(sheet["matrix_transposed"]), gone) == (9, 16)


@tells(
    "One row",
    "It is a weight: type 9 over it on *Stride 1*, and Cᵀ has four of them.",
)
def _(sheet: Page) -> None:
    other = sheet.neighbour("Stride 1")
    assert other["kernel"][1].tolist() == [0, 1, 0]
    other.put("kernel", (1, 0), 9)
    assert int((other["matrix_transposed"] == 9).sum()) == 4


tells = proofs_of("one-dimension")


@tells(
    "Stride 1",
    "*Look at output*, column from 0 to 5",
)
def _(sheet: Page) -> None:
    runs(sheet, "look_column", 5, NO_CELL)


@tells(
    "Stride 2",
    "11: four steps of 2, and the last stamp's 3.",
)
def _(sheet: Page) -> None:
    assert stamps_of(5, sheet["kernel"].size, stride=2)[-1][-1] + 1 == 11
    assert sheet["output"].size == 9  # of 4 inputs


@tells(
    "Dilation",
    "7: three weights, and two gaps of two. Here it is 5.",
)
def _(sheet: Page) -> None:
    assert [n * 3 for n in range(3)][-1] + 1 == 7
    assert [int(n) for n in np.flatnonzero(np.ravel(sheet["turned"]))] == [0, 2, 4]
    assert sheet["turned"].size == 5


@tells(
    "Output padding",
    "*Look at output*, column 7; then the last weight to 0",
)
def _(sheet: Page) -> None:
    sheet.set(look_column=7)
    assert not sheet.says(NO_CELL)
    sheet.put("kernel", 2, 0)
    assert sheet["output"][7] == 0


@tells(
    "Distribute",
    "*Step* from 0 to 4",
)
def _(sheet: Page) -> None:
    runs(sheet, "step", 4, NO_NUMBER)


@tells(
    "Distribute",
    "At step 2: no later stamp reaches back to it.",
)
def _(sheet: Page) -> None:
    done = []
    for step in range(5):
        sheet.set(step=step)
        done.append(float(sheet["output"][2]))
    assert done[1] != done[2]
    assert done[2:] == [done[4]] * 3


@tells(
    "Stride 1",
    "It takes a cell off each end: on *Padding* 9 become 7.",
)
def _(sheet: Page) -> None:
    padded = sheet.neighbour("Padding")
    assert (padded["output_full"].size, padded["output"].size) == (9, 7)
    assert padded["output"].tolist() == padded["output_full"][1:-1].tolist()


tells = proofs_of("output-padding")


@tells(
    "One row",
    "Who built the encoder. Both become 3, and from 3 nobody can tell.",
)
def _(sheet: Page) -> None:
    assert [sheet[f"output_0_{n}"].size for n in (0, 1)] == [5, 6]
    assert [(n + 2 * 1 - 3) // 2 + 1 for n in (5, 6)] == [sheet["input"].size] * 2


@tells(
    "One row",
    "With padding 1 it uncovers what was cropped. Only with padding 0 there is nothing to uncover.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=9)
    assert sheet["output_0_1"][-1] == 27
    assert sheet["output_1_1"][-1] == 0


tells = proofs_of("plain-convolution")


@tells(
    "1-D",
    "*Look at output*, column from 0 to 4",
)
def _(sheet: Page) -> None:
    runs(sheet, "look_column", 4, NO_CELL)


@tells(
    "1-D",
    "98, two less; here 5 on 7.",
)
def _(sheet: Page) -> None:
    assert np.convolve(np.ones(100), np.ones(3), "valid").size == 98
    assert (sheet["input"].size, sheet["kernel"].size, sheet["output"].size) == (7, 3, 5)


@tells(
    "2-D",
    "The same with rows and columns swapped: a row of 1, one of 0, one of -1.",
)
def _(sheet: Page) -> None:
    before, kernel = sheet["output"], sheet["kernel"]
    assert kernel.T.tolist() == [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]
    sheet.set(input=sheet["input"].T, kernel=kernel.T)
    assert sheet["output"].tolist() == before.T.tolist()
    assert sheet["output"].any()


@tells(
    "Stride, padding",
    "*Look at output*, column from 0 to 1 and 2",
)
def _(sheet: Page) -> None:
    for column in (0, 1, 2):
        sheet.set(look_column=column)
        assert not sheet.says(NO_CELL)


@tells(
    "Stride, padding",
    "1: each side gives one place more, and 3 takes two.",
)
def _(sheet: Page) -> None:
    assert sheet["kernel"].shape == (3, 3)
    assert sheet["padded"].shape == (7, 7)  # so 7 - 3 + 1 places of a window, one cell apart
    assert len(sheet["input"]) == 7 - 3 + 1


@tells(
    "Channels",
    "24: six kernels of 2 × 2.",
)
def _(sheet: Page) -> None:
    assert sheet["kernel"].shape == (3, 2, 2, 2)
    assert sheet["kernel"].size == 24


@tells(
    "Dilation",
    "7 cells, still with three weights. Here it is 5.",
)
def _(sheet: Page) -> None:
    assert sheet["gapped"].size == 5
    assert np.flatnonzero(sheet["gapped"]).tolist() == [0, 2, 4]
    assert [3 * n for n in range(3)][-1] + 1 == 7


@tells(
    "1-D",
    "Not in a network, which learns it as it is used: *Contents* tells.",
)
def _(sheet: Page) -> None:
    assert sheet.neighbour("Contents").says("The kernel is not turned")
    products = sheet["input"][:3] * sheet["kernel"]
    assert sheet["output"][0] == products.sum()


@tells(
    "1-D",
    "It is zeros: at the corner of *Stride, padding* five of the nine products are with them.",
)
def _(sheet: Page) -> None:
    padded = sheet.neighbour("Stride, padding")["padded"]
    outside = np.ones((7, 7), bool)
    outside[1:-1, 1:-1] = False
    assert not padded[outside].any()
    assert int(outside[:3, :3].sum()) == 5


tells = proofs_of("playground")


@tells(
    "Playground",
    "*stride* from 2 to 1, 3 and 4",
)
def _(sheet: Page) -> None:
    assert sheet["stride"] == 2
    for stride in (1, 3, 4):
        sheet.set(stride=stride)
        assert sheet.says(AGREE)


@tells(
    "Playground",
    "(4-1) · stride + 3: 6, 12, 15. Each step moves the last stamp by three cells.",
)
def _(sheet: Page) -> None:
    for stride, cells in ((1, 6), (3, 12), (4, 15)):
        sheet.set(stride=stride)
        assert sheet.says(f"{cells} = (4-1)·{stride} ")
        assert int((~np.isnan(sheet["output_full"])).any(1).sum()) == cells


@tells(
    "Playground",
    "*padding* from 0 to 1, then *output_padding* from 0 to 1",
)
def _(sheet: Page) -> None:
    assert (sheet["padding"], sheet["output_padding"]) == (0, 0)
    sheet.set(padding=1)
    sheet.set(output_padding=1)
    assert sheet.says(AGREE)


@tells(
    "Playground",
    "*kernel_size* from 3 to 4, and back",
)
def _(sheet: Page) -> None:
    assert sheet["kernel_size"] == 3
    sheet.set(kernel_size=4)
    assert sheet.says(AGREE)


@tells(
    "Playground",
    "Gone, away from the border: 4 is a multiple of the stride.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel_size=4)
    assert (sheet["count"][2:8, 2:8] == 4).all()


@tells(
    "Playground",
    "*dilation* from 1 to 2",
)
def _(sheet: Page) -> None:
    assert sheet["dilation"] == 1
    sheet.set(dilation=2)
    assert sheet.says(AGREE)


@tells(
    "Playground",
    "1: then the next stamps fill them. With 2 all weights land on even rows and columns.",
)
def _(sheet: Page) -> None:
    sheet.set(dilation=2)
    assert not sheet["count"][1:11:2, :11].any()
    sheet.set(stride=1)
    assert (sheet["count"][:8, :8] > 0).all()


tells = proofs_of("segmentation")


@tells(
    "Skip",
    "0 to 3, from Decode 1, know what is there; 4 to 7, from Encode 1, know where.",
)
def _(sheet: Page) -> None:
    joined = sheet["Decode 2 joined"]
    assert np.array_equal(joined[:4], sheet["Decode 1"])
    assert np.array_equal(joined[4:], sheet["Encode 1"])


@tells(
    "Plain",
    "Places, on the way through 4 × 4: 8 pixels are even said to be of a zero, though there "
    "is none.",
)
def _(sheet: Page) -> None:
    assert sheet["Encode 2"].shape[1:] == (4, 4)
    assert int((sheet["classes"] == 1).sum()) == 8
    assert not (sheet["truth"] == 1).any()


@tells(
    "Coarse",
    "the classes of *Scores*",
)
def _(sheet: Page) -> None:
    assert sheet["Scores"].shape == (4, 4, 4)
    places = sheet["Scores"].argmax(0)
    assert int((places != 0).sum()) == 3


@tells(
    "Coarse",
    "Interpolation mixes neighbours: what 4 × 4 scores do not know, no mixture of them tells.",
)
def _(sheet: Page) -> None:
    assert sheet["Scores"].shape[1:] == (4, 4)
    assert sheet["Scores"].min() <= sheet["Enlarge"].min()
    assert sheet["Enlarge"].max() <= sheet["Scores"].max()


@tells(
    "Skip",
    "207 of the 256 pixels are nothing. To say so of all of them finds no digit: hence the "
    "IoU, class by class.",
)
def _(sheet: Page) -> None:
    coarse = sheet.neighbour("Coarse")
    assert sheet["truth"].size == 256
    assert int((sheet["truth"] == 0).sum()) == 207
    assert np.array_equal(coarse["truth"], sheet["truth"])


tells = proofs_of("stacking")


@tells(
    "Size 3",
    "Not here: the ripple comes through. On *Size 4* equal weights even it out.",
)
def _(sheet: Page) -> None:
    even = sheet.neighbour("Size 4")
    even.put("Up 1 kernel", (1, 2), 2)
    assert float(even["ripple Up 1"]) > 0.1 > float(even["ripple Up 2"]) == 0
    sheet.set(**{"Up 3 kernel": [[1, 2, 1], [2, 4, 2], [1, 2, 1]]})
    assert float(sheet["ripple Up 3"]) > 0.2


@tells(
    "Size 4",
    "After Up 1 come two layers that even it out; after Up 3 comes none.",
)
def _(sheet: Page) -> None:
    sheet.put("Up 1 kernel", (1, 2), 2)
    assert float(sheet["ripple Up 2"]) == float(sheet["ripple Up 3"]) == 0
    sheet.put_back()
    sheet.put("Up 3 kernel", (1, 2), 2)
    assert float(sheet["ripple Up 3"]) > 0.01


@tells(
    "Phases",
    "Those with 9: odd rows, even columns.",
)
def _(sheet: Page) -> None:
    inner = sheet["output"][1:-1, 1:-1]
    assert inner.max() == 9
    rows, columns = np.nonzero(sheet["output"] == 9)
    assert {*(rows % 2)} == {1}
    assert {*(columns % 2)} == {0}


@tells(
    "Resize",
    "Nine products a cell, where a stamp of *Size 4* takes four.",
)
def _(sheet: Page) -> None:
    assert sheet["Conv 1 kernel"].size == 9
    even = sheet.neighbour("Size 4")
    assert (even["Up 1"][1:-1, 1:-1] == 4).all()  # of ones


@tells(
    "Size 3",
    "Read the ripple on *Size 3*: 0.484, 0.539, 0.572.",
)
def _(sheet: Page) -> None:
    three = sheet.neighbour("Size 3")
    found = [f"{float(three[f'ripple Up {n}']):.3f}" for n in (1, 2, 3)]
    assert found == ["0.484", "0.539", "0.572"]


tells = proofs_of("subpixel")


@tells(
    "Shuffle",
    "9, as on *Stride 3*.",
)
def _(sheet: Page) -> None:
    other = sheet.neighbour("Stride 3")
    assert [other[f"small_{n}"].shape for n in range(9)] == [(3, 3)] * 9
    assert other["kernel"].size == 9


@tells(
    "Uneven",
    "4, 2, 2 and 1: as many as its phase has weights.",
)
def _(sheet: Page) -> None:
    assert [sheet[f"phase_{n}"].size for n in range(4)] == [4, 2, 2, 1]
    sheet.set(kernel=1, input=1)
    assert sheet["output"][2:4, 2:4].tolist() == [[4, 2], [2, 1]]


tells = proofs_of("super-resolution")


@tells(
    "Network",
    "Leave out one after the other and read the PSNR: without w[4,0] it is the lowest.",
)
def _(sheet: Page) -> None:
    left = []
    for kernel in range(8):
        for at in np.ndindex(4, 4):
            sheet.put("Enlarge kernel", (kernel, *at), 0)
        left.append(float(sheet["psnr Enlarge"]))
        sheet.put_back()
    assert int(np.argmin(left)) == 4


@tells(
    "Network",
    "It draws likely ones: *What the output should be* differs.",
)
def _(sheet: Page) -> None:
    assert abs(sheet["Enlarge"] - sheet["target"]).max() > 1


@tells(
    "Network",
    "*Contents* tells the mean over digits that it never saw.",
)
def _(sheet: Page) -> None:
    assert sheet.neighbour("Contents").says("digits that it never saw")


tells = proofs_of("three-dimensions")


@tells(
    "Distribute",
    "*Step* from 0 to 8",
)
def _(sheet: Page) -> None:
    runs(sheet, "step", 8, NO_NUMBER)


@tells(
    "Distribute",
    "8, in two slices of four.",
)
def _(sheet: Page) -> None:
    sheet.set(input=0, kernel=1, step=8)
    sheet.put("input", (0, 0, 0), 1)
    found = sheet["output"] != 0
    assert sheet["kernel"].size == 8
    assert found.sum((1, 2)).tolist() == [4, 4, 0]


@tells(
    "Collect",
    "*Look at output* at depth 1, row 1, column 1, then at 0, 0, 0",
)
def _(sheet: Page) -> None:
    for look in ([1, 1, 1], [0, 0, 0]):
        sheet.set(look_depth=look[0], look_row=look[1], look_column=look[2])
        assert not sheet.says(NO_CELL)


@tells(
    "Stride",
    "*Look at output* at any cell of depth 1, then of depth 0",
)
def _(sheet: Page) -> None:
    for depth in (0, 1):
        sheet.set(look_depth=depth)
        assert not sheet.says(NO_CELL)


@tells(
    "Stride",
    "In depth the kernel is 2 long and the stride 1; in rows and columns both are 2.",
)
def _(sheet: Page) -> None:
    assert sheet["kernel"].shape == (2, 2, 2)
    sheet.set(input=1, kernel=1)
    assert sheet["output"][:, 0, 0].tolist() == [1, 2, 1]
    assert set(sheet["output"][0].flat) == {1}


tells = proofs_of("worksheet")


@tells(
    "2 Distribute",
    "All four: *How many stamps reach each cell* says so.",
)
def _(sheet: Page) -> None:
    assert sheet["count"].shape == (5, 5)
    assert sheet["count"][2, 2] == sheet["input"].size == 4


@tells(
    "6 Channels",
    "As large as the output, 3 × 3: they are added cell by cell.",
)
def _(sheet: Page) -> None:
    assert [sheet[f"{name}"].shape for name in ("parts", "output")] == [(2, 3, 3), (3, 3)]


@tells(
    "7 Mistake",
    "Compare *Output* with *The same by collecting*, cell by cell: they differ in one.",
)
def _(sheet: Page) -> None:
    wrong = build(as_meant(load_lesson("worksheet"))).sheets[-2]
    values = {block.name: block.cells.value for block in wrong.blocks}
    assert int((values["output"] != values["by_collecting"]).sum()) == 1
