"""What each sheet is called now: known by its name, its blocks' names, formulas, or place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from xlconv.checking.formula import parts, skeleton
from xlconv.checking.redrawn import FAILURES, contents
from xlconv.checking.workbook import Cell, Workbook
from xlconv.grid.names import prefix
from xlconv.grid.places import area_of, corners, span
from xlconv.grid.sheet import Sheet
from xlconv.lessons.drawing import draw
from xlconv.lessons.lesson import Lesson

SAMPLE = 200
"""Formulas of a sheet by which it is known."""


def found_again(lesson: Lesson, book: Workbook) -> dict[str, str]:
    """What each sheet of a lesson is called now, by the name that it was given."""
    titles = {page.name: page.name for page in lesson.pages if page.name in book.sheets}
    for find in (by_names, _by_formulas, _by_place):
        titles |= find(lesson, book, titles)
    return titles


def first_cut(drawn: Sheet, title: str, names: Mapping[str, str]) -> tuple[str, str] | None:
    """The first block whose name leads to other cells, in words, and where it leads to."""
    for block in drawn.blocks:
        reference = names.get(drawn.defined_name(block).lower(), "")
        place = area_of(reference)
        if place is not None and place != (title, *corners(block.cells)):
            return f"{block.name} in {span(block.cells)}", reference
    return None


def by_names(lesson: Lesson, book: Workbook, titles: Mapping[str, str]) -> dict[str, str]:
    """Sheets that the names of their blocks lead to."""
    names: dict[str, str] = {}
    prefixes = {prefix(page.name): page.name for page in lesson.pages}
    for name, reference in book.names.items():
        place = area_of(reference)
        fitting = [prefix for prefix in prefixes if name.startswith(prefix)]
        if not fitting or place is None or place[0] not in book.sheets:
            continue
        page, known = prefixes[max(fitting, key=len)], {**titles, **names}
        if page not in known and place[0] not in known.values():
            names[page] = place[0]
    return names


def _by_formulas(lesson: Lesson, book: Workbook, titles: Mapping[str, str]) -> dict[str, str]:
    """Sheets that hold most of the formulas of a page."""
    names: dict[str, str] = {}
    free = [name for name in book.sheets if name not in titles.values()]
    for number, page in enumerate(lesson.pages):
        if page.name in titles or not page.view or not free:
            continue
        try:
            ours = _skeletons(contents(draw(lesson, number)).values())
        except FAILURES:
            continue
        shared = {
            name: (ours & _skeletons(c for _, c in book.cells(name))).total() for name in free
        }
        best = max(free, key=shared.__getitem__)
        if shared[best] * 2 > ours.total():
            names[page.name] = best
            free.remove(best)
    return names


def _by_place(lesson: Lesson, book: Workbook, titles: Mapping[str, str]) -> dict[str, str]:
    """Sheets of text alone: no name leads to one, no formula tells it, only where it stands."""
    return {
        page.name: name
        for page, name in zip(lesson.pages, book.sheets, strict=False)
        if not page.view and page.name not in titles and name not in titles.values()
    }


def _skeletons(cells: Iterable[Cell]) -> Counter[tuple[Any, ...]]:
    """What the first formulas of a sheet do."""
    skeletons: Counter[tuple[Any, ...]] = Counter()
    for cell in cells:
        if cell.formula is not None:
            try:
                skeletons[skeleton(parts(cell.formula))] += 1
            except ValueError:
                continue
        if skeletons.total() == SAMPLE:
            break
    return skeletons
