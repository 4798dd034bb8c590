"""The command `worksheet`: a lesson with blanks, or with what belongs into them."""

from __future__ import annotations

import click

from xlconv.cli.delivery import Target, deliver_book
from xlconv.cli.group import Command
from xlconv.cli.options import complete_lesson, language_option, pointing_at_options, target_options
from xlconv.cli.terminal import clock

WORKSHEET_LESSON = "worksheet"


@click.command(
    cls=Command,
    epilog=f"""\b
Examples:
  xlconv worksheet                        output/{WORKSHEET_LESSON}.xlsx, to hand out
  xlconv worksheet --key                  the same with the answers in it
  xlconv worksheet my-lesson.toml -o handout.xlsx
  xlconv worksheet matrix --ask 'Stride 2: matrix_transposed[::2]'""",
)
@click.argument("lesson", default=WORKSHEET_LESSON, shell_complete=complete_lesson)
@click.option("--key", is_flag=True, help="The same, page for page, with the answers in it.")
@click.option(
    "--ask",
    "asked",
    multiple=True,
    metavar="'SHEET: BLOCK[SLICES]'",
    help="What is left out, instead of what the lesson asks: a block, or a slice of one as NumPy"
    " writes it. The sheets that are named remain. May be given again.",
)
@language_option("The language that it is built in")
@target_options
@click.pass_context
def worksheet(
    ctx: click.Context,
    /,
    lesson: str,
    key: bool,
    asked: tuple[str, ...],
    language: str | None,
    target: Target,
) -> None:
    """Build a lesson's worksheet: what it asks for is left out, and ticks tell right from wrong.

    LESSON is the name of a shipped lesson (see xlconv lessons) or the path of a lesson file, in
    which a sheet has a line such as ask = ["output"]. No answer stands in the file, in whatever
    part of it: but whoever has xlconv, or types a formula, can compute them.
    """
    from xlconv.lessons.build import build
    from xlconv.lessons.neighbours import workbook_name
    from xlconv.lessons.read import load_lesson
    from xlconv.lessons.shipped import find_lesson
    from xlconv.lessons.translation import load_translation, translated
    from xlconv.lessons.worksheet import asking, worksheet_lesson

    target.check()
    with pointing_at_options(ctx):
        loaded = load_lesson(lesson)
        if asked:
            loaded = asking(loaded, asked)
        translation = None if language is None else load_translation(language)
        if translation is not None:
            loaded = translated(loaded, translation)
        with clock("drawing"):
            book = build(worksheet_lesson(loaded, key=key))
    spoken = translation.language if translation else ""
    name = workbook_name(find_lesson(lesson).name, spoken) + ("-key" if key else "")
    deliver_book(book, target, name)
