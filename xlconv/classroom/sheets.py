"""Which sheet of a returned workbook is which of ours: one may be renamed, or copied and filled in
there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice

from xlconv.checking.renamed import by_names
from xlconv.checking.workbook import Workbook
from xlconv.classroom.lines import Held, Key, key_of
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.recipe import RECIPE_SHEET

OTHERS, CELLS = 20, 5_000
"""Sheets of a student's own that are looked at, and cells of each."""


def titles_of(lesson: Lesson, held: Mapping[str, Held], book: Workbook) -> dict[str, list[str]]:
    """What each of our sheets may be called now, by its own name: the likeliest first, then copies.

    held  what they are known by
    """
    names = {page.name: page.name for page in lesson.pages if page.name in book.sheets}
    names |= by_names(lesson, book, names)
    found = {name: [names[name]] if name in names else [] for name in held}
    ours_alone = {RECIPE_SHEET, *names.values()}
    others = [title for title in book.sheets if title not in ours_alone][:OTHERS]
    known = {name: Counter(ours.values()) for name, ours in held.items()} if others else {}
    for title in others:
        theirs = Counter(_keys(book, title))
        alike = {name: (ours & theirs).total() / ours.total() for name, ours in known.items()}
        best = max(alike, key=alike.__getitem__)
        if alike[best] > 0.5:
            found[best].append(title)
    return found


def _keys(book: Workbook, title: str) -> Iterator[Key]:
    for _, cell in islice(book.cells(title), CELLS):
        yield key_of(cell.formula, cell.value)
