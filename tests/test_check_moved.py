"""Rows, columns and sheets that stand elsewhere than where they were made."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest

from tests.edited import (
    by_openpyxl,
    checked,
    fresh,
    in_part,
    inserted,
    kinds,
    part_of,
    places,
    with_formula,
    wrong,
)
from tests.engines.package import row_and_column
from tests.engines.strip import strip_values, with_values
from xlconv.checking.moves import Moves, moves
from xlconv.grid.places import a1
from xlconv.lessons.build import build


def rows_of(data: bytes, sheet: str) -> list[int]:
    with ZipFile(BytesIO(data)) as archive:
        xml = archive.read(part_of(data, sheet)).decode()
    return [int(row) for row in re.findall(r'<row r="(\d+)"', xml)]


def test_row_put_anywhere_is_one_line_and_nothing_is_wrong() -> None:
    last = rows_of(fresh(), "Collect")[-1]
    told = 0
    for row in range(2, last + 1):
        report = checked(inserted(fresh(), "Collect", row=row))
        assert report.right, report.explain()
        assert set(kinds(report)) <= {"shifted"}
        told += len(report.findings)
    assert told > 10


def test_row_is_told_where_it_was_put() -> None:
    row, _ = row_and_column(places()["output"])
    report = checked(inserted(fresh(), "Collect", row=row, by=2))
    assert report.explain().splitlines()[1:] == [
        "  1 sheet whose cells were moved, compared where they are now:",
        f"    Collect: row {row} is now row {row + 2}",
    ]


def test_engine_agrees_that_a_row_was_put_and_nothing_else() -> None:
    """The helper of these tests moves cells as a program does: the results are the same."""
    row, _ = row_and_column(places()["output"])
    data = strip_values(inserted(inserted(fresh(), "Collect", row=row), "Collect", column=9))
    report = checked(data, engine=True)
    assert (report.right, kinds(report)) == (True, ["shifted"])


def test_column_is_followed_as_a_row_is() -> None:
    row, column = row_and_column(places()["output"])
    data = inserted(inserted(fresh(), "Collect", column=column), "Collect", row=row)
    report = checked(data)
    assert (report.right, kinds(report)) == (True, ["shifted"])
    letters = re.sub(r"\d", "", a1((0, column - 1)))
    after = re.sub(r"\d", "", a1((0, column)))
    assert f"column {letters} is now column {after}" in report.explain()
    assert f"row {row} is now row {row + 1}, " in report.explain()


def test_change_beside_a_row_that_was_put_is_found_where_it_is_now() -> None:
    row, column = row_and_column(places()["output"])
    data = inserted(with_formula(fresh(), "Collect", places()["output"], "1+2"), "Collect", row=row)
    (finding,) = wrong(checked(data))
    assert (finding.kind, finding.cell, finding.got) == ("formula", a1((row, column - 1)), "=1+2")


def test_numbers_typed_below_a_row_that_was_put_are_read_where_they_are_now() -> None:
    row, column = row_and_column(places()["input"])
    moved = inserted(fresh(), "Collect", row=row)
    data = strip_values(with_values(moved, {("Collect", a1((row, column - 1))): 5.0}))
    report = checked(data, engine=True)
    assert [(f.kind, f.cell, f.got) for f in report.findings if f.kind != "shifted"] == [
        ("changed", a1((row, column - 1)), 5.0)
    ]


def test_formulas_of_one_cell_moved_by_hand_are_no_row() -> None:
    """Cut and pasted elsewhere, with its name: not followed, and told in one line."""
    names = r"(>(?:'Collect'|Collect)!)\$[A-Z]+\$\d+(?=[^<]*</definedName>)"
    first = places()["output"]
    data = with_formula(fresh(), "Collect", first, "0")
    data = in_part(data, "xl/workbook.xml", names, r"\g<1>$AX$90")
    assert [(f.kind, f.sheet) for f in wrong(checked(data))] == [("moved", "Collect")]


def test_names_that_lead_nowhere_accuse_nobody() -> None:
    """As Excel leaves them where a sheet was duplicated and the first one deleted."""
    data = in_part(fresh(), "xl/workbook.xml", r">[^<]*(?=</definedName>)", ">#REF!")
    assert checked(data).findings == ()
    renamed = in_part(data, "xl/workbook.xml", 'name="Collect"', 'name="Collect (2)"')
    assert [(f.kind, f.expected, f.got) for f in checked(renamed).findings] == [
        ("renamed", "Collect", "Collect (2)")
    ]


def test_copy_of_a_sheet_is_no_sheet_of_the_lesson() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book.copy_worksheet(book["Collect"])

    report = checked(by_openpyxl(fresh(), edit), engine=True)
    assert [(f.kind, f.sheet) for f in report.findings] == [("added", "Collect Copy")]


def test_sheet_without_its_name_is_not_taken_for_any_other() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        del book["Collect"]
        book.create_sheet("My notes")["A1"] = "=SUM(1,2)"

    data = in_part(
        by_openpyxl(fresh(), edit), "xl/workbook.xml", "<definedNames.*</definedNames>", ""
    )
    assert [(f.kind, f.sheet) for f in checked(data, engine=True).findings] == [
        ("added", "My notes"),
        ("gone", "Collect"),
    ]


@pytest.mark.parametrize("name", ["transposed-convolutions", "frameworks"])
def test_contents_may_be_renamed_and_have_rows_put_in(name: str) -> None:
    """Where there is no formula in the legend, the sheet is known by its place."""
    data = build(name).to_bytes()
    renamed = in_part(data, "xl/workbook.xml", 'name="Contents"', 'name="Inhalt"')
    report = checked(renamed)
    assert report.right, report.explain()
    assert [(f.kind, f.sheet) for f in report.findings] == [("renamed", "Inhalt")]
    for row in (2, 5, rows_of(data, "Contents")[-1]):
        report = checked(inserted(data, "Contents", row=row))
        assert report.right, report.explain()


def test_lines_are_known_again_by_their_marks() -> None:
    rows = ["ffn", "n", "", "ff", "ff", "ff", "nf"]

    def marks(told: list[str]) -> dict[int, tuple[range, str]]:
        return {r: (range(len(row)), row) for r, row in enumerate(told) if row}

    def found(told: list[str]) -> Moves:
        return moves(marks(rows), marks(told))

    assert found(rows) == Moves()
    assert found([*rows[:3], "", "", *rows[3:]]).rows == ((3, 2),)
    assert found(rows[:1] + rows[2:]).rows == ((3, -1),)
    assert found(["nnnnn", *rows[:3], "", *rows[3:]]).rows == ((0, 1), (3, 2))
    # what differs is still compared with what stands in its place
    assert found([*rows[:3], "fn", *rows[4:]]) == Moves()


def test_very_many_lines_are_not_compared_with_one_another() -> None:
    ours = {row: ((0,), "fn"[row % 2]) for row in range(40_000)}
    theirs = {row: ((0,), "nf"[row // 2 % 2]) for row in range(50_000)}
    assert moves(ours, theirs).rows == ()


def test_formula_that_did_not_move_is_told_beside_what_belongs_there_now() -> None:
    book = openpyxl.load_workbook(BytesIO(fresh()))
    book["Collect"].insert_rows(3)  # which moves no formula
    edited = BytesIO()
    book.save(edited)
    findings = [f for f in checked(edited.getvalue()).findings if f.kind == "formula"]
    assert findings
    plain = [f for f in findings if '"' not in str(f.expected)]
    assert plain
    assert all(f.got != f.expected for f in plain)
