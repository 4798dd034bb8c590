"""Marks add up, are rounded as it is said, and reach the files without harm or secrets."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.classroom.classes import ANA, BEN, CLASS, mark
from tests.classroom.handouts import KEY, LESSON
from tests.engines import ironcalc_engine
from xlconv.classroom.feedback import Feedback
from xlconv.classroom.folder import ClassFolder
from xlconv.classroom.gradescope import results_json
from xlconv.classroom.into import Filled
from xlconv.classroom.marks import Graded, block_scores, half_up, total
from xlconv.classroom.marks_book import marks_book
from xlconv.classroom.results import write_results
from xlconv.classroom.table import Results, marks_csv
from xlconv.lessons.recipe import whole_recipe
from xlconv.lessons.translation import load_translation, translated

RULE = (
    "A sheet's marks are spread evenly over its cells, and rounded once, in the total:"
    " half up to 1 decimal."
)


def test_marks_are_spread_evenly_over_the_cells_of_a_sheet() -> None:
    got = {block: (str(score.got), str(score.of)) for block, score in block_scores(BEN).items()}
    assert got == {
        ("Distribute", "stamps"): ("13.3333", "13.3333"),
        ("Distribute", "output"): ("0.0000", "6.6667"),
        ("Sizes", "sizes"): ("2.2000", "4.0000"),
    }


@pytest.mark.parametrize(
    ("graded", "decimals", "got"),
    [(ANA, 1, "12.0"), (BEN, 1, "15.5"), (BEN, 0, "16"), (BEN, 2, "15.53"), (ANA, 0, "12")],
)
def test_a_total_is_rounded_once_half_up(graded: Graded, decimals: int, got: str) -> None:
    score = total(block_scores(graded).values(), decimals)
    assert str(score.got) == got
    assert score.of == 24


@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 70), st.integers(1, 100))
def test_who_has_all_right_has_all_marks(one: int, two: int, three: int, worth: int) -> None:
    sizes = {"a": one, "b": two, "c": three}
    marks = [mark("S", "A1", block, "right", 1) for block, n in sizes.items() for _ in range(n)]
    score = total(block_scores(Graded(None, "", "", tuple(marks), (), {"S": worth})).values(), 1)
    assert score.got == score.of == worth


@given(st.decimals(0, 1000, places=4), st.integers(0, 3))
def test_half_up_is_that_of_school(value: Decimal, decimals: int) -> None:
    rounded = half_up(Fraction(value), decimals)
    half = Decimal(5).scaleb(-decimals - 1)
    assert -half <= value - rounded < half
    assert rounded == round(rounded, decimals)


# ------------------------------------------------------------------------------------- tables


def test_marks_csv_is_what_it_says() -> None:
    data = marks_csv(CLASS).encode()
    assert data.startswith(b"\xef\xbb\xbf")
    heads, ana, ben, cy = csv.reader(StringIO(data.decode("utf-8-sig")))
    assert heads[:3] == ["code", "id", "name"]
    assert heads[3:6] == ["Distribute: stamps", "Distribute: output", "Sizes: sizes"]
    assert heads[6:] == ["total (half up to 1 decimal)", "of", "flags", "file"]
    assert ana[:3] == ["AAAAAAAAAA", "1501090", "Ana Ruiz Gómez"]
    assert ana[3:] == ["6.6667", "3.3333", "2", "12", "24", "", "ana_40712_1_x.xlsx"]
    assert ben[:3] == ["BBBBBBBBBB", "1500071", "O'Neil, Ben"]
    assert ben[3:8] == ["13.3333", "0", "2.2", "15.5", "24"]
    assert ben[8:] == ["givens changed: B4; =text: instead of a number: D9", "'=cmd|x.xlsx"]
    assert cy[:3] == ["CCCCCCCCCC", "1501112", "Cy Nobody"]
    assert cy[3:] == ["", "", "", "", "", "nothing came back", ""]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r", " ="])
def test_no_cell_of_marks_csv_is_computed(begin: str) -> None:
    graded = Graded(None, f"{begin}1", f"{begin}2", ANA.marks, (), ANA.worth)
    (_, line) = csv.reader(StringIO(marks_csv(Results((graded,), {})), newline=""))
    assert line[0] == f"'{begin}1"
    assert line[-1] == f"'{begin}2"


def cells(data: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(BytesIO(data), data_only=True)["Marks"]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_marks_xlsx_holds_the_same() -> None:
    rows = cells(marks_book(CLASS).to_bytes())
    assert rows[1][0] == RULE
    assert rows[2][4:7] == ["Distribute", None, "Sizes"]
    assert rows[3][3:7] == ["total", "stamps", "output", "sizes"]
    assert rows[4][2:7] == ["of", 24, 13.3333, 6.6667, 4]
    assert rows[5][2:7] == ["average", 13.75, 10, 1.67, 2.1]
    assert rows[6][:7] == ["AAAAAAAAAA", "1501090", "Ana Ruiz Gómez", 12, 6.6667, 3.3333, 2]
    assert rows[7][3:7] == [15.5, 13.3333, 0, 2.2]
    assert rows[7][7] == "givens changed: B4; =text: instead of a number: D9"
    assert rows[7][8] == "=cmd|x.xlsx"
    assert rows[8] == ["CCCCCCCCCC", "1501112", "Cy Nobody", *[None] * 4, "nothing came back", None]


def test_what_is_said_of_marks_ends_on_the_page_of_its_students() -> None:
    (sheet,) = marks_book(CLASS).sheets
    assert sheet.behind((1, 0), RULE, "note") <= sheet.turns[0]


def test_totals_and_averages_follow_a_mark_that_is_changed() -> None:
    book = openpyxl.load_workbook(BytesIO(marks_book(CLASS).to_bytes()))
    sheet = book["Marks"]
    assert sheet.freeze_panes == "A7"
    assert sheet["D7"].value == "=ROUND(ROUND(SUM(E7:G7),4),1)"
    assert sheet["I8"].quotePrefix
    sheet["F8"].value = 6.6667
    changed = BytesIO()
    book.save(changed)
    got = ironcalc_engine.recalculate(changed.getvalue())["Marks"]
    assert got["D8"] == 22.2
    assert got["D6"] == 17.1


def test_of_several_returns_of_a_student_the_first_counts() -> None:
    again = replace(ANA, marks=BEN.marks)
    assert Results((ANA, again, BEN), {}).counting == {"1501090": 12, "1500071": Decimal("15.5")}


def test_a_class_without_returns_has_a_table() -> None:
    rows = cells(marks_book(Results((), CLASS.absent)).to_bytes())
    assert rows[6][:3] == ["CCCCCCCCCC", "1501112", "Cy Nobody"]


# ------------------------------------------------------------------------------- for students


def test_feedback_says_why_and_never_the_answer() -> None:
    assert Feedback().text(ANA, 1).splitlines() == [
        "Worksheet AAAAAAAAAA",
        "",
        "Distribute: 10 of 20",
        "  stamps: 6.67 of 13.33",
        "    E4 (7): wrong: it fits a kernel turned by half a turn (6.67 lost)",
        "  output: 3.33 of 6.67",
        "    D9 (=3+4): right here only (3.33 lost)",
        "",
        "Sizes: 2 of 4",
        "  sizes: 2 of 4",
        "    B2: empty (2 lost)",
        "",
        "Total: 12 of 24",
        RULE,
    ]


def test_a_file_that_is_nobodys_is_told_what_to_hand_in() -> None:
    nobodys = Graded(None, "", "x.xlsx", (), (), {})
    said = "It carries no code of this class: hand in the workbook that you were given."
    assert Feedback().text(nobodys, 1) == f"{said}\n"
    assert json.loads(results_json(nobodys, 1, Feedback()))["output"].splitlines()[0] == said


def test_feedback_tells_answers_when_asked() -> None:
    assert (
        "    B2, right is 123456: empty (2 lost)"
        in Feedback(answers=True).text(ANA, 1).splitlines()
    )


def test_students_are_told_in_the_language_of_their_class() -> None:
    lesson = translated(LESSON, load_translation("de"))
    told = Feedback.of(ClassFolder(KEY, whole_recipe(lesson), {})).text(ANA, 1).splitlines()
    assert told[0] == "Übungsblatt AAAAAAAAAA"
    reason = "es passt zu einem Kern, um eine halbe Drehung gedreht (6.67 verloren)"
    assert told[4:6] == [f"    E4 (7): falsch: {reason}", "  output: 3.33 von 6.67"]
    assert "    B2: leer (2 verloren)" in told
    assert told[-2] == "Gesamt: 12 von 24"
    assert told[-1].endswith("kaufmännisch auf 1 Dezimale.")


def test_many_cells_of_one_reason_are_one_line() -> None:
    marks = tuple(mark("S", f"A{n}", "b", "empty", 0, got=None) for n in range(1, 21))
    told = Feedback().text(Graded(None, "X", "", marks, (), {"S": 1}), 1)
    assert (
        "    A1; A2; A3; A4; A5; A6; A7; A8; A9; A10; A11; A12 and 8 others: empty (1 lost)" in told
    )


def test_gradescope_gets_what_it_documents() -> None:
    told = json.loads(results_json(ANA, 1, Feedback()))
    assert told["score"] == 12
    assert told["output"].splitlines() == ["Worksheet AAAAAAAAAA", RULE]
    assert told["tests"][0] == {
        "name": "Distribute: stamps",
        "score": 6.6667,
        "max_score": 13.3333,
        "output": "E4 (7): wrong: it fits a kernel turned by half a turn (6.67 lost)",
    }
    assert [test["name"] for test in told["tests"][1:]] == ["Distribute: output", "Sizes: sizes"]


# -------------------------------------------------------------------------------------- files


def test_all_files_are_written_together(tmp_path: Path) -> None:
    write_results(
        tmp_path / "out",
        CLASS,
        gradescope=True,
        workbooks=[one.code.encode() for one in CLASS.graded],
    )
    written = {path.relative_to(tmp_path / "out").as_posix() for path in tmp_path.rglob("*.*")}
    assert written == {
        "marks.csv",
        "marks.xlsx",
        "feedback/AAAAAAAAAA.txt",
        "feedback/AAAAAAAAAA.xlsx",
        "feedback/BBBBBBBBBB.txt",
        "feedback/BBBBBBBBBB.xlsx",
        "gradescope/AAAAAAAAAA.json",
        "gradescope/BBBBBBBBBB.json",
    }
    assert (tmp_path / "out/feedback/BBBBBBBBBB.xlsx").read_bytes() == b"BBBBBBBBBB"


def test_an_export_is_written_with_the_others(tmp_path: Path) -> None:
    filled = Filled(b"id,mark", "mark", 0, 0, ())
    new = write_results(tmp_path, CLASS, filled=("export.csv", filled))
    assert new[tmp_path / "export.csv"]
    assert (tmp_path / "export.csv").read_bytes() == b"id,mark"


def test_a_return_alone_gets_gradescopes_own_name(tmp_path: Path) -> None:
    write_results(tmp_path, Results((ANA,), {}), gradescope=True)
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["score"] == 12


def test_two_returns_of_one_code_and_one_of_none_have_files_of_their_own(tmp_path: Path) -> None:
    nobody = Graded(None, "", "x.xlsx", ANA.marks, (), ANA.worth)
    write_results(tmp_path, Results((ANA, ANA, ANA, nobody), {}), stems={ANA.code: "a-1"})
    assert {path.name for path in (tmp_path / "feedback").iterdir()} == {
        "a-1.txt",
        "a-1-2.txt",
        "a-1-3.txt",
        "unknown.txt",
    }


def test_no_name_of_a_person_is_in_what_students_get(tmp_path: Path) -> None:
    write_results(tmp_path, CLASS, gradescope=True)
    for path in tmp_path.rglob("*.*"):
        if path.parent.name in ("feedback", "gradescope"):
            data = path.read_bytes().decode()
            for graded in CLASS.graded:
                assert graded.student is not None
                for secret in (graded.student.name, graded.student.id, "changed", "123456", "\x1b"):
                    assert secret not in data + path.name


def test_no_word_of_a_return_is_obeyed_by_a_terminal() -> None:
    assert r"D9 (=1+\x1b[31m): no number" in Feedback().text(BEN, 1)


def test_the_same_marks_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_results(tmp_path, CLASS)
    assert set(first.values()) == {True}
    assert set(write_results(tmp_path, CLASS).values()) == {False}
    with ZipFile(tmp_path / "marks.xlsx") as archive:
        assert archive.testzip() is None


def test_programs_round_as_the_files_do() -> None:
    """Marks that end in half a tenth, of which a sum of binary numbers falls short."""
    chance = random.Random(5)
    shares = (0, 0.05, 0.25, 0.5, 1)
    graded = []
    for worth in (2.7, 5.4, 13.5, 27) * 50:
        marks = [mark("S", "A1", f"b{n % 9}", "x", chance.choice(shares)) for n in range(27)]
        graded.append(Graded(None, "", "", tuple(marks), (), {"S": worth}))
    results = Results(tuple(graded), {})
    sums = [sum((one.got for one in s.values()), start=Decimal(0)) for s in results.scores]
    binary = [sum(float(one.got) for one in s.values()) for s in results.scores]
    assert sum(a * 100 % 10 == 5 and float(a) > b for a, b in zip(sums, binary, strict=True)) > 3
    school = [float(one.quantize(Decimal("0.1"), ROUND_HALF_UP)) for one in sums]
    data = marks_book(results).to_bytes()
    got = ironcalc_engine.recalculate(data)["Marks"]
    assert [got[f"D{row}"] for row in range(7, 207)] == school
    assert [row[3] for row in cells(data)[6:]] == school
