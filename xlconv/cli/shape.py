"""The command `shape`: sizes of a layer or of a whole decoder, from its options to its words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from xlconv.cli.given import model_options
from xlconv.cli.group import Command
from xlconv.cli.options import geometry_options, pointing_at_options, reading_options
from xlconv.cli.terminal import as_text, put, say
from xlconv.cli.values import sizes_by_x

if TYPE_CHECKING:
    from xlconv.frameworks.wanted import Wanted

SETTINGS = 20
"""Settings of the reverse that are printed."""


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  xlconv shape --input 4x4 --kernel 3 --stride 2 --padding 1
  xlconv shape --input 3x4x4 --kernel 3x2x3x3 --stride 2
  xlconv shape --input 4 --kernel 3 --stride 2 --convention keras --same
  xlconv shape --input 4x4 --kernel 3 --stride 2 --output-size 10 --json
  xlconv shape --input 46x80 --model det.onnx --layer ConvTranspose.0
  xlconv shape --input 6x4 --to 12x7
  xlconv shape --input 7x7 --to 14x14 --kernel 4
  xlconv shape --input 500 --chain k16s8p4,k10s5p3,k8s4p2,k4s2p1
  xlconv shape --input 500 --chain k16s8p4,k10s5p3,k8s4p2 --to 80000
  xlconv shape --input 4x4 --chain k3x5s2x1p1:2x0,k4s2p1
  xlconv shape --input 512x500 --chain decoder.py --to 80000
  python -c "import my; print(my.model)" | xlconv shape --input 500 --chain -""",
)
@click.option(
    "--input",
    "size",
    required=True,
    callback=sizes_by_x,
    metavar="SIZE",
    help="The input's sizes: 4 or 4x4, or with channels as for --weight: 3x4x4.",
)
@click.option(
    "--kernel",
    "kernel_size",
    callback=sizes_by_x,
    metavar="SIZE",
    help="The kernel's sizes: 3 for all axes, all of them without channels, 3x5, or a whole"
    " weight's 3x2x3x5 as for xlconv layer.",
)
@model_options
@reading_options
@geometry_options
@click.option(
    "--chain",
    metavar="WORDS|FILE",
    help="A whole decoder, layer by layer: k16s8p4op1d1,k10s5 in the first letters of the"
    " parameters, with x between axes; or a file of code or of a printed model (- is stdin), of"
    " which PyTorch's ConvTranspose and Keras' or MXNet's ConvTranspose layers are read, and"
    " nothing is run.",
)
@click.option(
    "--to",
    callback=sizes_by_x,
    metavar="SIZE",
    help="The reverse: which kernels, strides and paddings turn the input into this size; with"
    " --chain which output_padding, or else which crop, each layer needs.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.pass_context
def shape(
    ctx: click.Context,
    /,
    size: list[int],
    kernel_size: list[int] | None,
    chain: str | None,
    to: list[int] | None,
    as_json: bool,
    wanted: Wanted,
    model: str | None,
    layer: str | None,
    code: str | None,
) -> None:
    """Print the sizes of a layer, term by term, or of a chain of layers.

    Then the sizes that a convolution maps onto the input's, and which output_padding means which.
    With --to the reverse: the layers that turn one size into another. No file is written.
    """
    called = {"size": "--input", "input": "--input", "weight": "--kernel"}
    with pointing_at_options(ctx, output_size="--to" if to else "--output-size", **called):
        if model is not None or layer is not None or code is not None:
            wanted, kernel_size = _told(wanted, kernel_size, model, layer, code)
        if chain is not None:
            _alone("--chain gives", kernel_size, wanted)
            put(_chained(chain, size, to, as_json, wanted))
        elif to is not None:
            _alone("--to finds", None, wanted, "stride", "dilation")
            put(_reverse(size, kernel_size, to, as_json, wanted))
        elif kernel_size is None:
            raise click.UsageError(
                "Missing option '--kernel', '--to' for the reverse, or '--chain'", ctx
            )
        else:
            put(_sizes(size, kernel_size, as_json, wanted))


def _told(
    wanted: Wanted,
    kernel_size: list[int] | None,
    model: str | None,
    layer: str | None,
    code: str | None,
) -> tuple[Wanted, list[int] | None]:
    """What is wanted of a layer of a model or of code, and its kernel's sizes if none are given."""
    from xlconv.models.known import known

    found = known(wanted, model=model, layer=layer, code=code)
    if found.plain:
        raise click.UsageError(
            "sizes are told of transposed convolutions; this is a plain one: xlconv layer shows it,"
            " with its sizes"
        )
    if kernel_size is None and found.shape is not None:
        _, _, *kernel_size = found.shape
    return found.wanted, kernel_size


def _alone(option: str, kernel_size: list[int] | None, wanted: Wanted, *taken: str) -> None:
    """Refuse beside an option what it gives or finds itself."""
    given = {*wanted.said, *["kernel"] * (kernel_size is not None)}
    for name in sorted(given - {"rank", "batch", "input_layout", *taken}):
        raise click.UsageError(f"{option} the --{name.replace('_', '-')} itself: leave it out")


def _sizes(size: list[int], kernel_size: list[int], as_json: bool, wanted: Wanted) -> str:
    from xlconv.frameworks import output_sizes as shapes
    from xlconv.frameworks.conventions import convention_of
    from xlconv.frameworks.spatial import spatial

    meant = spatial(
        size,
        kernel_size,
        layout=convention_of(wanted.framework).layout,
        groups=wanted.group_count,
        rank=wanted.rank,
        batch=wanted.batch,
        input_layout=wanted.input_layout,
    )
    made = shapes.wanted_sizes(wanted, meant.size, meant.kernel_size)
    axes = [each.axis for each in made.axes]
    _understood(meant.explain(made.output_sizes, axes, wanted.group_count))
    if not as_json:
        return shapes.explain(made) + "\n"
    channels = {"in_channels": meant.in_channels, "out_channels": meant.out_channels}
    return as_text(shapes.as_dict(made) | channels) + "\n"


def _understood(line: str) -> None:
    if line:
        say(line)


def _reverse(
    size: list[int], kernel_size: list[int] | None, to: list[int], as_json: bool, wanted: Wanted
) -> str:
    from xlconv.frameworks import search
    from xlconv.frameworks.spatial import to_size

    meant = to_size(
        size,
        kernel_size,
        to,
        rank=wanted.rank,
        batch=wanted.batch,
        input_layout=wanted.input_layout,
    )
    settings = search.settings(
        meant.size,
        to,
        kernel_size=meant.kernel_size or None,
        stride=wanted.stride,
        dilation=1 if wanted.dilation is None else wanted.dilation,
    )
    _understood(meant.explain(to if len(to) > 1 else to * len(meant.size)))
    if as_json:
        listed = [asdict(setting) for setting in settings]
        return as_text({"input_size": meant.size, "output_size": to, "settings": listed}) + "\n"
    more = len(settings) - SETTINGS
    lines = [search.explain_settings(settings[:SETTINGS])]
    lines += [f"and {more} more: name a --kernel or a --stride, or see --json"] * (more > 0)
    return "\n".join([*lines, *search.assumed(settings[:SETTINGS]), ""])


def _chained(
    text: str, size: list[int], to: list[int] | None, as_json: bool, wanted: Wanted
) -> str:
    from xlconv.frameworks import chain as chains
    from xlconv.frameworks.spatial import without_channels
    from xlconv.frameworks.steps import read_chain

    read = read_chain(text)
    rank = chains.rank_of(read.steps) or wanted.rank or len(size)
    meant = without_channels(size, rank, batch=wanted.batch, input_layout=wanted.input_layout)
    links = chains.chain(read.steps, meant.size)
    made = None if to is None else chains.reach(links, to)
    for line in read.told:
        say(line)
    _understood(meant.explain((made or links)[-1].output_size))
    if as_json:
        return as_text(chains.chain_as_dict(made or links)) + "\n"
    return chains.explain_chain(*((links,) if made is None else (made, links))) + "\n"
