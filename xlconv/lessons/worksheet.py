"""A worksheet: a lesson with blanks, which tells right answers from wrong and holds none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.grid.limits import SHEETS_CELLS
from xlconv.grid.marks import Blank, Block, Paint
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import Values
from xlconv.lessons.claims import check_claims
from xlconv.lessons.drawing import Others, draw, fit, headed
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.leaks import check_leaks
from xlconv.lessons.lesson import CHECK, Ask, Lesson, Page
from xlconv.lessons.schema import instead
from xlconv.lessons.ticks import Group, groups
from xlconv.lessons.translation import said
from xlconv.lessons.unsaid import leave_unsaid
from xlconv.lessons.weights import Weights, write_ticks

BLANK, KEY = "blank", "key"
"""The forms of a worksheet: with blanks, or with what belongs into them."""

Drawer = Callable[[int, Mapping[str, Values], int, Others], Sheet]
"""(number of a page, what is typed there by block, cells that it may have, what is typed on sheets
that it reads) -> its sheet."""


def worksheet_lesson(lesson: Lesson, *, key: bool = False) -> Lesson:
    """The lesson as a worksheet, with a sheet for what its ticks weigh with.

    key  whether the answers stand in it
    """
    if not any(page.ask for page in lesson.pages):
        raise XlconvError(
            'the lesson asks for nothing: write a line such as ask = ["output"] in a [[sheet]]'
        )
    printing = [page.name for page in lesson.pages if page.view == "code"]
    if printing:
        raise XlconvError(
            f'sheet "{printing[0]}" prints outputs: a worksheet has no sheet with the view code'
        )
    words = said(lesson)
    pages = [_told(page, words) for page in lesson.pages if page.view != CHECK]
    if lesson.classroom.check != "none":
        pages.append(Page(words["check_sheet"], CHECK, words["check_title"], words["check_idea"]))
    return replace(lesson, pages=tuple(pages), form=KEY if key else BLANK)


def _told(page: Page, words: Mapping[str, str]) -> Page:
    """The page with what may be typed, and the marks that there are for it, after its idea."""
    if page.ask is None:
        return page
    told = [words[f"asked_{page.ask.answer}"]] if page.ask.cells else []
    if page.ask.marks is not None:
        key = "asked_marks_one" if page.ask.marks == 1 else "asked_marks"
        told.append(words[key].format(count=f"{page.ask.marks:g}"))
    return replace(page, idea=" ".join([page.idea, *told]).strip())


def asking(lesson: Lesson, asked: Iterable[str]) -> Lesson:
    """The lesson with other blanks than its own: of its sheets those with blanks, and contents.

    asked  each as SHEET: BLOCK, or SHEET: BLOCK[slices]

    Raises XlconvError for what names no sheet.
    """
    cells: dict[str, list[str]] = {}
    for one in asked:
        name, _, block = (part.strip() for part in one.partition(":"))
        if name not in lesson.names or not block:
            raise XlconvError(
                f'ask must be a sheet and a block, such as "Collect: output[0]", got "{one:.60}"'
                f"{instead(name, lesson.names)}",
                parameter="ask",
            )
        cells.setdefault(name, []).append(block)
    pages = (
        replace(page, ask=Ask(tuple(cells[page.name])) if page.name in cells else None)
        for page in lesson.pages
        if page.name in cells or page.view == "contents"
    )
    return replace(lesson, pages=tuple(pages))


def drawer(lesson: Lesson) -> Drawer:
    """How the pages of a lesson are drawn, one by one, with what is typed there now."""
    return Worksheet.of(lesson).draw if lesson.form else partial(draw, lesson)


@frozen
class Worksheet:
    """The sheets of such a lesson.

    groups  what its ticks are of, page by page; another student's are the same
    """

    lesson: Lesson
    groups: Mapping[int, Sequence[Group]]

    @classmethod
    def of(cls, lesson: Lesson) -> Worksheet:
        """Raises XlconvError where a page asks for what it does not have."""
        for page in lesson.pages:
            feeds = page.feeds and any(
                lesson.networks.get(other.source) is page.network for other in lesson.pages
            )
            if page.ask and feeds:
                raise XlconvError(f'sheet "{page.name}" feeds others: ask on a sheet that reads it')
        asked = [n for n, page in enumerate(lesson.pages) if page.ask]
        check, digits = lesson.classroom.check, lesson.classroom.digits
        return cls(lesson, {n: groups(exercise(lesson, n), check, digits) for n in asked})

    def draw(
        self,
        number: int,
        given: Mapping[str, Values] | None = None,
        room: int = SHEETS_CELLS,
        others: Others | None = None,
    ) -> Sheet:
        """The sheet of one page, with what is typed there now."""
        page = self.lesson.pages[number]
        if page.ask is None and page.view != CHECK:
            return draw(self.lesson, number, given, room, others)
        drawn, paper = self._drawn([number], given or {}, room, others)
        return drawn[number].sheet if page.ask else paper

    def page(self, number: int) -> Exercise:
        """A page that computes something, ready to be handed out."""
        return self._drawn([number], {}, SHEETS_CELLS)[0][number]

    def sheets(self) -> dict[int, Sheet]:
        """The sheets of all pages but contents.

        Raises XlconvError where one shows what another asks for.
        """
        exercises, papers = self.exercises()
        if self.lesson.form == BLANK:
            check_leaks([*exercises.values()])
        return {number: one.sheet for number, one in exercises.items()} | papers

    def exercises(self) -> tuple[dict[int, Exercise], dict[int, Sheet]]:
        """All pages that compute something, ready to be handed out, and the sheet of weights."""
        pages = self.lesson.pages
        exercises, paper = self._drawn(range(len(pages)), {}, SHEETS_CELLS)
        return exercises, {n: paper for n, page in enumerate(pages) if page.view == CHECK}

    def _drawn(
        self,
        numbers: Collection[int],
        given: Mapping[str, Values],
        room: int,
        others: Others | None = None,
    ) -> tuple[dict[int, Exercise], Sheet]:
        """Some of the pages, and the sheet of weights: those of other pages take their place."""
        lesson, drawn = self.lesson, dict[int, Exercise]()
        paper = _weights_sheet(lesson)
        weights = Weights(paper)
        shown = {n for n in numbers if lesson.pages[n].view not in ("contents", CHECK)}
        ticked = [n for n in shown if self.groups.get(n)]
        before = [n for n in self.groups if ticked and n < max(ticked)]
        for number in sorted({*shown, *before}):
            mine = given if number in shown else {}
            one = exercise(self._with_interval(number), number, mine, room, others)
            check_claims(one.sheet)
            write_ticks(one, self.groups.get(number, ()), weights)
            _finish(one, lesson.form, mine)
            if number in shown:
                drawn[number] = one
        fit(paper)
        return drawn, paper

    def _with_interval(self, number: int) -> Lesson:
        """The lesson; where a page's answers are rounded it says what a tick makes of that."""
        lesson, page = self.lesson, self.lesson.pages[number]
        if not any(group.rounded for group in self.groups.get(number, ())):
            return lesson
        told = said(lesson)["asked_decimals"].format(digits=lesson.classroom.digits)
        pages = [*lesson.pages]
        pages[number] = replace(page, idea=f"{page.idea} {told}".strip())
        return replace(lesson, pages=tuple(pages))


