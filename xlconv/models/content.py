"""A model file's bytes, mapped and not loaded, and what may go wrong with a stranger's."""

from __future__ import annotations

import io
import mmap
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xlconv.errors import UnreadableError, XlconvError
from xlconv.files.reading import ContentError, open_file
from xlconv.frozen import frozen

DAMAGED = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError,
    NotImplementedError, RecursionError, RuntimeError, TypeError, ValueError, struct.error,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What readers, zipfile and h5py let out over a file that is not what it says."""


@frozen(eq=False)
class Content:
    """A file by its path, and its bytes."""

    path: Path
    data: memoryview

    def open(self) -> io.BufferedReader:
        """The bytes as a file, for a library that reads one; there is nothing to close."""
        return io.BufferedReader(_Bytes(self.data))


class _Bytes(io.RawIOBase):
    """Bytes as a file that copies no more of them than are asked for."""

    def __init__(self, data: memoryview) -> None:
        self.data, self.at = data, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: len(self.data)}[whence]
        if begin + offset < 0:
            raise ValueError("there is nothing before the first byte")
        self.at = begin + offset
        return self.at

    def readinto(self, into: Any) -> int:
        part = self.data[self.at : self.at + len(into)]
        into[: len(part)] = part
        self.at += len(part)
        return len(part)


def mapped(path: Path) -> Content:
    """The bytes of an ordinary file.

    Raises UnreadableError where it cannot be opened, or holds nothing.
    """
    with open_file(path) as file:
        if not os.fstat(file.fileno()).st_size:
            raise UnreadableError(f"{path} is empty", parameter="model")
        try:
            return Content(path, memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
        except (OSError, ValueError) as error:
            raise UnreadableError(f"cannot read {path}: {error}", parameter="model") from None


@contextmanager
def told_of(path: Path) -> Iterator[None]:
    """Say of whatever goes wrong with a file that it is this one's.

    A reader raises ContentError; whatever else it lets out is damage.
    """
    try:
        yield
    except UnreadableError as error:
        raise UnreadableError(str(error), parameter="model") from None
    except XlconvError:
        raise
    except OSError as error:  # of h5py as well, in many words
        why = error.strerror or "it is damaged"
        raise UnreadableError(f"cannot read {path}: {why}", parameter="model") from None
    except ContentError as error:
        raise UnreadableError(f"{path} {error}", parameter="model") from None
    except DAMAGED:
        raise UnreadableError(f"{path} is damaged, or cut short", parameter="model") from None
