"""Learning: a kernel that finds another one by gradient descent, each step live under the last."""

from __future__ import annotations

from math import prod

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure, bias_figure, figure, input_figure, result_figure
from xlconv.figures.controls import control, marked
from xlconv.figures.descent import (
    LOST,
    Curve,
    Descent,
    Given,
    curve_figure,
    descend,
    descent_figures,
)
from xlconv.figures.layout import Led, Part
from xlconv.figures.maps import round_up
from xlconv.figures.notes import note
from xlconv.figures.operations import tapped
from xlconv.figures.paper import arrange
from xlconv.figures.titles import plain
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr, call, chosen, joined
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot, under
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import DIVERGING
from xlconv.layers.layer import Layer

COLUMNS = 33
"""Columns that paper shows at a readable size: numbers of maps have a point."""

WIDTH = 6.1
"""The width of a column: room for a number below 100 with its sign and two decimals."""

STEPS, FASTEST = range(2, 51), 0.5
"""How many steps there may be, and the largest rate: what one step makes worse can be read."""


@frozen(kw_only=True)
class Dials(Part):
    """What is chosen: the rate, 0 if there is no such, and the step that is looked at."""

    rate: Expr
    step: Grid
    valid: Expr


def learning(sheet: Sheet, layer: Layer, *, rate: float = 0.1, steps: int = 20) -> None:
    """A kernel that begins at 0 and learns the layer's, from its input and its output alone.

    rate   of the descent when the file is opened, from 0 to 0.5
    steps  how many outputs there are, the first of a kernel of zeros

    A bias is known from the beginning.

    Raises XlconvError for a layer of several channels, or of another rank than 2.
    """
    _check(layer, rate, steps)
    sheet.column_width = WIDTH
    g, dials = layer.geometry, _dials(sheet, rate, steps)
    x, b = input_figure(sheet, layer), bias_figure(sheet, layer)
    words = sheet.say("wanted", size=plain(g.weight_shape, 2))
    w = figure(sheet, "kernel", g.weight_shape, 2, words, role="kernel", content=layer.weight)
    curve = curve_figure(sheet, steps)
    y = result_figure(sheet, layer, sheet.say("wanted_output", size=plain(g.output_shape, 1)))
    given = Given(x.cells, None if b is None else b.cells, y.cells)
    tapped(sheet, y.cells, g, x.cells, w.cells, given.bias, whole=False)
    descent = descent_figures(sheet, g, steps)
    descend(sheet, g, descent, curve, given, dials.rate)
    learnt = _learnt(sheet, dials, descent, curve)
    _shade(sheet, (w, learnt), y, descent)
    sheet.scale(curve.bars.cells, values=(0, 1))
    for row in (curve.steps, curve.losses):
        sheet.light(row, curve.steps.equals(dials.step), "current")
    told = {"cells": prod(g.output_shape), "lost": LOST}
    rule = [sheet.say(key, **told) for key in ("descent", "descent_loss", "descent_next")]
    line = x | Led(w / b, "∗") | learnt
    arrange(
        sheet, dials, line, curve.bars, y / note(sheet, *rule), descent.arranged, columns=COLUMNS
    )
    sheet.starts += descent.rows()


def _check(layer: Layer, rate: float, steps: int) -> None:
    g = layer.geometry
    if g.rank != 2 or g.in_channels > 1 or g.out_channels > 1:
        raise XlconvError(
            "the learning view needs a layer of rows and columns, of one channel,"
            f" got {layer!r}: show it with the view gradient",
            parameter="weight",
        )
    if steps not in STEPS:
        raise XlconvError(
            f"steps must be from {STEPS[0]} to {STEPS[-1]}, got {steps}", parameter="steps"
        )
    if not 0 <= rate <= FASTEST:
        raise XlconvError(f"rate must be from 0 to {FASTEST}, got {rate}", parameter="rate")


def _dials(sheet: Sheet, rate: float, steps: int) -> Dials:
    """The cells to choose in, each with words that say whether there is such a choice."""
    corner, last = sheet.corner(), steps - 1
    keys = ("rate", "look_step")
    across = max(sheet.behind((0, 0), sheet.say(key), "strong") for key in keys)
    at, below = corner.shift(0, across), corner.shift(1, across)
    for n, key in enumerate(keys):
        sheet.text(corner.shift(n), sheet.say(key), "strong")
    chosen_rate = control(sheet, at, "rate", rate)
    words = (sheet.say(key, most=f"{FASTEST:g}") for key in ("rate_range", "rate_wrong"))
    fits = _told(sheet, at, _between(chosen_rate, FASTEST), *words)
    step = control(sheet, below, "look_step", last, range(steps))
    limits = f"{sheet.say('step')} 0..{last}"
    whole = call("IF", _between(step, last), call("INT", step).equals(step), False)
    valid = _told(sheet, below, whole, limits, sheet.say("look_wrong", limits=limits))
    followed = call("IF", fits, chosen_rate, 0)
    return Dials(corner.anchor, rate=followed, step=step, valid=valid)


def _between(cell: Grid, most: float) -> Expr:
    """Whether a cell is a number from 0 to the most that it may be."""
    return call("IF", call("ISNUMBER", cell), call("AND", cell >= 0, cell <= most), False)


def _told(sheet: Sheet, at: Spot, holds: Expr, right: str, wrong: str) -> Expr:
    """Whether something holds of a control: a mark beside it, and words behind that."""
    valid = marked(sheet, at.shift(0, 1), holds)
    for words in (right, wrong):
        sheet.run_over(at.shift(0, 2), words, "note")
    message = sheet.formula(at.shift(0, 2), call("IF", valid, right, wrong), "note")
    sheet.light(message, call("NOT", valid), "warning")
    return valid


def _learnt(sheet: Sheet, dials: Dials, descent: Descent, curve: Curve) -> Figure:
    """The kernel at the looked-at step, and how its loss compares with the first in words."""
    kernels, n = descent.kernels.cells, dials.step + 1
    shape = kernels.shape[1:]
    made = figure(sheet, "learnt", shape, 2, sheet.say("learnt"), role="learnt", dtype=object)
    steps = range(kernels.shape[0])
    now = chosen(n, [kernels[s] for s in steps])
    made.cells[...] = call("IF", dials.valid, now, "")
    loss, first = chosen(n, [curve.losses[s] for s in steps]), curve.losses[0]
    better = joined(sheet.say("loss_part"), call("ROUND", first / loss, 1))
    worse = joined(sheet.say("loss_times"), call("ROUND", loss / first, 1))
    words = call(
        "IF", loss.equals(0), sheet.say("loss_none"), call("IF", loss <= first, better, worse)
    )
    sheet.formula(under(made.cells), call("IF", dials.valid, words, ""), "note")
    return made


def _shade(sheet: Sheet, pair: tuple[Figure, Figure], y: Figure, descent: Descent) -> None:
    """Shade kernels by one scale, outputs and errors by another, gradients by their own."""
    if sheet.plan:
        return
    kernels = (*pair, descent.kernels)
    for figures in (kernels, (y, descent.outputs, descent.errors), (descent.gradients,)):
        most = round_up(float(np.abs(figures[0].cells.value.astype(float)).max(initial=0)))
        for one in figures:
            sheet.scale(one.cells, DIVERGING, (-most, 0, most))
