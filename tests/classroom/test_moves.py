"""Rows, columns and sheets of an honest return stand elsewhere: the same marks, no accusation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from xlconv.checking.workbook import Workbook
from xlconv.classroom.engine import Engine
from xlconv.classroom.grader import Grader
from xlconv.classroom.marks import Graded
from xlconv.classroom.naming import Who
from xlconv.grid.places import a1

from ..edited import by_openpyxl, inserted
from ..engines import libreoffice_engine
from ..engines.need import needs
from .handouts import bare, class_of, sent, task, truth
from .sheets import engine, formulas_of

LIBREOFFICE = needs("LibreOffice", libreoffice_engine.available())
SHEET = "Distribute"
GIVEN = task().exercise.givens["input"].origin
FIRST = task().exercise.places[0]

Grade = Callable[[bytes], Graded]


@pytest.fixture(scope="module")
def calc() -> Iterator[Engine]:
    with engine() as made:
        yield made


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    return lambda data: graded(data, bare(), tmp_path)


def graded(data: bytes, grader: Grader, folder: Path) -> Graded:
    path = folder / "return.xlsx"
    path.write_bytes(data)
    return grader.grade(Workbook.read(path), "x.xlsx", Who())


def honest() -> bytes:
    return sent(class_of(1), "s0000", truth("s0000")).data


def kinds(one: Graded) -> list[str]:
    return [flag.kind for flag in one.flags]


def statuses(one: Graded) -> set[str]:
    return {mark.status for mark in one.marks}


@pytest.mark.parametrize("way", ["row", "column"])
def test_a_line_put_in_anywhere_costs_nothing(way: str, grade: Grade) -> None:
    sheet = task().exercise.sheet
    for at in range(1, (sheet.rows if way == "row" else sheet.columns) + 1):
        one = grade(inserted(honest(), SHEET, **{way: at}))
        assert statuses(one) == {"right"}, at
        assert kinds(one) == ["moved"], at


@pytest.mark.parametrize(("row", "column"), [(1, 1), (FIRST[0] + 2, FIRST[1] + 2), (9, 0)])
def test_formulas_move_with_it(row: int, column: int, calc: Engine, tmp_path: Path) -> None:
    data = sent(class_of(1), "s0000", [f"={text}" for text in formulas_of(task())]).data
    moved = inserted(data, SHEET, row, column, by=3)
    one = graded(moved, Grader(class_of(1), calc), tmp_path)
    assert statuses(one) == {"right"}
    assert kinds(one) == ["moved"]


@pytest.mark.parametrize("at", [1, 4, FIRST[0] + 2, FIRST[0] + 4])
def test_a_program_may_leave_the_names_where_they_were(at: int, grade: Grade) -> None:
    for edit in (
        lambda book: book[SHEET].insert_rows(at),
        lambda book: book[SHEET].insert_cols(at),
    ):
        one = grade(by_openpyxl(honest(), edit))
        assert statuses(one) == {"right"}
        assert kinds(one) == ["moved"]


def test_rows_without_answers_may_go(grade: Grade) -> None:
    one = grade(by_openpyxl(honest(), lambda book: book[SHEET].delete_rows(2)))
    assert statuses(one) == {"right"}
    assert kinds(one) == ["moved"]


def test_what_was_changed_is_seen_beside_a_move(grade: Grade) -> None:
    def edit(book: Any) -> None:
        book[SHEET][a1(GIVEN)] = 77

    one = grade(inserted(by_openpyxl(honest(), edit), SHEET, row=3))
    assert statuses(one) == {"right"}
    assert kinds(one) == ["moved", "givens changed"]
    assert one.flags[1].words.endswith(f": {a1(GIVEN)}")


def test_cells_beside_the_sheet_move_nothing(grade: Grade) -> None:
    """Rows of numbers below the figure are no blanks that went there."""
    last = max(row for row, _ in task().exercise.places)

    def edit(book: Any) -> None:
        for row in book[SHEET].iter_rows(last - 1, last + 1):
            for cell in row:
                cell.value = None
        for row in book[SHEET].iter_rows(last + 20, last + 21, max_col=9):
            for cell in row:
                cell.value = 7

    assert "moved" not in kinds(grade(by_openpyxl(honest(), edit)))


def copied(book: Any, *, less: int = 0, gone: bool = False) -> None:
    """The sheet again; of the first so many answers are taken away, or all of it."""
    book.copy_worksheet(book[SHEET])
    for at in task().exercise.places[:less]:
        book[SHEET][a1(at)] = None
    if gone:
        del book[SHEET]
        for name in [name for name in book.defined_names if "_code_" not in name]:
            del book.defined_names[name]


SHEETS: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "put in another order": (lambda book: book._sheets.reverse(), []),
    "another one added": (lambda book: book.create_sheet("Mine", 0), []),
    "renamed, with the names": (lambda book: setattr(book[SHEET], "title", "A"), ["sheet renamed"]),
    "copied": (copied, []),
    "filled in as a copy": (lambda book: copied(book, less=61), ["sheet renamed"]),
    "filled in more as a copy": (lambda book: copied(book, less=3), ["sheet copied"]),
    "left as a copy, without names": (lambda book: copied(book, gone=True), ["sheet renamed"]),
}


@pytest.mark.parametrize("how", SHEETS)
def test_a_sheet_may_be(how: str, grade: Grade) -> None:
    edit, flags = SHEETS[how]
    one = grade(by_openpyxl(honest(), edit))
    assert statuses(one) == {"right"}
    assert kinds(one) == flags


@LIBREOFFICE
def test_moves_by_hand_in_libreoffice(grade: Grade) -> None:
    data = libreoffice_engine.edited(
        honest(),
        [
            f"here = sheets.getByName({SHEET!r})".replace("'", '"'),
            "here.Rows.insertByIndex(0, 1)",
            f"here.Rows.insertByIndex({FIRST[0] + 2}, 2)",
            f"here.Columns.insertByIndex({FIRST[1] + 1}, 1)",
            f'sheets.copyByName("{SHEET}", "Copy", 0)',
            'here.Name = "Mine"',
        ],
    )
    one = grade(data)
    assert statuses(one) == {"right"}
    assert kinds(one) == ["sheet renamed", "moved"]
