"""What was found in a workbook, and how it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from xlconv.checking.kinds import KINDS
from xlconv.checking.workbook import Value
from xlconv.frozen import frozen
from xlconv.text import counted, line, table
from xlconv.visible import escaped, shortened, visible

TOLD = 20
"""Findings of one kind that are told; more are counted."""


@frozen
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
        fields = {**vars(self), "wrong": self.wrong}
        return fields if self.more else {key: fields[key] for key in fields if key != "more"}

    def __str__(self) -> str:
        at = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        said = _content if self.cell else spoken
        words = KINDS[self.kind].said
        return words.format(at=spoken(at), expected=said(self.expected), got=said(self.got))


@frozen
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
        rows = [("wrong" if each.wrong else "fine", str(each)) for each in self.findings]
        return table(self._counts(), [], rows)

    def _counts(self) -> str:
        findings = counted(number(self.findings), "finding")
        return f"{self.verdict}, {counted(self.formulas, 'formula')}, {findings}: {self.file}"

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
        findings = [finding.as_dict() for finding in self.findings]
        return {
            "file": self.file,
            "lesson": self.lesson,
            "right": self.right,
            "formulas": self.formulas,
            "findings": findings,
        }

    def explain(self) -> str:
        """The report in words, at most `TOLD` findings of a kind."""
        head = f"{visible(self.file)}: {self.verdict}, {counted(self.formulas, 'formula')}"
        lines = [head + f' of "{spoken(self.lesson)}"' * bool(self.lesson)]
        for kind, findings in self._by_kind().items():
            several = number(findings)
            lines.append(f"  {KINDS[kind].counted(several)}:")
            lines += [f"    {finding}" for finding in findings[:TOLD]]
            lines += [f"    and {several - TOLD:,} more"] * (several > TOLD)
        return "\n".join(lines)

    def brief(self) -> str:
        """What is wrong, counted."""
        kinds = ((KINDS[kind], number(several)) for kind, several in self._by_kind().items())
        return ", ".join(kind.counted(several) for kind, several in kinds if not kind.fine)

    def _by_kind(self) -> dict[str, list[Finding]]:
        """The findings of each kind, in the order of `KINDS`."""
        kinds = {kind: [f for f in self.findings if f.kind == kind] for kind in KINDS}
        return {kind: findings for kind, findings in kinds.items() if findings}


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
            f'"{spoken(report.lesson)}"' * (len(lessons) > 1),
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
    text = spoken(value)
    return f'"{text}"' if isinstance(value, str) and value and value[0] != "=" else text


def spoken(value: Value) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, float):
        return f"{value:.15g}"
    return "".join(c if c.isprintable() else escaped(c) for c in shortened(str(value)))
