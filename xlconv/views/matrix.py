"""Matrix: a convolution is a matrix C times its flat input; this one multiplies by C transposed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

from xlconv.expr import Expr, Grid, call, joined, moved
from xlconv.figure import (
    LEFT,
    TINTED,
    TOP,
    caption,
    indices,
    output_blocks,
    output_caption,
    plain,
    sources,
    steps,
    tapped,
    times,
    verdict,
)
from xlconv.figures.looked_at import Look, look_at
from xlconv.geometry import Axis, Geometry
from xlconv.layer import Layer
from xlconv.limits import refusal
from xlconv.places import Place, below, beside, passed
from xlconv.sheet import EXCEL_COLUMNS, Frame, Sheet

MATRIX_CELLS = 1_000_000
"""Cells of a matrix beyond which programs take long to open it, and nobody reads it."""

PAGE = 40
"""Columns beyond which C is not shown beside its transpose, if it is not asked for."""

LIT = 10_000
"""Cells of a matrix beyond which the looked-at row does not light up: it has a rule a weight."""

RIGHT, DOWN = (0, 1), (1, 0)


def matrix(
    sheet: Sheet, layer: Layer, *, look: list[int] | None = None, forward: bool | None = None
) -> None:
    """The input laid flat, C transposed, the output folded back; and C itself where it fits.

    look     the output cell that is looked at when the file is opened; the middle if not given
    forward  whether C is shown too; where it fits the page if not given
    """
    g, top = layer.geometry, TOP + 2
    ins, outs = g.input_shape, g.output_shape
    columns, rows = prod(ins), prod(outs)
    _check(g)
    src = sources(sheet, layer, (top, LEFT))
    left = max(beside(src.input, 3), beside(src.weight, 3), LEFT + 7)
    right = left + columns + 2

    x = sheet.memory((top, left), (columns,), steps=[RIGHT])
    folded(x, ins)[...] = src.input
    sheet.name_block("flat_input", x, role="copy")
    caption(sheet, x, sheet.say("flat_input"))
    x_names = _names(sheet, (top - 1, left), RIGHT, ins)
    sheet.text((top, left + columns + 1), sheet.say("matrix_rows"), "note")

    transposed = sheet.memory((top + 4, left), (rows, columns))
    transposed[...] = 0.0
    sheet.coat(transposed, "empty")
    claim = ("matrix", layer)
    sheet.name_block(
        "matrix_transposed", transposed, role="empty", frame=False, claim=claim
    )  # fmt: skip
    for cells, weights, tint in _diagonals(sheet, g, transposed, src.weight):
        cells[...] = weights
        sheet.coat(cells, "copy", tint)
    sheet.frames.append(Frame(_blocks(transposed, outs[0], ins[0])))
    caption(sheet, transposed, sheet.say("matrix_transposed", size=times((rows, columns))))
    y_names = _names(sheet, (top + 4, left - 1), DOWN, outs)
    _names(sheet, (top + 3, left), RIGHT, ins)

    y = sheet.memory((top + 4, right), (rows,), steps=[DOWN])
    each = rows // g.out_channels
    for o in range(g.out_channels):
        part = slice(o * each, (o + 1) * each)
        product_of: Expr = call("SUMPRODUCT", transposed[part].area(1), x.area())
        y[part] = product_of if src.bias is None else product_of + src.bias[o]
    sheet.name_block("flat_output", y, role="computed", frame=False)
    sheet.frames.append(Frame(_blocks(y[:, None], outs[0], 1)))
    sheet.text((top + 4, right - 1), "=", "operator")
    caption(sheet, y, "y")

    output = sheet.block(
        "output", (top + 4, right + 3), outs, steps=steps(outs, g.rank, 1), role="output",
        claim=("conv_transpose", layer), content=folded(y, outs),
    )  # fmt: skip
    caption(sheet, output, output_caption(sheet, g))
    places = indices(sheet, output, g.rank)
    canvas, again, labels = output_blocks(
        sheet, layer, (below(output, 4), right + 3), "by_distributing",
        sheet.say("by_distributing", size=plain(outs, 1)),
    )  # fmt: skip
    tapped(sheet, canvas, g, src.input, src.weight, src.bias)
    verdict(sheet, (below(canvas, 1), right + 3), (output, again))

    looked = look_at(sheet, g, labels, look)
    _light(sheet, looked, (x, x_names), (transposed, y_names), y)
    for o in range(g.out_channels):
        sheet.light(output[o], looked.is_at(places, o), "current")
    if forward if forward is not None else rows <= PAGE and columns <= PAGE:
        at = (max(below(transposed, 4), below(canvas, 5), below(src.bias or src.weight, 4)), left)
        _forward(sheet, layer, at, transposed, tint_of=src.weight)


def folded(flat: Grid, shape: Sequence[int]) -> Grid:
    """Cells in a line, as a block of C order."""
    return flat.diagonal((0,), shape, [(n,) for n in passed(shape)])


def _blocks(cells: Grid, down: int, across: int) -> Grid:
    """A matrix as a block for each pair of an output and an input channel."""
    rows, columns = cells.shape[0] // down, cells.shape[1] // across
    moves = [(rows, 0), (0, columns), (1, 0), (0, 1)]
    return cells.diagonal((0, 0), (down, across, rows, columns), moves)


def _diagonals(
    sheet: Sheet, g: Geometry, transposed: Grid, w: Grid
) -> list[tuple[Grid, Grid, int]]:
    """Where each weight stands in the matrix: a diagonal for each kernel index and pair of channels.

    A plan needs none: they take no places of their own.

    returns  the cells, the weights over them, and the weights' tint
    """
    if sheet.plan:
        return []
    down, across = passed(g.output_shape), passed(g.input_shape)
    width, filters = g.in_channels // g.groups, g.out_channels // g.groups
    found = []
    offsets = list(product(*(range(axis.kernel_size) for axis in g.axes)))
    for group, (tint, offset) in product(range(g.groups), enumerate(offsets)):
        met = [_met(axis, u) for axis, u in zip(g.axes, offset, strict=True)]
        if not all(met):
            continue
        inputs = [group * width, *(cells.start for cells in met)]
        outputs = [
            group * filters,
            *(axis.target(at.start, u) for axis, at, u in zip(g.axes, met, offset, strict=True)),
        ]
        start = (_dot(outputs, down), _dot(inputs, across))
        along = [(axis.stride * down[1 + n], across[1 + n]) for n, axis in enumerate(g.axes)]
        row = [1] * (2 - g.rank)  # in 1-D an axis more, along which the weight is absolute
        cells = transposed.diagonal(
            start,
            (width, filters, *row, *map(len, met)),
            [(0, across[0]), (down[0], 0), *((0, 0) for _ in row), *along],
        )
        weights = w[(slice(inputs[0], inputs[0] + width), slice(None), *offset)]
        found.append((cells, weights[(..., *[None] * max(2, g.rank))], tint))
    return found


def _met(axis: Axis, u: int) -> range:
    """The inputs of an axis that a kernel index brings to its output: a range of them."""
    met = [i for i in range(axis.size) if 0 <= axis.target(i, u) < axis.output_size]
    return range(met[0], met[-1] + 1) if met else range(0)


def _dot(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _names(sheet: Sheet, at: Place, step: Place, shape: Sequence[int]) -> Grid:
    """The positions of flat cells, as texts such as "0,1"; the channel first if there are more."""
    spatial = list(product(*map(range, shape[1:])))
    several = shape[0] > 1
    names = [
        ",".join(map(str, (channel, *place) if several else place))
        for channel in range(shape[0])
        for place in spatial
    ]
    return sheet.line(at, names, "index", step=step)


def _light(
    sheet: Sheet,
    looked: Look,
    flat_input: tuple[Grid, Grid],
    rows: tuple[Grid, Grid],
    y: Grid,
) -> None:
    """Show the row of the looked-at cell, and tint the inputs that it meets."""
    g, (x, x_names), (transposed, y_names) = looked.geometry, flat_input, rows
    channel = [] if looked.channel is None else [looked.channel]
    name = _comma([*channel, *looked.at])
    here = y_names.equals(name)
    sheet.light(y, here, "current")
    sheet.light(y_names, here, "current")
    row = y_names[:, None].equals(name)
    lit = transposed.memory.size <= LIT
    if sheet.plan or prod(g.weight_shape) > TINTED * g.weight_shape[1]:
        return
    each = x.shape[0] // g.in_channels
    offsets = product(*(range(axis.kernel_size) for axis in g.axes))
    for tint, offset in enumerate(offsets):
        # a place that is no whole number is the name of no input
        places = []
        for axis, at, u in zip(g.axes, looked.at, offset, strict=True):
            apart = moved(at, axis.padding[0] - axis.dilation * u)
            places.append(apart / axis.stride if axis.stride > 1 else apart)
        for c in range(g.in_channels):
            first: list[object] = [c] if g.in_channels > 1 else []
            part = slice(c * each, (c + 1) * each)
            met = [x_names[part].equals(_comma([*first, *places])), *looked.is_group(c)]
            sheet.light(x[part], call("AND", *met), "met", tint)
            if lit:
                sheet.light(transposed[:, part], call("AND", row, *met), "met", tint)
    if lit:
        sheet.light(transposed, row, "now")


def _comma(parts: Sequence[object]) -> Expr:
    """The parts as one text with commas between; one part as a text of its own."""
    listed: list[object] = [""]
    for part in parts:
        listed += [part] if len(listed) == 1 else [",", part]
    return joined(*listed)


def _forward(sheet: Sheet, layer: Layer, at: Place, transposed: Grid, tint_of: Grid) -> None:
    """C itself, each cell a live copy of its mirror image."""
    g = layer.geometry
    mirrored = transposed.transpose(1, 0)
    c = sheet.memory(at, mirrored.shape)
    c[...] = mirrored
    sheet.coat(c, "empty")
    sheet.name_block("matrix", c, role="empty", frame=False, claim=("conv_matrix", layer))
    for cells, _, tint in _diagonals(sheet, g, c.transpose(1, 0), tint_of):
        sheet.coat(cells, "copy", tint)
    sheet.frames.append(Frame(_blocks(c, g.in_channels, g.out_channels)))
    caption(sheet, c, sheet.say("matrix", size=times(c.shape)))
    _names(sheet, (at[0], at[1] - 1), DOWN, g.input_shape)
    _names(sheet, (at[0] - 1, at[1]), RIGHT, g.output_shape)


def _check(g: Geometry) -> None:
    """Refuse a matrix that no program holds, or no reader."""
    if _fits(g):
        return
    needs = (
        f"{_columns(g)} columns; Excel has {EXCEL_COLUMNS}"
        if _columns(g) > EXCEL_COLUMNS
        else f"{_cells(g)} cells; {MATRIX_CELLS} are the most"
    )
    raise refusal(f"matrix view needs {needs}", g, _fits)


def _fits(g: Geometry) -> bool:
    return _columns(g) <= EXCEL_COLUMNS and _cells(g) <= MATRIX_CELLS


def _cells(g: Geometry) -> int:
    return prod(g.input_shape) * prod(g.output_shape)


def _columns(g: Geometry) -> int:
    """Columns of the sheet: the input and the kernel, the matrix, the output."""
    x, w, y = (
        _dot([n - 1 for n in shape], [step[1] for step in steps(shape, g.rank, channels)]) + 1
        for shape, channels in ((g.input_shape, 1), (g.weight_shape, 2), (g.canvas_shape, 1))
    )
    return LEFT + max(x + 3, w + 3, 7) + prod(g.input_shape) + 5 + y
