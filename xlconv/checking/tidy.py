"""Rows as other programs write them, tidied, so that they may be plain.

What is replaced stands in tags wherever no text holds `>`; and where one does, no row is plain.
"""

from __future__ import annotations

import re

SPACE = b" \t\r\n"

BETWEEN = re.compile(rb">[ \t\r\n]++(?=<(?!/[fv]>))")
"""Space up to a tag that ends no text."""

BEFORE_END = re.compile(rb"(?<!/)[ \t\r\n]++(?=/?>)")

SPACES = rb"(?:[\t\r\n]| [ \t\r\n])[ \t\r\n]*+"
"""What is more than one space, or other space."""

BEHIND_NAME = {name: re.compile(name + SPACES) for name in (b"<row", b"<c", b"<f", b"<v")}

BEHIND_ATTRIBUTE = re.compile(rb'"' + SPACES + rb'(?=[A-Za-z0-9:]{1,99}+="[^<>]{0,99}+>)')


def tidied(row: bytes, prefix: bytes) -> bytes:
    """A row that says the same, with one space where there may be several, and else none.

    prefix  what its names have before them

    >>> tidied(b' <x:row  r="1"> <x:c r="A1"\\t s="2" > <x:v>1 </x:v> </x:c></x:row>', b"x:")
    b'<row r="1"><c r="A1" s="2"><v>1 </v></c></row>'
    """
    row = row.strip(SPACE)
    if prefix:
        if row.count(b"<") != row.count(b"<" + prefix) + row.count(b"</" + prefix):
            return row
        row = row.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
    row = BETWEEN.sub(b">", row)
    other = any(letter in row for letter in (b"\t", b"\r", b"\n"))
    if other or b" >" in row or b" />" in row:
        row = BEFORE_END.sub(b"", row)
    if other or b"  " in row:
        for name, spaces in BEHIND_NAME.items():
            row = spaces.sub(name + b" ", row)
        row = BEHIND_ATTRIBUTE.sub(b'" ', row)
    return row
