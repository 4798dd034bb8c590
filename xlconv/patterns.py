"""Formulas that are one but for the cells they refer to: what is true of two is true of the next."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ADDRESS = re.compile(r"(\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6})")

MOST = 1_000
"""Pairs of patterns that are remembered."""

Pattern = tuple[str, ...]


@dataclass
class Patterns:
    """Pairs of formulas that mean the same, without the addresses in them.

    >>> known = Patterns()
    >>> known.learn("A1+B2", "+A1+B2")
    >>> known.alike("C3+D4", "+C3+D4"), known.alike("C3+D4", "+C3+D5")
    (True, False)
    """

    known: set[tuple[Pattern, Pattern]] = field(default_factory=set)

    def alike(self, ours: str, theirs: str) -> bool:
        """Whether two formulas have the same addresses, in a pair of patterns that is known."""
        if not self.known:
            return False
        mine, other = ADDRESS.split(ours), ADDRESS.split(theirs)
        return mine[1::2] == other[1::2] and (tuple(mine[::2]), tuple(other[::2])) in self.known

    def learn(self, ours: str, theirs: str) -> None:
        """Two formulas mean the same."""
        mine, other = ADDRESS.split(ours), ADDRESS.split(theirs)
        if mine[1::2] == other[1::2] and len(self.known) < MOST:
            self.known.add((tuple(mine[::2]), tuple(other[::2])))
