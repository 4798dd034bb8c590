"""What grading says: a mark a cell, and what a person should look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """One cell that was asked for.

    share  of what the cell is worth, from 0 to 1
    """

    sheet: str
    cell: str
    block: str
    status: str
    got: float | str | None
    want: float
    formula: str | None = None
    note: str = ""
    share: float = 0.0


@dataclass(frozen=True)
class Flag:
    """Something for a person to look at; it accuses nobody."""

    kind: str
    words: str
