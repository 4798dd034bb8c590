"""Whether a workbook that was perhaps edited still computes what it should.

The workbook carries its recipe. The same lesson is drawn again with the numbers that the file holds
now, and the two are compared cell by cell: formulas as written, values as NumPy computes them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl.formula.tokenizer import Token, TokenizerError

from xlconv import __version__
from xlconv.alike import same, tokens
from xlconv.drawing import draw
from xlconv.engine import recalculated
from xlconv.errors import UnreadableError, XlconvError
from xlconv.functions import Values
from xlconv.lesson import lesson_of
from xlconv.page import Lesson
from xlconv.places import Place, a1, corners, span
from xlconv.recipe import KEPT, PROPERTY
from xlconv.report import Finding, Report
from xlconv.sheet import Sheet
from xlconv.sheetdata import chunks
from xlconv.workbook import Cell, Value, Workbook, area, cells_of

EDITABLE = ("input", "kernel", "bias", "image", "pool", "parameter", "control")
"""The roles of cells that are meant to be typed over."""

EMPTY = Cell(None, None)

CONTROLS = ("parameter", "control")
"""Those among them where nothing is no number: an empty cell of the others counts as 0."""

FAILURES = (XlconvError, ValueError, TypeError, ArithmeticError, LookupError, AssertionError)
"""What drawing a sheet may raise where its recipe, or a number on it, is out of all bounds."""

CHANGE_OF_SCALE = 1e-13
"""A value may differ by this much of the largest of its sheet: sums are rounded in any order."""


def check(path: str | os.PathLike[str], *, engine: bool = False) -> Report:
    """Compare a workbook that xlconv made with what its numbers, as they now stand, must give.

    engine  whether IronCalc (the extra `engine`) recalculates the file first

    Raises UnreadableError for a file that is no such workbook, or is not safe to open.
    """
    book = Workbook.read(Path(path))
    lesson, version = _lesson(book)
    values = recalculated(Path(path), book.package.data) if engine else None
    titles = _titles(lesson, book)
    known = {page.name for page in lesson.pages}
    findings = [
        Finding("added", name)
        for name in book.sheets
        if name not in known and name not in titles.values()
    ]
    if version != __version__:
        findings.append(Finding("version", Path(path).name, "", __version__, version))
    formulas = 0
    for number, page in enumerate(lesson.pages):
        if not page.view:
            continue
        title = titles.get(page.name)
        if title is None:
            findings.append(Finding("gone", page.name))
            continue
        if title != page.name:
            findings.append(Finding("renamed", title, "", page.name, title))
        one = _OneSheet(lesson, number, book, titles, None if values is None else values[title])
        findings += one.findings()
        formulas += one.formulas
    return Report(str(path), tuple(findings), formulas)


def _lesson(book: Workbook) -> tuple[Lesson, str]:
    """The lesson that a workbook's properties tell of, and the version that wrote them."""
    path = book.package.path
    pieces = {
        key: value
        for key, value in book.properties.items()
        if re.fullmatch(rf"{PROPERTY}\.\d{{1,5}}", key)
    }
    names = [f"{PROPERTY}.{n}" for n in range(len(pieces))]
    if not pieces or set(names) != set(pieces):
        raise UnreadableError(f"{path} has no recipe: xlconv did not make it, or it was lost")
    text = "".join(pieces[name] for name in names)
    try:
        lesson = lesson_of(text, Path(f"{path}'s recipe"))
    except XlconvError as error:
        raise UnreadableError(str(error)) from None
    return lesson, str(json.loads(text).get("xlconv"))


def _titles(lesson: Lesson, book: Workbook) -> dict[str, str]:
    """What each sheet of a lesson is called now: the names of its blocks go with it."""
    titles = {page.name: page.name for page in lesson.pages if page.name in book.sheets}
    prefixes = {Sheet(page.name).prefix: page.name for page in lesson.pages}
    for name, reference in book.names.items():
        place = area(reference)
        fitting = [prefix for prefix in prefixes if name.startswith(prefix)]
        if not fitting or place is None or place[0] not in book.sheets:
            continue
        page = prefixes[max(fitting, key=len)]
        if page not in titles and place[0] not in titles.values():
            titles[page] = place[0]
    return titles


