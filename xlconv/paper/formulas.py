"""Formulas on paper: under each figure what a cell of it says, and around it where cells are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from xlconv.grid.cells import Cell
from xlconv.grid.direction import Way
from xlconv.grid.pages import READABLE, Paper, pages, widths
from xlconv.grid.parting import free_rows
from xlconv.grid.places import a1, column_number, letters
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import MONOSPACED, column_points, look
from xlconv.paper.page import Box, Text

PITCH = 15
"""The height of a line of formulas, in points at full size."""

LEAST = 60
"""Letters of a line for which there is room at least."""

AGAIN = "  "
"""What a line begins with that goes on with a formula."""

LINES, ENDS = 3, 12
"""Lines that a formula may take, and letters that may be free at the end of one."""

SIZE, GAP, NAMED = 8, 3, 34
"""The size of the numbers of rows and columns, what is free beside them, and all that they need at
a side of the paper, in points."""

REFERENCE = re.compile(r"(\$?)\b([A-Z]{1,3})(\$?)([1-9]\d*)\b(?!\()")

Lines = Mapping[int, Sequence[str]]
"""Lines of formulas, by the rows that have room for them."""


def with_room(sheet: Sheet) -> tuple[Sheet, Lines]:
    """The sheet with higher rows under its figures, and what is told in them."""
    cells = sheet.cells()
    gaps = [*free_rows(sheet, between=False), sheet.rows]
    told = defaultdict[int, list[str]](list)
    room, one = letters_across(sheet), look("code")
    for bottom, formula in typical(cells, LINES * (room - ENDS)):
        row = next(row for row in gaps if row > bottom)
        told[row] += folded(formula, room)
    if not told:
        return sheet, told
    heights = {
        row: sheet.heights.get(row, sheet.row_height) + PITCH * len(lines)
        for row, lines in told.items()
    }
    least = LEAST * MONOSPACED * one.size
    columns, across = sheet.columns, sum(map(column_points, widths(sheet)))
    while across < least:
        across += column_points(sheet.widths.get(columns, sheet.column_width))
        columns += 1
    rows = max(sheet.rows, *(row + 1 for row in told))
    return replace(sheet, heights=sheet.heights | heights, rows=rows, columns=columns), told


def with_margin(sheet: Sheet, paper: Paper) -> Paper:
    """The paper with room for the numbers of rows, if all can be read then."""
    wider = replace(paper, beside=max(paper.beside, NAMED))
    return wider if pages(sheet, wider).scale >= int(100 * READABLE) else paper


def letters_across(sheet: Sheet) -> int:
    """How many letters of a formula stand in a line."""
    each = widths(sheet)
    first = [*pages(sheet).turns, len(each)][0]
    across = sum(map(column_points, each[:first]))
    return max(LEAST, int(across / (MONOSPACED * look("code").size)))


def folded(formula: str, room: int) -> list[str]:
    """A formula in lines, each of which ends behind a sign where it can.

    >>> folded("B2: =A1+A2*(A3+A4)", 10)
    ['B2: =A1+', '  A2*(A3+', '  A4)']
    """
    most = room - len(AGAIN)
    first, *more = re.findall(rf".{{1,{most}}}(?:(?<=[,+&])|$)|.{{1,{most}}}", formula)
    return [first, *(AGAIN + line for line in more)]


def typical(cells: Sequence[Cell], longest: int) -> Iterator[tuple[int, str]]:
    """Of each block the formula that says most, and the block's last row; none says another again.

    longest  letters that it may have
    """
    blocks = defaultdict[str, list[Cell]](list)
    for cell in cells:
        if cell.block and cell.formula:
            blocks[cell.block].append(cell)
    said = set[str]()
    for block in sorted(blocks.values(), key=lambda block: (block[0].row, block[0].column)):
        cell = says_most(block, longest)
        words = {relative(cell), relative(cell, whole=True)}
        if cell.role != "copy" and not words & said:
            said |= words
            line = f"{a1((cell.row, cell.column))}: ={cell.formula}"
            yield block[-1].row, line if len(line) <= longest else f"{line[: longest - 1]}…"


def says_most(block: Sequence[Cell], longest: int) -> Cell:
    """The cell that reads the most others; of several the one nearest to the block's middle.

    One that shows nothing is taken where all do.
    """
    block = [cell for cell in block if cell.value != ""] or block
    middle = block[len(block) // 2]
    short = [cell for cell in block if len(cell.formula) < longest - 10]

    def tells(cell: Cell) -> tuple[int, int]:
        away = abs(cell.row - middle.row) + abs(cell.column - middle.column)
        return len(REFERENCE.findall(cell.formula)), -away

    return max(short, key=tells) if short else min(block, key=lambda cell: len(cell.formula))


def relative(cell: Cell, *, whole: bool = False) -> str:
    """A formula as it is wherever it stands.

    whole  whether the cells that it has to read wherever it is copied move with it, too

    >>> relative(Cell(4, 1, formula="SUM(A1:$B$2)*MOD(C3,2)"))
    'SUM(R-4C-1:R$1C$1)*MOD(R-2C1,2)'
    >>> relative(Cell(4, 1, formula="SUM(A1:$B$2)"), whole=True)
    'SUM(R-4C-1:R-3C0)'
    """

    def moved(found: re.Match[str]) -> str:
        row, column = int(found[4]) - 1, column_number(found[2]) - 1
        row_told = f"${row}" if found[3] and not whole else f"{row - cell.row}"
        column_told = f"${column}" if found[1] and not whole else f"{column - cell.column}"
        return f"R{row_told}C{column_told}"

    return REFERENCE.sub(moved, cell.formula)


def lines_of(
    told: Lines, tops: Mapping[int, float], box: Box, scale: float, way: Way
) -> list[Text]:
    """The formulas of a page, where they stand.

    tops  where the rows of the page begin
    box   of all of the page's cells
    """
    seen = replace(look("code"), align="right" if way is Way.LEFTWARD else "left")
    return [
        Text(
            Box(box.x, tops[row] + (n + 0.5) * PITCH * scale, box.wide, PITCH * scale),
            words,
            seen,
            seen.size * scale,
        )
        for row, words_of in told.items()
        if row in tops
        for n, words in enumerate(words_of)
    ]


def headings(
    rows: Sequence[int],
    columns: Sequence[int],
    down: Sequence[float],
    across: Sequence[float],
    first: Container[int],
) -> Iterator[Text]:
    """The numbers of rows and the letters of columns.

    Numbers stand beside the first column; in it, where it is free, if paper has no room for them.

    down, across  where each begins, and the last ends
    first         the rows in which something stands in the first column
    """
    seen, leftward = replace(look("index"), size=SIZE), across[-1] < across[0]
    outside = min(across) >= NAMED
    side = "left" if leftward == outside else "right"
    corner = across[0] - NAMED * (side == "right") + GAP * outside * (1 if leftward else -1)
    for row, (top, bottom) in zip(rows, pairwise(down), strict=True):
        if bottom - top >= SIZE and (outside or row not in first):
            box = Box(corner, top, NAMED, min(bottom - top, 2 * SIZE))
            yield Text(box, str(row + 1), replace(seen, align=side), SIZE)
    for column, (begin, end) in zip(columns, pairwise(across), strict=True):
        box = Box(min(begin, end), down[0] - SIZE - GAP, abs(end - begin), SIZE)
        if abs(end - begin) >= SIZE * 1.6 or column % 2 == 0:
            yield Text(box, letters(column + 1), replace(seen, align="center"), SIZE)
