"""The lessons and translations that come with the package, and the file of one that is named."""

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


def language_folder() -> Path:
    """Where the shipped translations are."""
    return lesson_folder() / "languages"


def language_names() -> list[str]:
    """The languages that there are shipped translations into.

    >>> language_names()
    ['ar', 'de', 'es', 'zh']
    """
    return sorted(path.stem for path in language_folder().glob("*.toml"))


def find_lesson(lesson: str | os.PathLike[str]) -> Path:
    """The file of a shipped lesson's name, or of a path.

    Raises UnreadableError where there is neither.
    """
    return _found("lesson", lesson, lesson_folder(), lesson_names())


def find_language(language: str | os.PathLike[str]) -> Path:
    """The file of a shipped translation's language, or of a path.

    Raises UnreadableError where there is neither.
    """
    return _found("language", language, language_folder(), language_names())


def _found(kind: str, named: str | os.PathLike[str], folder: Path, shipped: list[str]) -> Path:
    if not isinstance(named, str | os.PathLike):
        raise XlconvError(
            f"{kind} must be a {kind}'s name or path, got {type(named).__name__}", parameter=kind
        )
    if named in shipped:
        return folder / f"{named}.toml"
    path = Path(named)
    try:
        if not stat.S_ISDIR(path.stat().st_mode):
            return path
    except OSError as error:
        if error.errno not in NOT_THERE:
            raise UnreadableError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:  # a name that no system knows, such as one with a NUL
        pass
    hint = suggest(str(named), shipped) or f"; shipped are {', '.join(shipped)}"
    raise UnreadableError(
        f"no {kind} and no file is called {as_toml(str(named))}{hint}", parameter=kind
    )
