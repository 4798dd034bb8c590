"""The cells of a returned sheet where ours stand: rows and columns may have been put into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xlconv.checking.cells import Cell
from xlconv.checking.moves import Moves
from xlconv.checking.trusted import TOKEN
from xlconv.checking.workbook import Workbook
from xlconv.classroom.formulas import own_words
from xlconv.classroom.lines import Known, key_of
from xlconv.classroom.task import Task
from xlconv.frozen import frozen
from xlconv.grid.limits import EXCEL_COLUMNS, EXCEL_ROWS, FORMULA_LENGTH
from xlconv.grid.marks import named
from xlconv.grid.places import Place, a1, area_of, corners
from xlconv.grid.sheet import Sheet

MOST = 200_000
"""Cells of a returned sheet that are looked at."""


UNMOVED = Moves()


@frozen
class Placed:
    """Cells of a returned sheet.

    title  what it is called now
    cells  by the places of ours; what stands in a row of the student's own comes after all of ours
    moves  where our rows and columns stand now
    """

    title: str
    cells: Mapping[Place, Cell]
    moves: Moves = UNMOVED

    def answers(self, task: Task) -> dict[Place, Cell]:
        """What the student put into the blanks; a zero may be a program's."""
        blanks = zip(task.exercise.places, task.exercise.untouched, strict=True)
        return {
            at: cell
            for at, untouched in blanks
            if (cell := self.cells.get(at))
            and (cell.formula or cell.value not in (None, untouched))
        }

    @classmethod
    def of(cls, book: Workbook, title: str, task: Task, known: Known) -> Placed:
        """The cells of the sheet that is called `title` now.

        known  what it is known by, as this student had it

        Raises UnreadableError for what is no sheet, or could harm.
        """
        found: dict[Place, Cell] = {}
        for place, cell in book.cells(title):
            found[place] = cell
            if len(found) > MOST:
                raise book.package.wrong(f'sheet "{title}" has more than {MOST:,} cells')
        cells, sheet = own_words(found), task.exercise.sheet
        held = {at: key_of(cell.formula, cell.value) for at, cell in cells.items()}
        moves = known.moves(held, _corners(book.names, title, sheet))
        lines = _Lines.of(moves, sheet) if moves != UNMOVED else None
        told = {_at(at, lines): _told(cell, title, lines) for at, cell in cells.items()}
        return cls(title, told, moves)


def _corners(names: Mapping[str, str], title: str, sheet: Sheet) -> Iterator[tuple[Place, Place]]:
    """The corners of blocks, and where their names lead to now."""
    for block in named(sheet.blocks):
        area = area_of(names.get(sheet.defined_name(block).lower(), ""))
        if area is not None and area[0] == title:
            yield from zip(corners(block.cells), area[1:], strict=True)


@frozen
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
    own = title.upper().replace("'", "''")
    if formula is None or len(formula) > FORMULA_LENGTH or not (lines or own in formula.upper()):
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
