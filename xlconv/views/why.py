"""Why: what a transposed convolution is for, with a live miniature."""

from __future__ import annotations

from xlconv.figures.blocks import sources
from xlconv.figures.layout import Led
from xlconv.figures.notes import paragraphs
from xlconv.figures.outputs import by_products
from xlconv.figures.paper import arrange
from xlconv.figures.titles import plain
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer


def why(
    sheet: Sheet,
    layer: Layer,
    *,
    about: list[str] | None = None,
    below_figure: list[str] | None = None,
) -> None:
    """Words, a small map turned into a larger one, and more words.

    about         paragraphs above the figure
    below_figure  paragraphs under it
    """
    src = sources(sheet, layer)
    size = plain(layer.geometry.output_shape, 1)  # which sum gives it is explained later
    y = by_products(src, words=sheet.say("output", size=size))
    figures = src.x | Led(src.w, "∗") / src.b >> y
    arrange(sheet, paragraphs(sheet, about or ()))
    arrange(sheet, figures)
    if below_figure:
        arrange(sheet, paragraphs(sheet, below_figure))
