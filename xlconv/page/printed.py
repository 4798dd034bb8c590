"""How a page is printed: each sheet on paper of its own, as large as it may be."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from xlconv.grid.marks import Head
from xlconv.grid.sheet import Sheet

SIZES = {"portrait": (697, 1026), "landscape": (1026, 697)}
"""A4 between its margins, in pixels."""

LARGEST, READABLE = 1.33, 0.7
"""The scale of a small figure, and the least of one that can still be read."""

TITLE, IDEA, ITEM = (31, 13), (21, 7.5), (19, 6.8)
"""How high a line of a head is, and how wide a letter, in pixels; as page.css has them."""

WIDEST, AROUND = 1100, 22
"""The room of a head, and what lies between its parts and below it, in pixels."""


def print_rules(sheets: Sequence[Sheet]) -> str:
    """The rule of each sheet."""
    return "\n".join(map(_rule, range(len(sheets)), sheets))


def across(sheet: Sheet) -> list[int]:
    """How wide its columns are, in pixels."""
    columns = range(sheet.columns)
    return [int(sheet.widths.get(n, sheet.column_width) * 7 + 0.5) for n in columns]


def _rule(number: int, sheet: Sheet) -> str:
    """All of it on one page, if it can be read there; else its first part below its head, if that
    can be; else it is as wide as a page."""
    for down in (*_down(sheet), 1.0):
        way, scale = max(
            ((way, _scale(sheet, size, down)) for way, size in SIZES.items()),
            key=lambda one: one[1],
        )
        if scale >= READABLE:
            break
    return (
        f"@page s{number}{{size:A4 {way}}}"
        f"@media print{{#s{number}{{page:s{number}}}#s{number} .paper{{zoom:{scale:.2f}}}}}"
    )


def _scale(sheet: Sheet, size: tuple[int, int], down: float) -> float:
    """At which so many pixels of a figure stand below their head on one page."""
    wide, high = size
    room = high - _head(sheet.head, min(wide, WIDEST)) if sheet.head else high
    return min(LARGEST, wide / max(sum(across(sheet)), 1), room / down)


def _down(sheet: Sheet) -> tuple[float, float]:
    """How high all of a figure is, and its first part, in pixels."""
    top = sheet.head.rows if sheet.head else 0
    first = min((row for row in sheet.starts if row > top), default=sheet.rows)
    rows = [sheet.heights.get(n, sheet.row_height) * 4 / 3 for n in range(top, sheet.rows)]
    return sum(rows) or 1.0, sum(rows[: first - top]) or 1.0


def _head(head: Head, wide: int) -> float:
    """How high a head is, roughly."""
    said = [(head.title, TITLE), (head.idea, IDEA), *((item, ITEM) for item in head.try_this)]
    lines = sum(high * ceil(len(text) * letter / wide) for text, (high, letter) in said)
    return lines + ITEM[0] * bool(head.try_this) + AROUND
