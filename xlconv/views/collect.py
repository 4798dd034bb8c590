"""Collect: each output cell looks back at the inputs that reach it, through the turned kernel."""

from __future__ import annotations

from itertools import product
from math import prod

from xlconv.figures.figure import (
    LEFT,
    TOP,
    Sources,
    caption,
    collected,
    indices,
    of_channel,
    output_blocks,
    output_caption,
    plain,
    sources,
    stretched_caption,
    stretched_input,
    tapped,
    tinted,
    turned_kernel,
    verdict,
)
from xlconv.figures.looked_at import CHOICES, Look, look_at, pick
from xlconv.grid.expr import Expr, Grid, call, joined, moved, shown
from xlconv.grid.places import below, beside
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer

TAPS = 80
"""Products beyond which the looked-at cell is not written out as a sum."""


def collect(sheet: Sheet, layer: Layer, *, look: list[int] | None = None) -> None:
    """The stretched input, the turned kernel, and the output as a plain convolution of the two.

    look  the output cell that is looked at when the file is opened; the middle if not given
    """
    g, top = layer.geometry, TOP + 2
    src = sources(sheet, layer, (top, LEFT))
    left = max(beside(src.input, 3), beside(src.weight, 3))
    z = stretched_input(sheet, g, src.input, (top, left))
    caption(sheet, z, stretched_caption(sheet, g))
    places = indices(sheet, z, g.rank)
    # slices side by side fill the page: the turned kernel then stands under them
    wide = g.rank > 2
    t = turned_kernel(sheet, g, src.weight, (below(z, 3), left) if wide else (top, beside(z, 3)))
    caption(sheet, t, sheet.say("turned", size=plain(t.shape, 2)), lift=1)

    right = max(beside(t, 3), beside(z, 3) if wide else beside(z, 3) + 7)
    canvas, output, labels = output_blocks(
        sheet, layer, (top, right), "output", output_caption(sheet, g)
    )
    collected(sheet, canvas, g, t, z, src.bias)
    again, _, _ = output_blocks(
        sheet, layer, (below(canvas, 4), right), "by_distributing",
        sheet.say("by_distributing", size=plain(g.output_shape, 1)),
    )  # fmt: skip
    tapped(sheet, again, g, src.input, src.weight, src.bias)
    verdict(sheet, (below(again), right), (canvas, again))

    looked = look_at(sheet, g, labels, look)
    _light(sheet, g, looked, src, z, places, canvas, labels)
    taps = len(g.sources(0)) * prod(axis.kernel_size for axis in g.axes)
    if taps <= TAPS and g.out_channels <= CHOICES:
        _in_words(sheet, g, looked, src, output, sheet.rows + 1)
    else:
        sheet.text((sheet.rows + 1, LEFT), sheet.say("no_words", count=taps), "note")


def _offsets(g: Geometry) -> product[tuple[int, ...]]:
    """Every kernel index, in the order in which the turned kernel shows them."""
    return product(*(range(axis.kernel_size - 1, -1, -1) for axis in g.axes))


def _light(
    sheet: Sheet,
    g: Geometry,
    looked: Look,
    src: Sources,
    z: Grid,
    places: list[Grid],
    canvas: Grid,
    labels: list[Grid],
) -> None:
    """Tint what the looked-at cell meets with the weight that it meets it through."""
    for o in range(g.out_channels):
        sheet.light(canvas[o], looked.is_at(labels, o), "current")
    if not tinted(sheet, src.weight[:, 0]):
        return
    sizes = [axis.kernel_size for axis in g.axes]
    for tint, offset in enumerate(product(*map(range, sizes))):
        for i in range(g.in_channels):
            met = looked.is_group(i)
            axes = list(zip(g.axes, looked.at, offset, strict=True))
            on_input = [
                (of_channel(index, i) * a.stride).equals(moved(at, a.padding[0] - a.dilation * u))
                for (a, at, u), index in zip(axes, src.input_indices, strict=True)
            ]
            on_z = [
                of_channel(place, i).equals(
                    moved(at, a.crop.start + a.dilation * (a.kernel_size - 1 - u))
                )
                for (a, at, u), place in zip(axes, places, strict=True)
            ]
            sheet.light(src.input[i], call("AND", *on_input, *met), "met", tint)
            sheet.light(z[i], call("AND", *on_z, *met), "met", tint)


