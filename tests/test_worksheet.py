"""The shipped worksheet, its key and its mistake; a key is its worksheet page for page."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from openpyxl import load_workbook

from xlconv.checking.check import check
from xlconv.errors import XlconvError
from xlconv.lessons.build import as_meant, build, layer_lesson
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.read import load_lesson
from xlconv.lessons.worksheet import BLANK, KEY, Worksheet, asking, worksheet_lesson

from .engines import ironcalc_engine
from .engines.cached import formulas
from .engines.package import cell_name
from .engines.strip import with_values
from .layers import LAYERS
from .pages import FIXED_VIEWS
from .test_cli import Run
from .worksheets import can_be_asked, drawn, right, typed, worksheet

MISTAKE = "7 Mistake"

Look = dict[str, Any]


def looks(made: bytes) -> dict[str, Look]:
    """All that a sheet is but for what its cells hold: sizes, pages, rules, styles, formulas."""
    found = {}
    for sheet in load_workbook(BytesIO(made)):
        if sheet.sheet_state != "visible":  # the recipe says which of the two it is
            continue
        found[sheet.title] = {
            "size": sheet.dimensions,
            "columns": {key: d.width for key, d in sheet.column_dimensions.items()},
            "rows": {key: d.height for key, d in sheet.row_dimensions.items()},
            "breaks": [[b.id for b in each.brk] for each in (sheet.row_breaks, sheet.col_breaks)],
            "paper": [sheet.print_area, sheet.print_title_rows, sheet.page_setup.orientation],
            "fit": [sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight],
            "rules": sorted(str(r.sqref) for r in sheet.conditional_formatting),
            "choices": sorted(str(d.sqref) for d in sheet.data_validations.dataValidation),
            "styles": {c.coordinate: c.style_id for row in sheet for c in row},
            "texts": {
                c.coordinate: c.value for row in sheet for c in row if isinstance(c.value, str)
            },
        }
    return found


def alike(made: bytes, key: bytes, blanks: dict[str, set[str]]) -> None:
    """Two files differ in nothing but in their blanks."""
    one, other = looks(made), looks(key)
    assert one.keys() == other.keys()
    for name, look in one.items():
        for part in look:
            if part != "texts":
                assert look[part] == other[name][part], (name, part)
        changed = {at for at, _ in set(look["texts"].items()) ^ set(other[name]["texts"].items())}
        assert changed <= blanks.get(name, set()), name


def blanks_of(one: Exercise) -> set[str]:
    return {cell_name(row + 1, column + 1) for row, column in one.places}


@pytest.mark.parametrize("view", FIXED_VIEWS)
def test_a_key_is_its_worksheet_page_for_page(view: str) -> None:
    for kind in ("plain", "strided", "row"):
        try:
            names = can_be_asked(view, LAYERS[kind])
        except XlconvError:  # no such view of this layer
            continue
        if names:
            lesson = worksheet(view, LAYERS[kind], names[:2])
            (one, made), (_, key) = drawn(lesson), drawn(replace(lesson, form=KEY))
            alike(made, key, {one.sheet.name: blanks_of(one)})
            return


@pytest.fixture(scope="module")
def shipped() -> tuple[dict[str, Exercise], bytes, bytes]:
    """What each page of the shipped lesson asks, its file, and its key."""
    lesson = load_lesson("worksheet")
    made, key = (worksheet_lesson(lesson, key=key) for key in (False, True))
    exercises, _ = Worksheet.of(made).exercises()
    asked = {one.sheet.name: one for one in exercises.values()}
    return asked, build(made).to_bytes(), build(key).to_bytes()


def test_the_shipped_key_is_the_worksheet_page_for_page(
    shipped: tuple[dict[str, Exercise], bytes, bytes],
) -> None:
    asked, made, key = shipped
    alike(made, key, {name: blanks_of(one) for name, one in asked.items()})


def test_each_shipped_exercise_is_a_page_of_8_points_and_each_block_has_its_tick(
    shipped: tuple[dict[str, Exercise], bytes, bytes],
) -> None:
    """The letters of a cell have 11 points."""
    asked, made, _ = shipped
    for sheet in load_workbook(BytesIO(made)):
        if sheet.title in asked:
            assert 11 * sheet.page_setup.scale >= 800, sheet.title
            assert not sheet.row_breaks.brk and not sheet.col_breaks.brk, sheet.title
    lesson = Worksheet.of(worksheet_lesson(load_lesson("worksheet")))
    blocks = {
        lesson.lesson.pages[n].name: {group.block for group in groups}
        for n, groups in lesson.groups.items()
    }
    assert blocks == {name: {name for name, _ in one.grids} for name, one in asked.items()}


def test_one_cell_is_wrong_and_nothing_but_the_line_of_agreement_tells(
    shipped: tuple[dict[str, Exercise], bytes, bytes], tmp_path: Path
) -> None:
    asked, made, key = shipped
    ours, theirs = formulas(made)[MISTAKE], formulas(key)[MISTAKE]
    (place,) = theirs.keys() - ours.keys()
    assert {at: f for at, f in theirs.items() if at != place} == ours
    sheet = load_workbook(BytesIO(made))[MISTAKE]
    output = asked[MISTAKE].mistake
    assert output is not None
    block = next(b for b in asked[MISTAKE].sheet.blocks if b.name == "output")
    beside = [
        cell_name(r + 1, c + 1) for r, c in map(block.cells.cell, np.ndindex(block.cells.shape))
    ]
    assert place in beside
    assert len({sheet[at].number_format for at in beside}) == 1
    assert len({(sheet[at].fill.fgColor.rgb, sheet[at].font.color.rgb) for at in beside}) == 1
    row, column = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()  # type: ignore[union-attr]
    alone = re.compile(rf"'{MISTAKE}'!\$?{row}\$?{column}(?![0-9:])")
    with ZipFile(BytesIO(made)) as parts:
        assert not alone.search(parts.read("xl/workbook.xml").decode())
    before = ironcalc_engine.recalculate(made)[MISTAKE]
    mended = ironcalc_engine.recalculate(made, {(MISTAKE, place): _right(key, place)})[MISTAKE]
    told = [value for value in before.values() if "differ" in str(value)]
    assert len(told) == 1
    assert not [value for value in mended.values() if "differ" in str(value)]
    assert [value for value in mended.values() if "agree" in str(value)]
    for number, file in enumerate(
        (made, with_values(made, {(MISTAKE, place): _right(key, place)}))
    ):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(file)
        assert check(path, engine=True).findings == ()


def _right(key: bytes, place: str) -> float:
    return float(str(ironcalc_engine.recalculate(key)[MISTAKE][place]))


def test_a_lesson_that_asks_on_every_sheet_is_built_with_its_blanks(
    run: Run, tmp_path: Path
) -> None:
    run("build", "worksheet", "-o", "built.xlsx")
    run("worksheet", "-o", "asked.xlsx")
    assert (tmp_path / "built.xlsx").read_bytes() == (tmp_path / "asked.xlsx").read_bytes()
    assert as_meant(asking(load_lesson("matrix"), ["Stride 2: y"])).form == BLANK
    assert as_meant(load_lesson("matrix")).form == ""


def test_a_sheet_with_nothing_to_ask_says_what_to_ask_instead() -> None:
    lesson = layer_lesson(LAYERS["plain"], ["playground"])
    with pytest.raises(XlconvError) as refused:
        build(worksheet_lesson(asking(lesson, [f"{lesson.names[0]}: output"])))
    assert str(refused.value) == (
        'sheet "Playground": asks for output, but T9 may hold a word, or nothing, instead of a'
        " number: ask on a sheet of another view, such as distribute"
    )


@pytest.mark.parametrize("change", [0.0, 5.0])
def test_check_is_silent_about_what_a_student_types(
    shipped: tuple[dict[str, Exercise], bytes, bytes], tmp_path: Path, change: float
) -> None:
    asked, made, _ = shipped
    changes: dict[tuple[str, str], float | str] = {}
    for one in asked.values():
        if not one.mistake:
            changes |= typed(one, list(right(one) + change))
    assert len(changes) > 100
    (tmp_path / "filled.xlsx").write_bytes(with_values(made, changes))
    assert check(tmp_path / "filled.xlsx", engine=True).findings == ()
