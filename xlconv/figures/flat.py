"""Blocks laid flat, and the matrix from one to another: which weight stands where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from xlconv.figures.blocks import Figure
from xlconv.figures.notes import caption
from xlconv.figures.ruler import kernel_indices
from xlconv.figures.titles import times
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Frame
from xlconv.grid.places import Place, Spot, passed
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry

ACROSS, DOWN = (0, 1), (1, 0)


def folded(flat: Grid, shape: Sequence[int]) -> Grid:
    """Cells in a line, as a block of C order."""
    return flat.diagonal((0,), shape, [(n,) for n in passed(shape)])


def flat_figure(
    sheet: Sheet, name: str, shape: Sequence[int], way: Place, words: str, role: str
) -> Figure:
    """The cells of a block in a line, still to be written."""
    corner = sheet.corner()
    cells = sheet.memory(corner, (prod(shape),), steps=(way,))
    sheet.name_block(name, cells, role=role)
    return Figure(corner.anchor, caption(sheet, words), cells=cells, kept=cells)


def matrix_figure(
    sheet: Sheet, name: str, rows: Sequence[int], columns: Sequence[int], **block: Any
) -> Figure:
    """A matrix from one flat block to another, numbered by their cells, framed by their channels.

    rows, columns  the shapes of the blocks
    block          what else `Sheet.block` takes
    """
    corner = sheet.corner()
    cells = sheet.block(
        name, corner, (prod(rows), prod(columns)), role="empty", frame=False, **block
    )
    framed(sheet, cells, rows[0], columns[0])
    down = positions(sheet, corner.shift(0, -1), rows, DOWN)
    across = positions(sheet, corner.shift(-1, 0), columns, ACROSS)
    words = caption(sheet, sheet.say(name, size=times(cells.shape)))
    return Figure(
        corner.anchor, words, cells=cells, kept=cells, labels=(down[:, None], across[None])
    )


def framed(sheet: Sheet, cells: Grid, down: int, across: int) -> None:
    """Frame the blocks of a matrix, so many under one another and side by side."""
    rows, columns = cells.shape[0] // down, cells.shape[1] // across
    moves = [(rows, 0), (0, columns), DOWN, ACROSS]
    sheet.frames.append(Frame(cells.diagonal((0, 0), (down, across, rows, columns), moves)))


def positions(sheet: Sheet, at: Spot, shape: Sequence[int], way: Place) -> Grid:
    """The indices of flat cells, as texts such as "0,1"; the channel first if there are more."""
    from_axis = 0 if shape[0] > 1 else 1
    every = product(*map(range, shape))
    texts = [",".join(map(str, index[from_axis:])) for index in every]
    return sheet.line(at, texts, "index", step=way)


def diagonals(
    sheet: Sheet, g: Geometry, transposed: Grid, w: Grid
) -> Iterator[tuple[Grid, Grid, int]]:
    """Where weights stand in C transposed: a diagonal for each, one stride down and one across.

    A plan needs none: they take no places of their own.

    returns  for each kernel index of a group its cells, the weights over them, the weights' tint
    """
    if sheet.plan:
        return
    rows, columns = g.output_shape, g.input_shape
    moves = [(n, 0) for n in passed(rows)] + [(0, n) for n in passed(columns)]
    cells = transposed.diagonal((0, 0), (*rows, *columns), moves)
    outs, ins = np.split(np.eye(len(moves), dtype=int), 2)
    along = [axis.stride * outs[1 + n] + ins[1 + n] for n, axis in enumerate(g.axes)]
    still = [0 * ins[0]] * (2 - g.rank)  # in 1-D an axis more, along which the weight is absolute
    ways = np.array([ins[0], outs[0], *still, *along]).tolist()
    width, filters = g.in_channels // g.groups, g.out_channels // g.groups
    for group, (tint, u) in product(range(g.groups), enumerate(kernel_indices(g))):
        axes = list(zip(g.axes, u, strict=True))
        met = [_met(axis, offset) for axis, offset in axes]
        if not all(met):
            continue
        first = [inputs.start for inputs in met]
        reached = [axis.target(i, offset) for (axis, offset), i in zip(axes, first, strict=True)]
        start = [group * filters, *reached, group * width, *first]
        diagonal = cells.diagonal(start, (width, filters, *[1] * len(still), *map(len, met)), ways)
        weights = w[(slice(group * width, (group + 1) * width), slice(None), *u)]
        yield diagonal, weights[(..., *[None] * max(2, g.rank))], tint


def _met(axis: Axis, u: int) -> range:
    """The inputs of an axis that a kernel index brings to its output."""
    before = axis.padding[0] - axis.dilation * u
    return axis.inputs(range(before, before + axis.output_size))
