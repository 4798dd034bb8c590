"""Whether a workbook that was perhaps edited still computes what it should.

The workbook carries its recipe. The same lesson is drawn again with the numbers that the file holds
now, and the two are compared cell by cell: formulas as written, values as NumPy computes them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import BytesIO
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import load_workbook
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.workbook import Workbook

from xlconv.book import Book
from xlconv.errors import UnreadableError, XlconvError
from xlconv.expr import Values
from xlconv.lesson import draw
from xlconv.package import opened
from xlconv.page import Lesson
from xlconv.recipe import KEPT, PROPERTY, lesson_of
from xlconv.sheet import Block, Sheet, a1

Cells = Mapping[str, Mapping[str, Any]]
"""The value of each cell, by sheet and address."""


@dataclass(frozen=True)
class Finding:
    """A cell that is not as it was made.

    kind  "changed": typed over, as it is meant to be; "formula": another formula, or none;
          "constant": a fixed number typed over; "text": words where a number belongs; "value": the
          right formula with another value; "sheet": a sheet that is gone
    """

    kind: str
    sheet: str
    cell: str = ""
    expected: Any = None
    got: Any = None

    @property
    def wrong(self) -> bool:
        """Whether it is more than a number of the reader's own."""
        return self.kind != "changed"

    def __str__(self) -> str:
        at = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        return SAID[self.kind].format(at=at, expected=_said(self.expected), got=_said(self.got))


SAID = {
    "changed": "{at} was {expected}, is now {got}",
    "formula": "{at} has {got}; here belongs {expected}",
    "constant": "{at} has {got}; here belongs the fixed number {expected}",
    "text": "{at} has {got}; here belongs a number",
    "value": "{at} says {got}; its numbers give {expected}",
    "sheet": "{at}: this sheet is gone",
}


@dataclass(frozen=True)
class Report:
    """What was found in one file, and how many formulas were compared."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    formulas: int = 0

    @property
    def right(self) -> bool:
        return not any(finding.wrong for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON takes it."""
        return {
            "file": self.file,
            "right": self.right,
            "formulas": self.formulas,
            "findings": [asdict(finding) for finding in self.findings],
        }


def check(path: str | os.PathLike[str], *, engine: bool = False) -> Report:
    """Compare a workbook that xlconv made with what its numbers, as they now stand, must give.

    engine  whether IronCalc (the extra `engine`) recalculates the file first

    Raises UnreadableError for a file that is no such workbook, or is not safe to open.
    """
    data = opened(Path(path))
    written = _loaded(path, data, values=False)
    lesson = _lesson(path, written)
    values = _recalculated(path) if engine else _cached(_loaded(path, data, values=True))
    sheets = list(draw(lesson))
    findings = [
        Finding("sheet", sheet.name) for sheet in sheets if sheet.name not in written.sheetnames
    ]
    known = [sheet for sheet in sheets if sheet.name in written.sheetnames]
    given: dict[str, dict[str, Values]] = {}
    for sheet in known:
        typed = [_typed(sheet, block, values[sheet.name]) for block in _editable(sheet)]
        given[sheet.name] = {name: array for name, array, _ in typed}
        findings += [finding for _, _, found in typed for finding in found]
    worded = {finding.sheet for finding in findings if finding.kind == "text"}
    again = [sheet for sheet in draw(lesson, given) if sheet.name in given]
    formulas = 0
    if again:
        made = Book(lesson.title, tuple(again)).to_bytes()
        ours, theirs = _loaded(path, made, values=False), written
        truth = _cached(_loaded(path, made, values=True))
        for sheet in again:
            skipped = {at for block in _editable(sheet) for at in _places(block)}
            for row in ours[sheet.name].iter_rows():
                for cell in row:
                    if cell.value is None or cell.coordinate in skipped:
                        continue
                    formulas += cell.data_type == "f"
                    got = theirs[sheet.name][cell.coordinate].value
                    finding = _compared(
                        sheet.name, cell.coordinate, cell.value, got,
                        truth[sheet.name].get(cell.coordinate),
                        values[sheet.name].get(cell.coordinate),
                        trusted=sheet.name not in worded,
                    )  # fmt: skip
                    findings += finding
    return Report(str(path), findings, formulas)


def _compared(
    sheet: str, at: str, ours: Any, theirs: Any, truth: Any, value: Any, *, trusted: bool
) -> list[Finding]:
    """One cell of a sheet against the same cell drawn again."""
    if isinstance(ours, str) and not ours.startswith("="):
        return []  # a reader may write what they like in place of our words
    if not isinstance(ours, str):
        return [] if _same(ours, theirs) else [Finding("constant", sheet, at, ours, theirs)]
    theirs = getattr(theirs, "text", theirs)  # an array formula
    if not (isinstance(theirs, str) and theirs.startswith("=")) or _plain(ours) != _plain(theirs):
        return [Finding("formula", sheet, at, ours, theirs)]
    if trusted and not _same(truth, value):
        return [Finding("value", sheet, at, truth, value)]
    return []


