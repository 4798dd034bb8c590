"""How a sheet lies on paper: the way of the page, its scale, and where a new one begins.

A scale is said rather than a number of pages to fit, since then Excel keeps breaks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate, pairwise

from xlconv.frozen import frozen
from xlconv.grid.limits import EXCEL_COLUMNS
from xlconv.grid.parting import free_columns, free_rows, uncut_rows
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import column_points


@frozen
class Paper:
    """A kind of paper, upright, in points.

    beside, above  what is left free at each side, and at the top and the bottom
    """

    name: str
    short: float
    long: float
    beside: float
    above: float

    def size(self, landscape: bool) -> tuple[float, float]:
        """Its width and its height."""
        return (self.long, self.short) if landscape else (self.short, self.long)

    def room(self, landscape: bool) -> tuple[float, float]:
        """How wide and how high what stands between its margins may be."""
        wide, high = self.size(landscape)
        return wide - 2 * self.beside, high - 2 * self.above


A4 = Paper("a4", 595, 842, 43.5, 43.5)
"""With margins of half an inch, and a little more, for fonts."""

LETTER = Paper("letter", 612, 792, 18, 43.5)
"""As much room across as A4 has, so that what can be read on the one can be read on the other."""

PAPERS = {paper.name: paper for paper in (A4, LETTER)}

READABLE = 0.73
"""The scale at which the smallest letters of a sheet still have 8 points."""

LARGEST = 1.3
"""The scale of a small figure, which fills its page."""

SCALES = (1.2, 1.1, 1.0, 0.95, 0.9, 0.85, 0.8, 0.76, READABLE)
"""Scales that are tried, since fewer pages are worth smaller letters."""

MOST = 1026
"""Breaks of one sheet that Excel takes; what follows runs on from page to page."""


LARGE = 1_000_000
"""Cells of a sheet that is for the screen: which of its columns are free is not asked."""


@frozen
class Pages:
    """How a sheet is printed.

    landscape  whether the paper lies
    scale      of the cells, in percent
    breaks     the rows, from 0, at which a new page begins
    turns      the columns at which one begins; pages beside one another come before those below
    widths     of all its columns, in characters
    """

    landscape: bool
    scale: int
    breaks: tuple[int, ...] = ()
    turns: tuple[int, ...] = ()
    widths: Sequence[float] = ()


def columns(sheet: Sheet) -> int:
    """The columns of a sheet, with those that computed texts run over now."""
    runs = (
        spot.anchor.place[1] + sheet.behind(spot, text, role)
        for spot, text, role in sheet.runs
        if spot.anchor.place
    )
    return min(max([sheet.columns, *runs, 1]), EXCEL_COLUMNS)


def widths(sheet: Sheet) -> list[float]:
    """The widths of a sheet's columns, in characters."""
    return [sheet.widths.get(n, sheet.column_width) for n in range(columns(sheet))]


def pages(sheet: Sheet, paper: Paper = A4) -> Pages:
    """As few pages as there can be, with cells as large as there can be, if all can be read.

    Pages are then as full as one another. What is too wide to be read goes on beside the first
    page where nothing is cut there; what cannot be parted takes all of the paper's width.
    """
    heights = (sheet.heights.get(n, sheet.row_height) for n in range(max(sheet.rows, 1)))
    rows = _Rows(sheet, _ends(heights))
    each = widths(sheet)
    columns = _Columns(sheet, _ends(map(column_points, each)))
    large = len(rows.ends) * len(columns.ends) > LARGE
    whole = large or paper.room(True)[0] >= READABLE * columns.ends[-1]
    across = columns.ends[-1] if whole else columns.widest
    found = []
    for landscape in (False, True):
        wide, high = paper.room(landscape)
        most = min(LARGEST, wide / across)
        scales = [most, *(scale for scale in SCALES if scale < most)]
        for scale in scales if most >= READABLE else [max(most, 0.1)] * landscape:
            turns = () if whole else columns.breaks(max(wide / scale, across))
            found.append(Pages(landscape, int(100 * scale), rows.breaks(high / scale), turns))

    def price(one: Pages) -> tuple[int, int, int, int]:
        breaks, through, tight, _ = rows.price(one.breaks)
        return (breaks + 1) * (len(one.turns) + 1), through, tight, -one.scale

    best = min(found, key=price)
    wide, high = (room / (best.scale / 100) for room in paper.room(best.landscape))
    turns = columns.evened(max(wide, across)) if best.turns else ()
    return replace(best, breaks=rows.evened(high), turns=turns, widths=each)


def _ends(sizes: Iterable[float]) -> list[float]:
    """Where each row or column ends, from 0."""
    return [*accumulate(sizes, initial=0.0)]


