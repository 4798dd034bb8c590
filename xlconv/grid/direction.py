"""Which way a sheet runs: from left to right, or from right to left where its language asks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from xlconv.grid.theme import Look

RIGHT_TO_LEFT = ("ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi")
"""Languages that are read from right to left, by the first part of their code."""

FROM_LEFT, FROM_RIGHT = 1, 2
"""How a text in a cell is read, as a file has it."""

OPPOSITE = {"left": "right", "right": "left"}

ISOLATE, END = "\u2068", "\u2069"
"""The signs around a text in another that keep the two from turning each other."""

PLACE = re.compile(r"\{\w+\}")
"""Where something is filled into a text."""


def is_leftward(language: str) -> bool:
    """Whether a language is read from right to left.

    >>> is_leftward("ar-EG"), is_leftward("arn"), is_leftward("zh")
    (True, False, False)
    """
    return language.lower().split("-")[0] in RIGHT_TO_LEFT


def isolated(words: Mapping[str, str]) -> dict[str, str]:
    """Words whose {places} are filled with what runs in a direction of its own.

    >>> isolated({"size": "a {n}"}) == {"size": "a \u2068{n}\u2069"}
    True
    """
    return {key: PLACE.sub(rf"{ISOLATE}\g<0>{END}", text) for key, text in words.items()}


def mirrored(look: Look) -> Look:
    """A look on a sheet that runs from right to left: what stood at one side stands at the other.

    >>> mirrored(Look(align="left")).align, mirrored(Look(align="center")).align
    ('right', 'center')
    """
    return replace(look, align=OPPOSITE.get(look.align or "", look.align))


def reading(look: Look) -> int:
    """How a cell's text is read on such a sheet: formulas and programs as ever; 0 if left open."""
    if look.symbols:
        return FROM_LEFT
    return FROM_RIGHT if look.align in OPPOSITE else 0
