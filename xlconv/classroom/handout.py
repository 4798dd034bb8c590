"""The workbooks of a class: drawn once, and written for each student with numbers of their own."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xlconv.classroom.variants import numbers
from xlconv.frozen import frozen
from xlconv.grid.marks import Block
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Array, Layer
from xlconv.lessons.book import is_printed
from xlconv.lessons.build import about, made_from, with_contents
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.recipe import recipe_properties, recipe_sheet
from xlconv.lessons.worksheet import BLANK, Worksheet, moved
from xlconv.xlsx.archive import Kept, write
from xlconv.xlsx.cells import CellRows

if TYPE_CHECKING:
    from xlconv.paper.page import Part
    from xlconv.paper.printing import Printing

SIGNED = "code"
"""The role of the cell with a workbook's code."""

CODE = "xlconv.code"
"""The property with a workbook's code."""

ARRAYS = {"input": "input", "kernel": "weight", "bias": "bias"}
"""The blocks that hold a layer's numbers, and what the layer calls them."""


def variant(lesson: Lesson, key: bytes, student: str) -> Lesson:
    """The lesson with a student's own numbers."""
    new = dict(lesson.layers)
    for name in lesson.classroom.vary:
        layer, _, array = name.partition(".")
        shape = getattr(lesson.layers[layer], array).shape
        low, high = lesson.classroom.low, lesson.classroom.high
        own = numbers(key, student, name, shape, low, high)
        new[layer] = replace(new[layer], **{array: own})  # type: ignore[arg-type]
    changed = {id(layer): new[name] for name, layer in lesson.layers.items()}
    pages = (
        page if page.layer is None else replace(page, layer=changed.get(id(page.layer), page.layer))
        for page in lesson.pages
    )
    return replace(lesson, pages=tuple(pages), layers=new)


class Own(NamedTuple):
    """A student's own worksheet, until another's is asked for: the title has the code."""

    lesson: Lesson
    title: str
    sheets: list[Sheet]
    kept: Kept

    @property
    def about(self) -> dict[str, str]:
        """What a file says of itself."""
        return {"title": self.title, **about(self.lesson)}


