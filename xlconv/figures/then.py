"""What follows a layer, step after step: each a block of its own, its parameters under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from xlconv.figures.blocks import Figure, figure
from xlconv.figures.controls import control
from xlconv.figures.edges import channel_name
from xlconv.figures.layout import Arranged
from xlconv.grid.expr import Expr, call
from xlconv.grid.grid import Grid
from xlconv.grid.places import under
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.layers.then import Applied, Step

APART = 5
"""Columns from one parameter to the next."""


def then_figures(sheet: Sheet, layer: Layer | Convolution, y: Grid) -> Arranged | None:
    """What each step makes of the output, under one another; None where nothing follows.

    y  the output
    """
    made = step_figures(sheet, layer, y)
    return led_on(made[0], made[1:]) if made else None


def led_on(first: Arranged, steps: Iterable[Arranged]) -> Arranged:
    """Steps under what they begin with, and under one another."""
    for step in steps:
        first = first // step
    return first


def step_figures(sheet: Sheet, layer: Layer | Convolution, y: Grid) -> list[Figure]:
    """What each step makes of the output, one after another."""
    made = list[Figure]()
    for n, step in enumerate(layer.then, 1):
        made.append(_step(sheet, layer, step, n, y))
        y = made[-1].cells
    return made


def _step(sheet: Sheet, layer: Layer | Convolution, step: Step, n: int, y: Grid) -> Figure:
    rank = layer.geometry.rank
    made = figure(
        sheet,
        f"then_{n}",
        y.shape,
        rank,
        sheet.say(f"then_{step.kind}"),
        role="output",
        each=channel_name(sheet, layer.channels.outs),
        firsts=layer.firsts[1],
        claim=("then", Applied(step, y)),
    )
    row = under(made.cells, 1)
    parameters = []
    for m, (name, value) in enumerate(step.parameters.items()):
        spot, words = row.shift(0, 2 + APART * m), sheet.say(f"then_{name}")
        parameters.append(control(sheet, spot, f"{name}_{n}", value, (), words, "parameter"))
    made.cells[...] = FORMULAS[step.kind](y, *parameters)
    return made


def _cut(y: Any, low: Any, high: Any) -> Expr:
    return call("MIN", call("MAX", y, low), high)


def _quantized(y: Expr, scale: Expr, zero_point: Expr, low: Expr, high: Expr) -> Expr:
    """A half is rounded to the even number, which ROUND alone does not do."""
    v = y / scale
    even = call("ROUND", v / 2, 0) * 2
    whole = call("IF", call("MOD", v, 1).equals(0.5), even, call("ROUND", v, 0))
    return _cut(whole + zero_point, low, high)


FORMULAS: dict[str, Callable[..., Expr]] = {
    "relu": lambda y: call("MAX", y, 0),
    "relu6": lambda y: _cut(y, 0, 6),
    "leaky_relu": lambda y, slope: call("IF", y > 0, y, y * slope),
    "sigmoid": lambda y: (call("TANH", y / 2) + 1) / 2,  # EXP is no number below -709
    "tanh": lambda y: call("TANH", y),
    "clip": _cut,
    "quantize": _quantized,
}
"""Each kind of step as a formula of a cell and its parameters."""
