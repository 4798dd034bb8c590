"""The cells of a returned sheet where ours stand: rows and columns may have been put into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from xlconv.checking.cells import Cell
from xlconv.checking.moves import Moves
from xlconv.checking.trusted import TOKEN
from xlconv.checking.workbook import Workbook
from xlconv.classroom.formulas import own_words
from xlconv.grid.limits import EXCEL_COLUMNS, EXCEL_ROWS, FORMULA_LENGTH
from xlconv.grid.marks import named
from xlconv.grid.places import Place, a1, area_of, corners
from xlconv.grid.sheet import Sheet

MOST = 200_000
"""Cells of a returned sheet that are looked at."""


UNMOVED = Moves()


@dataclass(frozen=True)
class Placed:
    """Cells of a returned sheet.

    cells  by the places of ours; what stands in a row of the student's own comes after all of ours
    moves  where our rows and columns stand now
    """

    cells: Mapping[Place, Cell]
    moves: Moves = UNMOVED

    @classmethod
    def of(cls, book: Workbook, title: str, sheet: Sheet) -> Placed:
        """The cells of the sheet that is called `title` now.

        Raises UnreadableError for what is no sheet, or could harm.
        """
        found: dict[Place, Cell] = {}
        for place, cell in book.cells(title):
            found[place] = cell
            if len(found) > MOST:
                raise book.package.wrong(f'sheet "{title}" has more than {MOST:,} cells')
        moves = moved(book.names, title, sheet)
        cells = own_words(found)
        lines = _Lines.of(moves, sheet) if moves != UNMOVED else None
        return cls({_at(at, lines): _told(cell, title, lines) for at, cell in cells.items()}, moves)


def moved(names: Mapping[str, str], title: str, sheet: Sheet) -> Moves:
    """Where rows and columns stand now, as the names of the blocks say it."""
    rows, columns = {-1: -1}, {-1: -1}
    for block in named(sheet.blocks):
        area = area_of(names.get(sheet.defined_name(block).lower(), ""))
        if area is None or area[0] != title:
            continue
        for ours, theirs in zip(corners(block.cells), area[1:], strict=True):
            rows[ours[0]], columns[ours[1]] = theirs
    return Moves(_shifts(rows), _shifts(columns))


def _shifts(lines: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """From which line on they stand so many lines further; nothing where they are not in order."""
    ordered = sorted(lines.items())
    if any(after <= before for (_, before), (_, after) in pairwise(ordered)):
        return ()
    shifts: list[tuple[int, int]] = []
    for ours, theirs in ordered:
        if theirs - ours != (shifts[-1][1] if shifts else 0):
            shifts.append((ours, theirs - ours))
    return tuple(shifts)


@dataclass(frozen=True)
class _Lines:
    """Our rows and columns, by where they stand now; and the first line behind all of ours."""

    rows: Mapping[int, int]
    columns: Mapping[int, int]
    end: Place

    @classmethod
    def of(cls, moves: Moves, sheet: Sheet) -> _Lines:
        end = sheet.rows + 100, sheet.columns + 100
        rows = {moves.place((row, 0))[0]: row for row in range(end[0])}
        columns = {moves.place((0, column))[1]: column for column in range(end[1])}
        return cls(rows, columns, end)

    def place(self, at: Place) -> Place:
        row, column = at
        return (
            min(self.rows.get(row, self.end[0] + row), EXCEL_ROWS - 1),
            min(self.columns.get(column, self.end[1] + column), EXCEL_COLUMNS - 1),
        )


def _at(place: Place, lines: _Lines | None) -> Place:
    return lines.place(place) if lines else place


def _told(cell: Cell, title: str, lines: _Lines | None) -> Cell:
    """A cell as it would be without moves, and under the sheet's own name."""
    formula = cell.formula
    if formula is None or len(formula) > FORMULA_LENGTH or not (lines or "!" in formula):
        return cell
    area = _moved(cell.area, lines) if cell.area else ""
    return cell._replace(formula="".join(_pieces(formula, title, lines)), area=area)


def _pieces(formula: str, title: str, lines: _Lines | None) -> Iterator[str]:
    at = 0
    for token in TOKEN.finditer(formula):
        yield formula[at : token.start()]
        at = token.end()
        name = (token["quoted"] or token["plain"] or "").replace("''", "'")
        if not token["area"] or (name and name.upper() != title.upper()):
            yield token[0]
        else:
            yield _moved(token["area"], lines)
    yield formula[at:]


def _moved(area: str, lines: _Lines | None) -> str:
    if lines is None:
        return area
    known = area_of(area.upper())
    if known is None:
        return area
    first, last = (a1(lines.place(corner)) for corner in known[1:])
    return f"{first}:{last}" if ":" in area else first
