"""Files that are named to be read: ordinary ones, of a known size, where they may be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from xlconv.errors import UnreadableError, XlconvError
from xlconv.files.sources import remember
from xlconv.frozen import frozen


class ContentError(ValueError):
    """What is wrong with a file's content, as the rest of a sentence that begins with its name."""


@frozen
class Folder:
    """Where the files are that a lesson names.

    path     what their names are relative to
    allowed  the folders that they must lie in, links followed; None for wherever
    """

    path: Path = Path()
    allowed: Sequence[Path] | None = None

    def file(self, name: str) -> Path:
        """The file of a name, which need not exist.

        Raises XlconvError, without a look at the file, where it lies in no allowed folder.
        """
        path = self.path / name
        if self.allowed is None or any(_lies_in(path, folder) for folder in self.allowed):
            return path
        raise XlconvError(
            f"{name!r:.200} is outside the lesson's folder: copy it there, or allow the folder"
            " that it is in with --folder"
        )


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; a name too long to be looked up is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


@contextmanager
def opened(path: Path, most: int | None = None) -> Iterator[BinaryIO]:
    """A file, open to be read; errors as `open_file` raises them, and for what cannot be read."""
    try:
        with open_file(path, most) as file:
            yield file
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror or error}") from None


def open_file(path: Path, most: int | None = None) -> BinaryIO:
    """A file, open to be read; never one that has no end or that waits for a writer.

    most  bytes that it may have

    Raises UnreadableError where it cannot be opened, is no ordinary file, or is larger.
    """
    with ExitStack() as stack:
        file = stack.enter_context(_open(path))
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise UnreadableError(f"cannot read {path}: it is no ordinary file")
        if most is not None and state.st_size > most:
            raise UnreadableError(f"{path} is larger than {_size(most)}")
        stack.pop_all()
        return file


def contents(path: Path, most: int) -> bytes:
    """All of a file of at most so many bytes; errors as `opened` raises them."""
    with opened(path, most) as file:
        data = file.read(most + 1)
    if len(data) > most:  # it has grown, or its system does not know its size
        raise UnreadableError(f"{path} is larger than {_size(most)}")
    return data


def _open(path: Path) -> BinaryIO:
    remember(path)
    try:
        return open(path, "rb", opener=_at_once)
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror or error}") from None
    except ValueError:  # a name that no system knows, such as one with a NUL
        raise UnreadableError(f"cannot read {str(path)!r:.80}: no file has such a name") from None


def _at_once(path: str, flags: int) -> int:
    """Open a file; what Unix would wait for, such as a FIFO's writer, is not waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _lies_in(path: Path, folder: Path) -> bool:
    try:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    except (OSError, ValueError):  # a folder that is gone, or a name that no system knows
        return False


def _size(count: int) -> str:
    return f"{count >> 20} MB"
