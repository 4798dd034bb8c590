"""One sheet graded: each kind of answer gets its own status."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xlconv.checking.cells import Cell
from xlconv.classroom.engine import Engine
from xlconv.classroom.marks import Note
from xlconv.classroom.task import Task
from xlconv.grid.places import a1

from .sheets import engine, formulas_of, given_of, graded, returned, task_of, truth_of

STAMPS, OUTPUT = range(36), range(36, 61)


@pytest.fixture(scope="module")
def task() -> Task:
    return task_of()


@pytest.fixture(scope="module")
def calc() -> Iterator[Engine]:
    with engine() as made:
        yield made


def test_numbers_are_right(task: Task) -> None:
    given = given_of(task)
    marks = graded(task, given, returned(task, given, [*truth_of(task, given)]), None)
    assert {(mark.status, mark.share) for mark in marks} == {("right", 1.0)}
    assert [m.block for m in marks] == ["stamps"] * 36 + ["output"] * 25


def test_our_own_formulas_are_right(task: Task, calc: Engine) -> None:
    given = given_of(task)
    theirs = returned(task, given, [f"={text}" for text in formulas_of(task)])
    assert {mark.status for mark in graded(task, given, theirs, calc)} == {"right"}


def test_what_follows_from_a_slip_counts_and_the_slip_does_not(task: Task, calc: Engine) -> None:
    """The first stamp's first cell is the output's first cell, which nothing else reaches."""
    given = given_of(task)
    answers = [*truth_of(task, given)]
    answers[0] += 2
    answers[36] += 2
    marks = graded(task, given, returned(task, given, answers), calc)
    assert (marks[0].status, marks[0].share) == ("wrong", 0.0)
    assert (marks[36].status, marks[36].share) == ("follows", 1.0)
    assert {mark.status for mark in [*marks[1:36], *marks[37:]]} == {"right"}


def test_a_zero_that_follows_from_an_empty_cell_is_trivial(task: Task) -> None:
    given = given_of(task)
    answers: list[object] = [*truth_of(task, given)]
    answers[0], answers[36] = None, 0.0
    marks = graded(task, given, returned(task, given, answers), None)
    assert [marks[0].status, marks[36].status, marks[36].share] == ["empty", "follows trivially", 0]


def test_a_sheet_of_zeros_is_an_empty_one(task: Task) -> None:
    """Some programs write empty cells as 0."""
    given = given_of(task)
    given["kernel"][0, 0, 0, 0] = 0  # so that zeros are right in four stamps
    marks = graded(task, given, returned(task, given, [0.0] * 61), None)
    assert {(mark.status, mark.share) for mark in marks} == {("empty", 0.0)}


def test_a_formula_that_is_right_by_chance_counts_less(task: Task, calc: Engine) -> None:
    given = given_of(task)
    truth = truth_of(task, given)
    answers: list[object] = [f"={text}" for text in formulas_of(task)]
    answers[40] = f"={truth[40]:.0f}+0"
    answers[36] = f"=ABS({formulas_of(task)[36]})"
    marks = graded(task, given, returned(task, given, answers), calc)
    assert [marks[k].status for k in (36, 40)] == ["right here only"] * 2
    assert [marks[k].share for k in (36, 40)] == [0.5, 0.5]
    assert marks[40].note == Note("why_no_cell")
    assert {m.status for k, m in enumerate(marks) if k not in (36, 40)} == {"right"}


def test_one_wrong_formula_costs_once(task: Task, calc: Engine) -> None:
    given = given_of(task)
    answers: list[object] = [f"={text}" for text in formulas_of(task)]
    answers[0] = f"{answers[0]}+1"
    marks = graded(task, given, returned(task, given, answers), calc)
    assert [marks[0].status, marks[36].status] == ["wrong", "follows"]
    assert {m.status for k, m in enumerate(marks) if k not in (0, 36)} == {"right"}


def test_a_scratch_cell_is_part_of_the_way(task: Task, calc: Engine) -> None:
    given = given_of(task)
    answers: list[object] = [*truth_of(task, given)]
    answers[36] = "=A200*2"
    theirs = returned(task, given, answers)
    theirs[199, 0] = Cell(f"({formulas_of(task)[36]})/2", None)
    assert {mark.status for mark in graded(task, given, theirs, calc)} == {"right"}
    theirs[199, 0] = Cell(None, truth_of(task, given)[36] / 2)
    assert graded(task, given, theirs, calc)[36].status == "right here only"


def test_a_block_as_one_array_formula(task: Task, calc: Engine) -> None:
    """A stamp is an input cell times the kernel."""
    given = given_of(task)
    answers: list[object] = [*truth_of(task, given)]
    places = task.exercise.places
    kernel, one = task.given_places["kernel"], task.given_places["input"][0]
    theirs = returned(task, given, answers)
    wrong = f"{a1(one)}*{a1(kernel[0])}:{a1(kernel[-1])}"
    theirs[places[0]] = Cell(wrong, None, "", f"{a1(places[0])}:{a1(places[8])}")
    assert {mark.status for mark in graded(task, given, theirs, calc)} == {"right"}
    theirs[places[0]] = Cell(f"ABS({wrong})", None, "", f"{a1(places[0])}:{a1(places[8])}")
    marks = graded(task, given, theirs, calc)
    assert [mark.status for mark in marks[:9]] == ["right here only"] * 9
    assert {mark.status for mark in marks[9:]} == {"right"}


@pytest.mark.parametrize(
    ("written", "status", "note"),
    [
        (None, "empty", ""),
        ("1,5", "no number", "decimal mark"),
        ("=1/0", "an error", "#DIV/0!"),
        ('="x"', "no number", ""),
        ("five", "no number", "it is a text"),
        ("=FACT(1E9)", "refused", "FACT"),
        ("=RAND()", "refused", "changes by itself"),
        ("=[1]Other!A1", "refused", "another workbook"),
        ("=Other!A1", "refused", "another sheet"),
        (999.0, "wrong", ""),
    ],
)
def test_what_is_no_answer(
    task: Task, calc: Engine, written: object, status: str, note: str
) -> None:
    given = given_of(task)
    answers: list[object] = [*truth_of(task, given)]
    answers[36] = written
    marks = graded(task, given, returned(task, given, answers), calc)
    assert (marks[36].status, marks[36].share) == (status, 0.0)
    assert note in (marks[36].note.said() if marks[36].note else "")
    assert {mark.status for mark in [*marks[:36], *marks[37:]]} == {"right"}


def test_a_formula_is_asked_for(calc: Engine) -> None:
    task = task_of(answer="formula")
    given = given_of(task)
    answers: list[object] = [*truth_of(task, given)]
    answers[36] = f"={formulas_of(task)[36]}"
    marks = graded(task, given, returned(task, given, answers), calc)
    assert (marks[0].status, marks[36].status) == ("a number, no formula", "right")


def test_without_ironcalc_numbers_are_graded(task: Task) -> None:
    given = given_of(task)
    answers: list[object] = [*truth_of(task, given)]
    answers[36] = "=1+1"
    marks = graded(task, given, returned(task, given, answers), None)
    assert (marks[0].status, marks[36].status) == ("right", "refused")
    assert marks[36].note == Note("why_no_engine")


def test_digits_are_enough_where_the_truth_is_not_whole() -> None:
    """0.125 and 0.375 with one decimal: a rounded number, and what follows from rounded ones."""
    task = task_of(digits=1)
    given = {"input": [[1, 1], [1, 1]], "kernel": [[0.125, 1, 1], [1, 1, 1], [1, 1, 0.26]]}
    truth = truth_of(task, given)
    right = [round(number + 1e-9, 1) for number in truth]
    marks = graded(task, given, returned(task, given, right), None)
    assert {mark.status for mark in marks} == {"right"}
    assert truth[0] == 0.125
    marks = graded(task, given, returned(task, given, [0.2, *right[1:]]), None)
    assert marks[0].status == "wrong"
