"""A workbook as it stands in a file: sheets, cells, names and properties, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from pathlib import Path

from xlconv.checking.cells import Cell, Value, text_of
from xlconv.checking.package import Package
from xlconv.checking.rows import Row, plain_cells, read_rows
from xlconv.frozen import frozen
from xlconv.grid.places import Place

__all__ = ["Cell", "Value", "Workbook"]

ROOM, CELL = 1_000_000, 10
"""Cells that the sheets of a small file have room for, and bytes a cell of a large one.

A cell of xlconv's takes 30 bytes and more, and more than one where it is packed.
"""


@frozen
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
        book = cls(package)
        book._read_sheets(roots["officeDocument"])
        if "custom-properties" in roots:
            book._read_properties(roots["custom-properties"])
        return book

    def room(self, sheet: str) -> int:
        """How many cells a sheet can have held, by its size, before some were deleted.

        All sheets together have room for a number of cells that follows from the file's size.
        """
        least = min(100_000, ROOM // len(self.sheets))
        size, packed = self.package.part_sizes(self.sheets[sheet])
        return max(least, min(size // CELL, packed))

    def part_size(self, sheet: str) -> int:
        """The bytes of a sheet's part, unpacked."""
        return self.package.part_sizes(self.sheets[sheet])[0]

    def cells(self, sheet: str) -> Iterator[tuple[Place, Cell]]:
        """The cells of a sheet, in the order of the file."""
        for _, row in self.rows(sheet):
            yield from self.row(row)

    def rows(self, sheet: str) -> Iterator[tuple[int, Row]]:
        """The rows of a sheet and their numbers, from 0, in the order of the file."""
        part = self.sheets[sheet]
        reading = self.package.reading(part)
        return self.package.guarded(
            part, read_rows(self.package.pieces(part, reading), self.strings, reading)
        )

    def row(
        self, row: Row, columns: AbstractSet[str] | None = None
    ) -> Sequence[tuple[Place, Cell]]:
        """The cells of a row, of a plain one in these columns alone."""
        if isinstance(row, bytes):
            return plain_cells(row, self.strings, columns) if row else []
        return row

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
                text = text_of("".join(pieces))
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
                self.properties[name] = text_of(text)

        self.package.scan(part, start, end)


def _own(attributes: Mapping[str, str], name: str) -> str:
    """An attribute of another namespace, whatever its prefix."""
    return next((v for k, v in attributes.items() if k.rpartition(":")[2] == name), "")
