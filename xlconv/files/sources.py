"""What a command has read: whatever it is told, it overwrites none of it; a copy takes it along."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path  # imported when it is needed: start-up counts

_Identity = tuple[int, int]

_read: ContextVar[dict[_Identity, str | os.PathLike[str]] | None] = ContextVar("read", default=None)
"""Each file by its device and inode: a file has many names, by links, letter case and folders."""


@contextmanager
def remembered() -> Iterator[None]:
    """Let `remember` keep what is read in here. Outside nothing is kept: in a library's session
    the same file may well be read, and hours later be written."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def remember(path: str | os.PathLike[str]) -> None:
    """Note that a file is read: each reader of users' files says so before it opens one."""
    known = _read.get()
    if known is not None:
        with suppress(OSError, ValueError):  # it cannot be read either, which its reader will say
            known.setdefault(_identity(path), path)


def was_read(path: str | os.PathLike[str]) -> bool:
    """Whether a file was read, by whatever name.

    Raises OSError where there is no such file.
    """
    known = _read.get()
    return bool(known) and _identity(path) in (known or {})


def read_within(folder: Path) -> list[Path]:
    """The files in a folder, and in folders in it, that were read, in their order."""
    from pathlib import Path

    paths = map(Path, (_read.get() or {}).values())
    return [path for path in paths if path.is_relative_to(folder)]


def _identity(path: str | os.PathLike[str]) -> _Identity:
    state = os.stat(path)  # noqa: PTH116  # a str as well
    return state.st_dev, state.st_ino
