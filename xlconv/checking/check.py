"""Whether a workbook that was perhaps edited still computes what it should.

The workbook carries its recipe. The same lesson is drawn again with the numbers that the file holds
now, and the two are compared cell by cell: formulas as written, values as NumPy computes them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from xlconv.checking.compare import OneSheet
from xlconv.checking.engine import recalculated
from xlconv.checking.moves import Moves
from xlconv.checking.origin import Origin, elsewhere, kept
from xlconv.checking.renamed import found_again
from xlconv.checking.report import Finding, Report
from xlconv.checking.workbook import Workbook
from xlconv.errors import XlconvError
from xlconv.files.saving import Name, as_path
from xlconv.grid.values import Values
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.recipe import RECIPE_SHEET
from xlconv.lessons.worksheet import drawer
from xlconv.version import __version__


def check(
    path: Name,
    *,
    engine: bool = False,
    like: Name | None = None,
    lesson: str | os.PathLike[str] | None = None,
    language: str | os.PathLike[str] | None = None,
) -> Report:
    """Compare a workbook that xlconv made with what its numbers, as they now stand, must give.

    engine    whether IronCalc (the extra `engine`) recalculates the file first
    like      the workbook that was handed out: for a file that lost what it was made from
    lesson    the lesson that the file must be of: a shipped one's name or a lesson file's path
    language  the one that this lesson is in: the code of a shipped translation, or a file's path

    Raises UnreadableError for a file that is no such workbook, or is not safe to open, and
    XlconvError where both `like` and `lesson` are given.
    """
    made = elsewhere(like=like, lesson=lesson, language=language)
    return checked(as_path(path), engine=engine, made=made)


def checked(path: Path, *, engine: bool, made: Origin | None) -> Report:
    """The same, where it is known what the workbook must have been made from; None if it says so
    itself.
    """
    book = Workbook.read(path)
    own = _own(book) if made else None
    made = made or kept(book)
    values = recalculated(book) if engine else None
    titles = found_again(made.lesson, book)
    findings = [*_about_sheets(made.lesson, book, titles)]
    if own is not None:
        findings[:0] = _about_lesson(made.lesson, own, path.name)
    if made.version != __version__:
        findings.append(Finding("version", path.name, "", __version__, made.version))
    formulas, draw, typed = 0, drawer(made.lesson), dict[int, Mapping[str, Values]]()
    moved = dict[str, Moves]()
    for number, page in enumerate(made.lesson.pages):
        title = titles.get(page.name)
        if page.view and title is not None:
            now = None if values is None else values[title]
            one = OneSheet(made.lesson, draw, number, book, titles, now, typed, moved)
            findings += one.findings()
            formulas += one.formulas
    if not formulas and not any(finding.wrong for finding in findings):
        computes = any(cell.formula for name in book.sheets for _, cell in book.cells(name))
        findings.append(Finding("nothing" if computes else "plain", path.name))
    return Report(book.package.name, tuple(findings), formulas, made.lesson.title)


def _own(book: Workbook) -> Lesson | None:
    """The lesson that a workbook itself says it is of; None if it says none."""
    try:
        return kept(book).lesson
    except XlconvError:
        return None


def _about_lesson(made: Lesson, own: Lesson, name: str) -> Iterator[Finding]:
    """What a file says of itself that it should not: its language, or else its lesson."""
    if own.language != made.language:
        yield Finding("language", name, "", made.language, own.language)
    elif own.title != made.title:
        yield Finding("other", name, "", made.title, own.title)


def _about_sheets(lesson: Lesson, book: Workbook, titles: Mapping[str, str]) -> Iterator[Finding]:
    """What became of the sheets themselves."""
    known = {RECIPE_SHEET, *titles.values(), *(page.name for page in lesson.pages)}
    yield from (Finding("added", name) for name in book.sheets if name not in known)
    for page in lesson.pages:
        title = titles.get(page.name, "")
        if title not in ("", page.name):
            yield Finding("renamed", title, "", page.name, title)
        elif page.view and not title:
            yield Finding("gone", page.name)
