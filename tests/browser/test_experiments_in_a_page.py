"""Every item under "Try this" of every lesson, carried out in its page by typing.

After each entry every cell of the book is what IronCalc computes, and what is shown is what it is.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from xlconv.lessons.build import build

from ..experiments.desk import Page
from ..experiments.proofs import PROOFS, Item
from ..test_experiments import TRIED
from .chromium import browser, complaints, needs_chromium, requests
from .typed import Both, pages_of

pytestmark = [pytest.mark.prove, needs_chromium]


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser() as one:
        yield one


OPEN: dict[str, dict[str, Page]] = {}


@pytest.mark.parametrize("item", TRIED, ids=lambda item: "/".join(item)[:60])
def test_what_the_page_says_is_true(item: Item, driver: Any) -> None:
    if item.lesson not in OPEN:
        OPEN.clear()
        OPEN[item.lesson] = pages_of(Both(driver, build(item.lesson)))
    page = OPEN[item.lesson][item.sheet]
    page.model.show(page.number)
    try:
        PROOFS[item](page)
    finally:
        page.model.put_back(OPEN[item.lesson].values())
    assert complaints(driver) == []
    assert requests(driver) == []
