"""Class lists as R/exams, Canvas and Moodle write them are understood, or refused in a line."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlconv.classroom.exports import Export, parsed
from xlconv.classroom.roster import read_roster
from xlconv.errors import UnreadableError

DATA = Path(__file__).parents[1] / "data" / "classroom"

READ = {
    "r-exams.csv": (
        [("1501090", "Ambi Dexter"), ("1500071", "Ambi Valent"), ("1501112", "Ana Ruiz Gómez")],
        "id from 'registration', name from 'name'",
        "semicolon as delimiter, utf-8",
    ),
    "canvas.csv": (
        [("1501090", "Dexter, Ambi"), ("1500071", 'O\'Neil "Nell", Ana')],
        "id from 'SIS User ID', name from 'Student'",
        "comma as delimiter, utf-8; left out: 'Points Possible', 'Student, Test'",
    ),
    "canvas-german.csv": (
        [("M-0017", "Jörg Müller"), ("M-0018", "Zoë Weiß")],
        "id from 'SIS User ID', name from 'FirstName' and 'LastName'",
        "semicolon as delimiter, utf-8; left out: 'Points Possible'",
    ),
    "moodle-participants.csv": (
        [("pete@uni.example", "Peter Smith"), ("jenny@uni.example", "Jane Bloggs")],
        "id from 'Email address', name from 'First name' and 'Last name'",
        "comma as delimiter, utf-8",
    ),
    "moodle-grades.csv": (
        [("Participant 4711", "Smith Peter"), ("Participant 4712", "Bloggs Jane")],
        "id from 'Identifier', name from 'Full name'",
        "comma as delimiter, utf-8",
    ),
    "moodle-german.csv": (
        [("0017", "Jörg Müller"), ("0018", "Zoë Weiß")],
        "id from 'ID-Nummer', name from 'Vorname' and 'Nachname'",
        "semicolon as delimiter, cp1252",
    ),
    "moodle-spanish.csv": (
        [("A-1", "Ángel Peña Ibáñez"), ("A-2", "Lucía Muñoz")],
        "id from 'Número de ID', name from 'Nombre' and 'Apellido(s)'",
        "tab as delimiter, utf-16",
    ),
    "moodle-french.csv": (
        [("F1", "Zoé Lefèvre"), ("F2", "Jean-Noël d'Aubigné")],
        "id from 'Numéro d’identification', name from 'Prénom' and 'Nom'",
        "comma as delimiter, utf-8",
    ),
    "moodle-italian.csv": (
        [("I1", "Nicolò De Luca")],
        "id from 'Codice identificativo', name from 'Nome' and 'Cognome'",
        "semicolon as delimiter, utf-8",
    ),
    "moodle-portuguese.csv": (
        [("P1", "João Simões")],
        "id from 'Número de identificação', name from 'Nome' and 'Sobrenome'",
        "comma as delimiter, utf-8",
    ),
    "moodle-chinese.csv": (
        [("20260001", "小明 王")],
        "id from '学号', name from '名' and '姓氏'",
        "comma as delimiter, utf-8",
    ),
    "moodle-arabic.csv": (
        [("77", "ليلى حداد")],
        "id from 'رقم التعريف', name from 'الاسم الأول' and 'اسم العائلة'",
        "comma as delimiter, utf-8",
    ),
    "excel.csv": (
        [("0123", "Krämer; Uwe"), ("0124", "Yıldız")],
        "id from 'Matrikelnr', name from 'Name'",
        "semicolon as delimiter, utf-8",
    ),
}
"""What a person reads in each file, and what is said of it."""


@pytest.mark.parametrize("name", READ)
def test_a_platforms_export_is_understood(name: str) -> None:
    roster = read_roster(DATA / name)
    students, who, how = READ[name]
    assert [(student.id, student.name) for student in roster.students] == students
    number = "1 student" if len(students) == 1 else f"{len(students)} students"
    assert roster.understood == f"understood: {number}; {who}; {how}"


def test_every_export_is_read_here() -> None:
    assert {path.name for path in DATA.glob("*.csv")} == set(READ)


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_code_and_line_ends_change_no_student(
    name: str, code: str, end: str, tmp_path: Path
) -> None:
    coded = {"moodle-spanish.csv": "utf-16", "moodle-german.csv": "cp1252"}
    text = (DATA / name).read_bytes().decode(coded.get(name, "utf-8-sig"))
    path = tmp_path / name
    path.write_bytes(end.join(text.splitlines()).encode(code))
    students = read_roster(path).students
    assert [(student.id, student.name) for student in students] == READ[name][0]


def test_columns_of_one_line_stay_together() -> None:
    roster = read_roster(DATA / "canvas.csv")
    row = roster.export.records[roster.students[1].row].cells
    assert row[1:6] == (
        "40713",
        "1500071",
        "ana.oneil@uni.example",
        "IC-101 A and IC-101 B",
        "18.00",
    )


REFUSED = {
    "": "LIST is empty: it needs a header, and a line for each student",
    "\n \n": "LIST is empty: it needs a header, and a line for each student",
    "id;name\n": "LIST has no students: it needs a line for each below its header",
    "who;what\na;b\n": "LIST has no column with ids among 'who', 'what': call one of them id",
    "name;id\nAna;\nBen;\n": "LIST has no column with ids among 'name', 'id': call one of them id",
    "name;id\nAna;1\nBen;\n": "LIST line 3 has nothing under 'id': give the student an id, or leave"
    " the line out",
    'id;name\n1;"Ana\nRuiz"\n2;Ben\n1;Cy\n': "LIST lines 2 and 5 have one id, '1': give each"
    " student an id of their own",
    "id;name\n1;Ruiz; Ana\n": "LIST line 2 has 3 cells where its header has 2: put quotes around a"
    " cell that has a semicolon",
    "id;\0\0\n": 'LIST is no table of text: save it as "CSV UTF-8"',
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_class_list_is_refused_in_a_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode())
    with pytest.raises(UnreadableError) as refused:
        read_roster(path)
    assert str(refused.value) == REFUSED[text].replace("LIST", str(path))


def test_letters_of_no_code_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id;name\n1;\x81\n")
    with pytest.raises(UnreadableError, match='is no text of a known kind: save it as "CSV UTF-8"'):
        read_roster(path)


def test_a_first_line_names_the_delimiter() -> None:
    named = written("sep=;\nid;a, b, c\n1;Ana\n")
    assert [record.cells for record in named.records] == [("id", "a, b, c"), ("1", "Ana")]
    other = written("sep=|\nid,x|name\n1|Ana\n")
    assert [record.cells for record in other.records] == [("id,x", "name"), ("1", "Ana")]


def test_what_is_larger_than_any_class_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id" + "," * 2000 + "\n1\n", encoding="utf-8")
    with pytest.raises(UnreadableError, match="has more than 2,000 columns: leave some out"):
        read_roster(path)
    path.write_bytes(b"id\n" + b'"1\n' * 100_000)
    with pytest.raises(UnreadableError, match="has more than 100,000 lines: leave some out"):
        read_roster(path)
    path.write_bytes(b"id\n" + b'"1\n' * (3 << 20))
    with pytest.raises(UnreadableError, match="is larger than 8 MB"):
        read_roster(path)


def test_a_column_may_be_named() -> None:
    roster = read_roster(DATA / "canvas.csv", id_head="SIS Login ID")
    assert roster.students[0].id == "ambi.dexter@uni.example"
    with pytest.raises(UnreadableError, match="has no column 'Login': its columns are 'Student', "):
        read_roster(DATA / "canvas.csv", id_head="Login")


CELLS = st.text(st.sampled_from('ab ,;\t"\n\rö=学'), max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=4)


@given(TABLES, st.sampled_from(",;\t"), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_cells_are_those_that_pythons_csv_wrote(
    rows: list[list[str]], delimiter: str, quoting: int
) -> None:
    text = StringIO(newline="")
    header = ["id", "b", "c", "d"]
    csv.writer(text, delimiter=delimiter, quoting=quoting).writerows([header, *rows])  # type: ignore[arg-type]
    export = written(text.getvalue())
    assert [list(record.cells) for record in export.records] == [header, *rows]
    assert export.to_bytes() == text.getvalue().encode()


@given(st.text(st.sampled_from('ab,"\n\r'), min_size=1))
def test_whatever_stands_in_a_file_comes_out_as_it_was(
    text: str,
) -> None:
    assert written(f"id,b\n{text}").to_bytes() == f"id,b\n{text}".encode()


def written(text: str) -> Export:
    return parsed(Path("table.csv"), text.encode())
