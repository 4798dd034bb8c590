"""Two sets of values of the same cells, compared."""

import math

from .engine import ERROR_VALUES, Value, Values


def differences(
    expected: Values,
    got: Values,
    rtol: float = 1e-9,
    *,
    atol: float = 1e-12,
    engine: str = "engine",
) -> list[str]:
    """Lines such as "Out!B5: expected 3.0, ironcalc says 4.0"; none if all is well.

    Every expected cell must be there; `got` may have more. Integers and text are compared
    exactly, other numbers within `rtol` of themselves or `atol`, a boolean with booleans only.
    An error value is never right, not even if expected.
    """
    return [
        f"{sheet}!{cell}: expected {value!r}, {engine} says {_shown(got.get(sheet, {}).get(cell))}"
        for sheet, cells in expected.items()
        for cell, value in cells.items()
        if not _agree(value, got.get(sheet, {}).get(cell), rtol, atol)
    ]


def _agree(expected: Value, got: Value | None, rtol: float, atol: float) -> bool:
    if got is None or got in ERROR_VALUES or isinstance(expected, bool) != isinstance(got, bool):
        return False
    if isinstance(expected, str) or isinstance(got, str):
        return expected == got
    if float(expected).is_integer() and float(got).is_integer():
        return expected == got
    return math.isclose(expected, got, rel_tol=rtol, abs_tol=atol)


def _shown(value: Value | None) -> str:
    return "nothing" if value is None else repr(value)
