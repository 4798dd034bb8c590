"""A worksheet as memory: blocks of cells, what is painted on them, and how they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from xlconv.errors import BugError, XlconvError
from xlconv.grid import digits, direction, marks, names, theme
from xlconv.grid.cells import Cell, drawn_cells
from xlconv.grid.expr import Expr
from xlconv.grid.grid import PAGE, Anchor, Area, Grid
from xlconv.grid.limits import EXCEL_COLUMNS, SHEETS_CELLS, check_all_terms, check_room, check_terms
from xlconv.grid.marks import Between, Block, Ends, Frame, Paint
from xlconv.grid.places import Place, Spot, box_size, tiled
from xlconv.grid.references import measure, says_words
from xlconv.grid.values import Values, fill, unwritten
from xlconv.text import counted, line


@dataclass(repr=False, eq=False)
class Sheet:
    """One worksheet: what views write on, and what is emitted.

    >>> from xlconv.grid.references import text
    >>> sheet = Sheet("Lesson")
    >>> x = sheet.block("x", (0, 1), (1, 3), role="input", content=[[1, 2, 3]])
    >>> y = sheet.block("y", (2, 1), (1, 3), role="output", content=x * 2)
    >>> y.value.tolist(), text(sheet.paints[-1], (0, 2))
    ([[2.0, 4.0, 6.0]], 'D1*2')
    """

    name: str
    view: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Values | Grid] = field(default_factory=dict)
    """What takes the place of a block's numbers: what was typed, or another sheet's cells, live."""
    room: int = SHEETS_CELLS  # cells that may be written
    plan: bool = False
    """Whether cells only take their places, however many they are: none has a number of its own."""
    again: bool = False  # whether it has to be drawn once more, when all of it has its place
    reach: Place | None = None
    """Its rows and columns, where it was drawn before."""
    annex: Place = (0, 0)
    """Where the next parts of a long sum stand, beside the figure of a sheet drawn again."""
    annex_end: Place = (0, 0)
    corners: list[Anchor] = field(default_factory=list)
    """Those that a layout puts somewhere, in the order in which they were asked for."""
    known: Sequence[Place | None] = ()  # their places, where the sheet was drawn before
    used: int = 0
    terms: int = 0
    formats: digits.Formats = field(default_factory=digits.Formats)
    column_width: float = 4.2
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    head: marks.Head | None = None
    titles: list[str] = field(default_factory=list)
    """The lines of its title, in the first rows, which each of several pages repeats."""
    frozen_rows: int = 0
    starts: list[int] = field(default_factory=list)
    """The rows in which parts begin that run over the whole sheet: paper may end before them."""
    turns: list[int] = field(default_factory=list)  # the same of columns, if paper is too narrow
    aside: int = 0  # columns beside its figures that paper has to have room for
    stages: int = 0  # how many of its figures have a number
    row_height: float = 17
    zoom: int = 100
    hidden: bool = False
    way: direction.Way = direction.Way.RIGHTWARD
    paints: list[Paint] = field(default_factory=list)
    blanks: list[marks.Blank] = field(default_factory=list)
    coats: list[marks.Coat] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    lights: list[marks.Light] = field(default_factory=list)
    scales: list[marks.Scale] = field(default_factory=list)
    choices: list[marks.Choice] = field(default_factory=list)
    links: list[marks.Link] = field(default_factory=list)
    paragraphs: list[list[Grid]] = field(default_factory=list)  # a text, and a cell for each line
    blocks: list[Block] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    rows: int = 0
    columns: int = 0
    runs: list[tuple[Spot, str, str]] = field(default_factory=list)
    """Texts, with their roles, that run over cells: paper shows these, but nothing moves for it."""

    def __repr__(self) -> str:
        size = f"{counted(self.rows, 'row')}, {counted(self.columns, 'column')}"
        blocks = counted(len(self.blocks), "block")
        return line("Sheet", f"{size}, {blocks}: {self.name} ({self.view or 'no view'})")

    def say(self, key: str, **values: object) -> str:
        """One of the sheet's words, with its {places} filled."""
        return self.words[key].format(**values)

    def count(self, key: str, **numbers: int) -> str:
        """The same for words that count; those of KEY_one where one of the numbers is 1."""
        return self.say(f"{key}_one" if 1 in numbers.values() else key, **numbers)

    def corner(self) -> Spot:
        """A corner for cells that a layout puts somewhere later.

        Of a sheet that is drawn again its place is known, so that formulas can be measured.
        """
        here = len(self.corners)
        self.corners.append(Anchor(self.known[here] if here < len(self.known) else None))
        return Spot(self.corners[-1])

    def put(self, anchor: Anchor, at: Place) -> None:
        """Give a corner, and all that hangs on it, its place."""
        if anchor.place not in (None, at) or anchor is PAGE:
            raise BugError(f"sheet {self.name}: a corner has a place already")
        anchor.place = at
        self._grow(at[0] + anchor.after[0], at[1] + anchor.after[1])

    def memory(
        self,
        at: Place | Spot,
        shape: Sequence[int],
        *,
        steps: Sequence[Place] | None = None,
        dtype: Any = np.float64,
    ) -> Grid:
        """Cells of this sheet, not yet written; `steps` defaults to rows of columns.

        Raises XlconvError where Excel or Google Sheets have no such cells.
        """
        steps = tuple(steps) if steps is not None else tiled(tuple(shape), "v" * (len(shape) - 2))
        spot, (high, wide) = Spot.of(at), box_size(shape, steps)
        self._take(spot, spot.row + high, spot.column + wide, prod(shape))
        values = unwritten(tuple(shape), dtype, take_room=not self.plan)
        return Grid(
            self.name, (spot.row, spot.column), steps, values, self.paint, anchor=spot.anchor
        )

    def _take(self, spot: Spot, rows: int, columns: int, cells: int = 0) -> None:
        """Count cells as used, up to a row and a column counted from the spot's corner."""
        self.used += cells
        if spot.anchor is PAGE:
            self._grow(rows, columns)
        else:
            check_room(rows, columns, self.used, self.room)
            spot.anchor.take((spot.row, spot.column), (rows, columns))

    def _grow(self, rows: int, columns: int) -> None:
        """Count cells as used, up to a row and a column of the sheet."""
        self.rows, self.columns = max(self.rows, rows), max(self.columns, columns)
        check_room(self.rows, self.columns, self.used, self.room)

    def afford(self, terms: int, longest: int = 0) -> None:
        """Count terms of formulas that are still to be made.

        terms    of all formulas
        longest  terms of the longest of them, if it cannot be made in parts

        Raises LimitError where the longest is longer than Excel has it, or there are too many.
        """
        if longest:
            check_terms(longest)
        self.terms += terms
        check_all_terms(self.terms, self.room)

    def block(
        self,
        name: str,
        at: Place | Spot,
        shape: Sequence[int],
        *,
        role: str,
        content: Any = None,
        steps: Sequence[Place] | None = None,
        dtype: Any = np.float64,
        tint: Any = -1,
        frame: bool = True,
        claim: object = None,
    ) -> Grid:
        """Named cells with a role, framed, and written at once where `content` is given."""
        if name in self.given:
            given = self.given[name]
            content, dtype = None, (given.value if isinstance(given, Grid) else given).dtype
        grid = self.memory(at, shape, steps=steps, dtype=dtype)
        if content is not None:
            grid[...] = content
        return self.name_block(name, grid, role=role, tint=tint, frame=frame, claim=claim)

    def name_block(
        self,
        name: str,
        grid: Grid,
        *,
        role: str,
        tint: Any = -1,
        frame: bool = True,
        claim: object = None,
    ) -> Grid:
        """Cells that are on the sheet already, as a block of their own.

        Raises XlconvError where the sheet has a block whose name in the workbook would be the same.
        """
        if (known := names.signs(name).lower()) in self.taken:
            raise XlconvError(f'two blocks are called "{name}": each needs a name of its own')
        self.taken.add(known)
        if name in self.given:
            grid[...] = self.given[name]
            role = "copy" if isinstance(self.given[name], Grid) else role
        self.blocks.append(Block(name, role, grid, claim))
        self.coat(grid, role, tint)
        if frame:
            self.frames.append(Frame(grid))
        return grid

    def coat(self, grid: Grid, role: str, tint: Any = -1) -> None:
        """Give cells the look of a role."""
        self.coats.append(marks.Coat(grid, role, np.asarray(tint), self.formats))

    def text(self, at: Place | Spot, content: str, role: str = "text") -> Grid:
        """One cell of text, which may run over the empty cells beside it."""
        self.run_over(at, content, role)
        return self._write(at, np.array(content, dtype=object), (), role)

    def run_over(self, at: Place | Spot, content: str, role: str) -> None:
        """Count the cells that a text runs over as used, so that they are printed with it."""
        spot, end = Spot.of(at), min(self.behind(at, content, role), EXCEL_COLUMNS)
        if spot.anchor is PAGE:
            self.runs.append((spot, content, role))
        else:
            self._take(spot, spot.row + 1, end)

    def behind(self, at: Place | Spot, content: str, role: str) -> int:
        """The first column that a text does not run over; roughly, since fonts differ."""
        begin, width = Spot.of(at).column, theme.width(content, role)
        return theme.column_behind(begin, width, self.widths, self.column_width)

    def line(
        self, at: Place | Spot, content: Sequence[Any], role: str, step: Place = (0, 1)
    ) -> Grid:
        """Constants in a row, or along another step."""
        return self._write(at, np.array(list(content), dtype=object), (step,), role)

    def _write(self, at: Place | Spot, values: Values, steps: Sequence[Place], role: str) -> Grid:
        grid = self.memory(at, values.shape, steps=steps, dtype=object)
        grid[...] = values
        self.coat(grid, role)
        return grid

    def formula(self, at: Place | Spot, content: Expr, role: str = "computed") -> Grid:
        """One cell with a formula, of whatever kind its value is."""
        value = np.full(content.shape, np.nan) if self.plan else content.value
        kind = object if says_words(content) else value.dtype
        grid = self.memory(at, value.shape, dtype=kind, steps=[(0, 1)] * value.ndim)
        self.paint(grid, content, value)
        if value.ndim == 0:
            self.runs.append((Spot.of(at), str(value[()]), role))
        self.coat(grid, role)
        return grid

    def cells(self) -> list[Cell]:
        """Every cell that has a content or a look, by rows: for a second way of drawing."""
        return drawn_cells(self.paints, self.blanks, self.coats, self.blocks)

    def defined_name(self, block: Block) -> str:
        """The name in the workbook that leads to a block."""
        return names.prefix(self.name) + names.signs(block.name)

    def link(self, at: Place | Spot, content: str, target: str, tip: str = "") -> None:
        """A text that leads to another sheet; with a tip, to a file beside this one."""
        self.links.append(marks.Link(self.text(at, content, "link"), target, tip))

    def light(self, grid: Grid, condition: Expr, role: str, tint: int = -1) -> None:
        """Let cells take a role while a condition, broadcast over them, holds."""
        self.lights.append(marks.Light(grid, condition, role, tint, self.formats))

    def scale(self, grid: Grid, ends: Ends = theme.SCALE, values: Between = None) -> None:
        """Show the values of cells as a heat map, from one colour to another."""
        self.scales.append(marks.Scale(grid, ends, values))

    def choose(self, grid: Grid, source: Area | Sequence[str | int], prompt: str = "") -> None:
        """Offer the values of a range, or a few given ones, in a dropdown."""
        offered = source if isinstance(source, Area) else tuple(source)
        self.choices.append(marks.Choice(grid, offered, prompt))

    def paint(self, cells: Grid, content: Any, value: Values | None = None) -> None:
        """Paint cells with constants, or with a formula whose value may be known already.

        Raises XlconvError for a formula that Excel does not take.
        """
        formula = content if isinstance(content, Expr) else None
        if formula is not None:
            self.again |= not measure(formula, cells)
        if self.plan:
            return
        if value is None:
            value = np.asarray(formula.value if formula is not None else content)
        if (kind := cells.memory.dtype.kind) != "O" and (value.dtype.kind == "b") != (kind == "b"):
            raise TypeError(f"{value.dtype} values do not go into {cells.memory.dtype} cells")
        fill(cells.memory, value)
        self.paints.append(Paint(cells, formula))
