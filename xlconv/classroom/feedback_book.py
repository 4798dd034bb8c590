"""A student's own worksheet again: what was typed, a sign at each number, the reasons beside.

It holds the student's numbers and what follows from them, and no formula of a blank: an answer
that was not found stands nowhere in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from itertools import groupby

import numpy as np

from xlconv.checking.origin import read_recipe
from xlconv.classroom.feedback import reasons, told
from xlconv.classroom.folder import ClassFolder
from xlconv.classroom.grading import SHARES
from xlconv.classroom.handout import is_shared, numbers_of, variant
from xlconv.classroom.marks import Graded, Mark, block_scores, total
from xlconv.grid.marks import Blank
from xlconv.grid.places import Place, a1
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import wrapped
from xlconv.grid.values import EMPTY
from xlconv.lessons.build import about, with_contents
from xlconv.lessons.drawing import fit
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.worksheet import Worksheet, worksheet_lesson
from xlconv.xlsx.archive import write

ROLES = dict.fromkeys(SHARES, "partly") | {"right": "right"}
"""How a number looks by its status; with any other it is wrong."""

GREATEST = 1e12
"""A larger number is told beside the sheet, not on it: what follows from it may be none."""

ROOM = 400
"""The width of a line of words, in points."""


@dataclass(frozen=True)
class FeedbackBooks:
    """The worksheets of a class, drawn once, and marked for one student after another.

    answers  whether the right numbers are told, too
    """

    made: ClassFolder
    answers: bool = False

    @cached_property
    def _worksheet(self) -> Worksheet:
        lesson = read_recipe(self.made.lesson, "the lesson").lesson
        unticked = replace(lesson, classroom=replace(lesson.classroom, check="none"))
        return Worksheet.of(worksheet_lesson(unticked))

    @cached_property
    def _drawn(self) -> tuple[Lesson, list[Sheet], dict[int, Exercise | None]]:
        """The lesson with its legend, all sheets, and the pages that compute something; None of
        one that is drawn anew for each student."""
        exercises, _ = self._worksheet.exercises()
        pages = self._worksheet.lesson.pages
        drawn = {number: one.sheet for number, one in exercises.items()}
        lesson, sheets = with_contents(self._worksheet.lesson, drawn)
        kept = {
            number: one if is_shared(one, pages[number].layer) else None
            for number, one in exercises.items()
        }
        return lesson, sheets, kept

    def workbook(self, graded: Graded) -> bytes:
        """The file of one return, which must be somebody's."""
        assert graded.student is not None
        base, drawn, exercises = self._drawn
        lesson, sheets = variant(base, self.made.key, graded.student.id), [*drawn]
        for number, kept in exercises.items():
            one = kept or replace(self._worksheet, lesson=lesson).page(number)
            layer = lesson.pages[number].layer
            if kept and layer is not None:
                one.give(numbers_of(one, layer))
            sheets[number] = self._marked(one, graded)
        target = BytesIO()
        of = {"title": f"{lesson.title}  {graded.code}", **about(lesson)}
        write(sheets, of, target, {})
        return target.getvalue()

    def _marked(self, one: Exercise, graded: Graded) -> Sheet:
        """A sheet with what a student typed, and what is said of it."""
        own = {mark.cell: mark for mark in graded.marks if mark.sheet == one.sheet.name}
        marks = {at: own[a1(at)] for at in one.places if a1(at) in own}
        one.run(np.array([_number(marks.get(at)) for at in one.places]), texts=True)
        sheet = _copy(one.sheet)
        for start, run in _runs(marks):
            cells = sheet.memory(start, (len(run),), steps=((0, 1),))
            if _number(run[0]) is EMPTY:
                cells.memory[...] = EMPTY
                sheet.blanks.append(Blank(cells))
                continue
            sheet.paint(cells, [_number(mark) for mark in run])
            sheet.coat(cells, ROLES.get(run[0].status, "wrong"))
        if marks:
            fit(sheet)
            _tell(sheet, min(marks), self._words(graded, sheet.name))
        return sheet

    def _words(self, graded: Graded, sheet: str) -> Iterator[str]:
        """The marks of a sheet, and why some were lost."""
        scores = {b: score for b, score in block_scores(graded).items() if b[0] == sheet}
        yield told(total(scores.values(), 2))
        for block, score in scores.items():
            yield f"{block[1]}: {told(score)}"
            yield from reasons(graded, block, answers=self.answers)


def _number(mark: Mark | None) -> float:
    """What a blank shows: the number in it, else nothing."""
    if mark is None or mark.got is None or isinstance(mark.got, str) or abs(mark.got) > GREATEST:
        return EMPTY
    return float(mark.got) + 0.0


def _copy(sheet: Sheet) -> Sheet:
    """The same sheet, to be written on; its blanks are still to be filled."""
    lists = {name: [*getattr(sheet, name)] for name in ("paints", "coats", "runs")}
    return replace(sheet, blanks=[], lights=[], widths={**sheet.widths}, **lists)  # type: ignore[arg-type]


def _runs(marks: Mapping[Place, Mark]) -> Iterator[tuple[Place, list[Mark]]]:
    """Neighbours in a row that look alike, with the place of the first."""

    def alike(numbered: tuple[int, Place]) -> tuple[int, int, str, bool]:
        number, (row, column) = numbered
        mark = marks[row, column]
        look = ROLES.get(mark.status, "wrong")
        return row, column - number, look, _number(mark) is EMPTY

    for _, group in groupby(enumerate(sorted(marks)), alike):
        places = [at for _, at in group]
        yield places[0], [marks[at] for at in places]


def _tell(sheet: Sheet, first: Place, words: Iterable[str]) -> None:
    """Write the marks beside the title, the words right of the figure, from a blank's row on."""
    row, column = first[0], sheet.columns + 1
    score, *rest = words
    lines = [line for text in rest for line in wrapped(text, "text", ROOM)]
    for number, text in enumerate(lines, row):
        sheet.text((number, column), text)
    behind = sheet.behind((0, 0), str(_title(sheet)), "title")
    sheet.text((0, behind + 1), f"{score}; why: {a1((row, column))}", "strong")


def _title(sheet: Sheet) -> object:
    """What stands in the first cell."""
    titles = (p.cells.memory.flat[0] for p in sheet.paints if p.cells.origin == (0, 0))
    return next(titles, "")
