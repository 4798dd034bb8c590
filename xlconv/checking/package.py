"""A stranger's .xlsx file: its parts, read in pieces, and no further than is safe.

Nothing is ever unpacked to a disk, no part is held whole, and XML is read as a stream of events, of
which a declaration of entities is none that a workbook needs.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from posixpath import join, normpath
from typing import BinaryIO, TypeVar
from weakref import finalize
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from xlconv.checking.scan import Budget, Costs, End, Start, scanned
from xlconv.errors import UnreadableError
from xlconv.files.archives import BROKEN, NoZipError, opened_zip
from xlconv.files.reading import ContentError, open_file
from xlconv.visible import shortened
from xlconv.xlsx.archive import FILE_SIZE, PART_SIZE

T = TypeVar("T")

PARTS = 2_000
"""Parts of a file, beyond which it is not read."""

PIECE = 1 << 16
"""Bytes of a part that are read at once."""

NOT_THE_FILE = {
    "~$": "is a note of Excel's that a file is open, not the file",
    "._": "is a note of macOS's beside a file, not the file",
}
"""What files are that begin so and are no archives."""

OTHER_PARTS = {
    "mimetype": "is an OpenDocument file",
    "Index/Document.iwa": "is a file of Apple Numbers",
    "xl/workbook.bin": "is a binary workbook (.xlsb)",
}
"""What archives are that have such a part."""

SAVE = "save it as .xlsx"
"""The way out of every other format."""

STRICT = {"customProperties": "custom-properties"}
"""The kinds of relations that strict files call otherwise."""

OLE = b"\xd0\xcf\x11\xe0"
"""How files of Excel begin that are no ZIP archives."""


class Package:
    """The parts of an .xlsx file.

    name    the path as it is said: a file's name may be no text at all
    size    bytes of the file
    budget  what reading it may still cost

    Raises UnreadableError for what is no such file, or could harm.
    """

    def __init__(self, path: Path) -> None:
        file = open_file(path, FILE_SIZE)
        finalize(self, file.close)  # ZipFile closes only what it has opened itself
        self.name = os.fsencode(path).decode("utf-8", "backslashreplace")
        self.size = os.fstat(file.fileno()).st_size
        self.budget = Budget(self.size)
        self._paid: dict[str, Counter[str]] = {}
        try:
            self._zip = opened_zip(file, PARTS)
        except NoZipError:
            raise UnreadableError(f"{self.name} {_no_archive(path, file)}") from None
        except ContentError as error:
            raise self.wrong(f"it {error}") from None
        if reason := self._refused(self._zip.infolist()):
            raise self.wrong(reason)

    def wrong(self, reason: str) -> UnreadableError:
        """An error that names the file."""
        return UnreadableError(f"{self.name} is not opened: {reason}")

    def part_sizes(self, name: str) -> tuple[int, int]:
        """The bytes of a part: unpacked and packed."""
        info = self._info(name)
        return info.file_size, info.compress_size

    def scan(self, name: str, start: Start, end: End) -> None:
        """Read all tags of a part."""
        for _ in self.scanned(name, start, end):
            pass

    def scanned(self, name: str, start: Start, end: End) -> Iterator[None]:
        """Read the tags of a part, some at a time."""
        yield from self.guarded(
            name, scanned(self.pieces(name, self.budget), start, end, self.budget)
        )

    def reading(self, name: str) -> Costs:
        """What reading a part costs, which may be read more than once."""
        return Costs(self.budget, self._paid.setdefault(name, Counter()))

    def guarded(self, name: str, content: Iterator[T]) -> Iterator[T]:
        """What is found in a part; what is wrong there is an error that names it."""
        try:
            yield from content
        except UnreadableError:
            raise
        except ValueError as error:
            raise self.wrong(f"its part {shortened(name)} {error}") from None

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """What a part relates to, by id: the last word of the kind, and the part's name."""
        folder, _, base = name.rpartition("/")
        relations: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = normpath(join("/", folder, attributes.get("Target", ""))).lstrip("/")
                kind = attributes.get("Type", "").rpartition("/")[2]
                key = attributes.get("Id", str(len(relations)))
                self.budget.keep(kind, target, key)
                relations[key] = (STRICT.get(kind, kind), target)

        self.scan(join(folder, "_rels", f"{base}.rels"), start, lambda _, __: None)
        return relations

    def _info(self, name: str) -> ZipInfo:
        try:
            return self._zip.getinfo(name)
        except KeyError:
            raise self.wrong(f"its part {shortened(name)} is missing") from None

    def pieces(self, name: str, budget: Budget | Costs) -> Iterator[bytes]:
        """The bytes of a part, some at a time."""
        try:
            with self._zip.open(self._info(name)) as part:
                while piece := part.read(PIECE):
                    budget.spend("bytes", len(piece))
                    yield piece
        except BROKEN as e:
            raise self.wrong(f"its part {shortened(name)} is broken: {shortened(str(e))}") from None

    def _refused(self, infos: list[ZipInfo]) -> str:
        names = {info.filename for info in infos}
        if len(names) < len(infos):
            return "two of its parts have one name"
        for name, reason in OTHER_PARTS.items():
            if name in names and "xl/workbook.xml" not in names:
                return f"it {reason}: {SAVE}"
        if "_rels/.rels" not in names:
            return "it is no .xlsx file"
        unpacked = sum(info.file_size for info in infos)
        if unpacked > self.budget.allowed["bytes"]:
            return f"it unpacks to {unpacked:,} bytes"
        return packed_oddly(infos)


def _no_archive(path: Path, file: BinaryIO) -> str:
    """What a file is that is no ZIP archive, and the way out."""
    for begin, reason in NOT_THE_FILE.items():
        if path.name.startswith(begin):
            return reason
    with suppress(OSError):
        file.seek(0)
        if file.read(len(OLE)) == OLE:
            return f"has a password, or is of an old Excel: {SAVE}, without a password"
    return f"is no .xlsx file, or is cut short: {SAVE}"


def packed_oddly(infos: list[ZipInfo]) -> str:
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            return "its parts overlap"
        end = info.header_offset + info.compress_size
        if info.flag_bits & 1:
            return "it is encrypted"
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            return f"its part {shortened(info.filename)} is packed in an unusual way"
        if info.file_size > PART_SIZE:
            return f"its part {shortened(info.filename)} unpacks to {info.file_size:,} bytes"
    return ""
