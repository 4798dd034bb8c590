"""The lessons that one links to, before and after it: what their workbooks are called."""

from __future__ import annotations

from pathlib import PurePath
from shlex import quote

from xlconv.figures.neighbours import Neighbour
from xlconv.files.saving import SUFFIX
from xlconv.lessons.lesson import ENGLISH, LESSON_FILE, Lesson
from xlconv.lessons.shipped import language_names, lesson_names


def workbook_name(lesson: str, language: str = "") -> str:
    """What a lesson's workbook is called, without what every workbook's name ends with.

    >>> workbook_name("checkerboard"), workbook_name("my/own.toml", "de")
    ('checkerboard', 'own-de')
    """
    name = PurePath(lesson.removesuffix(LESSON_FILE)).name
    return f"{name}-{language}" if language else name


def neighbours(lesson: Lesson) -> list[Neighbour]:
    """The lessons before and after one: the shipped ones in its own language, if they speak it."""
    ways = {"previous": lesson.before, "next": lesson.after}
    return [_neighbour(way, name, lesson.language) for way, name in ways.items() if name]


def beyond(lesson: Lesson, number: int) -> list[Neighbour]:
    """Those that the head of a sheet leads to: of its contents none, which tell more of them."""
    ends = {"previous": 0, "next": len(lesson.pages) - 1}
    if number not in ends.values() or lesson.pages[number].view == "contents":
        return []
    return [one for one in neighbours(lesson) if number == ends[one.way]]


def _neighbour(way: str, lesson: str, language: str) -> Neighbour:
    # no translation is into English
    translated = language != ENGLISH and language in language_names() and lesson in lesson_names()
    spoken = language if translated else ""
    command = f"xlconv build {quote(lesson)}" + (f" --lang {spoken}" if spoken else "")
    return Neighbour(way, workbook_name(lesson), workbook_name(lesson, spoken) + SUFFIX, command)
