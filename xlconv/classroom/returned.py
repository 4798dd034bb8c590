"""The workbooks that came back: the last attempt of each student, and what cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePosixPath

from xlconv.classroom.naming import Named, Who, named
from xlconv.classroom.unpacking import Found, Unread, found
from xlconv.errors import UnreadableError
from xlconv.files.saving import SUFFIX
from xlconv.frozen import frozen

KINDS = {
    ".ods": "is an OpenDocument spreadsheet: open it, and save it as .xlsx",
    ".numbers": "is of Apple Numbers: export it to Excel there",
    ".xls": "is of an old Excel: open it, and save it as .xlsx",
    ".xlsb": "is a binary workbook: open it, and save it as .xlsx",
    ".xlsm": "is a workbook with macros: open it, and save it as .xlsx",
    ".gsheet": "is a link to Google Sheets: download it there as .xlsx",
    ".url": "is a link: download the workbook that it leads to, as .xlsx",
    ".csv": "has values alone: ask for the workbook",
    ".pdf": "is a printed page: ask for the workbook",
    ".rar": "is an archive of another kind: unpack it first",
    ".7z": "is an archive of another kind: unpack it first",
    ".gz": "is an archive of another kind: unpack it first",
    ".tar": "is an archive of another kind: unpack it first",
    "": "has no ending: if it is a workbook, let its name end in .xlsx",
}
"""What other files are, by their endings, and the way out."""

OTHER = "is no workbook: ask for the .xlsx file"


Order = tuple[tuple[int, int], tuple[int, ...], str]
"""By a platform's number, the number of a copy, the time, and the name."""


@frozen
class Return:
    """A workbook that came back.

    who     what the platform's name for it tells of the student
    name    as it was found, for a person
    late    whether the platform says that it came late
    others  the names of earlier attempts, which do not count
    order   of two attempts of one student, the later has the larger
    """

    who: Who
    name: str
    data: bytes
    late: bool = False
    others: tuple[str, ...] = ()
    order: Order = ((0, 0), (), "")


@frozen
class _Attempt:
    file: Found
    named: Named

    @property
    def order(self) -> Order:
        return self.named.turn, self.file.time, self.file.path


def returns(paths: Iterable[Path]) -> Iterator[Return | Unread]:
    """What came back, read one by one: the last attempt of each student, and all that is no
    workbook, or broken, with the reason.

    paths  folders, archives and files, as a platform gave them or a person sorted them
    """
    students: dict[tuple[str, ...], list[_Attempt]] = {}
    with ExitStack() as stack:
        for file in found(paths, stack):
            if isinstance(file, Unread):
                yield file
            elif reason := _no_workbook(file.path):
                yield Unread(file.path, f"{file.path} {reason}")
            else:
                attempt = _Attempt(file, named(file.path))
                students.setdefault(attempt.named.key, []).append(attempt)
        for attempts in students.values():
            yield _last(sorted(attempts, key=lambda attempt: attempt.order))


def _no_workbook(path: str) -> str:
    ending = PurePosixPath(path).suffix.lower()
    return "" if ending in (SUFFIX, ".zip") else KINDS.get(ending, OTHER)


def _last(attempts: Sequence[_Attempt]) -> Return | Unread:
    *others, last = attempts
    try:
        data = last.file.read()
    except UnreadableError as error:
        return Unread(last.file.path, str(error))
    names = tuple(attempt.file.path for attempt in others)
    return Return(last.named.who, last.file.path, data, last.named.late, names, last.order)


def last_of(attempts: Iterable[Return]) -> Return:
    """The last of some returns that are one student's after all, by the code in them."""
    *others, last = sorted(attempts, key=lambda one: one.order)
    names = (name for one in others for name in (*one.others, one.name))
    return replace(last, others=(*last.others, *names))
