"""An output from its sources, and the same a second way, and whether both agree."""

from __future__ import annotations

from xlconv.figures.blocks import Figure, Sources, output_figure
from xlconv.figures.layout import Part
from xlconv.figures.operations import collected, tapped
from xlconv.figures.titles import plain
from xlconv.figures.verdicts import verdict
from xlconv.grid.grid import Grid


def by_products(src: Sources, name: str = "output", words: str | None = None) -> Figure:
    """A layer's output as explicit products of inputs and weights, as `output_figure` has it."""
    y = output_figure(src.sheet, src.layer, name, words)
    tapped(src.sheet, y.cells, src.layer.geometry, src.input, src.weight, src.bias)
    return y


def by_distributing(src: Sources, y: Grid, name: str = "by_distributing") -> tuple[Figure, Part]:
    """A layer's output as explicit products of inputs and weights, and whether another is the same.

    y  the other one: the output, or all of its canvas
    """
    words = src.sheet.say("by_distributing", size=plain(src.layer.geometry.output_shape, 1))
    again = by_products(src, name, words)
    same = again.cells if y.shape == again.cells.shape else again.kept
    return again, verdict(src.sheet, (y, same))


def by_collecting(src: Sources, z: Figure, t: Figure, y: Grid) -> tuple[Figure, Part]:
    """A layer's output from its stretched input and turned kernel, and whether `y` is the same."""
    again = output_figure(src.sheet, src.layer, "by_collecting")
    collected(src.sheet, again.cells, src.layer.geometry, t.cells, z.cells, src.bias)
    return again, verdict(src.sheet, (y, again.cells))
