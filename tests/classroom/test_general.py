"""Formulas of many forms: what is equivalent is right, and what is not is refused."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from xlconv.classroom.engine import Engine
from xlconv.classroom.task import Task
from xlconv.grid.places import a1

from .sheets import engine, formulas_of, given_of, graded, returned, task_of, truth_of

ADDRESS = re.compile(r"[A-Z]+[0-9]+")


def products(task: Task) -> list[str]:
    """Each stamp as a student writes it: an input cell times a weight."""
    x, w = (task.given_places[name] for name in ("input", "kernel"))
    return [f"{a1(i)}*{a1(u)}" for i in x for u in w]


def plain(task: Task) -> list[str]:
    """A short formula for each blank."""
    return [*products(task), *[text.replace("$", "") for text in formulas_of(task)[36:]]]


def equivalent(text: str, spelt: str) -> Iterator[str]:
    """The same number, whatever is given."""
    terms = text.split("+")
    yield from (text, "+".join(reversed(terms)), f"SUM({','.join(terms)})", f"({text})*1")
    yield from (f"-(-({text}))", f"2*({text})/2", f"IF(1=1,{text},0)", f"{text}-0", spelt)
    yield "+".join(f"N({term})" for term in terms)


def wrong(
    text: str, cells: list[str], values: dict[str, float], here: float, dice: random.Random
) -> Iterator[tuple[str, str]]:
    """Ten kinds of formulas that are wrong, though many give the right number here."""
    first, *rest = text.split("+")
    refs = ADDRESS.findall(text)
    other = dice.choice([cell for cell in cells if cell not in refs])
    yield "another cell", text.replace(refs[0], other, 1)
    if rest:
        yield "a term left out", "+".join(rest)
    yield "a term twice", f"{text}+{first}"
    yield "a value for a cell", text.replace(refs[0], f"{values[refs[0]]:.0f}", 1)
    yield "the answer typed", f"{here:.0f}+0"
    if "*" in text:
        yield "plus for times", text.replace("*", "+", 1)
    yield "ABS around it", f"ABS({text})"
    yield "never below 0", f"MAX(0,{text})"
    yield "rounded down", f"INT(({text})/2)*2"
    yield "rounded", f"ROUND({text},0)"
    yield "one too many", f"{text}+1"


def one(task: Task, given: dict[str, Any], blank: int, text: str, calc: Engine) -> str:
    answers: list[Any] = list(truth_of(task, given))
    answers[blank] = f"={text}"
    return graded(task, given, returned(task, given, answers), calc)[blank].status


def check(rounds: int, calc: Engine) -> tuple[int, int, int]:
    """How many equivalent and wrong formulas were tried, and how many of these are right here."""
    task, dice = task_of(), random.Random(11)
    forms, spelt = plain(task), products(task)
    by_place = {a1(at): k for k, at in enumerate(task.exercise.places)}
    accepted, refused, lucky = 0, Counter[str](), 0
    for seed in range(rounds):
        given = given_of(task, seed)
        values = {a1(at): float(str(v)) for at, v in task.put(given).items()}
        truth = truth_of(task, given)
        values |= {at: float(truth[k]) for at, k in by_place.items()}
        for blank in dice.sample(range(36), 4) + dice.sample(range(36, 61), 6):
            text = forms[blank]
            long = (
                "+".join(
                    spelt[by_place[ref]] if ref in by_place else ref for ref in text.split("+")
                )
                if blank >= 36
                else text
            )
            for same in equivalent(text, long):
                assert one(task, given, blank, same, calc) == "right", same
                accepted += 1
            cells = [at for at in values if by_place.get(at, -1) < (36 if blank >= 36 else 0)]
            for kind, other in wrong(text, cells, values, truth[blank], dice):
                status = one(task, given, blank, other, calc)
                assert status in ("wrong", "right here only", "follows here only"), (kind, other)
                refused[kind] += 1
                lucky += status == "right here only"
    assert len(refused) >= 10
    return accepted, refused.total(), lucky


def test_equivalent_formulas_are_right_and_others_are_not() -> None:
    with engine() as calc:
        accepted, refused, lucky = check(2, calc)
    assert accepted == 200
    assert refused > lucky > 40


@pytest.mark.prove
def test_two_thousand_of_each() -> None:
    with engine() as calc:
        accepted, refused, lucky = check(24, calc)
    print(f"{accepted} accepted, {refused} refused, {lucky} of them right here")
    assert accepted >= 2_000
    assert refused >= 2_000
