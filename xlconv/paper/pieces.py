"""A figure that is too large for a slide, in pieces: each some slices of it, with their names."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from xlconv.frozen import frozen
from xlconv.grid.marks import named
from xlconv.grid.places import corners, leaves
from xlconv.paper.figure import named as with_names
from xlconv.paper.panels import HEADS, Figures
from xlconv.paper.rectangles import Panel, Piece

FULL = 0.8
"""The part of a slide that a slice has to take, cut in rows, to be shown as a picture instead."""


@frozen
class Pieces:
    """How the figures of a sheet are cut.

    room  how wide and how high a slide is, where letters can just be read
    """

    figures: Figures
    room: tuple[float, float]

    def of(self, panel: Panel) -> list[Piece]:
        """A figure as one piece; if it is too large, as the row over it and pieces below."""
        across, down = self._takes(Piece((panel,)))
        if max(across, down) <= 1:
            return [Piece((panel,))]
        apart = self.apart(panel) if across > 1 else []
        if apart:
            return [piece for part in apart for piece in self.of(part)]
        head, below = self._head(panel)
        if not head:
            return self._cut(panel, panel)
        over = Piece((head,), panel if across <= 1 else None, begins=True, head=True)
        pieces = self._cut(below, panel, self.figures.size(over)[1])
        if all(len(one.panels) > 1 and one.panels[0].columns == panel.columns for one in pieces):
            return [replace(piece, panels=(head, *piece.panels)) for piece in pieces]
        return [over, *pieces]

    def _takes(self, piece: Piece, over: float = 0) -> tuple[float, float]:
        """How much of a slide a piece takes, across and down under what stands over it."""
        wide, high = self.figures.size(piece)
        return wide / self.room[0], high / (self.room[1] - over)

    def apart(self, panel: Panel) -> list[Panel]:
        """Figures side by side, where each has a row of captions of its own."""
        parts = panel.cut(False, self._cuts(panel, False))
        heads = [head for part in parts if (head := self._head(part)[0])]
        return parts if 1 < len(parts) == len(heads) else []

    def _head(self, panel: Panel) -> tuple[Panel | None, Panel]:
        """The row of captions over a figure, and what is under it."""
        rows = panel.used(self.figures.filled, 0)
        if len(rows) > 1:
            first, below = panel.cut(True, [rows[1]])
            roles = {one.cell.role for one in self.figures.seen(first)}
            if roles and roles <= {*HEADS}:
                return first, below
        return None, panel

    def _cut(self, panel: Panel, span: Panel, over: float = 0) -> list[Piece]:
        """Pieces that have room: slices, rows of one with its indices, or a smaller picture."""
        whole = Piece((panel,), span)
        across, down = self._takes(whole, over)
        if max(across, down) <= 1:
            return [whole]
        for way in (down > 1, down <= 1):
            if cuts := self._cuts(panel, way):
                parts = panel.cut(way, cuts)
                return [p for part in parts for p in self._cut(part, span if way else part, over)]
        if self.figures.is_shaded(panel) and across * down > FULL:
            return [replace(whole, shrunk=1 / max(across, down))]
        if len(parts := self.figures.parts(panel, True)) > 1:
            return [p for part in parts for p in self._cut(part, span, over)]
        if down > 1 or self.figures.blocks(panel):
            return self._parted(panel, down > 1, over)
        return [whole]  # words in a line

    def _cuts(self, panel: Panel, down: bool) -> list[int]:
        """The rows, or columns, in which a slice begins with its names, and none is cut."""
        way, starts, closed = (0 if down else 1), set[int](), set[int]()
        cells = self.figures.every[0]
        for block in named(self.figures.sheet.blocks):
            for first, last in map(corners, leaves(block.cells)):
                if not panel.holds(first):
                    continue
                rows, columns = with_names(cells, first, last)
                over = cells.get((rows.start - 1, first[1]))
                told = over is not None and over.cell.role == "note"
                begin = (rows.start - told, columns.start)[way]
                before = (begin - 1, first[1]) if down else (first[0], begin - 1)
                closed.update(range(begin + 1, last[way] + 1))
                if begin < first[way] or before not in cells or not cells[before].cell.block:
                    starts.add(begin)
        return sorted(starts - closed)[1:]

    def _parted(self, panel: Panel, down: bool, over: float) -> list[Piece]:
        """As few parts of a slice as have room, each with its indices."""
        way = 0 if down else 1
        along = (panel.rows, panel.columns)[way]
        slices = [
            corners(leaf) for block in self.figures.blocks(panel) for leaf in leaves(block.cells)
        ]
        start = min((first[way] for first, _ in slices), default=along.start)
        names, rest = panel.cut(down, [start])
        for count in range(1, along.stop - start + 1):
            cuts = range(start, along.stop, ceil((along.stop - start) / count))
            pieces = [Piece((names, part)) for part in rest.cut(down, cuts[1:])]
            if all(self._takes(one, over)[1 - way] <= 1 for one in pieces):
                break
        return pieces
