"""Results of formulas in a file, beside those that their numbers give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from xlconv.alike import same
from xlconv.magnitudes import magnitudes
from xlconv.moves import Moves
from xlconv.places import Place, a1
from xlconv.sheet import Sheet
from xlconv.words import counted
from xlconv.workbook import Cell

CHANGE_OF_SCALE = 1e-13
"""A value may differ by this much of its terms: sums are rounded in any order."""

Drawn = Mapping[Place, Cell]


def others(drawn: Sheet, ours: Drawn, theirs: Drawn, changed: AbstractSet[Place]) -> list[Place]:
    """The right formulas that have another value.

    drawn    the sheet with the numbers that the file has now; `ours` are its cells
    changed  the places of those that are not right
    """
    found = [
        place
        for place, mine in ours.items()
        if mine.formula is not None
        and place not in changed
        and not same(mine.value, theirs[place].value)
    ]
    if not found:
        return found
    apart = CHANGE_OF_SCALE * magnitudes(drawn)
    return [
        place
        for place in found
        if not same(ours[place].value, theirs[place].value, float(apart[place]))
    ]


def stale(other: Sequence[Place], ours: Drawn, theirs: Drawn, before: Drawn, at: Moves) -> str:
    """How one sees that no program has recalculated a sheet; "" if one does not.

    other   the right formulas that have another value
    before  the sheet with the numbers that it was made with
    at      where its cells are now
    """
    if all(
        theirs[place].value is None
        for place, mine in ours.items()
        if mine.formula is not None and place in theirs and theirs[place].formula is not None
    ):
        return "none of its formulas has a value"
    values = {place: theirs[place].value for place in other}
    if all(value is None for value in values.values()):
        first = a1(at.place(min(other)))
        return f"{counted(len(values), 'formula')} without a value, the first in {first}"
    if all(value is None or same(before[place].value, value) for place, value in values.items()):
        return "its values are those of the numbers before they were changed"
    return ""
