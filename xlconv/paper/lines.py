"""Grounds and lines of cells, as few as draw them all: what goes on is drawn in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import TypeVar

from xlconv.grid.places import Place
from xlconv.grid.theme import FRAME
from xlconv.paper.lit import Seen
from xlconv.paper.page import Box, Ground, Line

THIN, THICK = 0.5, 1.25
"""How thick lines are in points, at full size."""

Boxes = Callable[[Place, Place], Box]
"""From the first cell and the end of an area to its box on the page."""

Drawn = tuple[float, str]
"""How thick a line is, and its colour."""

Kind = TypeVar("Kind")

Edge = tuple[bool, int, int]
"""A side of a cell: whether it goes down, which of those beside it, and which cell along it."""


def grounds(cells: Mapping[Place, Seen], box: Boxes) -> Iterator[Ground]:
    """The grounds of cells, joined where they are alike in a row, and then from row to row."""
    filled = {at: one.look.fill for at, one in cells.items() if one.look.fill}
    begun: dict[tuple[int, int, str], tuple[int, int]] = {}
    for row, places in groupby(sorted(filled), key=lambda at: at[0]):
        for run in _stretches({column: filled[row, column] or "" for _, column in places}):
            top, end = begun.get(run, (row, row))
            if end < row:
                yield _ground(run, top, end, box)
                top = row
            begun[run] = top, row + 1
    for run, (top, end) in begun.items():
        yield _ground(run, top, end, box)


def _ground(run: tuple[int, int, str], top: int, end: int, box: Boxes) -> Ground:
    first, last, color = run
    return Ground(box((top, first), (end, last)), color)


def _stretches(kinds: Mapping[int, Kind]) -> Iterator[tuple[int, int, Kind]]:
    """Ascending numbers as stretches without a gap that are of one kind: the first, and the end.

    >>> list(_stretches({1: "a", 2: "a", 3: "b", 5: "b"}))
    [(1, 3, 'a'), (3, 4, 'b'), (5, 6, 'b')]
    """
    numbers = enumerate(kinds.items())
    for (_, kind), alike in groupby(numbers, key=lambda pair: (pair[1][0] - pair[0], pair[1][1])):
        listed = [number for _, (number, _) in alike]
        yield listed[0], listed[-1] + 1, kind


def edges(cells: Mapping[Place, Seen], frames: Iterable[tuple[Place, Place]]) -> dict[Edge, Drawn]:
    """The lines around cells: of two on one side the thicker is seen, and frames cover all."""
    found: dict[Edge, Drawn] = {}
    for at, one in sorted(cells.items()):
        if one.look.lines:
            drawn = (THICK if one.look.heavy else THIN), one.look.line
            for edge in _around(at, (at[0] + 1, at[1] + 1)):
                if found.get(edge, drawn)[0] <= drawn[0]:
                    found[edge] = drawn
    for first, end in frames:
        found |= dict.fromkeys(_around(first, end), (THICK, FRAME))
    return found


def _around(first: Place, end: Place) -> Iterator[Edge]:
    """The sides of cells that are outside."""
    for row in (first[0], end[0]):
        yield from ((False, row, column) for column in range(first[1], end[1]))
    for column in (first[1], end[1]):
        yield from ((True, column, row) for row in range(first[0], end[0]))


def lines(sides: Mapping[Edge, Drawn], box: Boxes, scale: float) -> Iterator[Line]:
    """Sides of cells as lines, the thick ones last."""
    found = []
    for (down, beside), along in groupby(sorted(sides), key=lambda edge: edge[:2]):
        for first, end, kind in _stretches({edge[2]: sides[edge] for edge in along}):
            place = ((first, beside), (end, beside)) if down else ((beside, first), (beside, end))
            found.append(Line(box(*place), kind[1], kind[0] * scale))
    return iter(sorted(found, key=lambda line: line.weight))
