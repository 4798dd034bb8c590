"""The lesson on an auto-encoder."""

import numpy as np
import pytest

from training.networks import AUTO_ENCODER

from ..by_definition import larger, run, smaller
from ..test_quality import psnr, shipped
from .desk import Page
from .proofs import proofs_of

tries = proofs_of("auto-encoder")


def in_db(sheet: Page) -> tuple[float, float]:
    """The PSNR of the network and of bicubic interpolation, as the sheet has them."""
    return float(sheet["psnr Decode 2"]), float(sheet["psnr bicubic"])


def network_by_numpy(sheet: Page) -> float:
    """That of the network by the definitions."""
    x = sheet["input"][None, None]
    return psnr(run(AUTO_ENCODER, shipped("auto-encoder"), x), x)


def bicubic_by_numpy(sheet: Page) -> float:
    return psnr(larger(smaller(sheet["input"], 3), 8, "bicubic"), sheet["input"])


@tries(
    "Network",
    "Read the two PSNRs: 16.5 dB from nine learnt numbers, 10.9 dB from nine means and "
    "bicubic interpolation.",
)
def _(sheet: Page) -> None:
    assert [f"{number:.1f}" for number in in_db(sheet)] == ["16.5", "10.9"]
    assert sheet["Code"].size == sheet["means"].size == 9
    for pixel in (sheet["input"][0, 0], 16):
        sheet.put("input", (0, 0), pixel)
        both = network_by_numpy(sheet), bicubic_by_numpy(sheet)
        assert in_db(sheet) == pytest.approx(both)


@tries(
    "Network",
    "Type 16 into all of the input: bicubic gives it back without a fault, the network does "
    "not. It has learnt digits, not pictures.",
)
def _(sheet: Page) -> None:
    sheet.set(input=16)
    assert sheet["bicubic"] == pytest.approx(np.full((8, 8), 16.0))
    network, bicubic = in_db(sheet)
    assert network < 5
    assert bicubic > 100
    assert network == pytest.approx(network_by_numpy(sheet))


@tries(
    "Network",
    "Type 0 over the whole code: nothing is drawn. Type 30 into its middle alone: only pixels "
    "of rows and columns 1 to 6 change.",
)
def _(sheet: Page) -> None:
    before = sheet["Decode 2"]
    sheet.set(Code=0)
    assert not sheet["Decode 2"].any()
    sheet.put_back()
    sheet.put("Code", (1, 1), 30)
    rows, columns = np.nonzero(sheet["Decode 2"] != before)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (1, 6, 1, 6)
