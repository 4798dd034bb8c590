"""What Excel's operators and functions mean, in NumPy: only what every program computes alike.

A NaN stands for an Excel error. An array of objects holds cells of mixed kinds: numbers, texts and
truth values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from typing import Any

import numpy as np

from xlconv.grid.values import (
    Values,
    all_hold,
    any_holds,
    is_empty,
    is_error,
    is_nothing,
    settled,
    text_of,
)


def _cells(function: Callable[..., Any]) -> Callable[..., Values]:
    """A function of single cells, over arrays; a cell of the wrong kind gives an error (NaN)."""

    def one(*cells: Any) -> Any:
        try:
            if any(map(is_error, cells)):
                return np.nan
            return function(*cells)
        except (TypeError, ValueError, ZeroDivisionError, IndexError, OverflowError):
            return np.nan

    return _cells_with_errors(one)


def _numeric(function: Callable[..., Any], slow: Callable[..., Any]) -> Callable[..., Values]:
    """A NumPy function where all cells are numbers, else cell by cell."""
    by_cell = _cells(slow)

    def over(*arrays: Values) -> Values:
        for array in arrays:
            if array.dtype == object:
                return by_cell(*arrays)
        result = np.asarray(function(*arrays))
        if result.dtype == bool:
            return _unless_error(result, *arrays)
        finite = np.isfinite(result)
        return result + 0.0 if all_hold(finite) else np.where(finite, result + 0.0, np.nan)

    return over


def _quietly(function: np.ufunc) -> Callable[..., Any]:
    """A NumPy function that does not warn of what becomes an error in its cell."""

    def over(*arrays: Values) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            return function(*arrays)

    return over


def _unless_error(result: Values, *arrays: Values) -> Values:
    """The result, but an error where one of the arrays has one."""
    each = [np.not_equal(array, array).astype(bool) for array in arrays if array.dtype != bool]
    if not any(map(any_holds, each)):
        return result
    failed = reduce(np.logical_or, each)
    return np.where(failed, np.nan, result if result.dtype == np.float64 else result.astype(object))


def _compare(function: Callable[[Any, Any], Any]) -> Callable[..., Values]:
    def slow(a: Any, b: Any) -> bool:
        if isinstance(a, bool) != isinstance(b, bool):
            raise TypeError("whether TRUE is 1 depends on the program")

        def key(cell: Any, other: Any) -> tuple[bool, Any]:
            """Numbers before texts, texts without case; beside a text, nothing is one."""
            cell = "" if isinstance(other, str) and is_nothing(cell) else cell
            return isinstance(cell, str), cell.lower() if isinstance(cell, str) else cell

        return bool(function(key(a, b), key(b, a)))

    fast, by_cell = _numeric(function, slow), _cells(slow)

    def over(*arrays: Values) -> Values:
        alike = len({array.dtype == bool for array in arrays}) == 1
        return fast(*arrays) if alike else by_cell(*arrays)

    return over


def _is_true(cells: Values) -> Values:
    """Whether cells count as true; an error does, and is to be looked for beside it."""
    return cells.astype(bool)


def _if(condition: Values, then: Values, otherwise: Values) -> Values:
    if then.dtype == otherwise.dtype != object:
        return _unless_error(np.where(_is_true(condition), then, otherwise), condition)
    then, otherwise = then.astype(object), otherwise.astype(object)
    chosen = np.where(_is_true(condition), then, otherwise)
    return settled(_unless_error(chosen, condition))


def _iferror(cells: Values, otherwise: Values) -> Values:
    return _cells_with_errors(lambda c, o: o if is_error(c) else c)(cells, otherwise)


def _cells_with_errors(function: Callable[..., Any]) -> Callable[..., Values]:
    def over(*arrays: Values) -> Values:
        with np.errstate(invalid="ignore"):  # NaN compared
            return settled(np.frompyfunc(function, len(arrays), 1)(*arrays))

    return over


def _reduced(function: Callable[..., Any]) -> Callable[..., Values]:
    """An aggregate over the last axes of its areas; a text in a range counts for nothing."""

    def over(*arrays: Values, axes: int = 0) -> Values:
        plain = [_zero_texts(a) if a.dtype == object else np.asarray(a, float) for a in arrays]
        if len({array.shape[array.ndim - axes :] for array in plain}) > 1:
            raise ValueError("the ranges of an aggregate must be of one shape")
        return np.asarray(function(*plain, tuple(range(-axes, 0)))) + 0.0

    return over


def _count(*areas: Values, axes: int = 0) -> Values:
    """How many cells hold numbers."""
    numbers = [np.asarray(_is_number(area), dtype=float) for area in areas]
    return np.asarray(sum(number.sum(tuple(range(-axes, 0))) for number in numbers))


def _extreme(function: np.ufunc) -> Callable[..., Values]:
    """The greatest or least cell; one without content is none, and of none it is 0."""
    none = np.inf if function is np.minimum else -np.inf

    def slow(*cells: Any) -> Any:
        return float(function.reduce([none if is_nothing(cell) else cell for cell in cells]))

    def fast(*arrays: Values) -> Values:
        cells = [np.where(is_empty(array), none, array) for array in arrays]
        found = reduce(function, cells)
        return np.where(found == none, 0.0, found)

    return _numeric(fast, slow)


def _zero_texts(array: Values) -> Values:
    numbers = np.frompyfunc(lambda c: 0.0 if isinstance(c, str) else float(c), 1, 1)(array)
    return np.asarray(numbers, dtype=float)


def _sumproduct(*arrays_and_axes: Any) -> Values:
    *arrays, axes = arrays_and_axes
    letters = "uvwz"[: len(axes)]
    terms = ",".join(["..." + letters] * len(arrays))
    return np.asarray(np.einsum(f"{terms}->...", *arrays))


def _index(area: Values, *position: Values, axes: int = 0) -> Values:
    """The cell of a fixed range, counted from 1; in a range of one row or column, one number."""
    if area.ndim > axes:
        raise ValueError("INDEX takes one fixed range")
    table = np.atleast_2d(area).astype(object)
    places = [p.reshape(p.shape[: max(0, p.ndim - axes)]) for p in position]
    if len(places) == 1:
        one = np.array(1.0)
        places = [places[0], one] if table.shape[1] == 1 else [one, places[0]]

    def cell(row: Any, column: Any) -> Any:
        r, c = int(row), int(column)
        inside = 1 <= r <= table.shape[0] and 1 <= c <= table.shape[1]
        return table[r - 1, c - 1] if inside else np.nan

    return _cells(cell)(*places)


def _countif(area: Values, criterion: Values, *, axes: int = 0) -> Values:
    """Cells equal to the criterion, or as a text like ">0" says."""

    def met(cell: Any, wanted: Any) -> bool:
        comparison = (
            re.fullmatch(r"(<=|>=|<>|<|>|=)(.*)", wanted) if isinstance(wanted, str) else None
        )
        if is_nothing(cell):
            return bool(comparison and comparison[1] == "<>")
        if not comparison:
            return bool(OPERATORS["="][1](np.array(cell, object), np.array(wanted, object)))
        bound = float(comparison[2])
        compare = OPERATORS[comparison[1]][1]
        return not isinstance(cell, str) and bool(compare(np.array(cell), np.array(bound)))

    matches = np.frompyfunc(met, 2, 1)(area.astype(object), criterion.astype(object))
    return np.asarray(np.asarray(matches, dtype=float).sum(axis=tuple(range(-axes, 0))))


def _round(number: Any, digits: Any) -> float:
    if abs(number) >= 2.0**53 and digits >= 0:  # whole already, and too long for a Decimal
        return float(number)
    unit = Decimal(1).scaleb(-int(digits))
    return float(Decimal(repr(float(number))).quantize(unit, ROUND_HALF_UP)) + 0.0


def _logical(function: np.ufunc) -> Callable[..., Values]:
    def over(*arrays: Values) -> Values:
        result = np.asarray(reduce(function, map(_is_true, arrays)))
        return _unless_error(result, *arrays)

    return over


def _choose(*arrays: Values) -> Values:
    """The options that were not chosen may be errors; there may be more than NumPy's 64 arrays."""
    number, *options = (array.astype(object) for array in np.broadcast_arrays(*arrays))
    chosen = np.full(number.shape, np.nan, dtype=object)
    for index, at in np.ndenumerate(number):
        if not isinstance(at, str) and 1 <= at < len(options) + 1:
            chosen[index] = options[int(at) - 1][index]
    return settled(chosen)


