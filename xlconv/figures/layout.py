"""Where figures stand: parts that know their size before they have a place, in rows and columns.

A part is as large as its cells, its indices and its words, so nothing needs to be said of gaps.
`a | b` stands side by side, with the first cells in one row; `a / b` under one another, with the
first cells in one column; `Table` does both. Captions of what stands side by side are in one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from xlconv.grid.grid import Anchor
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import POINTS

GAPS = (1, 2)
"""Free rows between parts under one another, free columns between those side by side."""

TOP = 3
"""The first row under a sheet's title and idea."""

PAGE_COLUMNS = 37
"""Columns that paper shows at a readable size: a longer row of parts that fit goes on below."""

Needs = list[tuple[int, int]]
"""Of lines or columns: the cells before, and from, the first cell of each."""


def line_room(sheet: Sheet, begin: int = 1) -> float:
    """How wide a line of words may be that begins in a column, in points: as paper shows it."""
    return sheet.column_width * POINTS * (PAGE_COLUMNS - 1 - begin)


@dataclass(frozen=True)
class Box:
    """Cells before and after the first cell of a part: (rows, columns)."""

    before: Place
    after: Place


class Arranged:
    """Anything that a layout can put somewhere; None beside or under it is a part that is not."""

    def __or__(self, other: Arranged | None) -> Arranged:
        """Side by side."""
        return self if other is None else Table([[*_row(self), *_row(other)]])

    def __truediv__(self, other: Arranged | None) -> Arranged:
        """Under one another."""
        return self if other is None else Table([[self], [other]])

    @property
    def box(self) -> Box:
        raise NotImplementedError

    @property
    def width(self) -> int:
        """Columns that it takes."""
        return self.box.before[1] + self.box.after[1]

    @property
    def least(self) -> int:
        """Columns that it takes at least, however it is broken."""
        return self.width

    def broken(self, width: int) -> Arranged:  # noqa: ARG002
        """The same in parts that are no wider, if it has parts."""
        return self

    def starts(self, row: int, lift: int) -> Iterator[int]:  # noqa: ARG002
        """The rows in which lines of its parts begin, if it stands alone in a row."""
        return iter(())

    def place(self, sheet: Sheet, at: Place, lift: int) -> None:
        """Put the first cell at a place, and the caption so many rows above it."""
        raise NotImplementedError


@dataclass(frozen=True)
class Part(Arranged):
    """Cells that hang on one corner, and the caption above them, which hangs on another."""

    anchor: Anchor
    head: Anchor | None = None

    @property
    def box(self) -> Box:
        (up, left), (down, right) = self.anchor.before, self.anchor.after
        if self.head is None:
            return Box((up, left), (down, right))
        left, right = max(left, self.head.before[1]), max(right, self.head.after[1])
        return Box((up + 1, left), (down, right))

    def place(self, sheet: Sheet, at: Place, lift: int) -> None:
        sheet.put(self.anchor, at)
        if self.head is not None:
            sheet.put(self.head, (at[0] - lift, at[1]))


