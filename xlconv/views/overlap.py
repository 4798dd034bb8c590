"""Overlap: how many stamps reach each output cell, from geometry alone."""

from __future__ import annotations

from math import prod

import numpy as np

from xlconv.figures.figure import LEFT, TOP, count_caption, indices, steps, verdict
from xlconv.grid.expr import Constant, Expr, Grid, call, total
from xlconv.grid.places import Place, below
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.views.sedirts import axis_count


def overlap(sheet: Sheet, layer: Layer) -> None:
    """The counts of a layer, and where they come from: those along each axis."""
    counts(sheet, layer, (TOP, LEFT))


def counts(sheet: Sheet, layer: Layer, at: Place) -> Grid:
    """How many stamps reach each cell of a layer's full output, first along each axis alone.

    returns  (*canvas_sizes), from `at` on
    """
    g = layer.geometry
    sizes = g.canvas_shape[1:]
    with_channel = sheet.memory(at, (1, *sizes), steps=steps((1, *sizes), g.rank, 1))
    firsts = [-axis.crop.start for axis in g.axes]
    numbers = [number[0] for number in indices(sheet, with_channel, g.rank, firsts)]
    count = with_channel[0]
    kept = count[g.crop]
    if kept.shape != count.shape:
        sheet.name_block("count_full", count, role="cropped", frame=False)
    sheet.name_block("count", kept, role="count", claim=("count", layer))
    sheet.text((at[0] - 2, at[1]), count_caption(sheet, g), "caption")
    end = below(count)
    if g.rank == 1:
        count[...] = axis_count(sheet, g.axes[0], numbers[0])
    else:
        product: Expr = Constant(1)
        for n, (axis, number) in enumerate(zip(g.axes, numbers, strict=True)):
            here = tuple(slice(None) if m == n else slice(0, 1) for m in range(g.rank))
            last = tuple(slice(None) if m == n else slice(-1, None) for m in range(g.rank))
            down, across = {1: (2, 0), 2: (0, 2), 3: (2, 2)}[g.rank - n]
            place = (count[last].origin[0] + down, count[last].origin[1] + across)
            along = sheet.block(
                f"count_{n}", place, count[last].shape, steps=count.steps, role="count",
                content=axis_count(sheet, axis, number[here]),
            )  # fmt: skip
            sheet.scale(along)
            product = along if n == 0 else product * along
            end = max(end, below(along))
        count[...] = product
        sheet.text((end, at[1]), sheet.say("count_is_product"), "note")
    sheet.scale(kept)
    flat = min(2, g.rank)
    slices = np.ndindex(*sizes[: g.rank - flat])
    added = sheet.formula(
        (end + 2, at[1]), total([call("SUM", count[n].area(flat)) for n in slices]), "fact"
    )
    stamps, cells = prod(g.input_shape[1:]), prod(g.weight_shape[2:])
    known = sheet.formula((end + 3, at[1]), Constant(stamps) * cells, "fact")
    sheet.text((end + 2, at[1] + 2), sheet.say("counts_added"), "note")
    sheet.text(
        (end + 3, at[1] + 2), sheet.count("counts_known", stamps=stamps, cells=cells), "note"
    )
    verdict(
        sheet,
        (end + 4, at[1]),
        (added[None], known[None]),
        agree="sums_agree",
        differ="sums_disagree",
    )
    return count
