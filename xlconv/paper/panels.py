"""The figures of a sheet as panels: rows and columns that are shown together on a slide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from xlconv.grid.marks import named as with_names
from xlconv.grid.pages import columns
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.shown import shown
from xlconv.paper.drawing import Window
from xlconv.paper.figure import behind, box_of, named, within
from xlconv.paper.lit import Seen, seen

Rectangle = tuple[range, range]
"""Rows and columns."""


@dataclass(frozen=True)
class Panel:
    """Rows and columns of a sheet, and the cells of them that are shown.

    blocks  the names of the blocks that are in it
    """

    sheet: Sheet
    rows: range
    columns: range
    cells: Mapping[Place, Seen]
    blocks: frozenset[str] = frozenset()

    def at(self, scale: float, corner: tuple[float, float] = (0, 0)) -> Window:
        wide = range(self.columns.start, max(self.columns.stop, behind(self.sheet, self.cells)))
        return Window(self.sheet, self.rows, wide, scale, corner)

    def size(self, scale: float) -> tuple[float, float]:
        window = self.at(scale)
        return window.across[-1], window.down[-1]

    @property
    def order(self) -> tuple[int, int, int]:
        """By the number of its figure, if it has one, and by its place."""
        stages = (int(str(c.cell.value)) for c in self.cells.values() if c.cell.role == "stage")
        return min(stages, default=len(self.sheet.blocks)), self.rows.start, self.columns.start

    @property
    def is_picture(self) -> bool:
        """Whether its cells are pixels, whose numbers nobody sees."""
        mine = (one for one in self.cells.values() if one.cell.block in self.blocks)
        return not any(shown(one.cell.value, one.look.number_format) for one in mine)

    @property
    def is_lit(self) -> bool:
        """Whether some of its cells are lit while something holds."""
        return any(light.cells.origin in self.cells for light in self.sheet.lights)

    def on(self, sheet: Sheet, cells: Mapping[Place, Seen]) -> Panel:
        """The same panel of the same sheet, on which something else is chosen."""
        return replace(self, sheet=sheet, cells=within(cells, self.rows, self.columns))

    def halves(self, down: bool) -> list[Panel]:
        """The panel in two, between its figures if it has several."""
        along, way = (self.rows, 0) if down else (self.columns, 1)
        used = {at[way] for at in self.cells}
        middle = (along.start + along.stop) // 2
        free = [n for n in along[2:-1] if n - 1 not in used]
        cut = min(free or [middle], key=lambda n: abs(n - middle))
        parts = (range(along.start, cut), range(cut, along.stop))
        return [self._part(part if down else self.rows, self.columns if down else part)
                for part in parts]  # fmt: skip

    def _part(self, rows: range, wide: range) -> Panel:
        cells = within(self.cells, rows, wide)
        return replace(self, rows=rows, columns=wide, cells=cells)


def panels(sheet: Sheet, fits: Callable[[Panel], bool]) -> list[Panel]:
    """The figures of a sheet in their order; one that does not fit is several.

    A sheet of lines alone is shown part by part.
    """
    cells = seen(sheet)
    every = [*(_figures(sheet, cells) or _lines(sheet, cells))]
    return [
        part for panel in sorted(every, key=lambda one: one.order) for part in _cut(panel, fits)
    ]


def _figures(sheet: Sheet, cells: Mapping[Place, Seen]) -> list[Panel]:
    found: list[tuple[Rectangle, frozenset[str]]] = []
    for block in with_names(sheet.blocks):
        if block.role == "control":
            continue
        (top, left), (bottom, right) = box_of(block)
        area = _grown(cells, (range(top, bottom + 1), range(left, right + 1)))
        names = frozenset({block.name})
        for other in [one for one in found if _meet(one[0], area)]:
            found.remove(other)
            area, names = _both(area, other[0]), names | other[1]
        found.append((area, names))
    made = []
    for (down, across), names in found:
        first, last = (down[0], across[0]), (down[-1], across[-1])
        rows, wide = named(cells, first, last)
        made.append(Panel(sheet, rows, wide, within(cells, rows, wide), names))
    return made


def _grown(cells: Mapping[Place, Seen], area: Rectangle) -> Rectangle:
    """Rows and columns with the lined cells around them: a ring of zeros is no block."""
    rows, wide = area
    while True:
        sides = (
            [(rows.start - 1, column) for column in wide],
            [(rows.stop, column) for column in wide],
            [(row, wide.start - 1) for row in rows],
            [(row, wide.stop) for row in rows],
        )
        up, down, left, right = (
            any(at in cells and cells[at].look.lines for at in side) for side in sides
        )
        if not (up or down or left or right):
            return rows, wide
        rows = range(rows.start - up, rows.stop + down)
        wide = range(wide.start - left, wide.stop + right)


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return all(a.start < b.stop and b.start < a.stop for a, b in zip(one, other, strict=True))


def _both(one: Rectangle, other: Rectangle) -> Rectangle:
    rows, wide = (
        range(min(a.start, b.start), max(a.stop, b.stop)) for a, b in zip(one, other, strict=True)
    )
    return rows, wide


def _lines(sheet: Sheet, cells: Mapping[Place, Seen]) -> Iterator[Panel]:
    """The parts of a sheet that has no figures, under its head."""
    starts = [row for row in sheet.starts if sheet.head and row >= sheet.head.rows]
    for top, end in pairwise([*starts, sheet.rows]):
        rows = range(top, end)
        mine = within(cells, rows, range(columns(sheet)))
        if mine:
            ends = (sheet.behind(at, str(one.cell.value), "code") for at, one in mine.items())
            yield Panel(sheet, rows, range(max(ends)), mine, frozenset({""}))


def _cut(panel: Panel, fits: Callable[[Panel], bool]) -> Sequence[Panel]:
    """A panel as panels that fit."""
    if fits(panel) or panel.is_picture or len(panel.rows) + len(panel.columns) < 4:
        return [panel] if panel.cells else []
    wide, high = panel.size(1)
    down = len(panel.rows) > 1 and (high > wide / 2 or len(panel.columns) < 2)
    return [part for half in panel.halves(down) for part in _cut(half, fits)]
