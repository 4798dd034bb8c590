"""The layers of a network as figures: kernels, sums, and what the activations make of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import numpy as np

from xlconv.figures.blocks import Figure, bias_figure, figure
from xlconv.figures.edges import Name, weight_name
from xlconv.figures.layout import Arranged, Led, Table
from xlconv.figures.operations import convolved, tapped
from xlconv.figures.paper import Quiet
from xlconv.figures.then import FORMULAS
from xlconv.figures.titles import plain
from xlconv.figures.upsampled import filled
from xlconv.grid.expr import Expr, call, lift, total
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import DIVERGING, SCALE
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.layers.network import Network, Pool, Stage, Step, Upsample

GAP = 2
"""Rows between the channels of a map: for its number and for its indices."""

TANH = 1.0
"""The most that a hyperbolic tangent or a sigmoid gives."""


@dataclass(frozen=True)
class Drawn:
    """A layer on a sheet.

    joined  copies of the maps that it reads, where they are of several layers
    sums    what it computes
    after   what its activation makes of them; the sums where it has none
    """

    joined: Figure | None
    sums: Figure
    after: Figure
    weights: tuple[Figure, ...]

    @property
    def maps(self) -> list[Figure]:
        """Those of its own sizes: the sums, and what the activation makes of them."""
        return [self.sums] if self.after is self.sums else [self.sums, self.after]

    @property
    def figures(self) -> Arranged:
        """From what is joined and the weights to what the activation gives."""
        onward = self.sums if self.after is self.sums else self.sums >> Quiet(self.after)
        if self.weights:
            kernel, *bias = map(Quiet, self.weights)
            onward = Table([[kernel / (bias[0] if bias else None), Led(onward, "=")]])
        return onward if self.joined is None else self.joined | Led(onward, "∗")


def layer_figures(sheet: Sheet, network: Network, step: Step, given: list[Figure]) -> Drawn:
    """A layer, its sums written as formulas of the maps that it reads and of its own weights."""
    joined = _joined(sheet, step, given) if len(given) > 1 else None
    reads = (joined or given[0]).cells
    operation = step.operation
    weights: list[Figure] = []
    if isinstance(operation, Layer | Convolution):
        weights.append(_kernel(sheet, step.name, operation))
        bias = bias_figure(sheet, operation, f"{step.name} bias", sheet.say("bias"))
        weights += [] if bias is None else [bias]
    name = f"{step.name} sums" if step.then else step.name
    sums = map_figure(
        sheet,
        name,
        step.output_shape,
        _title(sheet, step),
        role="computed",
        claim=("sums", Stage(network, step.name)),
    )
    _write(sheet, sums.cells, step, reads, *(figure.cells for figure in weights))
    shade(sheet, sums.cells)
    return Drawn(joined, sums, _after(sheet, network, step, sums), tuple(weights))


def map_figure(
    sheet: Sheet, name: str, shape: tuple[int, ...], words: str | None = None, **block: Any
) -> Figure:
    """The channels of a map under one another, close together."""
    steps = ((shape[1] + GAP, 0), (1, 0), (0, 1))
    return figure(sheet, name, shape, 2, words, steps=steps, **block)


def shade(sheet: Sheet, cells: Grid, most: float | None = None) -> None:
    """Shade maps by one scale: from 0, or to both sides of it where some numbers are below.

    most  the number that has the strongest colour; the greatest there is, if not given
    """
    if sheet.plan:
        return
    values = cells.value.astype(float)
    most = most or round_up(float(np.abs(values).max(initial=0)))
    if values.min(initial=0) < 0:
        sheet.scale(cells, DIVERGING, (-most, 0, most))
    else:
        sheet.scale(cells, SCALE, (0, most))


def round_up(number: float) -> float:
    """A number with one digit that is at least as large; 1 for 0.

    >>> round_up(0.23), round_up(14), round_up(0)
    (0.3, 20.0, 1.0)
    """
    if number == 0:
        return 1.0
    unit = floor(log10(number))
    return float(f"{ceil(number / 10.0**unit - 1e-9)}e{unit}")


def _joined(sheet: Sheet, step: Step, given: list[Figure]) -> Figure:
    """Live copies of maps of several layers, as the channels of one."""
    shape = step.operation.input.shape
    names = " + ".join(step.sources)
    words = sheet.say("layer_joined", names=names, size=plain(shape, 1))
    made = map_figure(sheet, f"{step.name} joined", shape, words, role="copy")
    first = 0
    for one in given:
        made.cells[first : first + one.cells.shape[0]] = one.cells
        first += one.cells.shape[0]
    shade(sheet, made.cells)
    return made


def _kernel(sheet: Sheet, name: str, operation: Layer | Convolution) -> Figure:
    g, w = operation.geometry, operation.weight
    words = sheet.say("layer_kernel")
    each = weight_name(sheet, g)
    if isinstance(operation, Convolution):  # whose weight has the output's channels first
        each = Name(lambda o, f: sheet.say("weight_is", i=g.targets(o)[f], o=o))
    down, across = (w.shape[2] + GAP, 0), (0, w.shape[3] + GAP)
    ways = (down, across) if w.shape[0] >= w.shape[1] else (across, down)
    made = figure(
        sheet,
        f"{name} kernel",
        w.shape,
        g.rank,
        words,
        role="kernel",
        content=w,
        steps=(*ways, (1, 0), (0, 1)),
        each=each,
    )
    shade(sheet, made.cells)
    return made


def _title(sheet: Sheet, step: Step) -> str:
    """What a layer is, above its sums."""
    size, operation = plain(step.output_shape, 1), step.operation
    if isinstance(operation, Upsample):
        return sheet.say("layer_upsample", name=step.name, mode=operation.mode, size=size)
    if isinstance(operation, Pool):
        return sheet.say("layer_pool", name=step.name, mode=operation.mode, size=size)
    kind = "conv_transpose" if isinstance(operation, Layer) else "conv"
    return sheet.say(f"layer_{kind}", name=step.name, size=size)


def _write(
    sheet: Sheet,
    cells: Grid,
    step: Step,
    x: Grid,
    kernel: Grid | None = None,
    bias: Grid | None = None,
) -> None:
    """Write the sums of a layer."""
    operation, g = step.operation, step.operation.geometry
    if isinstance(operation, Layer) and kernel is not None:
        tapped(sheet, cells, g, x, kernel, bias, whole=False)
    elif isinstance(operation, Convolution) and kernel is not None:
        convolved(sheet, cells, g, x, kernel, bias)
    elif isinstance(operation, Upsample):
        for at, content in filled(sheet, g, operation.mode, x):
            cells[(slice(None), *at)] = content
    elif isinstance(operation, Pool):
        _pooled(cells, operation, x)


def _pooled(cells: Grid, pool: Pool, x: Grid) -> None:
    """Each cell of its window, all windows at once."""
    axes = pool.geometry.axes
    corners = [slice(0, axis.stride * (axis.size - 1) + 1, axis.stride) for axis in axes]
    seen: list[Expr] = []
    for offsets in np.ndindex(*(axis.kernel_size for axis in axes)):
        moved = (
            slice(corner.start + u, corner.stop + u, corner.step)
            for corner, u in zip(corners, offsets, strict=True)
        )
        seen.append(x[(slice(None), *moved)])
    cells[...] = call("MAX", *seen) if pool.mode == "max" else total(seen) / len(seen)


def _after(sheet: Sheet, network: Network, step: Step, sums: Figure) -> Figure:
    """What the activation makes of the sums; the sums themselves without one."""
    if step.then is None:
        return sums
    told = [sheet.say(f"then_{step.then.kind}"), *(f"{value:g}" for value in step.then.values)]
    words = f"{' '.join(told)}  {plain(step.output_shape, 1)}"
    made = map_figure(
        sheet,
        step.name,
        step.output_shape,
        words,
        role="output",
        content=FORMULAS[step.then.kind](sums.cells, *map(lift, step.then.values)),
        claim=("map", Stage(network, step.name)),
    )
    shade(sheet, made.cells, TANH if step.then.kind in ("tanh", "sigmoid") else None)
    return made
