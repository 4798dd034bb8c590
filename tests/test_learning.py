"""The view learning: what it refuses. That it learns is proved with what its lesson proposes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.views.learning import learning

from .engines import ironcalc_engine
from .pages import file, page, read

X, W = np.arange(9.0).reshape(3, 3), [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rate": 0.6}, "rate must be from 0 to 0.5, got 0.6"),
        ({"rate": -0.1}, "rate must be from 0 to 0.5, got -0.1"),
        ({"steps": 1}, "steps must be from 2 to 50, got 1"),
        ({"steps": 51}, "steps must be from 2 to 50, got 51"),
    ],
)
def test_what_no_descent_has_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(XlconvError) as refused:
        learning(Sheet("S", "learning", WORDS), Layer.of(X, W), **options)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "layer", [Layer.of([X, X], [[W], [W]]), Layer.of([1.0, 2], [1.0, 2])], ids=repr
)
def test_a_layer_of_several_channels_or_another_rank_is_refused(layer: Layer) -> None:
    with pytest.raises(XlconvError, match="rows and columns, of one channel"):
        page("learning", layer)


def test_a_rate_that_is_none_learns_nothing() -> None:
    sheet = page("learning", Layer.of(X, W, stride=2, dilation=3, bias=[2]))
    (cell,) = (block.ranges()[0] for block in sheet.blocks if block.name == "rate")
    got = ironcalc_engine.recalculate(file(sheet), {(sheet.name, cell): "fast"})
    assert WORDS["rate_wrong"].format(most=0.5) in got[sheet.name].values()
    assert (read(got, sheet, "outputs") == 2).all()
    assert not read(got, sheet, "rates").any()
