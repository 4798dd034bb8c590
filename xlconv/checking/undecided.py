"""Texts of a drawn sheet that hang on rounding: where numbers decide that are no further apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlconv.checking.magnitudes import CHANGE_OF_SCALE, Canvas
from xlconv.grid.expr import Call, Expr, Infix
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import Values


def undecided(sheet: Sheet, canvas: Canvas) -> dict[Place, str]:
    """The other text that each cell may as well say, where two programs may say two.

    >>> from xlconv.grid.expr import call
    >>> sheet = Sheet("Sheet")
    >>> x = sheet.block("x", (0, 0), (1, 3), role="input", content=[[1e12, -1e12, 0.25]])
    >>> told = call("IF", call("SUM", x.area()) < 0.3, "less", "more")
    >>> y = sheet.formula((1, 0), told, "verdict")
    >>> undecided(sheet, Canvas(sheet))
    {(1, 0): 'more'}
    """
    texts: dict[Place, str] = {}
    with np.errstate(all="ignore"):
        for paint in sheet.paints:
            if not isinstance(paint.formula, Call) or paint.formula.name != "IF":
                continue
            others = np.broadcast_to(_other(paint.formula, canvas), paint.cells.shape)
            values = paint.cells.value
            for index in np.argwhere(others != values):
                at = tuple(index.tolist())
                if isinstance(others[at], str) and isinstance(values[at], str):
                    texts[paint.cells.cell(at)] = others[at]
    return texts


def _other(expr: Expr, canvas: Canvas) -> Values:
    """The value, but what the other choice gives where rounding decides."""
    if not isinstance(expr, Call) or expr.name != "IF":
        return np.asarray(expr.value, dtype=object)
    condition, yes, no = expr.args
    kept, other = (_other(arg, canvas) for arg in (yes, no))
    holds = np.asarray(condition.value, dtype=bool)
    return np.where(holds ^ _close(condition, canvas), kept, other)


def _close(condition: Any, canvas: Canvas) -> Values:
    """Where two numbers are compared that are apart by no more than their rounding."""
    if not isinstance(condition, Infix) or condition.symbol != "<":
        return np.array(False)
    one, two = (term.value for term in condition.terms)
    if object in (one.dtype, two.dtype):
        return np.array(False)
    slack = CHANGE_OF_SCALE * sum(canvas.of(term) for term in condition.terms)
    whole = (one == np.rint(one)) & (two == np.rint(two)) & (slack < 0.5)
    return np.asarray((np.abs(one - two) <= slack) & ~whole)
