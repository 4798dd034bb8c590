"""A small class with its returns graded by hand, and what the marks must be."""

from __future__ import annotations

from xlconv.classroom.marks import Flag, Graded, Mark, Note
from xlconv.classroom.roster import Student
from xlconv.classroom.table import Results

WORTH = {"Distribute": 20.0, "Sizes": 4.0}


def mark(
    sheet: str,
    cell: str,
    block: str,
    status: str,
    share: float,
    *,
    got: float | str | None = 7.0,
    formula: str | None = None,
    note: Note | None = None,
) -> Mark:
    return Mark(sheet, cell, block, status, got, 123456.0, formula, note, share)


ANA = Graded(
    Student("1501090", "Ana Ruiz Gómez", 1),
    "AAAAAAAAAA",
    "ana_40712_1_x.xlsx",
    (
        mark("Distribute", "D4", "stamps", "right", 1),
        mark("Distribute", "E4", "stamps", "wrong", 0, note=Note("fits_kernel_turned")),
        mark("Distribute", "D9", "output", "right here only", 0.5, formula="=3+4"),
        mark("Sizes", "B2", "sizes", "empty", 0, got=None),
        mark("Sizes", "B3", "sizes", "right", 1),
    ),
    (),
    WORTH,
)
"""Of 20 for three cells 1 + 0 + 0.5, and of 4 for two cells 1: 10 + 2."""

BEN = Graded(
    Student("1500071", "O'Neil, Ben", 2),
    "BBBBBBBBBB",
    "=cmd|x.xlsx",
    (
        mark("Distribute", "D4", "stamps", "right", 1),
        mark("Distribute", "E4", "stamps", "right", 1),
        mark("Distribute", "D9", "output", "no number", 0, got="=1+\x1b[31m"),
        mark("Sizes", "B2", "sizes", "follows", 0.1),
        mark("Sizes", "B3", "sizes", "right", 1),
    ),
    (Flag("givens changed", "B4"), Flag("=text", "instead of a number: D9")),
    WORTH,
)
"""Two thirds of 20, and 0.1 + 1 halves of 4: 13.3333 + 2.2."""

CLASS = Results((ANA, BEN), {"CCCCCCCCCC": Student("1501112", "Cy Nobody", 3)})
