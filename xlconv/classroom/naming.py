"""Whose a file is, as learning platforms name what they let a teacher download."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from unicodedata import combining, normalize

from xlconv.frozen import frozen


@frozen
class Who:
    """What a name tells of the student.

    platform  "moodle", "canvas", or nothing where the name is the student's own
    id        Moodle's number of the participant, Canvas' of the user
    name      the whole name, as the platform wrote it
    """

    platform: str = ""
    id: str = ""
    name: str = ""


@frozen
class Named:
    """What a path tells.

    key    what the attempts of one student have in common
    late   whether the platform says that it came late
    turn   which of the attempts it is: the larger, the later
    """

    who: Who
    key: tuple[str, ...]
    late: bool
    turn: tuple[int, int]


PLATFORMS = {
    # with one folder for each student, or without
    "moodle": re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_file_?(?P<own>.*)"),
    "canvas": re.compile(
        r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<id>\d+)_(?P<file>\d+)_(?P<own>.+)", re.IGNORECASE
    ),
}
"""How they name a file, or the folder that it is in."""

COPY = re.compile(r"(?P<stem>.*?)(?: ?\((?P<number>\d{1,9})\))?(?P<suffix>\.[^.]*)?")
"""How browsers name a second file of one name."""


def named(path: str) -> Named:
    """What a path says, its parts between slashes; the innermost that says something counts.

    Canvas numbers its files as they come, which tells more than the -1 of a second attempt:
    that may be a part of the file's own name.

    >>> named("Ana Ruiz_123_assignsubmission_file_/x.xlsx").who
    Who(platform='moodle', id='123', name='Ana Ruiz')
    >>> named("ruizana_LATE_77_4711_x-1.xlsx").late, named("x (2).xlsx").turn
    (True, (0, 2))
    """
    *folders, last = PurePosixPath(path).parts or ("",)
    copy = COPY.fullmatch(last)
    number = int(copy["number"] or 0) if copy else 0
    for part in (last, *reversed(folders)):
        for platform, pattern in PLATFORMS.items():
            if found := pattern.fullmatch(part):
                told = found.groupdict()
                who = Who(platform, told["id"], told["name"].strip())
                turn = int(told.get("file") or 0), number
                return Named(who, (platform, who.id), bool(told.get("late")), turn)
    stem = f"{copy['stem']}{copy['suffix'] or ''}" if copy else last
    return Named(Who(), (*folders, stem.casefold()), False, (0, number))


def student_of(who: Who, names: Mapping[str, str]) -> str | None:
    """The id of the one student of a class whom a platform's name fits; None where there is no
    such student, or there are several.

    names  those of the class, by ids

    >>> student_of(Who("canvas", "7", "ruizgomezana"), {"1": "Ana Ruiz Gómez", "2": "Ben Ruiz"})
    '1'
    """
    found = [student for student, name in names.items() if _fits(who.name, name)]
    return found[0] if len(found) == 1 else None


def _fits(told: str, name: str) -> bool:
    """Whether two are one name: Moodle writes its words in either order, Canvas joins them, the
    last name first."""
    words, ours = _words(told), _words(name)
    turned = {"".join(ours[n:] + ours[:n]) for n in range(len(ours))}
    return bool(words) and (sorted(words) == sorted(ours) or "".join(words) in turned)


def _words(name: str) -> list[str]:
    """The words of a name without capitals and accents."""
    letters = (sign for sign in normalize("NFKD", name) if not combining(sign))
    return re.findall(r"[^\W_]+", "".join(letters).casefold())
