"""The command line: each command, from its options to its files and messages."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.shell_completion import get_completion_class

from xlconv import __version__
from xlconv.errors import TargetError, UnreadableError, XlconvError
from xlconv.options import (
    FRAMEWORKS,
    OUTPUT,
    complete_lesson,
    complete_views,
    geometry_options,
    layer_of,
    layer_options,
    pointing_at_options,
    sizes,
    target_options,
    wanted,
)
from xlconv.terminal import as_text, fail, one_line, progress_bar, put, say
from xlconv.views import VIEWS

if TYPE_CHECKING:
    from xlconv.book import Book

MAIN_LESSON = "transposed-convolutions"
SETTINGS = 20
"""Settings of the reverse of a shape that are printed."""


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  xlconv build
  xlconv layer --input 4x4 --weight 3x3 --stride 2
  xlconv shape --input 4x4 --kernel 3 --stride 2
  xlconv code --input 4x4 --weight 3x3 --stride 2 --framework keras
  xlconv check homework.xlsx
  xlconv lessons copy transposed-convolutions

Exit codes: 1 check found something wrong, 2 usage or bad values, 3 unreadable input, 4 the target.""",
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
@click.argument("lesson", default=MAIN_LESSON, shell_complete=complete_lesson)
@target_options
def build(lesson: str, output: str | None, force: bool, as_json: bool) -> None:
    """Build a lesson's workbook.

    LESSON is the name of a shipped lesson (see xlconv lessons) or the path of a lesson file.
    """
    from xlconv import lesson as lessons

    _check_target(output, as_json)
    loaded = lessons.load_lesson(lesson)
    book = lessons.build(loaded)
    _deliver(book, output, lessons.find_lesson(lesson).stem, force, as_json)
    for page in loaded.pages:
        if page.layer is not None and page.layer.note:
            say(f'sheet "{page.name}": {page.layer.explain()}')


