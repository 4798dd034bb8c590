"""A kernel or an input made of integers: these, their scale and zero point, and what they make."""

from __future__ import annotations

import numpy as np

from xlconv.figures.edges import Name, name_each, weight_name
from xlconv.figures.notes import named
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot, under
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.given import Array
from xlconv.layers.quantised import Quantised, Scaled


@frozen
class Scaling:
    """The scale and the zero point of integers on a sheet: (in or 1, out // groups or 1) each.

    captions  where the words above them begin
    """

    scale: Grid
    zero_point: Grid
    captions: tuple[list[Spot], ...]

    def input(self, integers: Grid) -> Expr:
        """What the integers of an input mean: (in_channels, *sizes)."""
        return self.scale[0, 0] * (integers - self.zero_point[0, 0])

    def weight(self, integers: Grid) -> Expr:
        """What integers mean: (in_channels, out_channels // groups, *kernel_sizes)."""
        rank = len(integers.shape) - 2
        scale, zero_point = (_spread(cells, rank) for cells in (self.scale, self.zero_point))
        return scale * (integers - zero_point)


def scaling(sheet: Sheet, g: Geometry, quantised: Quantised, at: Spot) -> Scaling:
    """Scale and zero point under one another, from a spot on."""
    return _scaling(sheet, g, "", quantised.scale, quantised.zero_point, at)


def input_scaling(sheet: Sheet, g: Geometry, scaled: Scaled, at: Spot) -> Scaling:
    """The same of an input: one scale and one zero point for all."""
    scale, zero_point = (np.array([[value]]) for value in (scaled.scale, scaled.zero_point))
    return _scaling(sheet, g, "input_", scale, zero_point, at)


def _scaling(
    sheet: Sheet, g: Geometry, of: str, scale: Array, zero_point: Array, at: Spot
) -> Scaling:
    factors, first = _values(sheet, g, f"{of}scale", scale, at)
    zeros, second = _values(sheet, g, f"{of}zero_point", zero_point, under(factors, 2))
    return Scaling(factors, zeros, ([first], [second]))


def _values(sheet: Sheet, g: Geometry, name: str, values: Array, at: Spot) -> tuple[Grid, Spot]:
    """One value, or those of the channels along which they differ, each with its name before it."""
    steps = (values.shape[1], 0), (1, 0)
    cells = sheet.block(name, at, values.shape, role="bias", content=values, steps=steps)
    if values.size > 1:
        name_each(sheet, cells, _name(sheet, g, *values.shape), above=0)
    return cells, named(sheet, at.shift(-1), sheet.say(f"weight_{name.removeprefix('input_')}"))


def _name(sheet: Sheet, g: Geometry, ins: int, outs: int) -> Name:
    """The kernels that a value is for: w[i,·] where it is that of all outputs of an input."""

    def told(i: int, f: int) -> str:
        read = g.in_number(i) if ins > 1 else "·"
        made = g.out_number(g.targets(i)[f]) if outs > 1 else "·"
        return sheet.say("weight_is", i=read, o=made)

    return Name(told) if ins == 1 or outs == 1 else weight_name(sheet, g)


def _spread(cells: Grid, rank: int) -> Grid:
    """Values to broadcast over the weight; one along an axis stands for all."""
    read = tuple(0 if size == 1 else slice(None) for size in cells.shape)
    widened = tuple(None if size == 1 else slice(None) for size in cells.shape)
    return cells[read][(*widened, *[None] * rank)]
