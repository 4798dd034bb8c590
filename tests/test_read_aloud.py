"""Formulas are read aloud: the lesson asks people to click on a cell and understand."""

from __future__ import annotations

import re

import pytest

from xlconv.grid.references import conditions
from xlconv.lessons.build import build
from xlconv.lessons.shipped import lesson_names

from .engines.cached import formulas

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


@pytest.mark.parametrize("name", SMALL)
def test_formulas_are_what_one_would_say(name: str) -> None:
    book = build(name)
    told = [text for sheet in formulas(book.to_bytes()).values() for text in sheet.values()]
    told += [text for s in book.sheets for light in s.lights for _, text in conditions(light)]
    found = {
        (fault, hit[0], text[:120])
        for text in map(bare, told)
        for fault, pattern in CLUMSY.items()
        for hit in re.finditer(pattern, text)
    }
    assert sorted(found)[:5] == []
