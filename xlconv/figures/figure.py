"""What the figures of every view share: captions, indices, a layer's blocks, the live verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import prod
from typing import Any

import numpy as np

from xlconv.figures.sums import added, listed, summed
from xlconv.grid.expr import Expr, Grid, call
from xlconv.grid.places import Place, below, beside, corners, tiled
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Axis, Geometry, Run
from xlconv.layers.given import spell
from xlconv.layers.layer import Array, Layer

TOP, LEFT = 5, 2
"""The first row and column of a figure's cells: captions and indices stand before them."""

CONTROLS = 3
"""The row of a sheet's controls; its figure then starts two rows lower."""


def times(sizes: Sequence[int]) -> str:
    """Sizes in words.

    >>> times((4, 4)), times((3, 5, 5))
    ('4 × 4', '3 × 5 × 5')
    """
    return " × ".join(map(str, sizes))


def plain(shape: Sequence[int], leading: int) -> str:
    """A shape in words, without leading ones for channels.

    >>> plain((1, 4, 4), 1), plain((3, 2, 3, 3), 2)
    ('4 × 4', '3 × 2 × 3 × 3')
    """
    return times(shape if any(n > 1 for n in shape[:leading]) else shape[leading:])


def spread(rank: int, channels: int) -> str:
    """How the leading axes of a block lie: channels down, then across; depth across."""
    return ("", "v", "vh")[channels] + "h" * (rank - 2) if rank > 1 else "v" * (channels - 1)


def steps(shape: Sequence[int], rank: int, channels: int) -> tuple[Place, ...]:
    """The steps of a block of `channels` channel axes and `rank` spatial ones."""
    return tiled(shape, spread(rank, channels), gap=2 if rank > 1 else 1)


def caption(sheet: Sheet, grid: Grid, words: str, lift: int = 2) -> None:
    """Words above a block; one row more where indices stand between."""
    (row, column), _ = corners(grid)
    sheet.text((row - lift, column), words, "caption")


def indices(sheet: Sheet, grid: Grid, rank: int, firsts: Sequence[int] = ()) -> list[Grid]:
    """Number a block's cells along its top and left edge, at each of its slices.

    firsts   the index of the first cell along each spatial axis, 0 where not given
    returns  for each spatial axis its indices, to broadcast against the grid
    """
    edges = {
        1: ((..., 0, slice(None)), (-1, 0), (..., None, slice(None))),
        2: ((..., slice(None), 0), (0, -1), (..., slice(None), None)),
        3: ((..., 0, 0), (-1, -1), (..., slice(None), None, None)),
    }
    found = []
    grid = grid if len(grid.shape) > 1 else grid[None]
    for from_end, first in zip(range(rank, 0, -1), firsts or [0] * rank, strict=True):
        edge, (down, across), widen = edges[from_end]
        cells = grid[edge]
        at = (cells.origin[0] + down, cells.origin[1] + across)
        label = sheet.memory(at, cells.shape, steps=cells.steps)
        label[...] = np.arange(first, first + cells.shape[-1], dtype=float)
        sheet.coat(label, "index")
        found.append(label[widen])
    return found


def of_channel(label: Grid, channel: int) -> Grid:
    """The indices of one channel; rows that touch, as in 1-D, share those above the first."""
    return label[min(channel, label.shape[0] - 1)]


@dataclass(frozen=True)
class Sources:
    """What a view computes from: the input, the kernel, and the bias if there is one."""

    input: Grid
    weight: Grid
    bias: Grid | None
    input_indices: list[Grid]


def sources(
    sheet: Sheet,
    layer: Layer | Convolution,
    at: Place = (TOP, LEFT),
    *,
    beside_input: bool = False,
) -> Sources:
    """The layer's input with its kernel under it, or beside it."""
    g, shape = layer.geometry, layer.input.shape
    x = sheet.block(
        "input", at, shape, steps=steps(shape, g.rank, 1), role="input", content=layer.input
    )
    caption(sheet, x, sheet.say("input", size=plain(shape, 1)))
    numbered = indices(sheet, x, g.rank)
    place = (at[0], beside(x, 3)) if beside_input else (below(x, 3), at[1])
    w = kernel_block(sheet, layer, place, tints(g))
    under = (max(below(x, 2), below(w, 2)), at[1])
    bias = None if layer.bias is None else bias_block(sheet, layer.bias, under)
    return Sources(x, w, bias, numbered)


def kernel_block(sheet: Sheet, layer: Layer | Convolution, at: Place, tint: np.ndarray) -> Grid:
    """The kernel with its caption and indices; `tint` broadcasts over the weight."""
    g = layer.geometry
    w = sheet.block(
        "kernel", at, g.weight_shape, steps=steps(g.weight_shape, g.rank, 2), role="kernel",
        content=layer.weight, tint=tint,
    )  # fmt: skip
    caption(sheet, w, sheet.say("kernel", size=plain(g.weight_shape, 2)))
    indices(sheet, w, g.rank)
    return w


