"""No file shows what it asks for: planted leaks stop the build, and real files are searched."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.grid.expr import joined
from xlconv.grid.marks import Block
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.leaks import check_leaks
from xlconv.lessons.lesson import Ask, Lesson, Page
from xlconv.lessons.read import load_lesson
from xlconv.lessons.worksheet import KEY, Worksheet, exercise, worksheet_lesson

from .layers import LAYERS, transposed
from .pages import FIXED_VIEWS
from .worksheets import can_be_asked, right, worksheet

SHOWING = {"frameworks"}
"""Views that show slices of each of their blocks elsewhere, too: nothing is built."""


def planted(plant: Callable[[Sheet, Any, Any], object]) -> Exercise:
    """x, its doubles y, which are asked for, and what else is planted on the sheet."""
    sheet = Sheet("S")
    x = sheet.memory((0, 0), (3,), steps=((1, 0),))
    x[...] = [7.0, 3.0, 5.0]
    y = sheet.memory((0, 2), (3,), steps=((1, 0),))
    y[...] = x * 2
    sheet.blocks += [Block("x", "input", x), Block("y", "output", y)]
    plant(sheet, x, y)
    one = Exercise(sheet, Ask(("y",)))
    one.run(one.untouched, whole=True)
    return one


def another_block(sheet: Sheet, x: Any, y: Any) -> None:
    z = sheet.memory((0, 4), (3,), steps=((1, 0),))
    z[...] = x + x
    sheet.blocks.append(Block("z", "computed", z))


PLANTED: dict[str, tuple[Callable[[Sheet, Any, Any], object], str]] = {
    "another block": (another_block, "E1, z, shows what is asked for, y in C1: ask for z as well"),
    "a cell of no block": (
        lambda sheet, x, _: sheet.formula((8, 4), x[1] + x[1]),
        "E9 shows what is asked for, y in C2: leave that cell out",
    ),
    "a sentence": (
        lambda sheet, x, _: sheet.formula((8, 4), joined("it is ", x[2] * 2, ", the third")),
        "E9 shows what is asked for, y in C3: leave that cell out",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_named(name: str) -> None:
    plant, said = PLANTED[name]
    with pytest.raises(XlconvError) as refused:
        check_leaks([planted(plant)])
    assert str(refused.value).startswith(f'sheet "S": {said}')
    assert "\n" not in str(refused.value)


def test_what_depends_on_a_blank_is_no_leak() -> None:
    check_leaks([planted(lambda sheet, _, y: sheet.formula((8, 4), y[0] + 0))])


def test_a_view_that_shows_an_output_twice_is_asked_for_both() -> None:
    ask = partial(worksheet, "collect", LAYERS["plain"])
    with pytest.raises(XlconvError) as refused:
        build(ask(["output"]))
    assert re.fullmatch(
        r'sheet "Collect": [A-Z]+\d+, by_distributing, shows what is asked for, output in'
        r" [A-Z]+\d+: ask for by_distributing as well, or leave that cell out",
        str(refused.value),
    )
    build(ask(["output", "by_distributing"]))


@pytest.mark.parametrize("asked", ["turned", "stretched"])
def test_what_is_given_elsewhere_and_zeros_are_no_secret(asked: str) -> None:
    # the turned kernel holds the weights, the stretched input its cells and the zeros between
    build(worksheet("collect", LAYERS["plain"], [asked]))


def pages(*told: tuple[str, tuple[str, ...] | None]) -> Lesson:
    """A worksheet of one layer: views, and what is asked for there."""
    layer = LAYERS["plain"]
    made = (Page(v.capitalize(), v, layer=layer, ask=Ask(a) if a else None) for v, a in told)
    return worksheet_lesson(Lesson("L", tuple(made), {"a": layer}))


def test_another_sheet_with_the_same_layer_is_seen() -> None:
    both = ("output", "by_distributing")
    with pytest.raises(XlconvError) as refused:
        build(pages(("collect", both), ("distribute", None)))
    assert re.fullmatch(
        r'sheet "Distribute": [A-Z]+\d+, (stamps|output), shows what is asked for, output in'
        r' [A-Z]+\d+ of sheet "Collect": both show the same numbers, so give one of the two'
        " sheets a layer with others",
        str(refused.value),
    )


def test_a_sheet_that_prints_outputs_is_refused() -> None:
    with pytest.raises(XlconvError) as refused:
        pages(("distribute", ("stamps", "output")), ("code", None))
    assert str(refused.value) == (
        'sheet "Code" prints outputs: a worksheet has no sheet with the view code'
    )


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def shown_in(made: bytes) -> set[float]:
    """Every number in any part of a file, in cells, their formulas, sentences and what else."""
    found: set[float] = set()
    with ZipFile(BytesIO(made)) as parts:
        for name in parts.namelist():
            root = ET.fromstring(parts.read(name))
            for part in root.iter():
                for text in (part.text or "", *part.attrib.values()):
                    found.update(map(float, re.findall(r"\d+(?:\.\d+)?", text)))
    return found


@pytest.mark.parametrize("view", ["collect", "distribute", "matrix", "gniddap", "phases"])
@pytest.mark.parametrize("seed", range(2))
def test_no_part_of_a_file_holds_an_answer(view: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # numbers so large that no product or output of theirs is met by chance
    x, w = (rng.integers(10**6, 10**7, (3, 3)).astype(float) for _ in range(2))
    layer = Layer.of(x, w, stride=1 if view in ("gniddap", "collect") else 2)
    asked = can_be_asked(view, layer)
    lesson = worksheet(view, layer, asked)
    answers = set(transposed(layer).ravel().tolist()) - {0.0}
    if "stamps" in asked:
        answers |= {a * b for a in x.ravel().tolist() for b in w.ravel().tolist()}
    assert answers <= shown_in(build(replace(lesson, form=KEY)).to_bytes())
    assert not answers & shown_in(build(lesson).to_bytes())


def test_a_sheet_on_which_nothing_is_given_may_be_asked() -> None:
    """Counts of stamps hang on geometry alone."""
    lesson = worksheet("overlap", LAYERS["plain"], ["count[1::2, :]"])
    assert any(sheet.blanks for sheet in build(lesson).sheets)


@pytest.mark.prove
@pytest.mark.parametrize("view", [view for view in FIXED_VIEWS if view != "difference"])
def test_no_part_of_a_file_with_slices_holds_an_answer(view: str) -> None:
    """A slice of each block that may be asked for: nothing is built, or nothing is shown.

    In a comparison theirs is 0 here, so that a distance is an output.
    """
    rng, built = np.random.default_rng(3), 0
    x, w = (rng.integers(10**6, 10**7, (3, 3)).astype(float) for _ in range(2))
    layer = Layer.of(x, w, stride=2)
    try:
        names = can_be_asked(view, layer)
    except ValueError:  # no such view of this layer
        return
    for name in names:
        for index in ("[1::2, :]", "[..., ::-2]"):
            try:
                lesson = worksheet(view, layer, [name + index])
                made = build(lesson).to_bytes()
            except XlconvError:  # it shows what is asked for, or has other axes
                continue
            one = exercise(lesson, 0)
            answers = {a for a in one.run().tolist() if a > 10**6}
            given = {g for cells in one.given().values() for g in cells.ravel().tolist()}
            assert not (answers - given) & shown_in(made), name
            built += 1
    assert built or not names or view in SHOWING


@pytest.mark.parametrize("seed", range(2))
def test_no_part_of_the_shipped_worksheet_holds_an_answer(seed: int) -> None:
    rng, lesson = np.random.default_rng([7, seed]), load_lesson("worksheet")
    # numbers so large and odd that nothing but an answer is one; the sizes stay what they are
    layers = {
        name: replace(
            layer,
            input=rng.integers(10**6, 10**7, layer.input.shape).astype(float),
            weight=rng.integers(10**6, 10**7, layer.weight.shape).astype(float),
        )
        for name, layer in lesson.layers.items()
    }
    own = {id(layer): layers[name] for name, layer in lesson.layers.items()}
    pages = [replace(p, layer=own[id(p.layer)] if p.layer else None) for p in lesson.pages]
    lesson = worksheet_lesson(replace(lesson, pages=tuple(pages), layers=layers))
    answers, given = set[float](), set[float]()
    for one in Worksheet.of(lesson).exercises()[0].values():
        given |= {n for cells in one.givens.values() for n in cells.memory.ravel().tolist()}
        if not one.mistake:  # where all answers but one are to be seen
            answers |= set(right(one).tolist())
    answers -= given | {n for n in answers if n < 10**6}
    assert len(answers) > 100
    assert len(answers & shown_in(build(replace(lesson, form=KEY)).to_bytes())) == len(answers)
    assert not answers & shown_in(build(lesson).to_bytes())
