"""Checkerboard: an even input through the kernel, and which weights meet on each phase."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np

from xlconv.errors import XlconvError
from xlconv.expr import Expr, Grid, call, total
from xlconv.figure import (
    LEFT,
    TOP,
    output_blocks,
    output_caption,
    sources,
    steps,
    tapped,
    verdict,
)
from xlconv.layer import Layer
from xlconv.places import below, beside
from xlconv.sheet import Sheet
from xlconv.sums import added
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
    sheet.afford(longest * many * g.out_channels)
    src = sources(sheet, layer)
    sheet.coat(src.weight, "kernel", phase_tints(g, axes))
    row = below(src.weight if src.bias is None else src.bias, 2)
    shape = (g.out_channels, *sizes)
    sums = sheet.block(
        "phase_sums", (row + 1, LEFT), shape, steps=steps(shape, g.rank, 1), role="computed",
        tint=np.arange(prod(sizes)).reshape(sizes),
    )  # fmt: skip
    sheet.text((row, LEFT), sheet.say("phase_sums"), "caption")
    for at, phase in zip(np.ndindex(*sizes), product(*axes), strict=True):
        for o in range(g.out_channels):
            used = product(g.sources(o), *(p.offsets for p in phase))
            terms = [src.weight[(i, g.filter(o), *u)] for i, *u in used]
            sums[(o, *at)] = added(sheet, terms)
    words = []
    for o in range(g.out_channels):
        cells = [sums[(o, *at)] for at in np.ndindex(*sizes)]
        apart = call("MAX", *cells) - call("MIN", *cells)
        words.append(call("IF", apart < 1e-9, sheet.say("sums_alike"), sheet.say("sums_differ")))
    for o, told in enumerate(words):
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
    given = [
        added(
            sheet, [_added(src.input[i]) * _added(src.weight[i, g.filter(o)]) for i in g.sources(o)]
        )
        + (0 if src.bias is None else src.bias[o] * prod(g.canvas_shape[1:]))
        for o in range(g.out_channels)
    ]
    row = below(canvas, 1)
    one = sheet.formula((row, right), added(sheet, _sums(canvas)), "fact")
    two = sheet.formula((row + 1, right), added(sheet, given), "fact")
    sheet.text((row, right + 2), sheet.say("output_added"), "note")
    sheet.text((row + 1, right + 2), sheet.say("output_known"), "note")
    verdict(
        sheet, (row + 2, right), (one[None], two[None]), agree="sums_agree", differ="sums_disagree"
    )


def _added(cells: Grid) -> Expr:
    """All cells of a block, added."""
    return total(_sums(cells))


def _sums(cells: Grid) -> list[Expr]:
    """The sum of each 2-D slice of a block."""
    flat = min(2, len(cells.shape))
    slices = np.ndindex(*cells.shape[: len(cells.shape) - flat])
    return [call("SUM", cells[n].area(flat)) for n in slices]
