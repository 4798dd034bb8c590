"""A ZIP file that is written part by part; rows that are packed already are taken as they are.

Python's own takes as long to import as a dozen of our modules: it reads, and knows other ways.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable
from struct import Struct
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from xlconv.xlsx.rows import Piece

LEVEL = 1  # 4 takes half as long again for a file smaller by 5 to 10 %; 9, twenty times as long

VERSION, DEFLATED, BEHIND = 20, 8, 8
"""The version of ZIP that has all this; the method; and that a part's sizes stand behind it."""

UNIX, MODE = 3 << 8, 0o600 << 16
"""The system that it is said to be made on, and what its owner may do with a part there."""

HEAD, SIZES = Struct("<4s5H3I2H"), Struct("<4s3I")
"""Before a part what is known of it; and behind it, where nothing can be written before it."""

ENTRY, END = Struct("<4s6H3I5H2I"), Struct("<4s4H2IH")
"""Behind all parts the same of each, with its place; and how many there are, and where."""

Data = bytes | memoryview

Sizes = tuple[int, int, int]
"""The checksum of a part, its bytes as they are packed, and as they are not."""


class Zip:
    """A file to which parts are added, none of them of 4 GB.

    packed  the bytes of all parts so far
    size    where the next byte stands
    shared  what all heads say: version, flags, method, time and day
    """

    def __init__(self, target: IO[bytes], moment: dt.datetime) -> None:
        """moment is when each part is said to be made"""
        self.target, self.seekable = target, hasattr(target, "seekable") and target.seekable()
        self.size, self.packed = target.tell() if self.seekable else 0, 0
        day = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
        flags = 0 if self.seekable else BEHIND
        time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
        self.shared = VERSION, flags, DEFLATED, time, day
        self.entries: list[bytes] = []

    def add(self, name: str, pieces: Iterable[Piece]) -> None:
        """Add a part of this name, in pieces."""
        at, stream, checksum, size, called = self.size, _Stream(), 0, 0, name.encode("ascii")
        self._put(self._head((0, 0, 0), called))
        begin = self.size
        for piece in pieces:
            text, packed = stream.take(piece)
            checksum, size = zlib.crc32(text, checksum), size + len(text)
            for part in packed:
                self._put(part)
        self._put(stream.zlib.flush())
        sizes = checksum, self.size - begin, size
        self.packed += sizes[1]
        if self.seekable:
            self.target.seek(at)
            self.target.write(self._head(sizes, called))
            self.target.seek(self.size)
        else:
            self._put(SIZES.pack(b"PK\7\b", *sizes))
        more = len(called), 0, 0, 0, 0, MODE, at
        self.entries.append(
            ENTRY.pack(b"PK\1\2", VERSION | UNIX, *self.shared, *sizes, *more) + called
        )

    def close(self) -> None:
        """End the file with the list of its parts."""
        at, count, listed = self.size, len(self.entries), b"".join(self.entries)
        self._put(listed + END.pack(b"PK\5\6", 0, 0, count, count, len(listed), at, 0))

    def _head(self, sizes: Sizes, called: bytes) -> bytes:
        return HEAD.pack(b"PK\3\4", *self.shared, *sizes, len(called), 0) + called

    def _put(self, data: Data) -> None:
        self.target.write(data)
        self.size += len(data)


class _Stream:
    """What a part's pieces are packed by: most by zlib.

    waits  whether zlib may keep some of what it was given
    """

    def __init__(self) -> None:
        self.zlib, self.waits = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS), False

    def take(self, piece: Piece) -> tuple[Data, list[Data]]:
        """The text of a piece, and what there is of it, and of those before, packed."""
        if isinstance(piece, bytes):
            self.waits = True
            return piece, [self.zlib.compress(piece)]
        # full: zlib does not know of this row, so nothing behind may refer to what is before
        before = [self.zlib.flush(zlib.Z_FULL_FLUSH)] if self.waits else []
        self.waits = False
        return piece.text.data, [*before, piece.packed.data]
