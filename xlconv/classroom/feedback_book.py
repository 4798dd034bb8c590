"""A student's own worksheet again: what was typed, a sign at each number, the reasons beside.

It holds the student's numbers and what follows from them, and no formula of a blank: an answer
that was not found stands nowhere in it. All sheets are drawn and put into XML once; of a student's
the numbers are filled in, and the blanks and the words take the place of what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from io import BytesIO

import numpy as np

from xlconv.checking.origin import read_recipe
from xlconv.classroom.cores import spread
from xlconv.classroom.feedback import Feedback
from xlconv.classroom.folder import ClassFolder
from xlconv.classroom.grading import SHARES
from xlconv.classroom.handout import is_shared, numbers_of, variant
from xlconv.classroom.marks import Block, Graded, Mark, Score, block_scores, total
from xlconv.frozen import frozen
from xlconv.grid.digits import fitting
from xlconv.grid.places import Place, Spot, a1
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import wrapped
from xlconv.grid.values import EMPTY
from xlconv.layers.layer import Layer
from xlconv.lessons.build import about, with_contents, with_legend
from xlconv.lessons.drawing import widen
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.worksheet import Worksheet, exercise, worksheet_lesson
from xlconv.views.contents import SIGNED
from xlconv.xlsx.archive import Kept, write
from xlconv.xlsx.dressed import Own

ROLES = dict.fromkeys(SHARES, "partly") | {"right": "right"}
"""How a number looks by its status; with any other it is wrong."""

GREATEST = 1e12
"""A larger number is told beside the sheet, not on it: what follows from it may be none."""

ROOM, LINES = 400, 80
"""The width of a line of words, in points, and how many there may be."""


@frozen
class Drawn:
    """A sheet that is ready to be marked.

    score, words  where the marks are told, and from where on down the reasons
    """

    one: Exercise
    sheet: Sheet
    score: Place
    words: Place

    @classmethod
    def of(cls, one: Exercise) -> Drawn:
        """The sheet of an exercise without what is looked at, with cells for words at its side."""
        warnings = [light for light in one.sheet.lights if light.role == "alarm"]
        sheet = replace(one.sheet, blanks=[], lights=warnings, coats=[*one.sheet.coats])
        first = min(one.places, default=(0, 0))[0]
        titles = [p.cells for p in sheet.paints if p.cells.origin[0] == 0 and p.cells.memory.size]
        ends = [sheet.behind(c.origin, str(c.memory.flat[0]), "title") for c in titles]
        score = 0, max(ends, default=0) + 1
        words = first, sheet.columns + 1
        if one.places:
            for at, count, role in ((score, 1, "strong"), (words, LINES, "text")):
                cells = sheet.memory(at, (count,), steps=((1, 0),), dtype=object)
                sheet.coat(cells, role)
            sheet.rows = one.sheet.rows
        return cls(one, sheet, score, words)

    def given(self, layer: Layer | None) -> Drawn:
        """The same with other numbers, and a mistake where they say."""
        if layer is not None:
            self.one.give(numbers_of(self.one, layer))
        if not self.one.ask.mistake:
            return self
        return replace(self, one=Exercise(self.one.sheet, self.one.ask))

    def marked(
        self, marks: Sequence[Mark], words: Sequence[str], feedback: Feedback
    ) -> tuple[Sheet, dict[str, Own]]:
        """The sheet with what follows from a student's numbers, and what stands in its cells.

        words  of which the first tell the marks
        """
        roles = {block.name: block.role for block in self.one.sheet.blocks}
        found = {mark.cell: mark for mark in marks}
        hidden = {cell for cell, mark in found.items() if feedback.hides(mark)}
        typed = {a1(at): _number(found.get(a1(at))) for at in self.one.places}
        if hidden:  # as they were handed out: they must not be seen among the others
            stood = zip(typed, self.one.untouched.tolist(), strict=True)
            typed |= {cell: number for cell, number in stood if cell in hidden}
        self.one.run(np.array([*typed.values()]), whole=True)
        sheet, own = replace(self.sheet), dict[str, Own]()
        blocks = dict(zip(typed, self.one.blanks.values(), strict=True))
        for block in dict.fromkeys(blocks.values()):
            cells = [cell for cell in typed if blocks[cell] == block]
            shown = np.array([typed[cell] for cell in cells if typed[cell] is not EMPTY])
            widen(sheet, shown)
            numbers = fitting(shown)[0]
            own |= {cell: _own(found.get(cell), numbers) for cell in cells}
            own |= {cell: Own(typed[cell], roles[block], numbers) for cell in hidden & {*cells}}
        if words:
            self._tell(sheet, own, words, feedback.words)
        return sheet, own

    def _tell(
        self, sheet: Sheet, own: dict[str, Own], told: Sequence[str], words: Mapping[str, str]
    ) -> None:
        """Write the marks beside the title, the reasons right of the figure."""
        score, *rest = told
        lines = [line for text in rest for line in wrapped(text, "text", ROOM)]
        if len(lines) > LINES:
            lines[LINES - 1 :] = [words["feedback_more"]]
        row, column = self.words
        texts = {(row + n, column): (line, "text") for n, line in enumerate(lines)}
        if lines:
            score = words["feedback_why"].format(score=score, cell=a1(self.words))
        texts[self.score] = score, "strong"
        own |= {a1(at): Own(*text) for at, text in texts.items()}
        sheet.runs = [*sheet.runs, *((Spot.of(at), *text) for at, text in texts.items())]
        sheet.rows = max(sheet.rows, row + len(lines))


@frozen
class FeedbackBooks:
    """The worksheets of a class, drawn once, and marked for one student after another.

    feedback  how students are told
    """

    made: ClassFolder
    feedback: Feedback

    @cached_property
    def _pages(self) -> tuple[Lesson, list[Sheet], dict[int, Drawn | None], Kept]:
        """The lesson with its legend, all sheets, the pages that compute something, and all as XML;
        None of a page that is drawn anew for each student."""
        lesson = read_recipe(self.made.lesson, "the lesson").lesson
        unticked = replace(lesson, classroom=replace(lesson.classroom, check="none"))
        worksheet = Worksheet.of(worksheet_lesson(unticked, key=True))
        exercises, _ = worksheet.exercises()
        shown = {number: one.sheet for number, one in exercises.items()}
        lesson = with_legend(worksheet.lesson, shown.values())
        lesson, sheets = with_contents(_signed(lesson, self.feedback.words), shown)
        drawn: dict[int, Drawn | None] = dict.fromkeys(exercises)
        for number, one in exercises.items():
            if is_shared(one, lesson.pages[number].layer):
                drawn[number] = kept = Drawn.of(one)
                sheets[number] = kept.sheet
        anew = [number for number, kept in drawn.items() if kept is None]
        return lesson, sheets, drawn, Kept.of(sheets, anew)

    def workbooks(self, graded: Sequence[Graded]) -> Iterator[bytes | None]:
        """The files of returns, made by both cores."""
        return spread(_workbook, graded, begin=partial(_begin, self))

    def workbook(self, graded: Graded) -> bytes | None:
        """The file of one return; None of one that is nobody's."""
        if graded.student is None:
            return None
        lesson, sheets, own = self.marked(graded, graded.student.id)
        target = BytesIO()
        of = {"title": f"{lesson.title}  {graded.code}", **about(lesson)}
        write(sheets, of, target, {}, None, self._pages[-1], own)
        return target.getvalue()

    def marked(
        self, graded: Graded, student: str
    ) -> tuple[Lesson, list[Sheet], dict[int, dict[str, Own]]]:
        """A student's lesson, its sheets, and what stands in cells of each, by its number."""
        base, drawn, pages, _ = self._pages
        lesson, sheets = variant(base, self.made.key, student), [*drawn]
        own, scores = dict[int, dict[str, Own]](), block_scores(graded)
        for number, known in pages.items():
            page = known.given(lesson.pages[number].layer) if known else None
            page = page or Drawn.of(exercise(lesson, number))
            marks = [mark for mark in graded.marks if mark.sheet == page.sheet.name]
            its = {b: score for b, score in scores.items() if b[0] == page.sheet.name}
            words = [*self._words(graded, its)] if marks else []
            sheets[number], own[number] = page.marked(marks, words, self.feedback)
        return lesson, sheets, own

    def _words(self, graded: Graded, scores: Mapping[Block, Score]) -> Iterator[str]:
        """The marks of a sheet, and why some were lost."""
        yield self.feedback.score(total(scores.values(), 2))
        for block, score in scores.items():
            yield f"{block[1]}: {self.feedback.score(score)}"
            yield from self.feedback.reasons(graded, block)


