"""The command `compare`: another program's output beside the layer's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlconv.cli.delivery import Target, deliver_book
from xlconv.cli.given import Given, layer_options, part_options
from xlconv.cli.group import Command
from xlconv.cli.options import pointing_at_options
from xlconv.cli.terminal import as_text, clock, put, say

if TYPE_CHECKING:
    from xlconv.differing.comparison import Comparison
    from xlconv.frameworks.wanted import Wanted
    from xlconv.lessons.book import Book

DIFFERS = 1
"""The exit code where the outputs differ."""


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  xlconv compare --input x.npy --weight w.npy --stride 2 --padding 1 --output theirs.npy
  xlconv compare --input x.npy --weight w.npy --bias b.npy --stride 2 --output theirs.npy -o d.xlsx
  xlconv compare --input x.npy --weight w.npy --convention keras --stride 2 --same \\
    --output theirs.npy --json

Exit codes: 0 the outputs agree, 1 they differ, 2 usage or bad values, 3 unreadable input.""",
)
@layer_options
@part_options
@click.option(
    "--output",
    "theirs",
    required=True,
    metavar="FILE",
    help="The other program's output, a .npy or .csv file: (out_channels, *sizes), or with its"
    " channels last.",
)
@click.option(
    "-o",
    "target",
    metavar="FILE",
    type=click.Path(),
    help="An .xlsx file to write: both outputs, their difference as heat, and cells that shift"
    " yours and turn its kernel.",
)
@click.option("--force", is_flag=True, help="Overwrite a file with other content.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    theirs: str,
    target: str | None,
    force: bool,
    as_json: bool,
    given: Given,
    wanted: Wanted,
) -> None:
    """Say why another program's output differs from the layer's.

    The options tell the layer as you think it is; --output is what the other program made of the
    same input and weight. It says where they differ, why (another crop, a kernel that is not
    turned, swapped axes or channels, another stride, a bias or a scale left out, an activation),
    what is to be written in each framework for the cells that it kept, how exact that is, and what
    the numbers cannot tell apart.
    """
    from xlconv.cli.layers import layer_of
    from xlconv.differing.compare import compare as compared
    from xlconv.files.arrays import Source, array
    from xlconv.files.reading import Folder

    Target(output=target, force=force, as_json=as_json).check()
    with pointing_at_options(ctx, output="--output"), clock("comparing"):
        layer = layer_of(given, wanted)
        other = array("output", theirs, Source(Folder()))
        found = compared(layer, other, batch=wanted.batch)
    if target is not None:
        with pointing_at_options(ctx), clock("drawing"):
            book = _book(found, given)
        deliver_book(book, Target(output=target, force=force), Path(target).stem)
    if target != "-":
        put((as_text(found.as_dict()) if as_json else found.explain()) + "\n")
    say(layer.explain())
    ctx.exit(0 if found.agrees else DIFFERS)


def _book(found: Comparison, given: Given) -> Book:
    """The workbook of what is to be shown."""
    from xlconv.differing.shown import book_of
    from xlconv.layers.excerpt import channels_of

    ins = None if given.in_channels is None else channels_of("in_channels", given.in_channels)
    return book_of(found, ins, given.out_channels, given.crop)
