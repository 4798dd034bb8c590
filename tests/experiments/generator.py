"""The lesson on a generator."""

import numpy as np
import pytest

from training.networks import GENERATOR

from ..by_definition import run
from ..test_quality import CLASSES, DIGITS, shipped
from .desk import Page
from .proofs import proofs_of

tries = proofs_of("generator")


def drawn(sheet: Page, *code: float) -> np.ndarray:
    """What the sheet draws for four numbers: it is what the definitions draw."""
    sheet.set(input=np.reshape(code, (4, 1, 1)))
    picture = sheet["Decode 2"]
    given = np.array(code, float).reshape(1, 4, 1, 1)
    assert picture == pytest.approx(run(GENERATOR, shipped("generator"), given)[0, 0])
    assert np.array_equal(sheet["preview"], picture)
    return np.asarray(picture)


def read(picture: np.ndarray) -> int:
    """The class of the held-out digit that a picture is most like."""
    apart = ((picture - DIGITS / 16) ** 2).sum((1, 2))
    return int(CLASSES[apart.argmin()])


@tries(
    "Network",
    "Type -1, -1, 0, -1 into the four numbers: a three. Type -2, -1, 0, 0: a nine. Type 2, 1, "
    "-1, 0: a one.",
)
def _(sheet: Page) -> None:
    assert read(drawn(sheet, -1, -1, 0, -1)) == 3
    assert read(drawn(sheet, -2, -1, 0, 0)) == 9
    assert read(drawn(sheet, 2, 1, -1, 0)) == 1


@tries(
    "Network",
    "Begin with 0, 1, 0, -2, and raise the last number to -1, 0 and 1: the seven turns into a "
    "four.",
)
def _(sheet: Page) -> None:
    assert sheet["input"].tolist() == [0, 1, 0, -2]
    each = [drawn(sheet, 0, 1, 0, last) for last in (-2, -1, 0, 1)]
    assert [read(each[0]), read(each[1]), read(each[3])] == [7, 7, 4]


@tries(
    "Network",
    "Type 0 four times: it cannot decide. What the biases alone draw is a checkerboard of "
    "period 2, the stride.",
)
def _(sheet: Page) -> None:
    picture = drawn(sheet, 0, 0, 0, 0)
    assert 0.1 < picture.min() < picture.max() < 0.7
    inner = picture[1:-1, 1:-1]
    assert inner[2:] == pytest.approx(inner[:-2])
    assert inner[:, 2:] == pytest.approx(inner[:, :-2])
    assert inner[0, 0] != pytest.approx(inner[0, 1])
