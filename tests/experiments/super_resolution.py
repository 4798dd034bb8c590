"""The lesson on super-resolution."""

import numpy as np
import pytest

from training.networks import SUPER_RESOLUTION

from ..by_definition import WAYS, larger, run
from ..test_quality import psnr, shipped
from .desk import Page
from .proofs import proofs_of

tries = proofs_of("super-resolution")


def in_db(sheet: Page) -> list[float]:
    """The PSNR of the network and of the three rules, as the sheet has them."""
    return [float(sheet[f"psnr {name}"]) for name in ("Enlarge", *WAYS)]


def by_numpy(sheet: Page) -> list[float]:
    """The same by the definitions, and of what the sheet's kernels say now."""
    x, truth = sheet["input"], sheet["target"]
    weights = shipped("super-resolution") | {"Enlarge.weight": sheet["Enlarge kernel"][:, None]}
    drawn = run(SUPER_RESOLUTION, weights, x[None, None])[0, 0]
    return [psnr(drawn, truth), *(psnr(larger(x, 8, way), truth) for way in WAYS)]


@tries(
    "Network",
    "Read the PSNRs: 16.4 dB for Enlarge; 11.7, 11.2 and 11.3 dB for the three rules, from "
    "the same sixteen pixels.",
)
def _(sheet: Page) -> None:
    assert [f"{number:.1f}" for number in in_db(sheet)] == ["16.4", "11.7", "11.2", "11.3"]
    assert sheet["input"].size == 16
    for pixel in (sheet["input"][1, 1], 16):
        sheet.put("input", (1, 1), pixel)
        assert in_db(sheet) == pytest.approx(by_numpy(sheet))


@tries(
    "Network",
    "Type 16 into all of the input: the rules give 16 everywhere, the network from 0 to 34. It "
    "has learnt strokes, not planes.",
)
def _(sheet: Page) -> None:
    sheet.set(input=16)
    for way in WAYS:
        assert sheet[way] == pytest.approx(np.full((8, 8), 16.0))
    drawn = sheet["Enlarge"]
    assert drawn.min() == 0
    assert round(drawn.max()) == 34


@tries(
    "Network",
    "Type 0 over the kernel w[4,0] of Enlarge: 7.7 dB are left. Over w[5,0] instead: 15.7 dB. "
    "Some features draw more than others.",
)
def _(sheet: Page) -> None:
    for kernel, left in ((4, "7.7"), (5, "15.7")):
        for at in np.ndindex(4, 4):
            sheet.put("Enlarge kernel", (kernel, *at), 0)
        assert f"{in_db(sheet)[0]:.1f}" == left
        assert in_db(sheet) == pytest.approx(by_numpy(sheet))
        sheet.put_back()
