"""Playground: the parameters are cells, and a whole layer follows them.

Every figure is an area of fixed size with indices along its edges. An index says which cell of its
source stands there; "·" is a zero; nothing at all means that the current size ends before. So one
short formula serves every cell of a figure, whatever the parameters are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.expr import Expr, Grid, call, joined, lift
from xlconv.figure import LEFT, indices
from xlconv.figures.parameters import LIMITS, Parameters, Sizes, parameters, said, size_words, sizes
from xlconv.layer import Layer
from xlconv.places import Place, below, beside
from xlconv.sheet import Sheet

STRIP, TOP = 2, 7
"""The row of the parameters, and the first row of the figures under them."""

INPUT, KERNEL, STRIDE, DILATION = (
    LIMITS[name][1] for name in ("input_size", "kernel_size", "stride", "dilation")
)
SPAN, STAMPS = DILATION * (KERNEL - 1) + 1, INPUT * (KERNEL + 1) - 1
"""Cells of the largest dilated kernel, and of the largest row of stamps."""
LARGEST = (INPUT - 1) * STRIDE + SPAN + max(STRIDE, DILATION) - 1
"""Cells of the largest full output, with what output_padding adds to it."""

TINT = np.add.outer(np.arange(KERNEL) % 3 * 3, np.arange(KERNEL) % 3)
"""The tint of each weight: by its indices modulo 3, so that a kernel of 3 x 3 has nine."""

ZERO = "·"


@dataclass(frozen=True)
class Heads:
    """The indices along the left and the top edge of an area, to broadcast over it."""

    rows: Grid
    columns: Grid

    def along(self, n: int, a: int) -> Grid:
        """Number `a` of the indices along axis n."""
        return self.columns[0, a] if n else self.rows[a, 0]

    def within(self, content: Expr) -> Expr:
        """The content as far as the current size reaches, then nothing."""
        return call("IF", call("OR", self.rows.equals(""), self.columns.equals("")), "", content)

    def of(self, source: Grid) -> Expr:
        """The cells of a source that the indices name."""
        return call("INDEX", source.area(), self.rows + 1, self.columns + 1)

    def placed(self, source: Grid) -> Expr:
        """The cells of a source that the indices name, and zeros between them."""
        named = call("AND", call("ISNUMBER", self.rows), call("ISNUMBER", self.columns))
        return self.within(call("IF", named, self.of(source), 0))


def playground(sheet: Sheet, layer: Layer, *, area: int = 18) -> None:
    """A layer whose sizes, stride, padding and dilation are cells with dropdowns.

    area  cells along each axis of the largest output that is drawn

    Raises XlconvError for a layer that these cells cannot say, or that does not fit.
    """
    start = _start(layer, area)
    sheet.column_width, sheet.frozen_rows = 4.1, STRIP + 2
    p = parameters(sheet, (STRIP, LEFT), start)
    x = _pool(sheet, p, "input", (TOP, LEFT), layer.input, INPUT, p.input_size)
    w = _pool(
        sheet, p, "kernel", (TOP, beside(x, 1)), layer.weight, KERNEL, [p.kernel_size] * 2, TINT
    )
    for n, word in enumerate(("waiting", "tinted", "grey")):
        sheet.text((below(x, n), LEFT), sheet.say(word), "note")
    at_turned, at_output = (below(x, 6), LEFT), (TOP, beside(w))
    sheet.try_row = max(at_turned[0] + SPAN, TOP + area) + 1
    size = sizes(sheet, p, (TOP, at_output[1] + area + 4), area)
    size_words(sheet, (STRIP + 1, LEFT), p, size)

    t, z = _spread(sheet, p, size, x, w, at_turned, (sheet.try_row + 9, LEFT), area)
    out = _heads(
        sheet, p, at_output, area, lambda n, a: call("IF", size.drawn[n] > a, a - p.padding, "")
    )
    met = call("SUMPRODUCT", t.area(), z.windows(SPAN, SPAN).area(2))
    y = _output(sheet, p, size, layer, "output", at_output, out, met)

    stamps, lands = _stamps(sheet, p, (below(z, 7), LEFT + 2), x, w)
    at_again, at_count = (below(stamps, 4), LEFT), (below(stamps, 4), LEFT + area + 3)
    again = _heads(sheet, p, at_again, area, out.along)
    rows, columns = lands.rows.area(2), lands.columns.area(2)
    here = rows.equals(again.rows) * columns.equals(again.columns)
    added = call("SUMPRODUCT", here, stamps.area())
    same = _output(sheet, p, size, layer, "output_distributed", at_again, again, added)
    head = _heads(sheet, p, at_count, area, out.along)
    times = call("COUNTIF", rows, head.rows) * call("COUNTIF", columns, head.columns)
    count = _area(sheet, "count", at_count, head.within(times))
    sheet.scale(count)
    _caption(sheet, p, count, "count", size.drawn)
    _verdict(sheet, p, (TOP - 2, at_output[1] + 11), y, same)


def _start(layer: Layer, area: int) -> dict[str, Any]:
    """What the parameters' cells say first."""
    g = layer.geometry
    if g.rank != 2 or (g.in_channels, g.out_channels) != (1, 1) or layer.bias is not None:
        raise XlconvError("playground shows one channel on two axes, without a bias")
    found: dict[str, Any] = {"input_size": np.array(g.input_shape[1:], float)}
    for name in [name for name in LIMITS if name not in found]:
        values = np.ravel([getattr(axis, name) for axis in g.axes])
        if len(set(values)) > 1:
            raise XlconvError(
                f"playground has one {name} for all sides, got {values.tolist()}", parameter=name
            )
        found[name] = np.array(values[0], float)
    for name, (low, high) in LIMITS.items():
        if found[name].min() < low or found[name].max() > high:
            got = " x ".join(f"{value:g}" for value in found[name].ravel())
            raise XlconvError(
                f"playground takes {name} from {low} to {high}, got {got}", parameter=name
            )
    if not max(g.canvas_shape) <= area <= LARGEST:
        raise XlconvError(
            f"area must be from {max(g.canvas_shape)}, the full output of this layer, to"
            f" {LARGEST}, got {area}",
            parameter="area",
        )
    return found


