"""Results of formulas in a file, beside those that their numbers give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from xlconv.alike import same
from xlconv.places import Place
from xlconv.workbook import Cell

CHANGE_OF_SCALE = 1e-13
"""A value may differ by this much of the largest of its sheet: sums are rounded in any order."""

Drawn = Mapping[Place, Cell]


def others(ours: Drawn, theirs: Drawn, changed: AbstractSet[Place]) -> list[Place]:
    """The right formulas that have another value.

    changed  the places of those that are not right
    """
    numbers = [
        abs(cell.value)
        for cell in ours.values()
        if cell.formula is not None and isinstance(cell.value, float)
    ]
    apart = CHANGE_OF_SCALE * max(numbers, default=0)
    return [
        place
        for place, mine in ours.items()
        if mine.formula is not None
        and place not in changed
        and not same(mine.value, theirs[place].value, apart)
    ]


def stale(other: Sequence[Place], ours: Drawn, theirs: Drawn, before: Drawn) -> str:
    """How one sees that no program has recalculated a sheet; "" if one does not.

    other   the right formulas that have another value
    before  the sheet with the numbers that it was made with
    """
    if all(
        theirs[place].value is None
        for place, mine in ours.items()
        if mine.formula is not None and place in theirs and theirs[place].formula is not None
    ):
        return "none of its formulas has a value"
    values = {place: theirs[place].value for place in other}
    if all(value is None or same(before[place].value, value) for place, value in values.items()):
        return "its values are those of the numbers before they were changed"
    return ""
