"""Checkerboard: an even input through the kernel, and which weights meet on each phase."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

import numpy as np

from xlconv.figures.blocks import Figure, Sources, figure, sources
from xlconv.figures.counts import count_figure, count_sums
from xlconv.figures.edges import channel_name
from xlconv.figures.layout import Arranged
from xlconv.figures.operations import written
from xlconv.figures.outputs import by_products
from xlconv.figures.paper import arrange
from xlconv.figures.sums import added, listed, nth, sliced
from xlconv.figures.verdicts import both, judged
from xlconv.grid.expr import Expr, call, total
from xlconv.grid.grid import Grid
from xlconv.grid.places import under
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer
from xlconv.layers.phase import Phase, phase_tints, phases_of

SUMS = 200
"""Sums of phases beyond which a formula cannot compare them all."""


def checkerboard(sheet: Sheet, layer: Layer) -> None:
    """The input, the kernel and how its weights add up on each phase; the output; the counts.

    Raises XlconvError where there are too many phases.
    """
    g, compares = layer.geometry, f"checkerboard view compares at most {SUMS} sums of phases"
    strides = [axis.stride for axis in g.axes]
    phases = phases_of(g, strides, SUMS, compares)
    src = sources(sheet, layer, phase_tints(g, strides))
    sums = _phase_sums(sheet, g, src.weight, phases)
    y, count = by_products(src), count_figure(sheet, layer)
    sheet.scale(y.kept)
    arrange(
        sheet,
        src.line / sums >> y / _kept(sheet, g, src, y.cells)
        | count / count_sums(sheet, layer, count),
    )


def _phase_sums(sheet: Sheet, g: Geometry, w: Grid, phases: Sequence[Sequence[Phase]]) -> Figure:
    """The weights that meet on each phase, added, and whether all phases are alike."""
    sizes = tuple(map(len, phases))
    longest = len(g.sources(0)) * prod(max(len(p.offsets) for p in axis) for axis in phases)
    sheet.afford((longest + 2) * prod(sizes) * g.out_channels)
    shape, tint = (g.out_channels, *sizes), np.arange(prod(sizes)).reshape(sizes)
    sums = figure(sheet, "phase_sums", shape, g.rank, role="computed", tint=tint, numbered=False)
    each = list(zip(np.ndindex(*sizes), product(*phases), strict=True))
    if sheet.plan:  # the longest sum stands for all
        each = [max(each, key=lambda one: prod(len(p.offsets) for p in one[1]))]
    alike = prod(sums.cells.shape)
    for (at, phase), o in product(each, written(sheet, sums.cells)):
        sums.cells[(o, *at)] = added(sheet, _met(sheet, g, w, o, phase), alike)
    same, other, name = sheet.say("sums_alike"), sheet.say("sums_differ"), channel_name(sheet)
    for o in written(sheet, sums.cells):
        cells = [sums.cells[(o, *at)] for at in np.ndindex(*sizes)]
        apart = call("MAX", *cells) - call("MIN", *cells)
        spot = under(sums.cells).shift(o)
        if g.out_channels > 1:
            sheet.text(spot, name(o), "note")
            spot = spot.shift(0, sheet.behind(spot, name(g.out_channels - 1), "note") - spot.column)
        judged(sheet, apart < 1e-9, same, other, alarm="warning", at=spot)
    return sums


def _met(sheet: Sheet, g: Geometry, w: Grid, o: int, phase: Sequence[Phase]) -> list[Expr]:
    """The weights of an output channel that meet on a phase."""
    sizes = (len(g.sources(o)), *(len(p.offsets) for p in phase))

    def term(n: int) -> Expr:
        i, *taps = nth(n, sizes)
        offsets = (p.offsets[u] for p, u in zip(phase, taps, strict=True))
        return w[(g.sources(o)[i], g.filter(o), *offsets)]

    return listed(sheet, range(prod(sizes)), term)


def _kept(sheet: Sheet, g: Geometry, src: Sources, y: Grid) -> Arranged:
    """Nothing is lost: each input gives away the whole kernel."""

    def given_away(o: int) -> Expr:
        def term(i: int) -> Expr:
            return _all(sheet, src.input[i]) * _all(sheet, src.weight[i, g.filter(o)])

        terms = listed(sheet, g.sources(o), term)
        given = added(sheet, terms, g.out_channels)
        return given if src.bias is None else given + src.bias[o] * prod(y.shape[1:])

    given = listed(sheet, range(g.out_channels), given_away)
    return both(
        sheet,
        (added(sheet, sliced(sheet, "SUM", y)), sheet.say("output_added")),
        (added(sheet, given), sheet.say("output_known")),
    )


def _all(sheet: Sheet, cells: Grid) -> Expr:
    """All cells of a block, added."""
    return total(sliced(sheet, "SUM", cells))
