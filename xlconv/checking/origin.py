"""What a workbook was made from: its recipe, in its properties, on its hidden sheet, elsewhere."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from xlconv.checking.workbook import Workbook
from xlconv.errors import UnreadableError, XlconvError
from xlconv.files.arrays import Source
from xlconv.files.saving import Name, as_path
from xlconv.frozen import frozen
from xlconv.lessons.build import build
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.read import lesson_from
from xlconv.lessons.recipe import PROPERTY, RECIPE_SHEET, VERSION
from xlconv.lessons.schema import Table, as_toml

LONGEST, VALUES, DEPTH = 16_000_000, 1_000_000, 20
"""What a recipe may have: characters, values in all, lists and tables in each other."""


@frozen
class Origin:
    """The lesson that a workbook shows, and the version of xlconv that made it."""

    lesson: Lesson
    version: str


def elsewhere(
    *,
    like: Name | None = None,
    lesson: str | os.PathLike[str] | None = None,
    language: str | os.PathLike[str] | None = None,
) -> Origin | None:
    """What other workbooks must have been made from, whatever they say; None if neither is given.

    like      a workbook that still says it, such as the one that was handed out
    lesson    the name of a shipped lesson or the path of a lesson file
    language  the one that this lesson is in: the code of a shipped translation, or a file's path

    Raises XlconvError where it cannot be read, or both are given.

    >>> elsewhere(lesson="matrix").lesson.title
    'Why it is called transposed'
    """
    if like is not None and lesson is not None:
        raise XlconvError("like and lesson exclude each other: give one", parameter="like")
    if language is not None and lesson is None:
        raise XlconvError("language goes with lesson: give both", parameter="language")
    if lesson is not None:
        return read_recipe(build(lesson, language=language).recipe, f"lesson {lesson}")
    return None if like is None else kept(Workbook.read(as_path(like)))


def kept(book: Workbook) -> Origin:
    """What a workbook was made from, at the first place in it where that is whole.

    Raises UnreadableError where there is none.
    """
    path = book.package.name
    damage = ""
    for text in (_in_properties(book), _on_sheet(book)):
        if text:
            try:
                return read_recipe(text, f"{path}'s recipe")
            except XlconvError as error:
                damage = damage or str(error)
    reason = damage or f"{path} has no recipe: xlconv did not make it, or it was lost"
    raise UnreadableError(
        f"{reason}; if you know what it was made from, say --like ORIGINAL.xlsx or --lesson NAME"
    )


def read_recipe(text: str, source: str) -> Origin:
    """What a recipe tells of; a sheet that computes nothing has no view, and no file is read.

    source  what errors name

    Raises UnreadableError for a text that is no recipe, XlconvError for one that says something
    wrong.
    """
    try:
        # each value but one has a comma or a bracket before it
        if len(text) > LONGEST or sum(map(text.count, ",[{")) > VALUES:
            raise ValueError(f"it has more than {VALUES:,} values or {LONGEST:,} characters")
        recipe = json.loads(text, parse_constant=_refuse)
        if not _shallow(recipe):
            raise ValueError(f"it has lists within lists, more than {DEPTH} deep")
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{source} is damaged: {error}") from None
    version = recipe.pop("version", None) if isinstance(recipe, dict) else None
    if version != VERSION:
        raise UnreadableError(f"{source} is of version {as_toml(version)}, not {VERSION}")
    made_by = str(recipe.pop("xlconv", None))
    return Origin(lesson_from(Table(source, files=False), recipe, Source()), made_by)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _shallow(value: Any) -> bool:
    """Whether no value stands too deep in lists and tables to be told of."""
    level: list[Any] = [[value]]
    for _ in range(DEPTH):
        inner = [table.values() if isinstance(table, dict) else table for table in level]
        level = [value for values in inner for value in values if isinstance(value, (list, dict))]
        if not level:
            return True
    return False


def _in_properties(book: Workbook) -> str:
    """The recipe in the properties of the document; nothing if a piece of it is lost."""
    pieces = {
        key: value
        for key, value in book.properties.items()
        if re.fullmatch(rf"{PROPERTY}\.\d{{1,5}}", key)
    }
    names = [f"{PROPERTY}.{n}" for n in range(len(pieces))]
    return "".join(pieces[name] for name in names) if set(names) == set(pieces) else ""


def _on_sheet(book: Workbook) -> str:
    """The recipe in the cells of the sheet that is not as_toml."""
    return "".join(_pieces(book)) if RECIPE_SHEET in book.sheets else ""


def _pieces(book: Workbook) -> Iterator[str]:
    for (row, column), cell in book.cells(RECIPE_SHEET):
        if row > 0 and column == 0 and isinstance(cell.value, str):
            yield cell.value
