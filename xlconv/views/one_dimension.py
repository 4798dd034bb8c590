"""One dimension: distribute and collect in one row each, the easiest place to see both."""

from __future__ import annotations

from dataclasses import replace

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure, Sources, sources
from xlconv.figures.counts import axis_count
from xlconv.figures.layout import Led, Part, Table
from xlconv.figures.looked_at import LookedAt, look_at
from xlconv.figures.notes import caption
from xlconv.figures.operations import written
from xlconv.figures.outputs import by_collecting, by_stamps
from xlconv.figures.paper import arrange
from xlconv.figures.stamps import stamped
from xlconv.figures.titles import count_caption
from xlconv.grid.expr import every
from xlconv.grid.grid import Grid
from xlconv.grid.places import start
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer


def one_dimension(sheet: Sheet, layer: Layer, *, look: list[int] | None = None) -> None:
    """Stamps as a staircase over the output; under it the stretched input and the turned kernel.

    Of several channels each pair of one in and one out has its staircase, under one another.

    look  the output cell that is looked at when the file is opened; the middle if not given

    Raises XlconvError for a layer of more axes.
    """
    g = layer.geometry
    if g.rank != 1:
        raise XlconvError(
            f"one_dimension view needs a layer of one axis, got {g.rank}: use the views distribute"
            " and collect",
            parameter="input",
        )
    (axis,) = g.axes
    src = sources(sheet, layer)
    stairs, stamps = _staircases(sheet, g, src)
    y = by_stamps(src, stamps)
    count = _count(sheet, g, y.labels[0])
    # the first cell that an input gives to the output stands over that input
    over = sheet.corner().shift(0, 1 - axis.extent)
    z, t, again, agree = by_collecting(src, y.cells, over)

    here = look_at(sheet, g, y.labels, look)
    here.light(sheet, y)
    here.light(sheet, replace(again, labels=y.labels))
    _light(sheet, here, stairs, y.labels[0])
    here.tint(src, src.x, z)
    arrange(
        sheet,
        here,
        Table([[src.line, Led(stairs // y / count)], [t, Led(z, "∗") // again / agree]]),
    )


def _staircases(sheet: Sheet, g: Geometry, src: Sources) -> tuple[Figure, Grid]:
    """The staircases: row i of one is the stamp of input i, where it lands on the output.

    returns  the empty cells that the stamps stand on, (in_channels, out_channels // groups, size,
             full_size), and the stamps, (in_channels, out_channels // groups, size, kernel_size)
    """
    (axis,) = g.axes
    channels, filters = lead = g.weight_shape[:2]
    # cells of the canvas before the first stamp
    first = sheet.corner().shift(0, max(0, -axis.padding[0]))
    apart = axis.size + (1 if channels * filters == 1 else 2)
    rows = ((filters * apart, 0), (apart, 0), (1, 0))
    head = caption(sheet, sheet.say("staircase"), first.column - 2)
    field, stamps = stamped(src, first, (*rows, (0, 1)), head)
    stairs = field.cells
    before = sheet.memory(first.shift(0, -2), (*lead, axis.size), steps=rows)
    before[...] = src.input[:, None]  # each stamp's input stands before its row
    sheet.coat(before, "fact")
    for i in written(sheet, stairs):
        for f in written(sheet, stairs[i]):
            top = start(stairs[i, f])
            sheet.line(top.shift(0, -1), ["×"] * axis.size, "operator", step=(1, 0))
    return field, stamps


def _count(sheet: Sheet, g: Geometry, label: Grid) -> Part:
    """How many stamps reach each cell of the output."""
    corner, (axis,) = sheet.corner(), g.axes
    count = sheet.block("count", corner, (1, axis.canvas_size), role="count")
    count[...] = axis_count(sheet, axis, label)
    sheet.scale(count)
    sheet.text(corner.shift(0, axis.canvas_size + 1), count_caption(sheet, g), "note")
    return Part(corner.anchor)


def _light(sheet: Sheet, here: LookedAt, stairs: Figure, label: Grid) -> None:
    """Light the column of the looked-at cell in the staircases."""
    g = here.geometry
    (axis,) = g.axes
    begin = max(0, -axis.padding[0])
    above = label[0, begin : begin + axis.full_size]
    for i in written(sheet, stairs.cells):
        for f in written(sheet, stairs.cells[i]):
            column = every([above.equals(here.at[0]), *here.is_channel(g.targets(i)[f])])
            sheet.light(stairs.cells[i, f], column, "now")
