"""A page as what is drawn on it: grounds, lines, texts and tables, each at its place in points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xlconv.frozen import frozen
from xlconv.grid.theme import Look


class Box(NamedTuple):
    """Where something stands: from the left, from the top, how wide and how high."""

    x: float
    y: float
    wide: float
    high: float


class Ground(NamedTuple):
    box: Box
    color: str


class Line(NamedTuple):
    """A line, across or down: of its box one side is 0."""

    box: Box
    color: str
    weight: float


@frozen
class Text:
    """A text in a cell, over whose sides it may run.

    size     of its letters, in points
    indent   what is free before it, in points
    leftward whether it is read from right to left
    kind     "title", "caption", "lines" of what goes on in a second line, or "" of any other
    rest     the part at its end that is not as loud
    target   the number of the sheet that it leads to, or the name of the file; or None
    """

    box: Box
    words: str
    look: Look
    size: float
    indent: float = 0
    leftward: bool = False
    kind: str = ""
    rest: str = ""
    target: int | str | None = None


@frozen
class Table:
    """Texts in rows and columns, each in its own cell; nothing stands where there is no text."""

    box: Box
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    texts: Mapping[tuple[int, int], Text]


@frozen
class Page:
    """One page.

    read   its texts and tables, in the order in which they are read
    again  texts that a page before it has, too: a program that reads aloud passes over them
    sheet  the number of its sheet, from 0
    name   that of its sheet, which stands at its bottom
    first  whether it is the first one of its sheet
    """

    wide: float
    high: float
    grounds: Sequence[Ground]
    lines: Sequence[Line]
    read: Sequence[Text | Table]
    again: Sequence[Text] = ()
    leftward: bool = False
    sheet: int = 0
    name: str = ""
    first: bool = True


@frozen
class Part:
    """Pages that are numbered from 1.

    title  what stands at the top of each; None where nothing is around a page
    """

    pages: Sequence[Page]
    title: str | None = None
