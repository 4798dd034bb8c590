"""The playground. A block has the room of its largest size; what is not drawn reads as NaN."""

import numpy as np

from .desk import Page
from .proofs import proofs_of

tries = proofs_of("playground")

AGREE = "both views agree  ✓"


def size(sheet: Page, name: str) -> tuple[int, ...]:
    """How many rows and columns of a block show a number."""
    shown = ~np.isnan(sheet[name])
    return int(shown.any(1).sum()), int(shown.any(0).sum())


def counts(sheet: Page) -> set[float]:
    found = sheet["count"]
    return set(found[~np.isnan(found)])


@tries(
    "Playground",
    "Set stride to 1, 2, 3, 4: the output grows from 6 × 6 to 9, 12, 15. At 3 every count "
    "is 1: the stamps just touch.",
)
def _(sheet: Page) -> None:
    for stride, cells in ((1, 6), (2, 9), (3, 12), (4, 15)):
        sheet.set(stride=stride)
        assert sheet.says(f"Output  {cells} × {cells}"), stride
        assert size(sheet, "output_full") == (cells, cells)
    sheet.set(stride=3)
    assert counts(sheet) == {1}


@tries(
    "Playground",
    "At stride 4 there are gaps between the stamps, rows and columns 3, 7 and 11. They "
    "stay 0, whatever you type.",
)
def _(sheet: Page) -> None:
    sheet.set(stride=4)
    gaps = np.zeros((15, 15), bool)
    gaps[3::4] = gaps[:, 3::4] = True
    assert ((sheet["count"][:15, :15] == 0) == gaps).all()
    sheet.set(input_pool=5, kernel_pool=7)
    assert ((sheet["output_full"][:15, :15] == 0) == gaps).all()


@tries(
    "Playground",
    "At stride 2, set padding to 1: one ring is struck through and 7 × 7 is left. With "
    "output_padding 1 it is 8 × 8: the last row and column are kept.",
)
def _(sheet: Page) -> None:
    sheet.set(stride=2, padding=1)
    ring = np.ones((9, 9), bool)
    ring[1:-1, 1:-1] = False
    assert (sheet.struck("output_full")[:9, :9] == ring).all()
    assert sheet.says("Output  7 × 7")
    sheet.set(output_padding=1)
    ring[-1, 1:] = ring[1:, -1] = False
    assert (sheet.struck("output_full")[:9, :9] == ring).all()
    assert sheet.says("Output  8 × 8")
    assert sheet.says(AGREE)


@tries(
    "Playground",
    "Set padding to 0 and output_padding to 1: a row and a column are added that no stamp "
    "reaches, their counts are 0.",
)
def _(sheet: Page) -> None:
    sheet.set(padding=0, output_padding=1)
    assert size(sheet, "output_full") == (10, 10)
    added = np.zeros((10, 10), bool)
    added[9] = added[:, 9] = True
    assert ((sheet["count"][:10, :10] == 0) == added).all()


@tries("Playground", "Set output_padding to 2: it is refused. Read why, and set it back to 0.")
def _(sheet: Page) -> None:
    sheet.set(output_padding=2)
    assert sheet.says(
        "output_padding must be a whole number from 0 to 1: it stays below stride or dilation"
    )
    assert np.isnan(sheet["output"]).all()
    sheet.set(output_padding=0)
    assert size(sheet, "output_full") == (9, 9)


@tries(
    "Playground",
    "At stride 2, compare kernel_size 3 with 4: the counts 1, 2, 4 alternate; with 4 they "
    "are all 4 away from the border.",
)
def _(sheet: Page) -> None:
    sheet.set(stride=2, kernel_size=3)
    inside = sheet["count"][1:8, 1:8]
    assert set(inside.flat) == {1, 2, 4}
    assert inside[:2, :2].tolist() == [[1, 2], [2, 4]]
    assert (inside[2:] == inside[:-2]).all()
    sheet.set(kernel_size=4)
    assert (sheet["count"][2:8, 2:8] == 4).all()


@tries(
    "Playground",
    "At kernel_size 4, set dilation to 2: gaps again. All weights land on even rows and columns.",
)
def _(sheet: Page) -> None:
    sheet.set(kernel_size=4, dilation=2)
    found = sheet["count"][:13, :13]
    assert not found[1::2].any()
    assert not found[:, 1::2].any()
    assert found[::2, ::2].all()
