"""Numbers as they are shown: none is cut, none that is not 0 reads as 0."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

import xlconv
from xlconv.cli.commands import cli
from xlconv.errors import XlconvError
from xlconv.grid.digits import fitting
from xlconv.grid.theme import ROLES
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.views import VIEWS

GIVEN = {
    "whole": ([1, 20, -300], "General", 4),
    "long": ([12345, -1], "General", 5),
    "longer than a cell": ([123456789, 1], "0.0E+0;-0.0E+0;0", 6),
    "halves": ([0.5, 1, 2.25], "General", 4),
    "thirds": ([1 / 3, -2 / 3], "0.00;-0.00;0", 5),
    "small": ([1 / 3, 0.004], "0.000;-0.000;0", 5),
    "smaller": ([1 / 3, 4e-7], "0.0000;-0.0000;0", 6),
    "all small": ([4e-3, -4e-7], "0.0E+0;-0.0E+0;0", 7),
    "rounding alone": ([1 / 3, 0.1 + 0.2 - 0.3], "0.00;-0.00;0", 4),
    "no number": ([np.nan, 2], "General", 1),
}


@pytest.mark.parametrize("name", GIVEN)
def test_numbers_have_the_format_that_shows_them(name: str) -> None:
    values, code, longest = GIVEN[name]
    assert fitting(np.array(values)) == (code, longest)


def test_weights_of_a_real_layer_have_one_format_and_room() -> None:
    weight = [[0.0312, -0.25], [1.5, 0.0041]]
    x = np.array([[1 / 3, 20000.5], [2.0, 3.0]])
    data = build(Layer.of(x, weight), views=["collect"]).to_bytes()
    book = openpyxl.load_workbook(BytesIO(data))
    names = {name.rpartition("_")[2]: told for name, told in book.defined_names.items()}
    sheet = book["Collect"]
    for block, code in {"kernel": "0.000", "output": "0.00"}.items():
        cells = names[block].attr_text.rpartition("!")[2].replace("$", "")
        shown = {cell.number_format.replace('"', "") for row in sheet[cells] for cell in row}
        parts = {part.lstrip("ᵃᵇᶜᵈ") for one in shown for part in one.split(";")}
        assert parts == {code, f"-{code}", "0"}
    longest = max(len(f"{20000.5 * 1.5:.2f}"), 5)
    assert sheet.column_dimensions["C"].width >= longest + 0.4


def test_widest_mark_before_a_number_has_room() -> None:
    """The 13th weight has an m: LibreOffice showed ### where a mark had 0.4 of a character."""
    weight = np.full((4, 4), 0.1875)
    (sheet,) = build(Layer.of([[1, 2]], weight), views=["collect"]).sheets
    assert sheet.column_width >= len("0.19") + 0.9


def test_the_largest_numbers_are_shown_with_an_exponent() -> None:
    assert fitting(np.array([1.5, 1.797693134862316e307])) == ("0.0E+0;-0.0E+0;0", 8)


def shown(value: float, code: str, width: float) -> tuple[str, float]:
    """A number as a program shows it with a format, and how many characters it takes.

    General, behind a small letter perhaps, cuts decimals to the room that there is.
    """
    sections = code.split(";")
    section = sections[min(len(sections) - 1, 0 if value > 0 else 1 if value < 0 else 2)]
    letters = 0.9 * len("".join(re.findall(r'"([^"]*)"', section)))
    form = re.sub(r'"[^"]*"', "", section)
    if "General" in form:
        whole = len(str(int(abs(value)))) + (value < 0)
        decimals = max(0, int(width - letters - whole - 1))
        told = f"{value:.{decimals}f}" if value % 1 else f"{value:.0f}"
        return told, letters + whole
    decimals = len(form.partition(".")[2].partition("E")[0])
    told = f"{abs(value):.{decimals}{'E' if 'E' in form else 'f'}}"
    told = re.sub("E([+-])0", r"E\1", told)
    return "-" * form.startswith("-") + told, letters + len(told) + form.startswith("-")


