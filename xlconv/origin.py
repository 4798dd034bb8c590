"""What a workbook was made from: its recipe, in its properties, on its hidden sheet, or elsewhere."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xlconv.errors import UnreadableError, XlconvError
from xlconv.lesson import build, lesson_of
from xlconv.page import Lesson
from xlconv.recipe import PROPERTY, RECIPE_SHEET
from xlconv.workbook import Workbook


@dataclass(frozen=True)
class Origin:
    """The lesson that a workbook shows, and the version of xlconv that made it."""

    lesson: Lesson
    version: str


def elsewhere(
    *,
    like: str | os.PathLike[str] | None = None,
    lesson: str | os.PathLike[str] | None = None,
) -> Origin | None:
    """What other workbooks must have been made from, whatever they say; None if neither is given.

    like    a workbook that still says it, such as the one that was handed out
    lesson  the name of a shipped lesson or the path of a lesson file

    Raises XlconvError where it cannot be read.

    >>> elsewhere(lesson="matrix").lesson.title
    'Why it is called transposed'
    """
    if lesson is not None:
        return _read(build(lesson).recipe, f"lesson {lesson}")
    return None if like is None else kept(Workbook.read(Path(like)))


def kept(book: Workbook) -> Origin:
    """What a workbook was made from, at the first place in it where that is whole.

    Raises UnreadableError where there is none.
    """
    path = book.package.name
    damage = ""
    for text in (_in_properties(book), _on_sheet(book)):
        if text:
            try:
                return _read(text, f"{path}'s recipe")
            except XlconvError as error:
                damage = damage or str(error)
    reason = damage or f"{path} has no recipe: xlconv did not make it, or it was lost"
    raise UnreadableError(
        f"{reason}; if you know what it was made from, say --like ORIGINAL.xlsx or --lesson NAME"
    )


def _read(text: str, source: str) -> Origin:
    return Origin(lesson_of(text, Path(source)), str(json.loads(text).get("xlconv")))


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
    """The recipe in the cells of the sheet that is not shown."""
    return "".join(_pieces(book)) if RECIPE_SHEET in book.sheets else ""


def _pieces(book: Workbook) -> Iterator[str]:
    for (row, column), cell in book.cells(RECIPE_SHEET):
        if row > 0 and column == 0 and isinstance(cell.value, str):
            yield cell.value
