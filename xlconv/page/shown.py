"""A cell's value as a program shows it, by the format of its numbers.

`script/look.js` does the same for what is typed: a test holds one against the other.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from xlconv.grid.digits import GENERAL, fixed

LITERAL = re.compile(r'"([^"]*)"')
DECIMALS = 9
"""Those that General shows at most."""

WHOLE, LEAST = 1e11, 1e-9
"""The least number that General shows as a power, and the least that it does not."""


def shown(value: Any, code: str, room: int) -> str:
    """What a cell shows.

    code  the format of its numbers
    room  how many characters its column takes

    >>> shown(-2.5, '"ᵃ"General;"ᵃ"-General', 4), shown(1 / 3, "0.00;-0.00;0", 4)
    ('ᵃ-2.5', '0.33')
    >>> shown(0.0, '"✓";;"✗"', 4), shown(True, "General", 4), shown("a", ";;;", 4)
    ('✗', 'TRUE', '')
    """
    sections = code.split(";")
    if value is None or (len(sections) > 3 and isinstance(value, str)):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    negative = value < 0
    if value == 0 and len(sections) > 2:
        section = sections[2]
    else:
        section = sections[1] if negative and len(sections) > 1 else sections[0]
    literal = "".join(LITERAL.findall(section))
    pattern = LITERAL.sub("", section)
    minus = "-" if (negative and len(sections) == 1) or pattern.startswith("-") else ""
    return literal + minus + _digits(abs(value), pattern.lstrip("-"), room - len(minus))


def _digits(number: float, pattern: str, room: int) -> str:
    """A number without its sign, by General, by zeros such as 0.00, or as a power, 0.0E+0."""
    if pattern == GENERAL:
        return _general(number, room)
    mantissa, power, _ = pattern.partition("E")
    decimals = len(mantissa.partition(".")[2])
    if power:
        return _power(number, decimals)
    return fixed(number, decimals) if pattern else ""


def _general(number: float, room: int) -> str:
    """With as many decimals as there are and the column has room for."""
    if number and not LEAST <= number < WHOLE:
        return _power(number, max(0, room - 5))
    whole = len(str(int(number)))
    decimals = max(0, min(DECIMALS, room - whole - 1))
    rounded = fixed(number, decimals)
    if number and not rounded.strip("0."):
        return _power(number, max(0, room - 5))
    return rounded.rstrip("0").rstrip(".") if decimals else rounded


def _power(number: float, decimals: int) -> str:
    """
    >>> _power(0.00123, 1), _power(9.96e11, 1), _power(0.0, 1)
    ('1.2E-3', '1.0E+12', '0.0E+0')
    """
    if not number:
        return f"{fixed(0, decimals)}E+0"
    exponent = Decimal(repr(float(number))).adjusted()
    mantissa = Decimal(repr(float(number))).scaleb(-exponent)
    told = f"{mantissa.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"
    if told.startswith("10"):
        told, exponent = fixed(1, decimals), exponent + 1
    return f"{told}E{exponent:+d}"
