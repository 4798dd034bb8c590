"""The two ways from an input to an output, as formulas: distribute and collect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import product
from math import prod
from typing import Any

from xlconv.figures.sums import listed, nth, over, same, summed
from xlconv.grid.expr import Expr
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.runs import Run

Tap = tuple[tuple[slice, ...], tuple[int, ...]]
"""For each axis the inputs that a tap brings to a run of cells, and the kernel index it uses."""


def accumulated(
    sheet: Sheet,
    cells: Grid,
    runs: Sequence[Sequence[Run]],
    term: Callable[[int, Tap], Expr],
    channels: range = range(1),
    bias: Expr | None = None,
    alike: int = 1,
    rest: Grid | None = None,
    then: Callable[[Expr], Expr] = same,
    outer: tuple[slice, ...] = (),
) -> None:
    """Write cells as explicit sums, one formula for all cells that are reached alike.

    cells     (*sizes), not yet written
    runs      for each axis the cells grouped by how they are reached
    term      what a tap brings from a channel
    channels  that are added up
    alike     how many such blocks there are, of which a plan writes this one alone
    rest      (*sizes), what else is added to each cell
    then      what is made of each sum in its cell
    outer     for each axis before the sizes which cells of it are written at once
    """
    # a plan makes the longest alone, and of those the one with the longest addresses
    longest = [max(reversed(axis), key=lambda run: len(run.taps)) for axis in runs]
    sums = []
    for chosen in [longest] if sheet.plan else product(*runs):
        reached = [run.reached[-1:] if sheet.plan else run.reached for run in chosen]
        taps: list[Any] = [tuple(zip(*picked, strict=True)) for picked in product(*reached)]
        terms = [term(i, tap) for i in (channels[-1:] if sheet.plan else channels) for tap in taps]
        if sheet.plan:
            terms *= len(channels) * prod(len(run.taps) for run in chosen)
        at = (*outer, *(run.cells for run in chosen))
        more = [bias, None if rest is None else rest[at]]
        sums.append((at, terms + [one for one in more if one is not None]))
    summed(sheet, cells, sums, alike, then)


def afford(sheet: Sheet, runs: Sequence[Sequence[Run]], channels: int = 1, blocks: int = 1) -> None:
    """Refuse sums that are too many, before they are made.

    channels  that each sum adds up
    blocks    how many blocks of cells are written so
    """
    every = prod(sum(len(run.taps) for run in axis) for axis in runs) + prod(map(len, runs))
    sheet.afford(every * channels * blocks)


def written(sheet: Sheet, cells: Grid) -> range:
    """The channels of a block; of a plan the last, which has the longest addresses."""
    channels = range(cells.shape[0])
    return channels[-1:] if sheet.plan else channels


def distributed(
    sheet: Sheet,
    canvas: Grid,
    geometry: Geometry,
    stamps: Grid,
    bias: Grid | None,
    rest: Grid | None = None,
) -> None:
    """Write each output cell as the sum of the stamps that reach it.

    canvas  (out_channels, *canvas_sizes), not yet written
    stamps  (in_channels, out_channels // groups, *input_sizes, *kernel_sizes)
    """

    def term(o: int, i: int, tap: Tap) -> Expr:
        inputs, offsets = tap
        return stamps[(i, geometry.filter(o), *inputs, *offsets)]

    runs = [axis.canvas_runs for axis in geometry.axes]
    _explicit(sheet, canvas, runs, geometry.sources, term, bias, rest)


def tapped(
    sheet: Sheet,
    canvas: Grid,
    geometry: Geometry,
    x: Grid,
    w: Grid,
    bias: Grid | None,
    rest: Grid | None = None,
    whole: bool = True,
    then: Callable[[Expr], Expr] = same,
) -> None:
    """Write each output cell as the explicit products of inputs and weights that reach it.

    whole  whether the cells are the canvas, or what is not cropped of it alone
    then   what is made of each sum in its cell
    """

    @cache
    def weight(o: int, i: int, offsets: tuple[int, ...]) -> Grid:
        return w[(i, geometry.filter(o), *offsets)]

    def term(o: int, i: int, tap: Tap) -> Expr:
        inputs, offsets = tap
        return x[(i, *inputs)] * weight(o, i, offsets)

    runs = [axis.canvas_runs if whole else axis.runs for axis in geometry.axes]
    _explicit(sheet, canvas, runs, geometry.sources, term, bias, rest, then)


def convolved(
    sheet: Sheet,
    result: Grid,
    geometry: Geometry,
    x: Grid,
    w: Grid,
    bias: Grid | None = None,
    rest: Grid | None = None,
) -> None:
    """Write each cell of a plain convolution as the explicit products of inputs and weights.

    result    (out_channels, *result_sizes, ...), not yet written
    geometry  that of the transpose
    x         (in_channels, *sizes, ...); further axes of both go along
    """

    def term(o: int, i: int, tap: Tap) -> Expr:
        inputs, offsets = tap
        return x[(i, *inputs)] * w[(o, geometry.filter(i), *offsets)]

    runs = [axis.forward_runs for axis in geometry.axes]
    _explicit(sheet, result, runs, geometry.targets, term, bias, rest)


def _explicit(
    sheet: Sheet,
    cells: Grid,
    runs: Sequence[Sequence[Run]],
    reach: Callable[[int], range],
    term: Callable[[int, int, Tap], Expr],
    bias: Grid | None,
    rest: Grid | None = None,
    then: Callable[[Expr], Expr] = same,
) -> None:
    """Write each channel of a block as explicit sums over the channels that reach it."""
    afford(sheet, runs, len(reach(0)), cells.shape[0])
    for o in written(sheet, cells):
        accumulated(
            sheet,
            cells[o],
            runs,
            partial(term, o),
            reach(o),
            None if bias is None else bias[o],
            alike=cells.shape[0],
            rest=None if rest is None else rest[o],
            then=then,
        )


def collected(
    sheet: Sheet,
    canvas: Grid,
    geometry: Geometry,
    turned: Grid,
    stretched: Grid,
    bias: Grid | None,
    alike: int = 1,
    rest: Grid | None = None,
) -> None:
    """Write each output cell as the sum of a window of the stretched input times the turned kernel.

    turned     (in_channels, out_channels // groups, *extents), its gaps filled with zeros
    stretched  (in_channels, *sizes), with margins that make every cell of the canvas a full window
    alike      how many such canvases there are, of which a plan writes this one alone
    rest       (out_channels, *canvas_sizes), what else is added to each cell
    """
    windows, everywhere = _windows(geometry, stretched), (*[None] * geometry.rank, ...)

    def factors(o: int, i: int) -> tuple[Grid, Grid]:
        return turned[(i, geometry.filter(o))][everywhere], windows[i]

    _in_windows(sheet, canvas, geometry, geometry.sources, factors, bias, alike, rest)


def slid(
    sheet: Sheet,
    result: Grid,
    geometry: Geometry,
    padded: Grid,
    kernel: Grid,
    bias: Grid | None,
    rest: Grid | None = None,
) -> None:
    """Write each cell of a plain convolution as the sum of a window of its input times the kernel.

    geometry  that of the transpose
    padded    (in_channels, *sizes), the input with the zeros around it
    kernel    (out_channels, in_channels // groups, *extents), its gaps filled with zeros
    """
    places = tuple(
        slice(0, axis.stride * (axis.size - 1) + 1, axis.stride) for axis in geometry.axes
    )
    windows, everywhere = _windows(geometry, padded), (*[None] * geometry.rank, ...)

    def factors(o: int, i: int) -> tuple[Grid, Grid]:
        return windows[(i, *places)], kernel[(o, geometry.filter(i))][everywhere]

    _in_windows(sheet, result, geometry, geometry.targets, factors, bias, rest=rest)


def _windows(geometry: Geometry, cells: Grid) -> Grid:
    """What the kernel with its gaps sees of cells at each place: (channels, *places, *extents)."""
    return cells.windows(*(axis.extent for axis in geometry.axes))


def _in_windows(
    sheet: Sheet,
    cells: Grid,
    geometry: Geometry,
    reach: Callable[[int], range],
    factors: Callable[[int, int], tuple[Grid, Grid]],
    bias: Grid | None,
    alike: int = 1,
    rest: Grid | None = None,
) -> None:
    """Write each channel of a block as sums of products over windows, a window a channel reached.

    A range has at most two axes: the others are written out.

    factors  what is multiplied, from one channel to another: each (*places, *extents)
    """
    rank = geometry.rank
    flat = min(2, rank)
    outer = [axis.extent for axis in geometry.axes[: rank - flat]]
    longest = len(reach(0)) * prod(outer)
    sheet.afford(longest * cells.shape[0] * alike)

    def term(o: int, n: int) -> Expr:
        first, *offsets = nth(n, (len(reach(o)), *outer))
        plane = (*[slice(None)] * rank, *offsets, ...)
        one, other = (factor[plane] for factor in factors(o, reach(o)[first]))
        return over("SUMPRODUCT", flat, one, other)

    for o in written(sheet, cells):
        terms = listed(sheet, range(longest), partial(term, o))
        more: list[Expr] = [one[o] for one in (bias, rest) if one is not None]
        summed(sheet, cells[o], [(..., terms + more)], cells.shape[0] * alike)
