"""The lecturer's page of a lesson: minutes, what to ask, and what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xlconv.errors import XlconvError
from xlconv.figures.titles import head
from xlconv.grid.direction import isolated, way_of
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import MARGIN, column_room, wrapped
from xlconv.lessons.book import Book
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.teaching import Notes, Wrong
from xlconv.lessons.translation import said

HEADS = {"minutes": 1, "sheet": 4, "happens": 8, "ask": 20, "answer": 31}
"""The heads of the table, and the columns of the sheet that they begin at."""

COLUMNS = tuple(HEADS.values())

BELIEF = (1, 14)
"""The columns where a mistake stands, and what is said to it."""

WIDE = 43
"""Columns that the page has."""

LINE, GAP = 14, 6
"""Points of a line, and how many more the first of a row has."""

COMMON = ("notes_typed_over", "notes_old")
"""What goes wrong in any lesson."""

MARKED = re.compile(r"`([^`]*)`|\*([^*]*)\*")
"""A command, and what stands on a sheet, in Markdown, which the page for a browser has."""


def noted(lesson: Lesson) -> Notes:
    """What a lecturer wants to know of a lesson.

    Raises XlconvError where it does not tell.
    """
    if lesson.notes is None or not any(page.taught for page in lesson.pages):
        raise XlconvError(
            f'nothing is said to who teaches "{lesson.title:.60}": the lesson file needs [notes],'
            " and [[sheet.notes]] of a sheet",
            parameter="notes",
        )
    return lesson.notes


def minutes(lesson: Lesson) -> int:
    """How long it takes to teach all that is taught."""
    return sum(part.minutes for page in lesson.pages for part in page.taught)


def rows(lesson: Lesson) -> list[tuple[str, str, str, str, str]]:
    """The table, row by row; the name of a sheet stands in the first of its rows."""
    return [
        (str(part.minutes), "" if n else page.name, part.happens, part.ask, part.answer)
        for page in lesson.pages
        for n, part in enumerate(page.taught)
    ]


def comes_back(lesson: Lesson, name: str, sheet: Sheet) -> str:
    """What to do with files that come back.

    name   of the lesson, as in `notes_book`
    sheet  whose words are said
    """
    if any(page.ask for page in lesson.pages):
        return sheet.say("notes_grade")
    return sheet.say("notes_check", lesson=name)


def notes_book(lesson: Lesson, name: str) -> Book:
    """The lecturer's page, on one sheet.

    name  of the lesson, or its file, and what else a command names it by

    Raises XlconvError where the lesson has none.
    """
    told, sheet = noted(lesson), notes_sheet(lesson)
    idea = f"{sheet.name}: {sheet.say('notes_minutes', minutes=minutes(lesson))} {told.about}"
    head(sheet, lesson.title, _plain(idea), (), linked=False)
    _row(sheet, COLUMNS, [sheet.say(f"notes_head_{key}") for key in HEADS], ["strong"] * 5)
    for row in rows(lesson):
        _row(sheet, COLUMNS, row, ["text", "strong", "text", "text", "text"])
    if told.more:
        _row(sheet, (1,), (told.more,), ["text"])
    _heading(sheet, "notes_wrong")
    common = (Wrong(sheet.say(key), sheet.say(f"{key}_answer")) for key in COMMON)
    for wrong in (*told.wrong, *common):
        _row(sheet, BELIEF, (wrong.belief, wrong.answer), ["strong", "text"])
    _heading(sheet, "notes_back")
    _row(sheet, (1,), (comes_back(lesson, name, sheet),), ["text"])
    return Book(lesson.title, (sheet,), told={"language": lesson.language})


def notes_sheet(lesson: Lesson) -> Sheet:
    """The empty page, which says the words of the lesson's language."""
    way = way_of(lesson.language)
    words = isolated(said(lesson), way)
    return Sheet(words["notes"], words=words, widths={0: MARGIN}, row_height=LINE, way=way)


def _heading(sheet: Sheet, key: str) -> None:
    sheet.text((sheet.rows + 1, 1), sheet.say(key), "heading")


def _row(sheet: Sheet, columns: Sequence[int], texts: Sequence[str], roles: Sequence[str]) -> None:
    """A row of texts, each in as many lines as it needs up to the next column."""
    top, one = sheet.rows, column_room(sheet.column_width)
    sheet.heights[top] = sheet.row_height + GAP
    sheet.starts.append(top)
    for column, end, text, role in zip(columns, [*columns[1:], WIDE], texts, roles, strict=True):
        room = (end - column - 0.5) * one
        for n, line in enumerate(wrapped(_plain(text), role, room) if text else ()):
            sheet.text((top + n, column), line, role)


def _plain(text: str) -> str:
    """A text without the signs of Markdown.

    >>> _plain("`check *.xlsx` of the *second*")
    'check *.xlsx of the second'
    """
    return MARKED.sub(lambda found: found[1] or found[2], text)
