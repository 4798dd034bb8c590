"""How large the terms are from which each cell of a sheet is computed: by them it is rounded.

A sum of 1E12, -1E12 and 0.14 is rounded as 1E12 is, though it is 0.14; a cell beside it that is
made of small numbers alone is not. So every formula is computed once more, from magnitudes: signs
are left out, and what is chosen by a condition or a position is chosen by the values.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from xlconv.grid.expr import Call, Expr, Infix
from xlconv.grid.functions import FUNCTIONS
from xlconv.grid.grid import Area, Grid
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import Values

Magnitudes = NDArray[np.float64]

CHANGE_OF_SCALE = 1e-13
"""A value may differ by this much of its terms: sums are rounded in any order."""

BETWEEN: dict[str, Callable[..., Magnitudes]] = {
    "+": np.add, "-": np.add, "*": np.multiply, "&": np.maximum,
}  # fmt: skip
"""Operators over magnitudes; a comparison gives 0 or 1, and `&` a text with numbers in it."""

CHOOSING = {"IF": (1, 2), "CHOOSE": range(1, 255), "INDEX": (0,)}
"""Which of its arguments a function chooses from, by the values of the others."""

ADDING = ("SUM", "SUMPRODUCT")

LARGEST = ("ABS", "IFERROR", "INT", "MAX", "MIN", "MOD", "ROUND")
"""Functions whose result is rounded at most as the largest of their arguments is."""


class Canvas:
    """The magnitudes of a drawn sheet's cells as one table, of which each grid is a view.

    cells  (rows, columns); 0 where there is no number

    >>> from xlconv.grid.expr import call
    >>> sheet = Sheet("Sheet")
    >>> x = sheet.block("x", (0, 0), (1, 3), role="input", content=[[1e12, -1e12, 3]])
    >>> y = sheet.block("y", (1, 0), (), role="output", content=call("SUM", x.area()))
    >>> canvas = Canvas(sheet)
    >>> y.value.item(), canvas.cells[1, 0].item(), canvas.cells[0, 2].item()
    (3.0, 2000000000003.0, 3.0)
    """

    def __init__(self, sheet: Sheet) -> None:
        self.name = sheet.name
        self.cells = np.zeros((max(sheet.rows, 1), max(sheet.columns, 1)))
        with np.errstate(all="ignore"):
            for paint in sheet.paints:
                sizes = _plain(paint.cells.value)
                if paint.formula is not None:
                    sizes = np.maximum(sizes, self.of(paint.formula))
                self.seen(paint.cells)[...] = sizes

    def seen(self, grid: Grid) -> Magnitudes:
        corner = self.cells[grid.origin[0] :, grid.origin[1] :]
        steps = np.array(grid.steps).reshape(-1, 2) @ np.array(corner.strides)
        return as_strided(corner, grid.shape, tuple(steps.tolist()))

    def of(self, expr: Any, table: bool = False) -> Magnitudes:
        """The magnitudes of what an expression gives.

        table  whether rows and columns are axes at its end, as a range has them
        """
        if isinstance(expr, Area):
            return self.of(expr.grid).reshape(expr.value.shape)
        if isinstance(expr, Infix):
            return self._between(expr, table)
        if isinstance(expr, Call):
            sizes = self._called(expr)
        elif isinstance(expr, Grid) and expr.sheet == self.name:
            sizes = self.seen(expr)
        else:
            sizes = _plain(expr.value)
        return sizes[..., None, None] if table else sizes

    def _between(self, expr: Infix, table: bool) -> Magnitudes:
        terms = [self.of(term, table) for term in expr.terms]
        if expr.symbol == "*" and len(terms) == 2 and expr.terms[0] is expr.terms[1]:
            return _squared(np.abs(_value(expr.terms[0], table)), terms[0])
        if expr.symbol in BETWEEN:
            return np.asarray(reduce(BETWEEN[expr.symbol], terms))
        if expr.symbol == "/":
            by = [_plain(term.table() if table else term.value) for term in expr.terms[1:]]
            # what is divided by is rounded as well
            factors = [size / (value * value) for size, value in zip(terms[1:], by, strict=True)]
            return np.asarray(reduce(np.multiply, factors, terms[0]))
        return np.ones(np.broadcast_shapes(*(term.shape for term in terms)))

    def _called(self, call: Call) -> Magnitudes:
        table = any(arg.ranged for arg in call.args)
        options: dict[str, Any] = {"axes": 2} if table else {}
        meaning = FUNCTIONS[call.name]
        if call.name in CHOOSING:
            args = [
                self.of(arg, table) if n in CHOOSING[call.name] else _value(arg, table)
                for n, arg in enumerate(call.args)
            ]
            return _plain(np.asarray(meaning(*args, **options)))
        sizes = [self.of(arg, table) for arg in call.args]
        if call.name in ADDING:
            return np.asarray(meaning(*sizes, **options))
        if call.name in LARGEST:
            axes = (-2, -1) if table else ()
            return np.asarray(reduce(np.maximum, [size.max(axes) for size in sizes]))
        return np.ones(call.shape)


def _squared(value: Values, size: Magnitudes) -> Magnitudes:
    """Of a square: it is off by its own rounding, and by that of what is squared."""
    return np.asarray(value * value + (2 * value + CHANGE_OF_SCALE * size) * size)


def _value(arg: Expr, table: bool) -> Values:
    return arg.table() if table else arg.value


def _plain(values: Values) -> Magnitudes:
    """Numbers without their signs; 0 for what is none."""
    if values.dtype == object:
        values = np.array(
            [v if isinstance(v, float | int) else 0.0 for v in values.flat], dtype=np.float64
        ).reshape(values.shape)
    return np.nan_to_num(np.abs(values.astype(np.float64)), posinf=np.inf)
