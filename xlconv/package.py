"""A stranger's .xlsx file: its parts, read in pieces, and no further than is safe.

Nothing is ever unpacked to a disk, no part is held whole, and XML is read as a stream of events, of
which a declaration of entities is none that a workbook needs.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from posixpath import join, normpath
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from xlconv.errors import UnreadableError
from xlconv.sources import remember

FILE_SIZE, PART_SIZE, PARTS = 256 << 20, 1 << 30, 2_000
"""Bytes of a file and of its parts unpacked, and how many parts, beyond which it is refused."""

RATIO, SMALL = 150, 1 << 20
"""How many times larger a part may become that is not small; deflate packs zeros 1,000 to 1."""

PIECE, TOKEN, TEXT, DEPTH, NAMES = 1 << 16, 1 << 20, 100_000, 100, 1_000
"""Bytes read at once; at most: bytes of a tag, letters of a text, tags in tags, names of tags."""

OLE = b"\xd0\xcf\x11\xe0"
"""How files of Excel begin that are no ZIP archives."""

Start = Callable[[str, dict[str, str]], None]
"""What is told of each tag: its name, without a prefix, and its attributes."""

End = Callable[[str, str], None]
"""What is told at each tag's end: its name, and its text if there are no tags in it."""


class Package:
    """The parts of an .xlsx file.

    Raises UnreadableError for what is no such file, or could harm.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = _bytes(path)
        try:
            self._zip = ZipFile(BytesIO(self.data))
        except (BadZipFile, ValueError, EOFError, OSError, NotImplementedError):
            locked = self.data.startswith(OLE)
            reason = "has a password, or is of an old Excel" if locked else "is cut short"
            raise UnreadableError(f"{path} is no .xlsx file, or {reason}") from None
        if reason := _refused(self._zip.infolist()):
            raise self.wrong(reason)
        if "_rels/.rels" not in self._zip.namelist():
            raise self.wrong("it is no .xlsx file")

    def wrong(self, reason: str) -> UnreadableError:
        """An error that names the file."""
        return UnreadableError(f"{self.path} is not opened: {reason}")

    def size(self, name: str) -> int:
        """The bytes of a part."""
        return self._info(name).file_size

    def scan(self, name: str, start: Start, end: End) -> None:
        """Read all tags of a part."""
        for _ in self.scanned(name, start, end):
            pass

    def scanned(self, name: str, start: Start, end: End) -> Iterator[None]:
        """Read the tags of a part, some at a time."""
        try:
            yield from scanned(self._pieces(name), start, end)
        except ValueError as error:
            raise self.wrong(f"its part {name} {error}") from None

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """What a part relates to, by id: the last word of the kind, and the part's name."""
        folder, _, base = name.rpartition("/")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = normpath(join("/", folder, attributes.get("Target", ""))).lstrip("/")
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", str(len(found)))] = (kind, target)

        self.scan(join(folder, "_rels", f"{base}.rels"), start, lambda _, __: None)
        return found

    def _info(self, name: str) -> ZipInfo:
        try:
            return self._zip.getinfo(name)
        except KeyError:
            raise self.wrong(f"its part {name} is missing") from None

    def _pieces(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(self._info(name)) as part:
                while piece := part.read(PIECE):
                    yield piece
        except (BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise self.wrong(f"its part {name} is broken: {error}") from None


def scanned(pieces: Iterable[bytes], start: Start, end: End) -> Iterator[None]:
    """Read the tags of XML, a piece at a time.

    Raises ValueError for what is no XML, or no such XML as workbooks have.
    """
    depth, fed, text = 0, 0, list[str]()
    local: dict[str, str] = {}  # names without prefixes

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise ValueError(f"has tags within tags, {DEPTH} deep")
        if text:
            text.clear()
        if name not in local:
            if len(local) == NAMES:
                raise ValueError(f"has more than {NAMES} names of tags")
            local[name] = name.rpartition(":")[2]
        start(local[name], attributes)

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if text:
            end(local[name], text[0])
            text.clear()
        else:
            end(local[name], "")

    def on_text(more: str) -> None:
        text.append(more)
        if len(text) > 1:  # an entity, or a piece's end, came between
            text[:] = ["".join(text)]
        if len(text[0]) > TEXT:
            raise ValueError(f"has a text of more than {TEXT} characters")

    def on_doctype(*_: object) -> None:
        raise ValueError("declares a document type")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = on_text, on_doctype
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > TOKEN:
                raise ValueError(f"has a tag of more than {TOKEN} bytes")
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:  # LookupError: an encoding nobody knows
        raise ValueError(f"is no XML: {error}") from None
    yield


def _bytes(path: Path) -> bytes:
    remember(path)
    try:
        if path.exists() and not path.is_file():
            raise UnreadableError(f"{path} is no file")
        with path.open("rb") as file:
            data = file.read(FILE_SIZE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableError(f"cannot read {path}: {reason}") from None
    if len(data) > FILE_SIZE:
        raise UnreadableError(f"{path} is larger than {FILE_SIZE >> 20} MB")
    return data


def _refused(infos: list[ZipInfo]) -> str:
    if len(infos) > PARTS:
        return f"it has {len(infos)} parts"
    if len({info.filename for info in infos}) < len(infos):
        return "two of its parts have one name"
    if sum(info.file_size for info in infos) > PART_SIZE:
        return f"it unpacks to more than {PART_SIZE >> 20} MB"
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            return "its parts overlap"
        end = info.header_offset + info.compress_size
        if info.flag_bits & 1:
            return "it is encrypted"
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            return f"its part {info.filename} is packed in an unusual way"
        if info.file_size > SMALL and info.file_size > RATIO * max(1, info.compress_size):
            return f"its part {info.filename} unpacks to {info.file_size} bytes"
    return ""
