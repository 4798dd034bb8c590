"""Rectangles of a sheet, cut and joined, and what is in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from xlconv.frozen import frozen
from xlconv.grid.direction import Way
from xlconv.grid.parting import taken
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import WHITE
from xlconv.paper.lit import Seen

PATH = "path"
"""What stands between figures."""

Mask = npt.NDArray[np.bool_]
"""Which of a sheet's places are meant."""


@frozen
class Panel:
    """Rows and columns of a sheet."""

    rows: range
    columns: range

    def holds(self, at: Place) -> bool:
        return at[0] in self.rows and at[1] in self.columns

    def has(self, other: Panel) -> bool:
        return self.holds((other.rows.start, other.columns.start))

    def used(self, mask: Mask, way: int) -> list[int]:
        """The rows of it (or, of way 1, the columns) that are not empty."""
        part = mask[self.rows.start : self.rows.stop, self.columns.start : self.columns.stop]
        start = (self.rows.start, self.columns.start)[way]
        return [start + int(n) for n in np.flatnonzero(part.any(axis=1 - way))]

    def cut(self, down: bool, cuts: Sequence[int]) -> list[Panel]:
        """It in several, each from one of some rows, or columns, on."""
        along = self.rows if down else self.columns
        parts = (range(a, b) for a, b in pairwise([along.start, *cuts, along.stop]))
        return [Panel(part, self.columns) if down else Panel(self.rows, part) for part in parts]


@frozen
class Piece:
    """Panels that are drawn together, as they stand on the sheet.

    span    the panel whose columns it has, be they empty in it; None for its own
    begins  whether a line begins with it
    head    whether it stands over what follows, on a line of its own
    shrunk  by how much a picture is smaller than what is beside it
    """

    panels: tuple[Panel, ...]
    span: Panel | None = None
    begins: bool = False
    head: bool = False
    shrunk: float = 1

    @property
    def wide(self) -> tuple[Panel, ...]:
        """The panels whose columns it has."""
        return (self.span,) if self.span else self.panels


Rows = dict[int, dict[int, Seen]]
"""Cells by their rows, then by their columns."""


def with_gaps(used: Collection[int]) -> list[int]:
    """Numbers in order, with one between those that do not follow one another."""
    gaps = {a + 1 for a, b in pairwise(sorted(used)) if b > a + 1}
    return sorted({*used, *gaps})


def both(one: Panel, other: Panel) -> Panel:
    """Two panels beside each other, or one over the other, as one."""
    rows, columns = (
        range(min(a.start, b.start), max(a.stop, b.stop))
        for a, b in ((one.rows, other.rows), (one.columns, other.columns))
    )
    return Panel(rows, columns)


def mask_of(places: Iterable[Place], shape: Place = (0, 0)) -> Mask:
    """Places as a sheet of truths."""
    every = [*places]
    high, wide = (max([shape[way], *(at[way] + 1 for at in every)]) for way in (0, 1))
    mask = np.zeros((high, wide), dtype=bool)
    for at in every:
        mask[at] = True
    return mask


def by_rows(cells: Mapping[Place, Seen]) -> Rows:
    found: Rows = {}
    for at, one in sorted(cells.items()):
        found.setdefault(at[0], {})[at[1]] = one
    return found


def within(rows: Rows, panel: Panel) -> Iterator[tuple[Place, Seen]]:
    """The cells of a panel, by rows."""
    for row in panel.rows:
        for column, one in rows.get(row, {}).items():
            if column in panel.columns:
                yield (row, column), one


def ahead(sheet: Sheet) -> str:
    """The side at which a text begins."""
    return "right" if sheet.way is Way.LEFTWARD else "left"


def runs(sheet: Sheet, cells: Mapping[Place, Seen]) -> Iterator[tuple[int, range]]:
    """The row of each cell that is seen, and the columns that it and its text take."""
    back = {"left": "right", "right": "left"}[ahead(sheet)]
    shares = {None: 0, ahead(sheet): 0, back: 1}
    for (row, column), one in cells.items():
        words = one.cell.value if isinstance(one.cell.value, str) else ""
        if one.cell.role == PATH:
            continue
        columns, share = range(column, column + 1), shares.get(one.look.align)
        if words and share is not None and not (share == 0 and one.cell.role == "words"):
            columns = taken(sheet, column, words, one.cell.role, share)
        lined = one.look.lines and one.look.line != WHITE
        if one.cell.value not in (None, "") or lined or one.look.fill:
            yield row, columns


def places(every: Iterable[tuple[int, range]]) -> Iterator[Place]:
    yield from ((row, n) for row, columns in every for n in columns)
