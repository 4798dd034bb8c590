"""The command `shape`: sizes of a layer or of a whole decoder, from its options to its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from xlconv.cli.group import Command
from xlconv.cli.options import (
    geometry_options,
    pointing_at_options,
    reading_options,
    sizes,
    wanted,
    whole_number,
)
from xlconv.cli.terminal import as_text, put, say

SETTINGS = 20
"""Settings of the reverse that are printed."""


@click.command(
    cls=Command,
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
  python -c "import my; print(my.model)" | xlconv shape --input 500 --chain -""",
)
@click.option(
    "--input", "size", required=True, callback=sizes, metavar="SIZE",
    help="The input's sizes: 4 or 4x4, or with channels as for --weight: 3x4x4.",
)  # fmt: skip
@click.option(
    "--kernel", "kernel_size", callback=sizes, metavar="SIZE",
    help="The kernel's sizes: 3 for all axes, all of them without channels, 3x5, or a whole"
    " weight's 3x2x3x5 as for xlconv layer.",
)  # fmt: skip
@reading_options
@geometry_options
@click.option("--groups", callback=whole_number(), metavar="N", help="Default: 1")
@click.option(
    "--chain", metavar="WORDS|FILE",
    help="A whole decoder, layer by layer: k16s8p4op1d1,k10s5 in the first letters of the"
    " parameters, with x between axes; or a file of code or of a printed model (- is stdin), of"
    " which PyTorch's ConvTranspose and Keras' or MXNet's ConvTranspose layers are read, and"
    " nothing is run.",
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
    from xlconv.frameworks import sizes as shapes
    from xlconv.frameworks.rules import KNOWN, OWN
    from xlconv.frameworks.spatial import spatial

    said["layout"] = KNOWN[said.get("convention", OWN)].layout
    meant = spatial(said.pop("size"), said.pop("kernel_size"), **_axes_read(said, "layout"))
    groups = said.get("groups", 1)
    found = shapes.sizes(size=meant.size, kernel_size=meant.kernel_size, **said)
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
    from xlconv.frameworks import search
    from xlconv.frameworks.spatial import to_size

    read = _axes_read(said)
    _alone("--to finds", said, "size", "kernel_size", "stride", "dilation")
    meant = to_size(said.pop("size"), said.pop("kernel_size", None), to, **read)
    found = search.settings(meant.size, to, kernel_size=meant.kernel_size or None, **said)
    _understood(meant.explain(to if len(to) > 1 else to * len(meant.size)))
    if as_json:
        told = [asdict(setting) for setting in found]
        return as_text({"input_size": meant.size, "output_size": to, "settings": told}) + "\n"
    more = len(found) - SETTINGS
    lines = [search.explain_settings(found[:SETTINGS])]
    lines += [f"and {more} more: name a --kernel or a --stride, or see --json"] * (more > 0)
    return "\n".join([*lines, *search.assumed(found[:SETTINGS]), ""])


def _chained(given: str, to: list[int] | None, as_json: bool, said: dict[str, Any]) -> str:
    from xlconv.frameworks import chain as chains
    from xlconv.frameworks.spatial import without_channels
    from xlconv.frameworks.steps import read_chain

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
