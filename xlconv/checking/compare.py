"""One sheet of a file, compared cell by cell with the same sheet drawn again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from xlconv.checking.alike import same
from xlconv.checking.beside import EMPTY, Beside, UndrawnError, UnorderedError
from xlconv.checking.dates import date_styles
from xlconv.checking.differences import FOLLOWED, Found, Other, displaced
from xlconv.checking.following import following
from xlconv.checking.formula import parts, references
from xlconv.checking.moves import Moves, moves
from xlconv.checking.patterns import Patterns
from xlconv.checking.redrawn import FAILURES, Earlier, mark, marks, rows, unmoved
from xlconv.checking.report import Finding
from xlconv.checking.rows import written_otherwise
from xlconv.checking.typed import as_text, own, said
from xlconv.checking.workbook import Cell, Value, Workbook
from xlconv.errors import UnreadableError
from xlconv.grid.functions import Values
from xlconv.grid.places import Place, a1, area_of, corners, span
from xlconv.grid.sheet import Sheet
from xlconv.layers.given import plain
from xlconv.lessons.drawing import draw
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.recipe import KEPT
from xlconv.text import counted

MANY = 1_000
"""Cells that do not stand where they were, after which is asked first whether they were moved."""

EDITABLE = ("input", "kernel", "bias", "image", "pool", "parameter", "control")
"""The roles of cells that are meant to be typed over."""

CONTROLS = ("parameter", "control")
"""Those among them where nothing is no number: an empty cell of the others counts as 0."""


@dataclass(frozen=True)
class OneSheet:
    """The comparison of one sheet with the same sheet drawn again.

    titles  what each sheet of the lesson is called now
    values  what an engine computes for its cells, if it was asked
    looked  how many formulas were looked at
    """

    lesson: Lesson
    number: int
    book: Workbook
    titles: Mapping[str, str]
    values: Mapping[Place, Value] | None
    looked: Counter[str] = field(default_factory=Counter)

    def findings(self) -> list[Finding]:
        """What is not as it was made, with the places where it stands now.

        Raises UnreadableError for a recipe that cannot be drawn.
        """
        first = self._compared(Moves(), MANY)
        if not (many := displaced(first)):
            return first
        moves = self._moves()
        moved = ", ".join(moves.told())
        again = self._compared(moves) if moved else []
        if many > MANY and not (moved and displaced(again) < many):  # it ended before its end
            first = self._compared(Moves())
        if moved and displaced(again) < displaced(first):
            return [Finding("shifted", self.title, got=moved), *again]
        return list(self._cut()) or first

    @property
    def name(self) -> str:
        return self.lesson.pages[self.number].name

    @property
    def title(self) -> str:
        return self.titles[self.name]

    @cached_property
    def formulas(self) -> int:
        """How many formulas it has to have."""
        looked = self.looked["formulas"]
        return looked or sum(row.count(b"<f>") for _, row in rows(self._drawn))

    @cached_property
    def _drawn(self) -> Sheet:
        try:
            return self._draw({})
        except FAILURES as error:
            # of a recipe that xlconv did not write: its own was drawn before it was written
            path = self.book.package.name
            raise UnreadableError(f"{path}'s recipe cannot be drawn: {error}") from None

    @cached_property
    def _editable(self) -> AbstractSet[Place]:
        """The cells that are meant to be typed over."""
        return {
            block.cells.cell(index)
            for block in self._drawn.blocks
            if block.role in EDITABLE
            for index in np.ndindex(*block.cells.shape)
        }

    @cached_property
    def _now(self) -> Mapping[str, str]:
        """What each sheet is called now, as formulas compare them."""
        return {name.upper(): title.upper() for name, title in self.titles.items()}

    @cached_property
    def _dates(self) -> AbstractSet[str]:
        """The styles that show a number as a date; read only where a number was changed."""
        return date_styles(self.book)

    def _draw(self, given: Mapping[str, Values]) -> Sheet:
        with np.errstate(all="ignore"):
            return draw(self.lesson, self.number, given, self.book.room(self.title))

    def _compared(self, at: Moves, most: int | None = None) -> list[Finding]:
        """The findings where the sheet's cells were moved so.

        most  ends soon after so many cells do not stand where they were
        """
        beside = Beside(self.book, self.title, self.values, at)
        theirs = beside.only({at.place(place): place for place in self._editable})
        typed, findings = self._typed(theirs, at)
        changed = {place for place, finding in findings.items() if finding.wrong}
        try:
            drawn = self._draw(typed) if typed else self._drawn
        except FAILURES as error:
            return [*findings.values(), self._error(error)]
        for held in (False, True):
            with suppress(UnorderedError):
                more = self._instead_and_other(beside, drawn, {*changed}, held, most)
                return [*findings.values(), *more]
        raise AssertionError("rows that are held are in order")

    def _error(self, error: Exception) -> Finding:
        why = str(error).removeprefix(f'sheet "{self.name}": ')
        return Finding("error", self.title, got=why)

    def _instead_and_other(
        self, beside: Beside, drawn: Sheet, changed: set[Place], held: bool, most: int | None
    ) -> list[Finding]:
        """What stands in the place of fixed cells, and the values of those that are right."""
        differences, at = Found(), beside.at
        known = Patterns((self.name, self.title), self._now, at)
        other = Other(drawn, None if drawn is self._drawn else Earlier(self._drawn).value)
        try:
            for number, ours, theirs in beside.pairs(drawn, held):
                if differences.full and at == Moves() and isinstance(theirs, bytes):
                    differences.numbers["formula"] += written_otherwise(ours, theirs)
                    continue
                for place, mine, cell in beside.apart(number, ours, theirs):
                    if place in self._editable:
                        continue
                    if finding := self._instead(place, mine, cell, known, differences):
                        differences.add(finding)
                        if len(changed) <= FOLLOWED:
                            changed.add(place)
                    elif mine.formula is not None:
                        other.take(place, mine, cell.value)
                if most is not None and differences.displaced > most:
                    return differences.findings()
        except UndrawnError as error:
            if drawn is self._drawn:
                raise error.__cause__ or error from None
            return [self._error(error)]
        self.looked["formulas"] = beside.formulas
        return [*differences.findings(), *self._told(other, beside.valued, changed, at)]

    def _typed(
        self, theirs: Mapping[Place, Cell], at: Moves
    ) -> tuple[dict[str, Values], dict[Place, Finding]]:
        """The blocks in which other numbers stand now, and where."""
        typed: dict[str, Values] = {}
        findings: dict[Place, Finding] = {}
        for block in (block for block in self._drawn.blocks if block.role in EDITABLE):
            array = np.empty(block.cells.shape, dtype=object)
            for index in np.ndindex(*array.shape):
                place, was = block.cells.cell(index), _plain(block.cells.value[index])
                cell = got = theirs.get(place, EMPTY)
                if block.role not in CONTROLS and cell == EMPTY:
                    cell = cell._replace(value=0.0)
                known = was if array.size <= KEPT else None
                if kind := self._own(known, cell):
                    findings[place] = Finding(kind, self.title, a1(at.place(place)), was, said(got))
                number = isinstance(was, str) or isinstance(cell.value, float)
                array[index] = cell.value if number else 0.0
            kind_of = block.cells.value.dtype
            array = array if kind_of == object else array.astype(np.float64)
            if not np.array_equal(array, block.cells.value):
                typed[block.name] = array
        return typed, findings

    def _own(self, was: Value, cell: Cell) -> str:
        """The kind of finding that a cell is which is meant to be typed over."""
        kind = own(was, cell)
        return "date" if kind == "changed" and cell.style in self._dates else kind

    def _instead(
        self, place: Place, mine: Cell, other: Cell, known: Patterns, differences: Found
    ) -> Finding | None:
        """What stands in the place of a fixed number or a formula, if it is not the same."""
        if mine.formula is None:
            if same(mine.value, other.value):
                return None
            kind, expected, got = as_text(other.value, "constant"), mine.value, other.value
        elif other.formula is None:
            kind = "quoted" if as_text(other.value, "") == "quoted" else "formula"
            expected, got = f"={mine.formula}", other.value
        elif alike := known.alike(mine.formula, other.formula):
            return None
        elif alike is None and not differences.displaced:
            path = self.book.package.name
            raise UnreadableError(f'{path} has too many ways to write formulas in "{self.title}"')
        else:
            kind, expected, got = "formula", f"={mine.formula}", f"={other.formula}"
        return Finding(kind, self.title, a1(known.at.place(place)), expected, got)

    def _told(
        self, other: Other, valued: bool, changed: AbstractSet[Place], at: Moves
    ) -> Iterator[Finding]:
        """Why these values are others."""
        if other.number and self.values is None:
            if words := other.stale(valued, at):
                yield Finding("stale", self.title, got=words)
                return
            if self._unknown():
                yield Finding("unknown", self.title)
        follow = self._following(other, changed)
        more = other.number - len(other.kept)
        for place, (mine, value) in other.kept.items():
            if place not in follow:
                cell = a1(at.place(place))
                yield Finding("value", self.title, cell, mine.value, value, more)
                more = 0
        if follow:
            first = a1(at.place(min(follow)))
            words = f"{counted(len(follow), 'value')}, from {first} on"
            yield Finding("follows", self.title, got=words)

    def _following(self, other: Other, changed: AbstractSet[Place]) -> set[Place]:
        """Those of these values that follow from cells that were changed."""
        if not changed or other.number + len(changed) > FOLLOWED:
            return set()
        texts = {place: mine.formula or "" for place, (mine, _) in other.kept.items()}
        formulas = {place: [*references(parts(text, self.name))] for place, text in texts.items()}
        return following(formulas, changed)

    def _unknown(self) -> bool:
        """Whether nobody knows what some of its numbers were before they were changed."""
        return any(
            block.role in EDITABLE and block.cells.memory.size > KEPT
            for block in self._drawn.blocks
        )

    def _moves(self) -> Moves:
        """How rows and columns were moved, seen from formulas and numbers alone."""
        if unmoved(self._drawn, self.book.rows(self.title)):
            return Moves()
        ours = {p: m for number, row in rows(self._drawn) for p, m in marks(number, row)}
        theirs: dict[Place, str] = {}
        for place, cell in self.book.cells(self.title):
            if marked := mark(cell):
                theirs[place] = marked
            if len(theirs) > 2 * len(ours) + 1_000:
                return Moves()
        return moves(ours, theirs)

    def _cut(self) -> Iterator[Finding]:
        """The first block whose name leads to other cells, if there is one."""
        for block in self._drawn.blocks:
            reference = self.book.names.get(self._drawn.defined_name(block).lower(), "")
            place = area_of(reference)
            if place is not None and place != (self.title, *corners(block.cells)):
                where = f"{block.name} in {span(block.cells)}"
                yield Finding("moved", self.title, "", where, reference)
                return


def _plain(value: Any) -> Value:
    """A value of NumPy's as a file has it: there, every number is a float."""
    item: Value = plain(value)
    return float(item) if type(item) is int else item
