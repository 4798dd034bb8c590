"""A teacher's own export gets one column filled, and keeps every other byte."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from xlconv.classroom.into import into
from xlconv.classroom.roster import read_roster
from xlconv.errors import XlconvError

DATA = Path(__file__).parents[1] / "data" / "classroom"
WORTH = Decimal(24)


def with_(name: str, *changes: tuple[str, str], code: str = "utf-8") -> bytes:
    """A file with some of its places changed, and every other byte as it is."""
    data = (DATA / name).read_bytes()
    for old, new in changes:
        assert data.count(old.encode(code)) == 1
        data = data.replace(old.encode(code), new.encode(code))
    return data


def test_canvas_column_is_found_without_its_number() -> None:
    filled = into(
        DATA / "canvas.csv",
        {"1501090": Decimal("15.5"), "1500071": Decimal("12.0"), "77": Decimal(1)},
        WORTH,
        "Worksheet 1",
    )
    assert (filled.head, filled.number, filled.replaced) == ("Worksheet 1 (88211)", 2, 1)
    assert filled.missing == ("77",)
    changes = ("IC-101 A,,8.50,", "IC-101 A,15.5,8.50,"), ("IC-101 B,18.00,", "IC-101 B,12,")
    assert filled.data == with_("canvas.csv", *changes)


def test_a_new_column_of_canvas_says_what_it_is_worth() -> None:
    filled = into(DATA / "canvas-german.csv", {"M-0018": Decimal("15.5")}, WORTH, "Übung; neu")
    assert filled.data == with_(
        "canvas-german.csv",
        ("Arbeitsblatt (512)\r\n", 'Arbeitsblatt (512);"Übung; neu"\r\n'),
        (";20,00\r\n", ";20,00;24\r\n"),
        (";17,50\r\n", ";17,50;\r\n"),
        ("zoe.weiss@uni.example;Übung 1;\r\n", "zoe.weiss@uni.example;Übung 1;;15,5\r\n"),
    )


def test_moodles_sheet_for_grades_has_its_own_column() -> None:
    filled = into(DATA / "moodle-grades.csv", {"Participant 4712": Decimal("15.5")}, WORTH)
    assert filled.head == "Grade"
    change = '"No submission - ",,100.00', '"No submission - ",15.5,100.00'
    assert filled.data == with_("moodle-grades.csv", change)


def test_ids_may_stand_in_another_column_than_the_lists() -> None:
    """The class list had addresses, and the export has an id number before them."""
    head = "Aufgabe: Arbeitsblatt (Punkte)"
    filled = into(DATA / "moodle-german.csv", {"zoe@uni.example": Decimal("15.5")}, WORTH, head)
    change = "zoe@uni.example;-\r\n", "zoe@uni.example;15,5\r\n"
    assert filled.data == with_("moodle-german.csv", change, code="cp1252")


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: path.name)
def test_marks_of_nobody_change_no_byte(path: Path) -> None:
    header = read_roster(path).export.header.cells
    assert into(path, {}, WORTH, header[-1].strip()).data == path.read_bytes()


@pytest.mark.parametrize("code", ["utf-16", "utf-8-sig", "cp1252"])
def test_an_export_keeps_its_encoding(code: str, tmp_path: Path) -> None:
    path, text = tmp_path / "export.csv", "Kürzel;Übung;Name\r\nZ1;;Zoë Weiß\r\n"
    path.write_bytes(text.encode(code))
    filled = into(path, {"Z1": Decimal(15)}, WORTH, "Übung")
    assert filled.data == text.replace(";;", ";15;").encode(code)


def test_a_quoted_column_stays_quoted(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text('"id";"mark"\n"1";""\n"2"\n', encoding="utf-8")
    filled = into(path, {"1": Decimal(3), "2": Decimal("4.5")}, WORTH, "mark")
    assert filled.data == b'"id";"mark"\n"1";"3"\n"2";"4.5"\n'


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (None, "has many columns: say which one the marks are for"),
        ("Quiz", "has 'Quiz (1)' and 'Quiz (2)': name one of them with its number"),
    ],
)
def test_a_column_that_is_not_clear_is_asked_for(
    head: str | None, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_text("id,Quiz (1),Quiz (2)\n1,,\n", encoding="utf-8")
    with pytest.raises(XlconvError) as refused:
        into(path, {"1": Decimal(3)}, WORTH, head)
    assert str(refused.value) == f"{path} {said}"


def test_an_export_of_another_class_is_refused() -> None:
    with pytest.raises(XlconvError, match="has none of the ids of the class in any column"):
        into(DATA / "canvas.csv", {"x": Decimal(3)}, WORTH, "Worksheet 1")
