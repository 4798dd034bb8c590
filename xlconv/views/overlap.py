"""Overlap: how many stamps reach each output cell, from geometry alone."""

from __future__ import annotations

from xlconv.figures.counts import count_figure, count_sums
from xlconv.figures.paper import arrange
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer


def overlap(sheet: Sheet, layer: Layer) -> None:
    """The counts of a layer, and where they come from: those along each axis."""
    count = count_figure(sheet, layer)
    arrange(sheet, count / count_sums(sheet, layer, count))
