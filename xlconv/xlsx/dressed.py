"""Rows that are made once, with other contents and looks in some of their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from xlconv.frozen import frozen
from xlconv.grid.digits import GENERAL
from xlconv.xlsx.styles import Styles
from xlconv.xlsx.values import Strings, looks_like_formula, typed

CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"(?: s="([0-9]+)")?(?:/>|[^>]*>.*?</c>)', re.DOTALL)
"""A cell of our own XML, in whose texts no tag ends."""


@frozen
class Own:
    """What stands in a cell instead.

    value    None of an empty one
    role     how it looks
    numbers  the format of its number
    """

    value: float | str | None
    role: str
    numbers: str = GENERAL


def dressed(
    rows: Iterator[tuple[bytes, int]], own: Mapping[str, Own], styles: Styles, strings: Strings
) -> Iterator[tuple[bytes, int]]:
    """The rows with these in the place of what stands there; lines around a cell stay.

    own  by addresses
    """
    told = {address.encode(): one for address, one in own.items()}

    def cell(found: re.Match[bytes]) -> bytes:
        one = told.get(found[1])
        if one is None:
            return found[0]
        quoted = looks_like_formula(one.value)
        style = styles.other(int(found[2] or 0), one.role, one.numbers, quoted)
        kind, value = typed(one.value, strings)
        return b'<c r="%s" s="%d"%s>%s</c>' % (found[1], style, kind.encode(), value.encode())

    for xml, done in rows:
        yield CELL.sub(cell, xml), done
