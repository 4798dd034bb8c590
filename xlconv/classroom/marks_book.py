"""The marks of a class as a workbook: totals and averages are formulas, so that a teacher who
changes a mark sees what follows from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlconv.classroom.marks import FINE, rule
from xlconv.classroom.table import NOTHING, Results, flags, who
from xlconv.grid.expr import call
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import column_room, width
from xlconv.lessons.book import Book
from xlconv.visible import shortened, visible

TITLE, NOTE, EXERCISES, HEADS, WORTH, AVERAGE, FIRST = 0, 1, 2, 3, 4, 5, 6
"""Rows: what stands above the returns, and the first of these."""

AVERAGED = 2
"""Decimals of an average."""

WHO = ("code", "id", "name")
WORDS = {*WHO, "flags", "file"}
WIDE = {"code": 14, "id": 14, "name": 24, "flags": 60, "file": 60}
"""Columns wider than a word of their heads, in letters."""

LETTERS = 8
"""The others are as wide at least: a mark fits in."""


def marks_book(results: Results) -> Book:
    """One sheet, a line for each return and then those of whom nothing came back."""
    blocks = [block for _, block in results.blocks]
    heads = [*WHO, "total", *blocks, "flags", "file"]
    sheet = Sheet("Marks", frozen_rows=FIRST)
    sheet.widths |= {n: _width(head) for n, head in enumerate(heads)}
    sheet.text((TITLE, 0), "Marks", "heading")
    sheet.text((NOTE, 0), note := rule(results.decimals), "note")
    for column, head in enumerate(_seen(heads)):
        sheet.text((HEADS, column), head, "caption" if head in WORDS else "heads")
    exercises = [name for name, _ in results.blocks]
    for column, name in enumerate(_seen(exercises)):
        if exercises.index(exercises[column]) == column:
            sheet.text((EXERCISES, len(WHO) + 1 + column), name, "strong")
    if results.blocks:
        _numbers(sheet, results)
    sheet.turns = [behind := len(WHO) + len(blocks) + 1]
    over = width(note, "note") - sum(column_room(sheet.widths[n]) for n in range(behind))
    sheet.widths[WHO.index("name")] += max(0, over) / column_room(1)
    for row, graded in enumerate(results.graded, FIRST):
        sheet.line((row, 0), _seen(who(graded)), "text")
        sheet.line((row, behind), _seen([flags(graded), graded.file]), "text")
    for row, (code, student) in enumerate(results.absent.items(), FIRST + len(results.graded)):
        sheet.line((row, 0), _seen([code, student.id, student.name]), "text")
        sheet.line((row, behind), [NOTHING], "text")
    return Book("Marks", (sheet,))


def _numbers(sheet: Sheet, results: Results) -> None:
    """The totals, the marks of each block, and what the class has on average."""
    got = [[float(s[b].got) if b in s else 0 for b in results.blocks] for s in results.scores]
    most = [max(s[b].of for s in results.scores if b in s) for b in results.blocks]
    width, first = len(most) + 1, len(WHO)
    worth = sheet.memory((WORTH, first), (1, width))
    marks = sheet.memory((FIRST, first), (len(got), width))
    average = sheet.memory((AVERAGE, first), (width,))
    for cells, numbers in ((worth, [[float(of) for of in most]]), (marks, got)):
        cells[:, 1:] = np.array(numbers)
        fine = call("ROUND", call("SUM", cells[:, 1:].area(1)), FINE)  # a sum's last digits err
        cells[:, 0] = call("ROUND", fine, results.decimals)
        for part in (cells[:, 1:], cells[:, 0]):  # each with the decimals that it has
            sheet.coat(part, "fact")
    column = marks.transpose(1, 0).area(1)
    average[...] = call("ROUND", call("SUM", column) / call("ROWS", column), AVERAGED)
    sheet.coat(average, "fact")
    for row, word in ((WORTH, "of"), (AVERAGE, "average")):
        sheet.text((row, first - 1), word, "label")


def _width(head: str) -> int:
    return WIDE.get(head, max(LETTERS, len(head) + 2))


def _seen(texts: Sequence[str]) -> list[str]:
    """Texts without what a cell may not hold."""
    return [shortened(visible(text), 1000) for text in texts]
