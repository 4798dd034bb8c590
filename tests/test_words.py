"""Words are said and never asked: what they are changes no number and no colour."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from xlconv.figures.words import WORDS
from xlconv.grid.references import conditions
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.lesson import places
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names

from .engines import ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.compare import differences

SMALL = [name for name in lesson_names() if name not in ("image", "stacking")]
"""The lessons that are quickly built, and whose formulas say words."""

ASKED = re.compile(r'(?:=|<|>)"[^"]*§|§[^"]*"(?:=|<|>)')
"""A text compared with something, in a formula whose words begin with this sign."""


def said(name: str, word: Callable[[str], str]) -> Book:
    """A lesson with other words, so that they keep their places."""
    words = {key: word(text) for key, text in WORDS.items()}
    return build(replace(load_lesson(name), words=words))


@pytest.mark.parametrize("name", SMALL)
def test_no_formula_asks_what_words_say(name: str) -> None:
    book = said(name, lambda text: f"§{text}"[:255])
    told = [text for sheet in formulas(book.to_bytes()).values() for text in sheet.values()]
    lit = [told for sheet in book.sheets for light in sheet.lights for _, told in conditions(light)]
    assert any("§" in text for text in told)
    assert [text for text in (*told, *lit) if ASKED.search(text)] == []


def test_words_that_are_all_alike_change_no_number() -> None:
    name = "transposed-convolutions"
    book = said(name, lambda text: "".join(sorted(places(text))))
    data = book.to_bytes()
    assert differences(cached_values(data), ironcalc_engine.recalculate(data)) == []
    for sheet, own in zip(build(name).sheets, book.sheets, strict=True):
        for block, same in zip(sheet.blocks, own.blocks, strict=True):
            if sheet.name not in ("Contents", "Code") and block.cells.value.dtype == float:
                assert block.cells.value.tolist() == same.cells.value.tolist()
