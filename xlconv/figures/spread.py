"""How the channels of a layer lie: each beside the weights that make it, if paper has room."""

from __future__ import annotations

from collections.abc import Iterator

from xlconv.figures.layout import GAPS, Held
from xlconv.frozen import frozen
from xlconv.grid.places import Place
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.layers.network import Step

GAP = 2
"""Rows between the channels of a map: for its number and for its indices."""

APART = 1
"""Cells between two kernels: for their names."""

ROWS, WORDS = 38, 5
"""Rows of a layer that paper shows at a readable size; the part of its columns that is needed for
what is said above a map."""


@frozen
class Spread:
    """The steps from one channel to the next.

    maps    of what the layer gives
    outs    of its weights, from one output channel to the next
    ins     of its weights, from one input channel to the next
    stands  what stands where: the weights "beside" the maps, "above" them, or "before" them on
            rows of their own, beside the maps that they are of
    """

    maps: Place
    outs: Place = (0, 0)
    ins: Place = (0, 0)
    stands: str = "beside"


def spread(step: Step, columns: int) -> Spread:
    """How a layer lies on paper of so many columns."""
    operation = step.operation
    channels, high, wide = step.output_shape
    if not isinstance(operation, Layer | Convolution):
        return Spread((high + GAP, 0))
    shape = operation.weight.shape
    ins, outs = shape[:2] if isinstance(operation, Layer) else shape[1::-1]
    kernel = shape[2:]
    down = (max(high, kernel[0] + 1) + GAP, 0)
    across = (0, max(wide, kernel[1]) + GAP)
    under, beside = (kernel[0] + APART, 0), (0, kernel[1] + APART)
    weights, sums = beside[1] * ins - APART, GAPS[1] + 1 + max(wide, columns // WORDS)
    fits = weights + sums + (GAPS[1] + wide + 2) * bool(step.then) <= columns
    fits_above = across[1] * channels <= columns
    if fits and (down[0] * channels <= ROWS or not fits_above):
        return Spread(down, down, beside)
    if outs == 1 and under[0] * ins > ROWS and weights <= columns:
        return Spread(down, down, beside, "before")
    if outs == 1:
        return Spread(down, down, under)
    if fits_above:
        return Spread(across, across, under, "above")
    reads = (operation.input.shape[1] + GAP, 0) if len(step.sources) > 1 else under
    return Spread(down, beside, max(reads, under), "before")


@frozen
class Channels(Held):
    """Channels under one another: a page that has no room for all ends between two of them.

    step   from one to the next
    words  rows above each
    """

    count: int
    step: Place
    words: int

    def pieces(self, row: int, lift: int) -> Iterator[tuple[int, int]]:
        ((first, last),) = self.part.pieces(row, lift)
        later = [row + n * self.step[0] - self.words for n in range(1, self.count)]
        begins = [first, *(later if self.count * self.step[0] > ROWS else ())]
        yield from zip(begins, [*begins[1:], last], strict=True)
