"""An image for each pixel of an image, with it nudged, and what a convolution makes of it."""

from __future__ import annotations

from xlconv.figures.blocks import Figure, figure
from xlconv.figures.controls import control
from xlconv.figures.layout import Arranged, Part
from xlconv.figures.operations import convolved
from xlconv.figures.sums import sliced, summed
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr, call
from xlconv.grid.grid import Grid
from xlconv.grid.places import tiled
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry


@frozen
class Nudged:
    """The images, (*pixels, *pixels), their results, and L of each of these."""

    images: Figure
    results: Figure
    losses: Figure

    @property
    def line(self) -> Arranged:
        return self.images >> self.results >> self.losses


def nudged(
    sheet: Sheet, g: Geometry, x: Figure, w: Figure, upstream: Figure, pixels: Expr, way: str
) -> Nudged:
    """For each pixel the whole image with that pixel moved, its result, and its L.

    g       of the transpose of the convolution
    pixels  the image's pixels, moved
    """
    deep = "v" + "h" * (g.rank - 2)
    lead = f"{deep}vh{deep}" if g.rank > 1 else "hv"
    shape, rank = x.cells.shape, len(x.cells.shape)
    images = _each(sheet, g, f"images_{way}", shape + shape, lead, f"nudge_{way}", "copy")
    images.cells[...] = x.cells
    moves = [tuple(int(n in (axis, axis + rank)) for n in range(2 * rank)) for axis in range(rank)]
    changed = images.cells.diagonal((0,) * 2 * rank, shape, moves)
    changed[...] = pixels
    sheet.coat(changed, "stamp")
    results = _each(sheet, g, f"results_{way}", shape + g.input_shape, lead, "nudged_result")
    last = (*range(rank, 2 * rank), *range(rank))  # a convolution for all pixels at once
    convolved(sheet, results.cells.transpose(*last), g, images.cells.transpose(*last), w.cells)
    words = sheet.say(f"loss_{way}")
    losses = figure(sheet, f"losses_{way}", shape, g.rank, words, role="computed")
    products = sliced(sheet, "SUMPRODUCT", results.cells, upstream.cells)
    summed(sheet, losses.cells, [(..., products)])
    return Nudged(images, results, losses)


def _each(
    sheet: Sheet,
    g: Geometry,
    name: str,
    shape: tuple[int, ...],
    lead: str,
    words: str,
    role: str = "computed",
) -> Figure:
    """A map for each pixel, still to be written."""
    place, words = tiled(shape, lead), sheet.say(words)
    return figure(sheet, name, shape, g.rank, words, role=role, steps=place, numbered=False)


def nudge_control(sheet: Sheet, first: float) -> tuple[Part, Grid]:
    """The control of what a pixel is nudged by, and the cell that says 0 where it is no number."""
    corner, said, says = sheet.corner(), sheet.say("epsilon"), sheet.say("epsilon_used")
    sheet.text(corner, said, "strong")
    at = max(5, sheet.behind(corner, said, "strong") + 1)
    epsilon = control(sheet, corner.shift(0, at), "epsilon", first, label="ε", role="parameter")
    used = call("IF", call("ISNUMBER", epsilon), epsilon, 0)
    at += 1 + sheet.behind(corner, says, "label")
    sheet.text(corner.shift(0, at), says, "label")
    nudge = sheet.formula(corner.shift(0, at + 1), used, "fact")
    wrong = call("IF", nudge.differs(0), "", sheet.say("epsilon_wrong"))
    sheet.formula(corner.shift(0, at + 3), wrong, "warning")
    return Part(corner.anchor), nudge
