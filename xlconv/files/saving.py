"""Files that are written whole or not at all: beside their places first, then all swapped in."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import IO

from xlconv.errors import TargetError, XlconvError
from xlconv.files.sources import was_read
from xlconv.frozen import frozen

Name = str | bytes | os.PathLike[str] | os.PathLike[bytes]
Write = Callable[[IO[bytes]], object]

SUFFIX, PAGE, PDF = ".xlsx", ".html", ".pdf"
"""How the files of a workbook, of a page for a browser, and of paper are called: programs go by
that."""

DRAWN = (PDF, ".svg", ".png")
"""What a book is drawn as: on pages, or one sheet of it."""

AT_ONCE = 1 << 16  # bytes of two files that are compared at a time

BEGUN = ".xlconv-"
"""How the name of a file begins that is not in its place yet."""


def holding(content: str | bytes) -> Write:
    """What writes a file of these bytes, or of this text."""
    data = content.encode() if isinstance(content, str) else content
    return lambda file: file.write(data)


def as_path(name: Name) -> Path:
    """A file's name as a path; one in bytes is as the system has it.

    Raises XlconvError for what is no name.

    >>> as_path(b"a.xlsx").name
    'a.xlsx'
    """
    try:
        return Path(os.fsdecode(name))
    except TypeError:
        raise XlconvError(
            f"path must be a file's name, a text or a Path, got {type(name).__name__}",
            parameter="path",
        ) from None


@frozen
class _Target:
    """A file to be written.

    shown  its name as it was given
    path   where it is: a link stays one
    part   the new content, until it is in its place
    old    the old content, until all new ones are
    """

    shown: Path
    path: Path
    part: Path
    old: Path

    @staticmethod
    def of(shown: Path) -> _Target:
        if not _is_name(shown):
            raise TargetError(
                f"{str(shown)!r:.80} has a character that no file's name has: use another name"
            )
        try:
            path = Path(os.path.realpath(shown))
        except FileNotFoundError:
            raise TargetError(f"cannot write {shown}: the current folder is gone") from None
        name = f"{BEGUN}{os.urandom(8).hex()}"
        return _Target(shown, path, path.parent / f"{name}.part", path.parent / f"{name}.old")

    def check(self, suffixes: tuple[str, ...] = ("",), make_folder: bool = False) -> None:
        folder = self.path.parent
        if not (folder.is_dir() or (make_folder and not folder.exists())):
            raise TargetError(
                f"{self.shown.parent} is no folder: make it first, or write elsewhere"
            )
        if self.path.is_dir():
            raise TargetError(f"{self.shown} is a folder: name a file in it")
        if self.path.exists() and not self.path.is_file():
            raise TargetError(f"{self.shown} is no regular file: write elsewhere, or to -")
        if not self.shown.name.lower().endswith(suffixes):
            raise TargetError(
                f"{self.shown} must end in {' or '.join(suffixes)}, for that is what is written:"
                f" use {self.shown.with_suffix(suffixes[0])}"
            )

    def stage(self, write: Write) -> None:
        """Write the new content, open to nobody whom the file that it replaces is closed to."""
        opener = partial(os.open, mode=0o600 if self.path.exists() else 0o666)
        with open(self.part, "xb", opener=opener) as file:  # Path.open knows no opener
            write(file)

    def take_owner_and_mode(self) -> None:
        if not self.path.exists():
            return
        old, new = self.path.stat(), self.part.stat()
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            try:
                os.chown(self.part, old.st_uid, old.st_gid)
            except PermissionError:
                raise TargetError(
                    f"{self.shown} has an owner or a group that you cannot give: write elsewhere"
                ) from None
        self.part.chmod(stat.S_IMODE(old.st_mode))

    def is_new(self, overwrite: bool) -> bool:
        """Whether there is something to swap.

        Raises TargetError for other content that is to be kept.
        """
        if not self.path.exists():
            return True
        if _are_same(self.part, self.path):
            return False
        if was_read(self.path):
            raise TargetError(
                f"{self.shown} is what this command reads, and not overwritten: use another name"
            )
        if not overwrite:
            raise TargetError(
                f"{self.shown} exists with other content: use --force, or another name"
            )
        return True

    def restore(self, was_there: bool) -> None:
        if self.old.exists():
            self.old.replace(self.path)
        elif not was_there and not self.part.exists():
            self.path.unlink(missing_ok=True)


def remove_parts(folder: Path) -> None:
    """Remove what commands have left in a folder that were killed while they wrote to it."""
    for part in folder.glob(f"{BEGUN}*.part"):
        with suppress(OSError):
            part.unlink()


def _are_same(one: Path, other: Path) -> bool:
    """Whether two files hold the same; filecmp remembers answers by sizes and times."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as a, other.open("rb") as b:
        parts = (iter(partial(file.read, AT_ONCE), b"") for file in (a, b))
        return all(x == y for x, y in zip_longest(*parts))


