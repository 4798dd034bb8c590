"""The command `layer`: from one layer to a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from xlconv.cli.delivery import Target, deliver_book
from xlconv.cli.given import Given, layer_options, part_options
from xlconv.cli.group import Command
from xlconv.cli.options import complete_views, pointing_at_options, target_options
from xlconv.cli.terminal import clock, say
from xlconv.cli.values import whole_number
from xlconv.views import VIEWS

if TYPE_CHECKING:
    from xlconv.frameworks.wanted import Wanted

DEFAULT = "distribute,collect"
"""The views of a layer where none is named."""


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
