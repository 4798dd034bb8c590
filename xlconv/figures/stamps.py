"""Each stamp where it lands, on an empty output of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlconv.figures.blocks import Figure, Sources
from xlconv.figures.edges import name_stamps
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Frame
from xlconv.grid.places import Place, Spot
from xlconv.layers.geometry import Geometry


def field_shape(g: Geometry) -> tuple[int, ...]:
    """A full output for each stamp: (in_channels, out_channels // groups, *sizes, *full_sizes)."""
    return (*g.weight_shape[:2], *g.input_shape[1:], *(axis.full_size for axis in g.axes))


def stamped(
    src: Sources, at: Spot, steps: Sequence[Place], head: Spot | None
) -> tuple[Figure, Grid]:
    """The empty outputs, and on them the stamps: each input times the whole kernel.

    at, steps  where the empty outputs stand
    head       the words above them
    """
    sheet, g = src.sheet, src.layer.geometry
    field = sheet.memory(at, field_shape(g), steps=steps)
    field[...] = 0.0
    sheet.coat(field, "empty")
    sheet.frames.append(Frame(field))
    lead, sizes, within = np.split(np.eye(2 + 2 * g.rank, dtype=int), (2, 2 + g.rank))
    strides = [[axis.stride] for axis in g.axes]
    dilations = [[axis.dilation] for axis in g.axes]
    ways = [*lead, *(sizes + strides * within), *(dilations * within)]
    shape = (*g.weight_shape[:2], *g.input_shape[1:], *g.weight_shape[2:])
    stamps = field.diagonal((0,) * len(field.shape), shape, np.array(ways).tolist())
    sheet.name_block("stamps", stamps, role="stamp", frame=False)
    stamps[...] = src.products
    name_stamps(sheet, g, field)
    return Figure(at.anchor, head, cells=field, kept=field), stamps