class Table(Arranged):
    """Parts in lines, aligned along both; None leaves a field empty."""

    def __init__(self, lines: Iterable[Iterable[Arranged | None]]) -> None:
        self.lines = [list(line) for line in lines]

    @cached_property
    def _needs(self) -> tuple[Needs, Needs]:
        """What each line, and each column, needs before and after its first cell.

        It is measured once, when all is drawn.
        """
        width = max(map(len, self.lines))
        lines = [[part and part.box for part in line] for line in self.lines]
        padded = [line + [None] * (width - len(line)) for line in lines]
        down, across = (
            [_most([(box.before[way], box.after[way]) for box in boxes if box]) for boxes in each]
            for way, each in enumerate((padded, zip(*padded, strict=True)))
        )
        return down, across

    def _starts(self, way: int) -> list[int]:
        """Where each line or column has its first cell, from that of the first one."""
        needs = self._needs[way]
        moves = [after + GAPS[way] + before for (_, after), (before, _) in pairwise(needs)]
        return list(accumulate(moves, initial=0))

    @property
    def box(self) -> Box:
        rows, columns = self._needs
        down, across = self._starts(0)[-1] + rows[-1][1], self._starts(1)[-1] + columns[-1][1]
        return Box((rows[0][0], columns[0][0]), (down, across))

    def starts(self, row: int, lift: int) -> Iterator[int]:
        lifts = [lift, *(before for before, _ in self._needs[0][1:])]
        for line, down, above in zip(self.lines, self._starts(0), lifts, strict=True):
            yield row + down - above
            if len(line) == 1 and line[0] is not None:
                yield from line[0].starts(row + down, above)

    def place(self, sheet: Sheet, at: Place, lift: int) -> None:
        starts = self._starts(1)
        lifts = [lift, *(before for before, _ in self._needs[0][1:])]
        for line, down, above in zip(self.lines, self._starts(0), lifts, strict=True):
            for part, across in zip(line, starts, strict=False):
                if part is not None:
                    part.place(sheet, (at[0] + down, at[1] + across), above)

    @property
    def least(self) -> int:
        """Columns that it takes when every row of it is broken."""
        return max(part.least for line in self.lines for part in line if part)

    def broken(self, width: int) -> Table:
        """The same with columns that go on below where all together are wider than the paper.

        First within the widest column, then these columns themselves. Where something is too wide
        by itself, no break makes the paper readable: all stays as it is.
        """
        if self.width <= width or self.least > width:
            return self
        needs = [before + after for before, after in self._needs[1]]
        widest = needs.index(max(needs))
        left = width - sum(needs) + needs[widest] - GAPS[1] * (len(needs) - 1)
        inner = Table(
            [part.broken(left) if n == widest and part else part for n, part in enumerate(line)]
            for line in self.lines
        )
        return inner if inner.width <= width else self._apart(width)

    def _apart(self, width: int) -> Table:
        """Groups of columns under one another, each as wide as the paper at most."""
        groups, room = list[list[int]](), 0
        for n, (before, after) in enumerate(self._needs[1]):
            room -= min(before + after, width) + GAPS[1]
            if room < -GAPS[1]:
                groups.append([])
                room = width - min(before + after, width)
            groups[-1].append(n)
        tables = [Table(line[g[0] : g[-1] + 1] for line in self.lines) for g in groups]
        if len(tables) == 1:
            return Table([part and part.broken(width) for part in line] for line in self.lines)
        return Table([[table.broken(width)] for table in tables])


@dataclass(frozen=True)
class Together(Arranged):
    """Parts that stay side by side, however wide: those of an image, or with rows through all."""

    parts: Arranged

    @property
    def box(self) -> Box:
        return self.parts.box

    def starts(self, row: int, lift: int) -> Iterator[int]:
        return self.parts.starts(row, lift)

    def place(self, sheet: Sheet, at: Place, lift: int) -> None:
        self.parts.place(sheet, at, lift)


def _row(part: Arranged) -> Sequence[Arranged | None]:
    """The parts of a single line, or the part itself."""
    return part.lines[0] if isinstance(part, Table) and len(part.lines) == 1 else [part]


def _most(needs: Sequence[tuple[int, int]]) -> tuple[int, int]:
    befores, afters = zip(*needs, strict=True) if needs else ((0,), (0,))
    return max(befores), max(afters)


def arrange(sheet: Sheet, *parts: Arranged | None, at: Place | None = None) -> None:
    """Put parts on a sheet, one under another, with no cell above or left of a place.

    at  the place; under what stands there, and under the title, if not given
    """
    at = at or (max(TOP, sheet.rows + 1), 1)
    page = Table([part.broken(PAGE_COLUMNS)] for part in parts if part is not None)
    box = page.box
    row = at[0] + box.before[0]
    page.place(sheet, (row, at[1] + box.before[1]), box.before[0])
    sheet.starts += page.starts(row, box.before[0])