def bias_block(sheet: Sheet, bias: Array, at: Place) -> Grid:
    """The bias of each output channel, one under another."""
    cells = sheet.block("bias", at, bias.shape, role="bias", content=bias, steps=((1, 0),))
    caption(sheet, cells, sheet.say("bias"), lift=1)
    return cells


def tints(geometry: Geometry) -> np.ndarray:
    """One tint for each kernel index, to broadcast over the weight."""
    sizes = [axis.kernel_size for axis in geometry.axes]
    return np.arange(np.prod(sizes)).reshape(sizes)


def size_formula(axis: Axis) -> str:
    """The output size of an axis as the sum that gives it.

    >>> size_formula(Axis(size=4, kernel_size=3)), size_formula(Axis(size=2, kernel_size=3, stride=2, padding=(1, 1)))
    ('(4-1)·1 + 3', '(2-1)·2 + 3 - 2·1')
    """
    begin, end = axis.padding
    extent = (
        f"{axis.dilation}·({axis.kernel_size}-1) + 1" if axis.dilation > 1 else f"{axis.extent}"
    )
    text = f"({axis.size}-1)·{axis.stride} + {extent}"
    if begin == end:
        text += f" - 2·{begin}" if begin else ""
    else:
        text += "".join(f" {'-' if p > 0 else '+'} {abs(p)}" for p in (begin, end) if p)
    return text + (f" + {axis.output_padding}" if axis.output_padding else "")


def paddings_of(geometry: Geometry) -> str:
    """The paddings of a layer in words; one serves axes that are alike."""
    each = [spell(axis.padding) for axis in geometry.axes]
    return each[0] if len(set(each)) == 1 else ", ".join(each)


def output_caption(sheet: Sheet, geometry: Geometry) -> str:
    """The output's size, with its formula where one serves all axes."""
    size = plain(geometry.output_shape, 1)
    formulas = {size_formula(axis) for axis in geometry.axes}
    if len(formulas) > 1:
        return sheet.say("output", size=size)
    return sheet.say("output_formula", size=size, formula=formulas.pop())


def output_blocks(
    sheet: Sheet,
    layer: Layer,
    at: Place,
    name: str,
    words: str,
    place: Sequence[Place] | None = None,
) -> tuple[Grid, Grid, list[Grid]]:
    """The full output's cells, still to be written, with the cropped ring to be seen around it.

    place    the steps of the cells; channels down, depth across if not given
    returns  the canvas, the output in it, and the canvas's cells by their output index
    """
    geometry = layer.geometry
    shape = geometry.canvas_shape
    canvas = sheet.memory(at, shape, steps=place or steps(shape, geometry.rank, 1))
    output = canvas[(slice(None), *geometry.crop)]
    if canvas.shape != output.shape:
        sheet.name_block(f"{name}_full", canvas, role="cropped", frame=False)
    sheet.name_block(name, output, role="output", claim=("conv_transpose", layer))
    if words:
        caption(sheet, canvas, words)
    firsts = [-axis.crop.start for axis in geometry.axes]
    return canvas, output, indices(sheet, canvas, geometry.rank, firsts)


TINTED = 2_000
"""Weights beyond which what the looked-at cell meets is not tinted: each takes rules of its own."""


def tinted(sheet: Sheet, weight: Grid) -> bool:
    """Whether what is met is tinted by its weight; a plan has no colours."""
    return not sheet.plan and prod(weight.shape) <= TINTED


def count_caption(sheet: Sheet, geometry: Geometry) -> str:
    """What the counts of stamps are of: of several input channels, those of each."""
    several = geometry.in_channels > geometry.groups
    return sheet.say("count_each" if several else "count")


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
) -> None:
    """Write cells as explicit sums, one formula for all cells that are reached alike.

    cells     (*sizes), not yet written
    runs      for each axis the cells grouped by how they are reached
    term      what a tap brings from a channel
    channels  that are added up
    alike     how many such blocks there are, of which a plan writes this one alone
    """
    # a plan makes the longest alone, and of those the one with the longest addresses
    longest = [max(reversed(axis), key=lambda run: len(run.taps)) for axis in runs]
    sums = []
    for chosen in [longest] if sheet.plan else product(*runs):
        every = [run.taps[-1:] if sheet.plan else run.taps for run in chosen]
        taps = [
            (
                tuple(run.inputs(i0) for run, (i0, _) in zip(chosen, picked, strict=True)),
                tuple(u for _, u in picked),
            )
            for picked in product(*every)
        ]
        terms = [term(i, tap) for i in (channels[-1:] if sheet.plan else channels) for tap in taps]
        if sheet.plan:
            terms *= len(channels) * prod(len(run.taps) for run in chosen)
        sums.append((tuple(run.cells for run in chosen), terms + ([] if bias is None else [bias])))
    summed(sheet, cells, sums, alike)


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
    sheet: Sheet, canvas: Grid, geometry: Geometry, stamps: Grid, bias: Grid | None
) -> None:
    """Write each output cell as the sum of the stamps that reach it.

    canvas  (out_channels, *canvas_sizes), not yet written
    stamps  (in_channels, out_channels // groups, *input_sizes, *kernel_sizes)
    """

    def term(o: int, i: int, tap: Tap) -> Expr:
        inputs, offsets = tap
        return stamps[(i, geometry.filter(o), *inputs, *offsets)]

    _explicit(
        sheet, canvas, [axis.canvas_runs for axis in geometry.axes], geometry.sources, term, bias
    )