@cli.command(
    epilog="""\b
Examples:
  xlconv layer --input 4x4 --weight 3x3
  xlconv layer --input 3x5x5 --weight 3x2x3x3 --stride 2,1 --padding 1:2,0:1
  xlconv layer --input numbers.csv --weight kernel.npy --bias 1 --view collect
  xlconv layer --input photo.png --weight kernel.csv --stride 2 --groups 3 --view phases
  xlconv layer --input 6 --weight 3 --stride 2 --view one_dimension -o row.xlsx
  xlconv layer --input 2x2 --weight 3x3 --stride 2 --convention tensorflow --same
  xlconv layer --input 5x4 --weight 3x3 --stride 2 --convention onnx --output-size 10,8"""
)
@layer_options
@click.option(
    "--view", default="distribute,collect", show_default=True, metavar="NAME[,NAME]",
    shell_complete=complete_views, help=f"What to show, a sheet each: {', '.join(VIEWS)}.",
)  # fmt: skip
@target_options
@click.pass_context
def layer(
    ctx: click.Context,
    /,
    view: str,
    output: str | None,
    force: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Build the workbook of one layer.

    Its parameters are PyTorch's: a number for each axis, separated by commas, or one for all. Sizes
    alone are filled with small seeded integers. With a convention the words are that framework's:
    for --same or --output-size it crops, or extends, where the framework does.
    """
    from xlconv.data import is_picture
    from xlconv.lesson import build as build_book

    _check_target(output, as_json)
    picture = is_picture(asked["input_"])
    with pointing_at_options(ctx):
        shown = layer_of(planned=True, **asked)
        book = build_book(shown, views=view.split(","), picture=picture)
    _deliver(book, output, "layer", force, as_json)
    say(shown.explain())


@cli.command(
    epilog="""\b
Examples:
  xlconv shape --input 4x4 --kernel 3 --stride 2 --padding 1
  xlconv shape --input 4 --kernel 3 --stride 2 --convention keras --same
  xlconv shape --input 4x4 --kernel 3 --stride 2 --output-size 8 --json
  xlconv shape --input 4 --to 8
  xlconv shape --input 7x7 --to 14x14 --kernel 4"""
)
@click.option(
    "--input", "size", required=True, callback=sizes, metavar="SIZE",
    help="The input's sizes, without channels: 4 or 4x4.",
)  # fmt: skip
@click.option(
    "--kernel", "kernel_size", callback=sizes, metavar="SIZE",
    help="The kernel's sizes: 3 for all axes, or 3x5.",
)  # fmt: skip
@geometry_options
@click.option(
    "--to", callback=sizes, metavar="SIZE",
    help="The reverse: which kernels, strides and paddings turn the input into this size.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.pass_context
def shape(ctx: click.Context, /, to: list[int] | None, as_json: bool, **asked: Any) -> None:
    """Print the sizes of a layer, term by term.

    Then the sizes that a convolution maps onto the input's, and which output_padding means which.
    With --to the reverse: the layers that turn one size into another. No file is written.
    """
    from xlconv import shape as shapes

    if to is not None:
        with pointing_at_options(ctx, size="--input", output_size="--to"):
            put(_reverse(to, as_json, asked))
        return
    if asked["kernel_size"] is None:
        raise click.UsageError("Missing option '--kernel', or '--to' for the reverse", ctx)
    with pointing_at_options(ctx, size="--input"):
        found = shapes.describe(**wanted(asked))
    put((as_text(shapes.as_dict(found)) if as_json else shapes.explain(found)) + "\n")


def _reverse(to: list[int], as_json: bool, asked: dict[str, Any]) -> str:
    from xlconv import shape as shapes

    single = {"kernel_size": "kernel_sizes", "stride": "strides", "dilation": "dilations"}
    said = wanted(asked)
    size = said.pop("size")
    if other := sorted(said.keys() - single.keys()):
        option = other[0].replace("_", "-")
        raise click.UsageError(f"--to finds the --{option} itself: leave it out")
    for name, values in said.items():
        if len(set(values)) > 1:
            raise XlconvError(f"{name} must be one for all axes beside --to", parameter=name)
    found = shapes.settings(size, to, **{single[name]: [v[0]] for name, v in said.items()})
    if as_json:
        told = [asdict(setting) for setting in found]
        return as_text({"input_size": size, "output_size": to, "settings": told}) + "\n"
    more = len(found) - SETTINGS
    lines = [shapes.explain_settings(found[:SETTINGS])]
    lines += [f"and {more} more: name a --kernel or a --stride, or see --json"] * (more > 0)
    return "\n".join([*lines, ""])


@cli.command(
    epilog="""\b
Examples:
  xlconv code --input 4x4 --weight 3x3 --stride 2 --framework pytorch
  xlconv code --input 2x2 --weight 3x3 --convention keras --same --framework jax
  xlconv code --input x.npy --weight w.npy --framework onnx -o layer.py"""
)
@layer_options
@click.option(
    "--framework", type=click.Choice(FRAMEWORKS), default="pytorch", show_default=True,
    help="What the program computes with.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite files with other content.")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(),
    help="The program's file; arrays that are too large for it are written beside it.",
)  # fmt: skip
@click.pass_context
def code(
    ctx: click.Context,
    /,
    framework: str,
    force: bool,
    output: str | None,
    **asked: Any,
) -> None:
    """Print a layer as a framework's program.

    It prints the numbers of the layer's output, the same for every framework. An array too large
    to be read in a program is loaded by it from a .npy file; with -o that file is written too.
    """
    from xlconv import snippets

    with pointing_at_options(ctx):
        shown = layer_of(**asked)
        program = snippets.snippet(shown, framework)
    arrays = snippets.files(shown)
    if output in (None, "-"):
        put(program)
        if arrays:
            say(f"the program loads {', '.join(arrays)}: with -o FILE they are written beside it")
    else:
        _save_program(Path(str(output)), program, arrays, force)
    say(shown.explain())


def _save_program(target: Path, program: str, arrays: Mapping[str, Any], force: bool) -> None:
    """Write a program and what it loads; nothing, if one of the files must not be overwritten."""
    import numpy as np

    from xlconv.book import save_file

    contents = {target: program.encode()}
    for name, array in arrays.items():
        buffer = BytesIO()
        np.save(buffer, array)
        contents[target.parent / name] = buffer.getvalue()
    if len(contents) <= len(arrays):
        raise TargetError(f"{target} is what the program loads: give the program another name")
    for path, data in contents.items():
        if not force and path.is_file() and path.read_bytes() != data:
            raise TargetError(f"{path} exists with other content: use --force, or another folder")
    for path, data in contents.items():
        written = save_file(path, lambda file, data=data: file.write(data), overwrite=force)  # type: ignore[misc]
        say(f"wrote {path}" if written else f"{path} is unchanged")


@cli.command(
    epilog="""\b
Examples:
  xlconv check homework.xlsx
  xlconv check --json *.xlsx
  xlconv check --engine homework.xlsx      recalculates first, by IronCalc

Exit codes: 1 something is wrong, 3 a file is no workbook of xlconv's."""
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@click.option(
    "--engine", is_flag=True,
    help="Recalculate first, by IronCalc: for files that come without values.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="A list with a report for each file.")
@click.pass_context
def check(ctx: click.Context, /, files: tuple[str, ...], engine: bool, as_json: bool) -> None:
    """Check workbooks that xlconv made, edited or not.

    The numbers that are meant to be typed over are taken as they now stand. Everything else must
    be as it was made, and every value what NumPy computes from these numbers.
    """
    from xlconv.check import check as checked

    code, told = 0, []
    for file in files:
        try:
            with pointing_at_options(ctx):
                report = checked(file, engine=engine)
        except UnreadableError as error:
            code = error.exit_code
            say(f"error: {one_line(error)}")
            told.append({"file": file, "error": one_line(error)})
            continue
        code = code or int(not report.right)
        told.append(report.as_dict())
        if not as_json:
            put(report.explain() + "\n")
    if as_json:
        put(as_text(told) + "\n")
    ctx.exit(code)


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
    put("".join(f"{name:{width}}  {load_lesson(name).title}\n" for name in names))


@lessons.command("show", epilog=f"\b\nExample:\n  xlconv lessons show {MAIN_LESSON}")
@click.argument("lesson", shell_complete=complete_lesson)
def show_lesson(lesson: str) -> None:
    """Show what a lesson holds: each sheet, its view and its idea."""
    from xlconv.lesson import load_lesson

    loaded = load_lesson(lesson)
    width = max(map(len, loaded.names))
    lines = [f"  {page.name:{width}}  {page.view:13}  {page.idea}" for page in loaded.pages]
    put("\n".join([loaded.title, *map(str.rstrip, lines), ""]))


@lessons.command("copy", epilog=f"\b\nExample:\n  xlconv lessons copy {MAIN_LESSON} my-lessons")
@click.argument("lesson", shell_complete=complete_lesson)
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(file_okay=True))
@click.option("--force", is_flag=True, help="Overwrite a file with other content.")
def copy_lesson(lesson: str, folder: str, force: bool) -> None:
    """Copy a lesson's file into a folder, to edit and to build."""
    from xlconv.book import save_file
    from xlconv.lesson import find_lesson

    source = find_lesson(lesson)
    target = Path(folder, source.name)
    written = save_file(target, lambda file: file.write(source.read_bytes()), overwrite=force)
    say(
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
    put(found(cli, {}, "xlconv", "_XLCONV_COMPLETE").source())


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every error of a user is one line and an exit code."""
    gc.set_threshold(200_000)  # so short a run leaves little to collect
    try:
        code = cli.main(args, prog_name="xlconv", standalone_mode=False)
    except click.Abort:
        sys.exit(130)
    except click.UsageError as error:
        told = error.format_message().rstrip(".")
        path = error.ctx.command_path if error.ctx else "xlconv"
        fail(f"{told[:1].lower()}{told[1:]}; see {path} --help", error.exit_code)
    except XlconvError as error:
        fail(str(error), error.exit_code)
    except MemoryError:
        fail("there is not enough memory: use a smaller input", XlconvError.exit_code)
    finally:
        gc.freeze()  # the system takes back all at once what Python would take apart at the end
    sys.exit(code if isinstance(code, int) else 0)


def _check_target(output: str | None, as_json: bool) -> None:
    if output == "-" and as_json:
        raise click.UsageError("--json and -o - both write to stdout: name a file with -o")
    if output == "-" and sys.stdout is not None and sys.stdout.isatty():
        raise TargetError("-o - writes a file's bytes: send them to a file or a pipe, no terminal")


def _deliver(book: Book, output: str | None, name: str, force: bool, as_json: bool) -> None:
    """Write the workbook where it is wanted, and say so."""
    with progress_bar(book.rows) as progress:
        if output == "-":
            data = book.to_bytes(progress)
        else:
            target = Path(output if output is not None else Path(OUTPUT, f"{name}.xlsx"))
            made = output is None
            written = book.save(target, overwrite=force, make_folder=made, progress=progress)
    if output == "-":
        put(data)
        return
    count = len(book.sheets)
    sheets = f"{count} sheet" + "s" * (count > 1)
    say(f"wrote {target}: {sheets}" if written else f"{target} is unchanged: {sheets}")
    if as_json:
        manifest = {"file": str(target), "sheets": book.manifest()}
        put(as_text(manifest) + "\n")
