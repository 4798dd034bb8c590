"""Rectangles of a sheet, cut and joined, and what is in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from xlconv.grid.places import Place
from xlconv.paper.lit import Seen

Mask = npt.NDArray[np.bool_]
"""Which of a sheet's places are meant."""


@dataclass(frozen=True)
class Panel:
    """Rows and columns of a sheet."""

    rows: range
    columns: range

    def holds(self, at: Place) -> bool:
        return at[0] in self.rows and at[1] in self.columns

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


def halves(panel: Panel) -> list[Panel]:
    """A panel in two, across its longer side."""
    down = 17 * len(panel.rows) > 23 * len(panel.columns)
    along = panel.rows if down else panel.columns
    return panel.cut(down, [(along.start + along.stop) // 2] if len(along) > 1 else [])


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