@frozen
class _Line:
    """The rows of a sheet, or its columns, as they are put on pages.

    ends  where each ends, from 0
    """

    sheet: Sheet
    ends: Sequence[float]

    @property
    def starts(self) -> Sequence[int]:
        """Those in which a part begins."""
        raise NotImplementedError

    @property
    def titles(self) -> float:
        """The room of those that each page but the first repeats."""
        raise NotImplementedError

    @property
    def gaps(self) -> Sequence[int]:
        """Those before which one is free, or nothing goes on.

        There a part is broken that is larger than a page, or would leave one nearly empty.
        """
        raise NotImplementedError

    @property
    def uncut(self) -> Sequence[int]:
        """Those before which no block is cut: where a part is broken that has no such place."""
        return self.gaps

    def breaks(self, room: float) -> tuple[int, ...]:
        """Those at which pages begin: where a part begins, or where there is no more room."""
        found, top, titles, ends = list[int](), 0, 0.0, self.ends
        while ends[-1] - ends[top] > room - titles and len(found) < MOST:
            top = self._next(top, room - titles, room)
            found.append(top)
            titles = self.titles
        return tuple(found)

    def _next(self, top: int, left: float, room: float) -> int:
        """Where the page ends that begins in a row.

        left  what is free on it
        room  the same of an empty one
        """
        ends, starts = self.ends, self.starts
        last = max(bisect_right(ends, ends[top] + left, top) - 1, top + 1)
        behind = bisect_right(starts, last)
        part = starts[behind - 1] if behind and starts[behind - 1] > top else top
        end = starts[behind] if behind < len(starts) else len(ends) - 1
        whole = part > top and ends[end] - ends[part] <= room - self.titles
        if whole and ends[part] - ends[top] > left / 3:
            return part
        gap = bisect_right(self.gaps, last)
        if gap and self.gaps[gap - 1] > part:
            return self.gaps[gap - 1]
        if whole or ends[part] - ends[top] > left / 2:
            return part
        near = bisect_right(self.uncut, last)
        row = self.uncut[near - 1] if near else top
        return row if ends[row] - ends[top] > left / 3 else last

    def price(self, breaks: Sequence[int]) -> tuple[int, int, int, int]:
        """How many breaks: of all, through a block, with no row free, and where no part begins."""
        inside = {*breaks}.difference(self.starts)
        tight = inside.difference(self.gaps if inside else ())
        through = tight.difference(self.uncut if tight else ())
        return len(breaks), len(through), len(tight), len(inside)

    def evened(self, room: float) -> tuple[int, ...]:
        """The same number of breaks, with the fullest page as little full as it can be.

        No more of them are where no part begins, and no more where not even a row is free.
        """

        best = self.breaks(room)
        least, enough = 0, int(room)
        while best and enough - least > 1:
            tried = (least + enough) // 2
            breaks = self.breaks(tried)
            if self.price(breaks) <= self.price(best):
                best, enough = breaks, tried
            else:
                least = tried
        return self._neighbourly(best)

    def _neighbourly(self, breaks: tuple[int, ...]) -> tuple[int, ...]:
        """The same number of breaks, from the last on, no page fuller than its neighbour must be.

        A rest that the pages before leave, since parts are not cut, is shared with the last of
        them.
        """
        ends, starts = self.ends, self.starts
        cuts = [0, *breaks, len(ends) - 1]
        for n in range(len(breaks), 0, -1):
            top, end = cuts[n - 1], cuts[n + 1]

            def fullest(
                row: int, first: float = ends[top] - self.titles * (n > 1), last: int = end
            ) -> float:
                return max(ends[row] - first, ends[last] - ends[row] + self.titles)

            between = starts[bisect_right(starts, top) : bisect_left(starts, end)]
            cuts[n] = min([cuts[n], *between], key=fullest)
        return tuple(cuts[1:-1])


class _Rows(_Line):
    """The rows: the title's are repeated."""

    @cached_property
    def starts(self) -> list[int]:
        return sorted(self.sheet.starts)

    @property
    def titles(self) -> float:
        return self.ends[min(len(self.sheet.titles), len(self.ends) - 1)]

    @cached_property
    def gaps(self) -> list[int]:
        """The rows above which one is free."""
        return [row + 1 for row in free_rows(self.sheet)]

    @cached_property
    def uncut(self) -> list[int]:
        return uncut_rows(self.sheet)


class _Columns(_Line):
    """The columns: none is repeated, since programs cut off what runs over its end there."""

    starts, titles = (), 0.0

    @cached_property
    def gaps(self) -> list[int]:
        return free_columns(self.sheet, len(self.ends) - 1)

    @cached_property
    def widest(self) -> float:
        """The least room in which no page cuts anything."""
        cuts = pairwise([0, *self.gaps, len(self.ends) - 1])
        return max(self.ends[last] - self.ends[first] for first, last in cuts)
