"""Words around figures: captions, notes, and the signs between them."""

from __future__ import annotations

from collections.abc import Iterable

from xlconv.figures.layout import Part, line_room
from xlconv.grid.grid import Anchor
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import wrapped


def caption(sheet: Sheet, words: str, across: int = 0) -> Anchor | None:
    """Words above a figure, at the height of the captions beside it; none of no words.

    across  columns from the figure's corner to the first letter
    """
    if not words:
        return None
    corner = sheet.corner()
    sheet.text(corner.shift(0, across), words, "caption")
    return corner.anchor


def paragraphs(sheet: Sheet, texts: Iterable[str]) -> Part:
    """Texts under one another, each in as many lines as it takes on paper."""
    lines = [line for text in texts for line in wrapped(text, "text", line_room(sheet))]
    return note(sheet, *lines, role="text")


def note(sheet: Sheet, *lines: str, role: str = "note") -> Part:
    """A few words, a sign, or lines under one another."""
    corner = sheet.corner()
    for n, line in enumerate(lines):
        sheet.text(corner.shift(n), line, role)
    return Part(corner.anchor)
