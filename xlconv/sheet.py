"""A worksheet as memory: blocks of cells, what is painted on them, and how they answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from xlconv import theme
from xlconv.errors import RoomError
from xlconv.expr import Area, Expr, Grid, Reference
from xlconv.functions import Values
from xlconv.layer import Convolution, Layer
from xlconv.words import WORDS

EXCEL_ROWS, EXCEL_COLUMNS = 1_048_576, 16_384
SHEETS_CELLS = 10_000_000
FORMULA_LENGTH = 8_192

Place = tuple[int, int]
"""(row, column) of a cell, from 0."""

STILL = (0, 0)
"""The step of a reference that stays."""


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


@dataclass(frozen=True)
class Block:
    """Cells with a name and a meaning: what the manifest lists and a defined name leads to.

    claim  what the cells claim to be: an operation of the model on a layer; None claims nothing
    """

    name: str
    role: str
    cells: Grid
    claim: tuple[str, Layer | Convolution] | None = None

    def ranges(self) -> list[str]:
        """One A1 range for each innermost 2-D slice, in C order."""
        return [span(leaf) for leaf in leaves(self.cells)]


@dataclass
class Sheet:
    """One worksheet: what views write on, and what is emitted.

    >>> sheet = Sheet("Lesson")
    >>> x = sheet.block("x", (0, 1), (1, 3), role="input", content=[[1, 2, 3]])
    >>> y = sheet.block("y", (2, 1), (1, 3), role="output", content=x * 2)
    >>> y.value.tolist(), text(sheet.paints[-1], (0, 2))
    ([[2.0, 4.0, 6.0]], 'D1*2')
    """

    name: str
    view: str = ""
    words: Mapping[str, str] = field(default_factory=lambda: WORDS)
    given: Mapping[str, Values] = field(default_factory=dict)
    """Numbers that take the place of a block's own, by its name: what a reader has typed."""
    room: int = SHEETS_CELLS
    """How many cells may be written."""
    plan: bool = False
    """Whether cells only take their places, however many they are: none has a number of its own."""
    cells: int = 0
    column_width: float = 4.6
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    frozen_rows: int = 0
    row_height: float = 20
    zoom: int = 100
    try_row: int = 0
    paints: list[Paint] = field(default_factory=list)
    coats: list[Coat] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    lights: list[Light] = field(default_factory=list)
    scales: list[Scale] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    rows: int = 0
    columns: int = 0

    def say(self, key: str, **values: object) -> str:
        """One of the sheet's words, with its {places} filled."""
        return self.words[key].format(**values)

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
        return Grid(self.name, at, steps, values, self._write)

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
        claim: tuple[str, Layer | Convolution] | None = None,
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
        claim: tuple[str, Layer | Convolution] | None = None,
    ) -> Grid:
        """Cells that are on the sheet already, as a block of their own."""
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
        look = theme.look(role)
        room = len(content) * look.size * (0.61 if look.font == theme.MONOSPACE else 0.5)
        width, column = 0.0, at[1]
        while not look.wrap and width < room:
            width += self.widths.get(column, self.column_width) * 5.8
            column += 1
        self.columns = max(self.columns, min(column, EXCEL_COLUMNS))

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
        self._write(grid, content, value)
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
        return self.prefix + re.sub(r"\W", "_", block.name)

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

    def _write(self, cells: Grid, content: Any, value: Values | None = None) -> None:
        """Paint cells with constants, or with a formula whose value may be known already."""
        if self.plan:
            return
        formula = content if isinstance(content, Expr) else None
        if value is None:
            value = np.asarray(formula.value if formula is not None else content)
        if cells.memory.dtype != object and (value.dtype == bool) != (cells.memory.dtype == bool):
            raise TypeError(f"{value.dtype} values do not go into {cells.memory.dtype} cells")
        cells.memory[...] = value
        self.paints.append(Paint(cells, formula))


def tiled(shape: Sequence[int], leading: str, gap: int = 1) -> tuple[Place, ...]:
    """Steps that lay the leading axes of a block out, each "v" down or "h" across.

    >>> tiled((2, 3, 4, 5), "vh")
    ((5, 0), (0, 6), (1, 0), (0, 1))
    """
    inner: tuple[Place, ...] = ((1, 0), (0, 1))[2 - min(2, len(shape)) :]
    height, width = (1, *shape)[-2:] if len(shape) > 1 else (1, shape[-1] if shape else 1)
    steps = list(inner)
    for size, way in zip(reversed(shape[: len(leading)]), reversed(leading), strict=True):
        if way == "v":
            steps.insert(0, (height + gap, 0))
            height = size * (height + gap) - gap
        else:
            steps.insert(0, (0, width + gap))
            width = size * (width + gap) - gap
    return tuple(steps)


def leaves(grid: Grid) -> Iterator[Grid]:
    """The innermost slices of at most two axes, in C order."""
    for index in np.ndindex(*grid.shape[:-2]):
        yield grid[(*index, ...)]


