"""One sheet of a file, compared cell by cell with the same sheet drawn again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import field, replace
from functools import cached_property

import numpy as np

from xlconv.checking.alike import same
from xlconv.checking.beside import Beside, UndrawnError, UnorderedError
from xlconv.checking.dates import date_styles
from xlconv.checking.differences import FOLLOWED, Found, Other, Seen, displaced
from xlconv.checking.following import following
from xlconv.checking.formula import parts, references
from xlconv.checking.inputs import EMPTY, Inputs, Theirs, Typed
from xlconv.checking.moves import Moves, moves
from xlconv.checking.patterns import Patterns
from xlconv.checking.redrawn import FAILURES, Earlier, marks, rows
from xlconv.checking.renamed import first_cut
from xlconv.checking.report import Finding
from xlconv.checking.rows import Row
from xlconv.checking.typed import as_text, said
from xlconv.checking.workbook import Cell, Value, Workbook
from xlconv.errors import UnreadableError
from xlconv.frozen import frozen
from xlconv.grid.places import Place, a1
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import Values
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.worksheet import Drawer
from xlconv.text import counted

UNEXPLAINED = 1_000
"""Cells that moves may leave unexplained; with more, the sheet is another, not this one moved."""

HELD = 256 << 20
"""Bytes of a sheet that are held where it is looked at again, and not unpacked again."""

MANY = 1_000
"""Cells that do not stand where they were, after which is asked first whether they were moved."""


@frozen
class OneSheet:
    """The comparison of one sheet with the same sheet drawn again.

    draw    draws its pages, with what is typed there now
    titles  what each sheet of the lesson is called now
    values  what an engine computes for its cells, if it was asked
    others  what is typed on the sheets before it, by their numbers; its own is added
    moved   how those before it were moved, by their names in capitals; so, too
    looked  how many formulas were looked at
    held    all rows of the file, if they stand in no order or are looked at again
    """

    lesson: Lesson
    draw: Drawer
    number: int
    book: Workbook
    titles: Mapping[str, str]
    values: Mapping[Place, Value] | None
    others: dict[int, Mapping[str, Values]] = field(default_factory=dict)
    moved: dict[str, Moves] = field(default_factory=dict)
    looked: Counter[str] = field(default_factory=Counter)
    held: list[tuple[int, Row]] = field(default_factory=list)

    def findings(self) -> list[Finding]:
        """What is not as it was made, with the places where it stands now.

        Raises UnreadableError for a recipe that cannot be drawn.
        """
        sheets = tuple(self.moved.items())
        first = self._compared(Moves(sheets=sheets), MANY)
        if not (many := displaced(first)):
            return first
        if self.book.part_size(self.title) <= HELD and not self.held:
            self._hold()
        seen = replace(self._moves(), sheets=sheets)
        again = self._compared(seen, UNEXPLAINED) if (moved := ", ".join(seen.told())) else first
        if many > MANY and displaced(again) >= many:  # it ended before its end
            first = self._compared(Moves(sheets=sheets))
        if moved and displaced(again) < min(displaced(first), UNEXPLAINED):
            self.moved[self.name.upper()] = seen
            return [Finding("shifted", self.title, got=moved), *again]
        cut = first_cut(self._drawn, self.title, self.book.names)
        return [Finding("moved", self.title, "", *cut)] if cut else first

    @property
    def name(self) -> str:
        return self.lesson.pages[self.number].name

    @property
    def title(self) -> str:
        return self.titles[self.name]

    @cached_property
    def formulas(self) -> int:
        """How many formulas it has to have."""
        return self.looked["formulas"] or sum(row.count(b"<f>") for _, row in rows(self._drawn))

    @cached_property
    def _drawn(self) -> Sheet:
        try:
            return self._draw({})
        except FAILURES as error:
            # of a recipe that xlconv did not write: its own was drawn before it was written
            path = self.book.package.name
            raise UnreadableError(f"{path}'s recipe cannot be drawn: {error}") from None

    @cached_property
    def _inputs(self) -> Inputs:
        return Inputs(self._drawn)

    @cached_property
    def _now(self) -> Mapping[str, str]:
        """What each sheet is called now, as formulas compare them."""
        return {name.upper(): title.upper() for name, title in self.titles.items()}

    @cached_property
    def _dates(self) -> Container[str]:
        """The styles that show a number as a date; read only where a number was changed."""
        return date_styles(self.book)

    def _draw(self, given: Mapping[str, Values]) -> Sheet:
        with np.errstate(all="ignore"):
            return self.draw(self.number, given, self.book.room(self.title), self.others)

    def _compared(self, at: Moves, most: int | None = None) -> list[Finding]:
        """The findings where the sheet's cells were moved so.

        most  ends soon after so many cells do not stand where they were
        """
        with suppress(UnorderedError):
            return self._in_order(self._beside(at), most)
        self._hold()
        return self._in_order(self._beside(at), most)

    def _hold(self) -> None:
        self.held.extend(self._beside(Moves()).ordered())

    def _beside(self, at: Moves) -> Beside:
        return Beside(self.book, self.title, self.values, at, self.held)

    def _in_order(self, beside: Beside, most: int | None) -> list[Finding]:
        """The same. Large inputs are taken to be as they were drawn, until a row says otherwise."""
        at = beside.at
        first = {at.place(place): place for place in self._inputs.first()}
        theirs = Theirs(dict.fromkeys(first.values(), EMPTY) | beside.only(first))
        typed, told = self._inputs.typed(theirs)
        look = self._looked(beside, self._redrawn(typed), most, theirs)
        if look is None:
            typed, told = self._inputs.typed(theirs)
            look = self._looked(beside, self._redrawn(typed), most)
        self.others[self.number] = typed
        findings = [self._typed(one, at) for one in told]
        if not isinstance(look, Seen):
            return [*findings, self._error(look)] if look else findings
        wrong = {one.place for one, f in zip(told, findings, strict=True) if f.wrong}
        rest = self._told(look, beside.valued, look.changed | wrong, at)
        findings += look.found.findings()
        soon = most is not None and look.found.displaced > most
        return findings if soon else [*findings, *rest]

    def _redrawn(self, typed: Mapping[str, Values]) -> Sheet | Exception:
        """The sheet with these numbers, or why it cannot be drawn with them."""
        if not typed:
            return self._drawn
        try:
            return self._draw(typed)
        except FAILURES as error:
            return error

    def _typed(self, one: Typed, at: Moves) -> Finding:
        date = one.kind == "changed" and one.now.style in self._dates
        kind = "date" if date else one.kind
        return Finding(kind, self.title, a1(at.place(one.place)), one.was, said(one.now))

    def _error(self, error: Exception) -> Finding:
        why = str(error).removeprefix(f'sheet "{self.name}": ')
        return Finding("error", self.title, got=why)

    def _looked(
        self,
        beside: Beside,
        drawn: Sheet | Exception,
        most: int | None,
        theirs: Theirs | None = None,
    ) -> Seen | Exception | None:
        """What stands in the place of fixed cells, and the values of those that are right.

        theirs  inputs that are known; the others are added, and if one is not as drawn, it is None
        """
        if not isinstance(drawn, Sheet) and theirs is None:
            return drawn
        trusted, sheet = (True, drawn) if isinstance(drawn, Sheet) else (False, self._drawn)
        look = Seen(Other(sheet, None if sheet is self._drawn else Earlier(self._drawn).value))
        known = Patterns((self.name, self.title), self._now, beside.at)
        try:
            for number, ours, row in beside.pairs(sheet):
                if not trusted and number > self._inputs.last:
                    break
                if trusted and beside.as_drawn(ours, row):
                    continue
                if theirs is not None:
                    trusted = beside.take(self._inputs, theirs, number, ours, row, trusted)
                if trusted:
                    self._row(look, beside, known, number, ours, row)
                much = trusted and look.other.full
                if look.found.displaced > (FOLLOWED if most is None else most) or (
                    much and theirs is None
                ):
                    look.ended = number
                    break
                trusted = trusted and not much  # first, all that was typed has to be known
        except UndrawnError as error:
            if sheet is self._drawn:
                raise error.__cause__ or error from None
            return error if theirs is None else self._looked(beside, error, most, theirs)
        self.looked["formulas"] = beside.formulas
        return look if trusted else None

    def _row(
        self, look: Seen, beside: Beside, known: Patterns, number: int, ours: bytes, row: Row
    ) -> None:
        """Look at one row."""
        found = look.found
        for place, mine, cell in beside.apart(number, ours, row, known):
            if self._inputs.cells[place]:
                continue
            if finding := self._instead(place, mine, cell, known, found):
                found.add(finding)
                if len(look.changed) <= FOLLOWED:
                    look.changed.add(place)
            elif mine.formula is not None:
                look.other.take(place, mine, cell.value)

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
            kind, expected, got = "formula", f"={known.now_here(mine.formula)}", f"={other.formula}"
        return Finding(kind, self.title, a1(known.at.place(place)), expected, got)

    def _told(self, look: Seen, valued: bool, changed: set[Place], at: Moves) -> Iterator[Finding]:
        """Why these values are others, and what was not looked at."""
        other = look.other
        if look.ended is not None:
            told = f"nothing below row {at.place((look.ended, 0))[0] + 1}"
            yield Finding("ended", self.title, got=told)
        if other.number and self.values is None:
            if words := other.stale(valued, at):
                yield Finding("stale", self.title, got=words)
                return
            if self._inputs.unknown:
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

    def _following(self, other: Other, changed: set[Place]) -> set[Place]:
        """Those of these values that follow from cells that were changed."""
        if not changed or other.number + len(changed) > FOLLOWED:
            return set()
        texts = {place: mine.formula or "" for place, (mine, _) in other.kept.items()}
        formulas = {place: [*references(parts(text, self.name))] for place, text in texts.items()}
        return following(formulas, changed)

    def _moves(self) -> Moves:
        """How rows and columns were moved, seen from formulas and numbers alone."""
        ours, theirs = marks(rows(self._drawn)), marks(self.held or self.book.rows(self.title))
        count, other = (sum(len(told) for _, told in lines.values()) for lines in (ours, theirs))
        return Moves() if ours == theirs or other > 2 * count + 1_000 else moves(ours, theirs)
