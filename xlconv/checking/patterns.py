"""Formulas that are one but for the cells they name: what is true of two is true of the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from xlconv.checking.formula import Cells, parts, same_parts
from xlconv.checking.moves import Moves, written_now
from xlconv.grid.places import a1, column_number

ADDRESS = re.compile(r"(?<![A-Z])[A-Z]{1,3}[1-9][0-9]{0,6}(?![0-9A-Z(])")

LINE = re.compile("[A-Z]+|[0-9]+")

HERE = "\0"
"""What stands in a pattern in the place of an address."""

ODD = re.compile(
    r"\$(?:(?!(?:[A-Z]{1,3}\$?)?[1-9][0-9]*(?![\w.(]))|(?<=[\w.]\$)(?=[A-Z])|(?<![A-Z]\$)(?=[0-9]))"
)
"""A `$` that is not one before the column or the row of an address."""

QUOTED = re.compile("[\"'!]")
"""What texts and the names of sheets have around them."""

MOST = 1_000
"""Pairs of patterns that are remembered."""

LETTERS = 2_000_000
"""Letters of formulas that are taken apart; no more, so that it takes seconds at most."""

Pair = tuple[str, str]


class Patterns:
    """Which formulas of a sheet mean the same as those of another one, whose cells were moved.

    names  what the sheet is called here and there
    now    what each sheet is called there, in capitals
    known  pairs of formulas without the addresses in them, and whether they mean the same
    left   how many letters may still be taken apart

    >>> found = Patterns(("S", "S"), {})
    >>> found.alike("A1+B2", "+$A1+B2"), found.alike("A1+B2", "+A1+B3"), found.left < LETTERS
    (True, False, True)
    """

    def __init__(
        self, names: tuple[str, str], now: Mapping[str, str], at: Moves | None = None
    ) -> None:
        self.names, self.now, self.at = names, now, at or Moves()
        self.known: dict[Pair, bool] = {}
        self.left = LETTERS
        self.written = written_now(self.at)
        self.moved: Callable[[str], str] | None = None
        if self.at != Moves():
            self.moved = lru_cache(1 << 16)(self._moved)

    def now_here(self, ours: str) -> str:
        """Our formula as it is written where cells were moved; as it was, if it quotes."""
        moved = self.written(ours.encode())
        return ours if moved is None else moved.decode()

    def alike(self, ours: str, theirs: str) -> bool | None:
        """Whether two formulas are one but for how a program writes them.

        None if nobody looks, for too much has been taken apart already.
        """
        if not self.moved and ours == theirs.removeprefix("+"):
            return True
        if len(theirs) > 4 * len(ours) + 400:  # however a program writes ours
            return False
        pair = self._pair(ours, theirs)
        if pair in self.known:
            return self.known[pair]
        if pair is None and self._elsewhere(ours, theirs):
            return False
        if self.left < 0:
            return None
        self.left -= len(ours) + len(theirs)
        alike = self._same(ours, theirs)
        if pair is not None and len(self.known) < MOST:
            self.known[pair] = alike
        return alike

    def known_alike(self, ours: Sequence[str], theirs: Sequence[str]) -> bool:
        """Whether formulas, looked at together, are of patterns that mean the same.

        False if one of them may be another, or its pattern has not been judged yet.

        >>> found = Patterns(("S", "S"), {})
        >>> found.known_alike(["A1"], ["(A1)"]), found.alike("A1", "(A1)")
        (False, True)
        >>> found.known_alike(["A1", "B2"], ["(A1)", "(B2)"])
        True
        """
        pair = self._pair("\n".join(ours), "\n".join(theirs))
        if pair is None:
            return False
        mine, other = (told.split("\n") for told in pair)
        pairs = set(zip(mine, other, strict=False))
        return len(mine) == len(other) == len(ours) and all(
            (not self.moved and one == another) or self.known.get((one, another), False)
            for one, another in pairs
        )

    def _pair(self, ours: str, theirs: str) -> Pair | None:
        """Both without their addresses, if those are the same; what may be quoted is left as it is.

        A `$` only says how a formula moves.
        """
        if not (QUOTED.search(ours) or QUOTED.search(theirs) or ODD.search(theirs)):
            ours, theirs = ours.replace("$", ""), theirs.replace("$", "")
        elif self.moved:
            return None
        mine = ADDRESS.findall(ours)
        here = [*map(self.moved, mine)] if self.moved else mine
        if here != ADDRESS.findall(theirs):
            return None
        return ADDRESS.sub(HERE, ours), ADDRESS.sub(HERE, theirs)

    def _elsewhere(self, ours: str, theirs: str) -> bool:
        """Whether formulas are one but for cells that are others, whatever the corners of ranges.

        >>> found = Patterns(("S", "S"), {})
        >>> found._elsewhere("SUM(A1:B2)", "SUM($B$1:A2)"), found._elsewhere("A1+B2", "A1+B3")
        (False, True)
        """
        if QUOTED.search(ours) or QUOTED.search(theirs):
            return False
        ours, theirs = ours.replace("$", ""), theirs.replace("$", "")
        if ADDRESS.sub(HERE, ours) != ADDRESS.sub(HERE, theirs):
            return False
        mine, other = ADDRESS.findall(ours), ADDRESS.findall(theirs)
        return _lines(map(self.moved, mine) if self.moved else mine) != _lines(other)

    def _moved(self, address: str) -> str:
        letters = address.rstrip("0123456789")
        row = int(address[len(letters) :])
        return a1(self.at.place((row - 1, column_number(letters) - 1)))

    def _same(self, ours: str, theirs: str) -> bool:
        try:
            mine, other = (parts(*each) for each in zip((ours, theirs), self.names, strict=True))
            return same_parts(mine, other, self._seen)
        except ValueError:
            return False

    def _seen(self, cells: Cells) -> Cells:
        return self.at.cells(cells)._replace(sheet=self.now.get(cells.sheet, cells.sheet))


def _lines(addresses: Iterable[str]) -> list[str]:
    """The columns and the rows of addresses."""
    return sorted(LINE.findall(" ".join(addresses)))
