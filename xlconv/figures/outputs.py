"""An output from its sources, and the same a second way, and whether both agree."""

from __future__ import annotations

from xlconv.figures.blocks import Figure, Sources, output_figure
from xlconv.figures.inlaid import stretched_figure, turned_figure
from xlconv.figures.layout import Part
from xlconv.figures.operations import collected, distributed, tapped
from xlconv.figures.titles import plain
from xlconv.figures.verdicts import verdict
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot


def by_products(src: Sources, name: str = "output", words: str | None = None) -> Figure:
    """A layer's output as explicit products of inputs and weights, as `output_figure` has it."""
    y = output_figure(src.sheet, src.layer, name, words)
    tapped(src.sheet, y.cells, src.layer.geometry, src.input, src.weight, src.bias, src.rest)
    return y


def by_stamps(src: Sources, stamps: Grid) -> Figure:
    """A layer's output as the stamps that reach each cell, added."""
    y = output_figure(src.sheet, src.layer)
    distributed(src.sheet, y.cells, src.layer.geometry, stamps, src.bias, src.rest)
    return y


def by_distributing(src: Sources, y: Grid, name: str = "by_distributing") -> tuple[Figure, Part]:
    """A layer's output as explicit products of inputs and weights, and whether another is the same.

    y  the other one: the output, or all of its canvas
    """
    words = src.sheet.say("by_distributing", size=plain(src.layer.geometry.output_shape, 1))
    again = by_products(src, name, words)
    same = again.cells if y.shape == again.cells.shape else again.kept
    return again, verdict(src.sheet, (y, same))


def by_collecting(
    src: Sources, y: Grid, at: Spot | None = None
) -> tuple[Figure, Figure, Figure, Part]:
    """The stretched input, the turned kernel, the output from both, and whether `y` is the same.

    at  where the stretched input stands, as `figure` has it
    """
    sheet, g = src.sheet, src.layer.geometry
    z = stretched_figure(sheet, g, src.x, at)
    t = turned_figure(sheet, g, src.w, short=True)
    again = output_figure(sheet, src.layer, "by_collecting")
    collected(sheet, again.cells, g, t.cells, z.cells, src.bias, rest=src.rest)
    return z, t, again, verdict(sheet, (y, again.cells))
