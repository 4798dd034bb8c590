"""Collect: each output cell looks back at the inputs that reach it, through the turned kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from xlconv.figures.blocks import Sources, output_figure, sources
from xlconv.figures.inlaid import stretched_figure, turned_figure
from xlconv.figures.layout import Led, Part
from xlconv.figures.looked_at import CHOICES, LookedAt, arrange_looked_at, look_at, pick
from xlconv.figures.notes import note
from xlconv.figures.operations import collected
from xlconv.figures.outputs import by_distributing
from xlconv.figures.paper import PAGE_COLUMNS
from xlconv.figures.ruler import kernel_indices, source
from xlconv.figures.table import Column, Lines, table
from xlconv.figures.then import then_figures
from xlconv.figures.titles import AXES, with_commas
from xlconv.grid.expr import Expr, call, every, joined, lift, moved, rounded
from xlconv.grid.grid import Grid
from xlconv.grid.places import start
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer

NUMBERS, LINE = 18, 144
"""Terms of a line of the sum in numbers, and letters of one in symbols."""

Terms = tuple[Sequence[object], Sequence[Grid], Sequence[object]]
"""What begins a sum in words, its terms, and what ends it."""

DEEP_COLUMNS = 38
"""Columns that paper shows where the indices of three axes make them wider."""

TAPS = 80
"""Products beyond which the looked-at cell is not written out as a sum."""


def collect(sheet: Sheet, layer: Layer, *, look: list[int] | None = None) -> None:
    """The stretched input, the turned kernel, and the output as a plain convolution of the two.

    look  the output cell that is looked at when the file is opened; the middle if not given
    """
    g = layer.geometry
    src = sources(sheet, layer)
    z, t = stretched_figure(sheet, g, src.x), turned_figure(sheet, g, src.w, short=True)
    y = output_figure(sheet, layer)
    collected(sheet, y.cells, g, t.cells, z.cells, src.bias, rest=src.rest)
    again, agree = by_distributing(src, y.cells)

    here = look_at(sheet, g, y.labels, look)
    here.light(sheet, y)
    here.tint(src, src.x, z)

    told, taps = _in_words(sheet, layer, here, src, y.kept)
    then = then_figures(sheet, layer, y.kept)
    # slices side by side fill the page: what is made of them then stands under what is given
    deep = g.rank > 2
    shown = (src.line | t) // (z >> y) if deep else src.line >> z | Led(t, "∗") >> y
    other = taps | again / agree if taps else again / agree
    columns = DEEP_COLUMNS if deep else PAGE_COLUMNS
    arrange_looked_at(sheet, here, shown >> then, told, other, columns=columns)


def _in_words(
    sheet: Sheet, layer: Layer, here: LookedAt, src: Sources, y: Grid
) -> tuple[Part, Part | None]:
    """The looked-at cell as a sum: in numbers and in symbols; and tap by tap."""
    g = layer.geometry
    taps = len(g.sources(0)) * prod(axis.kernel_size for axis in g.axes)
    if taps > TAPS or g.out_channels > CHOICES:
        return note(sheet, sheet.say("no_words", count=taps)), None

    tap = _taps(sheet, layer, here, src)
    corner = sheet.corner()
    result = sheet.formula(corner, here.if_valid(here.of(y)), "current")
    reached = call("COUNTIF", tap["number"].area(), ">0") > 0
    nothing = sheet.say("nothing" if src.bias is None else "only_bias")
    bias = [] if src.bias is None else [" + ", rounded(here.by_channel(list(each(src.bias))))]
    symbol = [] if src.bias is None else [" + b"]
    if src.rest is not None:
        nothing = sheet.say("only_rest")
        bias += [" + ", rounded(here.of(src.rest[(slice(None), *g.crop)]))]
        symbol.append(" + c")
    # + 0 makes 0 of -0, which some programs write as it is
    numbers: Terms = [rounded(result + 0), " = "], each(tap["numbers"]), bias
    channel = [] if here.channel is None else [here.channel]
    place = with_commas([*channel, *here.at])
    symbols: Terms = ["y[", *place, "] = "], each(tap["symbols"]), symbol
    read, lead = _channels(here, 0)
    across = (len(read) + len(lead)) / 2 + g.rank  # indices of each of the two
    lines = [
        *_lines(numbers, NUMBERS, nothing),
        *_lines(symbols, int(LINE // (8 + 4 * across)), nothing),
    ]
    for row, (told, none) in enumerate(lines):
        content = call("IF", reached, told, none)
        sheet.formula(corner.shift(row, 2), here.if_valid(content), "words")
    return Part(corner.anchor, below=True), tap


def _lines(sum_of: Terms, size: int, nothing: str) -> Iterator[tuple[Expr, Expr | str]]:
    """A sum in lines of so many terms, and what stands there if there are none."""
    first, terms, last = sum_of
    for at in range(0, len(terms), size):
        told = [*(() if at else first), *terms[at : at + size]]
        ended = [*told, *(last if at + size >= len(terms) else ())]
        yield joined(*ended), "" if at else joined(*first, nothing)


def _taps(sheet: Sheet, layer: Layer, here: LookedAt, src: Sources) -> Lines:
    """Each weight with the input that it meets, if there is one, and their product."""
    g, names = layer.geometry, AXES[-layer.geometry.rank :]
    width, weights = g.in_channels // g.groups, kernel_indices(g)
    taps = [(m, tint) for m in range(width) for tint in reversed(range(len(weights)))]
    columns = _columns(sheet, names, 1 + (prod(g.weight_shape[:2]) > 1 or g.is_part))
    tap = table(sheet, sheet.say("taps"), len(taps), columns)
    for n, (m, tint) in enumerate(taps):
        line = {name: cells[n] for name, cells in tap.columns.items()}
        u, (read, lead) = weights[tint], _channels(here, m)
        before_u = [here.if_valid(joined(*with_commas(lead), ","))] if lead else []
        written = ",".join(map(str, u))
        line["symbol"][...] = joined(*before_u, written) if lead else written
        sheet.coat(line["symbol"], "symbol", tint)
        if lead:
            sheet.coat(sheet.memory(start(line["symbol"]).shift(0, 1), ()), "symbol", tint)
        line["weight"][...] = here.if_valid(
            here.by_channel(
                [src.weight[(m + g.sources(o)[0], g.filter(o), *u)] for o in range(g.out_channels)]
            )
        )
        place = [line[name] for name in names]
        for axis, r, offset, cell in zip(g.axes, here.at, u, place, strict=True):
            i, there = source(axis, r, offset)
            cell[...] = here.if_valid(call("IF", call("AND", *there), i, ""))
        met = every([cell.differs("") for cell in place])
        local = [moved(cell, -axis.first) for cell, axis in zip(place, g.axes, strict=True)]
        inputs = [pick(src.input[m + group * width], local) for group in range(g.groups)]
        line["x"][...] = call("IF", met, here.by_group(inputs), "")
        before = call("COUNTIF", tap["number"][:n].area(), ">0") + 1 if n else 1
        line["number"][...] = call("IF", met, before, "")
        plus = call("IF", line["number"] > 1, " + ", "")
        symbols = joined("x[", *with_commas([*read, *place]), "]*w[", line["symbol"], "]")
        line["symbols"][...] = call("IF", met, plus & symbols, "")
    _multiply(tap, every([tap[name].differs("") for name in names]))
    return tap


def _multiply(tap: Lines, met: Expr) -> None:
    """Write each product, and its numbers as they stand in the sum, for all lines at once."""
    tap["product"][...] = call("IF", met, tap["x"] * tap["weight"], "")
    plus = call("IF", tap["number"] > 1, " + ", "")
    numbers = rounded(tap["x"]) & "*" & rounded(tap["weight"])
    tap["numbers"][...] = call("IF", met, joined(plus, numbers), "")


def _channels(here: LookedAt, m: int) -> tuple[list[object], list[object]]:
    """The numbers of channels before those of cells, where there are several: of x and of w.

    m  the input channel, counted within the group
    """
    g = here.geometry
    width = g.in_channels // g.groups
    read = [lift(g.in_number(m + n * width)) for n in range(g.groups)]
    i = here.by_group(read) if g.groups > 1 else g.in_number(m)
    pair: list[object] = [i, g.out_number(0) if here.channel is None else here.channel]
    several = prod(g.weight_shape[:2]) > 1 or g.is_part
    return [i] if g.in_channels > 1 or g.is_part else [], pair if several else []


def _columns(sheet: Sheet, names: Sequence[str], symbol: int) -> dict[str, Column]:
    """What the table of taps tells: the names of the axes stand for the input's indices.

    symbol  columns of the sheet that the name of a weight has
    """
    return {
        "number": Column("#"),
        "symbol": Column(sheet.say("tap_kernel"), "symbol", symbol),
        "weight": Column("w"),
        **{name: Column(sheet.say(name)) for name in names},
        "x": Column("x"),
        "product": Column("x·w", width=2),
        "symbols": Column(None, "terms", 6 if len(names) < 3 else 8),
        "numbers": Column(None, "terms"),
    }


def each(cells: Grid) -> Sequence[Grid]:
    """The cells of a column, one by one."""
    return [cells[n] for n in range(cells.shape[0])]
