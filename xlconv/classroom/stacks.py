"""A class on paper as one pile for the copier, for the teacher alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from xlconv.budget import PILE
from xlconv.classroom.copies import TEACHER, Copy, handout
from xlconv.classroom.folder import ClassFolder
from xlconv.files.saving import PDF, holding, save_file
from xlconv.frozen import frozen
from xlconv.paper.printing import Printing

NAMES = {False: "print", True: "print-keys"}
"""What the files are called, of worksheets and of their keys."""


@frozen
class Stack:
    """A file with the pages of many students."""

    path: Path
    copies: Sequence[Copy]


def stacks(folder: Path, made: ClassFolder, listed: Sequence[Copy]) -> Iterator[Stack]:
    """The files for the copier: one, or of a large class as few as can be set."""
    for key, name in NAMES.items():
        every = [copy for copy in listed if copy.key is key and copy.path.suffix != PDF]
        if not every:
            continue
        cells = sum(sheet.used for sheet in handout(made, key=key).sheets)
        most = max(1, PILE // cells)
        piles = [every[n : n + most] for n in range(0, len(every), most)]
        for n, pile in enumerate(piles, 1):
            numbered = f"{name}-{n}" if len(piles) > 1 else name
            yield Stack(folder / TEACHER / f"{numbered}{PDF}", pile)


def drop_others(written: Sequence[Stack]) -> None:
    """Remove the files of the same piles left from a smaller or a larger class."""
    kept = {stack.path for stack in written}
    for key in {stack.copies[0].key for stack in written}:
        for path in written[0].path.parent.glob(f"{NAMES[key]}*{PDF}"):
            number = path.stem.removeprefix(NAMES[key])
            if path not in kept and (not number or number[1:].isdecimal()):
                path.unlink()


def write_stack(made: ClassFolder, stack: Stack, printing: Printing) -> int:
    """Write one of them, whole or not at all, and tell its pages; the same again is left as it is.

    A student's pages begin on a sheet of paper of their own.
    """
    drawn, first, parts = handout(made, key=stack.copies[0].key), 0, []
    for copy in stack.copies:
        parts.append(drawn.part(copy.student, copy.code, copy.named, printing, first))
        first += len(drawn.sheets)
    data = printing.bound(parts, drawn.lesson.title, drawn.lesson.language)
    save_file(stack.path, holding(data), overwrite=True, make_folder=True)
    return sum(len(part.pages) for part in parts)
