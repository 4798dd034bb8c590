"""The command line: each command, from its options to its files and messages."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import click
from click.shell_completion import get_completion_class

from xlconv import __version__
from xlconv.delivery import check_book_target, deliver_book, save_program
from xlconv.errors import UnreadableError, XlconvError
from xlconv.group import Group, shown_instead
from xlconv.options import (
    FRAMEWORKS,
    OUTPUT,
    complete_lesson,
    complete_views,
    convolution_of,
    geometry_options,
    given_files,
    layer_of,
    layer_options,
    pointing_at_options,
    reading_options,
    sizes,
    target_options,
    wanted,
    whole_number,
)
from xlconv.sources import remembered
from xlconv.terminal import (
    as_text,
    fail,
    name_of,
    one_line,
    put,
    put_traceback,
    say,
)
from xlconv.views import VIEWS

MAIN_LESSON = "transposed-convolutions"
SETTINGS = 20
"""Settings of the reverse of a shape that are printed."""

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
  xlconv check homework.xlsx
  xlconv lessons copy transposed-convolutions

Exit codes: 1 check found something wrong, 2 usage or bad values, 3 unreadable input, 4 the target,
70 a fault of xlconv's own, 130 interrupted, 143 terminated.""",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False,
    callback=shown_instead(lambda _: f"xlconv {__version__}"), help="Show the version and exit.",
)  # fmt: skip
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
  xlconv build --json > manifest.json
  xlconv build -o - > lesson.xlsx"""
)
@click.argument("lesson", default=MAIN_LESSON, shell_complete=complete_lesson)
@click.option(
    "--folder", "folders", multiple=True, metavar="DIR", type=click.Path(),
    help="A folder whose files the lesson may read, beside its own. May be given again.",
)  # fmt: skip
@target_options
@click.pass_context
def build(
    ctx: click.Context,
    /,
    lesson: str,
    folders: tuple[str, ...],
    output: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Build a lesson's workbook.

    LESSON is the name of a shipped lesson (see xlconv lessons) or the path of a lesson file.
    """
    from xlconv import lesson as lessons

    check_book_target(output, as_json)
    with pointing_at_options(ctx):
        loaded = lessons.load_lesson(lesson, folders)
    book = lessons.build(loaded)
    deliver_book(book, output, lessons.find_lesson(lesson).stem, force, as_json)
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
  xlconv layer --input 4x5x5 --weight 3x4x3x3 --view convolution
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

    The view convolution shows a plain convolution instead: its weight is (out_channels,
    in_channels/groups, kernel), and its padding is zeros around the input.
    """
    from xlconv.lesson import build as build_book
    from xlconv.readers import is_picture

    check_book_target(output, as_json)
    picture = is_picture(asked["input_"])
    with pointing_at_options(ctx):
        views = view.split(",")
        plain = "convolution" in views
        shown = convolution_of(views, **asked) if plain else layer_of(planned=True, **asked)
        book = build_book(shown, views=views, picture=picture)
    deliver_book(book, output, "layer", force, as_json)
    say(shown.explain())


@cli.command(
    epilog="""\b
Examples:
  xlconv shape --input 4x4 --kernel 3 --stride 2 --padding 1
  xlconv shape --input 3x4x4 --kernel 3x2x3x3 --stride 2
  xlconv shape --input 4 --kernel 3 --stride 2 --convention keras --same
  xlconv shape --input 4x4 --kernel 3 --stride 2 --output-size 8 --json
  xlconv shape --input 6x4 --to 12x7
  xlconv shape --input 7x7 --to 14x14 --kernel 4
  xlconv shape --input 500 --chain k16s8p4,k10s5p3,k8s4p2,k4s2p1
  xlconv shape --input 500 --chain k16s8p4,k10s5p3,k8s4p2 --to 80000
  xlconv shape --input 4x4 --chain k3x5s2x1p1:2x0,k4s2p1
  xlconv shape --input 512x500 --chain decoder.py --to 80000
  python -c "import my; print(my.model)" | xlconv shape --input 500 --chain -"""
)
@click.option(
    "--input", "size", required=True, callback=sizes, metavar="SIZE",
    help="The input's sizes: 4 or 4x4, or with channels as for --weight: 3x4x4.",
)  # fmt: skip
@click.option(
    "--kernel", "kernel_size", callback=sizes, metavar="SIZE",
    help="The kernel's sizes: 3 for all axes, all of them without channels, 3x5, or a whole weight's"
    " 3x2x3x5 as for xlconv layer.",
)  # fmt: skip
@reading_options
@geometry_options
@click.option("--groups", callback=whole_number(), metavar="N", help="Default: 1")
@click.option(
    "--chain", metavar="WORDS|FILE",
    help="A whole decoder, layer by layer: k16s8p4op1d1,k10s5 in the first letters of the"
    " parameters, with x between axes; or a file of code or of a printed model (- is stdin), of"
    " which PyTorch's ConvTranspose and Keras' or MXNet's ConvTranspose layers are read, and nothing"
    " is run.",
)  # fmt: skip
@click.option(
    "--to", callback=sizes, metavar="SIZE",
    help="The reverse: which kernels, strides and paddings turn the input into this size; with"
    " --chain which output_padding, or else which crop, each layer needs.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.pass_context
def shape(
    ctx: click.Context,
    /,
    chain: str | None,
    to: list[int] | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Print the sizes of a layer, term by term, or of a chain of layers.

    Then the sizes that a convolution maps onto the input's, and which output_padding means which.
    With --to the reverse: the layers that turn one size into another. No file is written.
    """
    said = wanted(asked)
    called = {"size": "--input", "input": "--input", "weight": "--kernel"}
    with pointing_at_options(ctx, output_size="--to" if to else "--output-size", **called):
        if chain is not None:
            put(_chained(chain, to, as_json, said))
        elif to is not None:
            put(_reverse(to, as_json, said))
        elif asked["kernel_size"] is None:
            raise click.UsageError(
                "Missing option '--kernel', '--to' for the reverse, or '--chain'", ctx
            )
        else:
            put(_sizes(as_json, said))


