"""The files in what a teacher has: folders, archives, archives in archives, and files.

Nothing is unpacked to a disk, so that no name in an archive leads anywhere; and what is unpacked
in memory has its bounds, whatever an archive says of itself.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import field
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO
from zipfile import ZipFile, ZipInfo

from xlconv.checking.package import packed_oddly
from xlconv.errors import UnreadableError
from xlconv.files.archives import BROKEN, MEMBERS, NoZipError, opened_zip
from xlconv.files.reading import ContentError, contents, is_folder, open_file
from xlconv.frozen import frozen
from xlconv.visible import shortened
from xlconv.xlsx.archive import FILE_SIZE

LARGEST, ARCHIVE, KEPT = 32 << 20, 128 << 20, 256 << 20
"""Bytes of a file that came back, of an archive in another, and of all that such archives hold."""

DEPTH = 3
"""Archives in archives."""

UTF8 = 0x800
"""The mark of a name in UTF-8."""

LEFT = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}
"""What programs leave beside files."""


@frozen
class Found:
    """A file that came back.

    path   where it was found, from what was given: names between slashes
    time   when it was changed: year, month, day, hour, minute, second
    read   its bytes; raises UnreadableError
    """

    path: str
    time: tuple[int, ...]
    read: Callable[[], bytes]


@frozen
class Unread:
    """What came back and cannot be graded: why, and the way out."""

    name: str
    reason: str


@frozen
class _Store:
    """Where archives stay open, and what all of them hold so far."""

    stack: ExitStack
    spent: Counter[str] = field(default_factory=Counter)

    def keep(self, data: bytes) -> bytes:
        """What was in an archive in another, whose bytes are not kept."""
        self.spent["bytes"] += len(data)
        if self.spent["bytes"] > KEPT:
            raise UnreadableError(f"archives in archives hold over {KEPT >> 20} MB: unpack them")
        return data

    def list(self, archive: ZipFile) -> list[ZipInfo]:
        """The entries of an archive that are files."""
        infos = [info for info in archive.infolist() if not info.is_dir()]
        self.spent["entries"] += len(infos)
        if self.spent["entries"] > MEMBERS:  # of all archives
            raise UnreadableError(f"archives hold over {MEMBERS:,} files: unpack some")
        return infos


def found(paths: Iterable[Path], stack: ExitStack) -> Iterator[Found | Unread]:
    """All files, as they stand in folders and archives; what cannot be opened is named.

    stack  what closes the archives when the files are read
    """
    store = _Store(stack)
    for path in paths:
        for file, name in _files(path):
            if not _left(name):
                yield from _entry(file, name, store)


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """The files under a path, each with its name from there."""
    if not is_folder(path):
        yield path, path.name
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            yield file, file.relative_to(path).as_posix()


def _left(name: str) -> bool:
    """Whether a program has left a file beside others, for itself."""
    parts = PurePosixPath(name).parts
    return not LEFT.isdisjoint(parts) or parts[-1:] == () or parts[-1].startswith(("~$", "._"))


def _entry(file: Path, name: str, store: _Store) -> Iterator[Found | Unread]:
    """A file on a disk, or all that is in it."""
    try:
        if not name.lower().endswith(".zip"):
            moment = time.localtime(file.stat().st_mtime)[:6]
            yield Found(name, moment, partial(contents, file, LARGEST))
            return
        archive = store.stack.enter_context(open_file(file, FILE_SIZE))
        yield from _unpacked(archive, name, store, depth=1)
    except UnreadableError as error:
        yield Unread(name, str(error))
    except OSError as error:
        yield Unread(name, f"cannot read {name}: {error.strerror or error}")


def _unpacked(file: BinaryIO, name: str, store: _Store, depth: int) -> Iterator[Found | Unread]:
    """All that is in an archive."""
    archive = _opened(file, name)
    infos = store.list(archive)
    if any(info.filename == "xl/workbook.xml" for info in infos):  # it is a workbook renamed
        file.seek(0)
        moment = max(info.date_time for info in infos)
        yield Found(name, moment, partial(bytes, store.keep(_bounded(file, name, LARGEST))))
        return
    for info in infos:
        inner = f"{name}/{_name(info)}" if depth > 1 else _name(info)
        if _left(inner):
            continue
        read = partial(_member, archive, info, inner)
        try:
            if inner.lower().endswith(".zip"):
                if depth == DEPTH:
                    raise UnreadableError(
                        f"{shortened(inner)} lies {DEPTH} archives deep: unpack it"
                    )
                yield from _unpacked(BytesIO(read(ARCHIVE)), inner, store, depth + 1)
            elif depth == 1:
                yield Found(inner, info.date_time, partial(read, LARGEST))
            else:  # its archive goes
                data = store.keep(read(LARGEST))
                yield Found(inner, info.date_time, partial(bytes, data))
        except UnreadableError as error:
            yield Unread(inner, str(error))


def _opened(file: BinaryIO, name: str) -> ZipFile:
    shown = shortened(name)
    try:
        archive = opened_zip(file)
    except NoZipError:
        raise UnreadableError(
            f"{shown} is no ZIP archive, or is cut short: download it again"
        ) from None
    except ContentError as error:
        raise UnreadableError(f"{shown} is not opened: it {error}") from None
    if reason := packed_oddly(archive.infolist()):
        raise UnreadableError(f"{shown} is not opened: {reason}: pack it again")
    return archive


def _name(info: ZipInfo) -> str:
    """An entry's name, with slashes; some programs do not say that it is UTF-8."""
    name = info.filename.replace("\\", "/")
    if info.flag_bits & UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _member(archive: ZipFile, info: ZipInfo, name: str, most: int) -> bytes:
    try:
        with archive.open(info) as part:
            return _bounded(part, name, most)
    except BROKEN:
        raise UnreadableError(f"{shortened(name)} is broken: ask for it again") from None


def _bounded(file: IO[bytes], name: str, most: int) -> bytes:
    data = file.read(most + 1)
    if len(data) > most:
        raise UnreadableError(f"{shortened(name)} is larger than {most >> 20} MB")
    return data
