"""Live verdicts: whether two blocks hold the same numbers."""

from __future__ import annotations

from xlconv.figures.layout import Arranged, Part
from xlconv.figures.sums import SQUARES, added, sliced
from xlconv.grid.expr import Expr, call
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot
from xlconv.grid.sheet import Sheet


def verdict(
    sheet: Sheet,
    *pairs: tuple[Grid, Grid],
    words: tuple[str, str] = ("agree", "differ"),
    alarm: str = "alarm",
    valid: Expr | None = None,
    at: Spot | None = None,
    far: bool = False,
    **values: object,
) -> Part:
    """A live line: whether blocks agree, pair by pair, by the squares of all differences.

    words             the keys of what is said
    alarm, valid, at  as `judged` has them
    far               whether they may be so far apart that no cell holds the squares
    values            for the {places} of the first words
    """
    squares = [term for pair in pairs for term in sliced(sheet, SQUARES, *pair)]
    right, wrong = sheet.say(words[0], **values), sheet.say(words[1])
    alike = added(sheet, squares) < 1e-9
    holds = call("IFERROR", alike, False) if far else alike
    return judged(sheet, holds, right, wrong, alarm, valid, at)


def judged(
    sheet: Sheet,
    holds: Expr,
    right: str,
    wrong: str,
    alarm: str = "alarm",
    valid: Expr | None = None,
    at: Spot | None = None,
) -> Part:
    """A line that says whether something holds, and lights up where it does not."""
    spot = at or sheet.corner()
    either(sheet, spot, holds, right, wrong, valid=valid)
    end = sheet.behind(spot, wrong, "verdict")
    text = sheet.memory(spot, (end - spot.column,), steps=((0, 1),))
    fails = call("NOT", holds)
    sheet.light(text, fails if valid is None else call("AND", valid, fails), alarm)
    return Part(spot.anchor, below=True)


def either(
    sheet: Sheet,
    at: Spot,
    test: Expr,
    one: str,
    other: str,
    role: str = "verdict",
    valid: Expr | None = None,
) -> Grid:
    """One of two texts, or nothing where they are not `valid`; both have room beside them."""
    for text in (one, other):
        sheet.run_over(at, text, role)
    words = call("IF", test, one, other)
    return sheet.formula(at, words if valid is None else call("IF", valid, words, ""), role)


def both(sheet: Sheet, *facts: tuple[Expr, str]) -> Arranged:
    """Two sums with their words, under one another, and whether they are the same."""
    corner, cells = sheet.corner(), list[Grid]()
    for n, (fact, words) in enumerate(facts):
        cells.append(sheet.formula(corner.shift(n), fact, "fact"))
        sheet.text(corner.shift(n, 2), words, "note")
    one, other = (cell[None] for cell in cells)
    agree = verdict(sheet, (one, other), words=("sums_agree", "sums_disagree"))
    return Part(corner.anchor, below=True) / agree
