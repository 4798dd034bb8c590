"""What differs on a sheet, row by row: all of it counted, and so much of it kept as can be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from xlconv.checking.alike import same
from xlconv.checking.magnitudes import CHANGE_OF_SCALE, Canvas
from xlconv.checking.moves import Moves
from xlconv.checking.report import Finding
from xlconv.checking.undecided import undecided
from xlconv.checking.workbook import Cell, Value
from xlconv.grid.places import Place, a1
from xlconv.grid.sheet import Sheet
from xlconv.text import counted

FOLLOWED = 20_000
"""Values that are traced to what they follow from; of more, so many are kept, others counted."""

DISPLACED = ("formula", "constant", "text", "digits", "quoted")
"""The kinds of findings that cells give which do not stand where they were."""


@dataclass
class Found:
    """Findings in the order in which they come; of a kind, those beyond FOLLOWED are counted."""

    kept: list[Finding] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        self.numbers[finding.kind] += 1
        if self.numbers[finding.kind] <= FOLLOWED:
            self.kept.append(finding)

    @property
    def displaced(self) -> int:
        return sum(self.numbers[kind] for kind in DISPLACED)

    def findings(self) -> list[Finding]:
        """All that is kept; the first of a kind stands for those that are not."""
        findings, seen = [], set[str]()
        for finding in self.kept:
            more = max(self.numbers[finding.kind] - FOLLOWED, 0)
            findings.append(
                replace(finding, more=more) if more and finding.kind not in seen else finding
            )
            seen.add(finding.kind)
        return findings


@dataclass
class Other:
    """The right formulas that have another value: it, and what it should be.

    drawn   the sheet with the numbers that the file has now
    before  the value that it had with the numbers that it was made with
    blank   whether none of them has a value; `old`, whether each has none or that before
    """

    drawn: Sheet
    before: Callable[[Place], Value] | None = None
    kept: dict[Place, tuple[Cell, Value]] = field(default_factory=dict)
    number: int = 0
    first: Place = (1 << 30, 0)
    blank: bool = True
    old: bool = True

    def take(self, place: Place, mine: Cell, value: Value) -> None:
        """Look at the value of a formula that is right."""
        if type(mine.value) is type(value) and mine.value == value:
            return
        if (not self.number and same(mine.value, value)) or self._rounded(place, mine.value, value):
            return
        self.number += 1
        self.first = min(self.first, place)
        self.blank = self.blank and value is None
        if self.old and value is not None:
            self.old = self.before is not None and same(self.before(place), value)
        if self.number <= FOLLOWED:
            self.kept[place] = mine, value

    @property
    def full(self) -> bool:
        """Whether so many values differ that no others have to be looked at."""
        return self.number > FOLLOWED

    def stale(self, valued: bool, at: Moves) -> str:
        """How one sees that no program has recalculated the sheet; "" if one does not.

        valued  whether a formula has a value
        at      where its cells are now
        """
        if not valued:
            return "none of its formulas has a value"
        if self.blank:
            first = a1(at.place(self.first))
            return f"{counted(self.number, 'formula')} without a value, the first in {first}"
        if self.old:
            return "its values are those of the numbers before they were changed"
        return ""

    def _rounded(self, place: Place, ours: Value, theirs: Value) -> bool:
        """Whether a value is another one by the rounding of its terms alone."""
        apart = CHANGE_OF_SCALE * float(self._canvas.cells[place])
        if same(ours, theirs, apart):
            return True
        return isinstance(theirs, str) and same(self._undecided.get(place), theirs, apart)

    @cached_property
    def _canvas(self) -> Canvas:
        return Canvas(self.drawn)

    @cached_property
    def _undecided(self) -> dict[Place, str]:
        return undecided(self.drawn, self._canvas)


@dataclass
class Seen:
    """What a look at the rows of a file finds: what does not belong there, where, and other values.

    ended  the row with which it ended, for the verdict was known
    """

    other: Other
    found: Found = field(default_factory=Found)
    changed: set[Place] = field(default_factory=set)
    ended: int | None = None


def displaced(findings: list[Finding]) -> int:
    return sum(1 + finding.more for finding in findings if finding.kind in DISPLACED)
