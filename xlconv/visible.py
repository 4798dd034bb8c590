"""Strangers' text as one can see it: a terminal obeys some characters, and hides others."""

from __future__ import annotations

import re

OBEYED = (
    "[\x00-\x1f\x7f-\x9f"  # control characters, C0 and C1: escape sequences begin with one
    "\u2028\u2029"  # line breaks
    "\u202a-\u202e\u2066-\u2069"  # what turns the direction of the text around
    "\ud800-\udfff]"  # no characters; so Python reads the bytes of a name that is not UTF-8
)


def visible(text: str, keep: str = "") -> str:
    r"""The text with what a terminal would obey, or could not show, written as an escape.

    keep  such characters that stay as they are

    >>> visible("a\x1b[31m\nb\u202e")
    'a\\x1b[31m\\x0ab\\u202e'
    >>> visible(b"caf\xe9".decode("utf-8", "surrogateescape"))
    'caf\\xe9'
    >>> visible("a\nb", keep="\n")
    'a\nb'
    """
    if text.isprintable():  # as nothing is that a terminal obeys
        return text
    return re.sub(OBEYED, lambda sign: sign[0] if sign[0] in keep else escaped(sign[0]), text)


def escaped(character: str) -> str:
    """A character as an escape, as Python writes it; no letter but its code."""
    code = ord(character)
    if code <= 0xFF or 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code & 0xFF:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def shortened(text: str, most: int = 80) -> str:
    """The text, without its end where it is longer.

    >>> shortened("strangers", 7)
    'stra...'
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."