def _same(a: Any, b: Any) -> bool:
    """Whether two values are equal; numbers that are not whole but for rounding."""
    if a in (None, "") or b in (None, ""):
        return a in (None, "") and b in (None, "")
    if isinstance(a, bool) or isinstance(b, bool) or isinstance(a, str) or isinstance(b, str):
        return bool(a == b)
    if float(a).is_integer() and float(b).is_integer():
        return bool(a == b)
    return isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def _plain(formula: str) -> list[tuple[str, str]]:
    """A formula as tokens that do not depend on the program that wrote it."""
    found = []
    for token in Tokenizer(formula).items:
        value = token.value
        if token.type == Token.WSPACE:
            continue
        if token.subtype == Token.NUMBER:
            value = repr(float(value))
        elif token.subtype != Token.TEXT:
            value = value.upper()
        found.append((token.type, value))
    return found


def _editable(sheet: Sheet) -> Iterator[Block]:
    """The blocks that a reader types into."""
    return (block for block in sheet.blocks if block.role in EDITABLE)


EDITABLE = ("input", "kernel", "bias", "image", "parameter", "control")
"""The roles of cells that are meant to be typed over."""


def _places(block: Block) -> list[str]:
    return [a1(block.cells.cell(index)) for index in np.ndindex(*block.cells.shape)]


def _typed(
    sheet: Sheet, block: Block, values: Mapping[str, Any]
) -> tuple[str, Values, list[Finding]]:
    """What stands in a block now, and where that is not what it was; an empty cell is 0."""
    now = np.empty(block.cells.shape, dtype=object)
    findings = []
    for index, at in zip(np.ndindex(*block.cells.shape), _places(block), strict=True):
        was, got = block.cells.value[index], values.get(at)
        number = 0.0 if got is None else got
        if isinstance(number, bool | str) and block.role != "control":
            findings.append(Finding("text", sheet.name, at, None, got))
            number = 0.0
        elif now.size <= KEPT and not _same(
            was.item() if isinstance(was, np.generic) else was, number
        ):
            was = was.item() if isinstance(was, np.generic) else was
            findings.append(Finding("changed", sheet.name, at, was, got))
        now[index] = number if isinstance(number, str | bool) else float(number)
    plain = not any(isinstance(number, str | bool) for number in now.flat)
    return block.name, now.astype(float) if plain else now, findings


def _loaded(path: str | os.PathLike[str], data: bytes, *, values: bool) -> Workbook:
    try:
        return load_workbook(BytesIO(data), data_only=values)
    except Exception as error:  # openpyxl raises whatever a broken part makes it raise
        raise UnreadableError(f"cannot read {path}: {type(error).__name__}: {error}") from None


def _cached(book: Workbook) -> Cells:
    """The values that stand in a file beside its formulas."""
    return {
        sheet.title: {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row}
        for sheet in book.worksheets
    }


def _recalculated(path: str | os.PathLike[str]) -> Cells:
    """The values that IronCalc computes from a file's formulas."""
    try:
        import ironcalc
    except ImportError:
        raise XlconvError(
            "--engine needs IronCalc: install xlconv with its extra [engine]", parameter="engine"
        ) from None
    with _silence():
        try:
            model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
            model.evaluate()
        except Exception as error:
            raise UnreadableError(f"IronCalc cannot read {path}: {error}") from None
        names = [sheet["name"] for sheet in model.get_worksheets_properties()]
        values: dict[str, dict[str, Any]] = {name: {} for name in names}
        for sheet, row, column in model.get_all_cells():
            value = model.get_cell_value(sheet, row, column)
            values[names[sheet]][a1((row - 1, column - 1))] = value
    return values


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what IronCalc prints of empty values off the terminal, and out of --json."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _lesson(path: str | os.PathLike[str], book: Workbook) -> Lesson:
    """The lesson that a workbook's properties tell of."""
    pieces = {
        prop.name: prop.value
        for prop in book.custom_doc_props.props
        if prop.name.startswith(f"{PROPERTY}.")
    }
    if not pieces:
        raise UnreadableError(f"{path} has no recipe: xlconv did not make it, or it was lost")
    text = "".join(str(pieces.get(f"{PROPERTY}.{n}", "")) for n in range(len(pieces)))
    return lesson_of(text)


def _said(value: Any) -> str:
    return "nothing" if value is None else f"{value}" if isinstance(value, str) else f"{value:g}"
