"""When values that two programs computed are the same: but for rounding, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from math import floor, isclose, log10

import numpy as np
from numpy.typing import NDArray

from xlconv.checking.workbook import Value

DIGITS = (10, 15)
"""Significant digits to which programs round what they write: Google Sheets' results, and
LibreOffice's numbers."""

NUMBER = re.compile(r"([0-9]{1,400}(?:\.[0-9]{1,400})?(?:E[+-]?[0-9]{1,5})?)")
"""A number in a text that xlconv computed."""


def same(ours: Value, theirs: Value, apart: float = 0.0) -> bool:
    """Whether a value is the one that it should be.

    apart  how far sums may be apart that were rounded in another order

    >>> same(3.0, 3.0), same(3.0, 3.1), same(3.0, "3")
    (True, False, False)
    >>> same(12345678901.0, 12345678900.0), same(1234567890.0, 1234567891.0)
    (True, False)
    """
    if ours in (None, "") or theirs in (None, ""):
        return ours in (None, "") and theirs in (None, "")
    if isinstance(ours, float) and isinstance(theirs, float):
        return _same_number(ours, theirs, apart)
    if isinstance(ours, str) and isinstance(theirs, str):
        return ours == theirs or _same_words(ours, theirs, apart)
    return type(ours) is type(theirs) and ours == theirs


def same_numbers(ours: Sequence[float], theirs: Sequence[float]) -> NDArray[np.bool_]:
    """Which numbers are surely the same; for those that may be, by more rules, `same` is asked.

    >>> same_numbers([3.0, 3.0, 0.5], [3.0, 4.0, 0.5000000000001]).tolist()
    [True, False, True]
    """
    one, other = np.array(ours), np.array(theirs)
    with np.errstate(all="ignore"):
        near = np.where(one == np.rint(one), 1e-11 * (other != np.rint(other)), 1e-9)
        limit = near * np.maximum(np.abs(one), np.abs(other))
        return np.asarray((one == other) | (np.abs(one - other) <= limit) & np.isfinite(limit))


def _same_number(ours: float, theirs: float, apart: float) -> bool:
    """Whole numbers are the same in every digit that is written, others but for rounding."""
    if ours == theirs:
        return True
    if not ours.is_integer():
        return isclose(ours, theirs, rel_tol=1e-9, abs_tol=apart)
    if not theirs.is_integer():
        return isclose(ours, theirs, rel_tol=1e-11, abs_tol=apart)
    return (apart >= 0.5 and abs(ours - theirs) <= apart) or any(
        _rounded(ours, theirs, digits) for digits in DIGITS
    )


def _rounded(ours: float, theirs: float, digits: int) -> bool:
    """Whether a whole number is another one, written with so many digits; halves go either way."""
    if abs(ours) < 10.0 ** (digits - 1):  # all of its digits are written
        return False
    if float(f"{theirs:.{digits}g}") != theirs:
        return False
    unit = 10.0 ** (floor(log10(max(abs(ours), 1.0))) - digits + 1)
    return unit > 1 and abs(ours - theirs) <= unit / 2


def _same_words(ours: str, theirs: str, apart: float) -> bool:
    """Whether two texts are equal but for how a program writes the numbers in them."""
    pieces = NUMBER.split(ours)
    if len(pieces) == 1 or len(theirs) > 2 * len(ours) + 100:
        return False
    match = _pattern(ours).fullmatch(theirs)
    return match is not None and all(
        _same_number(float(one), float(other.replace(",", ".")), apart)
        for one, other in zip(pieces[1::2], match.groups(), strict=True)
    )


@lru_cache(maxsize=64)
def _pattern(ours: str) -> re.Pattern[str]:
    """Our text as a program may write it: a comma may be the point of what is no whole number.

    The groups are atomic, so that no text makes the search long.
    """
    pieces = NUMBER.split(ours)
    for n in range(0, len(pieces), 2):
        pieces[n] = re.escape(pieces[n])
    for n in range(1, len(pieces), 2):
        point = r"\." if pieces[n].isdigit() else "[.,]"
        pieces[n] = f"((?>[0-9]{{1,400}}(?:{point}[0-9]{{1,400}})?(?:[Ee][+-]?[0-9]{{1,5}})?))"
    return re.compile("".join(pieces))
