"""The command line: options in, files and messages out; the only file that knows click."""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.shell_completion import CompletionItem, get_completion_class

from xlconv import __version__
from xlconv.errors import TargetError, UnreadableError, XlconvError
from xlconv.views import VIEWS

if TYPE_CHECKING:
    from xlconv.book import Book
    from xlconv.layer import Layer

STARTED = time.monotonic()
MAIN_LESSON = "transposed-convolutions"
OUTPUT = "output"
SETTINGS = 20
"""Settings of the reverse of a shape that are printed."""

# the keys of tables in modules that are imported when they are needed
CONVENTIONS = ("pytorch", "tensorflow", "keras", "jax", "onnx", "mxnet")
LAYOUTS = ("pytorch", "onnx", "mxnet", "keras", "tensorflow", "jax", "jax-transposed")
FRAMEWORKS = ("pytorch", "keras", "jax", "onnx", "mxnet", "numpy")
PADDINGS = {
    "same": "same",
    "same-lower": "same_lower",
    "same_lower": "same_lower",
    "valid": "valid",
}


def _per_axis(_: click.Context, __: click.Parameter, told: str | None) -> list[int] | None:
    """Whole numbers separated by commas."""
    if told is None:
        return None
    try:
        return [int(text) for text in told.split(",")]
    except ValueError:
        raise click.BadParameter(f"{told!r} is no whole number, or one an axis: 2 or 2,1") from None


def _pads(
    _: click.Context, __: click.Parameter, told: str | None
) -> str | list[int | tuple[int, int]] | None:
    """The same, where each may be a pair begin:end; or a word."""
    if told is None or told in PADDINGS:
        return PADDINGS.get(str(told))
    try:
        pads = [pad.partition(":") for pad in told.split(",")]
        return [(int(begin), int(end)) if colon else int(begin) for begin, colon, end in pads]
    except ValueError:
        raise click.BadParameter(f"{told!r} is not like 1 or 2,1 or 1:2,0:1") from None


def _sizes(_: click.Context, __: click.Parameter, told: str | None) -> list[int] | None:
    """Sizes as in 4x4, of one to three axes."""
    if told is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}([x,][0-9]{1,18}){0,2}", told):
        raise click.BadParameter(f"{told!r} is not like 4, 4x4 or 4x4x4")
    return [int(size) for size in re.split("[x,]", told)]


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


def _geometry_options(command: Any) -> Any:
    """The options that say where the output's cells are."""
    for option in reversed((
        click.option("--stride", callback=_per_axis, metavar="N[,N]", help="Default: 1"),
        click.option(
            "--padding", callback=_pads, metavar="N[:N][,..]",
            help="Cells cropped on both sides, or begin:end; with a convention what it takes for"
            " one. Default: 0, or the convention's",
        ),
        click.option("--same", is_flag=True, help="The convention's SAME: stride times the input."),
        click.option("--same-lower", is_flag=True, help="ONNX: the odd cell goes at the begin."),
        click.option("--valid", is_flag=True, help="The convention's VALID: nothing is cropped."),
        click.option(
            "--output-padding", callback=_per_axis, metavar="N[,N]",
            help="Cells at the end that are not cropped. Default: 0, or the convention's",
        ),
        click.option(
            "--output-size", callback=_per_axis, metavar="N[,N]",
            help="The output's sizes, for what follows from them.",
        ),
        click.option("--dilation", callback=_per_axis, metavar="N[,N]", help="Default: 1"),
        click.option(
            "--convention", type=click.Choice(CONVENTIONS),
            help="Whose words these are. Default: PyTorch's, with begin:end beside them",
        ),
    )):  # fmt: skip
        command = option(command)
    return command