def _pool(
    sheet: Sheet, p: Parameters, name: str, at: Place, numbers: Any, room: int, size: Any,
    tint: Any = -1,
) -> Grid:  # fmt: skip
    """Numbers to type over, and more that wait until the current size takes them in."""
    shape = numbers.shape[-2:]
    more = [(0, room - used) for used in shape]
    content = np.pad(numbers.reshape(shape), more, mode="wrap")
    pool = sheet.block(f"{name}_pool", at, (room, room), role="pool", content=content)
    rows, columns = indices(sheet, pool, 2)
    waits = call("OR", call("NOT", p.valid), rows >= size[0], columns >= size[1])
    sheet.light(pool, waits, "waiting")
    used = pool[(*[None] * (numbers.ndim - 2), *map(slice, shape))]
    sheet.name_block(name, used, role=name, frame=False)
    sheet.coat(pool, name, tint)
    _caption(sheet, p, pool, f"live_{name}", size)
    return pool


def _spread(
    sheet: Sheet, p: Parameters, size: Sizes, x: Grid, w: Grid, at_turned: Place, at_input: Place,
    area: int,
) -> tuple[Grid, Grid]:  # fmt: skip
    """The kernel, turned and dilated, and the input, stretched and padded."""

    def of_kernel(n: int, a: int) -> Expr:
        weight = p.kernel_size - 1 - lift(a) / p.dilation
        here = call("IF", call("MOD", a, p.dilation).equals(0), weight, ZERO)
        return call("IF", size.span[n] > a, here, "")

    def of_input(n: int, a: int) -> Expr:
        at = a + 1 - size.span[n]
        whole = call("MOD", at, p.stride).equals(0)
        here = call("AND", at >= 0, at < size.stretched[n], whole)
        return call("IF", size.padded[n] > a, call("IF", here, at / p.stride, ZERO), "")

    turned = _heads(sheet, p, at_turned, SPAN, of_kernel)
    t = _area(sheet, "turned", at_turned, turned.placed(w))
    _tint(sheet, t, turned)
    _caption(sheet, p, t, "turned_short", size.span, _between(sheet, p.dilation))

    stretched = _heads(sheet, p, at_input, area + SPAN - 1, of_input)
    z = _area(sheet, "stretched", at_input, stretched.placed(x))
    more = said(sheet, "live_after", more=p.output_padding - p.padding)
    around = said(sheet, "live_around", margin=size.span[0] - 1)
    around = around & call("IF", p.output_padding > p.padding, more, "")
    _caption(sheet, p, z, "live_input", size.padded, _between(sheet, p.stride) & around, lift=3)
    sheet.text((at_input[0] - 2, LEFT), sheet.say("slides"), "note")
    for cells, heads in ((t, turned), (z, stretched)):
        zero = call("OR", heads.rows.equals(ZERO), heads.columns.equals(ZERO))
        sheet.light(cells, call("AND", cells.differs(""), zero), "zero")
    sheet.light(z, z.differs(""), "live")
    return t, z


