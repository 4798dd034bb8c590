"""From a sheet to its pages: which cells are on each, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate, pairwise, product
from pathlib import PurePath
from unicodedata import bidirectional

from xlconv.files.saving import PDF
from xlconv.frozen import frozen
from xlconv.grid.direction import FROM_RIGHT, Way, reading
from xlconv.grid.marks import Sized
from xlconv.grid.pages import A4, Pages, Paper, pages, widths
from xlconv.grid.places import Place, corners, leaves
from xlconv.grid.sheet import Sheet
from xlconv.grid.shown import shown
from xlconv.grid.theme import INDENT, Look, column_points
from xlconv.paper.formulas import Lines, headings, lines_of, with_margin, with_room
from xlconv.paper.lines import edges, grounds, lines
from xlconv.paper.lit import Seen, closed, seen, written_in
from xlconv.paper.page import Box, Page, Table, Text

LETTER = 5.6
"""How wide a digit is at the usual size, in points."""

PAD = 1.5
"""What is free between a cell's side and its text, in points."""

STRONG = ("L", "R", "AL")
"""The letters that run in one direction, as Unicode calls them."""

KINDS = {"title": "title", "caption": "caption", "heading": "caption"}
"""The roles of what a program that reads aloud announces."""


@frozen
class Window:
    """The rows and columns of a sheet that are on one page, and where they stand on it.

    rows    those that are shown, in order: on later pages the title's come first
    scale   of the cells
    corner  the left and the top of the first cell, in points
    """

    sheet: Sheet
    rows: Sequence[int]
    columns: Sequence[int]
    scale: float
    corner: tuple[float, float] = (0, 0)

    @cached_property
    def down(self) -> list[float]:
        """Where each row begins, and the last ends."""
        heights = (self.sheet.heights.get(row, self.sheet.row_height) for row in self.rows)
        return [self.corner[1] + at * self.scale for at in accumulate(heights, initial=0.0)]

    @cached_property
    def across(self) -> list[float]:
        """The same of columns, from the side at which the sheet begins."""
        each = (self.sheet.widths.get(n, self.sheet.column_width) for n in self.columns)
        points = accumulate(map(column_points, each), initial=0.0)
        return [at * self.scale for at in points]

    @cached_property
    def row_numbers(self) -> dict[int, int]:
        """The place of each row on the page, counted from its top."""
        return {row: n for n, row in enumerate(self.rows)}

    @cached_property
    def column_numbers(self) -> dict[int, int]:
        """The same of columns."""
        return {column: n for n, column in enumerate(self.columns)}

    def at(self, place: Place) -> Place | None:
        """The place of a cell on the page; None if it is on another."""
        row, column = self.row_numbers.get(place[0]), self.column_numbers.get(place[1])
        return None if row is None or column is None else (row, column)

    def box(self, first: Place, end: Place) -> Box:
        """The box of some cells, which are counted on the page; `end` is behind the last."""
        left, right = self.across[first[1]], self.across[end[1]]
        if self.sheet.way is Way.LEFTWARD:
            left, right = self.across[-1] - right, self.across[-1] - left
        top, bottom = self.down[first[0]], self.down[end[0]]
        return Box(self.corner[0] + left, top, right - left, bottom - top)


def drawn(
    sheet: Sheet,
    number: int = 0,
    numbers: Mapping[str, int] | None = None,
    paper: Paper = A4,
    formulas: bool = False,
) -> Iterator[Page]:
    """The pages of a sheet, as its workbook has them printed.

    number   of the sheet in its book, from 0
    numbers  those of the sheets that it may lead to, by their names
    formulas  whether formulas stand under its figures, and the names of rows and columns around it
    """
    cells, targets = written_in(seen(sheet)), _files(sheet) | dict(numbers or {})
    sheet = closed(sheet, cells)
    if formulas:
        sheet, told = with_room(sheet)
        paper = with_margin(sheet, paper)
    printed = pages(sheet, paper)
    wide, high = paper.size(printed.landscape)
    room, _ = paper.room(printed.landscape)
    for rows, columns, again in _parts(sheet, printed):
        whole = Window(sheet, rows, columns, _fitting(sheet, columns, room, printed.scale / 100))
        corner = ((wide - whole.across[-1]) / 2, paper.above)
        page = painted(replace(whole, corner=corner), cells, targets, again)
        first = rows[0] == columns[0] == again
        if formulas and columns[0] == 0:
            page = _with_formulas(page, replace(whole, corner=corner), told, cells)
        if first or page.read or page.grounds or page.lines:
            yield replace(page, wide=wide, high=high, sheet=number, name=sheet.name, first=first)


def _parts(sheet: Sheet, printed: Pages) -> Iterator[tuple[list[int], range, int]]:
    """The rows and the columns of each page, and how many of the rows a page before has, too."""
    for top, end in pairwise([0, *printed.breaks, max(sheet.rows, 1)]):
        titles = range(min(len(sheet.titles), top))
        for left, right in pairwise([0, *printed.turns, len(widths(sheet))]):
            yield [*titles, *range(top, end)], range(left, right), len(titles)


def _fitting(sheet: Sheet, columns: range, room: float, scale: float) -> float:
    """The scale, or a smaller one at which the columns fit: a workbook has none below a tenth."""
    return min(scale, room / Window(sheet, (), columns, 1).across[-1])


