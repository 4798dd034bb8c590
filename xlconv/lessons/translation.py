"""A lesson in another language: its texts, where they stand, and what takes their place."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.files.toml import read_toml
from xlconv.frozen import frozen
from xlconv.lessons.book import check_names
from xlconv.lessons.lesson import Lesson, Page, check_language
from xlconv.lessons.schema import Table
from xlconv.lessons.shipped import find_language, language_names
from xlconv.lessons.teaching import Notes, Part, Wrong
from xlconv.visible import visible

KEYS = {"language": str, "texts": dict}
"""What a translation file has: the code of its language, and a text for each of the lesson's."""

PROSE = ("about", "how", "beside_figure", "below_figure", "examples", "classes")
"""The options of views that people read."""

T = TypeVar("T", Notes, Part, Wrong)

Change = Callable[[str, str], str]
"""(where a text stands, the text) -> the text that is to stand there."""


@frozen
class Translation:
    """What stands for each text in another language; a text that is not there stays as it is."""

    language: str
    texts: Mapping[str, str]
    table: Table
    """What errors name."""

    def of(self, text: str) -> str:
        """The text in this language, or as it is."""
        return self.texts.get(text) or text


def load_translation(language: str | os.PathLike[str]) -> Translation:
    """A shipped translation by the code of its language, or a translation file by its path.

    Raises UnreadableError for a file that cannot be read, XlconvError for one that says something
    wrong.

    >>> load_translation("de").of("Collect")
    'Einsammeln'
    """
    path = find_language(language)
    table, values = Table(path), read_toml(path)
    table.check(values, KEYS, needed=KEYS)
    texts = values["texts"]
    table.part("texts").check(texts, dict.fromkeys(texts, str))
    try:
        check_language(values["language"])
    except XlconvError as error:
        raise table.wrong(str(error)) from None
    return Translation(values["language"], texts, table)


@cache
def _shipped_words(language: str) -> dict[str, str]:
    """The words that views write in a language; none where there is no shipped translation."""
    if language not in language_names():
        return {}
    translation = load_translation(language)
    return {key: translation.of(text) for key, text in WORDS.items()}


def said(lesson: Lesson) -> dict[str, str]:
    """Every word that the views of a lesson write: its own, or else those of its language."""
    return WORDS | _shipped_words(lesson.language) | dict(lesson.words)


def translated(lesson: Lesson, translation: Translation) -> Lesson:
    """The lesson in another language.

    Raises XlconvError where a text does not fit in its place.
    """
    try:
        new = replace(
            changed(lesson, lambda _, text: translation.of(text)), language=translation.language
        )
        check_names(new.names)
        return new
    except XlconvError as error:
        raise translation.table.wrong(str(error)) from None


def changed(lesson: Lesson, change: Change) -> Lesson:
    """The lesson with each of its texts, and of the words that views write, changed."""
    title = change("the lesson's title", lesson.title)
    pages = tuple(_page(page, change) for page in lesson.pages)
    words = WORDS | dict(lesson.words)
    words = {k: change(f"the word {k}", text) if text else "" for k, text in words.items()}
    layers = dict(lesson.layers)
    if any(page.view == "code" for page in lesson.pages):  # which shows their names
        layers = {change(f"layer {name}", name): layer for name, layer in layers.items()}
    notes = _notes(lesson.notes, change)
    return replace(lesson, title=title, pages=pages, layers=layers, words=words, notes=notes)


def _notes(notes: Notes | None, change: Change) -> Notes | None:
    if notes is None:
        return None
    wrong = tuple(_each(one, "notes, what goes wrong", change) for one in notes.wrong)
    return replace(_each(notes, "notes", change), wrong=wrong)


def _each(told: T, where: str, change: Change) -> T:
    """The same with each of its texts changed."""
    texts = {key: text for key, text in vars(told).items() if isinstance(text, str) and text}
    new: dict[str, Any] = {key: change(f"{where}, {key}", text) for key, text in texts.items()}
    return replace(told, **new)


def _page(page: Page, change: Change) -> Page:
    def one(key: str, text: str) -> str:
        return change(f"{page.name}, {key}", text) if text else ""

    def each(key: str, texts: Any) -> list[str]:
        return [one(f"{key} {number}", text) for number, text in enumerate(texts or (), 1)]

    options = {key: each(key, page.options[key]) for key in PROSE if key in page.options}
    return replace(
        page,
        name=one("name", page.name),
        title=one("title", page.title),
        idea=one("idea", page.idea),
        try_this=tuple(each("try", page.try_this)),
        options={**page.options, **options},
        taught=tuple(_each(part, f"{page.name}, notes", change) for part in page.taught),
    )


def texts_of(*lessons: Lesson) -> dict[str, str]:
    """Every text of a lesson, or of several, and where it first stands."""
    places: dict[str, str] = {}

    def note(where: str, text: str) -> str:
        places.setdefault(text, where)
        return text

    for lesson in lessons:
        changed(lesson, note)
    return places


def missing(lesson: Lesson, translation: Translation) -> list[str]:
    """The texts of a lesson that a translation has nothing for."""
    return [text for text in texts_of(lesson) if not translation.texts.get(text)]


def listing(*lessons: Lesson, known: Translation | None = None) -> str:
    """A translation file for lessons: what is translated already, and the rest to be filled in."""
    language, texts = (known.language, known.texts) if known else ("", {})
    lines = [
        *(f"# {lesson.title}" for lesson in lessons),
        "# Before each = the lesson's own text, behind it what stands for it; where that is empty,",
        "# the lesson's own stays. What is in {braces} is filled in: it stays as it is.",
        f"language = {json.dumps(language)}  # its code, such as de, pt-BR or ar",
        "\n[texts]",
    ]
    for text, where in texts_of(*lessons).items():
        new = texts.get(text, "")
        lines.append(f"# {where}{'' if new or not known else ': not translated yet'}")
        # what turns the way of reading is written as its code, as a terminal shows it
        each = (visible(json.dumps(one, ensure_ascii=False)) for one in (text, new))
        lines.append(" = ".join(each))
    return "\n".join([*lines, ""])
