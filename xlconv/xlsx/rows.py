"""A sheet's rows as XML, each formula with its value beside it; those of a large one, streamed.

A row is a list of pieces: texts that stay, and gaps between them for row numbers and values. Rows
that look alike but for these share one list, a template: for each row its gaps are filled and the
pieces joined. Where many rows look alike, they are packed as one, too.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from xlconv.grid.sheet import Sheet
from xlconv.xlsx.strip import Index, Layer, Strip
from xlconv.xlsx.styles import Style
from xlconv.xlsx.template import Row, Template, template_of
from xlconv.xlsx.values import Strings

if TYPE_CHECKING:
    from xlconv.xlsx.packed import Shape

Piece = bytes | Row
"""Some rows' XML, or one row that is packed already."""

Chunks = Iterator[tuple[Piece, int]]
"""A sheet's rows, and how many are written with them."""

Look = tuple[Any, ...]
"""What rows have in common that look alike."""

CHUNK = 1 << 17  # bytes
MANY = 128  # rows that look alike: fewer take less to be joined than their shapes to be packed
PIECES = 1 << 18  # kept in templates at a time, so that memory does not grow with the rows


class Rows:
    """The rows of a sheet."""

    def __init__(self, sheet: Sheet, style: Style) -> None:
        """style gives the number of a cell's style in the workbook"""
        layers: list[Layer] = [*sheet.paints, *sheet.blanks, *sheet.coats, *sheet.frames]
        self.sheet, self.style = sheet, style
        self.strips = [Strip(n, layer) for n, layer in enumerate(layers)]
        self.templates: dict[Look, Template] = {}
        self.held = 0

    def chunks(self, strings: Strings) -> Iterator[tuple[bytes, int]]:
        """The `<row>` elements, some at a time, each with the rows written so far.

        strings  takes the constant texts, as they come

        Raises XlconvError for a formula that is too long, or a value that is none.
        """
        return self._chunks(strings, frozenset())  # type: ignore[return-value]

    def packed(self, strings: Strings) -> Chunks:
        """The same, but rows of which many look alike one by one, packed already."""
        looks = Counter(look for _, _, look in self._looks())
        return self._chunks(strings, {look for look, rows in looks.items() if rows >= MANY})

    def _chunks(self, strings: Strings, many: AbstractSet[Look]) -> Chunks:
        """many: how rows look that are packed."""
        if many:
            from xlconv.xlsx.packed import Shapes  # late: few sheets have such rows

            shapes = Shapes()
        waiting, size, row = list[bytes](), 0, -1
        packed: list[tuple[Shape, int]] = []
        for row, indices, look in self._looks():
            template = self._template(row, indices, look)
            shape = shapes.of(template, row, indices) if look in many else None
            if shape:
                if waiting:
                    yield b"".join(waiting), row
                    waiting, size = [], 0
                packed.append((shape, row))
                if shape.full:
                    yield from _filled(packed, strings)
                continue
            yield from _filled(packed, strings)
            waiting.append(template.fill(row, indices, strings).encode())
            size += len(waiting[-1])
            if size > CHUNK:
                yield b"".join(waiting), row + 1
                waiting, size = [], 0
        yield from _filled(packed, strings)
        yield b"".join(waiting), row + 1

    def _looks(self) -> Iterator[tuple[int, Mapping[int, Index], Look]]:
        """Each row, the index of each layer there, and what it has in common with others."""
        for row, group in groupby(heapq.merge(*[s.rows() for s in self.strips]), itemgetter(0)):
            indices = {n: index for _, n, index in group}
            parts = [
                n if self.strips[n].alike else self.strips[n].key(index)
                for n, index in indices.items()
            ]
            yield row, indices, (self.sheet.heights.get(row), *parts)

    def _template(self, row: int, indices: Mapping[int, Index], look: Look) -> Template:
        """What a row looks like."""
        if look not in self.templates:
            if self.held > PIECES:
                self.templates.clear()
                self.held = 0
            self.templates[look] = template_of(self.sheet, row, self.strips, indices, self.style)
            self.held += len(self.templates[look].pieces)
        return self.templates[look]


def _filled(waiting: list[tuple[Shape, int]], strings: Strings) -> Chunks:
    """The rows that wait, in their order."""
    shapes = dict.fromkeys([shape for shape, _ in waiting])
    rows = {shape: shape.rows(strings) for shape in shapes}
    for shape, row in waiting:
        yield next(rows[shape]), row + 1
    waiting.clear()
