"""What `check` says of a cell, and of the cells that follow from it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.edited import (
    by_openpyxl,
    checked,
    formula_of,
    fresh,
    in_part,
    kinds,
    on_sheet,
    part_of,
    places,
    with_formula,
    wrong,
)
from tests.engines.strip import with_values
from xlconv.checking.kinds import KINDS
from xlconv.checking.report import Finding, Report
from xlconv.checking.workbook import Value
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build


def typed(value: Any, number_format: str = "", block: str = "input") -> Report:
    """The report on the sheet Collect with something typed into a block's first cell."""

    def edit(book: Any) -> None:
        cell = book["Collect"][places()[block]]
        if number_format:
            cell.number_format = number_format
        cell.value = value
        if isinstance(value, str) and number_format == "@":
            cell.data_type = "s"

    return checked(by_openpyxl(fresh(), edit), engine=True)


def stretched() -> str:
    """Where the first input stands among the zeros."""
    with ZipFile(BytesIO(fresh())) as archive:
        xml = archive.read(part_of(fresh(), "Collect")).decode()
    found = re.search(rf'<c r="([A-Z0-9]+)"[^>]*><f>{places()["input"]}</f>', xml)
    assert found
    return found[1]


@pytest.mark.parametrize("text", ["5", "1,5", "1.5", "-3", " 7 ", "50%", "1/2", "1 000", "2e3"])
def test_text_that_looks_like_a_number_is_said_to_be_text(text: str) -> None:
    report = typed(text, "@")
    (finding,) = wrong(report)
    assert str(finding) == (
        f'Collect!{places()["input"]} has the text "{text}", which only looks like a number: set'
        " its format to General and type it again, decimals as the program writes them"
    )
    assert kinds(report) == ["digits", "follows"]


@pytest.mark.parametrize("text", ["five", "x1", "1-2-3a", "-", "."])
def test_other_text_is_only_no_number(text: str) -> None:
    (finding,) = wrong(typed(text, "@"))
    assert str(finding) == f'Collect!{places()["input"]} has "{text}"; here belongs a number'


def test_text_where_a_fixed_number_belongs_is_said_to_be_text() -> None:
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", places()["output"]).groups()  # type: ignore[union-attr]
    index = f"{column}{int(row) - 1}"
    (finding,) = wrong(checked(with_values(fresh(), {("Collect", index): "0"})))
    assert (finding.kind, finding.expected, finding.got) == ("digits", 0.0, "0")


def test_formula_typed_as_text_is_said_to_be_text() -> None:
    def told(report: Report) -> list[tuple[str, Value, str]]:
        return [(f.kind, f.got, str(f).partition(" has ")[2]) for f in wrong(report)]

    said = (
        "the text =A1*2, which only looks like a formula: set its format to General and type it"
        " again, without an apostrophe before it"
    )
    assert told(typed("=A1*2", "@")) == [("quoted", "=A1*2", said)]
    assert told(typed("=A1*2", "@", "output")) == [("quoted", "=A1*2", said)]
    # the right formula is no better where it is a text
    was = f"={formula_of(fresh(), 'Collect', places()['output'])}"
    assert [(f.kind, f.got) for f in wrong(typed(was, "@", "output"))] == [("quoted", was)]


@pytest.mark.parametrize("number_format", ["dd/mm/yyyy", "d-mmm", "mm-dd-yy", "[$-407]d. mmmm"])
def test_number_that_became_a_date_is_said_to_be_one(number_format: str) -> None:
    report = typed(46024, number_format)
    assert (report.right, kinds(report)) == (True, ["date"])
    assert str(report.findings[0]) == (
        f"Collect!{places()['input']} was 3, is now 46024, shown as a date: set its format to"
        " General and type it again (a half as 0.5 or =1/2)"
    )


@pytest.mark.parametrize("number_format", ["0.00", "General", '0 "days"', "[Red]0", "# ?/?"])
def test_number_in_another_format_is_no_date(number_format: str) -> None:
    assert kinds(typed(46024, number_format)) == ["changed"]