@frozen
class Handout:
    """A lesson's worksheet, or its key, ready to be written for one student after another.

    lesson  in one of the forms of a worksheet
    """

    lesson: Lesson
    key: bytes

    @cached_property
    def _worksheet(self) -> Worksheet:
        return Worksheet.of(self.lesson)

    @cached_property
    def _drawn(self) -> tuple[Lesson, dict[int, Exercise], list[Sheet]]:
        """The lesson with its legend, what its pages ask, and all sheets."""
        exercises, papers = self._worksheet.exercises()
        drawn = {number: one.sheet for number, one in exercises.items()} | papers
        lesson, sheets = with_contents(self.lesson, drawn)
        self._sign(sheets[0])
        return lesson, exercises, sheets

    def _sign(self, sheet: Sheet) -> None:
        """Make room for the code, beside the title of the first sheet."""
        column = 1 + max(
            sheet.behind(paint.cells.origin, str(paint.cells.memory.flat[0]), "title")
            for paint in sheet.paints
            if paint.cells.origin[0] == 0
        )
        cells = sheet.text((0, column), "", "note")
        sheet.blocks.append(Block("code", SIGNED, cells))

    @cached_property
    def _others(self) -> frozenset[int]:
        """The pages that are drawn anew: what is given stands elsewhere on them."""
        lesson = self.lesson
        return frozenset(
            number
            for number, one in self._drawn[1].items()
            if not is_shared(one, lesson.pages[number].layer)
        )

    @cached_property
    def _kept(self) -> Kept:
        return Kept.of(self._drawn[2], self._others)

    @cached_property
    def _moved(self) -> dict[tuple[int, Place], tuple[Exercise, CellRows | None]]:
        """Pages with a mistake, by their numbers and by where it stands, and their rows."""
        return {}

    def _mistaken(self, number: int, one: Exercise) -> tuple[Exercise, CellRows | None]:
        """A page with its mistake where the numbers say that are given now."""
        found = one.mistaken()
        assert found
        at = number, found[1].origin
        if at not in self._moved:
            own = moved(one)
            self._moved[at] = own, self._kept.more(own.sheet)
        return self._moved[at]

    def workbook(self, student: str, code: str, named: str = "") -> bytes:
        """The file of one student.

        named  what stands before the code for all to see, such as the student's name
        """
        return self._file(self._own(student, code, named), code)

    def _file(self, own: Own, code: str) -> bytes:
        target, told = BytesIO(), made_from(own.lesson, own.sheets)
        properties = recipe_properties(told) | {CODE: code}
        write([*own.sheets, recipe_sheet(told)], own.about, target, properties, None, own.kept)
        return target.getvalue()

    def page(self, student: str, code: str, named: str = "") -> bytes:
        """The same as a page for a browser, which gives the file back filled in."""
        from xlconv.page.document import document

        own = self._own(student, code, named)
        return document(own.sheets, own.about, partial(self._file, own, code))

    def part(self, student: str, code: str, named: str, printing: Printing, first: int = 0) -> Part:
        """The same on paper; its sheets are counted from `first` on."""
        own = self._own(student, code, named)
        return printing.part([*filter(is_printed, own.sheets)], own.title, first)

    @property
    def sheets(self) -> list[Sheet]:
        """The sheets as they are of nobody."""
        return self._drawn[2]

    def _own(self, student: str, code: str, named: str) -> Own:
        base, exercises, sheets = self._drawn
        rows = [*self._kept.rows]
        lesson, sheets = variant(base, self.key, student), [*sheets]
        for number, one in exercises.items():
            layer = lesson.pages[number].layer
            if number in self._others:
                sheets[number] = replace(self._worksheet, lesson=lesson).draw(number)
                if number == 0:
                    self._sign(sheets[0])
            elif layer is not None and layer is not base.pages[number].layer:
                one.give(numbers_of(one, layer))
                own = one
                if one.mistake:
                    own, rows[number] = self._mistaken(number, one)
                    sheets[number] = own.sheet
                own.run(own.handed_out() if lesson.form == BLANK else None, whole=True)
        said = f"{named}  {code}".strip()
        sheets[0] = _signed(sheets[0], said, code)
        kept = replace(self._kept, rows=tuple(rows))
        return Own(lesson, f"{lesson.title}  {said}", sheets, kept)


def _signed(sheet: Sheet, said: str, code: str) -> Sheet:
    """The first sheet with a code in its place, which is named after it."""
    place = next(block.cells for block in sheet.blocks if block.role == SIGNED)
    place.memory[...] = said
    named = Block(f"code_{code}", SIGNED, place)
    return replace(sheet, blocks=[b for b in sheet.blocks if b.role != SIGNED] + [named])


def numbers_of(one: Exercise, layer: Layer) -> dict[str, Array]:
    """A layer's numbers, by the blocks that hold them."""
    return {
        block: getattr(layer, array)
        for block, array in ARRAYS.items()
        if block in one.givens and getattr(layer, array) is not None
    }


def is_shared(one: Exercise, layer: Layer | None) -> bool:
    """Whether a page that is drawn once serves every student, by other numbers in its blocks.

    It does not where its blocks are not a layer's arrays; integers are the same
    for all.
    """
    if layer is None:
        return True
    made_of = {"kernel": layer.quantised, "input": layer.scaled}
    computed = {block for block, integers in made_of.items() if integers is not None}
    return all(
        one.givens[block].memory.size == array.size
        and np.array_equal(one.givens[block].memory.ravel(), array.ravel())
        for block, array in numbers_of(one, layer).items()
    ) and {
        block for block, array in ARRAYS.items() if getattr(layer, array) is not None
    } - computed <= set(one.givens)