class _OneSheet:
    """The comparison of one sheet with the same sheet drawn again."""

    def __init__(
        self,
        lesson: Lesson,
        number: int,
        book: Workbook,
        titles: Mapping[str, str],
        values: Mapping[Place, Value] | None,
    ) -> None:
        self.lesson, self.number, self.book = lesson, number, book
        self.values = values
        self.name = lesson.pages[number].name
        self.title = titles[self.name]
        self.names = {now.upper(): name.upper() for name, now in titles.items()}
        # a cell of xlconv's takes 30 bytes and more
        self.room = max(100_000, book.package.size(book.sheets[self.title]) // 10)
        self.formulas = 0
        self.trusted = True

    def findings(self) -> Iterator[Finding]:
        try:
            drawn = self._drawn({})
            ours = self._ours(drawn)
        except FAILURES as error:
            # of a recipe that xlconv did not write: its own was drawn before it was written
            path = self.book.package.path
            raise UnreadableError(f"{path}'s recipe cannot be drawn: {error}") from None
        if moved := self._moved(drawn):
            yield moved
            return
        theirs = self._theirs(ours.keys() | _editable(drawn))
        typed, findings = self._typed(drawn, theirs)
        yield from findings
        try:
            ours = self._ours(self._drawn(typed)) if typed else ours
        except FAILURES as error:
            told = str(error).removeprefix(f'sheet "{self.name}": ')
            yield Finding("error", self.title, got=told)
            return
        yield from self._compared(ours, theirs)

    def _drawn(self, given: Mapping[str, Values]) -> Sheet:
        with np.errstate(all="ignore"):
            return draw(self.lesson, self.number, given, self.room)

    def _moved(self, drawn: Sheet) -> Finding | None:
        """Whether a block's name now leads to other cells."""
        for block in drawn.blocks:
            reference = self.book.names.get(drawn.defined_name(block).lower())
            if reference is None:
                continue
            place = area(reference)
            if place is None or place != (self.title, *corners(block.cells)):
                return Finding("moved", self.title, "", f"{block.name} in {span(block.cells)}",
                               reference)  # fmt: skip
        return None

    def _typed(
        self, drawn: Sheet, theirs: Mapping[Place, Cell]
    ) -> tuple[dict[str, Values], list[Finding]]:
        """The blocks in which other numbers stand now, and where."""
        typed: dict[str, Values] = {}
        findings: dict[Place, Finding] = {}
        for block in (block for block in drawn.blocks if block.role in EDITABLE):
            array = np.empty(block.cells.shape, dtype=object)
            for index in np.ndindex(*array.shape):
                at = block.cells.cell(index)
                was, got = _plain(block.cells.value[index]), self._now(at, theirs.get(at, EMPTY))
                number = 0.0 if got is None and block.role not in CONTROLS else got
                if not isinstance(was, str) and not isinstance(number, float):
                    findings[at] = Finding("text", self.title, a1(at), None, got)
                    self.trusted, number = False, 0.0
                elif array.size <= KEPT and not same(was, number):
                    findings[at] = Finding("changed", self.title, a1(at), was, got)
                array[index] = number
            kind = block.cells.value.dtype
            array = array if kind == object else array.astype(np.float64)
            if not np.array_equal(array, block.cells.value):
                typed[block.name] = array
        return typed, list(findings.values())

    def _now(self, place: Place, cell: Cell) -> Value:
        """What a reader has typed into a cell."""
        if cell.formula is None:
            return cell.value
        value = cell.value if self.values is None else self.values.get(place)
        return f"={cell.formula}, without a value" if value is None else value

    def _theirs(self, wanted: AbstractSet[Place]) -> dict[Place, Cell]:
        """The cells of the file, but for those that nobody asks for."""
        found: dict[Place, Cell] = {}
        for place, cell in self.book.cells(self.title):
            if place in wanted:
                found[place] = cell
                if len(found) == len(wanted):
                    break
        return found

    def _ours(self, drawn: Sheet) -> dict[Place, Cell]:
        """What must stand in the cells that nobody is meant to type into."""
        typed = _editable(drawn)
        rows = (xml for xml, _ in chunks(drawn, lambda *_: 0, {}))
        with np.errstate(all="ignore"):
            return {
                place: cell
                for place, cell in cells_of(rows)
                if place not in typed
                # a reader may write what they like in place of our words
                and (cell.formula is not None or isinstance(cell.value, float))
            }

    def _compared(
        self, ours: Mapping[Place, Cell], theirs: Mapping[Place, Cell]
    ) -> Iterator[Finding]:
        self.formulas = sum(cell.formula is not None for cell in ours.values())
        numbers = [
            abs(cell.value)
            for cell in ours.values()
            if cell.formula is not None and isinstance(cell.value, float)
        ]
        apart = CHANGE_OF_SCALE * max(numbers, default=0)
        stale: list[Finding] = []
        valued = 0
        for place, mine in ours.items():
            at, other = a1(place), theirs.get(place, EMPTY)
            if mine.formula is None:
                if not same(mine.value, other.value, apart):
                    yield Finding("constant", self.title, at, mine.value, other.value)
                continue
            if other.formula is None or not self._alike(mine.formula, other.formula):
                got = other.value if other.formula is None else f"={other.formula}"
                yield Finding("formula", self.title, at, f"={mine.formula}", got)
                continue
            value = other.value if self.values is None else self.values.get(place)
            valued += value is not None
            if not same(mine.value, value, apart):
                stale.append(Finding("value", self.title, at, mine.value, value))
        if stale and not valued:
            yield Finding("stale", self.title)
        elif self.trusted:
            yield from stale

    def _alike(self, ours: str, theirs: str) -> bool:
        """Whether two formulas are one but for how a program writes them."""
        if ours == theirs:
            return True
        if len(theirs) > 2 * len(ours) + 100:
            return False
        try:
            mine, other = tokens(ours), tokens(theirs)
        except (TokenizerError, IndexError, ValueError, AssertionError):
            return False
        return len(mine) == len(other) and all(
            one == another
            or (one[0] == another[0] == Token.NUMBER and isclose(one[1], another[1], rel_tol=1e-14))
            or (
                one[0] == another[0] == Token.RANGE
                and self._place(*one[1:]) == self._place(*another[1:])
            )
            for one, another in zip(mine, other, strict=True)
        )

    def _place(self, reference: str) -> str:
        """A reference with the name that its sheet had, without one if it is this sheet."""
        sheet, _, cells = reference.rpartition("!")
        was = self.names.get(sheet, sheet)
        return cells if was in ("", self.name.upper()) else f"{was}!{cells}"


def _editable(drawn: Sheet) -> set[Place]:
    """The cells that are meant to be typed over."""
    return {
        block.cells.cell(index)
        for block in drawn.blocks
        if block.role in EDITABLE
        for index in np.ndindex(*block.cells.shape)
    }


def _plain(value: Any) -> Value:
    """A value of NumPy's as Python has it."""
    item = value.item() if isinstance(value, np.generic) else value
    return float(item) if isinstance(item, int) and not isinstance(item, bool) else item
