"""The lessons that come with the package, and the file of a lesson that is named."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from xlconv.errors import UnreadableError, XlconvError
from xlconv.lessons.schema import as_toml, suggest

NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
"""What a system says of a name that no file has."""


def lesson_folder() -> Path:
    """Where the shipped lessons are: in the package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def lesson_names() -> list[str]:
    """The shipped lessons, the main one first."""
    names = sorted(path.stem for path in lesson_folder().glob("*.toml"))
    return sorted(names, key=lambda name: name != "transposed-convolutions")


def find_lesson(lesson: str | os.PathLike[str]) -> Path:
    """The file of a shipped lesson's name, or of a path.

    Raises UnreadableError where there is neither.
    """
    if not isinstance(lesson, str | os.PathLike):
        raise XlconvError(
            f"lesson must be a lesson's name or path, got {type(lesson).__name__}",
            parameter="lesson",
        )
    if lesson in lesson_names():
        return lesson_folder() / f"{lesson}.toml"
    path = Path(lesson)
    try:
        if not stat.S_ISDIR(path.stat().st_mode):
            return path
    except OSError as error:
        if error.errno not in NOT_THERE:
            raise UnreadableError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:  # a name that no system knows, such as one with a NUL
        pass
    hint = suggest(str(lesson), lesson_names()) or f"; shipped are {', '.join(lesson_names())}"
    raise UnreadableError(
        f"no lesson and no file is called {as_toml(str(lesson))}{hint}", parameter="lesson"
    )
