"""Gradient descent, step under step: the kernel, what it makes, its errors and their gradient."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import prod

from xlconv.figures.blocks import Figure, figure
from xlconv.figures.edges import Name, numbers
from xlconv.figures.layout import Arranged
from xlconv.figures.operations import tapped
from xlconv.figures.spread import GAP
from xlconv.figures.sums import over
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr, call, lift, total
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot, start
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry

LOST = 50
"""How many times the first loss is too much: nothing is learnt from there on."""

LEVELS = (10, 1, 0.1, 0.01, 0.001, 0.0001)
"""The rows of the curve, each a power of ten, as parts of the first loss."""


@frozen
class Descent:
    """All steps under one another: (steps, *sizes) each."""

    kernels: Figure
    gradients: Figure
    outputs: Figure
    errors: Figure

    @property
    def arranged(self) -> Arranged:
        """From left to right; the gradient hangs under its kernel."""
        return self.kernels >> self.outputs >> self.errors

    def rows(self) -> list[int]:
        """The first row of each step but the first, when all has its place."""
        cells = self.kernels.cells
        return [cells[n].origin[0] - GAP for n in range(1, len(cells.memory))]


@frozen
class Given:
    """What is learnt from: an input, a bias if there is one, and the output that is wanted."""

    input: Grid
    bias: Grid | None
    wanted: Grid


@frozen
class Curve:
    """The loss at each step, and the rate at which its gradient is followed: (steps,) both."""

    bars: Figure
    steps: Grid
    losses: Grid
    rates: Grid


def descent_figures(sheet: Sheet, g: Geometry, steps: int) -> Descent:
    """Room for all steps of a layer's kernel."""
    kernel, output = g.weight_shape[2:], g.output_shape[1:]
    under = kernel[0] + GAP
    pitch = GAP + max(output[0], under + kernel[0])

    def made(name: str, size: tuple[int, ...], each: str, at: Spot, words: str | None) -> Figure:
        named, moves = Name(lambda n: sheet.say(each, n=n)), ((pitch, 0), (1, 0), (0, 1))
        shape = (steps, *size)
        return figure(sheet, name, shape, 2, words, role="computed", steps=moves, each=named, at=at)

    corner = sheet.corner()
    kernels = made("kernels", kernel, "step_is", corner, sheet.say("kernels"))
    gradients = made("gradients", kernel, "gradient_is", corner.shift(under), "")
    outputs, errors = (
        made(name, output, "step_is", sheet.corner(), sheet.say(name))
        for name in ("outputs", "errors")
    )
    return Descent(kernels, gradients, outputs, errors)


def curve_figure(sheet: Sheet, steps: int) -> Curve:
    """Room for a bar of cells at each step, its top one paler; under it the loss and the rate."""
    high, words = len(LEVELS), sheet.say("losses")
    bars = figure(sheet, "bars", (high, steps), 2, words, role="pixel", numbered=False)
    corner = start(bars.cells)
    sheet.line(corner.shift(0, -1), [f"{level:g}" for level in LEVELS], "edge", (1, 0))
    across = numbers(sheet, corner.shift(high), 0, (steps,))
    rows = [
        sheet.block(name, corner.shift(high + n), (steps,), role=role, steps=((0, 1),))
        for n, (name, role) in enumerate((("losses", "power"), ("rates", "computed")), 1)
    ]
    for n, name in enumerate(("loss_is", "rate_is"), 1):
        sheet.text(corner.shift(high + n, steps), sheet.say(name), "note")
    return Curve(bars, across, *rows)


def descend(sheet: Sheet, g: Geometry, of: Descent, curve: Curve, given: Given, rate: Expr) -> None:
    """Write all steps, each with the kernel that the one before it has learnt.

    rate  at which the gradient is followed, unless the loss has become too large
    """
    w, y, e, slopes = (f.cells for f in (of.kernels, of.outputs, of.errors, of.gradients))
    cells, first = prod(given.wanted.shape), curve.losses[0]
    w[0] = 0
    sheet.name_block("kernel_before", w[0], role="parameter")
    for n in range(len(curve.losses.memory)):
        if n:
            w[n] = w[n - 1] - curve.rates[n - 1] * slopes[n - 1]
        tapped(sheet, y[n : n + 1], g, given.input, w[n : n + 1, None], given.bias, whole=False)
        e[n] = y[n] - given.wanted[0]
        curve.losses[n] = _mean_square(e[n])
        curve.rates[n] = call("IF", curve.losses[n] <= LOST * first, rate, 0)
        _gradient(sheet, g, slopes[n], (e[n], given.input[0]), 2 / cells)
    for n, level in enumerate(LEVELS):
        part = call("MIN", 1, call("LOG10", curve.losses / (level * first)))
        curve.bars.cells[n] = call("IF", curve.losses > level * first, part, 0)


def _mean_square(errors: Grid) -> Expr:
    """The mean of the squares of cells; of a single one it is its square."""
    cells = prod(errors.shape)
    squares = over("SUMPRODUCT", len(errors.shape), errors, errors)
    return squares if cells == 1 else squares / cells


def _gradient(sheet: Sheet, g: Geometry, cells: Grid, of: tuple[Grid, Grid], share: float) -> None:
    """Write the gradient of the kernel: a plain convolution of the errors, the input its kernel.

    Input and kernel take part alike in a transposed convolution, so what is its transpose for one
    is so for the other, with stride and dilation exchanged.
    """
    errors, x = of
    turned = [
        replace(a, size=a.kernel_size, kernel_size=a.size, stride=a.dilation, dilation=a.stride)
        for a in g.axes
    ]
    runs = [axis.forward_runs for axis in turned]
    longest = prod(max(len(run.taps) for run in axis) for axis in runs)
    sheet.afford(longest * prod(cells.shape), longest)
    if sheet.plan:
        return
    for chosen in product(*runs):
        terms: list[Expr] = []
        for taps in product(*(run.reached for run in chosen)):
            seen, at = zip(*taps, strict=True)
            terms.append(errors[seen] * x[at])
        cells[tuple(run.cells for run in chosen)] = lift(share) * total(terms)
