"""A class of the prototype's worksheet, and its files as students fill them in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from xlconv.classroom.folder import ClassFolder
from xlconv.classroom.grader import Grader
from xlconv.classroom.handout import Handout
from xlconv.classroom.naming import Who
from xlconv.classroom.returned import Return
from xlconv.classroom.task import Task
from xlconv.grid.places import Place, a1
from xlconv.grid.values import number_text
from xlconv.lessons.lesson import Ask, Classroom, Lesson, Page
from xlconv.lessons.recipe import whole_recipe
from xlconv.lessons.worksheet import worksheet_lesson

from .sheets import LAYER

KEY = bytes(range(32))

LESSON = Lesson(
    "Exercise",
    (Page("Distribute", "distribute", layer=LAYER, ask=Ask(("stamps", "output"), marks=20.0)),),
    {"a": LAYER},
    classroom=Classroom(vary=("a.input", "a.weight")),
)
"""36 stamps and 25 outputs."""

PART = "xl/worksheets/sheet1.xml"


@cache
def class_of(students: int) -> ClassFolder:
    names = {f"s{n:04d}": f"Student {n}" for n in range(students)}
    return ClassFolder(KEY, whole_recipe(LESSON), names, {"name": "code"})


@cache
def handout() -> Handout:
    return Handout(worksheet_lesson(LESSON), KEY)


@cache
def bare() -> Grader:
    """A grader that tries no formulas: for the places of blanks, and what belongs there."""
    return Grader(class_of(1), None)


def task() -> Task:
    return bare().tasks[0]


def truth(student: str) -> Any:
    return bare().truth(student)


def filled(data: bytes, answers: Mapping[Place, object], part: str = PART) -> bytes:
    """A workbook with answers in its blanks, as Excel writes them; formulas begin with =."""
    target = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == part:
                content = _filled(content.decode(), answers).encode()
            new.writestr(info.filename, content)
    return target.getvalue()


def _filled(xml: str, answers: Mapping[Place, object]) -> str:
    told = {a1(at): answer for at, answer in answers.items() if answer is not None}

    def cell(match: re.Match[str]) -> str:
        answer = told.get(match[1])
        if answer is None:
            return match[0]
        head = f'<c r="{match[1]}"{match[2]}'
        if isinstance(answer, str) and answer.startswith("="):
            escaped = answer[1:].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            return f"{head}><f>{escaped}</f></c>"
        if isinstance(answer, str):
            return f'{head} t="inlineStr"><is><t>{answer}</t></is></c>'
        return f"{head}><v>{number_text(float(str(answer)))}</v></c>"

    return re.sub(r'<c r="([A-Z]+[0-9]+)"( s="[0-9]+")?/>', cell, xml)


def sent(folder: ClassFolder, student: str, answers: object, who: Who | None = None) -> Return:
    """A return of a student: numbers, or formulas, one for each blank."""
    data = handout().workbook(student, folder.codes[student])
    listed = dict(zip(task().exercise.places, np.asarray(answers, dtype=object), strict=True))
    return Return(who or Who(), f"{student}.xlsx", filled(data, listed))
