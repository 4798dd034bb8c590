"""Phases: a stride of s is s small ordinary convolutions an axis, whose outputs interleave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.figure import (
    LEFT,
    TOP,
    bias_block,
    caption,
    collected,
    indices,
    kernel_block,
    output_blocks,
    output_caption,
    plain,
    steps,
    tapped,
    verdict,
    written,
)
from xlconv.grid import theme
from xlconv.grid.expr import Constant, Grid
from xlconv.grid.places import Place, below, beside, corners
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.layer import Layer
from xlconv.layers.phase import Phase, Shown, phase_tints, shown_phases

PIXEL_WIDTH, PIXEL_HEIGHT, PICTURE_ZOOM = 2.67, 14, 60
"""A pixel's cell in characters and points, and a zoom in percent at which pixels are a picture."""

HAND = 400
"""Output cells beyond which a sheet is an image: heat instead of tints, and no second way."""


PHASES = 4_096
"""Phases beyond which nobody looks at the kernel of each: those of a stride of 64."""


def phases(sheet: Sheet, layer: Layer, *, small: bool = False, picture: bool = False) -> None:
    """The input with a margin, the kernel split into phases, and the output that they interleave.

    small    whether each phase is computed on its own first, and the output puts them together
    picture  whether the cells are pixels, in shades of grey or, of three channels, of colours
    """
    g = layer.geometry
    many = prod(min(axis.stride, axis.output_size) for axis in g.axes)
    if many > PHASES:
        raise XlconvError(
            f"the phases view shows at most {PHASES} phases, this layer has {many}:"
            " use a smaller stride",
            parameter="stride",
        )
    axes = [[Phase.of(a, start) for start in range(min(a.stride, a.output_size))] for a in g.axes]
    image = picture or prod(g.output_shape) > HAND
    rank, tint, shown = g.rank, phase_tints(g, axes), shown_phases(axes, sheet.plan)

    # a small layer stands beside its kernels, an image under them
    if image:
        w, bias = _kernel(sheet, layer, (TOP, LEFT), tint)
        parts = _split(sheet, g, axes, shown, w, (TOP, max(beside(w, 3), LEFT + 6)))
        at = (TOP, sheet.columns + 2) if picture else (sheet.rows + 4, LEFT)
    field, lows = _input(sheet, layer, axes, at if image else (TOP, LEFT))
    if not image:
        w, bias = _kernel(sheet, layer, (below(field, 3), LEFT), tint)
        at = (TOP, max(beside(field, 3), beside(w, 3), LEFT + 6))
        parts = _split(sheet, g, axes, shown, w, at)
    y_at = (field.origin[0], beside(field, 3) if image else sheet.columns + 2)

    shape = g.output_shape
    apart = _apart(sheet, g, axes, shown, y_at) if small else {}
    if small:
        y_at = (y_at[0], max(beside(grid, 3) for grid in apart.values()))
    y = sheet.block(
        "output", y_at, shape, steps=steps(shape, rank, 1), role="output",
        claim=("conv_transpose", layer),
    )  # fmt: skip
    caption(sheet, y, output_caption(sheet, g))

    for one, part in zip(shown, parts, strict=True):
        every = (slice(p.start, None, a.stride) for p, a in zip(one.axes, g.axes, strict=True))
        cells = y[(slice(None), *every)]
        target = apart.get(one.number, cells)
        _convolved(sheet, target, g, one, part, field, lows, bias)
        if small:
            cells[...] = target
            sheet.coat(target, "computed", one.number)
        if not image:
            sheet.coat(cells, "output", one.number)
    if image:
        for cells, around in ((field[_inner(g, lows)], field), (y, y)):
            _shade(sheet, cells, around, picture)
        return
    indices(sheet, y, rank)
    canvas, again, _ = output_blocks(
        sheet, layer, (below(y, 4), y_at[1]), "distribute_output",
        sheet.say("by_distributing", size=plain(shape, 1)),
    )  # fmt: skip
    tapped(sheet, canvas, g, field[_inner(g, lows)], w, bias)
    verdict(sheet, (below(canvas), y_at[1]), (y, again))


def _shade(sheet: Sheet, cells: Grid, around: Grid, picture: bool) -> None:
    """Show values as a heat map, or as the pixels of a picture with what is around it."""
    if not picture:
        sheet.scale(cells)
        return
    sheet.coat(cells, "pixel")
    sheet.row_height, sheet.zoom = PIXEL_HEIGHT, PICTURE_ZOOM
    (_, first), (_, last) = corners(around)
    sheet.widths.update(dict.fromkeys(range(first, last + 1), PIXEL_WIDTH))
    shades = theme.PRIMARIES if cells.shape[0] == 3 else [theme.GREYS] * cells.shape[0]
    for channel, ends in enumerate(shades):
        sheet.scale(cells[channel], ends)


def _kernel(sheet: Sheet, layer: Layer, at: Place, tint: np.ndarray) -> tuple[Grid, Grid | None]:
    w = kernel_block(sheet, layer, at, tint)
    under = (below(w, 2), at[1])
    return w, None if layer.bias is None else bias_block(sheet, layer.bias, under)


