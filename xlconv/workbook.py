"""A workbook as it stands in a file: sheets, cells, names and properties, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from openpyxl.utils.escape import unescape

from xlconv.package import Package
from xlconv.places import Place, column_number
from xlconv.scan import TEXT, Budget, scanned
from xlconv.shared import LENGTH, Shared
from xlconv.sheet import EXCEL_COLUMNS, EXCEL_ROWS

Value = float | str | bool | None

ROOM, CELL = 1_000_000, 10
"""Cells that the sheets of a small file have room for, and bytes a cell of a large one.

A cell of xlconv's takes 30 bytes and more, and more than one where it is packed.
"""

TAKEN_APART = 20
"""How much longer it takes to take a shared formula apart than to write it out once."""

ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
RANGE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")


class Cell(NamedTuple):
    """A cell of a file: its formula without `=`, the value that stands beside it, its style."""

    formula: str | None
    value: Value
    style: str = ""


@dataclass(frozen=True)
class Workbook:
    """What an .xlsx file tells of itself; its cells are read when they are asked for.

    sheets      the part of each sheet, by name
    names       what each name leads to, but for names of one sheet alone
    properties  the texts among those of a user's own making
    parts       the part that tells of something else, by its kind
    """

    package: Package
    sheets: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Workbook:
        """Raises UnreadableError for what is no workbook, or could harm."""
        package = Package(path)
        roots = dict(package.relations("").values())
        if "officeDocument" not in roots:
            raise package.wrong("it has no workbook in it")
        found = cls(package)
        found._read_sheets(roots["officeDocument"])
        if "custom-properties" in roots:
            found._read_properties(roots["custom-properties"])
        return found

    def room(self, sheet: str) -> int:
        """How many cells a sheet can have held, by its size, before some were deleted.

        All sheets together have room for a number of cells that follows from the file's size.
        """
        least = min(100_000, ROOM // len(self.sheets))
        size, packed = self.package.part_sizes(self.sheets[sheet])
        return max(least, min(size // CELL, packed))

    def cells(self, sheet: str) -> Iterator[tuple[Place, Cell]]:
        """The cells of a sheet, in the order of the file."""
        found: list[tuple[Place, Cell]] = []
        reader = _Cells(found, self.strings, self.package.budget)
        part = self.sheets[sheet]
        for _ in self.package.scanned(part, reader.start, reader.end):
            yield from found
            found.clear()

    def _read_sheets(self, part: str) -> None:
        relations = self.package.relations(part)
        name = ""

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal name
            if tag == "sheet":
                kind, target = relations.get(_own(attributes, "id"), ("", ""))
                if kind == "worksheet":
                    self._add_sheet(attributes.get("name", ""), target)
            elif tag == "definedName":
                name = "" if "localSheetId" in attributes else attributes.get("name", "")

        def end(tag: str, text: str) -> None:
            if tag == "definedName" and name:
                self.package.budget.keep(name, text)
                self.names[name.lower()] = text

        self.package.scan(part, start, end)
        self.parts.update(relations.values())
        if "sharedStrings" in self.parts:
            self._read_strings(self.parts["sharedStrings"])

    def _add_sheet(self, name: str, part: str) -> None:
        if name in self.sheets or part in self.sheets.values():
            raise ValueError("has two sheets of one name, or of one part")
        self.sheets[name] = part

    def _read_strings(self, part: str) -> None:
        pieces: list[str] = []
        phonetic, keep = False, self.package.budget.keep

        def start(tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG001
            nonlocal phonetic
            phonetic = phonetic or tag == "rPh"

        def end(tag: str, text: str) -> None:
            nonlocal phonetic
            if tag == "t" and not phonetic:
                pieces.append(text)
            elif tag == "rPh":
                phonetic = False
            elif tag == "si":
                text = _text("".join(pieces))
                keep(text)
                self.strings.append(text)
                pieces.clear()

        self.package.scan(part, start, end)

    def _read_properties(self, part: str) -> None:
        name = ""

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal name
            if tag == "property":
                name = attributes.get("name", "")

        def end(tag: str, text: str) -> None:
            if tag in ("lpwstr", "lpstr"):
                self.package.budget.keep(name, text)
                self.properties[name] = _text(text)

        self.package.scan(part, start, end)


def cells_of(rows: Iterable[bytes]) -> Iterator[tuple[Place, Cell]]:
    """The cells of `<row>` elements; instead of a shared text its number."""
    found: list[tuple[Place, Cell]] = []
    reader = _Cells(found, None, None)
    whole = chain([b"<sheetData>"], rows, [b"</sheetData>"])
    for _ in scanned(whole, reader.start, reader.end):
        yield from found
        found.clear()


class _Cells:
    """Tags of a sheet in, cells out."""

    def __init__(
        self,
        found: list[tuple[Place, Cell]],
        strings: Sequence[str] | None,
        budget: Budget | None,
    ) -> None:
        self.found, self.strings, self.budget = found, strings, budget
        self.shared: dict[str, Shared] = {}
        self.row, self.column = -1, -1
        self.kind, self.style, self.texts = "n", "", list[str]()
        self.length = 0
        self.formula: str | None = None
        self.attributes: dict[str, str] = {}
        self.open, self.phonetic = False, False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._place(attributes.get("r"))
            self.kind, self.formula, self.open = attributes.get("t", "n"), None, True
            self.style = attributes.get("s", "")
            self.texts.clear()
            self.length = 0
        elif tag == "row":
            told = attributes.get("r", "")
            self.row = int(told) - 1 if told.isascii() and told.isdigit() else self.row + 1
            self.column = -1
        elif tag == "f":
            self.attributes = attributes
        elif tag == "rPh":
            self.phonetic = True

    def end(self, tag: str, text: str) -> None:
        if not self.open:
            return
        if tag in ("v", "t"):
            if not self.phonetic:
                self.texts.append(text)
                self.length += len(text)
                if self.length > TEXT:
                    raise ValueError(f"has a text of more than {TEXT} characters")
        elif tag == "f":
            self.formula = self._whole(text)
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "c":
            self.open = False
            if self.formula is not None or self.texts:
                place = (self.row, self.column)
                self.found.append((place, Cell(self.formula, self._value(), self.style)))

    def _place(self, told: str | None) -> None:
        if told is None:
            self.column += 1
        elif found := ADDRESS.fullmatch(told):
            self.row, self.column = int(found[2]) - 1, column_number(found[1]) - 1
        else:
            raise ValueError(f"has a cell {told[:20]!r}")
        if not (0 <= self.row < EXCEL_ROWS and self.column < EXCEL_COLUMNS):
            raise ValueError(f"has a cell beyond Excel's last, row {self.row + 1}")

    def _whole(self, text: str) -> str:
        """The formula; one that is shared is moved here from where it stands."""
        if self.attributes.get("t") != "shared":
            return text
        number, here = self.attributes.get("si", ""), (self.row, self.column)
        if text:
            if self.budget is not None:
                self.budget.keep(number, *[text] * 9)  # its pieces
                self.budget.spend("written", TAKEN_APART * min(len(text), LENGTH))
            self.shared[number] = Shared.of(text, here)
            return text
        moved = self.shared[number].at(here) if number in self.shared else ""
        if self.budget is not None:
            self.budget.spend("written", len(moved))
        return moved

    def _value(self) -> Value:
        text = "".join(self.texts)
        if self.kind == "n":
            return _number(text)
        if self.kind == "b":
            return text.strip() in ("1", "true")
        if self.kind == "s" and self.strings is not None:
            known = re.fullmatch(r"[0-9]{1,9}", text) and int(text) < len(self.strings)
            return self.strings[int(text)] if known else ""
        return _text(text)


def _text(written: str) -> str:
    """A text with its `_x0041_`; half a letter of UTF-16 that stands alone is no letter.

    >>> _text("_x0022_A_x0022_"), _text("_xD83D__xDE00_"), _text("_xD83D_")
    ('"A"', '😀', '�')
    """
    text = unescape(written)
    return str(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _number(text: str) -> float | str | None:
    try:
        number = float(text)
    except ValueError:
        return text or None
    return number if isfinite(number) else text


def _own(attributes: Mapping[str, str], name: str) -> str:
    """An attribute of another namespace, whatever its prefix."""
    return next((v for k, v in attributes.items() if k.rpartition(":")[2] == name), "")


def area(reference: str) -> tuple[str, Place, Place] | None:
    """The sheet, the first and the last cell of a reference; None if it is not of that kind.

    >>> area("'A ''b'''!$C$4"), area("S!$A$1:$B$2"), area("#REF!")
    (("A 'b'", (3, 2), (3, 2)), ('S', (0, 0), (1, 1)), None)
    """
    found = RANGE.fullmatch(reference)
    if not found:
        return None
    quoted, plain, column, row, last_column, last_row = found.groups()
    try:
        first = (int(row) - 1, column_number(column) - 1)
        last = (int(last_row) - 1, column_number(last_column) - 1) if last_row else first
    except ValueError:
        return None
    return (quoted.replace("''", "'") if quoted else plain), first, last
