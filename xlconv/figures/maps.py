"""The layers of a network as figures: kernels, sums, and what the activations make of them."""

from __future__ import annotations

import re
from math import ceil, floor, log10
from typing import Any

import numpy as np

from xlconv.figures.blocks import Figure, figure
from xlconv.figures.edges import Name, weight_name
from xlconv.figures.layout import Arranged, Led
from xlconv.figures.operations import convolved, tapped
from xlconv.figures.paper import Quiet
from xlconv.figures.spread import GAP, Channels, Spread, spread
from xlconv.figures.then import FORMULAS
from xlconv.figures.titles import plain
from xlconv.figures.upsampled import filled
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr, call, lift, total
from xlconv.grid.grid import Grid
from xlconv.grid.places import Place, start
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import DIVERGING, HEAT
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.layers.network import Network, Pool, Stage, Step, Upsample
from xlconv.layers.then import Step as Then

TANH = 1.0
"""The most that a hyperbolic tangent or a sigmoid gives."""


@frozen
class Drawn:
    """A layer on a sheet.

    joined   copies of the maps that it reads, where they are of several layers
    weights  its kernels and its bias, if it has them
    sums     what it computes
    after    what its activation makes of them; the sums where it has none
    """

    lies: Spread
    joined: Figure | None
    weights: Arranged | None
    sums: Figure
    after: Figure

    @property
    def maps(self) -> list[Figure]:
        """Those of its own sizes: the sums, and what the activation makes of them."""
        return [self.sums] if self.after is self.sums else [self.sums, self.after]

    def figures(self, more: Arranged | None = None) -> Arranged:
        """From what is joined and the weights to what the activation gives.

        more  that belongs to that
        """
        sums, *after = (channels(one, self.lies.maps) for one in self.maps)
        joined = self.joined and channels(self.joined, (self.joined.cells.shape[1] + GAP, 0))
        weights = self.weights if joined is None else joined | self._times()
        if self.lies.stands == "above":
            return _over(weights, sums, *map(Quiet, after)) / more
        onward: Arranged = sums
        for one in after:
            onward = onward >> Quiet(one)
        if self.lies.stands == "before":
            return _over(weights, onward | more)
        if weights is None:
            return onward / more
        alone = self.sums.cells.shape[0] == 1
        beside = weights | Led(onward / more if alone else onward, "=")
        return beside if alone else beside / more

    def _times(self) -> Arranged | None:
        return self.weights and Led(self.weights, "∗")


def _over(first: Arranged | None, *others: Arranged) -> Arranged:
    """Parts under one another, each leading to the next."""
    made, *rest = others if first is None else (first, *others)
    for one in rest:
        made = made // one
    return made


def channels(figure: Figure, step: Place) -> Channels:
    """The figure of a map, as paper may cut it."""
    return Channels(figure, figure.cells.shape[0], step, GAP)


def layer_figures(
    sheet: Sheet, network: Network, step: Step, given: list[Figure], columns: int
) -> Drawn:
    """A layer, its sums written as formulas of the maps that it reads and of its own weights.

    columns  that paper has room for
    """
    lies = spread(step, columns)
    joined = _joined(sheet, step, given) if len(given) > 1 else None
    reads = (joined or given[0]).cells
    operation = step.operation
    weights, numbers = None, list[Grid]()
    if isinstance(operation, Layer | Convolution):
        weights, numbers = _weights(sheet, step.name, operation, lies)
    name = f"{step.name} sums" if step.then else step.name
    sums = map_figure(
        sheet,
        name,
        step.output_shape,
        _title(sheet, step),
        step=lies.maps,
        role="computed",
        claim=("sums", Stage(network, step.name)),
    )
    _write(sheet, sums.cells, step, reads, *numbers)
    shade(sheet, sums.cells)
    return Drawn(lies, joined, weights, sums, _after(sheet, network, step, sums, lies.maps))


def map_figure(
    sheet: Sheet,
    name: str,
    shape: tuple[int, ...],
    words: str | None = None,
    step: Place | None = None,
    inner: tuple[Place, Place] = ((1, 0), (0, 1)),
    **block: Any,
) -> Figure:
    """The channels of a map, close together.

    step   from one to the next; downward, if not given
    inner  the steps along its rows and columns
    """
    steps = (step or (shape[1] + GAP, 0), *inner)
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
        sheet.scale(cells, HEAT, (0, most))


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


def _weights(
    sheet: Sheet, name: str, operation: Layer | Convolution, lies: Spread
) -> tuple[Arranged, list[Grid]]:
    """The kernels and the bias under them, as a part and as cells."""
    g, w, b = operation.geometry, operation.weight, operation.bias
    each, ways, (ins, outs) = weight_name(sheet, g), (lies.ins, lies.outs), w.shape[:2]
    if isinstance(operation, Convolution):  # whose weight has the output's channels first
        each = Name(lambda o, f: sheet.say("weight_is", i=g.targets(o)[f], o=o))
        ways, (outs, ins) = (lies.outs, lies.ins), w.shape[:2]
    made = figure(
        sheet,
        f"{name} kernel",
        w.shape,
        g.rank,
        sheet.say("layer_kernel" if b is None else "layer_weights"),
        role="kernel",
        content=w,
        steps=(*ways, (1, 0), (0, 1)),
        each=each,
        numbered=False,
    )
    shade(sheet, made.cells)
    count, downward = (ins, lies.ins) if lies.ins[0] else (outs, lies.outs)
    words = min(GAP, downward[0] - w.shape[2])
    part = Quiet(Channels(made, count, downward, words))
    if b is None:
        return part, [made.cells]
    under = start(made.cells).shift((ins - 1) * lies.ins[0] + w.shape[2])
    bias = sheet.block(f"{name} bias", under, b.shape, role="bias", content=b, steps=(lies.outs,))
    return part, [made.cells, bias]


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


def _after(sheet: Sheet, network: Network, step: Step, sums: Figure, way: Place) -> Figure:
    """What the activation makes of the sums; the sums themselves without one."""
    if step.then is None:
        return sums
    made = map_figure(
        sheet,
        step.name,
        step.output_shape,
        then_words(sheet, step.then),
        step=way,
        role="output",
        content=activated(step.then, sums.cells),
        claim=("map", Stage(network, step.name)),
    )
    shade_after(sheet, made.cells, step.then)
    return made


def then_words(sheet: Sheet, then: Then) -> str:
    """An activation in words, without what it does."""
    named, *_ = re.split("[:：]", sheet.say(f"then_{then.kind}"))  # the second is Chinese
    return " ".join([named, *(f"{value:g}" for value in then.values)])


def activated(then: Then | None, sums: Expr) -> Expr:
    """What an activation makes of sums; the sums themselves without one."""
    return sums if then is None else FORMULAS[then.kind](sums, *map(lift, then.values))


def shade_after(sheet: Sheet, cells: Grid, then: Then | None) -> None:
    """Shade maps as `shade` does; what an activation bounds, up to that."""
    shade(sheet, cells, TANH if then and then.kind in ("tanh", "sigmoid") else None)
