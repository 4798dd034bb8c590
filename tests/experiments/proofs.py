"""The proofs of what lessons say under "Try this", each by its lesson, its sheet and all it says.

An item that says something else is another item, which has no proof yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .desk import Page

Proof = Callable[[Page], None]


class Item(NamedTuple):
    """An item under "Try this"."""

    lesson: str
    sheet: str
    words: str


PROOFS: dict[Item, Proof] = {}


def proofs_of(lesson: str) -> Callable[[str, str], Callable[[Proof], Proof]]:
    """A decorator that makes a function the proof of an item of a lesson."""

    def tries(sheet: str, words: str) -> Callable[[Proof], Proof]:
        def proves(proof: Proof) -> Proof:
            item = Item(lesson, sheet, words)
            assert item not in PROOFS, f"{item} is proved twice"
            PROOFS[item] = proof
            return proof

        return proves

    return tries
