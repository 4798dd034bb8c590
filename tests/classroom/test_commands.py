"""The commands of a class, from the list to the marks, as a teacher types them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from click.testing import CliRunner, Result

from xlconv.classroom import grade_all
from xlconv.cli.commands import cli

LESSON = """
title = "A row"
[layers.a]
input = [2, 1, 3]
weight = [1, 2, 4]
stride = 2
[class]
vary = ["a.input", "a.weight"]
[[sheet]]
name = "Row"
view = "one_dimension"
layer = "a"
look = [3]
ask = ["stamps", "output", "by_collecting"]
marks = 10
"""


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "row.toml").write_text(LESSON, encoding="utf-8")
    (tmp_path / "list.csv").write_text("id;name\n1;Ana Ruiz\n2;Ben Ode\n3;Cem Kaya\n", "utf-8")
    return tmp_path


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, [*words])
    assert result.exit_code == code, result.output
    return result


def answered(path: Path, key: Path, change: float = 0.0) -> bytes:
    """The file with the key's numbers in its blanks, the first of them changed."""
    book, answers = openpyxl.load_workbook(path), openpyxl.load_workbook(key, data_only=True)
    first = True
    for name, defined in book.defined_names.items():
        if "answer_" not in name:
            continue
        ((sheet, area),) = defined.destinations
        for row in book[sheet][area.replace("$", "")]:
            for cell in row:
                value = answers[sheet][cell.coordinate].value
                if cell.value is None and value is not None and cell.border.left.style == "medium":
                    cell.value = value + change * first
                    first = False
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_from_the_list_to_the_marks(at: Path) -> None:
    run("class", "row.toml", "list.csv", "--keys")
    with (at / "class/teacher/codes.csv").open(encoding="utf-8-sig") as file:
        codes = {row["name"]: row["code"] for row in csv.DictReader(file, delimiter=";")}
    with ZipFile("back.zip", "w") as back:
        for number, (name, change) in enumerate({"Ana Ruiz": 0.0, "Ben Ode": 5.0}.items()):
            file_name = f"{codes[name]}.xlsx"
            data = answered(at / "class" / file_name, at / "class/teacher/keys" / file_name, change)
            back.writestr(f"{name}_{number}_assignsubmission_file_/{file_name}", data)
        back.writestr("Cem Kaya_7_assignsubmission_file_/notes.pdf", b"%PDF-1.4")
    told = run("grade", "back.zip", "--class", "class/teacher", "--json", code=3)
    listed = {one.get("id"): one for one in json.loads(told.stdout)}
    assert listed["1"]["marks"] == 10
    assert 0 < listed["2"]["marks"] < 10
    assert "printed page" in listed[None]["error"]
    with (at / "marks/marks.csv").open(encoding="utf-8-sig") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert rows["3"]["flags"] == "nothing came back"
    assert "wrong" in (at / f"marks/feedback/{codes['Ben Ode']}.txt").read_text("utf-8")


INTEGERS = """
title = "Integers"
[layers.a]
input = [[1, -2], [3, 2]]
weight = [[[[4, -3], [7, 1]]]]
weight_scale = 0.5
weight_zero_point = 1
then = ["relu", "quantize:0.5"]
[class]
vary = ["a.input"]
[[sheet]]
name = "Distribute"
view = "distribute"
layer = "a"
ask = ["stamps", "output", "then_1", "then_2"]
marks = 10
"""


def test_weights_of_integers_are_asked_and_graded(at: Path) -> None:
    (at / "row.toml").write_text(INTEGERS, encoding="utf-8")
    run("class", "row.toml", "list.csv", "--keys")
    with (at / "class/teacher/codes.csv").open(encoding="utf-8-sig") as file:
        codes = {row["name"]: row["code"] for row in csv.DictReader(file, delimiter=";")}
    (at / "back").mkdir()
    for name, change in {"Ana Ruiz": 0.0, "Ben Ode": 5.0}.items():
        file_name = f"{codes[name]}.xlsx"
        data = answered(at / "class" / file_name, at / "class/teacher/keys" / file_name, change)
        (at / "back" / file_name).write_bytes(data)
    told = run("grade", "back", "--class", "class/teacher", "--json")
    listed = {one["id"]: one for one in json.loads(told.stdout)}
    assert listed["1"]["marks"] == 10
    assert 0 < listed["2"]["marks"] < 10
    (at / "row.toml").write_text(INTEGERS.replace("a.input", "a.weight"), encoding="utf-8")
    told = run("class", "row.toml", "list.csv", code=1)
    assert str(told.exception).startswith('row.toml [class]: "vary" has a.weight, which is comp')


