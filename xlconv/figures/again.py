"""The same output a second way, and whether both agree."""

from __future__ import annotations

from xlconv.figures.blocks import Figure, Sources, output_figure
from xlconv.figures.layout import Part
from xlconv.figures.operations import collected, tapped
from xlconv.figures.titles import plain
from xlconv.figures.verdicts import verdict
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer


def by_distributing(
    sheet: Sheet, layer: Layer, src: Sources, y: Grid, name: str = "by_distributing"
) -> tuple[Figure, Part]:
    """A layer's output as explicit products of inputs and weights, and whether another is the same.

    y  the other one: the output, or all of its canvas
    """
    words = sheet.say("by_distributing", size=plain(layer.geometry.output_shape, 1))
    again = output_figure(sheet, layer, name, words)
    tapped(sheet, again.cells, layer.geometry, src.input, src.weight, src.bias)
    same = again.cells if y.shape == again.cells.shape else again.kept
    return again, verdict(sheet, (y, same))


def by_collecting(
    sheet: Sheet, layer: Layer, z: Figure, t: Figure, bias: Grid | None, y: Grid
) -> tuple[Figure, Part]:
    """A layer's output from its stretched input and turned kernel, and whether `y` is the same."""
    again = output_figure(sheet, layer, "by_collecting")
    collected(sheet, again.cells, layer.geometry, t.cells, z.cells, bias)
    return again, verdict(sheet, (y, again.cells))
