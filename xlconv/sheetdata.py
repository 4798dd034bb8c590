"""A sheet's rows as XML, each formula with its value beside it, streamed.

A row is a list of pieces: texts that stay, and gaps between them for row numbers and values. Rows
that look alike but for these share one list, a template: for each row its gaps are filled and the
pieces joined. So the cost of a cell is that of a few pointers and of one copy of its text.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, groupby, repeat
from operator import itemgetter, mul
from typing import Any, NamedTuple

from xlconv.sheet import Coat, Frame, Paint, Sheet, letters
from xlconv.strip import Index, Line, Number, Strings, Strip

CHUNK = 1 << 20
PIECES = 1 << 18  # kept in templates at a time, so that memory does not grow with the rows

Style = Callable[[str, int, int, bool], int]
"""(role, tint, edges, whether the text must not be read as a formula) -> the style's number."""


class Run(NamedTuple):
    """Gaps of a template at equal distances."""

    where: slice
    size: int


class Template(NamedTuple):
    """Rows that look alike: pieces of their XML, and the gaps among them.

    own      the gaps for the row's own number
    numbers  the gaps for each other row number that changes
    values   for each paint with values here, which cells of its row they are (all, if None), and
             the gaps for their texts
    """

    pieces: list[str]
    own: list[Run]
    numbers: list[tuple[Number, list[Run]]]
    values: list[tuple[Strip, list[int] | None, list[list[Run]]]]

    def fill(self, row: int, indices: Mapping[int, Index], strings: Strings) -> str:
        """The XML of one row."""
        pieces = self.pieces
        for where, size in self.own:
            pieces[where] = [str(row + 1)] * size
        for (n, first, steps), runs in self.numbers:
            text = str(first + sum(map(mul, indices[n], steps)))
            for where, size in runs:
                pieces[where] = [text] * size
        for strip, seen, gaps in self.values:
            for texts, runs in zip(strip.texts(indices[strip.number], strings), gaps, strict=True):
                mine, start = texts if seen is None else [texts[i] for i in seen], 0
                for where, size in runs:
                    pieces[where] = mine[start : start + size]
                    start += size
        return "".join(pieces)


def _runs(places: list[int]) -> list[Run]:
    """Ascending places as few runs."""
    found, start = [], 0
    while start < len(places):
        end = start + 1
        step = places[end] - places[start] if end < len(places) else 1
        while end < len(places) and places[end] - places[end - 1] == step:
            end += 1
        found.append(Run(slice(places[start], places[end - 1] + 1, step), end - start))
        start = end
    return found


def chunks(sheet: Sheet, style: Style, strings: Strings) -> Iterator[tuple[str, int]]:
    """The `<row>` elements of a sheet, about 1 MB at a time, each with the rows written so far.

    style    gives the number of a cell's style in the workbook
    strings  takes the constant texts, as they come

    Raises XlconvError for a formula that is too long, or a value that is none.
    """
    layers: list[Paint | Coat | Frame] = [*sheet.paints, *sheet.coats, *sheet.frames]
    strips = [Strip(n, layer) for n, layer in enumerate(layers)]
    templates: dict[Any, Template] = {}
    waiting, size, held, row = [], 0, 0, -1
    for row, group in groupby(heapq.merge(*[s.rows() for s in strips]), key=itemgetter(0)):
        indices = {n: index for _, n, index in group}
        key = (
            sheet.heights.get(row),
            *[n if strips[n].alike else strips[n].key(index) for n, index in indices.items()],
        )
        if key not in templates:
            if held > PIECES:
                templates.clear()
                held = 0
            templates[key] = _template(sheet, row, strips, indices, style)
            held += len(templates[key].pieces)
        waiting.append(templates[key].fill(row, indices, strings))
        size += len(waiting[-1])
        if size > CHUNK:
            yield "".join(waiting), row + 1
            waiting, size = [], 0
    yield "".join(waiting), row + 1


def _template(
    sheet: Sheet, row: int, strips: Sequence[Strip], indices: Mapping[int, Index], style: Style
) -> Template:
    painted: dict[int, tuple[Strip | None, int]] = {}
    looks: dict[int, tuple[str, int]] = {}
    edges: dict[int, int] = {}
    lines: dict[int, list[Line]] = {}
    quotes: dict[int, list[bool]] = {}
    values: dict[int, tuple[list[int], list[int], list[int]]] = {}
    for n, index in indices.items():
        strip, columns = strips[n], strips[n].columns(index)
        if isinstance(strip.layer, Coat):
            looks.update(
                zip(columns, zip(repeat(strip.layer.role), strip.tints(index)), strict=False)
            )
        elif isinstance(strip.layer, Frame):
            for column, sides in zip(columns, strip.edges(index), strict=True):
                edges[column] = edges.get(column, 0) | sides
        else:
            painted.update(zip(columns, zip(repeat(strip), count()), strict=False))
            lines[n], values[n] = strip.lines(index), ([], [], [])
            quotes[n] = strip.quotes(index) if strip.quoted else []

    height = sheet.heights.get(row)
    pieces = ['<row r="', "", f'" ht="{height:g}" customHeight="1">' if height else '">']
    own, numbers = [1], defaultdict[Number, list[int]](list)
    for column in sorted(painted.keys() | looks.keys() | edges.keys()):
        owner, at = painted.get(column, (None, 0))
        quoted = owner is not None and owner.quoted and quotes[owner.number][at]
        number = style(*looks.get(column, ("", -1)), edges.get(column, 0), quoted)
        pieces[-1] += f'<c r="{letters(column + 1)}'
        own.append(len(pieces))
        pieces += ("", f'" s="{number}"' if number else '"')
        if owner is None:
            pieces[-1] += "/>"
            continue
        seen, kinds, places = values[owner.number]
        if owner.typed:
            kinds.append(len(pieces))
            pieces += ("", "")
        texts, between = lines[owner.number][at]
        pieces[-1] += texts[0]
        for moving, text in zip(between, texts[1:], strict=True):
            numbers[moving].append(len(pieces))
            pieces += ("", text)
        seen.append(at)
        places.append(len(pieces))
        pieces += ("", owner.end)
    pieces[-1] += "</row>"
    return Template(
        pieces,
        _runs(own),
        [(number, _runs(gaps)) for number, gaps in numbers.items()],
        [
            (
                strips[n],
                None if seen == list(range(len(lines[n]))) else seen,
                [_runs(gaps) for gaps in (kinds, places) if gaps],
            )
            for n, (seen, kinds, places) in values.items()
            if seen
        ],
    )
