"""The figures of a sheet as panels: rows and columns that are shown together on a slide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product

from xlconv.grid.direction import Way
from xlconv.grid.marks import named
from xlconv.grid.places import Place, corners, leaves
from xlconv.grid.sheet import Sheet
from xlconv.grid.shown import shown
from xlconv.grid.theme import width
from xlconv.paper.drawing import Window
from xlconv.paper.figure import named as with_names
from xlconv.paper.lit import Seen
from xlconv.paper.rectangles import (
    Mask,
    Panel,
    Rows,
    both,
    by_rows,
    halves,
    mask_of,
    with_gaps,
    within,
)

HEADS = ("stage", "caption", "heading")
"""What stands over a figure."""

PROSE = ("text", "note", "verdict", "mark", "warning", "words", "current")
"""What is said of figures: it is on their slide, if there is room."""

PATH, EQUALS = "path", "="
"""What stands between figures, and what holds two of them together."""

THIN, LOW = 2, 9
"""How wide a column is where nothing stands, in characters, and how high a row, in points."""


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
        return Panel(range(top, self._filled.shape[0]), range(self._filled.shape[1]))

    @cached_property
    def _filled(self) -> Mask:
        """Where something stands, or a text runs over, in one of the states."""
        return mask_of({at for cells in self.every for at in _places(self.sheet, cells)})

    @cached_property
    def _kept(self) -> Mask:
        """The same, with all that lies between the slices of a block."""
        kept = self._filled.copy()
        for first, last in self._boxes:
            if kept[first]:
                kept[first[0] : last[0] + 1, first[1] : last[1] + 1] = True
        return kept

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
        every = [self._parts(panel, way, kept) for kept, way in tries]
        every += [self._slices(panel, down), self._slices(panel, not down), halves(panel)]
        return next((parts for parts in every if len(parts) > 1), [panel])

    def _between(self, panel: Panel) -> list[Panel]:
        """A panel cut between its figures: where parts of the sheet begin, or nothing stands."""
        used = panel.used(self._kept & ~self._prose, 0)
        starts = [row for row in self.sheet.starts if row in panel.rows and row - 1 not in used]
        cuts = [row for row in starts if used[0] < row <= used[-1]] if used else []
        if cuts:
            return panel.cut(True, cuts)
        for down in (True, False):
            parts = list[Panel]()
            for part in self._parts(panel, down, self._kept):
                together = parts and not down and self._belong(part)
                parts.append(both(parts.pop() if together else part, part))
            if len(parts) > 1:
                return parts
        return []

    def _parts(self, panel: Panel, down: bool, kept: Mask) -> list[Panel]:
        """A panel cut at its free rows, or at its free columns; heads stay over what is below."""
        used = panel.used(kept, 0 if down else 1)
        parts = list[Panel]()
        for part in panel.cut(down, [a + 1 for a, b in pairwise(used) if b > a + 1]):
            bare = parts and down and all(one.cell.role in HEADS for one in self._seen(parts[-1]))
            parts.append(both(parts.pop() if bare else part, part))
        return parts

    def _slices(self, panel: Panel, down: bool) -> list[Panel]:
        """A panel cut wherever no slice of a block is."""
        way, closed = (0 if down else 1), set[int]()
        for block in named(self.sheet.blocks):
            for leaf in leaves(block.cells):
                first, last = corners(leaf)
                if panel.holds(first):
                    mine = with_names(self.every[0], first, last)[way]
                    closed.update(mine[1:])
        along = panel.rows if down else panel.columns
        return panel.cut(down, [n for n in along[1:] if n not in closed])

    def _belong(self, other: Panel) -> bool:
        """Whether what is beside a figure belongs to it."""
        seen = [*self._seen(other)]
        if any(one.cell.role == PATH and one.cell.value == EQUALS for one in seen):
            return True
        return not self.begins(other) and any(one.cell.role != "text" for one in seen)

    def is_prose(self, panel: Panel) -> bool:
        """Whether only words are in a panel, on a sheet that has figures."""
        return bool(self.sheet.blocks) and all(one.cell.role in PROSE for one in self._seen(panel))

    @cached_property
    def _prose(self) -> Mask:
        cells = {at: one for at, one in self.every[0].items() if one.cell.role in PROSE}
        return mask_of(_places(self.sheet, cells), self._filled.shape)

    def begins(self, panel: Panel) -> bool:
        """Whether a figure is in a panel."""
        return self.has_head(panel) or any(panel.holds(first) for first, _ in self._boxes)

    @cached_property
    def _boxes(self) -> list[tuple[Place, Place]]:
        """The first and the last cell of each block; of each slice, if all have their captions."""
        found = list[tuple[Place, Place]]()
        for block in named(self.sheet.blocks):
            slices = [corners(leaf) for leaf in leaves(block.cells)]
            found += slices if all(map(self._is_captioned, slices)) else [corners(block.cells)]
        return found

    def _is_captioned(self, box: tuple[Place, Place]) -> bool:
        (top, left), _ = box
        rows, _ = with_names(self.every[0], *box)
        over = [self.every[0].get((row, left)) for row in range(rows.start, top)]
        return any(one is not None and one.cell.role in HEADS for one in over)

    def has_head(self, panel: Panel) -> bool:
        return any(one.cell.role in HEADS for one in self._seen(panel))

    def blocks(self, panel: Panel, role: str) -> list[str]:
        """The names of the blocks of a role that are in a panel."""
        return [
            one.name
            for one in named(self.sheet.blocks)
            if one.role == role and panel.holds(corners(one.cells)[0])
        ]

    def _is_picture(self, panel: Panel) -> bool:
        """Whether its cells are pixels, whose numbers nobody sees."""
        mine = [one for one in self._seen(panel) if one.cell.block]
        return bool(mine) and not any(shown(one.cell.value, one.look.number_format) for one in mine)

    def moves(self, panel: Panel) -> bool:
        """Whether something in a panel is not the same in all states."""
        each = (
            [(at, str(one.cell.value), one.look) for at, one in within(rows, panel)]
            for rows in self._by_rows
        )
        first = next(each)
        return any(other != first for other in each)

    def _seen(self, panel: Panel) -> Iterable[Seen]:
        return [one for _, one in within(self._by_rows[0], panel)]

    @cached_property
    def _by_rows(self) -> list[Rows]:
        return [by_rows(cells) for cells in self.every]

    def window(
        self, some: Sequence[Panel], scale: float, corner: tuple[float, float] = (0, 0)
    ) -> Window:
        """Panels as they stand on the sheet, without the rows and columns that they do not need."""
        held = [{n for panel in some for n in panel.used(self._filled, way)} for way in (0, 1)]
        paths = [
            at
            for panel in some
            for at, one in within(self._by_rows[0], panel)
            if one.cell.role == PATH
        ]
        inside = [
            at
            for at in paths
            if all(min(used) < n < max(used) for n, used in zip(at, held, strict=True) if used)
        ]
        down, across = (
            with_gaps(used | {at[way] for at in inside if used}) for way, used in enumerate(held)
        )
        rows, columns = held
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
    ahead, back = ("right", "left") if sheet.way is Way.LEFTWARD else ("left", "right")
    for at, one in cells.items():
        words = str(one.cell.value) if isinstance(one.cell.value, str) else ""
        if one.cell.role == PATH:
            continue
        if words and one.look.align in (None, ahead) and one.cell.role != "words":
            yield from ((at[0], n) for n in range(at[1], sheet.behind(at, words, one.cell.role)))
        if words and one.look.align == back:
            fits = (
                n
                for n in range(at[1], 0, -1)
                if sheet.behind((at[0], n), words, one.cell.role) <= at[1] + 1
            )
            yield from ((at[0], n) for n in range(min(next(fits, 0), at[1] - 1), at[1]))
        if one.cell.value not in (None, "") or one.look.lines or one.look.fill:
            yield at
