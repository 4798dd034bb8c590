"""An image for each pixel of an image: with that pixel nudged, and what a convolution makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from xlconv.figures.blocks import Figure, figure
from xlconv.figures.layout import Arranged
from xlconv.figures.operations import convolved
from xlconv.figures.sums import sliced, summed
from xlconv.grid.expr import Expr
from xlconv.grid.places import tiled
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry


@dataclass(frozen=True)
class Nudged:
    """The images, (*pixels, *pixels), their results, and L of each of these."""

    images: Figure
    results: Figure
    losses: Figure

    @property
    def line(self) -> Arranged:
        return self.images | self.results | self.losses


def nudged(
    sheet: Sheet, g: Geometry, x: Figure, w: Figure, upstream: Figure, pixels: Expr, way: str
) -> Nudged:
    """For each pixel the whole image with that pixel moved, its result, and its L.

    g       of the transpose of the convolution
    pixels  the image's pixels, moved
    """
    shape, rank = x.cells.shape, len(x.cells.shape)
    deep = "v" + "h" * (g.rank - 2)
    lead = f"{deep}vh{deep}" if g.rank > 1 else "vv"

    images = figure(
        sheet, f"images_{way}", shape + shape, g.rank, sheet.say(f"nudge_{way}"), role="copy",
        content=x.cells, steps=tiled(shape + shape, lead), numbered=False,
    )  # fmt: skip
    moves = [tuple(int(n in (axis, axis + rank)) for n in range(2 * rank)) for axis in range(rank)]
    changed = images.cells.diagonal((0,) * 2 * rank, shape, moves)
    changed[...] = pixels
    sheet.coat(changed, "stamp")

    made = shape + g.input_shape
    results = figure(
        sheet, f"results_{way}", made, g.rank, sheet.say("nudged_result"), role="computed",
        steps=tiled(made, lead), numbered=False,
    )  # fmt: skip
    last = (*range(rank, 2 * rank), *range(rank))  # a convolution for all pixels at once
    convolved(sheet, results.cells.transpose(*last), g, images.cells.transpose(*last), w.cells)

    losses = figure(
        sheet, f"losses_{way}", shape, g.rank, sheet.say(f"loss_{way}"), role="computed"
    )  # fmt: skip
    products = sliced(sheet, "SUMPRODUCT", results.cells, upstream.cells)
    summed(sheet, losses.cells, [(..., products)])
    return Nudged(images, results, losses)
