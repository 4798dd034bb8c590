"""How numbers are shown: with decimals that tell them apart from 0, and in how much room."""

from __future__ import annotations

from math import ceil, log10

import numpy as np

from xlconv.grid.values import Values

GENERAL = "General"

FEW, MOST = 2, 4
"""Decimals of numbers that are not exact in so few, and of those of which the least needs more."""

SMALL = 0.005
"""Numbers that are all smaller are shown as powers."""

LONGEST = 8
"""Characters of a number that a cell makes room for; longer ones are shown as powers, too."""

NOISE = 1e-9
"""What a number is, against the largest beside it, if rounding alone has made it."""


def fitting(values: Values, brief: bool = False) -> tuple[str, int]:
    """The number format that fits all of these numbers, and the characters of the longest.

    brief  whether three digits of the largest are enough

    >>> fitting(np.array([1.0, -20])), fitting(np.array([1 / 3, 0.004]))
    (('General', 3), ('0.000;-0.000;0', 5))
    >>> fitting(np.array([1e9 + 0.1, 1])), fitting(np.array([])), fitting(np.array([0.3, 1e-17]))
    (('0.0E+0;-0.0E+0;0', 6), ('General', 1), ('General', 3))
    >>> fitting(np.array([-12.345, 0.01]), brief=True), fitting(np.array([0.123]), brief=True)
    (('0.0;-0.0;0', 5), ('0.00;-0.00;0', 4))
    """
    numbers = values[np.isfinite(values)]
    if not numbers.size:
        return GENERAL, 1
    most = np.abs(numbers).max()
    few = _few(numbers, most)
    if brief and few != 0 and most >= SMALL:
        decimals, few = max(0, FEW - max(0, int(log10(most)))), None
    else:
        decimals = _many(numbers, most) if few is None else few
    longest = max(len(f"{end:.{decimals}f}") for end in (numbers.min(), numbers.max()))
    if longest > LONGEST or (decimals > FEW and most < SMALL):
        return _told("0.0E+0"), 6 + bool(numbers.min() < 0)
    return GENERAL if few is not None else _told(f"{0:.{decimals}f}"), longest


def _told(code: str) -> str:
    """Such a format, but for a 0, which is told from what is only near it."""
    return f"{code};-{code};0"


def _few(numbers: Values, most: float) -> int | None:
    """The decimals that all numbers have, but for rounding, if they are no more than FEW."""
    if np.array_equal(numbers, np.rint(numbers)):
        return 0
    for decimals in range(1, FEW + 1):
        with np.errstate(over="ignore"):  # the largest of all are written with an exponent
            scaled = numbers * 10**decimals
        if np.allclose(scaled, np.rint(scaled), 0, NOISE * most):
            return decimals
    return None


def _many(numbers: Values, most: float) -> int:
    """The decimals that show each number, or MOST of which the least needs more."""
    least = np.abs(numbers[np.abs(numbers) > NOISE * most]).min()
    return min(max(FEW, ceil(-log10(least))), MOST)
