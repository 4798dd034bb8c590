"""The command line: options in, files and messages out; the only file that knows click."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.shell_completion import CompletionItem, get_completion_class

from xlconv import __version__
from xlconv.errors import TargetError, XlconvError
from xlconv.views import VIEWS

if TYPE_CHECKING:
    from xlconv.book import Book

MAIN_LESSON = "transposed-convolutions"
OUTPUT = "output"


def _per_axis(_: click.Context, __: click.Parameter, told: str) -> list[int]:
    """Whole numbers separated by commas."""
    try:
        return [int(text) for text in told.split(",")]
    except ValueError:
        raise click.BadParameter(f"{told!r} is no whole number, or one an axis: 2 or 2,1") from None


def _pads(_: click.Context, __: click.Parameter, told: str) -> list[int | tuple[int, int]]:
    """The same, where each may be a pair begin:end."""
    try:
        pads = [pad.partition(":") for pad in told.split(",")]
        return [(int(begin), int(end)) if colon else int(begin) for begin, colon, end in pads]
    except ValueError:
        raise click.BadParameter(f"{told!r} is not like 1 or 2,1 or 1:2,0:1") from None


def _complete_views(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    return [before + comma + view for view in VIEWS if view.startswith(last)]


def _complete_lesson(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from xlconv.lesson import lesson_names

    names = [CompletionItem(name) for name in lesson_names() if name.startswith(incomplete)]
    return names or [CompletionItem(incomplete, type="file")]


def _target_options(command: Any) -> Any:
    """The options of a command that writes a workbook."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print to stdout what stands where."),
        click.option("--force", is_flag=True, help="Overwrite a file with other content."),
        click.option(
            "-o", "--output", metavar="FILE", type=click.Path(),
            help=f"The file to write; - is stdout. Default: {OUTPUT}/NAME.xlsx",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  xlconv build
  xlconv layer --input 4x4 --weight 3x3 --stride 2
  xlconv lessons copy transposed-convolutions

Exit codes: 2 usage or bad values, 3 unreadable input, 4 the target.""",
)
@click.version_option(__version__, message="xlconv %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Workbooks in which a transposed convolution computes itself, cell by cell."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@cli.command(
    epilog=f"""\b
Examples:
  xlconv build                            {OUTPUT}/{MAIN_LESSON}.xlsx
  xlconv build my-lesson.toml -o my.xlsx
  xlconv build --json > manifest.json
  xlconv build -o - > lesson.xlsx"""
)
@click.argument("lesson", default=MAIN_LESSON, shell_complete=_complete_lesson)
@_target_options
def build(lesson: str, output: str | None, force: bool, as_json: bool) -> None:
    """Build a lesson's workbook.

    LESSON is the name of a shipped lesson (see xlconv lessons) or the path of a lesson file.
    """
    from xlconv import lesson as lessons

    _check_target(output, as_json)
    book = lessons.build(lesson)
    _deliver(book, output, lessons.find_lesson(lesson).stem, force, as_json)


@cli.command(
    epilog="""\b
Examples:
  xlconv layer --input 4x4 --weight 3x3
  xlconv layer --input 3x5x5 --weight 3x2x3x3 --stride 2,1 --padding 1:2,0:1
  xlconv layer --input image.csv --weight kernel.npy --bias 1 --view collect
  xlconv layer --input 6 --weight 3 --stride 2 --view one_dimension -o row.xlsx"""
)
@click.option(
    "--input", "input_", required=True, metavar="SIZE|FILE",
    help="4x4, 3x4x4 (channels first), or a .csv or .npy file.",
)  # fmt: skip
@click.option(
    "--weight", required=True, metavar="SIZE|FILE",
    help="3x3, 3x2x3x3 (in_channels, out_channels/groups, kernel), or a file.",
)  # fmt: skip
@click.option("--bias", metavar="SIZE|FILE", help="One value an output channel; none if not given.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, metavar="N",
    help="Another seed fills sizes with other small integers.",
)  # fmt: skip
@click.option("--stride", callback=_per_axis, metavar="N[,N]", default="1", show_default=True)
@click.option(
    "--padding", callback=_pads, metavar="N[:N][,..]", default="0", show_default=True,
    help="Cells cropped on both sides, or begin:end.",
)  # fmt: skip
@click.option(
    "--output-padding", callback=_per_axis, metavar="N[,N]", default="0", show_default=True
)
@click.option("--dilation", callback=_per_axis, metavar="N[,N]", default="1", show_default=True)
@click.option("--groups", type=int, default=1, metavar="N", show_default=True)
@click.option(
    "--view", default="distribute,collect", show_default=True, metavar="NAME[,NAME]",
    shell_complete=_complete_views, help=f"What to show, a sheet each: {', '.join(VIEWS)}.",
)  # fmt: skip
@_target_options
@click.pass_context
def layer(
    ctx: click.Context,
    /,
    input_: str,
    weight: str,
    bias: str | None,
    seed: int,
    view: str,
    output: str | None,
    force: bool,
    as_json: bool,
    **parameters: Any,
) -> None:
    """Build the workbook of one layer, given by PyTorch's parameters.

    A number for each axis is separated by commas; a single one serves all axes. Sizes alone are
    filled with small seeded integers.
    """
    from xlconv.data import array
    from xlconv.layer import Layer
    from xlconv.lesson import build as build_book

    _check_target(output, as_json)
    with _pointing_at_options(ctx):
        shown = Layer.of(
            array("input", input_, seed=seed),
            array("weight", weight, seed=seed),
            bias=None if bias is None else array("bias", bias, seed=seed),
            **parameters,
        )
        book = build_book(shown, views=view.split(","))
    _deliver(book, output, "layer", force, as_json)


@cli.group(
    invoke_without_command=True,
    epilog=f"""\b
Examples:
  xlconv lessons
  xlconv lessons show {MAIN_LESSON}
  xlconv lessons copy {MAIN_LESSON} my-lessons""",
)
@click.pass_context
def lessons(ctx: click.Context) -> None:
    """List, show or copy the shipped lessons."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_lessons)


@lessons.command("list", epilog="\b\nExample:\n  xlconv lessons list")
def list_lessons() -> None:
    """List the shipped lessons: name and title."""
    from xlconv.lesson import lesson_names, load_lesson

    names = lesson_names()
    width = max(map(len, names), default=0)
    _print("".join(f"{name:{width}}  {load_lesson(name).title}\n" for name in names))


@lessons.command("show", epilog=f"\b\nExample:\n  xlconv lessons show {MAIN_LESSON}")
@click.argument("lesson", shell_complete=_complete_lesson)
def show_lesson(lesson: str) -> None:
    """Show what a lesson holds: each sheet, its view and its idea."""
    from xlconv.lesson import load_lesson

    loaded = load_lesson(lesson)
    width = max(map(len, loaded.names))
    lines = [f"  {page.name:{width}}  {page.view:13}  {page.idea}" for page in loaded.pages]
    _print("\n".join([loaded.title, *map(str.rstrip, lines), ""]))


@lessons.command("copy", epilog=f"\b\nExample:\n  xlconv lessons copy {MAIN_LESSON} my-lessons")
@click.argument("lesson", shell_complete=_complete_lesson)
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(file_okay=True))
@click.option("--force", is_flag=True, help="Overwrite a file with other content.")
def copy_lesson(lesson: str, folder: str, force: bool) -> None:
    """Copy a lesson's file into a folder, to edit and to build."""
    from xlconv.book import save_file
    from xlconv.lesson import find_lesson

    source = find_lesson(lesson)
    target = Path(folder, source.name)
    written = save_file(target, lambda file: file.write(source.read_bytes()), overwrite=force)
    _say(
        f"wrote {target}: edit it, then xlconv build {target}"
        if written
        else f"{target} is unchanged"
    )


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
    found = get_completion_class(shell)
    assert found is not None
    _print(found(cli, {}, "xlconv", "_XLCONV_COMPLETE").source())


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every error of a user is one line and an exit code."""
    try:
        cli.main(args, prog_name="xlconv", standalone_mode=False)
    except click.Abort:
        sys.exit(130)
    except click.UsageError as error:
        told = error.format_message().rstrip(".")
        path = error.ctx.command_path if error.ctx else "xlconv"
        _fail(f"{told[:1].lower()}{told[1:]}; see {path} --help", error.exit_code)
    except XlconvError as error:
        _fail(str(error), error.exit_code)
    except MemoryError:
        _fail("there is not enough memory: use a smaller input", XlconvError.exit_code)
    sys.exit(0)


def _check_target(output: str | None, as_json: bool) -> None:
    if output == "-" and as_json:
        raise click.UsageError("--json and -o - both write to stdout: name a file with -o")
    if output == "-" and sys.stdout is not None and sys.stdout.isatty():
        raise TargetError("-o - writes a file's bytes: send them to a file or a pipe, no terminal")


def _deliver(book: Book, output: str | None, name: str, force: bool, as_json: bool) -> None:
    """Write the workbook where it is wanted, and say so."""
    if output == "-":
        _print(book.to_bytes())
        return
    target = Path(output if output is not None else Path(OUTPUT, f"{name}.xlsx"))
    written = book.save(target, overwrite=force, make_folder=output is None)
    count = len(book.sheets)
    sheets = f"{count} sheet" + "s" * (count > 1)
    _say(f"wrote {target}: {sheets}" if written else f"{target} is unchanged: {sheets}")
    if as_json:
        manifest = {"file": str(target), "sheets": book.manifest()}
        _print(json.dumps(manifest, indent=1) + "\n")


@contextmanager
def _pointing_at_options(ctx: click.Context) -> Iterator[None]:
    """Name the option that an error is about, as it is typed."""
    options = {str(p.name).rstrip("_"): p.opts[0] for p in ctx.command.params}
    try:
        yield
    except XlconvError as error:
        told, parameter = str(error), error.parameter or ""
        if parameter in options:
            rest = told.removeprefix(f"{parameter} ")
            told = f"{options[parameter]}{' ' if rest != told else ': '}{rest}"
        raise type(error)(told, parameter=parameter) from None


def _print(data: str | bytes) -> None:
    """Data to stdout, to its last byte."""
    if sys.stdout is None:
        raise TargetError("cannot write to stdout: it is closed")
    try:
        sys.stdout.buffer.write(data.encode() if isinstance(data, str) else data)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise TargetError(f"cannot write to stdout: {error.strerror}") from None


def _say(message: str) -> None:
    click.echo(f"xlconv: {message}", err=True)


def _fail(message: str, code: int) -> NoReturn:
    _say("error: " + " ".join(message.split()))
    sys.exit(code)
