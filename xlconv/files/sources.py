"""What a command has read: whatever it is told, it overwrites none of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

_Identity = tuple[int, int]

_read: ContextVar[set[_Identity] | None] = ContextVar("read", default=None)
"""The device and inode of each file: a file has many names, by links, letter case and folders."""


@contextmanager
def remembered() -> Iterator[None]:
    """Let `remember` keep what is read in here. Outside nothing is kept: in a library's session
    the same file may well be read, and hours later be written."""
    token = _read.set(set())
    try:
        yield
    finally:
        _read.reset(token)


def remember(path: str | os.PathLike[str]) -> None:
    """Note that a file is read: each reader of users' files says so before it opens one."""
    known = _read.get()
    if known is not None:
        with suppress(OSError, ValueError):  # it cannot be read either, which its reader will say
            known.add(_identity(path))


def was_read(path: str | os.PathLike[str]) -> bool:
    """Whether a file was read, by whatever name.

    Raises OSError where there is no such file.
    """
    known = _read.get()
    return bool(known) and _identity(path) in (known or ())


def _identity(path: str | os.PathLike[str]) -> _Identity:
    state = os.stat(path)  # noqa: PTH116  # a str as well
    return state.st_dev, state.st_ino
