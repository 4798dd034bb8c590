"""Results of formulas in a file, beside those that their numbers give."""

from __future__ import annotations

from xlconv.differences import Other
from xlconv.moves import Moves
from xlconv.places import a1
from xlconv.words import counted


def stale(other: Other, valued: bool, at: Moves) -> str:
    """How one sees that no program has recalculated a sheet; "" if one does not.

    other   the right formulas that have another value
    valued  whether a formula has a value
    at      where its cells are now
    """
    if not valued:
        return "none of its formulas has a value"
    if other.blank:
        first = a1(at.place(other.first))
        return f"{counted(other.number, 'formula')} without a value, the first in {first}"
    if other.old:
        return "its values are those of the numbers before they were changed"
    return ""