def corners(grid: Grid) -> tuple[Place, Place]:
    """The first and the last cell (row, column) of the box around a grid."""
    ends = [grid.cell(index) for index in product(*({0, size - 1} for size in grid.shape))]
    rows, columns = zip(*ends, strict=True)
    return (min(rows), min(columns)), (max(rows), max(columns))


def below(grid: Grid, gap: int = 1) -> int:
    """The row that stands `gap` rows under a grid."""
    return corners(grid)[1][0] + gap + 1


def beside(grid: Grid, gap: int = 2) -> int:
    """The column that stands `gap` columns right of a grid."""
    return corners(grid)[1][1] + gap + 1


@cache
def letters(column: int) -> str:
    """The letters of a column, counted from 1.

    >>> letters(1), letters(28), letters(16_384)
    ('A', 'AB', 'XFD')
    """
    before, last = divmod(column - 1, 26)
    return (letters(before) if before else "") + chr(ord("A") + last)


def quoted(sheet: str) -> str:
    """A sheet's name as it stands in a reference."""
    return "'" + sheet.replace("'", "''") + "'"


def a1(place: Place, absolute: bool = False) -> str:
    """The address of a cell as Excel writes it.

    >>> a1((4, 27)), a1((4, 27), absolute=True)
    ('AB5', '$AB$5')
    """
    dollar = "$" if absolute else ""
    return f"{dollar}{letters(place[1] + 1)}{dollar}{place[0] + 1}"


def span(grid: Grid, absolute: bool = False) -> str:
    """The range around a grid, as Excel writes it; one cell is no range."""
    first, last = corners(grid)
    end = "" if first == last else ":" + a1(last, absolute)
    return a1(first, absolute) + end


class Slot(NamedTuple):
    """A reference in a formula that is painted over cells: where it points, for each index.

    Source: a reference is absolute in the direction in which it does not move with the cells'
    innermost slice, and relative where the slice itself has one row or one column of steps.
    """

    prefix: str
    row: int
    column: int
    steps: tuple[Place, ...]
    fixed_row: bool
    fixed_column: bool

    def at(self, index: Sequence[int]) -> str:
        row = self.row + sum(i * step[0] for i, step in zip(index, self.steps, strict=True))
        column = self.column + sum(i * step[1] for i, step in zip(index, self.steps, strict=True))
        return f"{self.head}{letters(column + 1)}{self.tail}{row + 1}"

    @property
    def head(self) -> str:
        """What stands before the column's letters."""
        return self.prefix + ("$" if self.fixed_column else "")

    @property
    def tail(self) -> str:
        """What stands between the letters and the row's number."""
        return "$" if self.fixed_row else ""


def slots(formula: Expr, cells: Grid) -> list[str | Slot]:
    """The formula's text over cells, each reference resolved as a slot."""
    moves = _ways(cells.steps[-2:])
    return [
        piece if isinstance(piece, str) else _slot(piece, cells, moves)
        for piece in formula.pieces()
    ]


def _slot(reference: Reference, cells: Grid, moves: tuple[bool, bool]) -> Slot:
    grid, shape = reference.grid, cells.memory.shape
    lead = len(shape) - len(grid.steps)
    steps = (STILL,) * lead + tuple(
        [
            step if size == target else STILL
            for step, size, target in zip(grid.steps, grid.memory.shape, shape[lead:], strict=True)
        ]
    )
    follows = _ways(steps[-2:])
    foreign = grid.sheet != cells.sheet and reference.named
    prefix = quoted(grid.sheet) + "!" if foreign else ""
    row, column = grid.origin
    fixed = [move and not follow for move, follow in zip(moves, follows, strict=True)]
    return Slot(prefix, row, column, steps, *fixed)


def _ways(steps: Sequence[Place]) -> tuple[bool, bool]:
    """Whether any step moves down, and any across."""
    down = across = 0
    for step in steps:
        down, across = down or step[0], across or step[1]
    return bool(down), bool(across)


def text(paint: Paint, index: Sequence[int]) -> str:
    """The formula of one cell of a paint, without its leading `=`."""
    if paint.formula is None:
        return ""
    return "".join(
        piece if isinstance(piece, str) else piece.at(index)
        for piece in slots(paint.formula, paint.cells)
    )


def rules(light: Light) -> Iterator[tuple[Grid, str]]:
    """Each 2-D slice that a light covers, and its condition for the slice's first cell.

    Raises ValueError for a condition that no relative reference can say.
    """
    parts = slots(light.condition, light.cells)
    inner = len(light.cells.shape[:-2])
    for slot in parts:
        if isinstance(slot, str):
            continue
        axes = zip(light.cells.shape, light.cells.steps, slot.steps, strict=True)
        for size, cell, step in list(axes)[inner:]:
            bound = (0 if slot.fixed_row else cell[0], 0 if slot.fixed_column else cell[1])
            if size > 1 and step != bound:
                raise ValueError(f"a reference moves by {step} where its cell moves by {cell}")
    for lead in np.ndindex(*light.cells.shape[:-2]):
        index = (*lead, *[0] * (len(light.cells.shape) - inner))
        texts = (part if isinstance(part, str) else part.at(index) for part in parts)
        yield light.cells[(*lead, ...)], "".join(texts)
