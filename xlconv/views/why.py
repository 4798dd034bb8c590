"""Why: what a transposed convolution is for, with a live miniature."""

from __future__ import annotations

from xlconv.figures.figure import (
    LEFT,
    output_blocks,
    output_caption,
    sources,
    tapped,
)
from xlconv.grid.places import below, beside
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer


def why(
    sheet: Sheet,
    layer: Layer,
    *,
    about: list[str] | None = None,
    below_figure: list[str] | None = None,
) -> None:
    """Lines of text, a small map turned into a larger one, and more lines.

    about         lines above the figure
    below_figure  lines under it
    """
    row = 3
    for line in about or []:
        sheet.text((row, 1), line, "text")
        row += 1
    at = (row + 3, LEFT)
    src = sources(sheet, layer, at, beside_input=True)
    right = beside(src.weight, 4)
    canvas, _, _ = output_blocks(
        sheet, layer, (at[0], right), "output", output_caption(sheet, layer.geometry)
    )
    tapped(sheet, canvas, layer.geometry, src.input, src.weight, src.bias)
    sheet.text((at[0], beside(src.input, 1)), "∗", "operator")
    sheet.text((at[0], beside(src.weight, 1)), "→", "operator")
    row = max(below(grid, 1) for grid in (canvas, src.input, src.weight, src.bias) if grid)
    for n, line in enumerate(below_figure or []):
        sheet.text((row + n, 1), line, "text")