def tapped(
    sheet: Sheet, canvas: Grid, geometry: Geometry, x: Grid, w: Grid, bias: Grid | None
) -> None:
    """Write each output cell as the explicit products of inputs and weights that reach it."""

    def term(o: int, i: int, tap: Tap) -> Expr:
        inputs, offsets = tap
        return x[(i, *inputs)] * w[(i, geometry.filter(o), *offsets)]

    _explicit(
        sheet, canvas, [axis.canvas_runs for axis in geometry.axes], geometry.sources, term, bias
    )


def convolved(
    sheet: Sheet, result: Grid, geometry: Geometry, x: Grid, w: Grid, bias: Grid | None = None
) -> None:
    """Write each cell of a plain convolution as the explicit products of inputs and weights.

    result    (out_channels, *result_sizes, ...), not yet written
    geometry  that of the transpose
    x         (in_channels, *sizes, ...); further axes of both go along
    """

    def term(o: int, i: int, tap: Tap) -> Expr:
        inputs, offsets = tap
        return x[(i, *inputs)] * w[(o, geometry.filter(i), *offsets)]

    _explicit(
        sheet, result, [axis.forward_runs for axis in geometry.axes], geometry.targets, term, bias
    )


def _explicit(
    sheet: Sheet,
    cells: Grid,
    runs: Sequence[Sequence[Run]],
    reach: Callable[[int], range],
    term: Callable[[int, int, Tap], Expr],
    bias: Grid | None,
) -> None:
    """Write each channel of a block as explicit sums over the channels that reach it."""
    afford(sheet, runs, len(reach(0)), cells.shape[0])
    for o in written(sheet, cells):
        accumulated(
            sheet, cells[o], runs, partial(term, o), reach(o), None if bias is None else bias[o],
            alike=cells.shape[0],
        )  # fmt: skip


def collected(
    sheet: Sheet, canvas: Grid, geometry: Geometry, turned: Grid, stretched: Grid,
    bias: Grid | None, alike: int = 1,
) -> None:  # fmt: skip
    """Write each output cell as the sum of a window of the stretched input times the turned kernel.

    turned     (in_channels, out_channels // groups, *extents), its gaps filled with zeros
    stretched  (in_channels, *sizes), with margins that make every cell of the canvas a full window
    alike      how many such canvases there are, of which a plan writes this one alone
    """
    extents = [axis.extent for axis in geometry.axes]
    flat = min(2, geometry.rank)  # a range has at most two axes: the others are written out
    longest = len(geometry.sources(0)) * prod(extents[: geometry.rank - flat])
    sheet.afford(longest * geometry.out_channels * alike)
    every = range(longest)
    outer_sizes = extents[: geometry.rank - flat]

    def term(o: int, n: int) -> Expr:
        first, *outer = nth(n, (len(geometry.sources(o)), *outer_sizes))
        i = geometry.sources(o)[first]
        window = stretched[i].windows(*extents)[(*[slice(None)] * geometry.rank, *outer, ...)]
        part = turned[(i, geometry.filter(o), *outer)][(*[None] * geometry.rank, ...)]
        return call("SUMPRODUCT", part.area(flat), window.area(flat))

    for o in written(sheet, canvas):
        terms = listed(sheet, every, partial(term, o))
        more: list[Expr] = [] if bias is None else [bias[o]]
        summed(sheet, canvas[o], [(..., terms + more)], canvas.shape[0] * alike)


