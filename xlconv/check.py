"""Whether a workbook that was perhaps edited still computes what it should.

The workbook carries its recipe. The same lesson is drawn again with the numbers that the file holds
now, and the two are compared cell by cell: formulas as written, values as NumPy computes them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from xlconv import __version__
from xlconv.compare import OneSheet
from xlconv.engine import recalculated
from xlconv.origin import Origin, kept
from xlconv.page import Lesson
from xlconv.recipe import RECIPE_SHEET
from xlconv.renamed import found_again
from xlconv.report import Finding, Report
from xlconv.sheet import Sheet
from xlconv.workbook import Workbook, area


def check(
    path: str | os.PathLike[str],
    *,
    engine: bool = False,
    made: Origin | None = None,
) -> Report:
    """Compare a workbook that xlconv made with what its numbers, as they now stand, must give.

    engine  whether IronCalc (the extra `engine`) recalculates the file first
    made    what it must have been made from, see `xlconv.origin`; it says so itself, if not given

    Raises UnreadableError for a file that is no such workbook, or is not safe to open.
    """
    book = Workbook.read(Path(path))
    made = made or kept(book)
    values = recalculated(book) if engine else None
    titles = _by_place(
        made.lesson, book, found_again(made.lesson, book, _titles(made.lesson, book))
    )
    findings = [*_about_sheets(made.lesson, book, titles)]
    if made.version != __version__:
        findings.append(Finding("version", Path(path).name, "", __version__, made.version))
    formulas = 0
    for number, page in enumerate(made.lesson.pages):
        title = titles.get(page.name)
        if page.view and title is not None:
            now = None if values is None else values[title]
            one = OneSheet(made.lesson, number, book, titles, now)
            findings += one.findings()
            formulas += one.formulas
    if not formulas and not any(finding.wrong for finding in findings):
        findings.append(Finding("nothing", Path(path).name))
    return Report(book.package.name, tuple(findings), formulas, made.lesson.title)


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


def _by_place(lesson: Lesson, book: Workbook, titles: Mapping[str, str]) -> dict[str, str]:
    """The titles, with those of sheets of text alone: no name leads to one, no formula tells it."""
    found = dict(titles)
    for page, name in zip(lesson.pages, book.sheets, strict=False):
        if not page.view and page.name not in found and name not in found.values():
            found[page.name] = name
    return found
