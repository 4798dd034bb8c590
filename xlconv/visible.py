"""Strangers' text as one can see it: a terminal obeys some characters, and hides others."""

from __future__ import annotations

import re

OBEYED = re.compile(
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
    return OBEYED.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    is_byte = code <= 0xFF or 0xDC80 <= code <= 0xDCFF
    return f"\\x{code & 0xFF:02x}" if is_byte else f"\\u{code:04x}"
