"""A class handed its workbooks: a file for each student, and what the teacher keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xlconv.checking.origin import read_recipe
from xlconv.classroom.cores import spread
from xlconv.classroom.folder import ClassFolder, read_folder, write_folder
from xlconv.classroom.handout import Handout
from xlconv.classroom.variants import new_key, stems
from xlconv.errors import TargetError
from xlconv.files.reading import is_folder
from xlconv.files.saving import PAGE, PDF, SUFFIX, holding, remove_parts, save_file
from xlconv.files.sources import remembered
from xlconv.frozen import frozen
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.recipe import whole_recipe
from xlconv.lessons.worksheet import worksheet_lesson
from xlconv.version import __version__

if TYPE_CHECKING:
    from xlconv.paper.printing import Printing

TEACHER, KEYS = "teacher", "keys"
"""The folder beside the workbooks that the teacher keeps, and that of the answers in it."""


@frozen
class Copy:
    """A workbook that is to be written, or its page or PDF.

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
    told, kept = whole_recipe(lesson), folder / TEACHER
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
    folder: Path,
    made: ClassFolder,
    *,
    with_names: bool = False,
    keys: bool = False,
    kinds: Sequence[str] = (SUFFIX,),
) -> list[Copy]:
    """The workbooks of a class, each with its path.

    kinds  how the files end: some of SUFFIX, PAGE and PDF
    """
    codes, answers = made.codes, folder / TEACHER / KEYS
    return [
        Copy(
            student,
            codes[student],
            (answers if key else folder) / f"{stem}{kind}",
            made.names[student] if with_names else "",
            key,
        )
        for student, stem in stems(codes, made.options["name"]).items()
        for key in ((False, True) if keys else (False,))
        for kind in kinds
    ]


def hand_out(
    made: ClassFolder,
    listed: Sequence[Copy],
    processes: int | None = None,
    printing: Printing | None = None,
) -> Iterator[Copy]:
    """Write workbooks, each whole or not at all, and tell each that is there.

    A file that is there already stays.

    printing  how PDFs are printed
    """
    for folder in {copy.path.parent for copy in listed}:
        remove_parts(folder)
    left = [copy for copy in listed if not copy.path.exists()]
    yield from (copy for copy in listed if copy.path.exists())
    yield from spread(partial(_write, made, printing), left, processes)


_ready: dict[tuple[str, bytes, bool], Handout] = {}
"""What this process has drawn already."""


def handout(made: ClassFolder, *, key: bool) -> Handout:
    """What the copies of a class are written from, drawn once in each process."""
    known = made.lesson, made.key, key
    if known not in _ready:
        lesson = worksheet_lesson(read_recipe(made.lesson, "the lesson").lesson, key=key)
        _ready[known] = Handout(lesson, made.key)
    return _ready[known]


def _write(made: ClassFolder, printing: Printing | None, copy: Copy) -> Copy:
    """Write one workbook, or its page or PDF, in whichever process."""
    drawn = handout(made, key=copy.key)
    if copy.path.suffix == PDF:
        assert printing is not None
        part = drawn.part(copy.student, copy.code, copy.named, printing)
        data = printing.bound([part], part.title or "", drawn.lesson.language)
    elif copy.path.suffix == PAGE:
        data = drawn.page(copy.student, copy.code, copy.named)
    else:
        data = drawn.workbook(copy.student, copy.code, copy.named)
    save_file(copy.path, holding(data), overwrite=False, make_folder=True)
    return copy