def _with_formulas(page: Page, window: Window, told: Lines, cells: Mapping[Place, Seen]) -> Page:
    """A page with the formulas of its figures, and the names of its rows and columns."""
    tops = dict(zip(window.rows, window.down, strict=False))
    box = window.box((0, 0), (len(window.rows), len(window.columns)))
    across = [window.box((0, n), (0, n)).x for n in range(len(window.columns) + 1)]
    first = {row for row, column in cells if column == window.columns[0]} | {*told}
    named = headings(window.rows, window.columns, window.down, across, first)
    under = lines_of(told, tops, box, window.scale, window.sheet.way)
    return replace(page, read=[*page.read, *under], again=[*page.again, *named])


def _files(sheet: Sheet) -> dict[str, int | str]:
    """Where links to other workbooks lead on paper: to what is printed of them, if it is there."""
    files = (link.target for link in sheet.links if link.tip)
    return {file: PurePath(file).with_suffix(PDF).name for file in files}


def painted(
    window: Window, cells: Mapping[Place, Seen], targets: Mapping[str, int | str], again: int = 0
) -> Page:
    """What is drawn in a window.

    again  rows at its top that were on a page before
    """
    here = {at: one for place, one in cells.items() if (at := window.at(place))}
    links = {link.cells.origin: targets.get(link.target) for link in window.sheet.links}
    texts: dict[Place, Text] = {}
    for at, one in sorted(here.items()):
        found = _text(window, at, one, links.get((one.cell.row, one.cell.column)))
        if found.words:
            texts[at] = found
    told = [replace(text, target=None) for at, text in texts.items() if at[0] < again]
    rest = {at: text for at, text in texts.items() if at[0] >= again}
    return Page(
        wide=window.across[-1],
        high=window.down[-1],
        grounds=list(grounds(here, window.box)),
        lines=list(lines(edges(here, _frames(window, here)), window.box, window.scale)),
        read=_in_order(rest, _tables(window, here, rest)),
        again=told,
        leftward=window.sheet.way is Way.LEFTWARD,
    )


def _text(window: Window, at: Place, one: Seen, target: int | str | None) -> Text:
    """The text of a cell; a cell that shows nothing has no words."""
    box, look = window.box(at, (at[0] + 1, at[1] + 1)), one.look
    room = int((box.wide / window.scale - PAD) / LETTER)
    words = shown(one.cell.value, look.number_format, room)
    value = one.cell.value
    return Text(
        box=box,
        words=words,
        look=_aligned(look, value),
        size=look.size * window.scale,
        indent=(PAD + look.indent * INDENT) * window.scale,
        leftward=_leftward(look, window.sheet.way, words),
        kind=KINDS.get(one.cell.role, ""),
        rest=value.size if isinstance(value, Sized) else "",
        target=target,
    )


def _leftward(look: Look, way: Way, words: str) -> bool:
    """Whether a text is read from right to left; what is left open its first letter says."""
    order = reading(look, way)
    strong = (bidirectional(letter) for letter in words if bidirectional(letter) in STRONG)
    return order == FROM_RIGHT if order else next(strong, "L") != "L"


def _aligned(look: Look, value: object) -> Look:
    """A look that says where a text stands: where nothing is set, words begin and numbers end."""
    return replace(look, align=look.align or ("left" if isinstance(value, str) else "right"))


def _frames(window: Window, here: Mapping[Place, Seen]) -> Iterator[tuple[Place, Place]]:
    """The first cell of each frame on the page, and where it ends; either may be empty."""
    for frame in window.sheet.frames:
        for leaf in leaves(frame.cells):
            first, last = (window.at(corner) for corner in corners(leaf))
            if first and last and any(at in here for at in _between(first, last)):
                yield first, (last[0] + 1, last[1] + 1)


def _tables(
    window: Window, here: Mapping[Place, Seen], texts: dict[Place, Text]
) -> dict[Place, Table]:
    """The blocks of several cells as tables, each by its first cell; they take their texts."""
    found: dict[Place, Table] = {}
    for block in reversed(window.sheet.blocks):  # of two, the inner one comes last
        for leaf in leaves(block.cells):
            first, last = (window.at(corner) for corner in corners(leaf))
            if first is None or last is None or first == last or first in found:
                continue
            mine = {
                at: texts.pop(at)
                for at, one in here.items()
                if one.cell.block == block.name and at in texts and _within(at, first, last)
            }
            if mine:
                found[first] = _table(window, first, last, mine)
    return found


def _between(first: Place, last: Place) -> Iterator[Place]:
    """The places of a rectangle."""
    return product(range(first[0], last[0] + 1), range(first[1], last[1] + 1))


def _within(at: Place, first: Place, last: Place) -> bool:
    return all(a <= b <= c for a, b, c in zip(first, at, last, strict=True))


def _table(window: Window, first: Place, last: Place, texts: Mapping[Place, Text]) -> Table:
    across = window.across[first[1] : last[1] + 2]
    down = window.down[first[0] : last[0] + 2]
    return Table(
        window.box(first, (last[0] + 1, last[1] + 1)),
        tuple(end - begin for begin, end in pairwise(across)),
        tuple(end - begin for begin, end in pairwise(down)),
        {(at[0] - first[0], at[1] - first[1]): text for at, text in texts.items()},
    )


def _in_order(texts: Mapping[Place, Text], tables: Mapping[Place, Table]) -> list[Text | Table]:
    """Texts and tables by rows; a table comes at once behind the caption over it."""
    every: list[tuple[Place, Text | Table]] = [*texts.items(), *tables.items()]
    return [one for _, one in sorted(every, key=lambda pair: pair[0])]
