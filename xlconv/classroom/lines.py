"""Rows and columns that were put into a returned sheet, or taken out: known by what they hold.

The names of blocks tell where their corners stand now, but not what lies between, and some
programs leave them as they are. So each of our lines is held against each of theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from xlconv.checking.cells import Value
from xlconv.checking.moves import Moves, Shifts
from xlconv.classroom.formulas import CALLED
from xlconv.frozen import frozen
from xlconv.grid.limits import FORMULA_LENGTH
from xlconv.grid.places import Place

MORE = 100
"""Lines that may have been put into a sheet, and are still seen."""

FILLED, NAMED = 1e-2, 1e-3
"""What a cell tells that may be a blank, filled in, and what a name: they settle what no cell does.
"""

Key = tuple[str, ...] | Value
"""What a cell is known by."""

Held = Mapping[Place, Key]

Lines = Mapping[int, Counter[Hashable]]
"""What each line holds."""

Pairs = Iterable[tuple[Place, Place]]


def key_of(formula: str | None, value: Value) -> Key:
    """The functions that a formula calls, as its cells and its value change; or what stands there.

    >>> key_of("SUM(A1:B2)*max(C1,1)", 7.0), key_of("A1+1", 2.0), key_of(None, "Input")
    (('SUM', 'MAX'), (), 'Input')
    """
    return value if formula is None else (*CALLED.findall(formula[:FORMULA_LENGTH].upper()),)


@frozen
class Known:
    """A sheet of ours, as far as one knows it by.

    held    what stands on it, but for the blanks
    blanks  their places
    """

    held: Held
    blanks: Sequence[Place]

    def moves(self, theirs: Held, told: Pairs) -> Moves:
        """Where its rows and columns stand on a returned sheet.

        told  the corners of blocks, and where their names lead to now
        """
        if all(theirs.get(at) == key for at, key in self.held.items()):
            return Moves()
        told = [*told]
        rows = self._shifts(theirs, told, 0)
        now = Moves(rows)
        known = {now.place(at): key for at, key in self.held.items()}
        level = Known(known, [now.place(at) for at in self.blanks])
        return Moves(rows, level._shifts(theirs, [(now.place(at), to) for at, to in told], 1))

    def _shifts(self, theirs: Held, told: Pairs, way: int) -> Shifts:
        """The same of the rows alone, or of the columns, whose cells are known by their rows."""
        count = 1 + max(at[way] for at in [*self.held, *self.blanks])
        held, other = (_lines(cells, way) for cells in (self.held, theirs))
        alike = _alike(held, other, (count, count + MORE))
        blanks = np.bincount([at[way] for at in self.blanks], minlength=count)
        filled = [other[n].total() if n in other else 0 for n in range(count + MORE)]
        alike += FILLED * np.minimum(blanks[:, None], (filled - alike).clip(0))
        for at, to in told:
            if at[way] < count and to[way] < count + MORE:
                alike[at[way], to[way]] += NAMED
        return _in_order(alike)


def _lines(cells: Held, way: int) -> dict[int, Counter[Hashable]]:
    """What each row holds, wherever; or each column, in which rows."""
    found: dict[int, Counter[Hashable]] = {}
    for at, key in cells.items():
        found.setdefault(at[way], Counter())[(at[0], key) if way else key] += 1
    return found


def _alike(ours: Lines, theirs: Lines, shape: Place) -> NDArray[np.float64]:
    """How many cells each of our lines has in common with each of theirs."""
    found = np.zeros(shape)
    for key in {key for line in ours.values() for key in line}:
        mine, other = (
            np.array([lines[n][key] if n in lines else 0 for n in range(size)])
            for lines, size in zip((ours, theirs), shape, strict=True)
        )
        found += np.minimum.outer(mine, other)
    return found


def _in_order(alike: NDArray[np.float64]) -> Shifts:
    """The lines that stand elsewhere, where most fits with all of them in order.

    >>> _in_order(np.array([[2.0, 0, 0], [0, 0, 3]])), _in_order(np.array([[2.0, 0], [0, 1]]))
    (((1, 1),), ())
    """
    ours, theirs = alike.shape
    best = np.zeros((ours + 1, theirs + 1))
    for n in range(ours):
        best[n + 1, 1:] = np.maximum(best[n, 1:], best[n, :-1] + alike[n])
        best[n + 1] = np.maximum.accumulate(best[n + 1])
    if best[-1, -1] < np.trace(alike) + 1:
        return ()
    shifts: list[tuple[int, int]] = []
    n, m = ours, theirs
    while n and m:
        if best[n, m] == best[n, m - 1]:
            m -= 1
        elif best[n, m] == best[n - 1, m]:
            n -= 1
        else:
            n, m = n - 1, m - 1
            if shifts and shifts[-1][1] == m - n:
                shifts.pop()
            shifts.append((n, m - n))
    ordered = shifts[::-1]
    return tuple(ordered[1:] if ordered and ordered[0][1] == 0 else ordered)
