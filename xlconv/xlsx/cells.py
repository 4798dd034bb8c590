"""A sheet's rows as XML: of a small one cell by cell, when all that covers a cell is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import chain, count, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xlconv.grid.grid import Grid
from xlconv.grid.marks import Paint
from xlconv.grid.places import Place, letters, reached
from xlconv.grid.references import texts
from xlconv.grid.sheet import Sheet
from xlconv.xlsx.strip import height, numerals, sides
from xlconv.xlsx.styles import BARE, Style, Worn
from xlconv.xlsx.values import Strings, escape, looks_like_formula, typed

if TYPE_CHECKING:
    from xlconv.xlsx.rows import Rows

SMALL = 5_000
"""Cells of such a sheet, as far as it says that it has them: its rows are seldom alike."""


class Painted(NamedTuple):
    """What a paint puts into its cells, in C order.

    fronts  what stands between the type of each value and the value
    shared  whether the values are texts that are shared
    """

    cells: Grid
    fronts: list[str]
    shared: bool

    @classmethod
    def of(cls, paint: Paint) -> Painted:
        cells, formula = paint.cells, paint.formula
        if formula is None:
            return cls(cells, [">"] * cells.memory.size, cells.memory.dtype.kind in "Ob")
        return cls(cells, [f"><f>{escape(text)}</f>" for text in texts(formula, cells)], False)

    def contents(self) -> list[Any]:
        """What stands behind the style of each cell; of texts that are shared, these alone.

        Raises XlconvError for a value that no cell can hold.
        """
        numbers, memory = numerals(self.cells), self.cells.memory
        if numbers:
            (row,) = numbers.texts(memory.reshape(1, -1))
            told = zip(self.fronts, row, strict=True)
            return [f"{front}<v>{number}</v></c>" for front, number in told]
        values: list[Any] = memory.ravel().tolist()
        if self.shared:
            return values
        kinds = (typed(value, None) for value in values)
        both = zip(self.fronts, kinds, strict=True)
        return [f"{kind}{front}{value}</c>" for front, (kind, value) in both]


Places = Callable[[Grid], list[Place]]
"""Where the cells of a grid stand, in C order."""

Seen = tuple[int, int]
"""What is seen in a cell: the number of a paint, and of one of its cells."""


class CellRows:
    """The cells of a sheet. They may be written again after its values have changed.

    before  what stands before the content of each cell that has one
    seen    that content
    shared  the same of texts that are shared, by rows and there by paints, as they are numbered
    """

    def __init__(self, sheet: Sheet, style: Style) -> None:
        """style gives the number of a cell's style in the workbook"""
        self.paints = [Painted.of(paint) for paint in sheet.paints]
        self.before, self.seen = list[str](), list[Seen]()
        self.shared, self.rows, begun = list[tuple[int, int, int]](), 0, ""
        # what is painted on a grid is often coated and framed as the same one
        places = cache(lambda grid: reached(grid.origin, grid.steps, grid.memory.shape))
        painted, worn = _painted(sheet, places), _worn(sheet, places)
        framed = _edges(sheet, places)
        for place in sorted({*painted, *worn, *framed}):
            row, column = place
            if row >= self.rows:
                begun += _begin(sheet, row, self.rows)
                self.rows = row + 1
            seen, look, edges = painted.get(place), worn.get(place), framed.get(place, 0)
            if seen is None and look is None and not edges:
                continue
            quoted = False
            if seen is not None and self.paints[seen[0]].shared:
                self.shared.append((row, *seen))
                quoted = looks_like_formula(self.paints[seen[0]].cells.memory.flat[seen[1]])
            number = style(*(look or BARE), edges, quoted)
            styled = f' s="{number}"' if number else ""
            begun += f'<c r="{letters(column + 1)}{row + 1}"{styled}'
            if seen is None:
                begun += "/>"
                continue
            self.before.append(begun)
            self.seen.append(seen)
            begun = ""
        self.end = begun + "</row>" * bool(self.rows)
        self.shared.sort()

    def chunks(self, strings: Strings) -> Iterator[tuple[bytes, int]]:
        """The `<row>` elements, and how many rows they are.

        strings  takes the constant texts

        Raises XlconvError for a value that no cell can hold.
        """
        contents = [paint.contents() for paint in self.paints]
        for _, n, at in self.shared:
            kind, value = typed(contents[n][at], strings)
            contents[n][at] = f"{kind}>{value}</c>"
        told = [contents[n][at] for n, at in self.seen]
        pieces = chain.from_iterable(zip(self.before, told, strict=True))
        yield ("".join(pieces) + self.end).encode(), self.rows

    def packed(self, strings: Strings) -> Iterator[tuple[bytes, int]]:
        """The same: too few of its rows are alike to be packed here."""
        return self.chunks(strings)


def rows(sheet: Sheet, style: Style) -> CellRows | Rows:
    """The rows of a sheet, made in the way that is fastest for one of its size."""
    if sheet.used <= SMALL:
        return CellRows(sheet, style)
    from xlconv.xlsx.rows import Rows  # late: few sheets are large

    return Rows(sheet, style)


def chunks(sheet: Sheet, style: Style, strings: Strings) -> Iterator[tuple[bytes, int]]:
    """The rows of a sheet that is written once, none of them packed."""
    return rows(sheet, style).chunks(strings)


def _begin(sheet: Sheet, row: int, before: int) -> str:
    """Where a row begins, and perhaps another one ends."""
    return f'{"</row>" * bool(before)}<row r="{row + 1}"{height(sheet, row)}>'


def _painted(sheet: Sheet, places: Places) -> Mapping[Place, Seen | None]:
    """What is seen in each cell; None where it is left empty."""
    painted = dict[Place, Seen | None]()
    for n, paint in enumerate(sheet.paints):
        painted.update(zip(places(paint.cells), zip(repeat(n), count()), strict=False))
    for blank in sheet.blanks:
        painted.update(dict.fromkeys(places(blank.cells)))
    return painted


def _worn(sheet: Sheet, places: Places) -> Mapping[Place, Worn]:
    """How each cell looks."""
    worn = dict[Place, Worn]()
    for coat in sheet.coats:
        tint, numbers, memory = coat.tint, coat.numbers[0], coat.cells.memory
        if tint.ndim:
            tints = np.broadcast_to(tint, memory.shape).ravel().tolist()
        else:  # broadcast_to would take longer than all the rest
            tints = [tint.item()] * memory.size
        looks = [(coat.role, tint, numbers) for tint in tints]
        worn.update(zip(places(coat.cells), looks, strict=True))
    return worn


def _edges(sheet: Sheet, places: Places) -> Mapping[Place, int]:
    """The sides on which each cell has the line of a frame."""
    edges = defaultdict[Place, int](int)
    for frame in sheet.frames:
        every, along = sides(frame.cells)
        of_each = [every]
        for axis in along:
            of_each = [one | side for one in of_each for side in axis]
        for place, one in zip(places(frame.cells), of_each, strict=True):
            edges[place] |= one
    return edges
