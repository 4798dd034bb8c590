"""What was found in a workbook, and how it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from xlconv.checking.workbook import Value
from xlconv.text import counted, line, table
from xlconv.visible import escaped, shortened, visible

TOLD = 20
"""Findings of one kind that are told; more are counted."""

GENERAL = "set its format to General and type it again"


class Kind(NamedTuple):
    """A kind of findings.

    said     what is said of one
    one      what one is called
    several  what several are
    fine     whether a reader may do it, or it follows from others
    """

    said: str
    one: str
    several: str
    fine: bool = False

    def counted(self, number: int) -> str:
        return f"{number:,} {self.one if number == 1 else self.several}"


KINDS = {
    "other": Kind(
        'this file says it is of "{got}", not of "{expected}"',
        "file of another lesson",
        "files of another lesson",
        fine=True,
    ),
    "changed": Kind(
        "{at} was {expected}, is now {got}", "number of your own", "numbers of your own", fine=True
    ),
    "own": Kind(
        "{at} was {expected}, has now {got}",
        "formula of your own",
        "formulas of your own",
        fine=True,
    ),
    "date": Kind(
        (
            f"{{at}} was {{expected}}, is now {{got}}, shown as a date: {GENERAL} (a half as 0.5"
            " or =1/2)"
        ),
        "number of your own that is a date",
        "numbers of your own that are dates",
        fine=True,
    ),
    "renamed": Kind("{expected} is now called {got}", "renamed sheet", "renamed sheets", fine=True),
    "shifted": Kind(
        "{at}: {got}",
        "sheet whose cells were moved, compared where they are now",
        "sheets whose cells were moved, compared where they are now",
        fine=True,
    ),
    "added": Kind(
        "{at}",
        "sheet that is not xlconv's, not checked",
        "sheets that are not xlconv's, not checked",
        fine=True,
    ),
    "version": Kind(
        "xlconv {got} made it, this is {expected}: what follows may be for that alone",
        "other version",
        "other versions",
        fine=True,
    ),
    "formula": Kind(
        "{at} has {got}; here belongs {expected}",
        "formula that was changed",
        "formulas that were changed",
    ),
    "constant": Kind(
        "{at} has {got}; here belongs {expected}",
        "fixed number typed over",
        "fixed numbers typed over",
    ),
    "text": Kind(
        "{at} has {got}; here belongs a number",
        "cell without the number it needs",
        "cells without the number they need",
    ),
    "digits": Kind(
        (
            f"{{at}} has the text {{got}}, which only looks like a number: {GENERAL}, decimals"
            " as the program writes them"
        ),
        "text where a number belongs",
        "texts where a number belongs",
    ),
    "quoted": Kind(
        (
            f"{{at}} has the text {{got}}, which only looks like a formula: {GENERAL}, without an"
            " apostrophe before it"
        ),
        "text that was meant as a formula",
        "texts that were meant as formulas",
    ),
    "unvalued": Kind(
        (
            "{at} has {got}, without a value: open the file in a spreadsheet program and save"
            " it there, or use --engine"
        ),
        "formula of your own that no program has computed",
        "formulas of your own that no program has computed",
    ),
    "value": Kind(
        "{at} says {got}; its numbers give {expected}",
        "value that is not what follows",
        "values that are not what follows",
    ),
    "follows": Kind(
        "{at}: {got}",
        "sheet with values that only follow from what was changed",
        "sheets with values that only follow from what was changed",
        fine=True,
    ),
    "stale": Kind(
        "{at}: {got}",
        "sheet that no program has recalculated: open it in one and save it there, or use --engine",
        "sheets that no program has recalculated: open them in one and save there, or use --engine",
    ),
    "ended": Kind(
        "{at}: {got}",
        "sheet with so much wrong that the rest of it was not compared",
        "sheets with so much wrong that the rest of them was not compared",
        fine=True,
    ),
    "unknown": Kind(
        "{at}",
        (
            "sheet with more numbers than a file tells the first values of: if one was changed,"
            " and no program has recalculated it, open it in one and save it there, or use --engine"
        ),
        (
            "sheets with more numbers than a file tells the first values of: if one was"
            " changed, and no"
            " program has recalculated them, open them in one and save there, or use --engine"
        ),
        fine=True,
    ),
    "moved": Kind(
        "{at}: {expected} is now {got}",
        "sheet whose cells were moved, not compared",
        "sheets whose cells were moved, not compared",
    ),
    "error": Kind(
        "{at}: {got}",
        "sheet whose numbers give an error",
        "sheets whose numbers give an error",
    ),
    "gone": Kind("{at}", "sheet that is gone", "sheets that are gone"),
    "plain": Kind(
        "{at} is a workbook of text alone, in which nothing is computed",
        "file with nothing to check",
        "files with nothing to check",
    ),
    "nothing": Kind(
        "{at}: none of its formulas was found",
        "file with nothing to compare",
        "files with nothing to compare",
    ),
}
"""What is said of each kind of finding, in the order in which they are told."""


@dataclass(frozen=True)
class Finding:
    """A cell, or a sheet, that is not as it was made.

    kind  one of KINDS
    more  how many others of its kind it stands for, which are only counted
    """

    kind: str
    sheet: str
    cell: str = ""
    expected: Value = None
    got: Value = None
    more: int = 0

    @property
    def wrong(self) -> bool:
        """Whether it is more than a reader may do."""
        return not KINDS[self.kind].fine

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON takes it; how many more there are is told where there are some."""
        told = {**vars(self), "wrong": self.wrong}
        return told if self.more else {key: told[key] for key in told if key != "more"}

    def __str__(self) -> str:
        at = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        said = _content if self.cell else told
        words = KINDS[self.kind].said
        return words.format(at=told(at), expected=said(self.expected), got=said(self.got))


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
        found = counted(number(self.findings), "finding")
        return f"{self.verdict}, {counted(self.formulas, 'formula')}, {found}: {self.file}"

    @property
    def right(self) -> bool:
        return not any(finding.wrong for finding in self.findings)

    @property
    def verdict(self) -> str:
        """In a word."""
        wrong = {finding.kind for finding in self.findings if finding.wrong}
        return "nothing to check" if wrong == {"plain"} else "wrong" if wrong else "right"

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON takes it."""
        found = [finding.as_dict() for finding in self.findings]
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
        lines = [head + f' of "{told(self.lesson)}"' * bool(self.lesson)]
        for kind, found in self._by_kind().items():
            lines.append(f"  {KINDS[kind].counted(number(found))}:")
            lines += [f"    {finding}" for finding in found[:TOLD]]
            lines += [f"    and {number(found) - TOLD:,} more"] * (number(found) > TOLD)
        return "\n".join(lines)

    def brief(self) -> str:
        """What is wrong, counted."""
        kinds = ((KINDS[kind], number(found)) for kind, found in self._by_kind().items())
        return ", ".join(kind.counted(several) for kind, several in kinds if not kind.fine)

    def _by_kind(self) -> dict[str, list[Finding]]:
        """The findings of each kind, in the order of `KINDS`."""
        kinds = {kind: [f for f in self.findings if f.kind == kind] for kind in KINDS}
        return {kind: found for kind, found in kinds.items() if found}


def number(findings: Sequence[Finding]) -> int:
    """How many findings these are, with those that are only counted."""
    return sum(1 + finding.more for finding in findings)


def summary(reports: Sequence[Report], unread: Sequence[str] = ()) -> str:
    """Many reports in a table: a line a file, what is wrong in it, and the files that are not read.

    >>> print(summary([Report("a.xlsx", lesson="A"), Report("b.xlsx", lesson="B")], ["c.csv"]))
    3 files: 2 right, 0 wrong, 1 not read; they are of 2 lessons
      right     a.xlsx  "A"
      right     b.xlsx  "B"
      not read  c.csv
    """
    lessons = {report.lesson for report in reports}
    verdicts = Counter({"right": 0, "wrong": 0, "not read": len(unread)})
    verdicts.update(report.verdict for report in reports)
    head = f"{len(reports) + len(unread)} files: " + ", ".join(
        f"{number} {verdict}" for verdict, number in verdicts.items()
    )
    head += f"; they are of {len(lessons)} lessons" * (len(lessons) > 1)
    rows = [
        (
            report.verdict,
            visible(report.file),
            f'"{told(report.lesson)}"' * (len(lessons) > 1),
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


def _content(value: Value) -> str:
    """What a cell holds; a text in quotes, so that it is not taken for a number."""
    text = told(value)
    return f'"{text}"' if isinstance(value, str) and value and value[0] != "=" else text


def told(value: Value) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, float):
        return f"{value:.15g}"
    return "".join(c if c.isprintable() else escaped(c) for c in shortened(str(value)))
