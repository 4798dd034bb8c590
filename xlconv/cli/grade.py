"""The command `grade`: returned worksheets in, marks and reasons out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlconv.cli.group import Command
from xlconv.cli.options import pointing_at_options
from xlconv.cli.terminal import as_text, clock, progress_bar, put, say
from xlconv.cli.values import whole_number
from xlconv.errors import UnreadableError, XlconvError
from xlconv.text import counted

if TYPE_CHECKING:
    from xlconv.classroom.folder import ClassFolder
    from xlconv.classroom.into import Filled
    from xlconv.classroom.table import Results
    from xlconv.classroom.unpacking import Unread


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  xlconv grade submissions.zip --class class/teacher -o marks
  xlconv grade returned/ late.xlsx --class class/teacher -o marks
  xlconv grade submissions.zip --class class/teacher -o marks --into gradebook.csv --column Sheet
  xlconv grade submissions.zip --class class/teacher -o marks --gradescope

Exit codes: 3 where a file could not be graded; the others are.""",
)
@click.argument("files", nargs=-1, required=True, metavar="DIR|ZIP|FILE...", type=click.Path())
@click.option(
    "--class",
    "teacher",
    required=True,
    metavar="DIR",
    type=click.Path(),
    help="What xlconv class left for the teacher: DIR/teacher.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    default="marks",
    show_default=True,
    type=click.Path(),
    help="Where marks.csv, marks.xlsx and feedback/ go: for each student a workbook with the cells"
    " marked, and the same in words.",
)
@click.option(
    "--into",
    "export",
    metavar="FILE",
    type=click.Path(),
    help="An export of Canvas or Moodle: a copy with the marks in one column goes to -o.",
)
@click.option(
    "--column", metavar="NAME", help="That column, found or added; Moodle's own is known."
)
@click.option("--gradescope", is_flag=True, help="Write results.json for Gradescope too.")
@click.option("--answers", is_flag=True, help="Tell the right numbers in the feedback.")
@click.option(
    "--decimals",
    callback=whole_number(least=0, most=4),
    metavar="N",
    help="Of a total, which is rounded half up. Default: 1",
)
@click.option("--force", is_flag=True, help="Overwrite marks with other content.")
@click.option("--json", "as_json", is_flag=True, help="Print to stdout what became of each return.")
@click.pass_context
def grade(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    teacher: str,
    folder: str,
    export: str | None,
    column: str | None,
    gradescope: bool,
    answers: bool,
    decimals: int | None,
    force: bool,
    as_json: bool,
) -> None:
    """Grade the worksheets of a class: marks, a reason for each lost one, what needs your eye.

    Give it the zip of the learning platform as it is, a folder or files; the last attempt of each
    student counts. What is right is known from the teacher's folder alone. Formulas are tried by
    IronCalc (the extra `engine`).
    """
    from xlconv.classroom.folder import read_folder

    with pointing_at_options(ctx):
        made = read_folder(Path(teacher))
        table, unread = results_of(made, files, 1 if decimals is None else decimals)
        filled = _filled(table, export, column)
    more = {"gradescope": gradescope, "overwrite": force}
    _write(Path(folder), table, made, answers, filled=filled, **more)
    for broken in unread:
        say(f"error: {broken.reason}")
    put(_told(table, unread, as_json))
    returned = counted(len(table.graded), "return")
    say(f"wrote {folder}/marks.csv, marks.xlsx and feedback for {returned}")
    ctx.exit(UnreadableError.exit_code if unread else 0)


def _write(
    folder: Path,
    table: Results,
    made: ClassFolder,
    answers: bool,
    **more: Any,
) -> None:
    from xlconv.classroom.feedback import Feedback
    from xlconv.classroom.feedback_book import FeedbackBooks
    from xlconv.classroom.results import write_results
    from xlconv.classroom.variants import stems

    names = stems(made.codes, made.options["name"])
    feedback = Feedback.of(made, answers=answers)
    called = {code: names[student] for student, code in made.codes.items()}
    books = list[bytes | None]()
    with progress_bar(len(table.graded), "marking") as progress:
        for book in FeedbackBooks(made, feedback).workbooks(table.graded):
            books.append(book)
            if progress:
                progress(len(books))
    with clock("writing"):
        write_results(folder, table, stems=called, feedback=feedback, workbooks=books, **more)


def results_of(
    made: ClassFolder, files: Sequence[str], decimals: int
) -> tuple[Results, list[Unread]]:
    """The marks of a class, and what has none.

    Raises XlconvError where there are formulas, and nothing that tries them.
    """
    from xlconv.classroom.answers import NO_ENGINE
    from xlconv.classroom.grade_all import beside_each_other, graded, last_attempts
    from xlconv.classroom.marks import Graded
    from xlconv.classroom.returned import returns
    from xlconv.classroom.roster import Student
    from xlconv.classroom.table import Results

    with clock("reading"):
        returned, results = list(returns(map(Path, files))), list[Any]()
    with progress_bar(len(returned), "grading") as progress:
        for one in graded(made, returned):
            results.append(one)
            if progress:
                progress(len(results))
    with clock("looking at all side by side"):
        results = last_attempts(returned, beside_each_other(made, results))
    found = tuple(one for one in results if isinstance(one, Graded))
    if untried := [one for one in found if NO_ENGINE in {mark.note for mark in one.marks}]:
        raise XlconvError(
            f"{counted(len(untried), 'return')} with formulas, which IronCalc tries: pip install"
            " xlconv-workbooks[engine]"
        )
    there = {one.student.id for one in found if one.student}
    absent = {
        code: Student(student, made.names[student])
        for student, code in made.codes.items()
        if student not in there
    }
    unread = [one for one in results if not isinstance(one, Graded)]
    return Results(found, absent, decimals), unread


def _filled(table: Results, export: str | None, column: str | None) -> tuple[str, Filled] | None:
    """The teacher's own export with the marks in it."""
    if export is None:
        return None
    from xlconv.classroom.into import into

    worth = max((score.of for score in table.totals), default=Decimal(0))
    made = into(Path(export), table.counting, worth, column)
    told = f"{counted(made.number, 'mark')} in column '{made.head}' of {Path(export).name}"
    say(told + (f"; {made.replaced} replaced" if made.replaced else ""))
    if made.missing:
        say(f"{Path(export).name} has no line for {', '.join(made.missing[:10])}")
    return Path(export).name, made


def _told(table: Results, unread: Sequence[Unread], as_json: bool) -> str:
    """What became of each return, for a person or a script."""
    scores = list(zip(table.graded, table.totals, strict=True))
    if as_json:
        listed: list[dict[str, Any]] = [
            {
                "file": one.file,
                "code": one.code,
                "id": one.student.id if one.student else None,
                "marks": float(score.got),
                "of": float(score.of),
                "flags": [flag.told for flag in one.flags],
            }
            for one, score in scores
        ]
        listed += [{"file": one.name, "error": one.reason} for one in unread]
        return as_text(listed) + "\n"
    looked = [(one.file, flag.told) for one, _ in scores for flag in one.flags]
    head = [f"{counted(len(scores), 'return')} graded, {len(unread)} not"]
    if looked:
        head.append("for your eye, and no marks hang on it:")
    return "\n".join([*head, *(f"  {file}: {words}" for file, words in looked), ""])
