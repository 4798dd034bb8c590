"""Why: what a transposed convolution is for, with a live miniature."""

from __future__ import annotations

from xlconv.figures.blocks import led, sources
from xlconv.figures.layout import arrange
from xlconv.figures.notes import note
from xlconv.figures.outputs import by_products
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
    src = sources(sheet, layer)
    figures = src.x | led(sheet, src.w, "∗") / src.b | led(sheet, by_products(src), "→")
    arrange(sheet, note(sheet, *(about or ()), role="text"))
    arrange(sheet, figures)
    if below_figure:
        arrange(sheet, note(sheet, *below_figure, role="text"))
