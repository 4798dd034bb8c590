"""Figures on slides: as they stand on the sheet, or side by side on lines, as large as they fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from math import ceil

from xlconv.frozen import frozen
from xlconv.paper.panels import Figures
from xlconv.paper.pieces import Pieces
from xlconv.paper.rectangles import Panel, Piece

LARGEST, SMALLEST = 2.0, 1.273
"""The scales of cells, whose letters have 11 points: the largest, and that of the smallest."""

STEP = 0.97
"""By how much the next smaller scale is tried."""

LARGER = 1.3
"""How much larger figures have to be on lines to leave the places that they have on the sheet."""

BETWEEN = 24, 10
"""What is free between pieces beside each other, and under each other, at a scale of 1."""

MOST = 4
"""Slides of one figure: of one that needs more, the first and the last are shown."""

ROUNDED = 1e-6
"""What rounding may add to a length, in points."""

Line = list[Piece]


@frozen
class Slide:
    """What is on a slide.

    way   how its pieces follow one another: 0 side by side on lines, 1 one under another in columns
    part  which part of a figure this is, from 1, and of how many
    """

    pieces: Sequence[Piece]
    way: int = 0
    part: tuple[int, int] = (1, 1)

    @property
    def panels(self) -> list[Panel]:
        return [panel for piece in self.pieces for panel in piece.panels]


@frozen
class Flow:
    """How the figures of a sheet are set on slides.

    room  how wide and how high a slide is for them, in points
    """

    figures: Figures
    room: tuple[float, float]

    def slides(self, panel: Panel) -> Iterator[Slide]:
        """A panel on one slide, or its parts in their order, as many at a time as have room."""
        slide = self.set([panel])
        parts = self.figures.between(panel)
        if slide or not parts:
            yield from [slide] if slide else self._whole(panel)
            return
        some, last = list[Panel](), slide
        for part in parts:
            prose, alone = self.figures.is_prose(part), self.set([part])
            slide = self.set([*some, part]) if some else alone
            if slide and (some or not prose):
                some, last = [*some, part], slide
            elif not prose:
                yield from [last] if last else []
                some, last = [part] * bool(alone), alone
                yield from [] if alone else self.slides(part)
        yield from [last] if last else []

    def set(self, panels: Sequence[Panel]) -> Slide | None:
        """Panels as on the sheet, or on lines or in columns; None where they have no room."""
        sheet = Slide([Piece((*panels,))])
        enough = LARGER * self.scale(sheet)
        if enough >= LARGEST:
            return sheet
        pieces = self._pieces(panels)
        ways = (0,) if any(piece.begins for piece in pieces) else (0, 1)
        best = max((Slide(pieces, way) for way in ways), key=self.scale)
        if self.scale(best) > enough:
            return best
        return sheet if enough else None

    def _pieces(self, panels: Sequence[Panel]) -> list[Piece]:
        """The figures of panels as pieces; one that is cut has its lines alone."""
        pieces, cut = list[Piece](), False
        for figure in [one for panel in panels for one in self.figures.smallest(panel)]:
            first, *others = self.pieces.of(figure)
            if pieces and not cut and self.figures.is_under(pieces[-1].panels[-1], figure):
                first = Piece((*pieces.pop().panels, figure))
            pieces += [replace(first, begins=cut or first.head), *others]
            cut = first.head
        return pieces

    def _whole(self, panel: Panel) -> Iterator[Slide]:
        """A figure that goes on over several slides, each under its captions."""
        for pieces in _figures(self.pieces.of(panel)):
            head = [one for one in pieces[:1] if one.head]
            lines = self.lines(Slide(pieces[len(head) :]), SMALLEST)
            for count in range(1, len(lines) + 1):
                each = ceil(len(lines) / count)
                parts = [lines[n : n + each] for n in range(0, len(lines), each)]
                slides = [Slide([*head, *chain.from_iterable(part)]) for part in parts]
                if all(map(self.scale, slides)):
                    break
            every = [replace(one, part=(n, len(slides))) for n, one in enumerate(slides, 1)]
            yield from every if len(every) <= MOST else (every[0], every[-1])

    def lines(self, slide: Slide, scale: float) -> list[Line]:
        """The pieces of a slide on as few lines, or in as few columns, as they have room for."""
        lines = list[Line]()
        for piece in slide.pieces:
            if lines and not piece.begins and not lines[-1][-1].head:
                *others, last = lines[-1]
                joined = self._joined(last, piece) if slide.way == 0 else None
                line = [*others, joined] if joined else [*others, last, piece]
                along, _ = self.size(line, slide.way)
                if along * scale <= self.room[slide.way] + ROUNDED:
                    lines[-1] = line
                    continue
            lines.append([piece])
        return lines

    def _joined(self, one: Piece, other: Piece) -> Piece | None:
        """Two neighbours on the sheet as one piece, with the arrow that is between them."""
        if one.span or other.span:
            return None
        left, right = one.panels[-1], other.panels[0]
        top = [panel.used(self.figures.filled, 0)[:1] for panel in (one.panels[0], right)]
        beside = left.columns.stop == right.columns.start and top[0] == top[1]
        return Piece((*one.panels, *other.panels)) if beside else None

    def size(self, line: Line, way: int) -> tuple[float, float]:
        """How long a line, or a column, is, and how far it goes to its side, at a scale of 1."""
        sizes = [self.figures.size(piece) for piece in line]
        along = sum(size[way] for size in sizes) + BETWEEN[way] * (len(line) - 1)
        return along, max(size[1 - way] for size in sizes)

    def all_size(self, lines: Sequence[Line], way: int) -> tuple[float, float]:
        """How wide and how high lines, or columns, are together, at a scale of 1."""
        along, aside = zip(*(self.size(line, way) for line in lines), strict=True)
        size = max(along), sum(aside) + sum(after(line, way) for line in lines[:-1])
        return size if way == 0 else size[::-1]

    def scale(self, slide: Slide, least: float = SMALLEST) -> float:
        """The largest scale at which a slide has room for its pieces; 0 if that is none."""
        scale = LARGEST
        while scale >= least:
            wide, high = self.all_size(self.lines(slide, scale), slide.way)
            if max(wide * scale - self.room[0], high * scale - self.room[1]) <= ROUNDED:
                return scale
            scale = max(scale * STEP, SMALLEST) if scale > SMALLEST else scale * STEP
        return 0

    @cached_property
    def pieces(self) -> Pieces:
        wide, high = self.room
        return Pieces(self.figures, (wide / SMALLEST, high / SMALLEST))


def after(line: Line, way: int) -> float:
    """What is free after a line, or a column, at a scale of 1."""
    return 0 if line[-1].head else BETWEEN[1 - way]


def _figures(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces by the figures of which they are."""
    found = list[list[Piece]]()
    for piece in pieces:
        if piece.begins or not found:
            found.append([])
        found[-1].append(piece)
    return found
