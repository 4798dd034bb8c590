"""Code: the lesson's layers as programs that print the same arrays."""

from __future__ import annotations

from collections.abc import Mapping

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure
from xlconv.figures.paper import arrange
from xlconv.frameworks.names import FRAMEWORKS
from xlconv.frameworks.snippets import printed, program
from xlconv.grid.direction import mixed
from xlconv.grid.places import corners
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Array, Layer

USUAL = ("pytorch", "tensorflow")

HEIGHT = 14
"""Of a line of code, in points."""


def code(
    sheet: Sheet,
    layers: Mapping[str, Layer],
    outputs: Mapping[str, Array],
    *,
    examples: list[str] | None = None,
    frameworks: list[str] | None = None,
) -> None:
    """Each example in each framework, a line of code a cell.

    layers      the lesson's layers by name
    outputs     what they give, (out_channels, *output_sizes) each
    examples    the names of those to show; all if not given
    frameworks  those whose programs are shown; PyTorch and TensorFlow if not given
    """
    sheet.way = mixed(sheet.way)  # programs run from the left in any language
    used, names = list(frameworks or USUAL), list(examples or layers)
    for name in names:
        if name not in layers:
            raise XlconvError(f'there is no layer "{name}"; known are {", ".join(layers)}')
    listings = [
        _listing(sheet, framework, name, layers[name], outputs[name])
        for name in names
        for framework in used
    ]
    arrange(sheet, *listings)
    for one in listings:
        (first, _), (last, _) = corners(one.cells)
        sheet.heights.update(dict.fromkeys(range(first, last + 1), HEIGHT))


def _listing(sheet: Sheet, framework: str, name: str, layer: Layer, output: Array) -> Figure:
    """A layer's program in one framework under its name, and what it prints."""
    text = program(layer, framework, output=output)
    corner, prints = sheet.corner(), sheet.say("code_prints")
    lines = [*text.split("\n"), f"# {prints}", *printed(layer, output).split("\n")]
    sheet.text(corner, sheet.say("code_for", framework=FRAMEWORKS[framework], name=name), "heading")
    for line in lines:
        sheet.run_over(corner.shift(1), line, "code")
    cells = sheet.line(corner.shift(1), [line or None for line in lines], "code", step=(1, 0))
    return Figure(corner.anchor, cells=cells, kept=cells)
