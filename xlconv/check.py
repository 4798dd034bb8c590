"""Whether a workbook that was perhaps edited still computes what it should.

The workbook carries its recipe. The same lesson is drawn again with the numbers that the file holds
now, and the two are compared cell by cell: formulas as written, values as NumPy computes them.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from xlconv import __version__
from xlconv.compare import OneSheet
from xlconv.engine import recalculated
from xlconv.errors import UnreadableError, XlconvError
from xlconv.lesson import lesson_of
from xlconv.page import Lesson
from xlconv.recipe import PROPERTY
from xlconv.renamed import found_again
from xlconv.report import Finding, Report
from xlconv.sheet import Sheet
from xlconv.workbook import Workbook, area


def check(path: str | os.PathLike[str], *, engine: bool = False) -> Report:
    """Compare a workbook that xlconv made with what its numbers, as they now stand, must give.

    engine  whether IronCalc (the extra `engine`) recalculates the file first

    Raises UnreadableError for a file that is no such workbook, or is not safe to open.
    """
    book = Workbook.read(Path(path))
    lesson, version = _lesson(book)
    values = recalculated(Path(path), book.package.data) if engine else None
    titles = found_again(lesson, book, _titles(lesson, book))
    known = {page.name for page in lesson.pages}
    findings = [
        Finding("added", name)
        for name in book.sheets
        if name not in known and name not in titles.values()
    ]
    if version != __version__:
        findings.append(Finding("version", Path(path).name, "", __version__, version))
    formulas = 0
    for number, page in enumerate(lesson.pages):
        if not page.view:
            continue
        title = titles.get(page.name)
        if title is None:
            findings.append(Finding("gone", page.name))
            continue
        if title != page.name:
            findings.append(Finding("renamed", title, "", page.name, title))
        one = OneSheet(lesson, number, book, titles, None if values is None else values[title])
        findings += one.findings()
        formulas += one.formulas
    return Report(str(path), tuple(findings), formulas)


def _lesson(book: Workbook) -> tuple[Lesson, str]:
    """The lesson that a workbook's properties tell of, and the version that wrote them."""
    path = book.package.path
    pieces = {
        key: value
        for key, value in book.properties.items()
        if re.fullmatch(rf"{PROPERTY}\.\d{{1,5}}", key)
    }
    names = [f"{PROPERTY}.{n}" for n in range(len(pieces))]
    if not pieces or set(names) != set(pieces):
        raise UnreadableError(f"{path} has no recipe: xlconv did not make it, or it was lost")
    text = "".join(pieces[name] for name in names)
    try:
        lesson = lesson_of(text, Path(f"{path}'s recipe"))
    except XlconvError as error:
        raise UnreadableError(str(error)) from None
    return lesson, str(json.loads(text).get("xlconv"))


def _titles(lesson: Lesson, book: Workbook) -> dict[str, str]:
    """What each sheet of a lesson is called now: the names of its blocks go with it."""
    titles = {page.name: page.name for page in lesson.pages if page.name in book.sheets}
    prefixes = {Sheet(page.name).prefix: page.name for page in lesson.pages}
    for name, reference in book.names.items():
        place = area(reference)
        fitting = [prefix for prefix in prefixes if name.startswith(prefix)]
        if not fitting or place is None or place[0] not in book.sheets:
            continue
        page = prefixes[max(fitting, key=len)]
        if page not in titles and place[0] not in titles.values():
            titles[page] = place[0]
    return titles