def stretched_input(sheet: Sheet, geometry: Geometry, x: Grid, at: Place) -> Grid:
    """The input with its inserted zeros and its margins, each value a live copy."""
    sizes = [axis.stretched_size + sum(axis.margins) for axis in geometry.axes]
    shape = (geometry.in_channels, *sizes)
    z = sheet.block(
        "stretched", at, shape, steps=steps(shape, geometry.rank, 1), role="zero", content=0.0
    )  # fmt: skip
    inner = z[
        (
            slice(None),
            *(
                slice(a.margins[0], a.margins[0] + a.stretched_size, a.stride)
                for a in geometry.axes
            ),
        )
    ]
    inner[...] = x
    sheet.coat(inner, "copy")
    return z


def turned_kernel(sheet: Sheet, geometry: Geometry, w: Grid, at: Place) -> Grid:
    """The kernel turned by 180 degrees, with the zeros of its dilation, each weight a live copy."""
    extents = [axis.extent for axis in geometry.axes]
    shape = (*geometry.weight_shape[:2], *extents)
    place = steps(shape, geometry.rank, 2)
    t = sheet.block("turned", at, shape, steps=place, role="zero", content=0.0)
    back: Any = (..., *(slice(None, None, -1) for _ in extents))
    inner = t[(..., *(slice(None, None, axis.dilation) for axis in geometry.axes))]
    inner[...] = w[back]
    sheet.coat(inner, "copy", tints(geometry)[back])
    return t


def verdict(
    sheet: Sheet,
    at: Place,
    *pairs: tuple[Grid, Grid],
    agree: str = "agree",
    differ: str = "differ",
    valid: Expr | None = None,
) -> None:
    """A live line that says whether two blocks agree; nothing where they are not `valid`."""
    apart = added(
        sheet,
        [term for pair in pairs for term in differences(sheet, *pair, min(2, len(pair[0].shape)))],
    )
    words = call("IF", apart < 1e-9, sheet.say(agree), sheet.say(differ))
    cell = sheet.formula(at, words if valid is None else call("IF", valid, words, ""), "verdict")
    sheet.light(cell, cell.equals(sheet.say(differ)), "alarm")


def differences(sheet: Sheet, a: Grid, b: Grid, flat: int) -> list[Expr]:
    """How far two blocks are apart: the squares of the differences, added for each slice.

    flat  the axes of a slice, the last ones
    """
    slices = a.shape[: len(a.shape) - flat]
    sheet.afford(prod(slices))
    return listed(
        sheet,
        range(prod(slices)),
        lambda n: call("SUMXMY2", a[nth(n, slices)].area(flat), b[nth(n, slices)].area(flat)),
    )


def nth(n: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """The index of the nth cell of some sizes, in C order.

    >>> nth(5, (2, 3)), nth(0, ())
    ((1, 2), ())
    """
    return tuple(map(int, np.unravel_index(n, tuple(sizes)))) if sizes else ()


def stretched_caption(sheet: Sheet, geometry: Geometry) -> str:
    """What was done to the input before the turned kernel slides over it."""
    sizes = [axis.stretched_size + sum(axis.margins) for axis in geometry.axes]
    margins = {margin for axis in geometry.axes for margin in axis.margins}
    zeros = {axis.stride - 1 for axis in geometry.axes}
    return sheet.say(
        "stretched" if zeros == {0} else "stretched_apart",
        margin=_alike(margins),
        zeros=_alike(zeros),
        size=plain((geometry.in_channels, *sizes), 1),
    )


def _alike(numbers: set[int]) -> str:
    return f"{min(numbers)}" if len(numbers) == 1 else f"{min(numbers)} to {max(numbers)}"


LONG = 60
"""Rows beyond which a sheet's title stays when it is scrolled."""


def surround(
    sheet: Sheet, title: str, idea: str, try_this: Sequence[str], n: int, names: Sequence[str]
) -> None:
    """The title and the idea above a figure, the links beside them, what to try under it.

    n      the number of this sheet in its book, from 0
    names  the names of all sheets of the book
    """
    sheet.heights[0] = 30
    sheet.text((0, 1), title, "title")
    if sheet.rows > LONG:
        sheet.frozen_rows = max(2, sheet.frozen_rows)
    if idea:
        sheet.text((1, 1), idea, "idea")
    if try_this:
        row = sheet.try_row or sheet.rows + 1
        sheet.text((row, 1), sheet.say("try_this"), "caption")
        for number, line in enumerate(try_this, 1):
            sheet.text((row + number, 1), f"{number}.  {line}", "text")
    if n == 0:
        return
    links = [
        (names[0], sheet.say("contents")),
        (names[n - 1], sheet.say("previous", name=names[n - 1])),
    ]
    if n + 1 < len(names):
        links.append((names[n + 1], sheet.say("next", name=names[n + 1])))
    column = int(len(title) * 13 / (sheet.column_width * 7.5)) + 3
    for target, words in links:
        sheet.link((0, column), words, target)
        column += int(len(words) * 7 / (sheet.column_width * 7.5)) + 2
