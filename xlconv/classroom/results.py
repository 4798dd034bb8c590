"""From the returns of a class, graded, to the files that a teacher and the students get."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from xlconv.classroom.feedback import Feedback
from xlconv.classroom.gradescope import results_json
from xlconv.classroom.into import Filled
from xlconv.classroom.marks import Graded
from xlconv.classroom.marks_book import marks_book
from xlconv.classroom.table import Results, marks_csv
from xlconv.classroom.variants import file_stem
from xlconv.files.saving import Write, holding, save_files

FEEDBACK, GRADESCOPE = "feedback", "gradescope"
"""The folders with a file for each return."""

SILENT = Feedback()
"""In English, and without answers."""

ALONE = "results.json"
"""What Gradescope looks for where it has one return graded."""


def write_results(
    folder: Path,
    results: Results,
    *,
    stems: dict[str, str] | None = None,
    feedback: Feedback = SILENT,
    workbooks: Sequence[bytes | None] | None = None,
    gradescope: bool = False,
    filled: tuple[str, Filled] | None = None,
    overwrite: bool = True,
) -> dict[Path, bool]:
    """Write all files, or none.

    stems       what the files of each code are called; the code, if not given
    feedback    how students are told
    workbooks   the feedback that is a workbook, return by return
    gradescope  whether to write results.json, or one such file for each return
    filled      an export with the marks in it, and the name of its file
    returns     each file, and whether it is new

    Raises TargetError.
    """
    files: dict[Path, Write] = {
        folder / "marks.csv": holding(marks_csv(results)),
        folder / "marks.xlsx": marks_book(results).write,
    }
    if filled:
        files[folder / filled[0]] = holding(filled[1].data)
    names, books = _names(results.graded, stems or {}), workbooks or [None] * len(results.graded)
    for graded, stem, book in zip(results.graded, names, books, strict=True):
        told = feedback.text(graded, results.decimals)
        files[folder / FEEDBACK / f"{stem}.txt"] = holding(told)
        if book:
            files[folder / FEEDBACK / f"{stem}.xlsx"] = holding(book)
        if gradescope:
            told = results_json(graded, results.decimals, feedback)
            name = f"{GRADESCOPE}/{stem}.json" if len(results.graded) > 1 else ALONE
            files[folder / name] = holding(told)
    return save_files(files, overwrite=overwrite, make_folder=True)


def _names(graded: Iterable[Graded], stems: dict[str, str]) -> list[str]:
    """A file name for each return: two of one code, or of none, are told apart."""
    names: list[str] = []
    taken: set[str] = set()
    for one in graded:
        stem = name = stems.get(one.code) or file_stem(one.code or "unknown")
        number = 2
        while name.casefold() in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names
