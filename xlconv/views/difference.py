"""Difference: another program's output beside one's own, which can be shifted and turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.acting import acting_kernel, acting_others, uncut
from xlconv.figures.blocks import Figure, Sources, figure, sources
from xlconv.figures.controls import behind_label, control, marked
from xlconv.figures.edges import channel_name
from xlconv.figures.layout import Part
from xlconv.figures.looked_at import pick
from xlconv.figures.operations import tapped, written
from xlconv.figures.paper import arrange
from xlconv.figures.ruler import of_channel
from xlconv.figures.sums import SQUARES, added, sliced
from xlconv.figures.then import led_on, step_figures
from xlconv.figures.titles import AXES
from xlconv.figures.verdicts import judged
from xlconv.files.arrays import SIZES
from xlconv.grid.expr import Expr, call, every, moved
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot
from xlconv.grid.sheet import Sheet
from xlconv.layers.given import numbers
from xlconv.layers.layer import Array, Layer

WITHIN = 1e-6
"""The squares of all differences, as a part of theirs, up to which two outputs agree: a difference
of a thousandth, which is what float16 rounds by."""

FAR = 20
"""The largest shift that is offered."""

NOWHERE = -1
"""The place of cells that lie beyond every output."""

Numbers = str | list  # type: ignore[type-arg]


def difference(
    sheet: Sheet, layer: Layer, *, theirs: Numbers | None = None, others: Numbers | None = None
) -> None:
    """One's own output, another program's, and how far apart they are, as heat.

    theirs  the other output, (out_channels, *sizes), or (*sizes) of one channel; zeros, to be typed
            over, of its sizes alone, or where it is not given
    others  of an excerpt of a layer, what the channels that are not shown bring once the kernel is
            turned, along the last axis, the one before, both, and on as binary numbers count:
            (2**axes - 1, out_channels, *full_sizes)

    One's own can be shifted, and its kernel turned along each axis, until the difference is gone.
    """
    g = layer.geometry
    other = None if theirs is None else _theirs(theirs, layer)
    shape = g.output_shape if other is None else other.shape
    src = sources(sheet, layer)
    shifts, shift, behind = _dials(sheet, layer, "shift", range(-FAR, FAR + 1))
    turns, turn, _ = _dials(sheet, layer, "turn", range(2))
    valid = _valid(sheet, shift, behind)
    acting = acting_kernel(src, turn)
    turned, rest = acting_others(src, turn, others)
    full = _uncropped(src, layer, acting, turn, rest)
    each = channel_name(sheet, g.outs)
    look: dict[str, Any] = {"each": each, "firsts": g.first_outputs}
    apart = figure(sheet, "distance", shape, g.rank, role="computed", **look)
    plain_sailing = shape == g.output_shape and not _moved([*shift, *turn])
    claim = ("conv_transpose", layer) if plain_sailing else None
    ours = figure(sheet, "ours", shape, g.rank, role="output", claim=claim, **look)
    _shifted(src, ours, apart, full, shift, valid)
    content = np.zeros(shape) if other is None else other
    their = figure(sheet, "theirs", shape, g.rank, role="image", content=content, **look)
    steps = step_figures(sheet, layer, ours.cells)
    mine = steps[-1].cells if steps else ours.cells
    apart.cells[...] = call("ABS", their.cells - mine)
    sheet.scale(apart.cells, values=(0, float(abs(content).max()) or 1.0))
    near = _verdict(sheet, their.cells, mine)
    made_of = src.line / turned | acting / rest / full
    arrange(sheet, shifts / turns / near, led_on(ours, steps) | their | apart, made_of)


def _theirs(theirs: Numbers, layer: Layer) -> Array:
    """The other output as one's own is laid."""
    g = layer.geometry
    sized = isinstance(theirs, str) and SIZES.fullmatch(theirs)
    given = np.zeros([*map(int, str(theirs).split("x"))]) if sized else numbers("theirs", theirs)
    given = given[None] if given.ndim == g.rank else given
    if given.ndim != g.rank + 1 or len(given) != g.out_channels:
        raise XlconvError(
            f"theirs must be ({g.out_channels}, *sizes) of {g.rank} axes, got {given.shape}",
            parameter="theirs",
        )
    return given