def _number(cell: Any) -> Any:
    if isinstance(cell, bool):  # which LibreOffice counts as a number
        return np.nan
    return not isinstance(cell, str) and not is_error(cell) and not is_nothing(cell)


def _is_number(cells: Values) -> Values:
    """Which cells hold numbers, at once where none holds another thing."""
    if cells.dtype.kind == "f":
        return np.asarray(~np.isnan(cells) & ~is_empty(cells))
    return _cells_with_errors(_number)(cells)


# operator -> (precedence, meaning)
OPERATORS: dict[str, tuple[int, Callable[..., Values]]] = {
    "=": (1, _compare(lambda a, b: a == b)),
    "<>": (1, _compare(lambda a, b: a != b)),
    "<": (1, _compare(lambda a, b: a < b)),
    "<=": (1, _compare(lambda a, b: a <= b)),
    ">": (1, _compare(lambda a, b: a > b)),
    ">=": (1, _compare(lambda a, b: a >= b)),
    "&": (2, _cells(lambda a, b: text_of(a) + text_of(b))),
    "+": (3, _numeric(np.add, lambda a, b: a + b if _all_numbers(a, b) else np.nan)),
    "-": (3, _numeric(np.subtract, lambda a, b: a - b)),
    "*": (4, _numeric(np.multiply, lambda a, b: a * b if _all_numbers(a, b) else np.nan)),
    "/": (4, _numeric(_quietly(np.divide), lambda a, b: a / b)),
}


def _all_numbers(*cells: Any) -> bool:
    return not any(isinstance(cell, str) for cell in cells)


# function -> meaning; only what every program computes alike stands here
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ABS": _numeric(np.abs, abs),
    "AND": _logical(np.logical_and),
    "CHOOSE": _choose,
    "COLUMNS": lambda area, **_: np.float64(area.shape[-1]),
    "COUNT": _count,
    "COUNTIF": _countif,
    "IF": _if,
    "IFERROR": _iferror,
    "INDEX": _index,
    "INT": _numeric(np.floor, lambda a: float(np.floor(a))),
    "ISNUMBER": _is_number,
    "LOG10": _numeric(_quietly(np.log10), math.log10),
    "MAX": _extreme(np.maximum),
    "MIN": _extreme(np.minimum),
    "MOD": _numeric(_quietly(np.mod), lambda a, b: a % b),
    "NOT": lambda a: _unless_error(np.logical_not(_is_true(a)), a),
    "OR": _logical(np.logical_or),
    "ROUND": _cells(_round),
    "ROWS": lambda area, **_: np.float64(area.shape[-2]),
    "SQRT": _numeric(_quietly(np.sqrt), math.sqrt),
    "SUM": _reduced(lambda a, axes: a.sum(axes)),
    "SUMPRODUCT": _reduced(_sumproduct),
    "TANH": _numeric(np.tanh, math.tanh),
}
