"""Where figures stand: parts that know their size before they have a place, in rows and columns.

A part is as large as its cells, its indices and its words, so nothing needs to be said of gaps.
`a | b` stands side by side, with the first cells in one row; `a / b` under one another, with the
first cells in one column; `Table` does both. `a >> b` and `a // b` are the same with an arrow,
since one leads to the other. Captions of what stands side by side are in one row, and numbered in
the order in which figures are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain, pairwise, zip_longest

from xlconv.frozen import frozen
from xlconv.grid.direction import ONWARD
from xlconv.grid.grid import Anchor
from xlconv.grid.places import Place, Spot
from xlconv.grid.sheet import Sheet

GAPS = (1, 1)
"""Free rows between parts under one another, free columns between those side by side."""

NUMBER = 1
"""The column of a caption's number, before it."""

DOWNWARD = "↓"


@frozen
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

    def __rshift__(self, other: Arranged | None) -> Arranged:
        """Side by side, and this leads to the first of the other."""
        if other is None:
            return self
        first, *rest = _row(other)
        return Table([[*_row(self), first and Led(first), *rest]])

    def __floordiv__(self, other: Arranged) -> Arranged:
        """Under one another, and this leads to the other."""
        return self / Led(other, DOWNWARD)

    @property
    def box(self) -> Box:
        raise NotImplementedError

    def stages(self) -> Iterator[list[Spot]]:
        """The captions, in the order in which figures are read; some share a number."""
        return iter(())

    @property
    def width(self) -> int:
        """Columns that it takes."""
        return self.box.before[1] + self.box.after[1]

    @property
    def hangs(self) -> bool:
        """Whether it belongs under what stands above it."""
        return False

    def pieces(self, row: int, lift: int) -> Iterator[tuple[int, int]]:
        """The rows of each of its parts, from the first to the one behind the last.

        row, lift  of its first cell, and of the caption above that
        """
        raise NotImplementedError

    def place(self, sheet: Sheet, at: Place, lift: int) -> None:
        """Put the first cell at a place, and the caption so many rows above it."""
        raise NotImplementedError


@frozen
class Part(Arranged):
    """Cells that hang on one corner, and the caption above them, which hangs on another.

    head      the first letter of the caption; its number stands before it
    captions  others, among the cells; each has a number, or some share it
    below     whether it belongs to what stands above it, on the same page
    """

    anchor: Anchor
    head: Spot | None = None
    captions: Sequence[Sequence[Spot]] = ()
    below: bool = False

    @property
    def box(self) -> Box:
        (up, left), (down, right) = self.anchor.before, self.anchor.after
        if self.head is None:
            return Box((up, left), (down, right))
        head = self.head.anchor
        left, right = max(left, head.before[1], NUMBER), max(right, head.after[1])
        return Box((up + 1, left), (down, right))

    def pieces(self, row: int, lift: int) -> Iterator[tuple[int, int]]:
        yield row - lift - self.below * (GAPS[0] + 1), row + self.box.after[0]

    @property
    def hangs(self) -> bool:
        return self.below

    def stages(self) -> Iterator[list[Spot]]:
        return map(list, [*([[self.head]] if self.head else []), *self.captions])

    def place(self, sheet: Sheet, at: Place, lift: int) -> None:
        sheet.put(self.anchor, at)
        if self.head is not None:
            sheet.put(self.head.anchor, (at[0] - lift, at[1]))


class Table(Arranged):
    """Parts in lines, aligned along both; None leaves a field empty.

    alike  whether the parts of a line are cases of one thing, which share a number
    """

    def __init__(self, lines: Iterable[Iterable[Arranged | None]], *, alike: bool = False) -> None:
        self.lines = [list(line) for line in lines]
        self.alike = alike

    @cached_property
    def needs(self) -> tuple[list[Place], list[Place]]:
        """Cells before, and from, the first of each line and column; once, when all is drawn."""
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
        needs = self.needs[way]
        moves = [after + GAPS[way] + before for (_, after), (before, _) in pairwise(needs)]
        return list(accumulate(moves, initial=0))

    @property
    def box(self) -> Box:
        rows, columns = self.needs
        down, across = self._starts(0)[-1] + rows[-1][1], self._starts(1)[-1] + columns[-1][1]
        return Box((rows[0][0], columns[0][0]), (down, across))

    def stages(self) -> Iterator[list[Spot]]:
        for line in self.lines:
            each = [part.stages() for part in line if part]
            if self.alike:
                shared = zip_longest(*each, fillvalue=list[Spot]())
                yield from (list(chain(*captions)) for captions in shared)
            else:
                yield from chain(*each)

    def pieces(self, row: int, lift: int) -> Iterator[tuple[int, int]]:
        for part, (down, _), above in self._placed((row, 0), lift):
            yield from part.pieces(down, above)

    def place(self, sheet: Sheet, at: Place, lift: int) -> None:
        for part, its, above in self._placed(at, lift):
            part.place(sheet, its, above)

    def _placed(self, at: Place, lift: int) -> Iterator[tuple[Arranged, Place, int]]:
        """Each part with its own place, and the rows that its caption is above that."""
        lifts = [lift, *(before for before, _ in self.needs[0][1:])]
        for line, down, above in zip(self.lines, self._starts(0), lifts, strict=True):
            for part, across in zip(line, self._starts(1), strict=False):
                if part is not None:
                    yield part, (at[0] + down, at[1] + across), above


class Stack(Table):
    """Groups of columns of a table under one another, since paper is too narrow for all.

    alike  whether they are cases of one thing, which share numbers as if side by side
    """

    def stages(self) -> Iterator[list[Spot]]:
        beside = Table([[group for (group,) in self.lines]], alike=self.alike)
        return beside.stages()


@frozen
class Held(Arranged):
    """A part as it is, with something that holds of it."""

    part: Arranged

    @property
    def box(self) -> Box:
        return self.part.box

    def stages(self) -> Iterator[list[Spot]]:
        return self.part.stages()

    def pieces(self, row: int, lift: int) -> Iterator[tuple[int, int]]:
        return self.part.pieces(row, lift)

    def place(self, sheet: Sheet, at: Place, lift: int) -> None:
        self.part.place(sheet, at, lift)


@frozen
class Led(Held):
    """A part with a sign in the gap before it, or in that above it if it points downward.

    sign  the arrow that points onward, if not given
    room  whether the sign has a column of its own, where there is no gap
    """

    sign: str = ""
    room: bool = False

    @property
    def box(self) -> Box:
        (up, left), after = self.part.box.before, self.part.box.after
        return Box((up, left + self.room), after)

    @property
    def hangs(self) -> bool:
        return self.sign == DOWNWARD

    def place(self, sheet: Sheet, at: Place, lift: int) -> None:
        super().place(sheet, at, lift)
        if self.sign == DOWNWARD:
            sheet.text((at[0] - lift - 1, at[1]), self.sign, "path")
        else:
            before = at[1] - self.part.box.before[1] - 1
            sheet.text((at[0], before), self.sign or ONWARD[sheet.way], "path")


def _row(part: Arranged) -> Sequence[Arranged | None]:
    """The parts of a single line, or the part itself."""
    return part.lines[0] if isinstance(part, Table) and len(part.lines) == 1 else [part]


def _most(needs: Sequence[tuple[int, int]]) -> tuple[int, int]:
    befores, afters = zip(*needs, strict=True) if needs else ((0,), (0,))
    return max(befores), max(afters)
