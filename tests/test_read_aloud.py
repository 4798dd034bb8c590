"""Formulas are read aloud: the lesson asks people to click on a cell and understand."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from xlconv.grid.references import conditions
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.shipped import lesson_names

from .engines.cached import formulas
from .pages import LAYER_VIEWS, file, pages

SMALL = [name for name in lesson_names() if name != "image"]
CELL = r"\$?[A-Z]{1,3}\$?\d+"
ARGUMENT = r"(?:[^(),]|\((?:[^()]|\([^()]*\))*\))+"

CLUMSY = {
    "a text is compared": r"[=<>]§(?!&)|§[=<>]",
    "one thing that all must be": rf"\b(?:AND|OR)\({ARGUMENT}\)",
    "a sum of one cell": rf"\bSUM(?:PRODUCT|XMY2)?\(({CELL}):\1[,)]",
    "two signs": r"[+-]-",
    "a step forth and back": r"\+(\d+)-\1\b",
}
"""What nobody would say -> how it looks."""


def bare(formula: str) -> str:
    """A formula with a sign for each text that is not the empty one."""
    return re.sub(r'"((?:[^"]|"")*)"', lambda text: "§" if text[1] else "ø", formula)


LAYERS = [
    Layer.of([[3]], [[2]]),
    Layer.of([2, 1, 3], [1, 2], stride=2, padding=1, bias=[1]),
    Layer.of(
        [[[1, 2], [3, 4]]],
        [[[[1, 2], [3, 4]]] * 2],
        stride=2,
        dilation=2,
        output_padding=1,
        padding=1,
    ),
    Layer.of([[1, 2], [3, 4]], [[1, 2, 3, 4]] * 4, stride=2, padding=1),
]


def clumsy(sheets: Sequence[Sheet], data: bytes) -> list[tuple[str, str, str]]:
    """What is said clumsily in formulas and conditions: the fault, the place in it, and around."""
    told = [text for cells in formulas(data).values() for text in cells.values()]
    told += [text for sheet in sheets for light in sheet.lights for _, text in conditions(light)]
    found = {
        (fault, hit[0], text[:120])
        for text in map(bare, told)
        for fault, pattern in CLUMSY.items()
        for hit in re.finditer(pattern, text)
    }
    return sorted(found)


@pytest.mark.parametrize("name", SMALL)
def test_formulas_are_what_one_would_say(name: str) -> None:
    book = build(name)
    assert clumsy(book.sheets, book.to_bytes()) == []


@pytest.mark.parametrize("view", LAYER_VIEWS)
def test_formulas_of_any_layer_are_what_one_would_say(view: str) -> None:
    for _, sheet in pages(view, LAYERS):
        assert clumsy([sheet], file(sheet)) == []
