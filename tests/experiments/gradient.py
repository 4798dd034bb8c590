"""The lesson on the gradient, whose first sheet is one of the main lesson too."""

import numpy as np

from ..engines.package import row_and_column
from .desk import Page
from .proofs import proofs_of

tries, main = proofs_of("gradient"), proofs_of("transposed-convolutions")

AGREE, DIFFER = "both gradients agree  ✓", "the gradients differ  ✗"


@main(
    "Gradient",
    "Set ε to 100, then to 0.1: the gradient stays. L is a straight line in each pixel, "
    "and any two points give its slope.",
)
@tries(
    "Gradient",
    "Set ε to 100, then to 0.1: the gradient stays. L is a straight line in each pixel, "
    "and any two points give its slope.",
)
def _(sheet: Page) -> None:
    gradient = sheet["gradient"]
    for epsilon in (100, 0.1):
        sheet.set(epsilon=epsilon)
        assert np.allclose(sheet["differences"], gradient, rtol=1e-9)
        assert sheet.says(AGREE)
        nudged = sheet["images_up"][1, 1, 1, 1]
        assert round(nudged, 1) == nudged != sheet["image"][1, 1]  # a cell has room for it
    sheet.set(epsilon=100)
    assert sheet.says("= (420 - (-380)) / 200 = 4")


@tries(
    "Gradient",
    "Set ε to 1E-14: the nudge drowns in the rounding of the computer, and the gradients "
    "differ. Set it back to 0.5.",
)
def _(sheet: Page) -> None:
    sheet.set(epsilon=1e-14)
    assert sheet.says(DIFFER)
    sheet.set(epsilon=0.5)
    assert sheet.says(AGREE)


@main(
    "Gradient",
    "Set g to 1 0 / 0 0: the gradient is the kernel itself, in the corner that this "
    "result cell reads.",
)
@tries(
    "Gradient",
    "Set g to 1 0 / 0 0: the gradient is the kernel itself, in the corner that this "
    "result cell reads.",
)
def _(sheet: Page) -> None:
    sheet.set(upstream=[[1, 0], [0, 0]])
    kernel = np.pad(sheet["kernel"], (0, 1))
    assert (sheet["gradient"] == kernel).all()
    assert sheet["result"][0, 0] == (kernel * sheet["image"]).sum()  # it reads that corner


@main(
    "Gradient",
    "Type 7 into any cell of x, the kernel or g: ⟨C·x, g⟩ and ⟨x, Cᵀ·g⟩, each the products "
    "cell by cell, added up, stay equal. This is what defines a transpose.",
)
@tries(
    "Gradient",
    "Type 7 into any cell of x, the kernel or g: ⟨C·x, g⟩ and ⟨x, Cᵀ·g⟩, each the products "
    "cell by cell, added up, stay equal. This is what defines a transpose.",
)
def _(sheet: Page) -> None:
    for block, sizes in (("image", (3, 3)), ("kernel", (2, 2)), ("upstream", (2, 2))):
        for cell in np.ndindex(*sizes):
            sheet.put(block, cell, 7)
            assert sheet["dot_result"] == sheet["dot_image"]
            assert sheet["dot_result"] == (sheet["result"] * sheet["upstream"]).sum()
            assert sheet["dot_image"] == (sheet["image"] * sheet["gradient"]).sum()


@tries(
    "Stride 2",
    "Set g and the kernel to ones: the gradient is 1 2 1 / 2 4 2 / 1 2 1, the number of "
    "result cells that read each pixel.",
)
def _(sheet: Page) -> None:
    sheet.set(upstream=1, kernel=1)
    assert sheet["gradient"].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    before = sheet["result"]
    for pixel in np.ndindex(3, 3):  # a pixel is read where the result follows it
        number = sheet["image"][pixel]
        sheet.put("image", pixel, number + 1)
        assert (sheet["result"] != before).sum() == sheet["gradient"][pixel]
        sheet.put("image", pixel, number)


@tries(
    "Stride 2",
    "Set the kernel to 5 0 0 / 0 0 0 / 0 0 0: three of the four stamps land on the grey "
    "ring, the padding's gradient, and are cropped. 20 is left.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel=[[5, 0, 0], [0, 0, 0], [0, 0, 0]])
    full, kept = sheet["gradient_full"], sheet["gradient"]
    assert full[::2, ::2][:2, :2].tolist() == (5 * sheet["upstream"]).tolist()
    assert (full != 0).sum() == 4
    assert (kept == full[1:4, 1:4]).all()
    assert kept[kept != 0].tolist() == [20]


@tries(
    "Stride 2",
    "Look at row 0, column 0: only one result cell reads this pixel. Its gradient is the "
    "kernel's middle times the first number of g, 1 · 1.",
)
def _(sheet: Page) -> None:
    sheet.set(look_row=0, look_column=0)
    assert (sheet["results_up"][0, 0] != sheet["result"]).sum() == 1
    assert sheet["kernel"][1, 1] == sheet["upstream"][0, 0] == sheet["gradient"][0, 0] == 1
    sheet.put("kernel", (1, 1), 5)
    sheet.put("upstream", (0, 0), 3)
    assert sheet["gradient"][0, 0] == 15


@tries(
    "Channels",
    "Set the second row of g to 0 0, then type any numbers into the last two lines of the "
    "kernel, which make that row: the gradient stays.",
)
def _(sheet: Page) -> None:
    g = sheet["upstream"]
    sheet.set(upstream=[g[0], [0, 0]])
    gradient, result, kernel = sheet["gradient"], sheet["result"], sheet["kernel"]
    rows = [row_and_column(cell)[0] for cell in sheet.address("kernel")[:, :, 0].flat]
    assert rows == sorted(rows)  # the second pair stands below the first
    sheet.set(kernel=[kernel[0], [[8, -5], [9, 4]]])
    assert (sheet["gradient"] == gradient).all()
    assert (sheet["result"] != result).any(1).tolist() == [False, True]


@tries(
    "Channels",
    "Look at channel 0, column 1: the nudge of this one pixel moves cells in both rows of "
    "the result.",
)
def _(sheet: Page) -> None:
    sheet.set(look_channel=0, look_column=1)
    moved = sheet["results_up"][0, 1] != sheet["result"]
    assert moved.any(1).all()
    assert "#FFD8A8" in set(sheet.colours("results_up")[0, 1].flat)
