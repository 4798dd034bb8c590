"""Rules that enlarge a picture, beside a network: as NumPy has them; and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.grid.sheet import Sheet
from xlconv.lessons.build import build

from .by_definition import WAYS, larger, smaller
from .test_network import block, lesson_of
from .test_quality import psnr

PICTURE = np.random.default_rng(1).integers(0, 17, (4, 4)).astype(float)
DOUBLE: dict[str, Any] = {
    "input": PICTURE.tolist(),
    "layer": [{"name": "Twice", "kind": "upsample", "mode": "nearest"}],
}


def beside(wanted: np.ndarray | None = None, **options: Any) -> Sheet:
    """A network that doubles a picture, and what it is held against."""
    if wanted is not None:
        options["target"] = wanted.tolist()
    page = {"name": "Beside", "view": "network", "network": "net", **options}
    return build(lesson_of(DOUBLE, page)).sheets[1]


@pytest.mark.parametrize("way", WAYS)
def test_each_rule_is_what_the_definition_says(way: str) -> None:
    wanted = np.random.default_rng(2).integers(0, 17, (8, 8)).astype(float)
    sheet = beside(wanted, rivals=[way])
    truth = larger(PICTURE, 8, way)
    assert block(sheet, way)[0] == pytest.approx(truth)
    assert float(block(sheet, f"psnr {way}")) == pytest.approx(psnr(truth, wanted))
    near = psnr(PICTURE.repeat(2, 0).repeat(2, 1), wanted)
    assert float(block(sheet, "psnr Twice")) == pytest.approx(near)


@pytest.mark.parametrize("size", [2, 3])
def test_means_are_of_windows_that_may_share_pixels(size: int) -> None:
    wanted = np.zeros((8, 8))
    sheet = beside(wanted, means=size, rivals=["bicubic"])
    small = smaller(PICTURE, size)
    assert block(sheet, "means")[0] == pytest.approx(small)
    assert block(sheet, "bicubic")[0] == pytest.approx(larger(small, 8, "bicubic"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"target": [[1, 2], [3, 4]]}, "target must be 8 × 8, got 2 × 2"),
        ({"rebuild": True}, "rebuild needs an output of the input's size, 4 × 4, got 8 × 8"),
        ({"target": [[0] * 8] * 8, "rivals": ["area"]}, 'bilinear, bicubic, got "area"'),
        ({"target": [[0] * 8] * 8, "means": 5}, "means must be from 1 to 4, got 5"),
        ({"target": [[0] * 8] * 8, "means": -1}, "means must be from 1 to 4, got -1"),
        ({"rivals": ["bicubic"]}, "rivals needs a target, or rebuild"),
    ],
)
def test_what_cannot_be_compared_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(XlconvError) as refused:
        beside(**options)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
