"""Sentences about blanks: … stands in them for a number or a verdict until these are filled in.

An empty cell adds as 0, and a sentence that says so reads as a false equation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from xlconv.errors import LimitError
from xlconv.grid.expr import Call, Expr, Infix, call, joined, some
from xlconv.grid.grid import Area, Grid
from xlconv.grid.marks import Paint
from xlconv.grid.places import Place, leaves
from xlconv.grid.references import measure, says_words
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.ticks import rows_of
from xlconv.lessons.weights import numbers_in

UNSAID = "…"

MOST = 62
"""Blocks that are told apart; those after them count as the last one."""

RANGES: tuple[list[Place], ...] = ([], [(1, 0)], [(0, 1)], [(1, 0), (0, 1)])

Guards = dict[int, Expr]
"""Tests, each by a number of its own; while one of them holds, a blank is empty."""


def leave_unsaid(one: Exercise) -> None:
    """Let no sentence of the sheet, nor a light on it, compute with an empty blank.

    A sentence whose formula has no room for that stays as it is.
    """
    if not one.grids:
        return
    sheet, hanging = one.sheet, _Hanging(one)
    for number, paint in enumerate(sheet.paints):
        if paint.formula is not None and says_words(paint.formula) and hanging.on(paint.formula):
            told = hanging.told(paint.formula)
            if _has_room(told, paint.cells):
                sheet.paints[number] = Paint(paint.cells, told)
    for number, light in enumerate(sheet.lights):
        if hanging.on(light.condition):
            empty = some([*hanging.guards(light.condition).values()])
            lit = call("AND", call("NOT", empty), light.condition)
            sheet.lights[number] = replace(light, condition=lit)


def _has_room(formula: Expr, cells: Grid) -> bool:
    try:
        return measure(formula, cells)
    except LimitError:
        return False


class _Hanging:
    """Which cells hang on which blocks that are asked for.

    bits    (rows, columns): a bit for each of these blocks
    blank   (rows, columns): whether a blank stands there
    single  the formulas of cells that have one of their own
    """

    def __init__(self, one: Exercise) -> None:
        sheet, self.name, self.grids = one.sheet, one.sheet.name, [grid for _, grid in one.grids]
        self.bits = np.zeros((max(sheet.rows, 1), max(sheet.columns, 1)), dtype=np.int64)
        self.blank = np.zeros(self.bits.shape, dtype=bool)
        self.single: dict[Place, Expr] = {}
        for grid in self.grids:
            _view(self.blank, grid)[...] = True
        for paint in sheet.paints:
            formula = paint.formula
            _view(self.bits, paint.cells)[...] = 0 if formula is None else self.on(formula)
            for n, grid in enumerate(self.grids):
                _view(self.bits, grid)[...] = 1 << min(n, MOST)
            if (
                formula is not None
                and paint.cells.shape == ()
                and not _view(self.blank, paint.cells)
            ):
                self.single[paint.cells.origin] = formula

    def on(self, expr: Expr) -> int:
        """The blocks that an expression hangs on, by their bits; 0 for none."""
        own = (grid for grid in expr.grids() if grid.sheet == self.name)
        return reduce(or_, map(self._of, own), 0)

    def _of(self, grid: Grid) -> int:
        return int(np.bitwise_or.reduce(_view(self.bits, grid), axis=None, initial=0))

    def told(self, expr: Expr) -> Expr:
        """A sentence in which nothing is said of what hangs on an empty blank."""
        if not self.on(expr):
            return expr
        if isinstance(expr, Infix) and expr.symbol == "&":
            return joined(*map(self.told, expr.terms))
        if isinstance(expr, Call) and expr.name == "IF" and not self.on(expr.args[0]):
            return call("IF", expr.args[0], *map(self.told, expr.args[1:]))
        return call("IF", some([*self.guards(expr).values()]), UNSAID, expr)

    def guards(self, expr: Expr) -> Guards:
        """What must not hold where an expression is to be said."""
        if not self.on(expr):
            return {}
        if isinstance(expr, Call) and expr.name == "INDEX" and self._is_blank(expr.args[0]):
            return {id(expr): call("NOT", call("ISNUMBER", expr))}
        if isinstance(expr, Grid) and expr.shape == () and expr.origin in self.single:
            return self.guards(self.single[expr.origin])
        if isinstance(expr, Grid | Area):
            return self._counted(self.on(expr))
        parts: Sequence[Expr] = getattr(expr, "args", ()) or getattr(expr, "terms", ())
        return {key: test for part in parts for key, test in self.guards(part).items()}

    def _is_blank(self, area: Expr) -> bool:
        return isinstance(area, Area) and bool(_view(self.blank, area.grid).all())

    def _counted(self, bits: int) -> Guards:
        """Whether all is filled in of these blocks."""
        hung = [grid for n, grid in enumerate(self.grids) if bits >> min(n, MOST) & 1]
        return {id(grid): numbers_in([*_ranges(grid)]) < grid.memory.size for grid in hung}


def _view(table: NDArray[Any], grid: Grid) -> NDArray[Any]:
    """The part of a table of a sheet's cells where those of a grid stand."""
    corner = table[grid.origin[0] :, grid.origin[1] :]
    steps = np.array(grid.steps, dtype=int).reshape(-1, 2) @ np.array(corner.strides)
    return as_strided(corner, grid.shape, tuple(steps.tolist()))


def _ranges(cells: Grid) -> Iterator[Grid]:
    """The cells as ranges, as few as there can be."""
    for leaf in leaves(cells):
        moves = [step for step, size in zip(leaf.steps, leaf.shape, strict=True) if size > 1]
        yield from [leaf] if moves in RANGES else rows_of(leaf)