def _dials(sheet: Sheet, layer: Layer, words: str, offered: range) -> tuple[Part, list[Grid], Spot]:
    """A control for each axis, all at 0, and the first free cell behind them."""
    names, corner = AXES[-layer.geometry.rank :], sheet.corner()
    sheet.text(corner, sheet.say(words), "caption")
    column = max(sheet.behind(corner, sheet.say(key), "caption") for key in ("shift", "turn")) + 1
    cells = []
    for name in names:
        here = behind_label(sheet, corner, column, label := sheet.say(name))
        spot, column = corner.shift(0, here), here + 2
        cells.append(control(sheet, spot, f"{words}_{name}", 0, offered, label))
    return Part(corner.anchor), cells, corner.shift(0, column)


def _valid(sheet: Sheet, shift: Sequence[Grid], behind: Spot) -> Expr:
    """Whether every shift is a whole number, which is said behind the controls."""
    numeric = every([call("ISNUMBER", cell) for cell in shift])
    whole = every([call("MOD", cell, 1).equals(0) for cell in shift])
    valid = marked(sheet, behind, call("IF", numeric, whole, False))
    sheet.formula(behind.shift(0, 1), call("IF", valid, "", sheet.say("shift_wrong")), "warning")
    return valid


def _moved(cells: Sequence[Grid]) -> bool:
    """Whether controls say anything but 0; a plan says nothing."""
    return any(cell.value != 0 for cell in cells)


def _uncropped(
    src: Sources, layer: Layer, acting: Figure, turn: Sequence[Grid], others: Figure | None
) -> Figure:
    """All that the kernel as it acts stamps, with nothing cropped."""
    sheet, g = src.sheet, layer.geometry
    uncut_axes = (replace(a, padding=(0, 0), output_padding=0, whole=0) for a in g.axes)
    bare = layer.with_axes(uncut_axes)
    if layer.rest is not None:
        inner = layer.rest.values[(slice(None), *map(uncut, g.axes))]
        bare = replace(bare, rest=replace(layer.rest, values=inner))
    shape = bare.geometry.canvas_shape
    claim = None if _moved(turn) else ("canvas", bare)
    look: dict[str, Any] = {"claim": claim, "firsts": bare.geometry.first_outputs}
    look |= {"each": channel_name(sheet, g.outs)}
    full = figure(sheet, "uncropped", shape, g.rank, role="computed", **look)
    more = None if others is None else others.cells
    tapped(sheet, full.cells, bare.geometry, src.input, acting.cells, src.bias, more)
    return full


def _shifted(
    src: Sources, ours: Figure, apart: Figure, full: Figure, shift: Sequence[Grid], valid: Expr
) -> None:
    """Each cell of one's own from its place on the uncropped output, which its edges tell."""
    axes = src.layer.geometry.axes
    for own, label, cell, axis in zip(ours.labels, apart.labels, shift, axes, strict=True):
        place = moved(label, axis.cropped) - cell
        own[...] = call("IF", valid, place, NOWHERE)
    for o in written(src.sheet, ours.cells):
        places = [of_channel(label, o) for label in ours.labels]
        begins = [axis.first * axis.stride for axis in axes]
        there = [
            test
            for p, axis, begin in zip(places, axes, begins, strict=True)
            for test in (p >= begin, p < begin + axis.full_size)
        ]
        at = [moved(p, -begin) for p, begin in zip(places, begins, strict=True)]
        beyond = 0 if src.bias is None else src.bias[o]
        ours.cells[o] = call("IF", call("AND", *there), pick(full.cells[o], at), beyond)


def _verdict(sheet: Sheet, theirs: Grid, ours: Grid) -> Part:
    """Whether both agree within a thousandth."""
    squares = added(sheet, sliced(sheet, SQUARES, theirs, ours))
    all_of_it = added(sheet, sliced(sheet, "SUMPRODUCT", theirs, theirs))
    holds = squares <= WITHIN * all_of_it
    return judged(sheet, holds, sheet.say("near"), sheet.say("far"))
