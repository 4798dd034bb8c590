"""How numbers are shown: with decimals that tell them apart from 0, and in how much room."""

from __future__ import annotations

from dataclasses import field
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor, log10
from typing import Any

import numpy as np

from xlconv.frozen import frozen
from xlconv.grid.values import Values, all_hold, are_whole, parts

GENERAL = "General"

FEW, MOST = 2, 4
"""Decimals of numbers that are not exact in so few, and of those of which the least needs more."""

SMALL = 0.005
"""Numbers that are all smaller are shown as powers."""

LONGEST = 8
"""Characters of a number that a cell makes room for; longer ones are shown as powers, too."""

NOISE = 1e-9
"""What a number is, against the largest beside it, if rounding alone has made it."""


@frozen(eq=False)
class Formats:
    """How the numbers of a sheet are shown: in one way in all cells that were laid out together.

    digits  those that the largest of them shows, if that is asked for
    zero    whether the 0 before the point is one of them, if that one is at least 0.1
    """

    digits: int | None = None
    zero: bool = False
    known: dict[int, tuple[str, int]] = field(default_factory=dict, repr=False)

    def of(self, values: Values) -> tuple[str, int]:
        """The number format of some cells, and the characters of the longest number beside them.

        >>> cells = np.array([0.004, 1 / 3])
        >>> Formats().of(cells[:1]), Formats(2).of(cells[:1])
        (('0.000;-0.000;0', 5), ('0.00;-0.00;0', 4))
        """
        whole = _whole(values)
        if id(whole) not in self.known:
            self.known[id(whole)] = fitting(whole, self.digits, self.zero)
        return self.known[id(whole)]


def _whole(values: Values) -> Values:
    """All that was laid out together with some values: what these are a view of."""
    base: Any = values
    while getattr(base, "base", None) is not None:
        base = base.base
    return base if isinstance(base, np.ndarray) and base.dtype == values.dtype else values


def fitting(values: Values, digits: int | None = None, zero: bool = False) -> tuple[str, int]:
    """The number format that fits all of these numbers, and the characters of the longest.

    digits  those that the largest shows where not all numbers are exact in fewer
    zero    as `Formats` has it

    >>> fitting(np.array([1.0, -20])), fitting(np.array([1 / 3, 0.004]))
    (('General', 3), ('0.000;-0.000;0', 5))
    >>> fitting(np.array([1e9 + 0.1, 1])), fitting(np.array([])), fitting(np.array([0.3, 1e-17]))
    (('0.0E+0;-0.0E+0;0', 6), ('General', 1), ('General', 3))
    >>> fitting(np.array([20 / 3, 0.004]), 4), fitting(np.array([2e-4 / 3, 0.5e-4]), 3)
    (('0.000;-0.000;0', 5), ('0.00E+0;-0.00E+0;0', 7))
    >>> fitting(np.array([0.517, -0.3]), 3), fitting(np.array([0.517, -0.3]), 3, zero=True)
    (('0.000;-0.000;0', 6), ('0.00;-0.00;0', 5))
    """
    finite = np.isfinite(values)
    numbers = values if all_hold(finite) else values[finite]  # a million are not copied for nothing
    if not numbers.size:
        return GENERAL, 1
    low, high = float(numbers.min()), float(numbers.max())  # -128 of one byte has no negative
    most = max(-low, high)
    few = _few(numbers, most)
    if digits is None:
        decimals = _many(numbers, most) if few is None else few
    else:
        power = _power(most)
        wanted = max(0, digits - 1 - (0 if zero and power == -1 else power))
        decimals = wanted if few is None else min(few, wanted)
    longest = max(len(f"{end:.{decimals}f}") for end in (low, high))
    if longest > max(LONGEST, (digits or 0) + 3) or (decimals > FEW and most < SMALL):
        return _powers(numbers, max(1, (digits or 2) - 1))
    return GENERAL if few == decimals else _told(f"{0:.{decimals}f}"), longest


def _powers(numbers: Values, decimals: int) -> tuple[str, int]:
    """Numbers as powers of ten, with so many decimals."""
    sizes = np.abs(numbers[numbers != 0])
    exponent = max(len(str(abs(_power(end)))) for end in (sizes.min(), sizes.max()))
    longest = decimals + exponent + 4 + bool(numbers.min() < 0)
    return _told(f"{0:.{decimals}f}E+0"), longest


def _power(number: float) -> int:
    """The power of ten of a number's first digit."""
    return floor(log10(number)) if number else 0


def _told(code: str) -> str:
    """Such a format, but for a 0, which is told from what is only near it."""
    return f"{code};-{code};0"


def _few(numbers: Values, most: float) -> int | None:
    """The decimals that all numbers have, but for rounding, if they are no more than FEW."""
    if are_whole(numbers):
        return 0
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is shown with an exponent
        for decimals in range(1, FEW + 1):
            scaled = (part * 10**decimals for part in parts(numbers))
            if all(all_hold(np.abs(part - np.rint(part)) <= NOISE * most) for part in scaled):
                return decimals
    return None


def _many(numbers: Values, most: float) -> int:
    """The decimals that show each number, or MOST of which the least needs more."""
    least = most
    for sizes in map(np.abs, parts(numbers)):
        least = sizes.min(where=sizes > NOISE * most, initial=least)
    return min(max(FEW, ceil(-log10(least))), MOST)


def fixed(number: float | Decimal, places: int) -> str:
    """A number with so many decimals; a half of its shortest digits is rounded up, as Excel does.

    >>> fixed(0.25, 1), fixed(0.35, 1), fixed(0.549, 1)
    ('0.3', '0.4', '0.5')
    """
    unit = Decimal(1).scaleb(-places)
    return f"{Decimal(repr(float(number))).quantize(unit, ROUND_HALF_UP):f}"
