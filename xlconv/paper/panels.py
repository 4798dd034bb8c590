"""The figures of a sheet as panels: rows and columns that are shown together on a slide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from xlconv.frozen import frozen
from xlconv.grid.marks import Block, named
from xlconv.grid.places import Place, corners, leaves
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import width
from xlconv.paper.drawing import Window
from xlconv.paper.figure import MOST
from xlconv.paper.figure import named as with_names
from xlconv.paper.lit import Seen
from xlconv.paper.rectangles import (
    PATH,
    Mask,
    Panel,
    Piece,
    Rows,
    ahead,
    both,
    by_rows,
    mask_of,
    places,
    runs,
    with_gaps,
    within,
)

HEADS = ("stage", "caption", "heading")
"""What stands over a figure."""

PROSE = ("text", "note", "verdict", "mark", "warning", "words", "current")
"""What is said of figures: it is on their slide, if there is room."""

STAGE = "stage"
"""The number of a figure."""

EQUALS = "="
"""What stands between figures and holds two of them together."""

THIN, LOW = 2, 9
"""How wide a column is where nothing stands, in characters, and how high a row, in points."""

ROW = 15
"""How high rows are: lower than on a sheet, since slides are low."""


@frozen
class Figures:
    """What a sheet shows under its head, and how it is cut into panels.

    every  the cells of each of the states that it is shown in
    """

    sheet: Sheet
    every: Sequence[Mapping[Place, Seen]]

    @cached_property
    def whole(self) -> Panel:
        top = self.sheet.head.rows if self.sheet.head else 0
        return Panel(range(top, self.filled.shape[0]), range(self.filled.shape[1]))

    @cached_property
    def filled(self) -> Mask:
        """Where something stands, or a text runs over, in one of the states."""
        return mask_of({at for cells in self.every for at in places(runs(self.sheet, cells))})

    @cached_property
    def _kept(self) -> Mask:
        """The same, with all that lies between the slices of a block."""
        return self._with_boxes(self.filled, 0)

    @cached_property
    def _going_on(self) -> Mask:
        """Where a block, or a text, goes on that begins in a column before."""
        every = runs(self.sheet, self.every[0])
        texts = ((row, n) for row, columns in every for n in columns[1:])
        return self._with_boxes(mask_of(texts, self.filled.shape), 1)

    def _with_boxes(self, mask: Mask, behind: int) -> Mask:
        """A mask with the blocks in it, from their first column on, or some columns behind it."""
        made = mask.copy()
        for first, last in self._boxes:
            if self.filled[first]:
                made[first[0] : last[0] + 1, first[1] + behind : last[1] + 1] = True
        return made

    def smallest(self, panel: Panel) -> list[Panel]:
        """The figures in a panel, and the lines between them."""
        if parts := self.between(panel):
            return [one for part in parts for one in self.smallest(part)]
        return [panel] if panel.used(self.filled, 0) else []

    def between(self, panel: Panel) -> list[Panel]:
        """A panel cut between its figures: where parts of the sheet begin, or nothing stands."""
        used = panel.used(self._kept & ~self._prose, 0)
        starts = [row for row in self.sheet.starts if row in panel.rows and row - 1 not in used]
        cuts = [row for row in starts if used[0] < row <= used[-1]] if used else []
        ways = (
            (True, panel.cut(True, cuts)),
            *((way, self.parts(panel, way)) for way in (True, False)),
        )
        for down, every in ways:
            parts = list[Panel]()
            for part in every:
                together = parts and self._belong(parts[-1], part, down)
                parts.append(both(parts.pop() if together else part, part))
            if len(parts) > 1:
                return parts
        return []

    def parts(self, panel: Panel, down: bool) -> list[Panel]:
        """A panel cut at its free rows, where heads stay over what is below, or at its columns.

        Of these there is also a cut before a figure's number, and before what is said at the end.
        """
        used = panel.used(self._kept, 0 if down else 1)
        cuts = {a + 1 for a, b in pairwise(used) if b > a + 1}
        if not down:
            going_on = panel.used(self._going_on, 1)
            stages = {
                at[1] for at, one in within(self._by_rows[0], panel) if one.cell.role == STAGE
            }
            cuts |= {n for n in stages.difference(going_on) if n - 1 in used}
            cuts |= self._ends(panel)
        parts = list[Panel]()
        for part in panel.cut(down, sorted(cuts)):
            bare = parts and down and all(one.cell.role in HEADS for one in self.seen(parts[-1]))
            parts.append(both(parts.pop() if bare else part, part))
        return parts

    def _ends(self, panel: Panel) -> set[int]:
        """The column behind all figures of a panel in which something is said, if there is one."""
        cells = [(at[1], one) for at, one in within(self._by_rows[0], panel)]
        last = max((n for n, one in cells if one.cell.role not in (*PROSE, PATH)), default=0)
        return {*sorted(n for n, one in cells if 0 < last < n and one.cell.role in PROSE)[:1]}

    def _belong(self, one: Panel, other: Panel, down: bool) -> bool:
        """Whether what is beside a figure, or under it, belongs to it."""
        if self.is_prose(other):
            return not down and self.is_prose(one)
        if self.has_head(other):
            paths = (each.cell for each in self.seen(other) if each.cell.role == PATH)
            return not down and any(cell.value == EQUALS for cell in paths)
        return self.has_head(one)

    def is_under(self, figure: Panel, prose: Panel) -> bool:
        """Whether what is said stands under a figure."""
        rows, columns = (figure.used(self.filled, way) for way in (0, 1))
        return (
            self.is_prose(prose)
            and bool(rows)
            and rows[-1] < prose.used(self.filled, 0)[0] <= rows[-1] + MOST
            and prose.used(self.filled, 1)[0] in columns
        )

    def is_prose(self, panel: Panel) -> bool:
        """Whether only words are in a panel, on a sheet that has figures."""
        return bool(self.sheet.blocks) and all(one.cell.role in PROSE for one in self.seen(panel))

    @cached_property
    def _prose(self) -> Mask:
        cells = {at: one for at, one in self.every[0].items() if one.cell.role in PROSE}
        return mask_of(places(runs(self.sheet, cells)), self.filled.shape)

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
        return any(one.cell.role in HEADS for one in self.seen(panel))

    def blocks(self, panel: Panel) -> list[Block]:
        """The blocks that begin in a panel."""
        return [one for one in named(self.sheet.blocks) if panel.holds(corners(one.cells)[0])]

    def told(self, panels: Iterable[Panel]) -> set[Place]:
        """The places of panels where more than words stand."""
        return {
            at
            for panel in panels
            for at, one in within(self._by_rows[0], panel)
            if one.cell.role not in (*PROSE, PATH)
        }

    def is_shaded(self, panel: Panel) -> bool:
        """Whether colours tell of all cells of a panel's blocks what their numbers do."""
        mine = {at for at, one in within(self._by_rows[0], panel) if one.cell.block}
        return bool(mine) and mine <= self._shaded

    @cached_property
    def _shaded(self) -> set[Place]:
        cells = [scale.cells for scale in self.sheet.scales]
        return {one.cell(index) for one in cells for index in np.ndindex(one.shape)}

    def moves(self, panel: Panel) -> bool:
        """Whether something in a panel is not the same in all states."""
        each = (
            [(at, str(one.cell.value), one.look) for at, one in within(rows, panel)]
            for rows in self._by_rows
        )
        first = next(each)
        return any(other != first for other in each)

    def seen(self, panel: Panel) -> Iterable[Seen]:
        return [one for _, one in within(self._by_rows[0], panel)]

    @cached_property
    def _by_rows(self) -> list[Rows]:
        return [by_rows(cells) for cells in self.every]

    def window(
        self, piece: Piece, scale: float = 1, corner: tuple[float, float] = (0, 0)
    ) -> Window:
        """A piece as it stands on the sheet, without the rows and columns that it does not need."""
        rows, columns = (
            {n for panel in panels for n in panel.used(self.filled, way)}
            for way, panels in enumerate((piece.panels, piece.wide))
        )
        paths = [
            at
            for panel in piece.panels
            for at, one in within(self._by_rows[0], panel)
            if one.cell.role == PATH
            and rows
            and min(rows) < at[0] < max(rows)
            and min(columns) < at[1] < max(columns)
        ]
        down, across = (
            with_gaps(used | {at[way] for at in paths}) for way, used in enumerate((rows, columns))
        )
        sheet = replace(
            self.sheet,
            row_height=min(self.sheet.row_height, ROW),
            widths={**self.sheet.widths, **dict.fromkeys({*across} - columns, THIN)},
            heights={**self.sheet.heights, **dict.fromkeys({*down} - rows, LOW)},
        )
        return Window(sheet, down, across, scale, corner)

    def size(self, piece: Piece) -> tuple[float, float]:
        """How wide and how high a piece is with the words that run over its side."""
        if piece not in self._sizes:
            self._sizes[piece] = self._measured(piece)
        return self._sizes[piece]

    @cached_property
    def _sizes(self) -> dict[Piece, tuple[float, float]]:
        return {}

    def _measured(self, piece: Piece) -> tuple[float, float]:
        window = self.window(piece)
        ends = [
            window.across[at[1]] + wide
            for place, wide in self._over
            if any(panel.holds(place) for panel in piece.panels) and (at := window.at(place))
        ]
        return max([*ends, window.across[-1]]) * piece.shrunk, window.down[-1] * piece.shrunk

    @cached_property
    def _over(self) -> list[tuple[Place, float]]:
        """Where texts run over the cells beside them, and how wide they are."""
        return [
            (at, width(str(one.cell.value), one.cell.role))
            for cells in self.every
            for at, one in cells.items()
            if one.cell.role in (*HEADS, *PROSE) and one.look.align in (None, ahead(self.sheet))
        ]