def _in_words(
    sheet: Sheet, g: Geometry, looked: Look, src: Sources, output: Grid, row: int
) -> None:
    """The looked-at cell as a sum: in symbols, in numbers, and tap by tap."""
    names = ["depth", "row", "column"][-g.rank :]
    offsets = list(_offsets(g))
    width = g.in_channels // g.groups
    lines = [(m, offset) for m in range(width) for offset in offsets]
    head = row + 4
    sheet.text((head - 1, LEFT), sheet.say("taps"), "caption")
    titles = ["#", sheet.say("tap_kernel"), "", *(sheet.say(name) for name in names), "x", "x·w"]
    sheet.line((head, LEFT), titles, "heads")
    first, wide = head + 1, len(titles)

    def column(n: int, role: str, kind: object = float) -> Grid:
        cells = sheet.memory((first, LEFT + n), (len(lines),), steps=((1, 0),), dtype=kind)
        sheet.coat(cells, role)
        return cells

    number, symbol, weight = (
        column(0, "fact", object),
        column(1, "symbol", object),
        column(2, "fact", object),
    )
    reached = [column(3 + n, "fact", object) for n in range(g.rank)]
    value, part = column(3 + g.rank, "fact", object), column(4 + g.rank, "fact", object)
    in_symbols, in_numbers = column(wide + 1, "note", object), column(wide + 6, "note", object)
    tint_sizes = [axis.kernel_size for axis in g.axes]
    for n, (m, offset) in enumerate(lines):
        channel = f"{m}," if width > 1 else ""
        symbol[n] = f"w[{channel}{','.join(map(str, offset))}]"
        tint = 0
        for u, size in zip(offset, tint_sizes, strict=True):
            tint = tint * size + u
        sheet.coat(symbol[n], "symbol", tint)
        weights = [
            src.weight[(m + g.sources(o)[0], g.filter(o), *offset)] for o in range(g.out_channels)
        ]
        weight[n] = call("IF", looked.valid, looked.by_channel(weights), "")
        for axis, at, u, cells in zip(g.axes, looked.at, offset, reached, strict=True):
            apart = moved(at, axis.padding[0] - axis.dilation * u)
            tests = [apart >= 0, apart <= axis.stride * (axis.size - 1)]
            if axis.stride > 1:
                tests.append(call("MOD", apart, axis.stride).equals(0))
            found = apart / axis.stride if axis.stride > 1 else apart
            cells[n] = call("IF", looked.valid, call("IF", call("AND", *tests), found, ""), "")
        met = call("AND", *(cells[n].differs("") for cells in reached))
        value[n] = call(
            "IF",
            met,
            looked.by_group(
                [
                    pick(src.input[m + group * width], [cells[n] for cells in reached])
                    for group in range(g.groups)
                ]
            ),
            "",
        )
        part[n] = call("IF", met, value[n] * weight[n], "")
        before = call("COUNTIF", number[:n].area(), ">0") if n else 0
        number[n] = call("IF", met, before + 1 if isinstance(before, Expr) else 1, "")
        plus = call("IF", number[n] > 1, " + ", "")
        x = joined(f"x[{channel}", *_comma([cells[n] for cells in reached]), "]*", symbol[n])
        in_symbols[n] = call("IF", met, plus & x, "")
        in_numbers[n] = call("IF", met, plus & shown(value[n]) & "*" & shown(weight[n]), "")
    result = looked.by_channel([pick(output[o], looked.at) for o in range(g.out_channels)])
    y = sheet.formula((row + 1, LEFT), call("IF", looked.valid, result, ""), "current")
    bias: list[object] = []
    if src.bias is not None:
        chosen = looked.by_channel([src.bias[o] for o in range(g.out_channels)])
        bias = [" + ", shown(chosen)]
    index = joined("y[", *_comma(looked.at), "] = ")
    symbols = joined(*(in_symbols[n] for n in range(len(lines))))
    numbers = joined(*(in_numbers[n] for n in range(len(lines))), *bias)
    reaching = call("COUNTIF", number.area(), ">0")
    nothing = sheet.say("only_bias" if bias else "nothing")
    short = call("IF", reaching > 0, shown(y) & " = " & numbers, shown(y) & " = " & nothing)
    long = call(
        "IF", reaching > 0, joined(index, symbols, " + b = " if bias else " = ", numbers, " = ", shown(y)),
        index & nothing,
    )  # fmt: skip
    sheet.formula((row, LEFT), call("IF", looked.valid, long, ""), "symbols")
    sheet.formula((row + 1, LEFT + 2), call("IF", looked.valid, short, ""), "words")


def _comma(parts: list[Grid]) -> list[object]:
    """The parts with commas between them."""
    listed: list[object] = []
    for part in parts:
        listed += [",", part] if listed else [part]
    return listed
