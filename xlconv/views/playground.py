"""Playground: the parameters are cells, and a whole layer follows them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure, figure
from xlconv.figures.layout import Led
from xlconv.figures.live import ZERO, Heads, Live
from xlconv.figures.notes import caption, note
from xlconv.figures.paper import arrange
from xlconv.figures.parameters import LIMITS, live_sizes, parameters, phrase, said_by, size_words
from xlconv.grid.expr import Expr, call, lift, some
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Array, Layer

STRIP = 2
"""The rows of the parameters, which stay when the sheet is scrolled."""

WIDTH, ROW, PAPER = 3.93, 16, 47
"""Columns and rows so small that paper shows more of them: the columns; and all of the stamps."""

INPUT, KERNEL, STRIDE, DILATION = (
    LIMITS[name][1] for name in ("input_size", "kernel_size", "stride", "dilation")
)
SPAN, STAMPS = DILATION * (KERNEL - 1) + 1, INPUT * (KERNEL + 1) - 1
"""Cells of the largest dilated kernel, and of the largest row of stamps."""
LARGEST = (INPUT - 1) * STRIDE + SPAN + max(STRIDE, DILATION) - 1
"""Cells of the largest full output, with what output_padding adds to it."""

TINT = np.add.outer(np.arange(KERNEL) % 3 * 3, np.arange(KERNEL) % 3)
"""The tint of each weight: by its indices modulo 3, so that a kernel of 3 x 3 has nine."""


def playground(sheet: Sheet, layer: Layer, *, area: int = 18) -> None:
    """A layer whose sizes, stride, padding and dilation are cells with dropdowns.

    area  cells along each axis of the largest output that is drawn

    Raises XlconvError for a layer that these cells cannot say, or that does not fit.
    """
    start = said_by(layer)
    _check_area(area, max(layer.geometry.canvas_shape))
    top = max(STRIP, sheet.rows + 1)
    sheet.column_width, sheet.row_height, sheet.frozen_rows = WIDTH, ROW, top + STRIP
    p = parameters(sheet, start)
    size = live_sizes(sheet, p, area)
    size_words(sheet, p, size)
    live = Live(sheet, p, size)
    x = _pool(live, "input", layer.input, INPUT, p.input_size)
    w = _pool(live, "kernel", layer.weight, KERNEL, [p.kernel_size] * 2, TINT)
    legend = note(sheet, *(sheet.say(word) for word in ("waiting", "tinted", "grey")))
    t, z = _turned(live, w.cells), _stretched(live, x.cells, area)

    out = live.heads(area, lambda n, a: call("IF", size.drawn[n] > a, a - p.padding, ""))
    met = call("SUMPRODUCT", t.cells.area(), z.cells.windows(SPAN, SPAN).area(2))
    y = _output(live, layer, "output", out, met)
    stamps, lands = _stamps(live, x.cells, w.cells)
    again = live.heads(area, out.along)
    rows, columns = lands.rows.area(2), lands.columns.area(2)
    here = rows.equals(again.rows) * columns.equals(again.columns)
    added = call("SUMPRODUCT", here, stamps.cells.area())
    same = _output(live, layer, "output_distributed", again, added)
    count = _count(live, live.heads(area, out.along), rows, columns)
    live.verdict(y, same)

    arrange(sheet, p, (x | w) / legend / size >> y, at=(top, 1))
    arrange(sheet, count | same, t | Led(z, "∗"), columns=PAPER)
    arrange(sheet, stamps)


def _check_area(area: int, least: int) -> None:
    """Refuse to draw fewer cells than the layer has, or more than any has."""
    if not least <= area <= LARGEST:
        fit = f"from {least}, the full output of this layer, to {LARGEST}"
        raise XlconvError(f"area must be {fit}, got {area}", parameter="area")


def _count(live: Live, head: Heads, rows: Expr, columns: Expr) -> Figure:
    """How many products land on each cell of the output."""
    times = call("COUNTIF", rows, head.rows) * call("COUNTIF", columns, head.columns)
    count = live.area("count", head, times, live.caption("count", live.size.drawn))
    live.sheet.scale(count.cells)
    return count


def _pool(live: Live, name: str, numbers: Array, room: int, size: Any, tint: Any = -1) -> Figure:
    """Numbers to type over, and more that wait until the current size takes them in."""
    sheet, shape = live.sheet, numbers.shape[-2:]
    content = np.pad(numbers.reshape(shape), [(0, room - used) for used in shape], mode="wrap")
    pool = figure(sheet, f"{name}_pool", (room, room), 2, "", role="pool", content=content)
    rows, columns = pool.labels
    waits = call("OR", call("NOT", live.p.valid), rows >= size[0], columns >= size[1])
    sheet.light(pool.cells, waits, "waiting")
    used = pool.cells[(*[None] * (numbers.ndim - 2), *map(slice, shape))]
    sheet.name_block(name, used, role=name, frame=False)
    sheet.coat(pool.cells, name, tint)
    return replace(pool, head=live.caption(f"live_{name}", size))


def _turned(live: Live, w: Grid) -> Figure:
    """The kernel, turned and dilated."""
    p, size = live.p, live.size

    def weight(n: int, a: int) -> Expr:
        u = p.kernel_size - 1 - lift(a) / p.dilation
        here = call("IF", call("MOD", a, p.dilation).equals(0), u, ZERO)
        return call("IF", size.span[n] > a, here, "")

    heads = live.heads(SPAN, weight)
    words = live.caption("turned_short", size.span, live.between(p.dilation))
    t = live.area("turned", heads, heads.placed(w), words)
    _tint(live, t.cells, heads)
    live.grey(t.cells, heads)
    return t


def _stretched(live: Live, x: Grid, area: int) -> Figure:
    """The input, stretched and padded."""
    sheet, p, size = live.sheet, live.p, live.size

    def cell(n: int, a: int) -> Expr:
        at = a + 1 - size.span[n]
        whole = call("MOD", at, p.stride).equals(0)
        here = call("AND", size.span[n] <= a + 1, at < size.stretched[n], whole)
        return call("IF", size.padded[n] > a, call("IF", here, at / p.stride, ZERO), "")

    heads = live.heads(area + SPAN - 1, cell)
    more = phrase(sheet, "live_after", more=p.output_padding - p.padding)
    around = phrase(sheet, "live_around", margin=size.span[0] - 1)
    around = around & call("IF", p.output_padding > p.padding, more, "")
    words = live.caption("live_stretched", size.padded, live.between(p.stride) & around)
    z = live.area("stretched", heads, heads.placed(x), words)
    sheet.text(heads.corner.shift(-2), sheet.say("slides"), "note")
    live.grey(z.cells, heads)
    sheet.light(z.cells, z.cells.differs(""), "live")
    return z


def _stamps(live: Live, x: Grid, w: Grid) -> tuple[Figure, Heads]:
    """Each input times the whole kernel, and the output cells where the products land."""
    sheet, p = live.sheet, live.p
    pitch, corner = p.kernel_size + 1, sheet.corner()

    def of_kernel(n: int, a: int) -> Expr:
        u = call("MOD", a, pitch)
        return call("IF", call("AND", p.input_size[n] * pitch > a, u < p.kernel_size), u, "")

    weight = live.heads(STAMPS, of_kernel, corner, gap=2)

    def of_input(n: int, a: int) -> Expr:
        return call("IF", weight.along(n, a).equals(""), "", call("INT", lift(a) / pitch))

    source = live.heads(STAMPS, of_input, corner, gap=3)

    def of_output(n: int, a: int) -> Expr:
        u = weight.along(n, a)
        target = source.along(n, a) * p.stride + u * p.dilation - p.padding
        return call("IF", u.equals(""), "", target)

    lands = live.heads(STAMPS, of_output, corner)
    words = caption(sheet, sheet.say("stamps"))
    stamps = live.area("stamps", weight, source.of(x) * weight.of(w), words)
    _tint(live, stamps.cells, weight)
    sheet.text(corner.shift(-4), sheet.say("lands"), "note")
    for n, word in enumerate(("lands_input", "lands_kernel", "lands_output")):
        sheet.text(corner.shift(n - 3, -1), sheet.say(word), "edge")
    return stamps, lands


def _output(live: Live, layer: Layer, name: str, heads: Heads, content: Expr) -> Figure:
    """The full output, with what is cropped struck through."""
    sheet, size = live.sheet, live.size.output
    full = live.area(f"{name}_full", heads, content, live.caption(f"live_{name}", size), "cropped")
    inner = full.cells[(None, *layer.geometry.crop)]
    sheet.name_block(name, inner, role="output", frame=False, claim=("conv_transpose", layer))
    sheet.coat(full.cells, "paper")
    ends = [head >= size[n] for n, head in enumerate((heads.rows, heads.columns))]
    outside = call("OR", heads.rows < 0, heads.columns < 0, *ends)
    sheet.light(full.cells, call("AND", full.cells.differs(""), outside), "cropped")
    sheet.light(full.cells, full.cells.differs(""), "live")
    return full


def _tint(live: Live, cells: Grid, weights: Heads) -> None:
    """Let cells take the tint of the weight that their indices name."""
    for u, v in product(range(3), repeat=2):
        row, column = (
            some([index.equals(m) for m in range(first, KERNEL, 3)])
            for index, first in ((weights.rows, u), (weights.columns, v))
        )
        live.sheet.light(cells, call("AND", row, column), "live", int(TINT[u, v]))