def exercise(
    lesson: Lesson,
    number: int,
    given: Mapping[str, Values] | None = None,
    room: int = SHEETS_CELLS,
    others: Others | None = None,
) -> Exercise:
    """What a page asks, on its sheet as it is without blanks; it may ask nothing.

    Raises XlconvError where it asks for what its sheet does not have.
    """
    page = lesson.pages[number]
    sheet = draw(lesson, number, given, room, others)
    try:
        one = Exercise(sheet, page.ask or Ask())
        leave_unsaid(one)
    except XlconvError as error:
        raise type(error)(f'sheet "{page.name}": {error}', parameter=error.parameter) from None
    return one


def moved(one: Exercise) -> Exercise:
    """A page that is handed out, with its mistake where the numbers say that are given now."""
    assert one.mistake
    sheet, before = one.sheet, one.mistake[1]
    paints = [paint for paint in sheet.paints if paint.cells is not before]
    blocks = [block for block in sheet.blocks if block.cells is not before]
    own = Exercise(replace(sheet, paints=paints, blocks=blocks), one.ask)
    assert own.mistake
    after = own.mistake[1]
    own.sheet.blocks.append(Block("", "blank", after))
    if len(paints) < len(sheet.paints):
        own.sheet.paints.append(Paint(after, None))
    return own


def _weights_sheet(lesson: Lesson) -> Sheet:
    """The sheet of weights, with its head alone; of a lesson without one, a sheet of nobody's."""
    numbers = [n for n, page in enumerate(lesson.pages) if page.view == CHECK]
    return headed(lesson, numbers[0]) if numbers else Sheet("Check")


def _finish(one: Exercise, form: str, given: Mapping[str, Values]) -> None:
    """Name the blanks, and take out of them what belongs there.

    given  what a student has in them, by their names
    """
    sheet, answers = one.sheet, one.untouched.copy()
    number = {at: n for n, at in enumerate(one.places)}
    listed = [(f"answer_{n}", cells) for n, (_, cells) in enumerate(one.grids, 1)]
    if one.mistake:
        listed.append(("", one.mistake[1]))  # whose name would tell where it is
    for name, cells in listed:
        sheet.blocks.append(Block(name, "blank", cells))
        if name:
            sheet.coat(cells, "blank")
        if form == KEY:
            continue
        if name in given:
            at = [number[cells.cell(index)] for index in np.ndindex(cells.shape)]
            answers[at] = np.ravel(given[name])
        if name:
            sheet.blanks.append(Blank(cells))
        else:
            sheet.paint(cells, answers[number[cells.origin]])
    fit(sheet)  # while the answers stand there: a key and its worksheet show numbers alike
    one.run(None if form == KEY else answers, whole=True)
