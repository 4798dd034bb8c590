"""The command `build`: from a lesson to a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from xlconv.cli.delivery import Target, deliver_book
from xlconv.cli.group import Command
from xlconv.cli.options import (
    MAIN_LESSON,
    OUTPUT,
    complete_lesson,
    language_option,
    pointing_at_options,
    target_options,
)
from xlconv.cli.terminal import clock, say
from xlconv.text import counted

if TYPE_CHECKING:
    from xlconv.lessons.lesson import Lesson
    from xlconv.lessons.translation import Translation


@click.command(
    cls=Command,
    epilog=f"""\b
Examples:
  xlconv build                            {OUTPUT}/{MAIN_LESSON}.xlsx
  xlconv build my-lesson.toml -o my.xlsx
  xlconv build -o slides.pdf --slides     each figure a slide, each step a click
  xlconv build -o notes.pdf --notes       the lecturer's page
  xlconv build -o lesson.html             one page that computes in a browser
  xlconv build --lang de                  the same in German
  xlconv build --json > manifest.json
  xlconv build -o - > lesson.xlsx""",
)
@click.argument("lesson", default=MAIN_LESSON, shell_complete=complete_lesson)
@click.option(
    "--folder",
    "folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(),
    help="A folder whose files the lesson may read, beside its own. May be given again.",
)
@click.option(
    "--notes",
    is_flag=True,
    help="The lecturer's page instead: minutes, what to ask, what goes wrong.",
)
@language_option("The language that it is built in")
@target_options
@click.pass_context
def build(
    ctx: click.Context,
    /,
    lesson: str,
    folders: tuple[str, ...],
    notes: bool,
    language: str | None,
    target: Target,
) -> None:
    """Build a lesson's workbook.

    LESSON is the name of a shipped lesson (see xlconv lessons) or the path of a lesson file. One
    that asks on every sheet is built with its blanks, as xlconv worksheet does.
    """
    from xlconv.lessons.build import as_meant
    from xlconv.lessons.build import build as build_book
    from xlconv.lessons.neighbours import workbook_name
    from xlconv.lessons.read import load_lesson
    from xlconv.lessons.shipped import find_lesson
    from xlconv.lessons.translation import load_translation

    target.check()
    with pointing_at_options(ctx):
        loaded = load_lesson(lesson, folders)
        translation = None if language is None else load_translation(language)
    name = workbook_name(find_lesson(lesson).name, translation.language if translation else "")
    if translation is not None:
        loaded = _translated(loaded, translation)
    if notes:
        called = lesson if language is None else f"{lesson} --lang {language}"
        _put_notes(ctx, loaded, called, target, name)
        return
    with clock("drawing"):
        book = build_book(as_meant(loaded))
    deliver_book(book, target, name)
    for page in loaded.pages:
        if page.layer is not None and page.layer.note:
            say(f'sheet "{page.name}": {page.layer.explain()}')


def _translated(lesson: Lesson, translation: Translation) -> Lesson:
    """A lesson in another language; how many of its texts are not is said."""
    from xlconv.lessons.translation import missing, translated

    if left := len(missing(lesson, translation)):
        say(f"{counted(left, 'text')} not translated: xlconv lessons words lists them")
    return translated(lesson, translation)


def _put_notes(ctx: click.Context, lesson: Lesson, called: str, target: Target, name: str) -> None:
    """Write the lecturer's page of a lesson."""
    from xlconv.lessons.notes import notes_book

    printed = target.printed
    for option, asked in (("--slides", printed.slides), ("--formulas", printed.formulas)):
        if asked:
            raise click.UsageError(f"--notes and {option} exclude each other: it is one page")
    with pointing_at_options(ctx), clock("drawing"):
        book = notes_book(lesson, called)
    deliver_book(book, target, f"{name}-notes")
