"""Numbers as they are shown: none is cut, none that is not 0 reads as 0."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import openpyxl
import pytest

from xlconv.grid.digits import fitting
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build

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
    assert fitting(np.array([1.5, 1.797693134862316e307])) == ("0.0E+0;-0.0E+0;0", 6)
