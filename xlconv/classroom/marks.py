"""What grading found, and the marks that follow from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from math import floor

from xlconv.classroom.roster import Student
from xlconv.figures.words import WORDS
from xlconv.frozen import frozen

FINE = 4
"""Decimals of the marks of a block: what stands in a table adds up to what stands beside it."""

NOT_FOUND = "not found"
"""The status of a mistake that was to be found, and still stands there."""

Block = tuple[str, str]
"""The names of a sheet and of a block on it."""


@frozen
class Note:
    """Why a cell is what it is: one of the words, and what they name."""

    key: str
    what: str = ""

    def said(self, words: Mapping[str, str] = WORDS) -> str:
        """
        >>> Note("why_error", "#DIV/0!").said()
        'it gives #DIV/0!'
        """
        return words[self.key].format(what=self.what)


@frozen
class Mark:
    """What was found in one cell.

    status   in English: "right", "empty", ...
    got      what stands there, None where nothing does
    want     the answer
    formula  what was typed, where it was one
    note     why it is not right, if more can be said
    share    from 0 to 1, of what the cell is worth
    """

    sheet: str
    cell: str
    block: str
    status: str
    got: float | str | None
    want: float
    formula: str | None
    note: Note | None
    share: float


@frozen
class Flag:
    """Something that a person should look at; it changes no mark, and accuses nobody."""

    kind: str
    words: str

    @property
    def told(self) -> str:
        """The kind, and what was seen: words alone are often names of cells."""
        return f"{self.kind}: {self.words}"


@frozen
class Graded:
    """A return, graded.

    student  None where its code is nobody's
    worth    the marks of each sheet
    """

    student: Student | None
    code: str
    file: str
    marks: tuple[Mark, ...]
    flags: tuple[Flag, ...]
    worth: Mapping[str, float]

    @cached_property
    def blocks(self) -> dict[Block, list[Mark]]:
        """What was found, block by block."""
        found: dict[Block, list[Mark]] = {}
        for mark in self.marks:
            found.setdefault((mark.sheet, mark.block), []).append(mark)
        return found

    @cached_property
    def each(self) -> dict[str, Fraction]:
        """What a cell of each sheet is worth."""
        cells = Counter(mark.sheet for mark in self.marks)
        return {sheet: _exact(self.worth[sheet]) / n for sheet, n in cells.items()}


@frozen
class Score:
    """Marks that were got, of those that there were."""

    got: Decimal
    of: Decimal

    def __add__(self, other: Score) -> Score:
        return Score(self.got + other.got, self.of + other.of)


def block_scores(graded: Graded) -> dict[Block, Score]:
    """The marks of each block, to FINE decimals.

    >>> wrong = Mark("S", "A1", "stamps", "wrong", 1, 2, None, None, 0.5)
    >>> right = Mark("S", "A2", "output", "right", 3, 3, None, None, 1)
    >>> block_scores(Graded(None, "", "", (wrong, wrong, right), (), {"S": 20}))[("S", "stamps")]
    Score(got=Decimal('6.6667'), of=Decimal('13.3333'))
    """
    each = graded.each
    return {
        block: Score(
            half_up(_sum(mark.share for mark in marks) * each[block[0]], FINE),
            half_up(len(marks) * each[block[0]], FINE),
        )
        for block, marks in graded.blocks.items()
    }


def lost(graded: Graded, marks: Iterable[Mark]) -> Decimal:
    """What is missing of the marks of some cells, to 2 decimals."""
    return half_up(sum((1 - _exact(m.share)) * graded.each[m.sheet] for m in marks), 2)


def _sum(shares: Iterable[float]) -> Fraction:
    return sum((_exact(one) * count for one, count in Counter(shares).items()), Fraction())


@cache
def _exact(number: float) -> Fraction:
    return Fraction(repr(float(number)))  # a tenth as one writes it, not as a computer has it


def total(scores: Iterable[Score], decimals: int) -> Score:
    """All marks together, rounded once."""
    both = sum(scores, start=Score(Decimal(0), Decimal(0)))
    return Score(half_up(Fraction(both.got), decimals), half_up(Fraction(both.of), decimals))


def half_up(value: Fraction | int, decimals: int) -> Decimal:
    """A number of at least 0, rounded as at school.

    >>> half_up(Fraction("12.25"), 1), half_up(Fraction("12.249"), 1), half_up(Fraction(20), 1)
    (Decimal('12.3'), Decimal('12.2'), Decimal('20.0'))
    """
    return Decimal(floor(value * 10**decimals + Fraction(1, 2))).scaleb(-decimals)


def counted(words: Mapping[str, str], key: str, count: int) -> str:
    """Words that count; those of KEY_one where it is one."""
    return words[f"{key}_one" if count == 1 else key].format(count=count)


def rounding(decimals: int, words: Mapping[str, str] = WORDS) -> str:
    """How a total is rounded.

    >>> rounding(1), rounding(2)
    ('half up to 1 decimal', 'half up to 2 decimals')
    """
    return counted(words, "feedback_rounding", decimals)


def rule(decimals: int, words: Mapping[str, str] = WORDS) -> str:
    """How marks come about, as the files say it."""
    return words["feedback_rule"].format(rounding=rounding(decimals, words))


def plain(number: Decimal) -> str:
    """A number without zeros at its end.

    >>> plain(Decimal("20.0")), plain(Decimal("0.3300")), plain(Decimal(100))
    ('20', '0.33', '100')
    """
    return f"{number.normalize():f}"
