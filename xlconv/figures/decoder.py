"""A small decoder on a part of a sheet: a code, two transposed convolutions, and what comes out.

Each channel between them is a column: the weights that make it, its map, and the weights that it is
stamped with.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure
from xlconv.figures.layout import Arranged, Led, Part
from xlconv.figures.maps import activated, map_figure, shade, shade_after, then_words
from xlconv.figures.notes import caption
from xlconv.figures.operations import tapped
from xlconv.figures.paper import Quiet
from xlconv.figures.titles import plain
from xlconv.grid.digits import Formats
from xlconv.grid.direction import Way
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Frame
from xlconv.grid.places import Place, Spot, under
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.layers.network import Network, Stage, Step

APART = 1
"""Columns between two channels."""

DIGITS = 2
"""Those of its numbers, if a lesson asks for no others: its cells are narrow."""


def decoder(sheet: Sheet, network: Network) -> Arranged:
    """The code, what each layer makes of it, and all their weights.

    Raises XlconvError for a network of other layers.
    """
    first, second = _layers(network)
    before, sheet.formats = sheet.formats, Formats(sheet.formats.digits or DIGITS, zero=True)
    x, across = network.input, (0, APART + _widest(network))
    words = sheet.say("decoder_code", size=plain(x.shape, 1))
    at, inner = _as_written(sheet, x.shape)
    look: dict[str, Any] = {"at": at, "inner": inner, "role": "input", "numbered": False}
    code = _captioned(sheet, words, map_figure(sheet, "code", x.shape, "", content=x, **look))
    made, w, b = _weights(sheet, first, across)
    maps = _map(sheet, network, 1, across, code.cells, w, b)
    stamps, w, b = _weights(sheet, second, across)
    picture = _map(sheet, network, 2, across, maps.cells, w, b)
    sheet.formats = before
    below = Led(maps) / Led(stamps, "∗") | Led(picture)
    return code | Led(made / below, "∗")


def _layers(network: Network) -> tuple[Step, ...]:
    """The two layers."""
    steps, shape = network.steps, network.input.shape
    transposed = [isinstance(step.operation, Layer) for step in steps]
    if transposed != [True, True] or shape[0] != 1 or steps[-1].output_shape[0] != 1:
        raise XlconvError(
            "network must be two transposed convolutions, from one channel to one, got"
            f" {network!r}",
            parameter="network",
        )
    return steps


def _widest(network: Network) -> int:
    """The columns of a channel: of its map, or of the weights above and below it."""
    kernels = (step.operation.geometry.weight_shape[3] for step in network.steps)
    return max(network.steps[0].output_shape[2], *kernels)


def _as_written(sheet: Sheet, shape: tuple[int, ...]) -> tuple[Spot, tuple[Place, Place]]:
    """A first cell, and the steps along rows and columns: no language mirrors a digit."""
    if sheet.way is Way.LEFTWARD:
        return sheet.corner().shift(0, shape[-1] - 1), ((1, 0), (0, -1))
    return sheet.corner(), ((1, 0), (0, 1))


def _captioned(sheet: Sheet, words: str, made: Figure) -> Figure:
    return replace(made, head=caption(sheet, words))


def _weights(sheet: Sheet, step: Step, across: Place) -> tuple[Arranged, Grid, Grid | None]:
    """The kernels of a layer side by side, its bias under them, as a part and as cells."""
    assert isinstance(step.operation, Layer)
    w, b = step.operation.weight, step.operation.bias
    at, inner = _as_written(sheet, w.shape)
    ways = (across, across, *inner)  # of one channel in or one out
    made = sheet.block(f"{step.name} kernel", at, w.shape, role="kernel", content=w, steps=ways)
    shade(sheet, made)
    bias = None
    if b is not None:
        bias = sheet.block(
            f"{step.name} bias",
            under(made),
            b.shape,
            role="bias",
            content=b,
            steps=ways[:1],
            frame=False,
        )
        sheet.frames.append(Frame(bias[:, None, None]))
    head = caption(sheet, sheet.say("layer_kernel" if b is None else "layer_weights"))
    return Quiet(Part(at.anchor, head)), made, bias


def _map(
    sheet: Sheet,
    network: Network,
    number: int,
    across: Place,
    x: Grid,
    w: Grid,
    b: Grid | None,
) -> Figure:
    """What a layer gives, its activation and all, each cell by one formula."""
    step = network.steps[number - 1]
    size = plain(step.output_shape, 1)
    words = sheet.say("decoder_layer", number=number, size=size)
    if step.then:
        told = then_words(sheet, step.then)
        words = sheet.say("decoder_layer_then", number=number, then=told, size=size)
    at, inner = _as_written(sheet, step.output_shape)
    look: dict[str, Any] = {"at": at, "inner": inner, "role": "output", "numbered": False}
    look |= {"claim": ("map", Stage(network, step.name))}
    made = map_figure(sheet, step.name, step.output_shape, "", across, **look)
    then = partial(activated, step.then)
    tapped(sheet, made.cells, step.operation.geometry, x, w, b, whole=False, then=then)
    shade_after(sheet, made.cells, step.then)
    return _captioned(sheet, words, made)
