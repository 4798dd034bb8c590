"""The size of an output as a table that computes itself."""

from __future__ import annotations

from collections.abc import Sequence

from xlconv.figures.blocks import Sources
from xlconv.figures.table import Column, Lines, table
from xlconv.grid.expr import Expr, call
from xlconv.grid.grid import Grid
from xlconv.grid.places import under
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry

OPTIONAL = (("dilation", 1), ("output_padding", 0))
"""Parameters that the size table shows only where they are used, and their least values."""

LETTERS = {"d": "dilation", "op": "output_padding"}
"""What the letters of those are short for."""


def size_table(sheet: Sheet, src: Sources, every: Sequence[Geometry]) -> Lines:
    """The size formula, a line for each kind of axis of layers of one input and kernel."""
    rank = every[0].rank
    last = {g.axes[n]: n - rank for n in range(rank) for g in every}
    uneven = any(begin != end for begin, end in (axis.padding for axis in last))
    dilated, more = (any(getattr(a, key) > least for a in last) for key, least in OPTIONAL)
    pads = ["p₁", "p₂"] if uneven else ["p"]
    names = ["n", "k", *["d"] * dilated, "s", *pads, *["op"] * more]
    columns = {name: Column(name, kind=float) for name in names}
    columns["size"] = Column(sheet.say("size"), "", kind=float)
    lines = table(sheet, sheet.say("sizes"), len(last), columns)
    for n, (axis, along) in enumerate(last.items()):
        at = {name: column[n] for name, column in lines.columns.items()}
        at["n"][...] = _length(src.input, along, axis.size)
        at["k"][...] = _length(src.weight, along, axis.kernel_size)
        at["s"][...] = float(axis.stride)
        for name, cells_off in zip(pads, axis.padding, strict=False):
            at[name][...] = float(cells_off)
        extent: Expr = at["k"]
        if dilated:
            at["d"][...] = float(axis.dilation)
            extent = at["d"] * (at["k"] - 1) + 1
        size = (at["n"] - 1) * at["s"] + extent
        size = size - at["p₁"] - at["p₂"] if uneven else size - 2 * at["p"]
        if more:
            at["op"][...] = float(axis.output_padding)
            size = size + at["op"]
        at["size"][...] = size
    sheet.name_block("sizes", lines["size"], role="computed")
    taken = "p₁ - p₂" if uneven else "2·p"
    rule = f"(n-1)·s + {'d·(k-1) + 1' if dilated else 'k'} - {taken}{' + op' * more}"
    rest = "".join(f", {name}: {LETTERS[name]}" for name in names if name in LETTERS)
    letters = sheet.say("size_letters", p=", ".join(pads), more=rest)
    for down, line in enumerate([sheet.say("size_rule", rule=rule), *letters.splitlines()]):
        sheet.text(under(lines["n"]).shift(down), line, "note")
    return lines


def _length(cells: Grid, axis: int, size: int) -> Expr | float:
    """The cells along an axis, counted from its end, as a formula; slices are not counted."""
    if axis < -2:
        return float(size)
    rank = min(2, len(cells.shape))
    leaf = cells[(*[0] * (len(cells.shape) - rank), ...)].area(rank)
    return call("COLUMNS" if axis == -1 else "ROWS", leaf)
