"""What was found in a workbook, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlconv.visible import visible
from xlconv.workbook import Value

TOLD = 20
"""Findings of one kind that are told; more are counted."""

SAID = {
    "changed": ("{at} was {expected}, is now {got}", "of your own numbers"),
    "renamed": ("{expected} is now called {got}", "renamed sheets"),
    "added": ("{at}", "sheets that are not xlconv's, not checked"),
    "version": (
        "xlconv {got} made it, this is {expected}: what follows may be for that alone",
        "other version",
    ),
    "formula": ("{at} has {got}; here belongs {expected}", "formulas that were changed"),
    "constant": ("{at} has {got}; here belongs {expected}", "fixed numbers typed over"),
    "text": ("{at} has {got}; here belongs a number", "cells without the number they need"),
    "value": ("{at} says {got}; its numbers give {expected}", "values that are not what follows"),
    "stale": ("{at}: none of its formulas has a value", "sheets not recalculated: try --engine"),
    "moved": ("{at}: {expected} is now {got}", "sheets whose cells were moved, not compared"),
    "error": ("{at}: {got}", "sheets whose numbers give an error"),
    "gone": ("{at}", "sheets that are gone"),
    "nothing": ("{at}: none of its formulas was found", "files with nothing to compare"),
}
"""How each kind of finding is said, and how many of them are."""

FINE = ("changed", "renamed", "added", "version")


@dataclass(frozen=True)
class Finding:
    """A cell, or a sheet, that is not as it was made.

    kind  "changed": typed over, as it is meant to be; "formula": another formula, or none;
          "constant": a fixed number typed over; "text": words, or nothing, where a number belongs;
          "value": the right formula with another value; "stale": a sheet without values; "moved",
          "renamed", "added", "gone": what happened to a sheet; "error": its numbers have no result;
          "version": another version of xlconv made the file
    """

    kind: str
    sheet: str
    cell: str = ""
    expected: Value = None
    got: Value = None

    @property
    def wrong(self) -> bool:
        """Whether it is more than a reader may do."""
        return self.kind not in FINE

    def __str__(self) -> str:
        at = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        words = SAID[self.kind][0]
        return words.format(at=_said(at), expected=_said(self.expected), got=_said(self.got))


@dataclass(frozen=True)
class Report:
    """What was found in one file, and how many formulas were compared."""

    file: str
    findings: tuple[Finding, ...] = ()
    formulas: int = 0
    lesson: str = ""
    """The title of the lesson that it was compared with."""

    @property
    def right(self) -> bool:
        return not any(finding.wrong for finding in self.findings)

    @property
    def verdict(self) -> str:
        """In a word."""
        return "right" if self.right else "wrong"

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON takes it."""
        found = [{**vars(finding), "wrong": finding.wrong} for finding in self.findings]
        return {
            "file": self.file,
            "lesson": self.lesson,
            "right": self.right,
            "formulas": self.formulas,
            "findings": found,
        }

    def explain(self) -> str:
        """The report in words, at most `TOLD` findings of a kind."""
        formulas = f"{self.formulas:,} formula" + "s" * (self.formulas != 1)
        head = f"{visible(self.file)}: {self.verdict}, {formulas}"
        lines = [f'{head} of "{_said(self.lesson)}"']
        for kind, found in self._by_kind().items():
            lines.append(f"  {len(found):,} {SAID[kind][1]}:")
            lines += [f"    {finding}" for finding in found[:TOLD]]
            lines += [f"    and {len(found) - TOLD:,} more"] * (len(found) > TOLD)
        return "\n".join(lines)

    def brief(self) -> str:
        """What is wrong, counted."""
        counted = (
            f"{len(found):,} {SAID[kind][1]}"
            for kind, found in self._by_kind().items()
            if found[0].wrong
        )
        return ", ".join(counted)

    def _by_kind(self) -> dict[str, list[Finding]]:
        """The findings of each kind, in the order of `SAID`."""
        kinds = {kind: [f for f in self.findings if f.kind == kind] for kind in SAID}
        return {kind: found for kind, found in kinds.items() if found}


def summary(reports: Sequence[Report], unread: Sequence[str] = ()) -> str:
    """Many reports in a table: a line a file, what is wrong in it, and the files that are not read.

    >>> print(summary([Report("a.xlsx", lesson="A"), Report("b.xlsx", lesson="B")], ["c.csv"]))
    3 files: 2 right, 0 wrong, 1 not read; they are of 2 lessons
      right     a.xlsx  "A"
      right     b.xlsx  "B"
      not read  c.csv
    """
    right, lessons = sum(report.right for report in reports), {r.lesson for r in reports}
    counted = {"right": right, "wrong": len(reports) - right, "not read": len(unread)}
    head = f"{len(reports) + len(unread)} files: " + ", ".join(
        f"{number} {verdict}" for verdict, number in counted.items()
    )
    head += f"; they are of {len(lessons)} lessons" * (len(lessons) > 1)
    rows = [
        (
            report.verdict,
            visible(report.file),
            f'"{_said(report.lesson)}"' * (len(lessons) > 1),
            report.brief(),
        )
        for report in reports
    ]
    rows += [("not read", visible(file), "", "") for file in unread]
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    lines = [
        "  ".join(["", *(c.ljust(w) for c, w in zip(row, [*widths, 0], strict=True))])
        for row in rows
    ]
    return "\n".join([head, *map(str.rstrip, lines)])


def _said(value: Value) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value)
    text = text if len(text) <= 80 else f"{text[:77]}..."
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
