"""The lesson on segmentation."""

import numpy as np
import pytest

from training.networks import COARSE_SEGMENTATION, PLAIN_SEGMENTATION, SEGMENTATION, Network

from ..by_definition import larger, run
from ..test_quality import shipped
from .desk import Page
from .proofs import proofs_of

tries = proofs_of("segmentation")


def told(network: Network, name: str, scene: np.ndarray) -> np.ndarray:
    """The class of each pixel by the definitions; few scores are enlarged first."""
    scores = run(network, shipped(name), scene[None, None])[0]
    return larger(scores, 16, "bilinear").argmax(0) if scores.shape[1] < 16 else scores.argmax(0)


def iou(found: np.ndarray, truth: np.ndarray) -> float:
    """The mean over the classes that one of the two has."""
    both = [np.sum((found == n) & (truth == n)) for n in range(4)]
    either = [np.sum((found == n) | (truth == n)) for n in range(4)]
    return float(np.mean([a / b for a, b in zip(both, either, strict=True) if b]))


def count(sheet: Page, number: int) -> int:
    return int((sheet["classes"] == number).sum())


def pixels(sheet: Page, number: int) -> tuple[int, int]:
    """Those of a class that are found, by the table, and those that there are."""
    return int(sheet["both"][number]), int((sheet["truth"] == number).sum())


def check_by_numpy(sheet: Page, network: Network, name: str) -> None:
    found = told(network, name, sheet["input"])
    assert np.array_equal(sheet["classes"], found)
    truth = sheet["truth"]
    assert float(sheet["mean_iou"]) == pytest.approx(iou(found, truth))
    assert np.array_equal(sheet["alike"], np.where(found == truth, found, -1))


def forget_the_right(sheet: Page) -> None:
    scene = sheet["input"]
    scene[:, 8:] = 0
    sheet.set(input=scene)


@tries(
    "Skip",
    "Read the IoU: 0.96. Of the same scene it is 0.50 on the sheet Plain, and 0.24 on Coarse.",
)
def _(sheet: Page) -> None:
    others = [sheet.neighbour("Plain"), sheet.neighbour("Coarse")]
    pages = [sheet, *others]
    assert [f"{float(page['mean_iou']):.2f}" for page in pages] == ["0.96", "0.50", "0.24"]
    assert all(np.array_equal(page["input"], sheet["input"]) for page in others)
    assert all(np.array_equal(page["truth"], sheet["truth"]) for page in others)
    check_by_numpy(sheet, SEGMENTATION, "segmentation")
    check_by_numpy(others[0], PLAIN_SEGMENTATION, "segmentation-plain")
    check_by_numpy(others[1], COARSE_SEGMENTATION, "segmentation-coarse")


@tries(
    "Skip",
    "Type 0 over channels 4 to 7 of the joined maps, those of Encode 1: all is nothing. Over "
    "channels 0 to 3 instead: IoU 0.19.",
)
def _(sheet: Page) -> None:
    joined = "Decode 2 joined"
    assert np.array_equal(sheet[joined][4:], sheet["Encode 1"])
    classes, places = sheet[joined].copy(), sheet[joined].copy()
    classes[4:], places[:4] = 0, 0
    sheet.set(**{joined: classes})
    assert not sheet["classes"].any()
    sheet.set(**{joined: places})
    assert f"{float(sheet['mean_iou']):.2f}" == "0.19"


@tries(
    "Skip",
    "Type 0 into columns 8 to 15 of the scene: the one is gone, and the seven keeps its 24 pixels.",
)
def _(sheet: Page) -> None:
    assert (count(sheet, 2), count(sheet, 3)) == (24, 24)
    forget_the_right(sheet)
    assert [count(sheet, n) for n in range(4)] == [256 - 24, 0, 0, 24]
    check_by_numpy(sheet, SEGMENTATION, "segmentation")


@tries(
    "Plain",
    "Read the table: 15 of the 25 pixels of the one are found, and 8 are said to be of a zero, "
    "though there is none.",
)
def _(sheet: Page) -> None:
    assert pixels(sheet, 2) == (15, 25)
    assert pixels(sheet, 1) == (0, 0)
    assert count(sheet, 1) == sheet["either"][1] == 8


@tries(
    "Plain",
    "Type 0 into columns 8 to 15 of the scene, on the sheet Skip: without its neighbour, the seven "
    "has here 13 pixels, and 8 are still of a zero.",
)
def _(sheet: Page) -> None:
    forget_the_right(sheet.neighbour("Skip"))
    assert (count(sheet, 3), count(sheet, 1)) == (13, 8)
    check_by_numpy(sheet, PLAIN_SEGMENTATION, "segmentation-plain")


@tries(
    "Coarse",
    "Read the table: of the 25 pixels of the one 2 are found, and 2 of the 24 of the seven.",
)
def _(sheet: Page) -> None:
    assert pixels(sheet, 2) == (2, 25)
    assert pixels(sheet, 3) == (2, 24)


@tries(
    "Coarse",
    "Look at Scores: in 3 of its 16 places another class than nothing has the largest score. "
    "Interpolation makes no more of them.",
)
def _(sheet: Page) -> None:
    assert (sheet["Scores"].argmax(0) > 0).sum() == 3
    assert sheet["Enlarge"] == pytest.approx(larger(sheet["Scores"], 16, "bilinear"))
