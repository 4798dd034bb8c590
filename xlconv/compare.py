"""One sheet of a file, compared cell by cell with the same sheet drawn again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from xlconv.alike import same
from xlconv.dates import date_styles
from xlconv.drawing import draw
from xlconv.errors import UnreadableError
from xlconv.following import following
from xlconv.formula import Cells, parts, references, same_parts
from xlconv.functions import Values
from xlconv.moves import Moves, moves
from xlconv.page import Lesson
from xlconv.places import Place, a1, corners, span
from xlconv.recipe import KEPT
from xlconv.redrawn import FAILURES, contents, mark
from xlconv.report import Finding
from xlconv.sheet import Sheet
from xlconv.typed import as_text, own, said
from xlconv.workbook import Cell, Value, Workbook, area

EDITABLE = ("input", "kernel", "bias", "image", "pool", "parameter", "control")
"""The roles of cells that are meant to be typed over."""

CONTROLS = ("parameter", "control")
"""Those among them where nothing is no number: an empty cell of the others counts as 0."""

EMPTY = Cell(None, None)

CHANGE_OF_SCALE = 1e-13
"""A value may differ by this much of the largest of its sheet: sums are rounded in any order."""

FOLLOWED = 50_000
"""Values that are traced to what they follow from; of more, each is told as it is."""

DISPLACED = ("formula", "constant", "text", "digits", "quoted")
"""The kinds of findings that cells give which do not stand where they were."""

Drawn = Mapping[Place, Cell]


@dataclass(frozen=True)
class OneSheet:
    """The comparison of one sheet with the same sheet drawn again.

    titles  what each sheet of the lesson is called now
    values  what an engine computes for its cells, if it was asked
    """

    lesson: Lesson
    number: int
    book: Workbook
    titles: Mapping[str, str]
    values: Mapping[Place, Value] | None

    def findings(self) -> list[Finding]:
        """What is not as it was made, with the places where it stands now.

        Raises UnreadableError for a recipe that cannot be drawn.
        """
        first = self._compared(Moves())
        if not (displaced := _displaced(first)):
            return first
        found = self._moves()
        if told := ", ".join(found.told()):
            again = self._compared(found)
            if _displaced(again) < displaced:
                return [Finding("shifted", self.title, got=told), *again]
        return list(self._cut()) or first

    @property
    def name(self) -> str:
        return self.lesson.pages[self.number].name

    @property
    def title(self) -> str:
        return self.titles[self.name]

    @property
    def formulas(self) -> int:
        """How many formulas it has to have."""
        return sum(cell.formula is not None for cell in self._ours.values())

    @cached_property
    def _drawn(self) -> Sheet:
        try:
            return self._draw({})
        except FAILURES as error:
            # of a recipe that xlconv did not write: its own was drawn before it was written
            path = self.book.package.name
            raise UnreadableError(f"{path}'s recipe cannot be drawn: {error}") from None

    @cached_property
    def _ours(self) -> Drawn:
        """All its formulas and numbers, those to be typed over among them."""
        return contents(self._drawn)

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

    def _compared(self, at: Moves) -> list[Finding]:
        """The findings where the sheet's cells were moved so."""
        theirs = self._theirs(at)
        typed, findings = self._typed(theirs, at)
        changed = {place for place, found in findings.items() if found.wrong}
        try:
            ours = contents(self._draw(typed)) if typed else self._ours
        except FAILURES as error:
            told = str(error).removeprefix(f'sheet "{self.name}": ')
            return [*findings.values(), Finding("error", self.title, got=told)]
        fixed = {place: cell for place, cell in ours.items() if place not in self._editable}
        for place, mine in fixed.items():
            if found := self._instead(place, mine, theirs.get(place, EMPTY), at):
                findings[place] = found
                changed.add(place)
        other = self._other_values(fixed, theirs, changed)
        return [*findings.values(), *self._told(other, fixed, theirs, changed, at)]

    def _theirs(self, at: Moves) -> dict[Place, Cell]:
        """The cells of the file by where they were, but for those that nobody asks for."""
        wanted = {at.place(place): place for place in self._ours.keys() | self._editable}
        found: dict[Place, Cell] = {}
        for place, cell in self.book.cells(self.title):
            if place not in wanted:
                continue
            if self.values is None or cell.formula is None:
                found[wanted[place]] = cell
            else:
                found[wanted[place]] = cell._replace(value=self.values.get(place))
            if len(found) == len(wanted):
                break
        return found

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

    def _instead(self, place: Place, mine: Cell, other: Cell, at: Moves) -> Finding | None:
        """What stands in the place of a fixed number or a formula, if it is not the same."""
        if mine.formula is None:
            if same(mine.value, other.value):
                return None
            kind, expected, got = as_text(other.value, "constant"), mine.value, other.value
        elif other.formula is None:
            kind = "quoted" if as_text(other.value, "") == "quoted" else "formula"
            expected, got = f"={mine.formula}", other.value
        elif self._alike(mine.formula, other.formula, at):
            return None
        else:
            kind, expected, got = "formula", f"={mine.formula}", f"={other.formula}"
        return Finding(kind, self.title, a1(at.place(place)), expected, got)

    def _alike(self, ours: str, theirs: str, at: Moves) -> bool:
        """Whether two formulas are one but for how a program writes them."""
        if ours == theirs and not (at.rows or at.columns):
            return True
        if len(theirs) > 4 * len(ours) + 400:
            return False

        def seen(cells: Cells) -> Cells:
            if cells.sheet:
                return cells._replace(sheet=self._now.get(cells.sheet, cells.sheet))
            return at.cells(cells)

        try:
            return same_parts(parts(ours, self.name), parts(theirs, self.title), seen)
        except ValueError:
            return False

    def _other_values(
        self, ours: Drawn, theirs: Mapping[Place, Cell], changed: AbstractSet[Place]
    ) -> list[Place]:
        """The right formulas that have another value."""
        numbers = [
            abs(cell.value)
            for cell in ours.values()
            if cell.formula is not None and isinstance(cell.value, float)
        ]
        apart = CHANGE_OF_SCALE * max(numbers, default=0)
        return [
            place
            for place, mine in ours.items()
            if mine.formula is not None
            and place not in changed
            and not same(mine.value, theirs[place].value, apart)
        ]

    def _told(
        self,
        other: list[Place],
        ours: Drawn,
        theirs: Mapping[Place, Cell],
        changed: AbstractSet[Place],
        at: Moves,
    ) -> Iterator[Finding]:
        """Why these values are others."""
        if other and self.values is None and (stale := self._stale(other, ours, theirs)):
            yield Finding("stale", self.title, got=stale)
            return
        follow = self._following(other, ours, changed)
        for place in other:
            if place not in follow:
                where = self.title, a1(at.place(place))
                yield Finding("value", *where, ours[place].value, theirs[place].value)
        if follow:
            count = f"{len(follow):,} value{'s' * (len(follow) > 1)}"
            yield Finding(
                "follows", self.title, got=f"{count}, from {a1(at.place(min(follow)))} on"
            )

    def _following(
        self, other: list[Place], ours: Drawn, changed: AbstractSet[Place]
    ) -> set[Place]:
        """Those of these values that follow from cells that were changed."""
        if not changed or len(other) > FOLLOWED:
            return set()
        texts = {place: ours[place].formula or "" for place in other}
        formulas = {place: [*references(parts(text, self.name))] for place, text in texts.items()}
        return following(formulas, changed)

    def _stale(self, other: list[Place], ours: Drawn, theirs: Mapping[Place, Cell]) -> str:
        """How one sees that no program has recalculated the sheet; "" if one does not."""
        if all(
            theirs[place].value is None
            for place, mine in ours.items()
            if mine.formula is not None and place in theirs and theirs[place].formula is not None
        ):
            return "none of its formulas has a value"
        old = [theirs[place].value for place in other]
        if all(
            value is None or same(self._ours[place].value, value)
            for place, value in zip(other, old, strict=True)
        ):
            return "its values are those of the numbers before they were changed"
        return ""

    def _moves(self) -> Moves:
        """How rows and columns were moved, seen from formulas and numbers alone."""
        theirs: dict[Place, str] = {}
        for place, cell in self.book.cells(self.title):
            if told := mark(cell):
                theirs[place] = told
            if len(theirs) > 2 * len(self._ours) + 1_000:
                return Moves()
        return moves({place: mark(cell) for place, cell in self._ours.items()}, theirs)

    def _cut(self) -> Iterator[Finding]:
        """The first block whose name leads to other cells, if there is one."""
        for block in self._drawn.blocks:
            place = area(self.book.names.get(self._drawn.defined_name(block).lower(), ""))
            if place is not None and place != (self.title, *corners(block.cells)):
                reference = self.book.names[self._drawn.defined_name(block).lower()]
                told = f"{block.name} in {span(block.cells)}"
                yield Finding("moved", self.title, "", told, reference)
                return


def _displaced(findings: list[Finding]) -> int:
    return sum(finding.kind in DISPLACED for finding in findings)


def _plain(value: Any) -> Value:
    """A value of NumPy's as Python has it."""
    item = value.item() if isinstance(value, np.generic) else value
    return float(item) if isinstance(item, int) and not isinstance(item, bool) else item
