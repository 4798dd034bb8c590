"""Rows and columns that were put into a sheet, or taken out: where its cells stand now."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from xlconv.checking.formula import Cells
from xlconv.grid.places import Place, letters

LINES = 500
"""Rows, or columns, that differ and are still compared with one another: it takes their square."""

Shifts = tuple[tuple[int, int], ...]
"""From which line on the lines stand so many lines further; ascending."""


@dataclass(frozen=True)
class Moves:
    """Where the rows and the columns of a sheet stand now.

    >>> moves = Moves(rows=((3, 2),), columns=())
    >>> moves.place((2, 5)), moves.place((3, 5)), list(moves.told())
    ((2, 5), (5, 5), ['row 4 is now row 6'])
    """

    rows: Shifts = ()
    columns: Shifts = ()

    def place(self, place: Place) -> Place:
        return _shifted(self.rows, place[0]), _shifted(self.columns, place[1])

    def cells(self, cells: Cells) -> Cells:
        """The same for the cells that a formula refers to on this sheet; others stay."""
        if cells.sheet:
            return cells
        return Cells("", self.place(cells.first), self.place(cells.last))

    def told(self) -> Iterator[str]:
        """Each line that was moved and is the first behind a line that was not, in words."""
        for line, shift in self.rows:
            yield f"row {line + 1} is now row {line + shift + 1}"
        for line, shift in self.columns:
            yield f"column {letters(line + 1)} is now column {letters(line + shift + 1)}"


def moves(ours: Mapping[Place, str], theirs: Mapping[Place, str]) -> Moves:
    """How cells were moved, line by line: lines are known by the marks of their cells.

    ours, theirs  what kind of cell stands where

    >>> moves({(0, 0): "f", (1, 0): "n", (2, 0): "f"}, {(0, 0): "f", (2, 0): "n", (3, 0): "f"})
    Moves(rows=((1, 1),), columns=())
    """
    return Moves(
        *(_shifts(_lines(ours, axis), _lines(theirs, axis)) for axis in (0, 1)),
    )


def _shifted(shifts: Shifts, line: int) -> int:
    at = bisect_right(shifts, line, key=lambda shift: shift[0])
    return line + shifts[at - 1][1] if at else line


def _lines(marks: Mapping[Place, str], axis: int) -> dict[int, str]:
    """The marks of each line, in the order of its cells."""
    lines: dict[int, list[str]] = {}
    for place in sorted(marks, key=lambda place: (place[axis], place[1 - axis])):
        lines.setdefault(place[axis], []).append(marks[place])
    return {line: "".join(texts) for line, texts in lines.items()}


def _shifts(ours: Mapping[int, str], theirs: Mapping[int, str]) -> Shifts:
    mine, other = list(ours), list(theirs)
    shifts: list[tuple[int, int]] = []
    for one, another in _pairs(list(ours.values()), list(theirs.values())):
        shift = other[another] - mine[one]
        if shift != (shifts[-1][1] if shifts else 0):
            shifts.append((mine[one], shift))
    return tuple(shifts)


def _pairs(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The lines that are the same, and those between them where they are as many, in order."""
    least = min(len(ours), len(theirs))
    head = next((n for n in range(least) if ours[n] != theirs[n]), least)
    tail = next((n for n in range(least - head) if ours[-1 - n] != theirs[-1 - n]), least - head)
    yield from ((n, n) for n in range(head))
    mine, other = ours[head : len(ours) - tail], theirs[head : len(theirs) - tail]
    if max(len(mine), len(other)) > LINES:
        yield from ((head + n, head + n) for n in range(len(mine)) if len(mine) == len(other))
    else:
        matcher = SequenceMatcher(None, mine, other, autojunk=False)
        for _, start, end, begin, stop in matcher.get_opcodes():
            if end - start == stop - begin:
                yield from ((head + start + n, head + begin + n) for n in range(end - start))
    yield from ((len(ours) - n, len(theirs) - n) for n in range(tail, 0, -1))
