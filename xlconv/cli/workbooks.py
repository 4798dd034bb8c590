"""The commands `build` and `layer`: from a lesson, or from one layer, to a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from xlconv.cli.delivery import Target, deliver_book
from xlconv.cli.given import Given, layer_options, part_options
from xlconv.cli.group import Command
from xlconv.cli.options import (
    MAIN_LESSON,
    OUTPUT,
    complete_lesson,
    complete_views,
    language_option,
    pointing_at_options,
    target_options,
)
from xlconv.cli.terminal import clock, say
from xlconv.cli.values import whole_number
from xlconv.text import counted
from xlconv.views import VIEWS

if TYPE_CHECKING:
    from xlconv.frameworks.wanted import Wanted
    from xlconv.lessons.lesson import Lesson
    from xlconv.lessons.translation import Translation

DEFAULT = "distribute,collect"
"""The views of a layer where none is named."""


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


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  xlconv layer --input 4x4 --weight 3x3
  xlconv layer --input 3x5x5 --weight 3x2x3x3 --stride 2,1 --padding 1:2,0:1
  xlconv layer --input numbers.csv --weight kernel.npy --bias 1 --view collect
  xlconv layer --input photo.png --weight kernel.csv --stride 2 --groups 3 --view phases
  xlconv layer --input 6 --weight 3 --stride 2 --view one_dimension -o row.xlsx
  xlconv layer --input 4x5x5 --weight 3x4x3x3 --view convolution
  xlconv layer --input 2x2 --weight 3x3 --stride 2 --convention tensorflow --same
  xlconv layer --input 5x4 --weight 3x3 --stride 2 --convention onnx --output-size 10,8""",
)
@layer_options
@part_options
@click.option(
    "--view",
    metavar="NAME[,NAME]",
    shell_complete=complete_views,
    help=f"What to show, a sheet each: {', '.join(VIEWS)}. Default: {DEFAULT}, or convolution"
    " where a model or code has a plain one",
)
@click.option(
    "--digits",
    callback=whole_number(least=1, most=15),
    metavar="N",
    help="Digits that the largest number of each block shows. Default: so many that none reads as"
    " 0 that is not",
)
@target_options
@click.pass_context
def layer(
    ctx: click.Context,
    /,
    view: str | None,
    digits: int | None,
    target: Target,
    given: Given,
    wanted: Wanted,
) -> None:
    """Build the workbook of one layer.

    Its parameters are PyTorch's: a number for each axis, separated by commas, or one for all. Sizes
    alone are filled with small seeded integers. With a convention the words are that framework's:
    for --same or --output-size it crops, or extends, where the framework does.

    The view convolution shows a plain convolution instead: its weight is (out_channels,
    in_channels/groups, kernel), and its padding is zeros around the input.
    """
    from xlconv.cli.layers import drawn_of
    from xlconv.files.readers import is_picture
    from xlconv.lessons.build import build as build_book

    target.check()
    picture = is_picture(given.input or "")
    with pointing_at_options(ctx), clock("drawing"):
        drawn, views = drawn_of(given, wanted, None if view is None else view.split(","))
        book = build_book(drawn, views=views, picture=picture, digits=digits)
    deliver_book(book, target, "layer")
    say(drawn.explain())
