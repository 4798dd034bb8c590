"""A small block for each phase of a layer, beside and under one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

from xlconv.figures.blocks import steps
from xlconv.figures.layout import Part
from xlconv.figures.notes import caption
from xlconv.grid.grid import Grid
from xlconv.grid.places import box_size, start
from xlconv.grid.sheet import Sheet
from xlconv.layers.phase import Phase, Shown


@dataclass(frozen=True, kw_only=True)
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
) -> Lattice:
    """Cells (*lead, *sizes) for each phase: those of the last axis across, of the others down.

    phases  of each axis
    size    of one of them
    names   what stands above each that is shown
    """
    corner, rank = sheet.corner(), len(phases)
    shape = (*lead, *(max(map(size, axis)) for axis in phases))
    moves = steps(shape, rank, len(lead))
    high, wide = box_size(shape, moves)
    wide = max(wide, sheet.behind(corner, max(names, key=len, default=""), "note"))
    across = len(phases[-1]) if rank > 1 else 1
    field = sheet.memory(
        corner,
        (prod(map(len, phases)) // across, across, *shape),
        steps=((high + (2 if names else 1), 0), (0, wide + 1), *moves),
    )
    if names:  # a plan does not show all of them
        corner.anchor.take((-1, 0), (0, 0))
    cells = [
        field[(*divmod(one.number, across), ..., *(slice(size(p)) for p in one.axes))]
        for one in shown
    ]
    for each, name in zip(cells, names, strict=False):
        sheet.text(start(each).shift(-1), name, "note")
    return Lattice(corner.anchor, caption(sheet, words), cells=cells)