def _stamps(sheet: Sheet, p: Parameters, at: Place, x: Grid, w: Grid) -> tuple[Grid, Heads]:
    """Each input times the whole kernel, and the output cells where the products land."""
    pitch = p.kernel_size + 1

    def of_kernel(n: int, a: int) -> Expr:
        u = call("MOD", a, pitch)
        return call("IF", call("AND", p.input_size[n] * pitch > a, u < p.kernel_size), u, "")

    weight = _heads(sheet, p, at, STAMPS, of_kernel, gap=2)

    def of_input(n: int, a: int) -> Expr:
        return call("IF", weight.along(n, a).equals(""), "", call("INT", lift(a) / pitch))

    source = _heads(sheet, p, at, STAMPS, of_input, gap=3)

    def of_output(n: int, a: int) -> Expr:
        u = weight.along(n, a)
        target = source.along(n, a) * p.stride + u * p.dilation - p.padding
        return call("IF", u.equals(""), "", target)

    lands = _heads(sheet, p, at, STAMPS, of_output)
    stamps = _area(sheet, "stamps", at, weight.within(source.of(x) * weight.of(w)))
    _tint(sheet, stamps, weight)
    row, column = at
    sheet.text((row - 6, LEFT), sheet.say("stamps"), "caption")
    sheet.text((row - 5, LEFT), sheet.say("lands"), "note")
    for n, word in enumerate(("lands_input", "lands_kernel", "lands_output")):
        sheet.text((row - 3 + n, column - 1), sheet.say(word), "edge")
    return stamps, lands


def _output(
    sheet: Sheet, p: Parameters, size: Sizes, layer: Layer, name: str, at: Place, heads: Heads,
    content: Expr,
) -> Grid:  # fmt: skip
    """The full output, with what is cropped struck through."""
    full = _area(sheet, f"{name}_full", at, heads.within(content), role="cropped")
    inner = full[(None, *layer.geometry.crop)]
    sheet.name_block(name, inner, role="output", frame=False, claim=("conv_transpose", layer))
    sheet.coat(full, "paper")
    ends = [head >= size.output[n] for n, head in enumerate((heads.rows, heads.columns))]
    outside = call("OR", heads.rows < 0, heads.columns < 0, *ends)
    sheet.light(full, call("AND", full.differs(""), outside), "cropped")
    sheet.light(full, full.differs(""), "live")
    _caption(sheet, p, full, f"live_{name}", size.output)
    return full


def _heads(
    sheet: Sheet,
    p: Parameters,
    at: Place,
    count: int,
    name: Callable[[int, int], Expr],
    gap: int = 1,
) -> Heads:
    """Indices along an area: for axis n and position a what `name` says, if there is a layer."""
    found = []
    for n, step in enumerate(((1, 0), (0, 1))):
        place = (at[0] - gap * n, at[1] - gap * (1 - n))
        head = sheet.memory(place, (count,), steps=(step,), dtype=object)
        for a in range(count):
            head[a] = call("IF", p.valid, name(n, a), "")
        sheet.coat(head, "index")
        found.append(head)
    return Heads(found[0][:, None], found[1][None, :])


def _area(sheet: Sheet, name: str, at: Place, content: Expr, role: str = "computed") -> Grid:
    """A figure on empty paper: its cells light up as far as they are in use."""
    cells = sheet.block(
        name, at, content.shape, role=role, content=content, dtype=object, frame=False
    )
    sheet.coat(cells, "paper")
    return cells


def _caption(
    sheet: Sheet, p: Parameters, cells: Grid, key: str, size: Any, more: Expr | None = None,
    lift: int = 2,
) -> None:  # fmt: skip
    """Words above a figure, with what was done to it and its current size."""
    live = said(sheet, "live_size", rows=size[0], columns=size[1])
    live = live if more is None else more & live
    words = joined(sheet.say(key), call("IF", p.valid, live, ""))
    sheet.formula((cells.origin[0] - lift, cells.origin[1]), words, "caption")


def _between(sheet: Sheet, step: Grid) -> Expr:
    """How many zeros a stride or a dilation puts between two cells."""
    return call("IF", step > 1, said(sheet, "live_between", zeros=step - 1), "")


def _tint(sheet: Sheet, cells: Grid, weights: Heads) -> None:
    """Let cells take the tint of the weight that their indices name."""
    for u, v in product(range(3), repeat=2):
        row, column = (
            call("OR", *(index.equals(m) for m in range(first, KERNEL, 3)))
            for index, first in ((weights.rows, u), (weights.columns, v))
        )
        sheet.light(cells, call("AND", row, column), "live", int(TINT[u, v]))


def _verdict(sheet: Sheet, p: Parameters, at: Place, a: Grid, b: Grid) -> None:
    """Whether two areas agree; SUMPRODUCT counts the empty texts in them as zeros."""
    one, other, both = (call("SUMPRODUCT", m.area(), n.area()) for m, n in ((a, a), (b, b), (a, b)))
    told = call(
        "IF", one + other - 2 * both < 1e-9 * (1 + one), sheet.say("agree"), sheet.say("differ")
    )
    cell = sheet.formula(at, call("IF", p.valid, told, ""), "verdict")
    sheet.light(cell, cell.equals(sheet.say("differ")), "alarm")
