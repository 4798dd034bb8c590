"""Why: what a transposed convolution is for, with a live miniature."""

from __future__ import annotations

from xlconv.figures.blocks import led, sources
from xlconv.figures.layout import arrange
from xlconv.figures.notes import paragraphs
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
    """Words, a small map turned into a larger one, and more words.

    about         paragraphs above the figure
    below_figure  paragraphs under it
    """
    src = sources(sheet, layer)
    figures = (
        src.x | led(sheet, src.w, "∗") / src.b | led(sheet, by_products(src), sheet.say("becomes"))
    )
    arrange(sheet, paragraphs(sheet, about or ()))
    arrange(sheet, figures)
    if below_figure:
        arrange(sheet, paragraphs(sheet, below_figure))