def _input(
    sheet: Sheet, layer: Layer, axes: Sequence[Sequence[Phase]], at: Place
) -> tuple[Grid, list[int]]:
    """The input inside a margin of zeros, with no zeros between; and how many lie before it."""
    g = layer.geometry
    reach = [[p for p in axis if p.offsets] for axis in axes]
    lows = [max([0, *(-p.base for p in axis)]) for axis in reach]
    highs = [
        max([0, *(p.base + p.count - 1 + p.extent - a.size for p in axis)])
        for axis, a in zip(reach, g.axes, strict=True)
    ]
    sizes = [low + a.size + high for low, a, high in zip(lows, g.axes, highs, strict=True)]
    shape = (g.in_channels, *sizes)
    field = sheet.memory(at, shape, steps=steps(shape, g.rank, 1))
    sheet.coat(field, "zero")
    inner = _inner(g, lows)
    for n, (low, high) in enumerate(zip(lows, highs, strict=True), 1):
        for edge in (slice(0, low), slice(shape[n] - high, None)):
            if edge.start != (edge.stop or shape[n]):
                field[(*inner[:n], edge, ...)] = 0.0
    x = field[inner]
    x[...] = layer.input
    sheet.name_block("input", x, role="input")
    words = "input_margin" if sum(lows) + sum(highs) else "input"
    caption(sheet, field, sheet.say(words, size=plain(g.input_shape, 1)))
    if prod(g.output_shape) <= HAND:
        indices(sheet, field, g.rank, [-low for low in lows])
    return field, lows


def _inner(g: Geometry, lows: Sequence[int]) -> tuple[slice, ...]:
    """The input's place in its margin."""
    places = (slice(low, low + a.size) for low, a in zip(lows, g.axes, strict=True))
    return (slice(None), *places)


def _place(
    n: int, shape: Sequence[int], axes: Sequence[Sequence[Phase]], at: Place, least: int,
    channels: int,
) -> Place:  # fmt: skip
    """Where a block of `shape` stands for phase n: the last axis across, the others down."""
    rank = len(axes)
    moves = list(zip(shape, steps(shape, rank, channels), strict=True))
    height, width = (sum((n - 1) * step[way] for n, step in moves) + 1 for way in (0, 1))
    down, across = divmod(n, len(axes[-1]) if rank > 1 else 1)
    return (
        at[0] + down * (height + (2 if least else 1)),
        at[1] + across * (max(width, least) + 1),
    )


def _split(
    sheet: Sheet, g: Geometry, axes: Sequence[Sequence[Phase]], shown: Sequence[Shown], w: Grid,
    at: Place,
) -> list[Grid | None]:  # fmt: skip
    """The sub-kernel of each phase, turned, each weight a live copy; None where it has none."""
    sheet.text((at[0] - 2, at[1]), sheet.count("phases", count=prod(map(len, axes))), "caption")
    most = (*g.weight_shape[:2], *(max(p.extent for p in axis) for axis in axes))
    found: list[Grid | None] = []
    least = 2 + len(_name(g, [axis[-1] for axis in axes])) // 4
    for one in shown:
        place = _place(one.number, most, axes, at, least, 2)
        words = sheet.say("phase", cells=_name(g, one.axes))
        sheet.text((place[0] - 1, place[1]), words, "note")
        if not all(p.offsets for p in one.axes):
            sheet.text(place, sheet.say("phase_empty"), "note")
            found.append(None)
            continue
        shape = (*g.weight_shape[:2], *(p.extent for p in one.axes))
        part = sheet.block(
            f"phase_{one.number}", place, shape, steps=steps(most, g.rank, 2), role="zero"
        )
        mine = part[(..., *(slice(None, None, p.apart) for p in one.axes))]
        if mine.shape != part.shape:
            part[...] = 0.0
        mine[...] = w[(..., *(p.weights for p in one.axes))]
        sheet.coat(mine, "copy", one.number)
        found.append(part)
    return found


def _name(g: Geometry, phase: Sequence[Phase]) -> str:
    """The cells of a phase as a slice; of those of a layer the last has the longest."""
    each = zip(phase, g.axes, strict=True)
    return ", ".join(f"{p.start}::{a.stride}" if a.stride > 1 else ":" for p, a in each)


def _apart(
    sheet: Sheet, g: Geometry, axes: Sequence[Sequence[Phase]], shown: Sequence[Shown], at: Place
) -> dict[int, Grid]:
    """The cells of each phase on its own, by its number, not yet written."""
    sheet.text((at[0] - 2, at[1]), sheet.say("small_outputs"), "caption")
    most = (g.out_channels, *(axis[0].count for axis in axes))
    return {
        one.number: sheet.block(
            f"small_{one.number}",
            _place(one.number, most, axes, at, 0, 1),
            (g.out_channels, *(phase.count for phase in one.axes)),
            steps=steps(most, g.rank, 1),
            role="computed",
        )
        for one in shown
    }


def _convolved(
    sheet: Sheet, cells: Grid, g: Geometry, one: Shown, part: Grid | None, field: Grid,
    lows: Sequence[int], bias: Grid | None,
) -> None:  # fmt: skip
    """Write the cells of one phase as an ordinary convolution of the input with its sub-kernel."""
    if part is None:
        for o in written(sheet, cells):
            cells[o] = Constant(0) if bias is None else bias[o]
        return
    axes = [Axis(size=1, kernel_size=len(p.offsets), dilation=p.apart) for p in one.axes]
    read = (
        slice(low + p.base, low + p.base + p.count + p.extent - 1)
        for low, p in zip(lows, one.axes, strict=True)
    )
    window = field[(slice(None), *read)]
    collected(sheet, cells, replace(g, axes=tuple(axes)), part, window, bias, one.alike)
