"""The command `code`: a layer as a framework's program, and the arrays that it loads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlconv.cli.delivery import save_program
from xlconv.cli.given import Given, layer_options
from xlconv.cli.group import Command
from xlconv.cli.options import pointing_at_options
from xlconv.cli.terminal import clock, put, say
from xlconv.frameworks.names import FRAMEWORKS

if TYPE_CHECKING:
    from xlconv.frameworks.wanted import Wanted
    from xlconv.layers.convolution import Convolution
    from xlconv.layers.layer import Layer


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  xlconv code --input 4x4 --weight 3x3 --stride 2 --framework pytorch
  xlconv code --input 2x2 --weight 3x3 --convention keras --same --framework jax
  xlconv code --input x.npy --weight w.npy --framework onnx -o layer.py
  xlconv code --code 'nn.Conv2d(2, 1, 3, stride=2, padding=1)' --framework tensorflow""",
)
@layer_options
@click.option(
    "--framework",
    type=click.Choice(FRAMEWORKS),
    default="pytorch",
    show_default=True,
    help="What the program computes with.",
)
@click.option("--force", is_flag=True, help="Overwrite files with other content.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(),
    help="The program's file; arrays that are too large for it are written beside it.",
)
@click.pass_context
def code(
    ctx: click.Context,
    /,
    framework: str,
    force: bool,
    output: str | None,
    given: Given,
    wanted: Wanted,
) -> None:
    """Print a layer, transposed or plain, as a framework's program.

    It prints the numbers of the layer's output, as whole numbers or with six digits of the largest
    that there can be. Every framework prints the same text. Only onnx, and mxnet in 3-D, which
    compute in float32 alone, may differ by one in the last digit of what is not whole, and hold
    whole numbers up to 16777216.

    An array too large to be read in a program is loaded: by a program on stdout from the .npy file
    that was given for it, by one that -o FILE writes from a .npy file beside it, which is written
    too: FILE-input.npy, FILE-weight.npy or FILE-bias.npy.
    """
    from xlconv.cli.layers import given_files, layer_of
    from xlconv.files.saving import check_target

    target = None if output in (None, "-") else Path(str(output))
    if target:
        check_target(target, ".py")
    with pointing_at_options(ctx), clock("reading"):
        written = layer_of(given, wanted)
    if target is not None:
        save_program(target, written, framework, force)
    else:
        _put_program(written, framework, given_files(written, given))
    say(written.explain())
    if written.then:
        say("the program prints the layer's sums, before what follows")


def _put_program(layer: Layer | Convolution, framework: str, given: Mapping[str, str]) -> None:
    from xlconv.frameworks.gaps import files
    from xlconv.frameworks.snippets import program

    put(program(layer, framework, given))
    if loose := [f"{name}.npy" for name in files(layer) if name not in given]:
        say(
            f"the program loads {', '.join(loose)} from where it is run, and nothing wrote"
            " that: -o FILE writes the program with its arrays beside it"
        )
