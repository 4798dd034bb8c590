"""Worksheets of random layers: what each view may ask for, its file, and what stands where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xlconv.errors import XlconvError
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import layer_lesson
from xlconv.lessons.exercise import GIVEN, Exercise
from xlconv.lessons.lesson import Ask, Lesson
from xlconv.lessons.worksheet import Worksheet, asking, exercise, worksheet_lesson

from .engines.engine import Changes
from .engines.package import cell_name


def can_be_asked(view: str, layer: Layer) -> list[str]:
    """The blocks of a view that may be asked for: those with numbers that are not given."""
    one = exercise(layer_lesson(layer, [view]), 0)
    names = []
    for block in one.sheet.blocks:
        if block.role in (*GIVEN, "control") or not block.name:
            continue
        try:
            Exercise(one.sheet, Ask((block.name,)))
        except XlconvError:
            continue
        names.append(block.name)
    return names


def worksheet(
    view: str, layer: Layer, asked: Sequence[str], check: str = "row", digits: int = 2
) -> Lesson:
    """The lesson with one sheet, and blanks on it."""
    lesson = layer_lesson(layer, [view])
    lesson = replace(lesson, classroom=replace(lesson.classroom, check=check, digits=digits))
    return worksheet_lesson(asking(lesson, [f"{lesson.names[0]}: {one}" for one in asked]))


def drawn(lesson: Lesson) -> tuple[Exercise, bytes]:
    """What is asked on its first sheet, and the file, whether or not it shows what it asks for."""
    exercises, papers = Worksheet.of(lesson).exercises()
    sheets = [exercises[0].sheet, *papers.values()]
    return exercises[0], Book("Test", tuple(sheets)).to_bytes()


def typed(one: Exercise, answers: Sequence[float | str | None]) -> Changes:
    """What is typed into the blanks, one after the other; None is nothing."""
    return {
        (one.sheet.name, cell_name(row + 1, column + 1)): (
            answer if isinstance(answer, str) else float(answer)
        )
        for (row, column), answer in zip(one.places, answers, strict=True)
        if answer is not None
    }


def right(one: Exercise) -> np.ndarray:
    """What belongs into the blanks."""
    answers = one.run()
    one.run(one.untouched, whole=True)
    return answers
