"""Values as the text of a cell: numbers, texts, and what Excel must not read into them."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from xlconv.grid.limits import TEXT_LENGTH, length, unwritable
from xlconv.text import unread
from xlconv.xlsx.numerals import numeral

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
