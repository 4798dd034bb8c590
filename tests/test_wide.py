"""Sheets that are wider than paper: where they are parted, and what is on each page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, pairwise, product
from pathlib import Path

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.grid.pages import Pages, pages, widths
from xlconv.grid.places import corners, leaves
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import look, width
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.paper.printing import Printing

from .engines.need import needs
from .pages import LAYER_VIEWS, SIDE, points, run_over
from .test_paper import A4, LETTERS, MARGIN, PRINTED
from .test_printed import (
    check_office,
    check_places,
    check_words,
    formulas_of,
    pages_of,
    poppler,
    sizes_of,
)

LEAST = 11
"""The size of the smallest letters of a sheet."""

READABLE = 0.73
"""The least scale of a sheet that can be parted: letters of 8.03 points."""

AROUND = 17
"""Points of paper's width that are left free for fonts, beside its margins."""

SIGNS = ("operator",)
"""What may begin a page, though something stands right before it."""

Size = tuple[tuple[int, ...], int, int]

WIDE: list[tuple[str, Size]] = [
    ("gradient", ((3, 3), 3, 2)),
    ("distribute", ((8, 8), 5, 3)),
    ("sedirts", ((5, 5), 3, 2)),
    ("one_dimension", ((15,), 5, 2)),
    ("matrix", ((4, 4), 7, 2)),
    ("gradient", ((3, 3), 3, 3)),
    ("upsampling", ((15, 15), 3, 3)),
]

FEW = WIDE[:4]
"""What is printed on each run; the others are proved."""

EVERY = pytest.mark.parametrize(
    ("view", "size"),
    [pytest.param(*one, marks=[pytest.mark.prove][one in FEW :]) for one in WIDE],
)

SCANNED: list[Size] = [
    *product([(n, n) for n in (2, 3, 4, 5, 6, 8, 10, 12, 15)], (2, 3, 5, 7), (1, 2, 3)),
    *product([(5,), (10,), (15,)], (3, 5, 7), (1, 2, 3)),
]


def made(view: str, size: Size) -> Book:
    """Raises XlconvError where the layer has no such view."""
    shape, k, stride = size
    numbers = np.random.default_rng(1)
    x, w = (numbers.integers(0, 3, of).astype(float) for of in (shape, (k,) * len(shape)))
    return build(Layer.of(x, w, stride=stride), views=view)


def scanned(view: str) -> Iterator[Sheet]:
    for size in SCANNED:
        try:
            yield made(view, size).sheets[0]
        except XlconvError:
            continue


@cache
def book(view: str, size: Size) -> Book:
    return made(view, size)


def parted(sheet: Sheet) -> set[int]:
    """The columns at which nothing is cut, cell by cell and text by text."""
    cells, joined = {(c.row, c.column): c for c in sheet.cells()}, set[int]()
    for (row, column), cell in cells.items():
        if (row, column - 1) in cells and cell.role not in SIGNS:
            joined.add(column)
        if isinstance(cell.value, str) and cell.value and not look(cell.role).wrap:
            before, behind = SIDE[look(cell.role).align]
            over = width(cell.value, cell.role) - points(sheet, column)
            joined.update(at + 1 for at in run_over(sheet, column, over * before, -1))
            joined.update(run_over(sheet, column, over * behind, 1))
    for block in sheet.blocks:
        for (_, first), (_, last) in map(corners, leaves(block.cells)):
            joined.update(range(first + 1, last + 1))
    return {*range(1, len(widths(sheet)))} - joined


def across(sheet: Sheet, cuts: set[int] | tuple[int, ...]) -> float:
    """How wide the widest part is, in points of paper at full size."""
    each, ends = widths(sheet), sorted({0, len(widths(sheet)), *cuts})
    return max(sum(each[first:last]) for first, last in pairwise(ends)) * PRINTED


def inside_blocks(sheet: Sheet) -> set[int]:
    """The rows before which a block goes on."""
    boxes = [corners(leaf) for block in sheet.blocks for leaf in leaves(block.cells)]
    return {row for (top, _), (bottom, _) in boxes for row in range(top + 1, bottom + 1)}


def check_rows(sheet: Sheet, found: Pages) -> None:
    """That a block is broken only where no row with none is in the last two thirds of a page."""
    cut = inside_blocks(sheet)
    ends = [0.0, *accumulate(sheet.heights.get(n, sheet.row_height) for n in range(sheet.rows))]
    high = (A4[not found.landscape] - 2 * MARGIN) / (found.scale / 100)
    for top, row in pairwise([0, *found.breaks]):
        if row in cut:
            near = (n for n in range(top + 1, row) if ends[n] - ends[top] > high / 3)
            assert {*near} <= cut, (sheet.name, row)


def check(sheet: Sheet) -> Pages:
    """That its letters can be read if it can be parted so, and that nothing is cut."""
    found, most = pages(sheet), A4[1] - 2 * MARGIN
    free = parted(sheet)
    assert {*found.turns} <= free, sheet.name
    check_rows(sheet, found)
    room = A4[found.landscape] - 2 * MARGIN
    assert across(sheet, found.turns) * found.scale / 100 <= room, sheet.name
    if found.scale / 100 * LEAST < LETTERS:
        least = min(READABLE, (found.scale + 1) / 100)  # no smaller than what is widest needs
        assert across(sheet, free) * least > most - AROUND, sheet.name
    return found


@EVERY
def test_a_sheet_that_is_too_wide_goes_on_beside_where_nothing_is_cut(
    view: str, size: Size
) -> None:
    check(book(view, size).sheets[0])


@pytest.mark.parametrize("one", FEW)
def test_a_block_is_whole_where_a_smaller_scale_parts_none(one: tuple[str, Size]) -> None:
    sheet = book(*one).sheets[0]
    assert not inside_blocks(sheet).intersection(pages(sheet).breaks)


def test_one_break_and_several_are_among_these() -> None:
    assert {len(pages(book(*one).sheets[0]).turns) for one in FEW} >= {1, 2}


@pytest.mark.prove
@pytest.mark.parametrize("view", LAYER_VIEWS)
def test_no_sheet_of_a_layer_is_cut_and_letters_can_be_read(view: str) -> None:
    for sheet in scanned(view):
        check(sheet)


@poppler
@EVERY
def test_each_cell_is_printed_once_in_letters_of_8_points_and_on_its_page(
    view: str, size: Size
) -> None:
    one = book(view, size)
    pdf, scale = one.pdf(), pages(one.sheets[0]).scale
    check_words(one, pages_of(pdf))
    check_places(pages_of(pdf))
    assert min(sizes_of(pdf)) >= min(LETTERS, LEAST * scale / 100)


@poppler
@EVERY
def test_formulas_are_said_once_and_stay_on_their_page(view: str, size: Size) -> None:
    pdf = book(view, size).pdf(Printing(formulas=True))
    check_places(pages_of(pdf))
    assert formulas_of(pdf)


@poppler
@needs("LibreOffice", shutil.which("soffice") is not None)
@pytest.mark.prove
@pytest.mark.parametrize("one", WIDE[:2])
def test_an_office_program_prints_the_same_pages(one: tuple[str, Size], tmp_path: Path) -> None:
    check_office(book(*one), pages_of(book(*one).pdf()), tmp_path)