def _sizes(as_json: bool, said: dict[str, Any]) -> str:
    from xlconv import shape as shapes
    from xlconv.rules import KNOWN, OWN
    from xlconv.spatial import spatial

    said["layout"] = KNOWN[said.get("convention", OWN)].layout
    meant = spatial(said.pop("size"), said.pop("kernel_size"), **_axes_read(said, "layout"))
    groups = said.get("groups", 1)
    found = shapes.describe(size=meant.size, kernel_size=meant.kernel_size, **said)
    axes = [each.axis for each in found.axes]
    _understood(meant.explain(found.output_sizes, axes, groups))
    channels = {"in_channels": meant.in_channels, "out_channels": meant.out_channels}
    told = as_text(shapes.as_dict(found) | channels) if as_json else shapes.explain(found)
    return told + "\n"


def _axes_read(said: dict[str, Any], *more: str) -> dict[str, Any]:
    """What was said of the input's axes, taken out of the rest; and groups, which are of both."""
    names = [name for name in ("rank", "batch", "input_layout", *more) if name in said]
    groups = {"groups": said["groups"]} if more and "groups" in said else {}
    return {name: said.pop(name) for name in names} | groups


def _understood(line: str) -> None:
    if line:
        say(line)


def _alone(option: str, said: Mapping[str, Any], *taken: str) -> None:
    """Refuse beside an option what it gives or finds itself."""
    for name in sorted(said.keys() - {*taken}):
        typed = "kernel" if name == "kernel_size" else name.replace("_", "-")
        raise click.UsageError(f"{option} the --{typed} itself: leave it out")


def _reverse(to: list[int], as_json: bool, said: dict[str, Any]) -> str:
    from xlconv import settings as reverse
    from xlconv.spatial import to_size

    read = _axes_read(said)
    _alone("--to finds", said, "size", "kernel_size", "stride", "dilation")
    meant = to_size(said.pop("size"), said.pop("kernel_size", None), to, **read)
    found = reverse.settings(meant.size, to, kernel_size=meant.kernel_size or None, **said)
    _understood(meant.explain(to if len(to) > 1 else to * len(meant.size)))
    if as_json:
        told = [asdict(setting) for setting in found]
        return as_text({"input_size": meant.size, "output_size": to, "settings": told}) + "\n"
    more = len(found) - SETTINGS
    lines = [reverse.explain_settings(found[:SETTINGS])]
    lines += [f"and {more} more: name a --kernel or a --stride, or see --json"] * (more > 0)
    return "\n".join([*lines, *reverse.assumed(found[:SETTINGS]), ""])


def _chained(given: str, to: list[int] | None, as_json: bool, said: dict[str, Any]) -> str:
    from xlconv import chain as chains
    from xlconv.spatial import without_channels
    from xlconv.steps import read_chain

    read = _axes_read(said)
    _alone("--chain gives", said, "size")
    reading = read_chain(given)
    rank = read.pop("rank", None)
    rank = chains.rank_of(reading.steps) or rank or len(said["size"])
    meant = without_channels(said["size"], rank, **read)
    links = chains.chain(reading.steps, meant.size)
    made = None if to is None else chains.reach(links, to)
    for told in reading.told:
        say(told)
    _understood(meant.explain((made or links)[-1].output_size))
    if as_json:
        return as_text(chains.chain_as_dict(made or links)) + "\n"
    return chains.explain_chain(*((links,) if made is None else (made, links))) + "\n"


