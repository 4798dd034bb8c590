"""A worksheet as memory: blocks of cells, what is painted on them, and how they answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from xlconv.budget import TERMS
from xlconv.errors import LimitError, RoomError, XlconvError
from xlconv.grid import theme
from xlconv.grid.expr import Area, Expr, Grid
from xlconv.grid.functions import Values
from xlconv.grid.limits import (
    ADDRESS_LENGTH,
    EXCEL_COLUMNS,
    EXCEL_ROWS,
    FORMULA_LENGTH,
    LITERAL_LENGTH,
    SHEETS_CELLS,
    length,
)
from xlconv.grid.places import Place, leaves, span, tiled
from xlconv.grid.references import Slot, slots
from xlconv.text import counted, line, spelt

SHORTEST = 3
"""Characters of the shortest term of a formula, A1+."""


@dataclass(frozen=True)
class Paint:
    """Constants, or one formula, over cells; later paint covers earlier paint."""

    cells: Grid
    formula: Expr | None


@dataclass(frozen=True)
class Coat:
    """A role, which the theme knows, over cells; `tint` broadcasts over them, -1 is none."""

    cells: Grid
    role: str
    tint: Values


@dataclass(frozen=True)
class Frame:
    """A thick line around each innermost 2-D slice of the cells."""

    cells: Grid


@dataclass(frozen=True)
class Light:
    """A role that cells take while a condition holds; of two, the first that holds wins."""

    cells: Grid
    condition: Expr
    role: str
    tint: int = -1


@dataclass(frozen=True)
class Scale:
    """A heat map over cells: the colours of the least and of the greatest value."""

    cells: Grid
    ends: tuple[str, str]


@dataclass(frozen=True)
class Choice:
    """A dropdown on cells: the values of a range on the same sheet, or a few given ones."""

    cells: Grid
    source: Area | tuple[str | int, ...]
    prompt: str = ""


@dataclass(frozen=True)
class Link:
    """A cell that leads to the first cell of another sheet."""

    cells: Grid
    target: str


@dataclass(frozen=True, repr=False)
class Block:
    """Cells with a name and a meaning: what the manifest lists and a defined name leads to.

    claim  what the cells claim to be, in the words of who checks it; None claims nothing
    """

    name: str
    role: str
    cells: Grid
    claim: object = None

    def __repr__(self) -> str:
        return line("Block", f"{spelt(self.cells.shape)} {self.role}: {self.name}")

    def ranges(self) -> list[str]:
        """One A1 range for each innermost 2-D slice, in C order."""
        return [span(leaf) for leaf in leaves(self.cells)]


@dataclass(repr=False)
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
    given: Mapping[str, Values] = field(default_factory=dict)
    """Numbers that take the place of a block's own, by its name: what a reader has typed."""
    room: int = SHEETS_CELLS
    """How many cells may be written."""
    plan: bool = False
    """Whether cells only take their places, however many they are: none has a number of its own."""
    crowded: bool = False
    """Whether a sum on it is too long for one formula."""
    annex: Place | None = None
    """Where the next parts of a long sum stand, beside the figure; None where no room is known."""
    annex_end: Place = (0, 0)
    """The rows and columns up to which parts stand."""
    cells: int = 0
    terms: int = 0
    column_width: float = 4.6
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    frozen_rows: int = 0
    row_height: float = 20
    zoom: int = 100
    try_row: int = 0
    hidden: bool = False
    """Whether programs do not show it."""
    paints: list[Paint] = field(default_factory=list)
    coats: list[Coat] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    lights: list[Light] = field(default_factory=list)
    scales: list[Scale] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    rows: int = 0
    columns: int = 0

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

    def memory(
        self,
        at: Place,
        shape: Sequence[int],
        *,
        steps: Sequence[Place] | None = None,
        dtype: Any = np.float64,
    ) -> Grid:
        """Cells of this sheet, not yet written; `steps` defaults to rows of columns.

        Raises XlconvError where Excel or Google Sheets have no such cells.
        """
        steps = tuple(steps) if steps is not None else tiled(tuple(shape), "v" * (len(shape) - 2))
        rows, columns = (
            start
            + sum(max(0, (size - 1) * step[n]) for size, step in zip(shape, steps, strict=True))
            + 1
            for n, start in enumerate(at)
        )
        self._grow(rows, columns, prod(shape))
        blank: Any = {"f": np.nan, "b": False}.get(np.dtype(dtype).kind)
        values: Values = (
            np.broadcast_to(np.array(blank, dtype=dtype), tuple(shape))
            if self.plan
            else np.full(tuple(shape), blank, dtype=dtype)
        )
        return Grid(self.name, at, steps, values, self.paint)

    def _grow(self, rows: int, columns: int, cells: int) -> None:
        every = max(self.rows, rows) * max(self.columns, columns)  # Google counts empty ones too
        for program, what, needed, limit in (
            ("Excel", "rows", rows, EXCEL_ROWS),
            ("Excel", "columns", columns, EXCEL_COLUMNS),
            ("a Google Sheets workbook", "cells", every, SHEETS_CELLS),
            ("this sheet", "cells", self.cells + cells, self.room),
        ):
            if needed > limit:
                raise RoomError(f"{needed} {what}; {program} has {limit}")
        self.rows, self.columns = max(self.rows, rows), max(self.columns, columns)
        self.cells += cells

    def afford(self, terms: int, longest: int = 0) -> None:
        """Count terms of formulas that are still to be made.

        terms    of all formulas
        longest  terms of the longest of them, if it cannot be made in parts

        Raises LimitError where the longest is longer than Excel has it, or there are too many.
        """
        if longest * SHORTEST > FORMULA_LENGTH + 1:  # the last has no + behind it
            raise LimitError(
                f"a formula of {longest} terms is longer than Excel's {FORMULA_LENGTH} characters"
            )
        self.terms += terms
        most = min(TERMS, max(self.room // 2, TERMS // 4))
        if self.terms > most:
            raise LimitError(f"{self.terms} terms in formulas; {most} are the most")

    def block(
        self,
        name: str,
        at: Place,
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
            content, dtype = None, self.given[name].dtype
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
        if (known := _signs(name).lower()) in self.taken:
            raise XlconvError(f'two blocks are called "{name}": each needs a name of its own')
        self.taken.add(known)
        if name in self.given:
            grid[...] = self.given[name]
        self.blocks.append(Block(name, role, grid, claim))
        self.coat(grid, role, tint)
        if frame:
            self.frames.append(Frame(grid))
        return grid

    @property
    def roles(self) -> set[str]:
        """What its cells are, or become while they are lit; those of a heat map count."""
        heat = {"count" for scale in self.scales if scale.ends == theme.SCALE}
        return {coat.role for coat in self.coats} | {light.role for light in self.lights} | heat

    def coat(self, grid: Grid, role: str, tint: Any = -1) -> None:
        """Give cells the look of a role."""
        self.coats.append(Coat(grid, role, np.asarray(tint)))

    def text(self, at: Place, content: str, role: str = "text") -> Grid:
        """One cell of text, which may run over the empty cells beside it."""
        self.run_over(at, content, role)
        return self.line(at, [content], role)[0]

    def run_over(self, at: Place, content: str, role: str) -> None:
        """Count the cells that a text runs over as used, so that they are printed with it."""
        self.columns = max(self.columns, min(self.behind(at, content, role), EXCEL_COLUMNS))

    def behind(self, at: Place, content: str, role: str) -> int:
        """The first column that a text does not run over; roughly, since fonts differ."""
        look = theme.look(role)
        room = len(content) * look.size * (0.61 if look.font == theme.MONOSPACE else 0.5)
        width, column = 0.0, at[1]
        while not look.wrap and width < room:
            width += self.widths.get(column, self.column_width) * 5.8
            column += 1
        return column

    def line(self, at: Place, content: Sequence[Any], role: str, step: Place = (0, 1)) -> Grid:
        """Constants in a row, or along another step."""
        values = np.array(list(content), dtype=object)
        grid = self.memory(at, (len(values),), steps=(step,), dtype=object)
        grid[...] = values
        self.coat(grid, role)
        return grid

    def formula(self, at: Place, content: Expr, role: str = "computed", tint: int = -1) -> Grid:
        """One cell with a formula, of whatever kind its value is."""
        value = np.full(content.shape, np.nan) if self.plan else content.value
        grid = self.memory(at, value.shape, dtype=value.dtype, steps=[(0, 1)] * value.ndim)
        self.paint(grid, content, value)
        if value.ndim == 0:
            self.run_over(at, str(value), role)
        self.coat(grid, role, tint)
        return grid

    def defined_name(self, block: Block) -> str:
        """The name in the workbook that leads to a block.

        >>> sheet = Sheet("1-D")
        >>> x = sheet.block("output", (0, 0), (1, 1), role="output", content=0.0)
        >>> sheet.defined_name(sheet.blocks[0])
        '_1_d_output'
        """
        return self.prefix + _signs(block.name)

    @property
    def prefix(self) -> str:
        """What the names of its blocks begin with."""
        return re.sub(r"\W|^(?=\d)", "_", f"{self.name.lower()}_")

    def link(self, at: Place, content: str, target: str) -> None:
        """A text that leads to another sheet."""
        self.links.append(Link(self.text(at, content, "link"), target))

    def light(self, grid: Grid, condition: Expr, role: str, tint: int = -1) -> None:
        """Let cells take a role while a condition, broadcast over them, holds."""
        self.lights.append(Light(grid, condition, role, tint))

    def scale(self, grid: Grid, ends: tuple[str, str] = theme.SCALE) -> None:
        """Show the values of cells as a heat map, from one colour to another."""
        self.scales.append(Scale(grid, ends))

    def choose(self, grid: Grid, source: Area | Sequence[str | int], prompt: str = "") -> None:
        """Offer the values of a range, or a few given ones, in a dropdown."""
        self.choices.append(
            Choice(grid, source if isinstance(source, Area) else tuple(source), prompt)
        )

    def paint(self, cells: Grid, content: Any, value: Values | None = None) -> None:
        """Paint cells with constants, or with a formula whose value may be known already.

        Raises XlconvError for a formula that Excel does not take.
        """
        formula = content if isinstance(content, Expr) else None
        if formula is not None:
            measure(formula, cells)
        if self.plan:
            return
        if value is None:
            value = np.asarray(formula.value if formula is not None else content)
        if cells.memory.dtype != object and (value.dtype == bool) != (cells.memory.dtype == bool):
            raise TypeError(f"{value.dtype} values do not go into {cells.memory.dtype} cells")
        cells.memory[...] = value
        self.paints.append(Paint(cells, formula))


def _signs(name: str) -> str:
    """A block's name with the signs that a name in a workbook may have."""
    return re.sub(r"\W", "_", name)


def measure(formula: Expr, cells: Grid) -> None:
    """Refuse a formula that Excel does not take, wherever in the cells it stands.

    Raises LimitError for one that may be too long, XlconvError for a text in one that is.
    """
    bound = 0
    for piece in formula.pieces():
        if not isinstance(piece, str):
            bound += ADDRESS_LENGTH + (len(piece.grid.sheet) + 3) * piece.named
            continue
        bound += length(piece)
        if piece[0] == '"' and (found := length(piece) - 2) > LITERAL_LENGTH:
            raise XlconvError(
                f"a text in a formula may have at most {LITERAL_LENGTH} characters, got {found}:"
                f" {piece[1:40]}..."
            )
    if bound <= FORMULA_LENGTH:
        return
    most = 0
    for slot in slots(formula, cells):
        most += slot.longest(cells.shape) if isinstance(slot, Slot) else length(slot)
    if most > FORMULA_LENGTH:
        raise LimitError(
            f"a formula of {most} characters in {span(cells)}; Excel has {FORMULA_LENGTH}"
        )
