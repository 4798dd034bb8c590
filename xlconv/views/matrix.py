"""Matrix: a convolution is a matrix C times its flat input; this one multiplies by C transposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from xlconv.figures.blocks import Figure, Sources, result_figure, sources
from xlconv.figures.flat import (
    ACROSS,
    DOWN,
    diagonals,
    flat_figure,
    folded,
    framed,
    matrix_figure,
    positions,
)
from xlconv.figures.inlaid import copied
from xlconv.figures.layout import Led, Table
from xlconv.figures.looked_at import LookedAt, look_at
from xlconv.figures.operations import written
from xlconv.figures.outputs import by_distributing
from xlconv.figures.paper import Together, arrange
from xlconv.figures.ruler import kernel_indices, source, tinted
from xlconv.figures.sums import over
from xlconv.figures.titles import with_commas
from xlconv.grid.expr import Expr, every, joined
from xlconv.grid.places import right_of, start
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer
from xlconv.layers.way_out import check_cells

MATRIX_CELLS = 1_000_000
"""Cells of a matrix beyond which programs take long to open it, and nobody reads it."""

PAGE = 40
"""Columns beyond which C is not shown beside its transpose, if it is not asked for."""

TALL = 20
"""Rows of a matrix beyond which it begins under all that is given: a page of paper may do so."""

LIT = 10_000
"""Cells of a matrix beyond which the looked-at row does not light up: it has a rule a weight."""


def matrix(
    sheet: Sheet, layer: Layer, *, look: list[int] | None = None, forward: bool | None = None
) -> None:
    """The input laid flat, C transposed, the output folded back; and C itself where it fits.

    look     the output cell that is looked at when the file is opened; the middle if not given
    forward  whether C is shown too; where it fits the page if not given
    """
    g = layer.geometry
    check_cells("matrix view needs {cells} cells", g, _cells, MATRIX_CELLS)
    src = sources(sheet, layer)
    x = _flat_input(sheet, g, src)
    claim, shapes = ("matrix", layer), (g.output_shape, g.input_shape)
    transposed = matrix_figure(sheet, "matrix_transposed", *shapes, content=0.0, claim=claim)
    for cells, weights, tint in diagonals(sheet, g, transposed.cells, src.weight):
        copied(sheet, cells, weights, tint)
    y = _flat_output(sheet, g, transposed, x, src)
    output = result_figure(sheet, layer, content=folded(y.cells, g.output_shape))
    again, agree = by_distributing(src, output.cells)
    here = look_at(sheet, g, again.labels, look)
    _light(sheet, here, src, x, transposed, y)
    here.light(sheet, output)
    if forward is None:
        forward = max(transposed.cells.shape) <= PAGE
    c = _forward(sheet, layer, transposed, src) if forward else None
    multiplied = Together(transposed | y) >> output / again / agree
    if transposed.cells.shape[0] > TALL:
        arrange(sheet, here, Table([[src.line, Led(x)], [None, c], [None, multiplied]]))
    else:
        arrange(sheet, here, src.line >> x / multiplied / c)


def _flat_input(sheet: Sheet, g: Geometry, src: Sources) -> Figure:
    """The input laid flat, each value a live copy, and what is done with it in words."""
    x = flat_figure(sheet, "flat_input", g.input_shape, ACROSS, sheet.say("flat_input"), "copy")
    folded(x.cells, g.input_shape)[...] = src.input
    names = positions(sheet, start(x.cells).shift(-1), g.input_shape, ACROSS)
    sheet.text(right_of(x.cells, 1), sheet.say("matrix_rows"), "note")
    return replace(x, labels=(names,))


def _flat_output(sheet: Sheet, g: Geometry, transposed: Figure, x: Figure, src: Sources) -> Figure:
    """The output laid flat: each cell a row of C transposed times x."""
    y = flat_figure(sheet, "flat_output", g.output_shape, DOWN, "y", "computed")
    each = prod(g.output_shape[1:])
    for o in written(sheet, folded(y.cells, g.output_shape)):
        part = slice(o * each, (o + 1) * each)
        row: Expr = over("SUMPRODUCT", 1, transposed.cells[part], x.cells)
        y.cells[part] = row if src.bias is None else row + src.bias[o]
    framed(sheet, y.cells[:, None], g.out_channels, 1)
    sheet.text(start(y.cells).shift(0, -1), "=", "operator")
    return y


def _light(
    sheet: Sheet, here: LookedAt, src: Sources, x: Figure, transposed: Figure, y: Figure
) -> None:
    """Show the row of the looked-at cell, and tint the inputs that it meets."""
    g, rows = here.geometry, transposed.labels[0]
    name = _position([*([] if here.channel is None else [here.channel]), *here.at])
    sheet.light(y.cells, rows[:, 0].equals(name), "current")
    sheet.light(rows[:, 0], rows[:, 0].equals(name), "current")
    if not tinted(src):
        return
    lit = prod(transposed.cells.shape) <= LIT
    each = prod(g.input_shape[1:])
    for tint, u in enumerate(kernel_indices(g)):
        # a place that is no whole number is the name of no input
        place = [source(axis, r, v)[0] for axis, r, v in zip(g.axes, here.at, u, strict=True)]
        for i in range(g.in_channels):
            part = slice(i * each, (i + 1) * each)
            met = _position([*([i] if g.in_channels > 1 else []), *place])
            tests = [x.labels[0][part].equals(met), *here.is_group(i)]
            sheet.light(x.cells[part], every(tests), "met", tint)
            if lit:
                tests = [rows.equals(name), *tests]
                sheet.light(transposed.cells[:, part], every(tests), "met", tint)
    if lit:
        sheet.light(transposed.cells, rows.equals(name), "now")


def _position(index: Sequence[object]) -> Expr:
    """An index as one text, as `positions` writes it."""
    return joined("", *with_commas(index))


def _forward(sheet: Sheet, layer: Layer, transposed: Figure, src: Sources) -> Figure:
    """C itself, each cell a live copy of its mirror image."""
    g, mirrored = layer.geometry, transposed.cells.transpose(1, 0)
    claim = ("conv_matrix", layer)
    c = matrix_figure(sheet, "matrix", g.input_shape, g.output_shape, content=mirrored, claim=claim)
    for cells, _, tint in diagonals(sheet, g, c.cells.transpose(1, 0), src.weight):
        sheet.coat(cells, "copy", tint)
    return c


def _cells(g: Geometry) -> int:
    """How many cells the matrix has."""
    return prod(g.input_shape) * prod(g.output_shape)
