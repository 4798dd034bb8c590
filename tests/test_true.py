"""What a sheet says must be true: each equation on it holds, and no size reads as a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.shipped import lesson_names

from .pages import LAYER_VIEWS, page, pages

SIGNS = r"[\d\s()⌊⌋+*×·/.:-]*"
LEFT = re.compile(rf"(?<![\w\]])[\d(⌊-]{SIGNS}$")
RIGHT = re.compile(rf"^[\d(⌊-]{SIGNS}(?![\w\[])")

LAYERS = [
    Layer.of([2, -1, 3, 1], [1, -2, 3], stride=2),
    Layer.of([2, 1, 3], [1, 2, 2], stride=2, padding=[(1, 0)], output_padding=1),
    Layer.of(np.arange(4).reshape(2, 2), np.arange(6).reshape(3, 2), stride=[3, 2], padding=1),
    Layer.of(np.ones((2, 2)), np.ones((2, 3)), dilation=2, output_padding=1),
    Layer.of(np.arange(9).reshape(3, 3), np.arange(16).reshape(4, 4), stride=2, padding=1),
]


def texts(sheet: Sheet) -> Iterator[str]:
    """Every text that a sheet shows, computed ones too."""
    yield from (cell.value for cell in sheet.cells() if isinstance(cell.value, str))


def equations(text: str) -> Iterator[tuple[str, str]]:
    """The sides of each equation of numbers in a text."""
    for before, after in pairwise(text.split(" = ")):
        left, right = LEFT.search(before), RIGHT.match(after)
        if left and right:
            yield left[0], right[0].rstrip(" .:+-*×·/")


def value(side: str) -> list[float]:
    """What a side is; 1:2 is 1 before and 2 after."""
    python = side.replace("·", "*").replace("×", "*").replace("⌊", "int(").replace("⌋", ")")
    ends = (re.sub(r"(-?\d+):(-?\d+)", rf"(\{n})", python) for n in (1, 2))
    return [float(eval(end)) for end in ends]


def false(sheets: Iterable[Sheet]) -> tuple[int, list[str]]:
    """How many equations are told, and the texts of those that do not hold."""
    told = [(t, *sides) for sheet in sheets for t in texts(sheet) for sides in equations(t)]
    return len(told), [t for t, a, b in told if not np.allclose(value(a), value(b), atol=2e-4)]


NETWORKS = ("auto-encoder", "generator", "learning", "segmentation", "stacking", "super-resolution")
WITHOUT = ("frameworks", "output-padding", *NETWORKS)
"""Lessons that tell no equation."""


@pytest.mark.parametrize("name", [name for name in lesson_names() if name != "image"])
def test_equations_on_the_sheets_of_a_lesson_hold(name: str) -> None:
    count, wrong = false(build(name).sheets)
    assert wrong == []
    assert count or name in WITHOUT


@pytest.mark.parametrize("view", LAYER_VIEWS)
def test_equations_on_the_sheets_of_any_layer_hold(view: str) -> None:
    for _, sheet in pages(view, LAYERS):
        assert false([sheet])[1] == []


def test_equations_are_found_and_judged() -> None:
    assert [*equations("row: 4 = (2-1)·2 + 2; k = 3, k-1-p = 2 - 1 + 0:1 = 1:2")] == [
        ("4", "(2-1)·2 + 2"),
        ("2 - 1 + 0:1", "1:2"),
    ]
    sheet = Sheet("S")
    sheet.text((0, 0), "Output  4 × 4 = (2-1)·2 + 2", "text")
    assert false([sheet]) == (1, ["Output  4 × 4 = (2-1)·2 + 2"])  # 16 is not 4


BARE = re.compile(r"\b\d+ kept|(?:padding|output_padding) \d+: \d+$|shape, \d+$|inside \(\d+\)")
"""A size of one axis as a number alone."""


@pytest.mark.parametrize("view", LAYER_VIEWS)
def test_the_size_of_one_axis_says_that_it_counts_cells(view: str) -> None:
    for stride, kernel in ((2, [1, 2, 3]), (3, [1, 2]), (2, [1, 2, 2, 1])):
        layer = Layer.of([2, 1, 3], kernel, stride=stride, padding=int(len(kernel) > 3))
        try:
            sheet = page(view, layer)
        except XlconvError:
            continue  # there is no such view of it, and another test says why
        assert [text for text in texts(sheet) if BARE.search(text)] == []
