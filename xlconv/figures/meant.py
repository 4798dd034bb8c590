"""What stands in a layer's input and kernel: numbers, or formulas of integers beside them."""

from __future__ import annotations

from typing import Any

from xlconv.figures.blocks import integers_figure, scaled_figure, tints
from xlconv.figures.edges import weight_name
from xlconv.figures.layout import Part
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer


def input_content(sheet: Sheet, layer: Layer) -> tuple[Part | None, Any]:
    """What stands in the input: its numbers, or a formula of the integers that it is made of."""
    if layer.scaled is None:
        return None, layer.input
    words = sheet.say("integers_of_input")
    return scaled_figure(sheet, layer, sheet.corner(), words)


def weight_content(sheet: Sheet, layer: Layer) -> tuple[Part | None, Any]:
    """What stands in the kernel: its numbers, or a formula of the integers that it is made of."""
    if layer.quantised is None:
        return None, layer.weight
    g, words = layer.geometry, sheet.say("integers")
    look = {"tint": tints(g), "each": weight_name(sheet, g)}
    return integers_figure(sheet, layer.quantised, g, sheet.corner(), words, **look)
