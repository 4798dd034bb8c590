"""Phases: a stride of s is s small ordinary convolutions an axis, whose outputs interleave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import gcd, prod

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

PIXEL_WIDTH, PIXEL_HEIGHT, PICTURE_ZOOM = 2.67, 14, 60
"""A pixel's cell in characters and points, and a zoom in percent at which pixels are a picture."""

HAND = 400
"""Output cells beyond which a sheet is an image: heat instead of tints, and no second way."""


PHASES = 4_096
"""Phases beyond which nobody looks at the kernel of each: those of a stride of 64."""


@dataclass(frozen=True)
class Phase:
    """The output cells start, start + s, ... of one axis, as a plain convolution of the input.

    offsets  the kernel indices that act here, in the order in which they meet the input
    apart    how far apart in the input two of them are
    base     the input that the first of them meets for the first of the cells
    count    how many cells there are
    """

    start: int
    offsets: range
    apart: int
    base: int
    count: int

    @classmethod
    def of(cls, axis: Axis, start: int) -> Phase:
        """Phase `start` of an axis.

        >>> axis = Axis(size=4, kernel_size=3, stride=2)
        >>> [list(Phase.of(axis, start).offsets) for start in (0, 1)]
        [[2, 0], [1]]
        """
        s, d, at = axis.stride, axis.dilation, start + axis.padding[0]
        offsets = axis.meeting(at)[::-1]
        base = (at - d * offsets[0]) // s if offsets else 0
        return cls(start, offsets, d // gcd(s, d), base, -(-(axis.output_size - start) // s))

    @property
    def extent(self) -> int:
        """Inputs that the weights span."""
        return self.apart * max(0, len(self.offsets) - 1) + 1

    @property
    def weights(self) -> slice:
        """The weights of this phase, turned, as a slice of the kernel."""
        first, last, step = self.offsets[0], self.offsets[-1], self.offsets.step
        return slice(first, last - 1 if last else None, step)


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
    rank, tint = g.rank, phase_tints(g, axes)

    # a small layer stands beside its kernels, an image under them
    if image:
        w, bias = _kernel(sheet, layer, (TOP, LEFT), tint)
        parts = _split(sheet, g, axes, w, (TOP, max(beside(w, 3), LEFT + 6)))
        at = (TOP, sheet.columns + 2) if picture else (sheet.rows + 4, LEFT)
    field, lows = _input(sheet, layer, axes, at if image else (TOP, LEFT))
    if not image:
        w, bias = _kernel(sheet, layer, (below(field, 3), LEFT), tint)
        at = (TOP, max(beside(field, 3), beside(w, 3), LEFT + 6))
        parts = _split(sheet, g, axes, w, at)
    y_at = (field.origin[0], beside(field, 3) if image else sheet.columns + 2)

    shape = g.output_shape
    apart: list[Grid] = []
    if small:
        sheet.text((y_at[0] - 2, y_at[1]), sheet.say("small_outputs"), "caption")
        most = (g.out_channels, *(axis[0].count for axis in axes))
        for place, phase in _places(most, axes, y_at, 0, rank, 1):
            counts = (g.out_channels, *(part.count for part in phase))
            apart.append(
                sheet.block(
                    f"small_{len(apart)}",
                    place,
                    counts,
                    steps=steps(most, rank, 1),
                    role="computed",
                )
            )
        y_at = (y_at[0], max(beside(grid, 3) for grid in apart))
    y = sheet.block(
        "output", y_at, shape, steps=steps(shape, rank, 1), role="output",
        claim=("conv_transpose", layer),
    )  # fmt: skip
    caption(sheet, y, output_caption(sheet, g))

    for n, phase in enumerate(product(*axes)):
        cells = y[
            (
                slice(None),
                *(slice(p.start, None, a.stride) for p, a in zip(phase, g.axes, strict=True)),
            )
        ]
        target = apart[n] if small else cells
        _convolved(sheet, target, g, phase, parts[n], field, lows, bias)
        if small:
            cells[...] = target
            sheet.coat(target, "computed", n)
        if not image:
            sheet.coat(cells, "output", n)
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


def phase_tints(g: Geometry, axes: Sequence[Sequence[Phase]]) -> np.ndarray:
    """The number of the phase that each weight belongs to; -1 where no output cell is left."""
    found = np.zeros((), dtype=int)
    for axis, known in zip(g.axes, axes, strict=True):
        mine = (axis.dilation * np.arange(axis.kernel_size) - axis.padding[0]) % axis.stride
        lost = (found[..., None] < 0) | (mine >= len(known))
        found = np.where(lost, -1, found[..., None] * len(known) + mine)
    return found


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


def _places(
    shape: tuple[int, ...],
    axes: Sequence[Sequence[Phase]],
    at: Place,
    least: int,
    rank: int,
    channels: int,
) -> list[tuple[Place, tuple[Phase, ...]]]:
    """Where a block of `shape` stands for each phase: the last axis across, the others down."""
    moves = list(zip(shape, steps(shape, rank, channels), strict=True))
    height, width = (sum((n - 1) * step[way] for n, step in moves) + 1 for way in (0, 1))
    row_length = len(axes[-1]) if rank > 1 else 1
    return [
        (
            (
                at[0] + n // row_length * (height + (2 if least else 1)),
                at[1] + n % row_length * (max(width, least) + 1),
            ),
            phase,
        )
        for n, phase in enumerate(product(*axes))
    ]


def _split(
    sheet: Sheet, g: Geometry, axes: Sequence[Sequence[Phase]], w: Grid, at: Place
) -> list[Grid | None]:
    """The sub-kernel of each phase, turned, each weight a live copy; None where it has none."""
    sheet.text((at[0] - 2, at[1]), sheet.count("phases", count=prod(map(len, axes))), "caption")
    most = (*g.weight_shape[:2], *(max(p.extent for p in axis) for axis in axes))
    names = {
        phase: ", ".join(
            f"{p.start}::{a.stride}" if a.stride > 1 else ":"
            for p, a in zip(phase, g.axes, strict=True)
        )
        for phase in product(*axes)
    }
    found: list[Grid | None] = []
    least = 2 + max(map(len, names.values())) // 4
    for n, (place, phase) in enumerate(_places(most, axes, at, least, g.rank, 2)):
        sheet.text((place[0] - 1, place[1]), sheet.say("phase", cells=names[phase]), "note")
        if not all(p.offsets for p in phase):
            sheet.text(place, sheet.say("phase_empty"), "note")
            found.append(None)
            continue
        shape = (*g.weight_shape[:2], *(p.extent for p in phase))
        part = sheet.block(f"phase_{n}", place, shape, steps=steps(most, g.rank, 2), role="zero")
        mine = part[(..., *(slice(None, None, p.apart) for p in phase))]
        if mine.shape != part.shape:
            part[...] = 0.0
        mine[...] = w[(..., *(p.weights for p in phase))]
        sheet.coat(mine, "copy", n)
        found.append(part)
    return found


def _convolved(
    sheet: Sheet, cells: Grid, g: Geometry, phase: Sequence[Phase], part: Grid | None, field: Grid,
    lows: Sequence[int], bias: Grid | None,
) -> None:  # fmt: skip
    """Write the cells of one phase as an ordinary convolution of the input with its sub-kernel."""
    if part is None:
        for o in written(sheet, cells):
            cells[o] = Constant(0) if bias is None else bias[o]
        return
    axes = [Axis(size=1, kernel_size=len(p.offsets), dilation=p.apart) for p in phase]
    read = (
        slice(low + p.base, low + p.base + p.count + p.extent - 1)
        for low, p in zip(lows, phase, strict=True)
    )
    collected(sheet, cells, replace(g, axes=tuple(axes)), part, field[(slice(None), *read)], bias)
