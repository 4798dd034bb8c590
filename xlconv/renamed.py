"""Sheets that have lost their name, and those of their blocks: known by what they compute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from xlconv.drawing import draw
from xlconv.formula import parts, skeleton
from xlconv.page import Lesson
from xlconv.redrawn import FAILURES, contents
from xlconv.workbook import Cell, Workbook

SAMPLE = 200
"""Formulas of a sheet by which it is known."""


def found_again(lesson: Lesson, book: Workbook, titles: Mapping[str, str]) -> dict[str, str]:
    """The titles, with those of sheets that are known only by the formulas in them."""
    found = dict(titles)
    free = [name for name in book.sheets if name not in found.values()]
    for number, page in enumerate(lesson.pages):
        if page.name in found or not page.view or not free:
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
            found[page.name] = best
            free.remove(best)
    return found


def _skeletons(cells: Iterable[Cell]) -> Counter[tuple[Any, ...]]:
    """What the first formulas of a sheet do."""
    found: Counter[tuple[Any, ...]] = Counter()
    for cell in cells:
        if cell.formula is not None:
            try:
                found[skeleton(parts(cell.formula))] += 1
            except ValueError:
                continue
        if found.total() == SAMPLE:
            break
    return found
