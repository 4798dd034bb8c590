"""How a message and a notebook tell a number of things, sizes, and an object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LINE = 96
"""Characters of a repr, at most."""
ROWS = 50
"""Rows of a table that are shown; more are counted."""


def counted(number: int, noun: str) -> str:
    """A number of things, in the singular where it is one.

    >>> counted(1, "formula"), counted(1200, "formula")
    ('1 formula', '1,200 formulas')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def spelt(shape: Iterable[int]) -> str:
    """Sizes as they are typed.

    >>> spelt([4, 3])
    '4x3'
    """
    return "x".join(map(str, shape))


def unread(text: str, sign: str) -> str:
    """A text in which Excel reads no _x0041_ as A: the sign before the x is written as this one.

    >>> unread("_x0041_, a_x", "_x005F_")
    '_x005F_x0041_, a_x'
    """
    return re.sub("_(?=x[0-9A-Fa-f]{4}_)", sign, text) if "_x" in text else text


def line(name: str, words: str) -> str:
    """An object in one line of at most LINE characters.

    >>> line("Sheet", "x" * 1000)[-9:]
    'xxxxx...>'
    """
    text = " ".join(f"{name} {words}".split())
    return f"<{text if len(text) <= LINE - 2 else text[: LINE - 5] + '...'}>"


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A small table of HTML, of at most ROWS rows; every text in it is escaped.

    >>> table("a < b", ["n"], [[1]])
    '<table><caption>a &lt; b</caption><tr><th>n</th></tr><tr><td>1</td></tr></table>'
    """
    from html import escape  # late: start-up counts

    def row(tag: str, cells: Iterable[object]) -> str:
        return f"<tr>{''.join(f'<{tag}>{escape(str(cell))}</{tag}>' for cell in cells)}</tr>"

    listed = list(rows)
    more = len(listed) - ROWS
    shown = listed[:ROWS] + [[f"and {more:,} more"]] * (more > 0)
    cells = [row("th", head)] * bool(head) + [row("td", one) for one in shown]
    return f"<table><caption>{escape(title)}</caption>{''.join(cells)}</table>"


def first_sentence(text: str) -> str:
    """What stands before the second sentence: one that goes on in small letters has not ended.

    >>> first_sentence("Pad, e.g. by 1. Then slide."), first_sentence("走 3 步。再走。")
    ('Pad, e.g. by 1.', '走 3 步。')
    """
    for end in re.finditer(r"[.!?؟](?= )|[。！？]", text):
        rest = text[end.end() :].lstrip()
        if rest and not rest[0].islower():
            return text[: end.end()]
    return text
