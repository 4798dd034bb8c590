"""The command line: what it is asked for, by name, and its errors; a command is a module."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from xlconv.cli.group import Group, Later, shown_instead
from xlconv.cli.terminal import fail, name_of, put, put_traceback
from xlconv.errors import XlconvError
from xlconv.files.sources import remembered
from xlconv.version import __version__

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
    epilog="""\b
Examples:
  xlconv completion bash > ~/.local/share/bash-completion/completions/xlconv
  xlconv completion zsh > ~/.zfunc/_xlconv
  xlconv completion fish > ~/.config/fish/completions/xlconv.fish"""
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands, options and names in a shell."""
    from click.shell_completion import get_completion_class

    completing = get_completion_class(shell)
    assert completing is not None
    put(completing(cli, {}, "xlconv", "_XLCONV_COMPLETE").source())


for later in (
    Later("build", "build.build", "Build a lesson's workbook."),
    Later("layer", "layer.layer", "Build the workbook of one layer."),
    Later("shape", "shape.shape", "Print the sizes of a layer, term by term, or of a chain."),
    Later("code", "code.code", "Print a layer, transposed or plain, as a framework's program."),
    Later("model", "model.model", "List the convolutions in a model file."),
    Later("compare", "compare.compare", "Say why another program's output differs."),
    Later("check", "check.check", "Check workbooks that xlconv made, edited or not."),
    Later("lessons", "lessons.lessons", "List, show, copy or translate the shipped lessons."),
    Later("worksheet", "worksheet.worksheet", "Build a lesson's worksheet."),
    Later("class", "classroom.classroom", "Build a workbook for each student of a class."),
    Later("grade", "grade.grade", "Grade the worksheets of a class."),
):
    cli.add_command(later)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every error is one line and an exit code."""
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


def _elsewhere(error: click.UsageError) -> str:
    """Which command has an option that another one has not, if it is one command."""
    if not isinstance(error, click.NoSuchOption):
        return ""
    found = [
        name
        for name, command in cli.every().items()
        if any(error.option_name in option.opts for option in command.params)
    ]
    return f"; xlconv {found[0]} has it" if len(found) == 1 else ""


def _told(error: Exception) -> tuple[str, int]:
    """What is said of an error, and its exit code."""
    if os.environ.get("XLCONV_TRACEBACK"):
        put_traceback(error)
    match error:
        case click.UsageError():
            said = error.format_message().rstrip(".")
            path = error.ctx.command_path if error.ctx else "xlconv"
            said = f"{said[:1].lower()}{said[1:]}{_elsewhere(error)}"
            return f"{said}; see {path} --help", error.exit_code
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