OF_REAL_WEIGHTS = [
    view
    for view in VIEWS
    if view
    not in (
        "contents",
        "code",
        "one_dimension",
        "playground",
        "bilinear",
        "sizes",
        "network",
        "ripple",
    )
]


@pytest.mark.parametrize("digits", [None, 3])
@pytest.mark.parametrize("view", OF_REAL_WEIGHTS)
def test_real_weights_are_readable_in_every_view(view: str, digits: int | None) -> None:
    """0.05 times normal numbers: no ###, and 0.004 and more never reads as 0."""
    dice = np.random.default_rng(5)
    x, w = dice.normal(size=(1, 5, 5)), 0.05 * dice.normal(size=(1, 1, 3, 3))
    w[0, 0, 1, 1] = 0.004
    layer: Layer | Convolution = Layer.of(x, w, stride=2, padding=1, bias=[0.004])
    if view == "convolution":
        layer = Convolution.of(x, w, padding=1, bias=[0.004])
    book = build(layer, views=[view], digits=digits)
    sheet = openpyxl.load_workbook(BytesIO(book.to_bytes()), data_only=True).worksheets[0]
    seen = 0
    for cell in (cell for row in sheet.iter_rows() for cell in row):
        value, code = cell.value, cell.number_format
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if "✓" in code or code == ROLES["pixel"].number_format:  # a mark, a shade
            continue
        at = cell.column - 1
        width = book.sheets[0].widths.get(at, book.sheets[0].column_width)
        told, room = shown(value, code, width)
        assert room <= width, (cell.coordinate, value, code, width)
        if abs(value) >= 0.004:
            seen += value % 1 != 0
            assert float(told) != 0, (cell.coordinate, value, code)
    assert seen or view in ("evenness", "overlap", "frameworks")


def test_copies_have_the_format_of_what_stands_beside_them() -> None:
    """The kernel's phases, apart from one another, are one figure with one format."""
    w = np.array([[0.25, -0.0021, 0.31], [1 / 3, 0.5, -0.62], [0.7, 0.11, 0.9]])
    (sheet,) = build(Layer.of(np.ones((3, 3)), w, stride=2), views=["phases"]).sheets
    copies = {coat.numbers for coat in sheet.coats if coat.role == "copy"}
    assert copies == {("0.000;-0.000;0", 6)}


def test_digits_are_those_of_the_largest_number_of_a_block(tmp_path: Path) -> None:
    layer = Layer.of([[1 / 3, 20000.5]], [[0.0312, -0.25]], stride=2)
    given = {
        None: {"input": "0.00", "kernel": "0.00"},
        3: {"input": "0", "kernel": "0.000"},
        6: {"input": "0.0", "kernel": "0.000000"},
    }
    for digits, formats in given.items():
        (sheet,) = build(layer, views=["collect"], digits=digits).sheets
        for name, code in formats.items():
            (block,) = [block for block in sheet.blocks if block.name == name]
            (coat,) = [coat for coat in sheet.coats if coat.cells is block.cells]
            assert coat.numbers[0].split(";")[0] == code, (digits, name)
    line = f"layer --input 2x2 --weight 2x2 --digits 4 -o {tmp_path}/a.xlsx"
    assert CliRunner().invoke(cli, line.split()).exit_code == 0
    assert '"digits":4' in build(layer, digits=4).recipe
    assert xlconv.check(tmp_path / "a.xlsx").right
    lesson = tmp_path / "a.toml"
    lesson.write_text(
        'title = "A"\ndigits = 3\n[[sheet]]\nname = "A"\nview = "collect"\n'
        "input = [[0.3333, 1.5]]\nweight = [[1]]\n"
    )
    assert load_lesson(lesson).digits == 3
    with pytest.raises(XlconvError, match="digits must be from 1 to 15, got 16"):
        build(layer, digits=16)


def test_least_number_of_a_byte_is_shown() -> None:
    assert fitting(np.array([-128, -5], np.int8), 3) == ("General", 4)
