"""The command line: each command, from its options to its files and messages."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import click
from click.shell_completion import get_completion_class

from xlconv.cli.check import check
from xlconv.cli.classroom import classroom
from xlconv.cli.code import code
from xlconv.cli.compare import compare
from xlconv.cli.delivery import Target, deliver_book
from xlconv.cli.given import Given, layer_options, part_options
from xlconv.cli.grade import grade
from xlconv.cli.group import Group, shown_instead
from xlconv.cli.lessons import lessons
from xlconv.cli.model import model
from xlconv.cli.options import (
    MAIN_LESSON,
    OUTPUT,
    complete_lesson,
    complete_views,
    language_option,
    pointing_at_options,
    target_options,
)
from xlconv.cli.shape import shape
from xlconv.cli.terminal import (
    clock,
    fail,
    name_of,
    put,
    put_traceback,
    say,
)
from xlconv.cli.values import whole_number
from xlconv.cli.worksheet import worksheet
from xlconv.errors import XlconvError
from xlconv.files.saving import PDF
from xlconv.files.sources import remembered
from xlconv.text import counted
from xlconv.version import __version__
from xlconv.views import VIEWS

if TYPE_CHECKING:
    from xlconv.frameworks.wanted import Wanted

DEFAULT = "distribute,collect"
"""The views of a layer where none is named."""

OWN_FAULT = 70
"""The exit code of what should not happen: EX_SOFTWARE of sysexits.h."""


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog="""\b
Examples:
  xlconv build
  xlconv layer --input 4x4 --weight 3x3 --stride 2
  xlconv shape --input 4x4 --kernel 3 --stride 2
  xlconv code --input 4x4 --weight 3x3 --stride 2 --framework keras
  xlconv compare --input x.npy --weight w.npy --stride 2 --output theirs.npy
  xlconv check homework.xlsx
  xlconv lessons copy transposed-convolutions

Exit codes: 1 check or compare found something wrong, 2 usage or bad values, 3 unreadable input,
4 the target, 70 a fault of xlconv's own, 130 interrupted, 143 terminated.""",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=shown_instead(lambda _: f"xlconv {__version__}"),
    help="Show the version and exit.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Workbooks in which a transposed convolution computes itself, cell by cell."""
    if ctx.invoked_subcommand is None:
        put(ctx.get_help() + "\n")


@cli.command(
    epilog=f"""\b
Examples:
  xlconv build                            {OUTPUT}/{MAIN_LESSON}.xlsx
  xlconv build my-lesson.toml -o my.xlsx
  xlconv build -o slides.pdf --slides     each figure a slide, each step a click
  xlconv build -o notes.pdf --notes       the lecturer's page
  xlconv build -o lesson.html             one page that computes in a browser
  xlconv build --lang de                  the same in German
  xlconv build --json > manifest.json
  xlconv build -o - > lesson.xlsx"""
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
    help="A .pdf is the lecturer's page instead: minutes, what to ask, what goes wrong.",
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
    from xlconv.lessons.build import build as build_book
    from xlconv.lessons.neighbours import workbook_name
    from xlconv.lessons.read import load_lesson
    from xlconv.lessons.shipped import find_lesson
    from xlconv.lessons.translation import load_translation, missing, translated
    from xlconv.lessons.worksheet import as_meant

    target.check()
    with pointing_at_options(ctx):
        loaded = load_lesson(lesson, folders)
        translation = None if language is None else load_translation(language)
    name = workbook_name(find_lesson(lesson).name, translation.language if translation else "")
    if translation is not None:
        if left := len(missing(loaded, translation)):
            say(f"{counted(left, 'text')} not translated: xlconv lessons words lists them")
        loaded = translated(loaded, translation)
    if notes:
        _print_notes(ctx, lesson, loaded.title, language, target)
        return
    with clock("drawing"):
        book = build_book(as_meant(loaded))
    deliver_book(book, target, name)
    for page in loaded.pages:
        if page.layer is not None and page.layer.note:
            say(f'sheet "{page.name}": {page.layer.explain()}')


def _print_notes(
    ctx: click.Context, lesson: str, title: str, language: str | None, target: Target
) -> None:
    """Write the lecturer's page of a lesson."""
    from xlconv.lessons.notes import notes_book

    if target.kind != PDF:
        raise click.UsageError("--notes is for what is drawn: name a .pdf file with -o")
    if language or target.slides:
        other = "--lang" if language else "--slides"
        raise click.UsageError(f"--notes and {other} exclude each other: it is a page in English")
    with pointing_at_options(ctx), clock("drawing"):
        book = notes_book(lesson, title)
    deliver_book(book, target, lesson)


@cli.command(
    epilog="""\b
Examples:
  xlconv layer --input 4x4 --weight 3x3
  xlconv layer --input 3x5x5 --weight 3x2x3x3 --stride 2,1 --padding 1:2,0:1
  xlconv layer --input numbers.csv --weight kernel.npy --bias 1 --view collect
  xlconv layer --input photo.png --weight kernel.csv --stride 2 --groups 3 --view phases
  xlconv layer --input 6 --weight 3 --stride 2 --view one_dimension -o row.xlsx
  xlconv layer --input 4x5x5 --weight 3x4x3x3 --view convolution
  xlconv layer --input 2x2 --weight 3x3 --stride 2 --convention tensorflow --same
  xlconv layer --input 5x4 --weight 3x3 --stride 2 --convention onnx --output-size 10,8"""
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


@cli.command(
    epilog="""\b
Examples:
  xlconv completion bash > ~/.local/share/bash-completion/completions/xlconv
  xlconv completion zsh > ~/.zfunc/_xlconv
  xlconv completion fish > ~/.config/fish/completions/xlconv.fish"""
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands, options and names in a shell."""
    completing = get_completion_class(shell)
    assert completing is not None
    put(completing(cli, {}, "xlconv", "_XLCONV_COMPLETE").source())


for command in (shape, code, model, compare, check, lessons, worksheet, classroom, grade):
    cli.add_command(command)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every error is one line and an exit code."""
    gc.set_threshold(200_000)  # so short a run leaves little to collect
    try:
        with remembered():
            code = cli.main(args, prog_name="xlconv", standalone_mode=False)
    except click.Abort:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  # nobody has use for a traceback, but who mends it
        fail(*_told(error))
    finally:
        gc.freeze()  # the system takes back all at once what Python would take apart at the end
    sys.exit(code if isinstance(code, int) else 0)


def _told(error: Exception) -> tuple[str, int]:
    """What is said of an error, and its exit code."""
    if os.environ.get("XLCONV_TRACEBACK"):
        put_traceback(error)
    match error:
        case click.UsageError():
            said = error.format_message().rstrip(".")
            path = error.ctx.command_path if error.ctx else "xlconv"
            return f"{said[:1].lower()}{said[1:]}; see {path} --help", error.exit_code
        case XlconvError():
            return str(error), error.exit_code
        case MemoryError():
            return (
                "there is not enough memory: use a smaller input or kernel, or fewer channels",
                XlconvError.exit_code,
            )
    return (
        f"this is a fault of xlconv {__version__}, not yours: {name_of(error)}:"
        " please report it with the command and its files; with XLCONV_TRACEBACK=1 in the"
        " environment the command says where it was"
    ), OWN_FAULT