def test_formula_in_an_input_is_told_with_what_it_gives() -> None:
    at = f"Collect!{places()['input']}"
    report = typed("=1/2")
    assert (report.right, str(report.findings[0])) == (
        True,
        f"{at} was 3, has now =1/2, which gives 0.5",
    )
    report = typed("=1/0")
    assert [f.kind for f in wrong(report)] == ["text"]
    assert str(report.findings[0]) == f"{at} has =1/0, which gives #DIV/0!; here belongs a number"


def test_what_follows_from_a_changed_formula_is_one_line() -> None:
    cell = stretched()
    report = checked(
        by_openpyxl(with_formula(fresh(), "Collect", cell, "1+4"), lambda _: None), engine=True
    )
    assert [(f.kind, f.cell) for f in wrong(report)] == [("formula", cell)]
    (follow,) = [f for f in report.findings if f.kind == "follows"]
    count = re.fullmatch(r"Collect: (\d+) values, from ([A-Z]+\d+) on", str(follow))
    assert count
    # w has no 0 in its corners: the first input reaches at least these
    assert int(count[1]) >= 4
    assert "  1 sheet with values that only follow from what was changed:" in report.explain()


def test_very_many_values_are_not_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    data = by_openpyxl(with_formula(fresh(), "Collect", stretched(), "1+4"), lambda _: None)
    monkeypatch.setattr("xlconv.checking.compare.FOLLOWED", 3)
    found = kinds(checked(data, engine=True))
    assert set(found) == {"formula", "value"}
    assert found.count("value") > 3


def test_value_that_follows_from_nothing_changed_is_still_wrong() -> None:
    cell, other = stretched(), places()["turned"]
    data = with_formula(fresh(), "Collect", cell, "1+4")
    was = formula_of(fresh(), "Collect", other)
    data = in_part(
        data, part_of(data, "Collect"), rf"(<f>{re.escape(was)}</f>)<v>[^<]*</v>", r"\1<v>77</v>"
    )
    found = {(f.kind, f.cell, f.got) for f in wrong(checked(data))}
    assert found == {("formula", cell, "=1+4"), ("value", other, 77.0)}


def test_error_is_the_same_error_whatever_its_type() -> None:
    """Google Sheets writes errors as texts."""
    was = formula_of(fresh(), "Collect", places()["output"])
    for kind in ("e", "str"):
        data = in_part(
            fresh(),
            part_of(fresh(), "Collect"),
            rf'(<c r="{places()["output"]}"[^>]*)(><f>{re.escape(was)}</f>)<v>[^<]*</v>',
            rf'\1 t="{kind}"\2<v>#REF!</v>',
        )
        told = [str(found) for found in wrong(checked(data))]
        assert told[:1] == [f'Collect!{places()["output"]} says "#REF!"; its numbers give 3']


@pytest.mark.parametrize("kind", KINDS)
def test_one_is_said_as_one_and_two_as_two(kind: str) -> None:
    found = Finding(kind, "A", "B1", 1.0, 2.0)
    _, one, several, fine = KINDS[kind]
    verdict = "right" if fine else "nothing to check" if kind == "plain" else "wrong"
    assert Report("a.xlsx", (found,), 1).explain().splitlines()[:2] == [
        f"a.xlsx: {verdict}, 1 formula",
        f"  1 {one}:",
    ]
    lines = Report("a.xlsx", (found, found), 2).explain().splitlines()
    assert lines[0].endswith(", 2 formulas")
    assert lines[1] == f"  2 {several}:"
    assert not one.partition(" ")[0].endswith("s")
    assert one != several


def test_report_on_one_formula_counts_it_as_one() -> None:
    data = build(Layer.of([[2]], [[3]]), views=["collect"]).to_bytes()
    assert checked(on_sheet(data, "Collect", "<sheetData>", "<sheetData>")).formulas > 1
    assert Report("a", (), 1).explain() == "a: right, 1 formula"
    assert Report("a", (), 0).explain() == "a: right, 0 formulas"
