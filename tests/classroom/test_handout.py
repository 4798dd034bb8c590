"""A student's workbook is the one that is built for them alone, but for its code."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell

from xlconv.classroom.copies import _ready, class_folder, copies, hand_out
from xlconv.classroom.folder import ClassFolder, write_folder
from xlconv.classroom.handout import Handout, variant
from xlconv.errors import TargetError
from xlconv.lessons.build import build
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.read import load_lesson
from xlconv.lessons.recipe import whole_recipe
from xlconv.lessons.worksheet import worksheet_lesson

from .handouts import KEY, LESSON

LESSONS = {"one sheet": LESSON, "shipped": load_lesson("worksheet")}
STUDENT, CODE = "s7", "ABCDEFGH23"


@cache
def handed_out(name: str, key: bool) -> Handout:
    return Handout(worksheet_lesson(LESSONS[name], key=key), KEY)


def told(data: bytes) -> dict[tuple[str, str], tuple[object, object, str]]:
    """Of each cell of each sheet: its formula or number, what is cached, and its look."""
    books = [openpyxl.load_workbook(BytesIO(data), data_only=only) for only in (False, True)]
    looks: dict[object, str] = {}

    def look(cell: Cell) -> str:
        key = tuple(cell._style)
        if key not in looks:
            parts = (cell.font, cell.fill, cell.border, cell.alignment, cell.number_format)
            looks[key] = "".join(map(repr, parts))
        return looks[key]

    return {
        (sheet.title, cell.coordinate): (cell.value, cached.value, look(cell))
        for sheet, beside in zip(*(book.worksheets for book in books), strict=True)
        for row, row_beside in zip(sheet.rows, beside.rows, strict=True)
        for cell, cached in zip(row, row_beside, strict=True)
        if cell.has_style or cell.value is not None
    }


@pytest.mark.parametrize("key", [False, True], ids=["blank", "key"])
@pytest.mark.parametrize("name", LESSONS)
def test_a_workbook_is_the_one_built_directly(name: str, key: bool) -> None:
    handout = handed_out(name, key)
    handout.workbook("another", "BBBBBBBB22")  # what it leaves behind must not be seen
    given = told(handout.workbook(STUDENT, CODE))
    own = worksheet_lesson(variant(LESSONS[name], KEY, STUDENT), key=key)
    built = told(build(own).to_bytes())
    differing = {at for at in {*given, *built} if given.get(at) != built.get(at)}
    code = {at for at in given if given[at][0] == CODE}
    assert len(code) == 1
    assert differing == code
    assert len(given) > 100


def test_a_mistake_where_anothers_stood_is_of_a_students_own_numbers() -> None:
    lesson = LESSONS["shipped"]
    pages = tuple(page for page in lesson.pages if page.ask and page.ask.mistake)
    lesson = worksheet_lesson(replace(lesson, pages=pages))
    students, handout = [f"s{n}" for n in range(12)], Handout(lesson, KEY)
    written = [handout.workbook(student, CODE) for student in students]
    assert len(handout._moved) < len(students)
    assert written == [Handout(lesson, KEY).workbook(student, CODE) for student in students]


def test_a_code_is_a_name_a_property_a_cell_and_on_paper() -> None:
    book = openpyxl.load_workbook(BytesIO(handed_out("shipped", False).workbook(STUDENT, CODE)))
    (name,) = (name for name in book.defined_names if name.endswith(f"code_{CODE}"))
    ((sheet, area),) = book.defined_names[name].destinations
    assert sheet == book.sheetnames[0]
    first, _, last = area.replace("$", "").partition(":")
    assert last in ("", first)
    assert book[sheet][first].value == CODE
    assert {one.name: one.value for one in book.custom_doc_props.props}["xlconv.code"] == CODE
    for page in book.worksheets:
        head = page.oddHeader
        said = "".join(part.text or "" for part in (head.left, head.center, head.right))
        assert CODE in said or page.sheet_state != "visible", page.title


def made(folder: Path, processes: int, lesson: Lesson = LESSON) -> dict[str, bytes]:
    """The files of a class of twenty, by one process or several, with keys."""
    names = {f"s{n}": f"Student {n}" for n in range(20)}
    kept = ClassFolder(KEY, whole_recipe(lesson), names, {"name": "code"})
    write_folder(folder / "teacher", kept)
    _ready.clear()  # each draws anew, as a new process does
    listed = copies(folder, kept, keys=True)
    assert {copy.path for copy in hand_out(kept, listed, processes)} == {c.path for c in listed}
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.xlsx")}


def test_two_processes_write_what_one_does_and_the_same_again(tmp_path: Path) -> None:
    alone = made(tmp_path / "one", 1)
    assert len(alone) == len({*alone.values()}) == 40
    assert made(tmp_path / "two", 2) == alone
    assert made(tmp_path / "again", 1) == alone


def test_another_classs_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    first = class_folder(tmp_path, LESSON, {"s1": "Ana"}, "code")
    assert class_folder(tmp_path, LESSON, {"s1": "Ana"}, "code") == first
    before = {path: path.read_bytes() for path in (tmp_path / "teacher").iterdir()}
    for lesson, named_by, said in (
        (replace(LESSON, title="Another"), "code", "another lesson: name another folder with -o"),
        (LESSON, "id", "a class with files named by code: use --name code"),
    ):
        with pytest.raises(TargetError) as refused:
            class_folder(tmp_path, lesson, {"s1": "Ana"}, named_by)
        assert str(refused.value) == f"{tmp_path / 'teacher'} is of {said}"
    assert {path: path.read_bytes() for path in (tmp_path / "teacher").iterdir()} == before
