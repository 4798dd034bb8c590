"""What rows look like: pieces of their XML, with gaps for row numbers and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter, mul
from typing import NamedTuple

from xlconv.grid.marks import Blank, Coat, Frame, Paint
from xlconv.grid.places import letters
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import Bytes
from xlconv.xlsx.strip import Index, Lines, Strip, height
from xlconv.xlsx.styles import BARE, Style, Worn
from xlconv.xlsx.values import Strings

WINDOW = 1 << 15  # bytes of a row beyond which zlib sees nothing of it in the next one


class Row(NamedTuple):
    """A row's XML, and the same packed, both as bytes."""

    text: Bytes
    packed: Bytes


class Gaps(NamedTuple):
    """Gaps of a template at equal distances."""

    where: slice
    size: int


class Cells(NamedTuple):
    """The cells of one paint in a template.

    seen    which of the paint's cells in a row they are; all, if None
    rows    for each row number that changes its first value, how the index moves it, and its gaps
    values  the gaps for the values; before them those for their types, if they have types
    """

    strip: Strip
    seen: list[int] | None
    rows: list[tuple[int, Index, list[Gaps]]]
    values: list[list[Gaps]]


class Template(NamedTuple):
    """Rows that look alike.

    pieces    of their XML, empty ones for gaps
    own       the gaps for the row's own number
    cells     those of each paint
    packable  whether rows of this kind can be packed once for all
    """

    pieces: list[str]
    own: list[Gaps]
    cells: list[Cells]
    packable: bool

    def gaps(self) -> list[list[Gaps]]:
        """Those of each row number: of the row's own first."""
        return [self.own, *[runs for cells in self.cells for _, _, runs in cells.rows]]

    def numbers(self, row: int, indices: Mapping[int, Index]) -> list[str]:
        """The row numbers of one row, in the order of their gaps."""
        numbers = [str(row + 1)]
        for strip, _, rows, _ in self.cells:
            index = indices[strip.number]
            numbers += [str(first + sum(map(mul, index, moves))) for first, moves, _ in rows]
        return numbers

    def fill(self, row: int, indices: Mapping[int, Index], strings: Strings) -> str:
        """The XML of one row."""
        pieces = self.pieces
        for text, runs in zip(self.numbers(row, indices), self.gaps(), strict=True):
            for where, size in runs:
                pieces[where] = [text] * size
        for strip, seen, _, values in self.cells:
            index = indices[strip.number]
            for texts, runs in zip(strip.texts(index, strings, seen), values, strict=True):
                start = 0
                for where, size in runs:
                    pieces[where] = texts[start : start + size]
                    start += size
        return "".join(pieces)


def _gaps(places: list[int]) -> list[Gaps]:
    """Ascending places, as few of these as there can be."""
    gaps, start = list[Gaps](), 0
    while start < len(places):
        end = start + 1
        step = places[end] - places[start] if end < len(places) else 1
        while end < len(places) and places[end] - places[end - 1] == step:
            end += 1
        gaps.append(Gaps(slice(places[start], places[end - 1] + 1, step), end - start))
        start = end
    return gaps


def _covered(
    columns: int, strips: Sequence[Strip], indices: Mapping[int, Index]
) -> Iterator[tuple[tuple[Strip, int] | None, Worn | None, int]]:
    """What covers each cell of a row: a paint and which of its cells, a look, and edges."""
    painted: list[tuple[Strip, int] | None] = [None] * columns
    looks: list[Worn | None] = [None] * columns
    edges = [0] * columns
    for n, index in indices.items():
        strip, along = strips[n], strips[n].columns(index)
        if isinstance(strip.layer, Coat):
            for column, tint in zip(along, strip.tints(index), strict=True):
                looks[column] = (strip.layer.role, tint, strip.layer.numbers[0])
        elif isinstance(strip.layer, Frame):
            for column, sides in zip(along, strip.edges(index), strict=True):
                edges[column] |= sides
        elif isinstance(strip.layer, Blank):
            for column in along:
                painted[column] = None
        else:
            for at, column in enumerate(along):
                painted[column] = (strip, at)
    return zip(painted, looks, edges, strict=True)


def template_of(
    sheet: Sheet, row: int, strips: Sequence[Strip], indices: Mapping[int, Index], style: Style
) -> Template:
    """What one row looks like, and all that differ from it in row numbers and values alone."""
    paints = {n: index for n, index in indices.items() if isinstance(strips[n].layer, Paint)}
    lines = {n: strips[n].lines(index) for n, index in paints.items()}
    quotes = {n: strips[n].quotes(index) for n, index in paints.items() if strips[n].quoted}
    begun = f'"{height(sheet, row)}>'
    pieces, begins = ['<row r="', ""], [0]
    places: dict[int, tuple[list[int], list[int]]] = {n: ([], []) for n in lines}
    for column, (paint, look, sides) in enumerate(_covered(sheet.columns, strips, indices), 1):
        if paint is None and look is None and not sides:
            continue
        quoted = paint is not None and paint[0].quoted and quotes[paint[0].number][paint[1]]
        number = style(*(look or BARE), sides, quoted)
        begins.append(len(pieces))
        pieces += (f'{begun}<c r="{letters(column)}', "")
        begun = f'" s="{number}"' if number else '"'
        if paint is None:
            begun += "/>"
            continue
        strip, at = paint
        text, behind = lines[strip.number].texts[at]
        pieces.append(begun + text)
        seen, gaps = places[strip.number]
        seen.append(at)
        gaps.append(len(pieces))
        pieces += behind
        begun = strip.end
    pieces.append(begun + "</row>")
    cells = [_cells(strips[n], lines[n], *where) for n, where in places.items() if where[0]]
    packable = sum(map(len, pieces)) > WINDOW and all(map(str.isascii, pieces))
    packable = packable and all(not c.strip.typed and c.strip.numerals.even for c in cells)
    return Template(pieces, _moved(_gaps(begins), 1), cells, packable)


def _cells(strip: Strip, lines: Lines, seen: list[int], places: list[int]) -> Cells:
    """The cells of one paint, from where the pieces behind the first text of each of them begin."""
    runs, rows, by = _gaps(places), [], 2 * strip.typed
    for firsts, moves in lines.rows:
        by_first = {firsts[0]: runs}
        if len(set(firsts)) > 1:
            pairs = sorted((firsts[at], place) for at, place in zip(seen, places, strict=True))
            groups = groupby(pairs, itemgetter(0))
            by_first = {first: _gaps([place for _, place in group]) for first, group in groups}
        rows += [(first, moves, _moved(mine, by)) for first, mine in by_first.items()]
        by += 2
    everything = seen == list(range(len(lines.texts)))
    values = [runs] * strip.typed + [_moved(runs, by)]
    return Cells(strip, None if everything else seen, rows, values)


def _moved(runs: list[Gaps], by: int) -> list[Gaps]:
    """The gaps so many pieces further on."""
    return [Gaps(slice(at.start + by, at.stop + by, at.step), size) for at, size in runs]
