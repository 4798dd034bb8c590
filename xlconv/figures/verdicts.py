"""Live verdicts: whether two blocks hold the same numbers."""

from __future__ import annotations

from xlconv.figures.layout import Part
from xlconv.figures.sums import added, sliced
from xlconv.grid.expr import Expr, Grid, call
from xlconv.grid.places import Spot
from xlconv.grid.sheet import Sheet


def verdict(
    sheet: Sheet,
    *pairs: tuple[Grid, Grid],
    agree: str = "agree",
    differ: str = "differ",
    valid: Expr | None = None,
) -> Part:
    """A live line that says whether blocks agree, pair by pair; nothing where they are not `valid`."""
    words = call("IF", apart(sheet, *pairs) < 1e-9, sheet.say(agree), sheet.say(differ))
    content = words if valid is None else call("IF", valid, words, "")
    line = judged(sheet, content, sheet.say(differ), "alarm")
    for key in (agree, differ):  # whatever it says now, what stands beside it keeps its place
        sheet.run_over(Spot(line.anchor), sheet.say(key), "verdict")
    return line


def apart(sheet: Sheet, *pairs: tuple[Grid, Grid]) -> Expr:
    """How far blocks are apart, pair by pair: the squares of all differences, added."""
    return added(sheet, [term for pair in pairs for term in sliced(sheet, "SUMXMY2", *pair)])


def judged(sheet: Sheet, content: Expr, wrong: str, alarm: str) -> Part:
    """A line that says whether something holds, and lights up where it says what is wrong."""
    corner = sheet.corner()
    cell = sheet.formula(corner, content, "verdict")
    sheet.light(cell, cell.equals(wrong), alarm)
    return Part(corner.anchor)
