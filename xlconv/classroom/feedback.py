"""What a student reads of the own marks: each lost one with its reason, and never the answer.

It names nobody: what is said to a student has the code alone. Flags are for the teacher.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import groupby

from xlconv.checking.origin import read_recipe
from xlconv.classroom.folder import ClassFolder
from xlconv.classroom.marks import (
    NOT_FOUND,
    Block,
    Graded,
    Mark,
    Note,
    Score,
    block_scores,
    counted,
    lost,
    plain,
    rule,
    total,
)
from xlconv.figures.words import WORDS
from xlconv.frozen import frozen
from xlconv.grid.values import number_text
from xlconv.lessons.translation import said
from xlconv.visible import shortened, visible

CELLS = 12
"""Cells of one reason that are named; more are counted."""


@frozen
class Feedback:
    """How students are told.

    answers  whether the right numbers are told, too
    words    those of the class's language
    """

    answers: bool = False
    words: Mapping[str, str] = field(default_factory=lambda: WORDS)

    @classmethod
    def of(cls, made: ClassFolder, *, answers: bool = False) -> Feedback:
        """In the language of a class."""
        return cls(answers, said(read_recipe(made.lesson, "the lesson").lesson))

    def head(self, graded: Graded) -> str:
        """Whose marks these are, or why there are none."""
        if graded.student is None and not graded.marks:
            return self.words["feedback_nobodys"]
        return self.words["feedback_head"].format(code=graded.code)

    def text(self, graded: Graded, decimals: int) -> str:
        """The marks of one return in words."""
        if not graded.marks:
            return self.head(graded) + "\n"
        scores = block_scores(graded)
        lines = [self.head(graded), ""]
        for sheet in dict.fromkeys(mark.sheet for mark in graded.marks):
            own = {block: score for block, score in scores.items() if block[0] == sheet}
            lines.append(f"{sheet}: {self.score(total(own.values(), 2))}")
            for (_, block), score in own.items():
                lines.append(f"  {block}: {self.score(score)}")
                lines += [f"    {reason}" for reason in self.reasons(graded, (sheet, block))]
            lines.append("")
        whole = self.score(total(scores.values(), decimals))
        lines += [self.words["feedback_total"].format(score=whole), rule(decimals, self.words), ""]
        return "\n".join(lines)

    def score(self, score: Score) -> str:
        """Marks in words: those of a block to 2 decimals, as nobody reads four."""
        shown = total([score], 2)
        return self.words["feedback_score"].format(got=plain(shown.got), of=plain(shown.of))

    def reasons(self, graded: Graded, block: Block) -> Iterator[str]:
        """Why marks of a block were lost, cells of one reason together, and how many each cost;
        also what is right and could be better."""
        told = sorted((m for m in graded.blocks[block] if m.share < 1 or m.note), key=_why)
        for _, group in groupby(told, key=_why):
            marks = list(group)
            cells = [self._cell(mark) for mark in marks if not self.hides(mark)]
            words = [*filter(None, ["; ".join(cells[:CELLS]), self._others(len(cells) - CELLS)])]
            cost = lost(graded, marks)
            price = self.words["feedback_lost"].format(marks=plain(cost))
            why = self._reason(marks[0]) + f" ({price})" * bool(cost)
            yield f"{' '.join(words)}: {why}" if words else why

    def hides(self, mark: Mark) -> bool:
        """Whether the place of a cell would be an answer."""
        return mark.status == NOT_FOUND and not self.answers

    def _others(self, count: int) -> str:
        return counted(self.words, "feedback_others", count) if count > 0 else ""

    def _reason(self, mark: Mark) -> str:
        status = self.words[f"mark_{mark.status.replace(',', '').replace(' ', '_')}"]
        return f"{status}: {visible(mark.note.said(self.words))}" if mark.note else status

    def _cell(self, mark: Mark) -> str:
        """A cell with what stands in it."""
        cell = mark.cell
        if mark.formula is not None:
            cell = f"{mark.cell} (={shortened(visible(mark.formula.lstrip('=')))})"
        elif mark.got is not None:
            text = mark.got if isinstance(mark.got, str) else number_text(mark.got)
            cell = f"{mark.cell} ({shortened(visible(text))})"
        if not self.answers:
            return cell
        return self.words["feedback_right_is"].format(cell=cell, number=number_text(mark.want))


def _why(mark: Mark) -> tuple[str, str, str]:
    note = mark.note or Note("")
    return mark.status, note.key, note.what