def _is_name(path: Path) -> bool:
    """Whether the system can be asked for a path: a NUL, or half a character, is none."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def check_target(path: Path, *suffixes: str, make_folder: bool = False) -> None:
    """Refuse what can be no target, before there is anything to write.

    suffixes     how its name may end, such as ".xlsx"
    make_folder  whether its folder may be missing

    Raises TargetError.
    """
    with _refusing(path):
        _Target.of(path).check(suffixes, make_folder)


def save_file(
    path: Path, write: Write, *, overwrite: bool = True, make_folder: bool = False
) -> bool:
    """Let `write` fill a file; whatever goes wrong, one that was there is left as it was.

    returns  whether the file was written: one with these very bytes is not touched

    Raises TargetError; then, and after an interrupt, nothing is left behind.
    """
    return save_files({path: write}, overwrite=overwrite, make_folder=make_folder)[path]


def save_files(
    contents: Mapping[Path, Write], *, overwrite: bool = True, make_folder: bool = False
) -> dict[Path, bool]:
    """The same for several files: all of them are written, or none.

    overwrite  whether files with other content may be replaced; one that the command has read
               never is
    """
    targets = _targets(contents, make_folder)
    new: list[_Target] = []
    with _folders(targets if make_folder else ()), _no_parts(targets):
        for target in targets:
            with _refusing(target.shown):
                target.stage(contents[target.shown])
        for target in targets:
            with _refusing(target.shown):
                if target.is_new(overwrite):
                    target.take_owner_and_mode()
                    new.append(target)
        _swap(new)
    written = {target.path for target in new}
    return {target.shown: target.path in written for target in targets}


def _targets(paths: Iterable[Path], make_folder: bool) -> list[_Target]:
    targets: dict[Path, _Target] = {}
    for path in paths:
        with _refusing(path):
            target = _Target.of(path)
            target.check(make_folder=make_folder)
            other = targets.setdefault(target.path, target)
            if other is not target:
                raise TargetError(f"{path} and {other.shown} are one file: use another name")
    return [*targets.values()]


def _swap(targets: Sequence[_Target]) -> None:
    """Put each part in its place; if one cannot be, all are again as they were."""
    there = [target.path.exists() for target in targets]
    try:
        for target, was_there in zip(targets, there, strict=True):
            with _refusing(target.shown):
                if was_there and len(targets) > 1:  # a single one is replaced in one go
                    target.path.rename(target.old)
                target.part.replace(target.path)
    except BaseException:
        for target, was_there in zip(targets, there, strict=True):
            with suppress(OSError):  # better one that is still called .old than none of the others
                target.restore(was_there)
        raise
    for target in targets:
        with suppress(OSError):
            target.old.unlink(missing_ok=True)


@contextmanager
def _refusing(shown: Path) -> Iterator[None]:
    """Say what the system refuses."""
    try:
        yield
    except OSError as error:
        raise TargetError(f"cannot write {shown}: {error.strerror or error}") from None


@contextmanager
def _no_parts(targets: Sequence[_Target]) -> Iterator[None]:
    """Leave no part behind: where all went well, there is none."""
    try:
        yield
    finally:
        for target in targets:
            with suppress(OSError):
                target.part.unlink(missing_ok=True)


@contextmanager
def _folders(targets: Sequence[_Target]) -> Iterator[None]:
    """Make the folders that are missing; they go again if nothing comes to stand in them."""
    missing = {target.path.parent: target.shown for target in targets}
    made: list[Path] = []
    try:
        for folder, shown in missing.items():
            with _refusing(shown), suppress(FileExistsError):  # a rival has just made it
                folder.mkdir()
                made.append(folder)
        yield
    finally:
        for folder in made:
            with suppress(OSError):  # it is not empty: ours, or a rival's, is in it
                folder.rmdir()
