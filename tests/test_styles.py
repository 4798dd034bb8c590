"""Looks in a file are those of the theme, as another program reads them."""

import io

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell

from xlconv.grid import theme
from xlconv.grid.direction import Way
from xlconv.grid.sheet import Sheet
from xlconv.lessons.book import Book
from xlconv.xlsx.styles import Styles


def read(sheet: Sheet, at: str = "B2") -> Cell:
    """A cell of a sheet as openpyxl reads it."""
    cell = load_workbook(io.BytesIO(Book("Test", (sheet,)).to_bytes()))[sheet.name][at]
    assert isinstance(cell, Cell)
    return cell


@pytest.mark.parametrize("tint", [-1, 3])
@pytest.mark.parametrize("role", theme.ROLES)
def test_cell_looks_as_the_theme_says(role: str, tint: int) -> None:
    sheet, look = Sheet("Sheet"), theme.look(role, tint)
    sheet.coat(sheet.memory((1, 1), ()), role, tint)
    cell = read(sheet)
    font, fill, alignment = cell.font, cell.fill, cell.alignment
    assert (font.name, font.sz, font.color.rgb) == (look.font, look.size, f"FF{look.color}")
    assert (bool(font.b), bool(font.i), bool(font.strike)) == (look.bold, look.italic, look.strike)
    assert font.u == ("single" if look.underline else None)
    assert fill.fill_type == ("solid" if look.fill else None)
    assert not look.fill or fill.fgColor.rgb == f"FF{look.fill}"
    assert (alignment.horizontal, bool(alignment.wrap_text)) == (look.align, look.wrap)
    assert (alignment.vertical, alignment.indent) == ("top" if look.wrap else "center", look.indent)
    assert cell.number_format == look.number_format
    lines = {getattr(cell.border, side).style for side in ("left", "right", "top", "bottom")}
    assert lines == ({"medium" if look.heavy else "thin"} if look.lines else {None})


def test_a_cropped_cell_alone_is_struck_through() -> None:
    assert [role for role, look in theme.ROLES.items() if look.strike] == ["cropped"]


def test_number_format_of_ones_own_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    look = theme.Look(number_format='0.0 "<&>"')
    monkeypatch.setitem(theme.ROLES, "own", look)
    sheet = Sheet("Sheet")
    sheet.coat(sheet.memory((1, 1), ()), "own")
    assert read(sheet).number_format == '0.0 "<&>"'


def test_light_looks_as_the_theme_says() -> None:
    sheet = Sheet("Sheet")
    x = sheet.block("x", (1, 1), (1, 1), role="input", content=1.0)
    sheet.light(x, x > 0, "current")
    loaded = load_workbook(io.BytesIO(Book("Test", (sheet,)).to_bytes()))["Sheet"]
    (found,) = loaded.conditional_formatting
    look, style = theme.look("current"), found.rules[0].dxf
    assert (style.font.b, style.font.color.rgb) == (look.bold, f"FF{look.color}")
    assert style.fill.bgColor.rgb == f"FF{look.fill}"


def test_styles_are_numbered_once() -> None:
    styles = Styles()
    asked = [("input", tint, "General", 0, False) for tint in (-1, 2, -1)]
    assert [styles.cell(Way.RIGHTWARD, *one) for one in asked] == [1, 2, 1]
    assert [styles.light("met", tint) for tint in (1, 2, 1)] == [0, 1, 0]