def _signed(lesson: Lesson, words: Mapping[str, str]) -> Lesson:
    """The lesson whose contents speak of marks, where they spoke of blanks and ticks."""
    own = {"about": [words["feedback_about"]], "how": []}
    pages = [
        replace(
            page,
            idea=words["feedback_idea"],
            options={**page.options, **own, "legend": [*SIGNED, *page.options["legend"]]},
        )
        if page.view == "contents"
        else page
        for page in lesson.pages
    ]
    return replace(lesson, pages=tuple(pages))


_books: list[FeedbackBooks] = []
"""What this process has drawn already."""


def _begin(books: FeedbackBooks) -> None:
    _books[:] = [books]


def _workbook(graded: Graded) -> bytes | None:
    """One file, in whichever process."""
    return _books[0].workbook(graded)


def _number(mark: Mark | None) -> float:
    """What a blank shows: the number in it, else nothing."""
    if mark is None or mark.got is None or isinstance(mark.got, str) or abs(mark.got) > GREATEST:
        return EMPTY
    return float(mark.got) + 0.0


def _own(mark: Mark | None, numbers: str) -> Own:
    """A blank with its number and a sign, or empty."""
    number = _number(mark)
    if mark is None or number is EMPTY:
        return Own(None, "blank")
    return Own(number, ROLES.get(mark.status, "wrong"), numbers)
