"""A value as a cell shows it: through the format of its number, as Excel reads one.

`page/script/look.js` does the same for what is typed: a test holds one against the other.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np

from xlconv.grid.digits import fixed
from xlconv.grid.values import is_nothing

SECTION = re.compile(r'((?:"[^"]*"|[^";])*)(?:;|$)')
"""What a format says of numbers of one sign, up to the next `;` that is in no quotes."""

PIECE = re.compile(
    r'"(?P<words>[^"]*)"|(?P<general>General)|0(?:\.(?P<places>0+))?(?P<power>E\+0)?'
)

DIGITS, LONGEST = 10, 11
"""Digits, and characters, of a number that has no format of its own."""


def shown(value: Any, code: str, room: int = LONGEST) -> str:
    """What a cell with a value and a number format shows; texts have a format's fourth section.

    room  characters that the cell has room for, which a number without a format keeps to

    >>> [shown(n, '"ᵃ"0.00;"ᵃ"-0.00;0') for n in (2.5, -1, 0)], shown("a", "General")
    (['ᵃ2.50', 'ᵃ-1.00', '0'], 'a')
    >>> shown(True, "General"), shown(-0.5, '"✓";;"✗"'), shown(7.0, ";;;"), shown("a", ";;;")
    ('TRUE', '', '', '')
    >>> shown(-1234.5, "0.0E+0"), shown(2e-9, "0.0E+0;-0.0E+0;0")
    ('-1.2E+3', '2.0E-9')
    """
    sections = [found[1] for found in SECTION.finditer(code)][: code.count(";") + 1]
    if value is None or is_nothing(value):
        return ""
    if isinstance(value, str):
        return value if len(sections) < 4 else ""
    if isinstance(value, bool | np.bool_):
        return str(value).upper()
    number = float(value)
    which = 0 if number > 0 or len(sections) == 1 else 1 if number < 0 else 2
    section = sections[which if which < len(sections) else 0]
    signed = len(sections) == 1 and number < 0 and section != ""
    return "-" * signed + PIECE.sub(
        lambda piece: _written(abs(number), piece, room - signed), section
    )


def _written(number: float, piece: re.Match[str], room: int) -> str:
    """What one piece of a format makes of a number that has no sign."""
    if piece["words"] is not None:
        return piece["words"]
    if piece["general"]:
        return general(number, room)
    places = len(piece["places"] or "")
    if not piece["power"]:
        return fixed(number, places)
    return _power(number, places)


def _power(number: float, places: int) -> str:
    """
    >>> _power(0.00125, 1), _power(9.96e11, 1), _power(0.0, 1)
    ('1.3E-3', '1.0E+12', '0.0E+0')
    """
    exponent = Decimal(repr(number)).adjusted() if number else 0
    told = fixed(Decimal(repr(number)).scaleb(-exponent), places)
    if told.startswith("10"):
        told, exponent = fixed(1, places), exponent + 1
    return f"{told}E{exponent:+d}"


def general(number: float, room: int = LONGEST) -> str:
    """A number that has no format, in as many digits as Excel shows in so much room.

    >>> general(3.0), general(2 / 3), general(2 / 3, 4), general(1e-7), general(2.5e20)
    ('3', '0.666666667', '0.67', '1E-07', '2.5E+20')
    """
    if number == 0 or 1e-4 <= number < 10**LONGEST:
        before = len(str(int(number)))
        text = fixed(number, max(0, min(DIGITS, room - 1) - before))
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = f"{number:.5e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}E{int(exponent):+03d}"
