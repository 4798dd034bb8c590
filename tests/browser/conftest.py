"""One browser for all tests that leave nothing open in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .chromium import browser


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    with browser() as one:
        yield one
