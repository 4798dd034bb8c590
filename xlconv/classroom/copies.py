"""A class handed its workbooks: a file for each student, and what the teacher keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from xlconv.checking.origin import read_recipe
from xlconv.classroom.cores import spread
from xlconv.classroom.folder import ClassFolder, read_folder, write_folder
from xlconv.classroom.handout import Handout
from xlconv.classroom.variants import new_key, stems
from xlconv.errors import TargetError
from xlconv.files.reading import is_folder
from xlconv.files.saving import SUFFIX, remove_parts, save_file
from xlconv.files.sources import remembered
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.recipe import frozen
from xlconv.lessons.worksheet import worksheet_lesson
from xlconv.version import __version__

TEACHER, KEYS = "teacher", "keys"
"""The folder beside the workbooks that the teacher keeps, and that of the answers in it."""


@dataclass(frozen=True)
class Copy:
    """A workbook that is to be written.

    named  what stands before the code for all to see
    key    whether the answers stand in it
    """

    student: str
    code: str
    path: Path
    named: str = ""
    key: bool = False


def class_folder(
    folder: Path, lesson: Lesson, names: Mapping[str, str], named_by: str
) -> ClassFolder:
    """What the teacher keeps: as it is where it is of this class, else made and written.

    names  of the students, by their ids

    Raises TargetError where the folder is another class's.
    """
    told, kept = frozen(lesson), folder / TEACHER
    if not is_folder(kept):
        made = ClassFolder(new_key(), told, dict(names), {"name": named_by})
        write_folder(kept, made)
        return made
    with remembered():  # for a moment: the command's own files are written again
        made = read_folder(kept)
    if made.options.get("name") != named_by:
        by = made.options.get("name")
        raise TargetError(f"{kept} is of a class with files named by {by}: use --name {by}")
    if made.lesson != told:
        older = f", or use xlconv {made.made_by}" * (made.made_by != __version__)
        raise TargetError(f"{kept} is of another lesson: name another folder with -o{older}")
    if dict(names) != dict(made.names):
        made = ClassFolder(made.key, told, {**made.names, **names}, made.options, made.made_by)
        write_folder(kept, made, overwrite=True)
    return made


def copies(
    folder: Path, made: ClassFolder, *, with_names: bool = False, keys: bool = False
) -> list[Copy]:
    """The workbooks of a class, each with its path."""
    codes = made.codes
    listed = []
    for student, stem in stems(codes, made.options["name"]).items():
        shown = made.names[student] if with_names else ""
        path = folder / f"{stem}{SUFFIX}"
        listed.append(Copy(student, codes[student], path, shown))
        if keys:
            answers = folder / TEACHER / KEYS / path.name
            listed.append(Copy(student, codes[student], answers, shown, key=True))
    return listed


def hand_out(
    made: ClassFolder, listed: Sequence[Copy], processes: int | None = None
) -> Iterator[Copy]:
    """Write workbooks, each whole or not at all, and tell each that is there.

    A file that is there already stays.
    """
    for folder in {copy.path.parent for copy in listed}:
        remove_parts(folder)
    left = [copy for copy in listed if not copy.path.exists()]
    yield from (copy for copy in listed if copy.path.exists())
    yield from spread(partial(_write, made.lesson, made.key), left, processes)


_ready: dict[tuple[str, bytes, bool], Handout] = {}
"""What this process has drawn already."""


def _write(lesson: str, key: bytes, copy: Copy) -> Copy:
    """Write one workbook, in whichever process."""
    handout = _ready.get((lesson, key, copy.key))
    if handout is None:
        kept = worksheet_lesson(read_recipe(lesson, "the lesson").lesson, key=copy.key)
        handout = _ready.setdefault((lesson, key, copy.key), Handout(kept, key))
    data = handout.workbook(copy.student, copy.code, copy.named)

    def write(file: IO[bytes]) -> None:
        file.write(data)

    save_file(copy.path, write, overwrite=False, make_folder=True)
    return copy
