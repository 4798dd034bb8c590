"""What was found in a workbook, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

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
}
"""How each kind of finding is said, and how many of them are."""

ALONE = {
    "renamed": "renamed sheet",
    "added": "sheet that is not xlconv's, not checked",
    "formula": "formula that was changed",
    "constant": "fixed number typed over",
    "text": "cell without the number it needs",
    "value": "value that is not what follows",
    "stale": "sheet not recalculated: try --engine",
    "moved": "sheet whose cells were moved, not compared",
    "error": "sheet whose numbers give an error",
    "gone": "sheet that is gone",
}
"""How one finding of a kind is counted, where that differs from many."""

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

    @property
    def right(self) -> bool:
        return not any(finding.wrong for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON takes it."""
        found = [{**vars(finding), "wrong": finding.wrong} for finding in self.findings]
        return {
            "file": self.file,
            "right": self.right,
            "formulas": self.formulas,
            "findings": found,
        }

    def explain(self) -> str:
        """The report in words, at most `TOLD` findings of a kind."""
        told = "1 formula" if self.formulas == 1 else f"{self.formulas} formulas"
        lines = [f"{self.file}: {'right' if self.right else 'wrong'}, {told}"]
        ranks = list(SAID)
        for kind, group in groupby(
            sorted(self.findings, key=lambda found: ranks.index(found.kind)), lambda f: f.kind
        ):
            found = list(group)
            many = SAID[kind][1]
            what = ALONE.get(kind, many) if len(found) == 1 else many
            lines.append(f"  {len(found):,} {what}:")
            lines += [f"    {finding}" for finding in found[:TOLD]]
            lines += [f"    and {len(found) - TOLD:,} more"] * (len(found) > TOLD)
        return "\n".join(lines)


def _said(value: Value) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value)
    text = text if len(text) <= 80 else f"{text[:77]}..."
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
