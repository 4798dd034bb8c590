"""Words around figures: captions, notes, and the signs between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlconv.figures.layout import Part
from xlconv.figures.paper import line_room
from xlconv.figures.titles import size_words
from xlconv.grid.direction import END, ISOLATE
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Sized
from xlconv.grid.places import Spot, bounds, start
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import wrapped


def caption(sheet: Sheet, words: str, across: int = 0) -> Spot | None:
    """Words above a figure, at the height of the captions beside it; none of no words.

    What stands behind two spaces is the figure's size: it is grey, and a single number has a word.

    across  columns from the figure's corner to the first letter
    """
    if not words:
        return None
    told, _, size = words.partition("  ")
    number = size.strip(ISOLATE + END)
    if number.isdecimal():
        size = sheet.count("cells", count=int(number))
    spot = sheet.corner().shift(0, across)
    return named(sheet, spot, Sized(told, size) if size else told)


def named(sheet: Sheet, at: Spot, words: str) -> Spot:
    """A caption at a spot; a layout puts its number before it, in the gap if nothing is there."""
    sheet.text(at, words, "caption")
    return at


def paragraphs(sheet: Sheet, texts: Iterable[str], begin: int = 1) -> Part:
    """Texts under one another, each in as many lines as it takes on paper.

    begin  the column in which they begin
    """
    corner = sheet.corner()
    put_lines(sheet, corner, texts, begin)
    return Part(corner.anchor, below=True)


def put_lines(sheet: Sheet, at: Spot, texts: Iterable[str], begin: int = 1) -> int:
    """Texts under one another from a spot on, on lines that paper has room for; how many lines.

    begin  the column in which they begin
    """
    down = 0
    for text in texts:
        lines = wrapped(text, "text", line_room(sheet, begin))
        spots = [at.shift(n) for n in range(down, down + len(lines))]
        sheet.paragraphs.append([*map(sheet.text, spots, lines)])
        down += len(lines)
    return down


def note(sheet: Sheet, *lines: str, role: str = "note") -> Part:
    """A few words, a sign, or lines under one another."""
    corner = sheet.corner()
    for n, line in enumerate(lines):
        sheet.text(corner.shift(n), line, role)
    return Part(corner.anchor, below=True)


def explain(sheet: Sheet, output: Grid, sizes: Sequence[int], formulas: Sequence[str]) -> None:
    """How an output gets its sizes, in words under its last row."""
    first, last = bounds(output)
    under = start(output).shift(last[0] - first[0] + 1)
    sheet.text(under, size_words(sheet, sizes, formulas), "note")
