"""Parts on a sheet: where they begin, how wide paper is, and the number of each figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from xlconv.figures.breaking import broken
from xlconv.figures.layout import Arranged, Held, Table
from xlconv.grid.places import Place, Spot
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import column_points

TOP = 3
"""The first row under a sheet's title and idea."""

PAGE_COLUMNS = 42
"""Columns that paper shows at a readable size: a longer row of parts that fit goes on below."""

LINE_COLUMNS, UPRIGHT_COLUMNS, UPRIGHT = 36, 26, ("contents", "code")
"""Columns of a line of words; of one on upright paper, and the views that are printed so."""


class Together(Held):
    """Parts that stay side by side, however wide: those of an image, or with rows through all."""


class Quiet(Held):
    """A part whose captions have no numbers: it belongs to the figure before it."""

    def stages(self) -> Iterator[list[Spot]]:
        return iter(())


def line_room(sheet: Sheet, begin: int = 1) -> float:
    """How wide a line of words may be that begins in a column, in points: as paper shows it."""
    columns = UPRIGHT_COLUMNS if sheet.view in UPRIGHT else LINE_COLUMNS
    return column_points(sheet.column_width) * (columns - begin)


def arrange(
    sheet: Sheet,
    *parts: Arranged | None,
    at: Place | None = None,
    columns: int = PAGE_COLUMNS,
) -> None:
    """Put parts on a sheet, one under another, with no cell above or left of a place.

    at       the place; under what stands there, and under the title, if not given
    columns  those that paper shows
    """
    at = at or (max(TOP, sheet.rows + 1), 1)
    page = Table([broken(part, columns - sheet.aside)] for part in parts if part is not None)
    box = page.box
    row = at[0] + box.before[0]
    page.place(sheet, (row, at[1] + box.before[1]), box.before[0])
    pieces = ((max(first, at[0]), last) for first, last in page.pieces(row, box.before[0]))
    sheet.starts += _apart(pieces)
    _number(sheet, list(page.stages()))


def _apart(pieces: Iterable[tuple[int, int]]) -> Iterator[int]:
    """The rows in which something begins, and nothing goes on from above.

    >>> list(_apart([(3, 9), (3, 6), (7, 10), (11, 12)]))
    [3, 11]
    """
    end = 0
    for first, last in sorted(pieces):
        if first >= end:
            yield first
        end = max(end, last)


def _number(sheet: Sheet, stages: Sequence[Sequence[Spot]]) -> None:
    """Number the captions of a page's figures as cells are read, row by row.

    The only figure of a sheet needs no number.
    """
    before, sheet.stages = sheet.stages, sheet.stages + len(stages)
    read = sorted(stages, key=lambda captions: min(spot.place for spot in captions))
    for n, captions in enumerate(read if sheet.stages > 1 else (), before + 1):
        for spot in captions:
            sheet.text(spot.shift(0, -1), f"{n}", "stage")
