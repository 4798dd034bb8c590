"""Checkerboard: an even input through the kernel, and which weights meet on each phase."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

import numpy as np

from xlconv.errors import XlconvError
from xlconv.expr import Expr, Grid, call, total
from xlconv.figure import (
    LEFT,
    TOP,
    nth,
    output_blocks,
    output_caption,
    sources,
    steps,
    tapped,
    verdict,
    written,
)
from xlconv.figures.sums import added, listed
from xlconv.geometry import Geometry
from xlconv.layer import Layer
from xlconv.places import below, beside
from xlconv.sheet import Sheet
from xlconv.views.overlap import counts
from xlconv.views.phases import Phase, phase_tints

SUMS = 200
"""Sums of phases beyond which a formula cannot compare them all."""


def checkerboard(sheet: Sheet, layer: Layer) -> None:
    """The input, the kernel and how its weights add up on each phase; the output; the counts.

    Raises XlconvError where there are too many phases.
    """
    g = layer.geometry
    sizes = tuple(axis.stride for axis in g.axes)
    if (many := prod(sizes)) > SUMS:
        raise XlconvError(
            f"the checkerboard view compares at most {SUMS} sums of phases, this layer has {many}:"
            " use a smaller stride",
            parameter="stride",
        )
    axes = [[Phase.of(axis, start) for start in range(axis.stride)] for axis in g.axes]
    longest = len(g.sources(0)) * prod(max(len(p.offsets) for p in axis) for axis in axes)
    sheet.afford((longest + 2) * many * g.out_channels)
    src = sources(sheet, layer)
    sheet.coat(src.weight, "kernel", phase_tints(g, axes))
    row = below(src.weight if src.bias is None else src.bias, 2)
    shape = (g.out_channels, *sizes)
    sums = sheet.block(
        "phase_sums", (row + 1, LEFT), shape, steps=steps(shape, g.rank, 1), role="computed",
        tint=np.arange(prod(sizes)).reshape(sizes),
    )  # fmt: skip
    sheet.text((row, LEFT), sheet.say("phase_sums"), "caption")
    each = list(zip(np.ndindex(*sizes), product(*axes), strict=True))
    if sheet.plan:  # the longest sum stands for all
        each = [max(each, key=lambda one: prod(len(p.offsets) for p in one[1]))]
    for (at, phase), o in product(each, written(sheet, sums)):
        sums[(o, *at)] = added(sheet, _used(sheet, g, src.weight, o, phase), many * g.out_channels)
    for o in written(sheet, sums):
        cells = [sums[(o, *at)] for at in np.ndindex(*sizes)]
        apart = call("MAX", *cells) - call("MIN", *cells)
        told = call("IF", apart < 1e-9, sheet.say("sums_alike"), sheet.say("sums_differ"))
        cell = sheet.formula((below(sums, 0) + o, LEFT), told, "verdict")
        sheet.light(cell, cell.differs(sheet.say("sums_alike")), "warning")

    right = sheet.columns + 2
    canvas, output, _ = output_blocks(
        sheet, layer, (TOP, right), "output", output_caption(sheet, g)
    )
    tapped(sheet, canvas, g, src.input, src.weight, src.bias)
    sheet.scale(output)
    counts(sheet, layer, (TOP, beside(canvas, 3)))

    # nothing is lost: each input gives away the whole kernel
    def given_away(o: int) -> Expr:
        terms = listed(
            sheet,
            g.sources(o),
            lambda i: _added(sheet, src.input[i]) * _added(sheet, src.weight[i, g.filter(o)]),
        )
        bias = 0 if src.bias is None else src.bias[o] * prod(g.canvas_shape[1:])
        return added(sheet, terms, g.out_channels) + bias

    given = listed(sheet, range(g.out_channels), given_away)
    row = below(canvas, 1)
    one = sheet.formula((row, right), added(sheet, _sums(sheet, canvas)), "fact")
    two = sheet.formula((row + 1, right), added(sheet, given), "fact")
    sheet.text((row, right + 2), sheet.say("output_added"), "note")
    sheet.text((row + 1, right + 2), sheet.say("output_known"), "note")
    verdict(
        sheet, (row + 2, right), (one[None], two[None]), agree="sums_agree", differ="sums_disagree"
    )


def _added(sheet: Sheet, cells: Grid) -> Expr:
    """All cells of a block, added."""
    return total(_sums(sheet, cells))


def _sums(sheet: Sheet, cells: Grid) -> list[Expr]:
    """The sum of each 2-D slice of a block."""
    flat = min(2, len(cells.shape))
    slices = cells.shape[: len(cells.shape) - flat]
    sheet.afford(prod(slices))
    return listed(
        sheet, range(prod(slices)), lambda n: call("SUM", cells[nth(n, slices)].area(flat))
    )


def _used(sheet: Sheet, g: Geometry, w: Grid, o: int, phase: Sequence[Phase]) -> list[Expr]:
    """The weights of an output channel that meet on a phase."""
    sizes = (len(g.sources(o)), *(len(p.offsets) for p in phase))

    def term(n: int) -> Expr:
        i, *taps = nth(n, sizes)
        offsets = (p.offsets[u] for p, u in zip(phase, taps, strict=True))
        return w[(g.sources(o)[i], g.filter(o), *offsets)]

    return listed(sheet, range(prod(sizes)), term)
