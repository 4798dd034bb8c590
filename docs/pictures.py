"""Make the pictures of the README, and of the page for lecturers, again: real sheets, rendered.

    make pictures

Needs LibreOffice's soffice and pdftoppm on the path, and Pillow (the extra `image`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
import openpyxl
from PIL import Image, ImageChops, ImageOps

from xlconv.cli.commands import cli
from xlconv.differing.compare import compare
from xlconv.differing.shown import book_of
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
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
}  # fmt: skip
DIFFERENCE = "difference.png"
"""That of docs/engineers.md."""

FIRST_PAGE = ("Playground",)
"""Sheets whose other pages have room for larger layers, and are mostly empty."""

RESOLUTION, HEADER, FOOTER = 130, 0.4, 0.45
"""Dots an inch, and the inches of a page's header, if it has a title, and of its footer."""

MARGIN = 24


CLASSROOM = ("worksheet", "ticks", "marks", "feedback")
"""What the page for lecturers shows, in its order."""

EXERCISE, ITS_PAGE = "2 Distribute", 2
"""The exercise that is shown, and its printed page, behind the contents."""


def picture(sheet: Sheet, target: Path) -> None:
    """Render a sheet, its pages under one another, cut to what is on them."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "page.xlsx"
        Book("", (sheet,)).save(path)
        pages = printed(path)
    shown = pages[:1] if sheet.name in FIRST_PAGE else pages
    kept(joined(shown), target)


def printed(path: Path, header: float = 0) -> list[Image.Image]:
    """The pages of a workbook without what the paper has around them.

    header  inches of the page's header, which stays away as the footer does
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", name]
        subprocess.run([*office, str(path)], check=True, capture_output=True)
        pdf = ["pdftoppm", "-r", str(RESOLUTION), "-png", str(folder / f"{path.stem}.pdf")]
        subprocess.run([*pdf, str(folder / "page")], check=True)
        return [inner(page, header) for page in sorted(folder.glob("page-*.png"))]


def inner(path: Path, header: float) -> Image.Image:
    with Image.open(path) as page:
        top, bottom = (int(inches * RESOLUTION) for inches in (header, FOOTER))
        return page.convert("RGB").crop((0, top, page.width, page.height - bottom))


def joined(pages: list[Image.Image]) -> Image.Image:
    """Pages under one another, with nothing blank between."""
    width, height = pages[0].size
    whole, at = Image.new("RGB", (width, len(pages) * height), "white"), 0
    for page in pages:
        _, top, _, bottom = box_of(page)
        whole.paste(page.crop((0, top, width, bottom)), (0, at))
        at += bottom - top + MARGIN
    return whole


def box_of(page: Image.Image) -> tuple[int, int, int, int]:
    """The box of what is on a page."""
    box = ImageChops.invert(page.convert("L")).getbbox()
    assert box
    return box


def kept(page: Image.Image, target: Path) -> None:
    """Write a picture, cut to what is on it."""
    framed = ImageOps.expand(page.crop(box_of(page)), MARGIN, "white")
    framed.quantize(128).save(target, optimize=True)
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
        run("grade", "back", "--class", "class/teacher", "-o", "marks")
        shown = [
            (works[0], ITS_PAGE),
            (Path("back") / works[0].name, ITS_PAGE),
            (Path("marks/marks.xlsx"), 1),
            (Path("marks/feedback") / works[0].name, ITS_PAGE),
        ]
        for what, (path, number) in zip(CLASSROOM, shown, strict=True):
            target = FOLDER / f"classroom-{what}.png"
            kept(printed(path.resolve(), HEADER)[number - 1], target)


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
                sheet.links.clear()  # the sheets they lead to are not in this book
                sheet.titles.clear()  # no page repeats it
                picture(sheet, target)
    classroom()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from tests.stories import detector

    main(detector)