@cli.command(
    epilog="""\b
Examples:
  xlconv code --input 4x4 --weight 3x3 --stride 2 --framework pytorch
  xlconv code --input 2x2 --weight 3x3 --convention keras --same --framework jax
  xlconv code --input x.npy --weight w.npy --framework onnx -o layer.py
  xlconv code --input 2x2 --weight 3x3 --stride 2 --framework tensorflow"""
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

    It prints the numbers of the layer's output, as whole numbers or with six digits of the largest
    that there can be. Every framework prints the same text. Only onnx, and mxnet in 3-D, which
    compute in float32 alone, may differ by one in the last digit of what is not whole, and hold
    whole numbers up to 16777216.

    An array too large to be read in a program is loaded: by a program on stdout from the .npy file
    that was given for it, by one that -o FILE writes from a .npy file beside it, which is written
    too: FILE-input.npy, FILE-weight.npy or FILE-bias.npy.
    """
    from xlconv import snippets
    from xlconv.saving import check_target

    target = None if output in (None, "-") else Path(str(output))
    if target:
        check_target(target, ".py")
    with pointing_at_options(ctx):
        shown = layer_of(**asked)
    arrays = snippets.files(shown)
    if target is not None:
        names = {name: f"{target.stem}-{name}.npy" for name in arrays}
        beside = {name: f"Path(__file__).with_name({file!a})" for name, file in names.items()}
        program = snippets.snippet(shown, framework, beside)
        save_program(target, program, {names[n]: a for n, a in arrays.items()}, force)
    else:
        given = given_files(shown, asked)
        put(snippets.snippet(shown, framework, given))
        if loose := [f"{name}.npy" for name in arrays if name not in given]:
            say(
                f"the program loads {', '.join(loose)} from where it is run, and nothing wrote"
                " that: -o FILE writes the program with its arrays beside it"
            )
    say(shown.explain())


@cli.command(
    epilog="""\b
Examples:
  xlconv check homework.xlsx
  xlconv check *.xlsx                      a class: a table at the end
  xlconv check --json *.xlsx
  xlconv check --engine homework.xlsx      recalculates first, by IronCalc
  xlconv check --lesson matrix *.xlsx      must be of this lesson, whatever they say they are

Exit codes: 1 something is wrong, 3 a file cannot be read or is no workbook of xlconv's."""
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@click.option(
    "--engine", is_flag=True,
    help="Recalculate first, by IronCalc: for files that come without values.",
)  # fmt: skip
@click.option(
    "--like", metavar="FILE", type=click.Path(),
    help="The workbook that was handed out: for files that lost what they were made from.",
)  # fmt: skip
@click.option(
    "--lesson", metavar="LESSON", shell_complete=complete_lesson,
    help="The lesson that the files must be of: a shipped one's name or a lesson file.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="A list with a report for each file.")
@click.pass_context
def check(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    engine: bool,
    like: str | None,
    lesson: str | None,
    as_json: bool,
) -> None:
    """Check workbooks that xlconv made, edited or not.

    The numbers that are meant to be typed over are taken as they now stand. Everything else must
    be as it was made, and every value what NumPy computes from these numbers.
    """
    from xlconv.check import check as checked
    from xlconv.origin import elsewhere
    from xlconv.report import summary

    if like is not None and lesson is not None:
        raise click.UsageError("--like and --lesson exclude each other")
    with pointing_at_options(ctx):
        made = elsewhere(like=like, lesson=lesson)
    reports, unread, told, code = [], [], [], 0
    for file in files:
        try:
            with pointing_at_options(ctx):
                report = checked(file, engine=engine, made=made)
        except UnreadableError as error:
            code = error.exit_code
            say(f"error: {one_line(error)}")
            unread.append(file)
            told.append({"file": file, "error": one_line(error)})
            continue
        code = code or int(not report.right)
        reports.append(report)
        told.append(report.as_dict() | {"file": file})
        if not as_json:
            put(report.explain() + "\n")
    if as_json:
        put(as_text(told) + "\n")
    elif len(files) > 1:
        put(summary(reports, unread) + "\n")
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
    put("".join(f"{name:{width}}  {one_line(load_lesson(name).title)}\n" for name in names))


@lessons.command("show", epilog=f"\b\nExample:\n  xlconv lessons show {MAIN_LESSON}")
@click.argument("lesson", shell_complete=complete_lesson)
def show_lesson(lesson: str) -> None:
    """Show what a lesson holds: each sheet, its view and its idea."""
    from xlconv.lesson import load_lesson

    loaded = load_lesson(lesson)
    width = max(map(len, loaded.names))
    lines = [
        f"  {page.name:{width}}  {page.view:13}  {one_line(page.idea)}" for page in loaded.pages
    ]
    put("\n".join([one_line(loaded.title), *map(str.rstrip, lines), ""]))


@lessons.command("copy", epilog=f"\b\nExample:\n  xlconv lessons copy {MAIN_LESSON} my-lessons")
@click.argument("lesson", shell_complete=complete_lesson)
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(file_okay=True))
@click.option("--force", is_flag=True, help="Overwrite a file with other content.")
def copy_lesson(lesson: str, folder: str, force: bool) -> None:
    """Copy a lesson's file into a folder, to edit and to build.

    LESSON is the name of a shipped lesson, or the path of a lesson file.
    """
    from xlconv.lesson import find_lesson, load_lesson
    from xlconv.saving import save_file
    from xlconv.tomlfile import raw_toml

    source = find_lesson(lesson)
    load_lesson(lesson)  # what is no lesson is not copied
    target = Path(folder, source.name)
    written = save_file(target, lambda file: file.write(raw_toml(source)), overwrite=force)
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
            told = error.format_message().rstrip(".")
            path = error.ctx.command_path if error.ctx else "xlconv"
            return f"{told[:1].lower()}{told[1:]}; see {path} --help", error.exit_code
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
