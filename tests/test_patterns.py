"""Formulas written in one way are judged once, and no more of them than a check may cost."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.edited import checked, fresh, in_part, inserted, kinds, part_of, with_formula
from xlconv.checking.moves import Moves
from xlconv.checking.patterns import Patterns
from xlconv.errors import UnreadableError

DOWN = Moves(rows=((3, 2),), columns=())


def found(at: Moves | None = None) -> Patterns:
    return Patterns(("S", "S"), {}, at)


@pytest.mark.parametrize(
    ("at", "first", "second", "alike"),
    [
        (None, ("A1+B2", "+$A$1+B2"), ("$C3+D4", "+C3+$D4"), True),
        (None, ("A1+B2", "A1+B2+0"), ("C3+D4", "C3+D4+0"), False),
        (DOWN, ("A1+B9", "A1+B11"), ("C$3+D4", "C3+D$6"), True),
        (DOWN, ("A1+B9", "A1-B11"), ("C3+D4", "C3-D6"), False),
    ],
)
def test_formulas_of_one_pattern_are_taken_apart_once(
    at: Moves | None, first: tuple[str, str], second: tuple[str, str], alike: bool
) -> None:
    known = found(at)
    assert known.alike(*first) is alike
    left = known.left
    assert known.alike(*second) is alike
    assert known.left == left


@pytest.mark.parametrize(
    ("at", "first", "second"),
    [
        (None, ("A1+B2", "+A1+B2"), ("A1+B2", "+A1+B3")),
        (None, ('A1&" B1"', '+A1&" B1"'), ('A1&" B1"', '+A1&" $B1"')),
        (DOWN, ("A1+B9", "A1+B11"), ("A1+B9", "A1+B9")),
        (DOWN, ('A1&" B1"', 'A1&" B1"'), ('A1&" B9"', 'A1&" B11"')),
        (DOWN, ("A1+T!B1", "A1+T!B1"), ("A1+T!B9", "A1+T!B11")),
    ],
)
def test_pattern_does_not_speak_for_other_cells_and_texts(
    at: Moves | None, first: tuple[str, str], second: tuple[str, str]
) -> None:
    known = found(at)
    assert known.alike(*first) is True
    assert known.alike(*second) is False


def spread() -> bytes:
    """A file in which each range of one cell is written as such: A1:A1 for A1."""
    one = r"(?<=<f>)([A-Z]+[0-9]+)(?=</f>)"
    return in_part(fresh(), part_of(fresh(), "Distribute"), one, r"\1:\1")


def test_formulas_of_too_many_ways_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(spread()).right
    monkeypatch.setattr("xlconv.checking.patterns.LETTERS", 3)
    with pytest.raises(UnreadableError, match='too many ways to write formulas in "Distribute"'):
        checked(spread())


def test_where_something_is_wrong_formulas_of_too_many_ways_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = re.search(r'<c r="([A-Z]+[0-9]+)"[^>]*><f>', sheet_of("Distribute"))
    assert first
    data = with_formula(spread(), "Distribute", first[1], "1+1")
    assert kinds(checked(data)) == ["formula"]
    monkeypatch.setattr("xlconv.checking.patterns.LETTERS", 3)
    report = checked(data)
    assert not report.right
    assert kinds(report).count("formula") > 1


def sheet_of(name: str) -> str:
    with ZipFile(BytesIO(fresh())) as archive:
        return archive.read(part_of(fresh(), name)).decode()


@pytest.mark.parametrize("most", [0, 3, 20])
def test_report_is_one_however_soon_moves_are_asked_for(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = int(re.findall(r'<row r="(\d+)"', sheet_of("Collect"))[4])
    moved = inserted(fresh(), "Collect", row=row)
    files = [
        moved,
        in_part(moved, part_of(moved, "Collect"), "</f>", "+0</f>"),
        in_part(fresh(), part_of(fresh(), "Collect"), "</f>", "+0</f>"),
    ]
    before = [(checked(data).findings, checked(data).formulas) for data in files]
    assert ["formula" in {f.kind for f in found} for found, _ in before] == [False, True, True]
    monkeypatch.setattr("xlconv.checking.compare.MANY", most)
    assert [(checked(data).findings, checked(data).formulas) for data in files] == before


@pytest.mark.parametrize(("old", "new"), [("</f>", "+0</f>"), ("</f><v>", "</f><v>1")])
def test_sheet_with_very_much_wrong_is_not_compared_to_its_end(
    old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = in_part(fresh(), part_of(fresh(), "Collect"), old, new)
    before = kinds(checked(data))
    assert "ended" not in before
    monkeypatch.setattr("xlconv.checking.differences.FOLLOWED", 2)
    for limit in ("FOLLOWED", "MANY"):
        monkeypatch.setattr(f"xlconv.checking.compare.{limit}", 2)
    report = checked(data)
    assert not report.right
    (ended,) = [finding for finding in report.findings if finding.kind == "ended"]
    assert str(ended).startswith("Collect: nothing below row ")
    assert set(kinds(report)) == {*before, "ended"}
    assert len(report.findings) < len(before)
