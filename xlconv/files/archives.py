"""Zip files, of which no member is unpacked before it is known how large it is; NumPy's .npz."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from math import prod
from os import SEEK_END
from typing import BinaryIO

import numpy as np

from xlconv.files.reading import ContentError
from xlconv.frozen import frozen
from xlconv.layers.given import not_numbers
from xlconv.visible import shortened

BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, KeyError)
"""What zipfile lets out over a file that is none, or a member that it cannot unpack."""

MEMBERS = 100_000
"""Members of a file, at most."""

LISTED = b"PK\x01\x02"
"""How each entry of an archive's list of members begins."""

SOME, END = 1 << 20, 1 << 26
"""Bytes of a file that are read at once; and of a model, at its end, in which its list lies."""


class NoZipError(ContentError):
    """A file is no archive."""


@frozen(eq=False)
class Member:
    """An array in an archive: what is said of it, and where its numbers begin in its member."""

    archive: zipfile.ZipFile
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    by_columns: bool
    begin: int

    def load(self) -> np.ndarray:
        """Its numbers; raises ContentError where they are not as many as it says."""
        count = prod(self.shape)
        size = self.begin + count * self.dtype.itemsize
        data = memoryview(member(self.archive, self.name, size))
        if len(data) != size:
            raise ContentError(f"has other sizes in {self.name!r:.80} than it says")
        order = "F" if self.by_columns else "C"
        flat = np.frombuffer(data[self.begin :], self.dtype, count)
        array: np.ndarray = flat.reshape(self.shape, order=order)  # type: ignore[call-overload]
        return array


def opened_zip(file: BinaryIO, most: int = MEMBERS) -> zipfile.ZipFile:
    """A zip file; raises NoZipError where it is none, ContentError where it lists too many."""
    try:
        file.seek(max(0, file.seek(0, SEEK_END) - END))
        if _listed(file) > most:  # its list of them is read whole
            raise ContentError(f"has more than {most:,} members")
        return zipfile.ZipFile(file)
    except ContentError:
        raise
    except (*BROKEN, ValueError):
        raise NoZipError("is no zip file") from None


def _listed(file: BinaryIO) -> int:
    """How many members an archive may list, from where it is read."""
    count, before = 0, b""
    while piece := file.read(SOME):
        count += (before + piece).count(LISTED)
        before = piece[1 - len(LISTED) :]
    return count


def member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A member, unpacked: never more than it says, and not at all where that is too much.

    Raises ContentError where it is too large, or is not what it says.
    """
    info = archive.getinfo(name)
    if info.file_size > most:
        raise ContentError(f"has {info.file_size} bytes in {name!r:.80}; {most} are read at most")
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise ContentError(f"has other sizes in {name!r:.80} than it says")
    return data


def npz_members(archive: zipfile.ZipFile) -> dict[str, Member]:
    """The arrays of numbers in a file of NumPy's savez, by their keys; nothing is unpickled."""
    from xlconv.files.readers import NO_HEADER, npy_header

    found = {}
    for name in archive.namelist():
        if not name.endswith(".npy"):
            continue
        with archive.open(name) as file:
            try:
                shape, by_columns, dtype = npy_header(file)
            except (*NO_HEADER, LookupError):
                continue
            begin = file.tell()
        if not not_numbers(dtype) and all(type(n) is int and n >= 0 for n in shape):
            own = Member(archive, name, shape, dtype, by_columns, begin)
            found[name.removesuffix(".npy")] = own
    return found


def read_npz(file: BinaryIO, check: Callable[[int], None], key: str | None) -> np.ndarray:
    """The array of a key, or the only one; raises ContentError that names those that there are."""
    try:
        found = npz_members(opened_zip(file))
        if not found:
            raise ContentError("has no arrays of numbers")
        if key is None and len(found) == 1:
            (key,) = found
        if key not in found:
            names = shortened(", ".join(found), 200)
            asked = "several arrays: name one with the key" if key is None else f"no {key!r:.60}:"
            raise ContentError(f"has {asked} {names}")
        check(prod(found[key].shape))
        return found[key].load()
    except (*BROKEN, MemoryError):
        raise ContentError("is damaged, or cut short") from None