def test_a_class_is_gone_on_with(at: Path) -> None:
    run("class", "row.toml", "list.csv")
    before = {path.name: path.read_bytes() for path in (at / "class").glob("*.xlsx")}
    gone = min(before)
    (at / "class" / gone).unlink()
    run("class", "row.toml", "list.csv")
    assert {path.name: path.read_bytes() for path in (at / "class").glob("*.xlsx")} == before


def test_a_student_who_comes_late_gets_a_workbook(at: Path) -> None:
    run("class", "row.toml", "list.csv")
    before = {path.name: path.read_bytes() for path in (at / "class").glob("*.xlsx")}
    (at / "list.csv").write_text("id;name\n1;Ana Ruíz\n4;Dee Nye\n", "utf-8")
    run("class", "row.toml", "list.csv")
    after = {path.name: path.read_bytes() for path in (at / "class").glob("*.xlsx")}
    assert len(after) == 4
    assert after.items() > before.items()
    with (at / "class/teacher/codes.csv").open(encoding="utf-8-sig") as file:
        names = {row["id"]: row["name"] for row in csv.DictReader(file, delimiter=";")}
    assert names == {"1": "Ana Ruíz", "2": "Ben Ode", "3": "Cem Kaya", "4": "Dee Nye"}


def test_another_class_needs_another_folder(at: Path) -> None:
    run("class", "row.toml", "list.csv")
    (at / "row.toml").write_text(LESSON.replace("2, 1, 3", "2, 1, 4"), encoding="utf-8")
    told = run("class", "row.toml", "list.csv", code=1)
    assert "of another lesson" in str(told.exception)


def test_trying_writes_nothing(at: Path) -> None:
    before = sorted(at.iterdir())
    told = run("class", "row.toml", "--try", "20").stdout
    assert "20 students" in told
    assert "0 graded otherwise than made" in told
    assert sorted(at.iterdir()) == before


def test_formulas_are_not_lost_where_nothing_tries_them(
    at: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("class", "row.toml", "list.csv")
    book = openpyxl.load_workbook(next((at / "class").glob("*.xlsx")))
    cells = (cell for row in book["Row"] for cell in row if cell.border.left.style == "medium")
    next(cell for cell in cells if cell.value is None).value = "=1+1"
    book.save("back.xlsx")
    monkeypatch.setattr(grade_all, "is_there", lambda: False)
    told = run("grade", "back.xlsx", "--class", "class/teacher", code=1)
    assert "1 return with formulas" in str(told.exception)
    assert not (at / "marks").exists()


def test_numbers_are_tried_where_formulas_are_asked_for(at: Path) -> None:
    text = LESSON.replace("marks = 10", 'answer = "formula"')
    (at / "row.toml").write_text(text, encoding="utf-8")
    assert "0 graded otherwise than made" in run("class", "row.toml", "--try", "8").stdout


def test_no_name_is_in_a_workbook_unless_it_is_asked_for(at: Path) -> None:
    run("class", "row.toml", "list.csv")
    run("class", "row.toml", "list.csv", "-o", "named", "--with-names")
    for folder, there in (("class", False), ("named", True)):
        for path in (at / folder).glob("*.xlsx"):
            with ZipFile(path) as parts:
                found = b"".join(parts.read(name) for name in parts.namelist())
            assert any(name in found for name in (b"Ana", b"Ben", b"Cem")) is there


def test_an_ask_from_the_command_line_is_left_out(at: Path) -> None:
    asked = ("--ask", "Row: stamps", "--ask", "Row: output", "--ask", "Row: by_collecting")
    run("worksheet", "row.toml", *asked, "-o", "a.xlsx")
    run("worksheet", "row.toml", "-o", "b.xlsx")
    sheets = [openpyxl.load_workbook(name)["Row"] for name in ("a.xlsx", "b.xlsx")]
    empty = [
        {cell.coordinate for row in sheet for cell in row if cell.value is None} for sheet in sheets
    ]
    assert empty[0] == empty[1]
    told = run("worksheet", "row.toml", "--ask", "Row: outptu", code=1)
    assert 'did you mean "output"' in str(told.exception)
