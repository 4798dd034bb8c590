"""Values that only follow from cells that were changed."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from xlconv.checking.formula import Cells
from xlconv.grid.places import Place


def following(formulas: Mapping[Place, list[Cells]], changed: AbstractSet[Place]) -> set[Place]:
    """Which formulas refer to a cell that was changed, or to one of those that do.

    formulas  the cells that each of them refers to; those of other sheets do not count

    >>> b1 = [Cells("", (0, 0), (0, 0))]
    >>> c1 = [Cells("", (0, 1), (0, 1))]
    >>> sorted(following({(0, 1): b1, (0, 2): c1, (5, 5): []}, {(0, 0)}))
    [(0, 1), (0, 2)]
    """
    reached: set[Place] = set()
    if not changed:
        return reached
    corners = [*changed, *formulas, *(cells.last for areas in formulas.values() for cells in areas)]
    rows, columns = (max(ends) + 1 for ends in zip(*corners, strict=True))
    touched = np.zeros((rows, columns), dtype=bool)
    for place in changed:
        touched[place] = True
    count = -1
    while count < len(reached):
        count = len(reached)
        for place, areas in formulas.items():
            if place not in reached and any(_meets(touched, cells) for cells in areas):
                reached.add(place)
                touched[place] = True
    return reached


def _meets(touched: NDArray[np.bool_], cells: Cells) -> bool:
    (top, left), (bottom, right) = cells.first, cells.last
    return not cells.sheet and bool(touched[top : bottom + 1, left : right + 1].any())
