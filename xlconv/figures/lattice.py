"""A small block for each phase of a layer, beside and under one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from xlconv.figures.blocks import steps
from xlconv.figures.edges import Name, name_slices
from xlconv.figures.layout import Part
from xlconv.figures.notes import caption
from xlconv.frozen import frozen
from xlconv.grid.grid import Grid
from xlconv.grid.places import box_size, start
from xlconv.grid.sheet import Sheet
from xlconv.layers.phase import Phase, Shown


@frozen(kw_only=True)
class Lattice(Part):
    """The cells of each phase that is shown."""

    cells: list[Grid]


def lattice(
    sheet: Sheet,
    phases: Sequence[Sequence[Phase]],
    shown: Sequence[Shown],
    lead: Sequence[int],
    size: Callable[[Phase], int],
    words: str,
    names: Sequence[str] = (),
    each: Name | None = None,
) -> Lattice:
    """Cells (*lead, *sizes) for each phase: those of the last axis across, of the others down.

    phases  of each axis
    size    of one of them
    names   what stands above each that is shown
    each    what each channel is called, from its indices
    """
    corner, rank = sheet.corner(), len(phases)
    shape = (*lead, *(max(map(size, axis)) for axis in phases))
    moves = steps(shape, rank, len(lead))
    high, wide = box_size(shape, moves)
    wide = max(wide, sheet.behind(corner, max(names, key=len, default=""), "note"))
    above = 2 if rank > 2 or prod(lead) > 1 else 1  # what channels are called stands between
    across = len(phases[-1]) if rank > 1 else 1
    apart = (high + 1 + above * bool(names), 0), (0, wide + 1)
    count = prod(map(len, phases)) // across
    field = sheet.memory(corner, (count, across, *shape), steps=(*apart, *moves))
    if names:  # a plan does not show all of them
        corner.anchor.take((-above, 0), (0, 0))
    cells = [
        field[(*divmod(one.number, across), ..., *(slice(size(p)) for p in one.axes))]
        for one in shown
    ]
    for one, name in zip(cells, names, strict=False):
        sheet.text(start(one).shift(-above), name, "note")
    for one in cells:
        if prod(one.shape):
            name_slices(sheet, one, rank, each, int(rank > 1))
    return Lattice(corner.anchor, caption(sheet, words), cells=cells)
