"""Random layers in every view: after ten edits each cell that the page shows is IronCalc's."""

from __future__ import annotations

from typing import Any

import pytest

from xlconv.errors import XlconvError
from xlconv.lessons.book import Book
from xlconv.lessons.build import build

from ..pages import LAYER_VIEWS
from ..test_page_computes import edits, layers
from .chromium import complaints, needs_chromium
from .typed import Both

pytestmark = [pytest.mark.prove, needs_chromium]


def first_shown(view: str) -> Book:
    """The first of the layers that a view shows."""
    for layer in layers():
        try:
            return build(layer, views=view)
        except XlconvError:
            continue
    raise AssertionError(f"{view} shows none")


@pytest.mark.parametrize("view", LAYER_VIEWS)
def test_cells_after_edits_are_those_of_ironcalc(view: str, driver: Any) -> None:
    book = first_shown(view)
    both = Both(driver, book)
    both.enter(0, {at: value for (_, at), value in edits(book.sheets[0], 8).items()})
    both.evaluate()
    assert complaints(driver) == []
