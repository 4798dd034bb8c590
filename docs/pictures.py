"""Make the pictures of the README, and of the page for lecturers, again: real sheets, rendered.

    make pictures

Needs the extras `pdf` and `image`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import numpy as np
import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple
from PIL import Image, ImageChops, ImageOps

from xlconv.checking.origin import read_recipe
from xlconv.classroom.feedback import Feedback
from xlconv.classroom.feedback_book import FeedbackBooks
from xlconv.classroom.folder import read_folder
from xlconv.classroom.handout import variant
from xlconv.classroom.marks_book import marks_book
from xlconv.cli.commands import cli
from xlconv.cli.grade import results_of
from xlconv.differing.compare import compare
from xlconv.differing.shown import book_of
from xlconv.grid.pages import pages
from xlconv.grid.places import a1
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import EMPTY
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.lessons.worksheet import Worksheet, worksheet_lesson
from xlconv.models.made import model_layer

FOLDER = Path(__file__).resolve().parent / "pictures"
PICTURES = {
    "transposed-convolutions": [
        "Distribute", "Collect", "Gniddap", "Sedirts", "1-D", "Channels", "Matrix", "Gradient",
    ],
    "playground": ["Playground"],
    "checkerboard": ["Overlap"],
    "subpixel": ["Phases"],
    "frameworks": ["Odd"],
    "image": ["Learnt"],
    "auto-encoder": ["Network"],
    "generator": ["Network"],
}  # fmt: skip
DIFFERENCE = "difference.png"
"""That of docs/engineers.md."""

FIRST_PAGE = ("Playground",)
"""Sheets whose other pages have room for larger layers, and are mostly empty."""

MARGIN = 24

WIDEST = 1400
"""The pixels across that a page of documents has room for."""


CLASSROOM = ("worksheet", "ticks", "marks", "feedback")
"""What the page for lecturers shows, in its order."""

EXERCISE = "2 Distribute"
"""The exercise that is shown."""


def picture(sheet: Sheet, target: Path) -> None:
    """Draw a sheet as one picture."""
    if sheet.name in FIRST_PAGE:
        sheet.rows = pages(sheet).breaks[0]
    drawn = Book("", (sheet,)).figure().png()
    with Image.open(BytesIO(drawn)) as page:
        shown = page.convert("RGB")
    shown.thumbnail((WIDEST, shown.height))
    kept(shown, target)


def box_of(page: Image.Image) -> tuple[int, int, int, int]:
    """The box of what is on a page."""
    box = ImageChops.invert(page.convert("L")).getbbox()
    assert box
    return box


def kept(page: Image.Image, target: Path) -> None:
    """Write a picture, cut to what is on it."""
    framed = ImageOps.expand(page.crop(box_of(page)), MARGIN, "white")
    framed.quantize(255, Image.Quantize.FASTOCTREE).save(target, optimize=True)
    print(target, file=sys.stderr)


def difference(detector: Callable[[Path], None]) -> Sheet:
    """The sheet of the third story of docs/engineers.md: the last row and column hold nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        detector(folder)
        layer = model_layer(
            folder / "det.onnx", "ConvTranspose.2", input=np.load(folder / "det-x.npy")
        )
        assert isinstance(layer, Layer)
        return book_of(compare(layer, np.load(folder / "runtime.npy"))).sheets[0]


def filled(path: Path, key: Path, change: Callable[[int, float], float | None], to: Path) -> None:
    """A student's worksheet with the key's numbers in the exercise's blanks, some of them changed.

    change  from the number of a blank and what belongs there, what is typed
    """
    book, answers = openpyxl.load_workbook(path), openpyxl.load_workbook(key, data_only=True)
    number = 0
    for name, defined in book.defined_names.items():
        for sheet, area in defined.destinations:
            if "answer_" not in name or sheet != EXERCISE:
                continue
            for row in book[sheet][area.replace("$", "")]:
                for cell in row:
                    right = answers[sheet][cell.coordinate].value
                    if cell.border.left.style == "medium" and isinstance(right, int | float):
                        cell.value = change(number, right)
                        number += 1
    book.save(to)


def classroom() -> None:
    """A class of three at one exercise, from its list to the marks, by the page's commands."""
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        Path("students.csv").write_text("id;name\n1;Ana Ruiz\n2;Ben Ode\n3;Cem Kaya\n", "utf-8")
        run("lessons", "copy", "worksheet", ".")
        told, *sheets = Path("worksheet.toml").read_text("utf-8").split("[[sheet]]")
        asking = [sheet for sheet in sheets if f'"{EXERCISE}"' in sheet or "contents" in sheet]
        Path("one.toml").write_text("[[sheet]]".join([told, *asking]), "utf-8")
        with patch("xlconv.classroom.copies.new_key", lambda: bytes(32)):  # the same numbers again
            run("class", "one.toml", "students.csv", "-o", "class", "--keys")
        Path("back").mkdir()
        changes: list[Callable[[int, float], float | None]] = [
            lambda n, right: (
                right if n < 12 else right + 1 if n == 13 else right if n < 24 else None
            ),
            lambda _, right: right,
            lambda n, right: right + 1 if n % 9 == 4 else right,
        ]
        works = sorted(Path("class").glob("*.xlsx"))
        for path, change in zip(works, changes, strict=True):
            filled(path, Path("class/teacher/keys") / path.name, change, Path("back") / path.name)
        for what, sheet in zip(CLASSROOM, shown(works), strict=True):
            picture(sheet, FOLDER / f"classroom-{what}.png")


def shown(works: list[Path]) -> Iterator[Sheet]:
    """The exercise as it is handed out, as it comes back, the marks, and the feedback."""
    made = read_folder(Path("class/teacher"))
    results, _ = results_of(made, ["back"], 1)
    first = next(one for one in results.graded if one.code == works[0].stem)
    assert first.student
    student = first.student.id
    lesson = worksheet_lesson(variant(read_recipe(made.lesson, "").lesson, made.key, student))
    number = lesson.names.index(EXERCISE)
    one = Worksheet.of(lesson).page(number)
    yield one.sheet
    typed = {mark.cell: mark.got for mark in first.marks}
    answers = [typed.get(a1(at)) for at in one.places]
    one.run(np.array([EMPTY if got is None else float(str(got)) for got in answers]), whole=True)
    yield replace(one.sheet, blanks=[])
    yield marks_book(results).sheets[0]
    _, sheets, own = FeedbackBooks(made, Feedback.of(made)).marked(first, student)
    for address, cell in own[number].items():
        row, column = coordinate_to_tuple(address)
        sheets[number].line((row - 1, column - 1), [cell.value], cell.role)
    yield sheets[number]


def run(*words: str) -> None:
    """Carry out a command of xlconv, as it is typed."""
    cli.main([*words], standalone_mode=False)


def main(detector: Callable[[Path], None]) -> None:
    FOLDER.mkdir(exist_ok=True)
    picture(difference(detector), FOLDER / DIFFERENCE)
    for lesson, names in PICTURES.items():
        book = build(load_lesson(lesson))
        for sheet in book.sheets:
            if sheet.name in names:
                target = FOLDER / f"{lesson}-{sheet.name.lower().replace(' ', '-')}.png"
                picture(sheet, target)
    classroom()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from tests.stories import detector

    main(detector)
