"""Which way a sheet runs: from left to right, or from right to left where its language asks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import IntEnum

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


class Way(IntEnum):
    """Which way a sheet and its words run."""

    RIGHTWARD = 0
    LEFTWARD = 1
    MIXED = 2
    """Words from right to left on a sheet from left to right."""


ONWARD = {Way.RIGHTWARD: "→", Way.LEFTWARD: "←", Way.MIXED: "→"}
"""The arrow that points to what comes next."""


def way_of(language: str) -> Way:
    """Which way the sheets of a language run.

    >>> way_of("ar-EG").name, way_of("arn").name, way_of("zh").name
    ('LEFTWARD', 'RIGHTWARD', 'RIGHTWARD')
    """
    first = language.lower().split("-")[0]
    return Way.LEFTWARD if first in RIGHT_TO_LEFT else Way.RIGHTWARD


def mixed(way: Way) -> Way:
    """The way of a sheet that runs from left to right whatever its words do."""
    return way if way is Way.RIGHTWARD else Way.MIXED


def isolated(words: Mapping[str, str], way: Way) -> Mapping[str, str]:
    """Words whose {places} are filled with what may run in a direction of its own.

    >>> isolated({"size": "a {n}"}, Way.LEFTWARD) == {"size": "a \u2068{n}\u2069"}
    True
    """
    if way is Way.RIGHTWARD:
        return words
    return {key: PLACE.sub(rf"{ISOLATE}\g<0>{END}", text) for key, text in words.items()}


def mirrored(look: Look, way: Way) -> Look:
    """A look on a sheet that runs so: what stood at one side stands at the other.

    >>> [mirrored(Look(align=side), Way.LEFTWARD).align for side in ("left", "center")]
    ['right', 'center']
    """
    turned = OPPOSITE.get(look.align or "") if way is Way.LEFTWARD else None
    return replace(look, align=turned) if turned else look


def reading(look: Look, way: Way) -> int:
    """How a cell's text is read on such a sheet: formulas and programs as ever; 0 if left open."""
    if way is Way.RIGHTWARD or look.align not in OPPOSITE:
        return 0
    return FROM_LEFT if look.symbols else FROM_RIGHT
