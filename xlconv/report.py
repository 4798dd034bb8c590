"""What was found in a workbook, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlconv.summary import line, table
from xlconv.visible import visible
from xlconv.words import counted
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
    "nothing": (
        "{at}: none of its formulas was found",
        "file with nothing to compare",
        "files with nothing to compare",
    ),
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
          "version": another version of xlconv made the file; "nothing": nothing was compared
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


@dataclass(frozen=True, repr=False)
class Report:
    """What was found in one file, and how many formulas were compared."""

    file: str
    findings: tuple[Finding, ...] = ()
    formulas: int = 0
    lesson: str = ""
    """The title of the lesson that it was compared with."""

    def __repr__(self) -> str:
        return line("Report", self._counts())

    def _repr_html_(self) -> str:
        rows = [("wrong" if found.wrong else "fine", str(found)) for found in self.findings]
        return table(self._counts(), [], rows)

    def _counts(self) -> str:
        found = counted(len(self.findings), "finding")
        verdict = "right" if self.right else "wrong"
        return f"{verdict}, {counted(self.formulas, 'formula')}, {found}: {self.file}"

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
        head = f"{visible(self.file)}: {self.verdict}, {counted(self.formulas, 'formula')}"
        lines = [head + f' of "{_said(self.lesson)}"' * bool(self.lesson)]
        for kind, found in self._by_kind().items():
            lines.append(f"  {_counted(kind, found)}:")
            lines += [f"    {finding}" for finding in found[:TOLD]]
            lines += [f"    and {len(found) - TOLD:,} more"] * (len(found) > TOLD)
        return "\n".join(lines)

    def brief(self) -> str:
        """What is wrong, counted."""
        counted = (
            _counted(kind, found) for kind, found in self._by_kind().items() if found[0].wrong
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


def _counted(kind: str, found: Sequence[Finding]) -> str:
    """How many findings of a kind there are."""
    return f"{len(found):,} {SAID[kind][min(len(found), 2)]}"


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
