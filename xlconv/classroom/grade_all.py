"""All returns of a class, graded by both cores; one that is broken never stops the others."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from xlconv.checking.engine import is_there
from xlconv.checking.workbook import Workbook
from xlconv.classroom.engine import Engine
from xlconv.classroom.flags import ANOTHERS_FILE, TWICE, among_all
from xlconv.classroom.folder import ClassFolder
from xlconv.classroom.grader import Grader
from xlconv.classroom.marks import Flag, Graded
from xlconv.classroom.naming import Who
from xlconv.classroom.returned import Return, last_of
from xlconv.classroom.unpacking import Unread
from xlconv.errors import UnreadableError
from xlconv.text import counted
from xlconv.visible import shortened

EASY, AT_ONCE = 8, 200
"""Returns that one process grades while another one would start, and those that are held."""

SAVE = "open it, and save it as .xlsx"
"""The way out of what nobody foresaw."""

_ready: dict[bytes, Grader] = {}
"""What this process has drawn already."""


def graded(
    folder: ClassFolder, returned: Iterable[Return | Unread], processes: int | None = None
) -> Iterator[Graded | Unread]:
    """Each return with its marks, or why it has none, in their order."""
    waiting: list[Return | Unread] = []
    with ProcessPoolExecutor(processes or os.cpu_count() or 1) as pool:
        for one in returned:
            waiting.append(one)
            if len(waiting) == AT_ONCE:
                yield from _several(pool, folder, waiting)
                waiting.clear()
        yield from _several(pool, folder, waiting)


def beside_each_other(
    folder: ClassFolder, results: Sequence[Graded | Unread]
) -> list[Graded | Unread]:
    """The same with what is seen when all are side by side: answers of others, one code twice."""
    grader = _grader(folder)
    found = [one for one in results if isinstance(one, Graded)]
    truths = {student: grader.truth(student) for student in folder.names}
    seen = iter(among_all(found, truths, grader.alike.keys()))
    return [next(seen) if isinstance(one, Graded) else one for one in results]


def last_attempts(
    returned: Sequence[Return | Unread], results: Sequence[Graded | Unread]
) -> list[Graded | Unread]:
    """The results without earlier attempts, which carry the same code and come from the same one.

    Those that do not count are named in a flag. What another student handed in stands behind what
    a student did: the first of one code counts.
    """
    attempts: dict[tuple[str, Who], list[tuple[Return, Graded]]] = {}
    rest: list[Graded | Unread] = []
    for one, result in zip(returned, results, strict=True):
        if isinstance(one, Return) and isinstance(result, Graded) and result.student:
            attempts.setdefault((result.student.id, one.who), []).append((one, result))
        else:
            rest.append(result)
    last: list[Graded | Unread] = []
    for pairs in attempts.values():
        newest = last_of([one for one, _ in pairs])
        result = next(result for one, result in pairs if one.name == newest.name)
        flags = [flag for flag in result.flags if flag.kind != TWICE or len(pairs) == 1]
        if newest.others:
            flags.append(Flag("earlier attempts", ", ".join(newest.others)))
        if newest.late:
            flags.append(Flag("late", "the platform says so"))
        last.append(replace(result, flags=tuple(flags)))
    last.sort(key=_from_another)
    return [*last, *rest]


def _from_another(result: Graded | Unread) -> bool:
    return isinstance(result, Graded) and ANOTHERS_FILE in {flag.kind for flag in result.flags}


def _several(
    pool: ProcessPoolExecutor, folder: ClassFolder, some: Sequence[Return | Unread]
) -> Iterator[Graded | Unread]:
    grade = partial(_grade, folder)
    if len(some) < EASY:
        yield from map(grade, some)
        return
    done = 0
    try:
        for result in pool.map(grade, some, chunksize=max(1, min(16, len(some) // 8))):
            yield result
            done += 1
    except BrokenProcessPool:
        for one in some[done:]:
            yield _alone(folder, one)


def _alone(folder: ClassFolder, one: Return | Unread) -> Graded | Unread:
    """One of those of which one ends the process that reads it."""
    with ProcessPoolExecutor(1) as pool:
        try:
            return pool.submit(_grade, folder, one).result()
        except BrokenProcessPool:
            return Unread(one.name, f"{one.name} takes too much memory: {SAVE}")


def _grader(folder: ClassFolder) -> Grader:
    if folder.key not in _ready or _ready[folder.key].folder != folder:
        _ready.clear()
        _ready[folder.key] = Grader(folder, Engine() if is_there() else None)
    return _ready[folder.key]


def _grade(folder: ClassFolder, one: Return | Unread) -> Graded | Unread:
    """One return, in whichever process."""
    if isinstance(one, Unread):
        return one
    with TemporaryDirectory(prefix="xlconv-") as scratch:
        path = Path(scratch, "return.xlsx")
        path.write_bytes(one.data)
        try:
            return _grader(folder).grade(Workbook.read(path), one.name, one.who)
        except UnreadableError as error:
            return Unread(one.name, str(error).replace(str(path), one.name))
        except Exception as error:  # noqa: BLE001  # whatever a stranger's file makes of it
            reason = f"{one.name} cannot be graded, {shortened(str(error))}: {SAVE}"
            return Unread(one.name, reason)


def told(results: Sequence[Graded | Unread]) -> str:
    """How many were graded, in words.

    >>> told([Unread("a", "a is broken")])
    '0 returns graded, 1 named below'
    """
    unread = sum(isinstance(one, Unread) for one in results)
    return f"{counted(len(results) - unread, 'return')} graded" + f", {unread} named below" * bool(
        unread
    )
