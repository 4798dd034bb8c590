"""The command `class`: a workbook for each student of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlconv.cli.group import Command
from xlconv.cli.options import (
    Printed,
    complete_lesson,
    language_option,
    pointing_at_options,
    printed_options,
)
from xlconv.cli.terminal import clock, progress_bar, put, say
from xlconv.cli.values import whole_number
from xlconv.files.saving import PAGE, PDF, SUFFIX
from xlconv.frozen import frozen
from xlconv.text import counted

if TYPE_CHECKING:
    from xlconv.classroom.copies import Copy
    from xlconv.classroom.folder import ClassFolder
    from xlconv.lessons.lesson import Lesson
    from xlconv.paper.printing import Printing

EACH, ONE, BOTH = PDFS = ("each", "one", "both")
"""What is made on paper: a PDF for each student, one for the copier, or both."""

WRITTEN = {SUFFIX: "workbook", PAGE: "page", PDF: "PDF"}
"""What files are, by how their names end."""


@frozen
class Wanted:
    """What is made of a class, and where it goes: see the options of these names."""

    folder: str
    named_by: str
    with_names: bool
    keys: bool
    html: bool
    pdf: str | None
    printed: Printed

    def check(self) -> None:
        """Refuse it before there is anything to write."""
        self.printed.check([PDF] if self.pdf else [], "ask for it with --pdf")

    @property
    def kinds(self) -> tuple[str, ...]:
        """How the names of each student's files end."""
        asked = {SUFFIX: True, PAGE: self.html, PDF: self.pdf in (EACH, BOTH)}
        return tuple(kind for kind, is_asked in asked.items() if is_asked)

    @property
    def printing(self) -> Printing | None:
        """How PDFs are printed; None where none are asked for."""
        return self.printed.printing if self.pdf else None


@click.command(
    "class",
    cls=Command,
    epilog="""\b
Examples:
  xlconv class worksheet students.csv -o class
  xlconv class my-lesson.toml canvas.csv -o class --name id --keys
  xlconv class worksheet students.csv -o class --lang de
  xlconv class worksheet students.csv -o class --html               for phones, too
  xlconv class worksheet students.csv -o class --pdf one --grey     for the copier
  xlconv class worksheet --try 1000       before you hand out: how do the numbers come out?""",
)
@click.argument("lesson", shell_complete=complete_lesson)
@click.argument("roster", metavar="[ROSTER.csv]", required=False, type=click.Path())
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    default="class",
    show_default=True,
    type=click.Path(),
    help="Where the workbooks go. What the teacher keeps goes to DIR/teacher.",
)
@click.option(
    "--name",
    "named_by",
    type=click.Choice(("code", "id")),
    default="code",
    show_default=True,
    help="What the files are called by: a code that says nothing to others, or the id.",
)
@click.option("--with-names", is_flag=True, help="Write each student's name into the workbook.")
@click.option("--keys", is_flag=True, help="Write the answers too, into DIR/teacher/keys.")
@click.option(
    "--html",
    is_flag=True,
    help="For a browser, too: a page beside each workbook, which is worked in on any device, ticks"
    " and all, and gives the workbook back to be handed in.",
)
@click.option(
    "--pdf",
    type=click.Choice(PDFS),
    help="On paper, too: a PDF beside each workbook, or one for the copier, DIR/teacher/print.pdf,"
    " in which each student's pages begin on a new sheet of paper.",
)
@printed_options
@click.option(
    "--try",
    "tries",
    callback=whole_number(least=2, most=100_000),
    metavar="N",
    help="Write nothing: say how the numbers of so many students come out.",
)
@click.option("--id-column", metavar="NAME", help="The column with the ids, by its head.")
@language_option("The language that it is built in")
@click.pass_context
def classroom(
    ctx: click.Context,
    /,
    lesson: str,
    roster: str | None,
    tries: int | None,
    id_column: str | None,
    language: str | None,
    **asked: Any,
) -> None:
    """Build a workbook for each student of a class, each with numbers of its own.

    ROSTER is a class list: R/exams', Canvas', Moodle's or any table with a header and a column of
    ids. LESSON is a worksheet: see xlconv worksheet. The numbers follow from each id and from a key
    that is made once and stays in DIR/teacher, which is not for students: xlconv grade needs it.
    Interrupted, the command goes on where it was when it is given again.
    """
    wanted = Wanted(**asked)
    wanted.check()
    with pointing_at_options(ctx), clock("drawing"):
        loaded = _lesson(lesson, language)
    if tries is not None:
        _try(loaded, tries)
        return
    if roster is None:
        raise click.UsageError("missing argument 'ROSTER.csv': the class list")
    from xlconv.classroom.roster import read_roster

    with pointing_at_options(ctx):
        students = read_roster(Path(roster), id_head=id_column)
    say(students.understood)
    names = {student.id: student.name for student in students.students}
    _hand_out(loaded, names, wanted)


def _lesson(lesson: str, language: str | None) -> Lesson:
    """A lesson of which a worksheet can be made, in a language."""
    from xlconv.lessons.build import build
    from xlconv.lessons.read import load_lesson
    from xlconv.lessons.translation import load_translation, translated
    from xlconv.lessons.worksheet import worksheet_lesson

    loaded = load_lesson(lesson)
    if language is not None:
        loaded = translated(loaded, load_translation(language))
    build(worksheet_lesson(loaded))  # what it asks for must not stand in it
    return loaded


def _try(lesson: Lesson, students: int) -> None:
    """Say how the numbers of so many students come out."""
    from xlconv.classroom.trial import tried
    from xlconv.classroom.variants import new_key

    with progress_bar(students, "trying") as progress:
        trial = tried(lesson, new_key(), students, progress)
    put("".join(f"{line}\n" for line in trial.explain()))


def _hand_out(lesson: Lesson, names: Mapping[str, str], wanted: Wanted) -> None:
    """Write what the teacher keeps, and what each student gets."""
    from xlconv.classroom.copies import class_folder, copies, hand_out

    folder, printing = Path(wanted.folder), wanted.printing
    made = class_folder(folder, lesson, names, wanted.named_by)
    listed = copies(
        folder, made, with_names=wanted.with_names, keys=wanted.keys, kinds=wanted.kinds
    )
    with progress_bar(len(listed)) as progress:
        for done, _ in enumerate(hand_out(made, listed, printing=printing), 1):
            if progress:
                progress(done)
    kinds = Counter(copy.path.suffix for copy in listed)
    said = " and ".join(counted(kinds[kind], what) for kind, what in WRITTEN.items() if kinds[kind])
    say(f"wrote {said} to {folder}; keep {folder}/teacher to yourself")
    if printing and wanted.pdf != EACH:
        _stack(folder, made, listed, printing)


def _stack(folder: Path, made: ClassFolder, listed: Sequence[Copy], printing: Printing) -> None:
    """Write what the copier gets."""
    from xlconv.classroom.stacks import drop_others, stacks, write_stack

    every = [*stacks(folder, made, listed)]
    for stack in every:
        pages = write_stack(made, stack, printing)
        say(f"wrote {stack.path}: {counted(pages, 'page')}, to be printed on one side or both")
    drop_others(every)
