"""What a student reads of the own marks: each lost one with its reason, and never the answer.

It names nobody: what is said to a student has the code alone. Flags are for the teacher.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from xlconv.classroom.marks import (
    RULE,
    Block,
    Graded,
    Mark,
    Score,
    block_scores,
    lost,
    plain,
    rounding,
    total,
)
from xlconv.grid.values import number_text
from xlconv.text import counted
from xlconv.visible import shortened, visible

CELLS = 12
"""Cells of one reason that are named; more are counted."""


def feedback(graded: Graded, decimals: int, *, answers: bool = False) -> str:
    """The marks of one return in words.

    answers  whether the right numbers are told, too
    """
    scores = block_scores(graded)
    lines = [f"Worksheet {graded.code}", ""]
    for sheet in dict.fromkeys(mark.sheet for mark in graded.marks):
        own = {block: score for block, score in scores.items() if block[0] == sheet}
        lines.append(f"{sheet}: {told(total(own.values(), 2))}")
        for (_, block), score in own.items():
            lines.append(f"  {block}: {told(score)}")
            told_why = reasons(graded, (sheet, block), answers=answers)
            lines += [f"    {reason}" for reason in told_why]
        lines.append("")
    lines += [
        f"Total: {told(total(scores.values(), decimals))}",
        RULE.format(rounding(decimals)),
        "",
    ]
    return "\n".join(lines)


def told(score: Score) -> str:
    """Marks in words: those of a block to 2 decimals, as nobody reads four."""
    shown = total([score], 2)
    return f"{plain(shown.got)} of {plain(shown.of)}"


def reasons(graded: Graded, block: Block, *, answers: bool = False) -> Iterator[str]:
    """Why marks of a block were lost, cells of one reason together, and how many each cost; also
    what is right and could be better."""
    told = sorted((m for m in graded.blocks[block] if m.share < 1 or m.note), key=_why)
    for why, group in groupby(told, key=_why):
        marks = list(group)
        cells = [_cell(m) + f", right is {number_text(m.want)}" * answers for m in marks]
        more = len(cells) - CELLS
        others = f" and {counted(more, 'other')}" * (more > 0)
        cost = lost(graded, marks)
        price = f" ({plain(cost)} lost)" * bool(cost)
        yield f"{'; '.join(cells[:CELLS])}{others}: {why}{price}"


def _cell(mark: Mark) -> str:
    """A cell with what stands in it."""
    if mark.formula is not None:
        return f"{mark.cell} (={shortened(visible(mark.formula.lstrip('=')))})"
    if mark.got is None:
        return mark.cell
    text = mark.got if isinstance(mark.got, str) else number_text(mark.got)
    return f"{mark.cell} ({shortened(visible(text))})"


def _why(mark: Mark) -> str:
    return f"{mark.status}: {visible(mark.note)}" if mark.note else mark.status
