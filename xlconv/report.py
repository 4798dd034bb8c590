"""What was found in a workbook, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from xlconv.workbook import Value

TOLD = 20
"""Findings of one kind that are told; more are counted."""

GENERAL = "set its format to General and type it again"

SAID = {
    "changed": ("{at} was {expected}, is now {got}", "number of your own", "numbers of your own"),
    "own": ("{at} was {expected}, has now {got}", "formula of your own", "formulas of your own"),
    "date": (
        f"{{at}} was {{expected}}, is now {{got}}, shown as a date: {GENERAL} (a half as 0.5 or =1/2)",
        "number of your own that is a date",
        "numbers of your own that are dates",
    ),
    "renamed": ("{expected} is now called {got}", "renamed sheet", "renamed sheets"),
    "shifted": (
        "{at}: {got}",
        "sheet whose cells were moved, compared where they are now",
        "sheets whose cells were moved, compared where they are now",
    ),
    "added": (
        "{at}", "sheet that is not xlconv's, not checked", "sheets that are not xlconv's, not checked",
    ),
    "version": (
        "xlconv {got} made it, this is {expected}: what follows may be for that alone",
        "other version",
        "other versions",
    ),
    "formula": (
        "{at} has {got}; here belongs {expected}",
        "formula that was changed",
        "formulas that were changed",
    ),
    "constant": (
        "{at} has {got}; here belongs {expected}",
        "fixed number typed over",
        "fixed numbers typed over",
    ),
    "text": (
        "{at} has {got}; here belongs a number",
        "cell without the number it needs",
        "cells without the number they need",
    ),
    "digits": (
        (
            f"{{at}} has the text {{got}}, which only looks like a number: {GENERAL}, decimals as the"
            " program writes them"
        ),
        "text where a number belongs",
        "texts where a number belongs",
    ),
    "quoted": (
        (
            f"{{at}} has the text {{got}}, which only looks like a formula: {GENERAL}, without an"
            " apostrophe before it"
        ),
        "text that was meant as a formula",
        "texts that were meant as formulas",
    ),
    "unvalued": (
        (
            "{at} has {got}, without a value: open the file in a spreadsheet program and save it there,"
            " or use --engine"
        ),
        "formula of your own that no program has computed",
        "formulas of your own that no program has computed",
    ),
    "value": (
        "{at} says {got}; its numbers give {expected}",
        "value that is not what follows",
        "values that are not what follows",
    ),
    "follows": (
        "{at}: {got}",
        "sheet with values that only follow from what was changed",
        "sheets with values that only follow from what was changed",
    ),
    "stale": (
        "{at}: {got}",
        "sheet that no program has recalculated: open it in one and save it there, or use --engine",
        "sheets that no program has recalculated: open them in one and save there, or use --engine",
    ),
    "moved": (
        "{at}: {expected} is now {got}",
        "sheet whose cells were moved, not compared",
        "sheets whose cells were moved, not compared",
    ),
    "error": (
        "{at}: {got}", "sheet whose numbers give an error", "sheets whose numbers give an error",
    ),
    "gone": ("{at}", "sheet that is gone", "sheets that are gone"),
}  # fmt: skip
"""How each kind of finding is said, what one is called, and what several are."""

FINE = ("changed", "own", "date", "renamed", "shifted", "added", "version", "follows")
"""The kinds that a reader may do, or that follow from others."""


@dataclass(frozen=True)
class Finding:
    """A cell, or a sheet, that is not as it was made.

    kind  "changed", "own", "date": typed over, as it is meant to be, by a number, a formula, a date;
          "formula", "constant": another formula, or none; a fixed number typed over;
          "text", "digits", "quoted", "unvalued": words, or nothing, where a number belongs; a text
          that looks like a number, or like a formula; a reader's own formula without a value;
          "value", "follows": the right formula with another value; such values that follow from a
          cell that was found; "stale": a sheet that was not recalculated;
          "shifted", "moved": cells that stand elsewhere, found there or not;
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
        said = _content if self.cell else _said
        words = SAID[self.kind][0]
        return words.format(at=_said(at), expected=said(self.expected), got=said(self.got))


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
        formulas = f"{self.formulas} formula{'s' * (self.formulas != 1)}"
        lines = [f"{self.file}: {'right' if self.right else 'wrong'}, {formulas}"]
        ranks = list(SAID)
        for kind, group in groupby(
            sorted(self.findings, key=lambda found: ranks.index(found.kind)), lambda f: f.kind
        ):
            found = list(group)
            lines.append(f"  {len(found):,} {SAID[kind][min(len(found), 2)]}:")
            lines += [f"    {finding}" for finding in found[:TOLD]]
            lines += [f"    and {len(found) - TOLD:,} more"] * (len(found) > TOLD)
        return "\n".join(lines)


def _content(value: Value) -> str:
    """What a cell holds; a text in quotes, so that it is not taken for a number."""
    text = _said(value)
    return f'"{text}"' if isinstance(value, str) and value and value[0] != "=" else text


def _said(value: Value) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value)
    text = text if len(text) <= 80 else f"{text[:77]}..."
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
