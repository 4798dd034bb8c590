"""The same output a second way, and whether both agree."""

from __future__ import annotations

from xlconv.figures.blocks import Sources, output_figure
from xlconv.figures.layout import Arranged
from xlconv.figures.operations import tapped
from xlconv.figures.titles import plain
from xlconv.figures.verdicts import verdict
from xlconv.grid.expr import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer


def by_distributing(sheet: Sheet, layer: Layer, src: Sources, y: Grid) -> Arranged:
    """A layer's output as explicit products of inputs and weights, compared with another of it."""
    words = sheet.say("by_distributing", size=plain(layer.geometry.output_shape, 1))
    again = output_figure(sheet, layer, "distribute_output", words)
    tapped(sheet, again.cells, layer.geometry, src.input, src.weight, src.bias)
    return again / verdict(sheet, (y, again.kept))
