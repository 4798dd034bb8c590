"""Cells of a CSV file that no spreadsheet takes for formulas, whoever wrote what is in them."""

from __future__ import annotations

BEGINS = ("=", "+", "-", "@", "\t", "\r", "'")
"""How a text begins that a program may compute, and the sign that keeps it from that."""


def guarded(text: str) -> str:
    """A text as a cell that stays a text.

    >>> guarded("=HYPERLINK(1)"), guarded("Ana")
    ("'=HYPERLINK(1)", 'Ana')
    """
    return f"'{text}" if text.lstrip(" ").startswith(BEGINS) else text


def unguarded(cell: str) -> str:
    """The text of such a cell.

    >>> unguarded("'=1"), unguarded("'Ana")
    ('=1', "'Ana")
    """
    return cell[1:] if cell[:1] == "'" and guarded(cell[1:]) == cell else cell
