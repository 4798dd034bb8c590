"""Values as the text of a cell: numbers, texts, and what Excel must not read into them."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np

from xlconv.grid.limits import TEXT_LENGTH, length, unwritable
from xlconv.grid.values import Values
from xlconv.text import unread

TABLE = 1 << 12  # whole numbers so close together are looked up

Strings = dict[str, int]
"""The shared strings so far, and their numbers."""


def escape(text: str, quote: bool = False) -> str:
    """A text as XML has it; that of xml.sax takes as long to import as a sheet to write.

    quote  whether it stands in the quotes of an attribute
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("\n", "&#xA;") if quote else text


def encoded(text: str) -> str:
    """A text as a value: Excel reads _x0041_ as A, so _x005F_ stands for its first sign.

    >>> encoded("_x0041_ <b>")
    '_x005F_x0041_ &lt;b&gt;'
    """
    return escape(unread(text, "_x005F_"))


def looks_like_formula(value: object) -> bool:
    return isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")


def is_writable(value: Any) -> bool:
    if isinstance(value, str):
        return length(value) <= TEXT_LENGTH and not unwritable(value)
    return value is None or isfinite(value)


def numeral(value: float) -> str:
    """A number as an exact and shortest text: a whole one without a point."""
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def few_numerals(rows: Values) -> list[list[str]]:
    return [list(map(numeral, row)) for row in rows.tolist()]


def many_numerals(memory: Values) -> Callable[[Values], list[list[str]]]:
    """The fastest way to put rows of these finite numbers into text."""
    low, high = min(0.0, memory.min()), max(0.0, memory.max())
    if max(-low, high) >= 2**53 or not (memory == np.rint(memory)).all():
        # no program shows -0
        return lambda rows: [list(map(repr, row)) for row in (rows + 0.0).tolist()]
    if high - low >= TABLE:
        return lambda rows: [list(map(str, row)) for row in rows.astype(np.int64).tolist()]
    # the texts of 0 and up, then those of what is below 0, which count from the end
    whole = [*range(int(high) + 1), *range(int(low), 0)]
    table = np.array(list(map(str, whole)), dtype=object)
    return lambda rows: table[rows.astype(np.intp)].tolist()


def typed(value: Any, strings: Strings | None) -> tuple[str, str]:
    """The type attribute and the value element of a cell; `strings` if it is a constant."""
    if value is None:
        return "", ""
    if isinstance(value, bool | np.bool_):
        return ' t="b"', f"<v>{int(value)}</v>"
    if not isinstance(value, str):
        return "", f"<v>{numeral(value)}</v>"
    if strings is not None:
        return ' t="s"', f"<v>{strings.setdefault(value, len(strings))}</v>"
    return ' t="str"', f'<v xml:space="preserve">{encoded(value)}</v>'
