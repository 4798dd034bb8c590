"""The lecturer's page of a lesson: minutes, what to ask, and what goes wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlconv.errors import XlconvError
from xlconv.figures.titles import head
from xlconv.figures.words import WORDS
from xlconv.files.toml import read_toml
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import MARGIN, column_room, wrapped
from xlconv.lessons.book import Book
from xlconv.lessons.shipped import lesson_folder

COLUMNS = {"minutes": 1, "sheet": 4, "what happens": 8, "ask": 23}
"""The heads of the table, and the columns of the sheet that they begin at."""

WIDE = 38
"""Columns that the page has."""

MARKED = re.compile(r"`([^`]*)`|\*([^*]*)\*")
"""What is a command or stressed in Markdown, which the page for a browser has."""


@dataclass(frozen=True)
class Part:
    """What is done with a sheet, in how many minutes, and what to ask."""

    minutes: int
    sheet: str
    happens: str
    ask: str


@dataclass(frozen=True)
class Wrong:
    """What students believe, or do, and what is said to it."""

    belief: str
    answer: str


@dataclass(frozen=True)
class Notes:
    """What a lecturer wants to know of a lesson, in Markdown.

    more  what is said of other sheets
    back  what to do with files that come back
    """

    title: str
    idea: str
    more: str
    back: str
    part: tuple[Part, ...]
    wrong: tuple[Wrong, ...]


def notes(lesson: str) -> Notes:
    """The notes on a shipped lesson.

    Raises XlconvError where there are none.
    """
    known = sorted(path.stem for path in (lesson_folder() / "notes").glob("*.toml"))
    if lesson not in known:
        raise XlconvError(
            f"there is no lecturer's page of {lesson!r:.60}: known is that of {', '.join(known)}",
            parameter="notes",
        )
    table = read_toml(lesson_folder() / "notes" / f"{lesson}.toml")
    parts = tuple(Part(**part) for part in table["part"])
    wrong = tuple(Wrong(**one) for one in table["wrong"])
    return Notes(**table | {"part": parts, "wrong": wrong})


def notes_book(lesson: str, title: str) -> Book:
    """The lecturer's page, on one sheet.

    title  of the lesson
    """
    told = notes(lesson)
    sheet = Sheet(told.title, words=WORDS, widths={0: MARGIN})
    head(sheet, told.title, _plain(told.idea), (), linked=False)
    _row(sheet, dict.fromkeys(COLUMNS, ""), "strong", heads=True)
    for part in told.part:
        values = (str(part.minutes), part.sheet, part.happens, part.ask)
        _row(sheet, dict(zip(COLUMNS, values, strict=True)), "text")
    _lines(sheet, told.more)
    sheet.text((sheet.rows + 1, 1), "What goes wrong", "heading")
    for wrong in told.wrong:
        sheet.text((sheet.rows, 1), wrong.belief, "strong")
        _lines(sheet, wrong.answer, before=0, column=2)
    sheet.text((sheet.rows + 1, 1), "What comes back", "heading")
    _lines(sheet, told.back, before=0)
    return Book(title, (sheet,))


def _row(sheet: Sheet, values: dict[str, str], role: str, *, heads: bool = False) -> None:
    """A row of the table, each value in as many lines as it needs."""
    top, ends = sheet.rows + heads, [*COLUMNS.values(), WIDE][1:]
    for (name, column), end in zip(COLUMNS.items(), ends, strict=True):
        text = name if heads else values[name]
        for n, line in enumerate(wrapped(text, role, _room(sheet, end - column))):
            sheet.text((top + n, column), line, role)


def _lines(sheet: Sheet, text: str, before: int = 1, column: int = 1) -> None:
    """A text in lines over the whole page."""
    top = sheet.rows + before
    for n, line in enumerate(wrapped(_plain(text), "text", _room(sheet, WIDE - column))):
        sheet.text((top + n, column), line, "text")


def _room(sheet: Sheet, columns: int) -> float:
    return columns * column_room(sheet.column_width)


def _plain(text: str) -> str:
    """A text without the signs of Markdown.

    >>> _plain("`check *.xlsx` of the *second*")
    'check *.xlsx of the second'
    """
    return MARKED.sub(lambda found: found[1] or found[2], text)
