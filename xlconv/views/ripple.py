"""Ripple: how uneven the maps of a network become, layer by layer, away from their edges."""

from __future__ import annotations

from math import prod

from xlconv.errors import XlconvError
from xlconv.figures.chain import all_layers, map_columns, side_by_side
from xlconv.figures.layout import Part
from xlconv.figures.maps import map_figure, shade
from xlconv.figures.paper import arrange
from xlconv.grid.expr import Expr, call, total
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Frame
from xlconv.grid.sheet import Sheet
from xlconv.layers.network import Network


def ripple(sheet: Sheet, network: Network, *, inside: list[int]) -> None:
    """All layers, and the standard deviation of what is inside each map, over its mean.

    inside  for each layer how many cells of each edge are left out; 0 where nothing is measured
    """
    _check(network, inside)
    columns = map_columns(sheet)
    first = map_figure(sheet, "input", network.input.shape, role="input", content=network.input)
    shade(sheet, first.cells)
    drawn = all_layers(sheet, network, first, columns)
    inner = dict[str, Grid]()
    for step, made, cut in zip(network.steps, drawn, inside, strict=True):
        if cut:
            inner[step.name] = made.after.cells[:, cut:-cut, cut:-cut]
            sheet.frames.append(Frame(inner[step.name]))
    arrange(sheet, _summary(sheet, inner), first | side_by_side(drawn), columns=columns)


def _summary(sheet: Sheet, inner: dict[str, Grid]) -> Part:
    """The ripple of each map that is measured, under one another."""
    corner = sheet.corner()
    sheet.text(corner, sheet.say("ripple"), "strong")
    for n, (name, cells) in enumerate(inner.items(), 1):
        block = sheet.block(f"ripple {name}", corner.shift(n), (), role="fact", frame=False)
        block[...] = _uneven(cells)
        sheet.text(corner.shift(n, 1), sheet.say("ripple_after", name=name), "note")
    return Part(corner.anchor)


def _uneven(cells: Grid) -> Expr:
    """The standard deviation of some channels over their mean; 0 where that is 0.

    The mean of the squares, less the square of the mean, may come out below 0 by rounding alone.
    """
    count, channels = prod(cells.shape), range(cells.shape[0])
    mean = total([call("SUM", cells[c].area()) for c in channels]) / count
    squares = total([call("SUMPRODUCT", cells[c].area(), cells[c].area()) for c in channels])
    variance = call("MAX", 0, squares / count - mean * mean)
    return call("IF", mean.equals(0), 0, call("SQRT", variance) / call("ABS", mean))


def _check(network: Network, inside: list[int]) -> None:
    if len(inside) != len(network.steps):
        raise XlconvError(
            f"inside must be a number for each of {len(network.steps)} layers, got {len(inside)}",
            parameter="inside",
        )
    for step, cut in zip(network.steps, inside, strict=True):
        most = (min(step.output_shape[1:]) - 1) // 2
        if not 0 <= cut <= most:
            raise XlconvError(
                f'inside of layer "{step.name}" must be from 0 to {most}, got {cut}',
                parameter="inside",
            )
