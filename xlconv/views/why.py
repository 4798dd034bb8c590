"""Why: what transposed convolutions are for, with a small decoder and the smallest case, live."""

from __future__ import annotations

from xlconv.figures.blocks import sources
from xlconv.figures.decoder import decoder
from xlconv.figures.layout import GAPS, Led
from xlconv.figures.notes import paragraphs
from xlconv.figures.outputs import by_products
from xlconv.figures.paper import arrange
from xlconv.figures.titles import plain
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.layers.network import Network

ROW = 16
"""The height of a row, in points: a page shows all."""


def why(
    sheet: Sheet,
    layer: Layer,
    network: Network | None = None,
    *,
    about: list[str] | None = None,
    beside_figure: list[str] | None = None,
    below_figure: list[str] | None = None,
) -> None:
    """Words, a decoder, a small map turned into a larger one, and more words.

    about          paragraphs above all
    beside_figure  paragraphs beside the figure of the layer
    below_figure   paragraphs under it
    """
    sheet.row_height = ROW
    arrange(sheet, paragraphs(sheet, about or ()))
    if network is not None:
        arrange(sheet, decoder(sheet, network))
    src = sources(sheet, layer)
    size = plain(layer.geometry.output_shape, 1)  # which sum gives it is explained later
    y = by_products(src, words=sheet.say("output", size=size))
    figures = src.x | Led(src.w, "∗") / src.b >> y
    if beside_figure:
        begin = 1 + figures.width + GAPS[1]
        figures = figures | paragraphs(sheet, beside_figure, begin)
    arrange(sheet, figures)
    if below_figure:
        arrange(sheet, paragraphs(sheet, below_figure))