def _layer_options(command: Any) -> Any:
    """The options that give a layer with its numbers."""
    for option in reversed((
        click.option(
            "--input", "input_", required=True, metavar="SIZE|FILE",
            help="4x4, 3x4x4 (channels first), or a .csv, .npy or .png file.",
        ),
        click.option(
            "--weight", required=True, metavar="SIZE|FILE",
            help="3x3, or with channels 3x2x3x3 (in_channels, out_channels/groups, kernel), or a"
            " file. With a convention its axes are in that framework's order.",
        ),
        click.option(
            "--bias", metavar="SIZE|FILE", help="One value an output channel; none if not given."
        ),
        click.option(
            "--layout", type=click.Choice(LAYOUTS),
            help="The order of the weight's axes. Default: the convention's",
        ),
        click.option(
            "--turned/--not-turned", default=None,
            help="Whether the kernel lies turned by half. Default: as the layout has it",
        ),
        click.option(
            "--seed", type=click.IntRange(min=0), default=0, metavar="N",
            help="Another seed fills sizes with other small integers.",
        ),
        _geometry_options,
        click.option("--groups", type=int, metavar="N", help="Default: 1"),
    )):  # fmt: skip
        command = option(command)
    return command


def _said(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for, without what was not; a padding in words as a padding."""
    said = {
        name: value for name, value in asked.items() if value is not None and value is not False
    }
    given = ["padding"] if "padding" in said else []
    for name in ("same", "same_lower", "valid"):
        if said.pop(name, False):
            given.append(name)
            said["padding"] = name
    if len(given) > 1:
        one, other = (f"--{name.replace('_', '-')}" for name in given[:2])
        raise click.UsageError(f"{one} and {other} exclude each other")
    return said


def _layer(planned: bool = False, **asked: Any) -> Layer:
    from xlconv.conventions import resolve
    from xlconv.data import array

    turned = asked.pop("turned")
    said = _said(asked)
    seed, bias = said.pop("seed", 0), said.pop("bias", None)
    return resolve(
        array("input", said.pop("input_"), seed=seed, planned=planned),
        array("weight", said.pop("weight"), seed=seed),
        bias=None if bias is None else array("bias", bias, seed=seed),
        turned=turned,
        **said,
    )


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
  xlconv layer --input numbers.csv --weight kernel.npy --bias 1 --view collect
  xlconv layer --input photo.png --weight kernel.csv --stride 2 --groups 3 --view phases
  xlconv layer --input 6 --weight 3 --stride 2 --view one_dimension -o row.xlsx
  xlconv layer --input 2x2 --weight 3x3 --stride 2 --convention tensorflow --same
  xlconv layer --input 5x4 --weight 3x3 --stride 2 --convention onnx --output-size 10,8"""
)
@_layer_options
@click.option(
    "--view", default="distribute,collect", show_default=True, metavar="NAME[,NAME]",
    shell_complete=_complete_views, help=f"What to show, a sheet each: {', '.join(VIEWS)}.",
)  # fmt: skip
@_target_options
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
    options = {"picture": True} if is_picture(asked["input_"]) else None
    with _pointing_at_options(ctx):
        book = build_book(_layer(planned=True, **asked), views=view.split(","), options=options)
    _deliver(book, output, "layer", force, as_json)


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
    "--input", "size", required=True, callback=_sizes, metavar="SIZE",
    help="The input's sizes, without channels: 4 or 4x4.",
)  # fmt: skip
@click.option(
    "--kernel", "kernel_size", callback=_sizes, metavar="SIZE",
    help="The kernel's sizes: 3 for all axes, or 3x5.",
)  # fmt: skip
@_geometry_options
@click.option(
    "--to", callback=_sizes, metavar="SIZE",
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
        with _pointing_at_options(ctx, size="--input", output_size="--to"):
            _print(_reverse(to, as_json, asked))
        return
    if asked["kernel_size"] is None:
        raise click.UsageError("Missing option '--kernel', or '--to' for the reverse", ctx)
    with _pointing_at_options(ctx, size="--input"):
        found = shapes.describe(**_said(asked))
    _print((_json(shapes.as_dict(found)) if as_json else shapes.explain(found)) + "\n")


def _reverse(to: list[int], as_json: bool, asked: dict[str, Any]) -> str:
    from xlconv import shape as shapes

    single = {"kernel_size": "kernel_sizes", "stride": "strides", "dilation": "dilations"}
    said = _said(asked)
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
        return _json({"input_size": size, "output_size": to, "settings": told}) + "\n"
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
@_layer_options
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

    with _pointing_at_options(ctx):
        shown = _layer(**asked)
        program = snippets.snippet(shown, framework)
    arrays = snippets.files(shown)
    if output in (None, "-"):
        _print(program)
        if arrays:
            _say(f"the program loads {', '.join(arrays)}: with -o FILE they are written beside it")
        return
    _save_program(Path(str(output)), program, arrays, force)


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
        _say(f"wrote {path}" if written else f"{path} is unchanged")


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
            with _pointing_at_options(ctx):
                report = checked(file, engine=engine)
        except UnreadableError as error:
            code = error.exit_code
            _say(f"error: {_line(error)}")
            told.append({"file": file, "error": _line(error)})
            continue
        code = code or int(not report.right)
        told.append(report.as_dict())
        if not as_json:
            _print(report.explain() + "\n")
    if as_json:
        _print(_json(told) + "\n")
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
    gc.set_threshold(200_000)  # so short a run leaves little to collect
    try:
        code = cli.main(args, prog_name="xlconv", standalone_mode=False)
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
    with _progress(book.rows) as progress:
        if output == "-":
            data = book.to_bytes(progress)
        else:
            target = Path(output if output is not None else Path(OUTPUT, f"{name}.xlsx"))
            made = output is None
            written = book.save(target, overwrite=force, make_folder=made, progress=progress)
    if output == "-":
        _print(data)
        return
    count = len(book.sheets)
    sheets = f"{count} sheet" + "s" * (count > 1)
    _say(f"wrote {target}: {sheets}" if written else f"{target} is unchanged: {sheets}")
    if as_json:
        manifest = {"file": str(target), "sheets": book.manifest()}
        _print(_json(manifest) + "\n")


@contextmanager
def _progress(rows: int) -> Iterator[Callable[[int], object] | None]:
    """What shows on a terminal how many rows are written, once the program runs for a second."""
    with ExitStack() as later:
        bars: list[Any] = []

        def progress(done: int) -> None:
            if not bars and time.monotonic() > STARTED + 1:
                bar = click.progressbar(length=rows, label="xlconv: writing", file=sys.stderr)
                bars.append(later.enter_context(bar))
            for bar in bars:
                bar.update(done - bar.pos)

        yield progress if sys.stderr is not None and sys.stderr.isatty() else None


@contextmanager
def _pointing_at_options(ctx: click.Context, **called: str) -> Iterator[None]:
    """Name the option that an error is about, as it is typed; some parameters are `called` so."""
    options = {str(p.name).rstrip("_"): p.opts[0] for p in ctx.command.params} | called
    for word in ("same", "same_lower", "valid"):
        if ctx.params.get(word):
            options["padding"] = options[word]
    try:
        yield
    except XlconvError as error:
        told, parameter = str(error), error.parameter or ""
        if parameter in options:
            rest = told.removeprefix(f"{parameter} ")
            told = f"{options[parameter]}{' ' if rest != told else ': '}{rest}"
        raise type(error)(told, parameter=parameter) from None


def _json(told: Any) -> str:
    return json.dumps(told, indent=1)


def _print(data: str | bytes) -> None:
    """Data to stdout, to its last byte."""
    if sys.stdout is None:
        raise TargetError("cannot write to stdout: it is closed")
    try:
        left = memoryview(data.encode() if isinstance(data, str) else data)
        while left:  # where Python is told not to buffer, a pipe may take a part
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
    except OSError as error:
        raise TargetError(f"cannot write to stdout: {error.strerror}") from None


def _say(message: str) -> None:
    click.echo(f"xlconv: {message}", err=True)


def _line(message: object) -> str:
    return " ".join(str(message).split())


def _fail(message: str, code: int) -> NoReturn:
    _say(f"error: {_line(message)}")
    sys.exit(code)
