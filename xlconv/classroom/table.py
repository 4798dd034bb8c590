"""The marks of a class as one table: a line for each return, a column for each block."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from io import StringIO

from xlconv.classroom.guarded import guarded
from xlconv.classroom.marks import Block, Graded, Score, block_scores, plain, rounding, total
from xlconv.classroom.roster import Student
from xlconv.frozen import frozen

NOTHING = "nothing came back"


@frozen
class Results:
    """What is known of a class when all of its returns are graded.

    graded    in the order in which they are listed
    absent    by their codes, the students of whom nothing came back
    decimals  of a total
    """

    graded: tuple[Graded, ...]
    absent: Mapping[str, Student]
    decimals: int = 1

    @cached_property
    def scores(self) -> list[dict[Block, Score]]:
        """The marks of each return, by blocks."""
        return [block_scores(one) for one in self.graded]

    @cached_property
    def blocks(self) -> list[Block]:
        """Those of all returns, in order."""
        return list(dict.fromkeys(block for scores in self.scores for block in scores))

    @cached_property
    def totals(self) -> list[Score]:
        return [total(scores.values(), self.decimals) for scores in self.scores]

    @property
    def counting(self) -> dict[str, Decimal]:
        """What each student got, by the ids: of several returns, in the first."""
        both = [*zip(self.graded, self.totals, strict=True)]
        return {one.student.id: score.got for one, score in reversed(both) if one.student}

    @property
    def total_head(self) -> str:
        return f"total ({rounding(self.decimals)})"


def who(graded: Graded) -> list[str]:
    """The code, the id and the name, as far as they are known."""
    student = graded.student
    return [graded.code, student.id if student else "", student.name if student else ""]


def flags(graded: Graded) -> str:
    return "; ".join(flag.told for flag in graded.flags)


def marks_csv(results: Results) -> str:
    """The table as CSV, with the mark by which Excel knows UTF-8."""
    heads = [f"{sheet}: {block}" for sheet, block in results.blocks]
    lines: list[Sequence[str]] = [
        ["code", "id", "name", *heads, results.total_head, "of", "flags", "file"],
        *(_line(results, n) for n in range(len(results.graded))),
        *(
            [code, student.id, student.name, *[""] * (len(heads) + 2), NOTHING, ""]
            for code, student in results.absent.items()
        ),
    ]
    text = StringIO()
    csv.writer(text).writerows([*map(guarded, line)] for line in lines)
    return f"\ufeff{text.getvalue()}"


def _line(results: Results, number: int) -> list[str]:
    graded, scores = results.graded[number], results.scores[number]
    got = [plain(scores[block].got) if block in scores else "" for block in results.blocks]
    all_of_it = results.totals[number]
    both = [plain(all_of_it.got), plain(all_of_it.of)]
    return [*who(graded), *got, *both, flags(graded), graded.file]
