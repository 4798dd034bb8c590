"""The figures of a sheet as panels: rows and columns that are shown together on a slide."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product

from xlconv.grid.marks import named
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.shown import shown
from xlconv.grid.theme import width
from xlconv.paper.drawing import Window
from xlconv.paper.figure import box_of, within
from xlconv.paper.lit import Seen

HEADS = ("stage", "caption", "heading")
"""What stands over a figure."""

PROSE = ("text", "note", "verdict", "mark", "warning", "words", "current")
"""What is said of figures: it is on their slide, if there is room."""

PATH, EQUALS = "path", "="
"""What stands between figures, and what holds two of them together."""

THIN, LOW = 2, 9
"""How wide a column is where nothing stands, in characters, and how high a row, in points."""


@dataclass(frozen=True)
class Panel:
    """Rows and columns of a sheet."""

    rows: range
    columns: range

    def holds(self, at: Place) -> bool:
        return at[0] in self.rows and at[1] in self.columns


Fits = Callable[[Sequence[Panel]], bool]
"""Whether panels can be read on one slide."""


@dataclass(frozen=True)
class Figures:
    """What a sheet shows under its head, and how it is cut into panels.

    every  the cells of each of the states that it is shown in
    """

    sheet: Sheet
    every: Sequence[Mapping[Place, Seen]]

    @cached_property
    def whole(self) -> Panel:
        top = self.sheet.head.rows if self.sheet.head else 0
        across = range(max((at[1] + 1 for at in self._filled), default=0))
        return Panel(range(top, self.sheet.rows), across)

    @cached_property
    def _filled(self) -> frozenset[Place]:
        """Places where something stands, or a text runs over, in one of the states."""
        return frozenset(place for cells in self.every for place in _places(self.sheet, cells))

    @cached_property
    def _kept(self) -> frozenset[Place]:
        """The same, with all that lies between the slices of a block."""
        boxes = [box_of(one) for one in named(self.sheet.blocks)]
        boxes = [box for box in boxes if box[0] in self._filled]
        inside = (
            product(range(first[0], last[0] + 1), range(first[1], last[1] + 1))
            for first, last in boxes
        )
        return self._filled.union(*inside)

    def together(self, panel: Panel, fits: Fits) -> Iterator[list[Panel]]:
        """A panel as parts of it in their order, as many at a time as fit."""
        some = list[Panel]()
        for part in [panel] if fits([panel]) else self._cut(panel):
            if some and not fits([*some, part]):
                if self.is_prose(part):
                    continue
                yield some
                some = []
            if part == panel or fits([part]):
                some += [part] * bool(some or not self.is_prose(part))
            else:
                yield from self.together(part, fits)
        if some:
            yield some

    def smallest(self, panel: Panel) -> list[Panel]:
        """The figures in a panel, and the lines between them."""
        parts = self._between(panel)
        return [one for part in parts for one in self.smallest(part)] if parts else [panel]

    def _cut(self, panel: Panel) -> Sequence[Panel]:
        """A panel in several, at the best place to cut it; a picture stays whole."""
        found = self._between(panel)
        if found or self._is_picture(panel):
            return found or [panel]
        down = len(panel.rows) > len(panel.columns)
        tries = product((self._kept, self._filled), (down, not down))
        every = (self._parts(panel, way, kept) for kept, way in tries)
        return next((parts for parts in every if len(parts) > 1), None) or _halves(panel)

    def _between(self, panel: Panel) -> list[Panel]:
        """A panel cut between its figures: where parts of the sheet begin, or nothing stands."""
        used = {at[0] for at in self._kept - self._prose if panel.holds(at)}
        starts = [row for row in self.sheet.starts if row in panel.rows and row - 1 not in used]
        cuts = [row for row in starts if min(used, default=row) < row <= max(used)]
        if cuts:
            ends = [panel.rows.start, *cuts, panel.rows.stop]
            return [replace(panel, rows=range(a, b)) for a, b in pairwise(ends)]
        for down in (True, False):
            parts = list[Panel]()
            for part in self._parts(panel, down, self._kept):
                before = parts.pop() if parts and self._belong(parts[-1], part, down) else part
                parts.append(_both(before, part))
            if len(parts) > 1:
                return parts
        return []

    def _parts(self, panel: Panel, down: bool, kept: Collection[Place]) -> list[Panel]:
        """A panel cut at its free rows, or at its free columns."""
        along, way = (panel.rows, 0) if down else (panel.columns, 1)
        used = sorted({at[way] for at in kept if panel.holds(at)})
        ends = [along.start, *(a + 1 for a, b in pairwise(used) if b > a + 1), along.stop]
        return [
            replace(panel, **{"rows" if down else "columns": range(a, b)})
            for a, b in pairwise(ends)
        ]

    def _belong(self, one: Panel, other: Panel, down: bool) -> bool:
        """Whether two panels are one: a head and what it is over, or a figure and its words."""
        if down:
            return all(seen.cell.role in HEADS for seen in self._seen(one))
        seen = [*self._seen(other)]
        if any(one.cell.role == PATH and one.cell.value == EQUALS for one in seen):
            return True
        return not self.begins(other) and any(one.cell.role != "text" for one in seen)

    def is_prose(self, panel: Panel) -> bool:
        """Whether only words are in a panel, on a sheet that has figures."""
        return bool(self.sheet.blocks) and all(one.cell.role in PROSE for one in self._seen(panel))

    @cached_property
    def _prose(self) -> frozenset[Place]:
        cells = {at: one for at, one in self.every[0].items() if one.cell.role in PROSE}
        return frozenset(_places(self.sheet, cells))

    def begins(self, panel: Panel) -> bool:
        """Whether a figure is in a panel."""
        return self.has_head(panel) or any(map(panel.holds, self._corners))

    @cached_property
    def _corners(self) -> list[Place]:
        return [box_of(block)[0] for block in named(self.sheet.blocks)]

    def has_head(self, panel: Panel) -> bool:
        return any(one.cell.role in HEADS for one in self._seen(panel))

    def blocks(self, panel: Panel, role: str) -> list[str]:
        """The names of the blocks of a role that are in a panel."""
        return [one.name for one in named(self.sheet.blocks)
                if one.role == role and panel.holds(box_of(one)[0])]  # fmt: skip

    def _is_picture(self, panel: Panel) -> bool:
        """Whether its cells are pixels, whose numbers nobody sees."""
        mine = [one for one in self._seen(panel) if one.cell.block]
        return bool(mine) and not any(shown(one.cell.value, one.look.number_format) for one in mine)

    def moves(self, panel: Panel) -> bool:
        """Whether something in a panel is not the same in all states."""
        each = (
            {at: (str(one.cell.value), one.look) for at, one in
             within(cells, panel.rows, panel.columns).items()}
            for cells in self.every
        )  # fmt: skip
        first = next(each)
        return any(other != first for other in each)

    def _seen(self, panel: Panel) -> Iterable[Seen]:
        return within(self.every[0], panel.rows, panel.columns).values()

    def window(
        self, some: Sequence[Panel], scale: float, corner: tuple[float, float] = (0, 0)
    ) -> Window:
        """Panels as they stand on the sheet, without the rows and columns that they do not need."""
        held = [at for at in self._filled if any(panel.holds(at) for panel in some)]
        rows, columns = ({at[way] for at in held} for way in (0, 1))
        paths = [
            at for at, one in self.every[0].items()
            if one.cell.role == PATH and any(panel.holds(at) for panel in some)
            if held and min(rows) < at[0] < max(rows) and min(columns) < at[1] < max(columns)
        ]  # fmt: skip
        down, across = (_with_gaps({at[way] for at in [*held, *paths]}) for way in (0, 1))
        sheet = replace(
            self.sheet,
            widths={**self.sheet.widths, **dict.fromkeys({*across} - columns, THIN)},
            heights={**self.sheet.heights, **dict.fromkeys({*down} - rows, LOW)},
        )
        return Window(sheet, down, across, scale, corner)


def size(window: Window, cells: Mapping[Place, Seen]) -> tuple[float, float]:
    """How wide and how high a window is with the words that run over its side."""
    ends = [
        window.across[at[1]] + width(str(one.cell.value), one.cell.role) * window.scale
        for place, one in cells.items()
        if one.cell.role == "words" and (at := window.at(place))
    ]
    return max([*ends, *window.across[-1:]]), window.down[-1] - window.corner[1]


def _places(sheet: Sheet, cells: Mapping[Place, Seen]) -> Iterator[Place]:
    for at, one in cells.items():
        words = str(one.cell.value) if isinstance(one.cell.value, str) else ""
        if one.cell.role == PATH:
            continue
        if words and one.look.align in (None, "left") and one.cell.role != "words":
            yield from ((at[0], n) for n in range(at[1], sheet.behind(at, words, one.cell.role)))
        if words and one.look.align == "right":
            yield at[0], at[1] - 1
        if one.cell.value not in (None, "") or one.look.lines or one.look.fill:
            yield at


def _with_gaps(used: Collection[int]) -> list[int]:
    """Numbers in order, with one between those that do not follow one another."""
    gaps = {a + 1 for a, b in pairwise(sorted(used)) if b > a + 1}
    return sorted({*used, *gaps})


def _both(one: Panel, other: Panel) -> Panel:
    """Two panels beside each other, or one over the other, as one."""
    rows, columns = (
        range(min(a.start, b.start), max(a.stop, b.stop))
        for a, b in ((one.rows, other.rows), (one.columns, other.columns))
    )
    return Panel(rows, columns)


def _halves(panel: Panel) -> list[Panel]:
    """A panel in two, across its longer side."""
    rows, columns = panel.rows, panel.columns
    if max(len(rows), len(columns)) < 2:
        return [panel]
    if 17 * len(rows) > 23 * len(columns):
        middle = (rows.start + rows.stop) // 2
        return [replace(panel, rows=one)
                for one in (range(rows.start, middle), range(middle, rows.stop))]  # fmt: skip
    middle = (columns.start + columns.stop) // 2
    return [replace(panel, columns=one)
            for one in (range(columns.start, middle), range(middle, columns.stop))]  # fmt: skip
