"""What paper and a first screen show of every sheet of every lesson, computed from the book."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, pairwise

import pytest

from xlconv.grid.pages import pages, widths
from xlconv.grid.places import corners as box
from xlconv.grid.places import leaves
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import ROLES, look
from xlconv.lessons.build import build
from xlconv.lessons.shipped import language_names, lesson_names

from .pages import cut

LETTERS = 8
"""Points that letters have on paper at least."""

SCREEN = (1320, 600)
"""Pixels of a laptop of 1366 x 768 that a program leaves to cells."""

SUM = 60
"""Pixels that a sum in words takes under the last figure that is above it."""

FIRST = (("control",), ("input", "image", "pool"), ("class", "kernel"))
"""What a first screen shows: a network that tells classes shows these, and its kernels below."""

A4 = (595, 842)
MARGIN = 36

PRINTED = 5.54
"""Points of a character of a column's width on paper, as measured in what LibreOffice prints."""

USED = 0.45
"""How much of a page is in use at least, unless it is the only one of its sheet."""

AREA = 0.36
"""How much of each of several pages lies in the box around what is on it: cells that are shown,
and those of blocks, which may be blank while a parameter is small."""

MAIN = "transposed-convolutions"

BOOKS = [
    *((name, None) for name in lesson_names()),
    *((name, code) for name in (MAIN, "worksheet") for code in language_names()),
]


@cache
def sheets(name: str, language: str | None) -> tuple[Sheet, ...]:
    return tuple(sheet for sheet in build(name, language=language).sheets if not sheet.hidden)


def every_sheet() -> Iterator[tuple[str, Sheet]]:
    for name, language in BOOKS:
        for sheet in sheets(name, language):
            yield f"{name}/{sheet.name}" + (f" ({language})" if language else ""), sheet


EVERY = pytest.mark.parametrize(
    "sheet", [pytest.param(sheet, id=where) for where, sheet in every_sheet()]
)


def heights(sheet: Sheet) -> list[float]:
    return [sheet.heights.get(row, sheet.row_height) for row in range(sheet.rows)]


@EVERY
def test_letters_can_be_read_on_a4(sheet: Sheet) -> None:
    least = min(look(cell.role).size for cell in sheet.cells() if cell.value not in (None, ""))
    assert least >= min(role.size for role in ROLES.values())
    assert pages(sheet).scale / 100 * least >= LETTERS


@EVERY
def test_no_page_is_wider_than_paper(sheet: Sheet) -> None:
    printed = pages(sheet)
    across = sum(widths(sheet)) * PRINTED * printed.scale / 100
    assert across <= A4[printed.landscape] - 2 * MARGIN


@EVERY
def test_no_page_cuts_a_block(sheet: Sheet) -> None:
    breaks = pages(sheet).breaks
    for block in sheet.blocks:
        for (top, _), (bottom, _) in (box(leaf) for leaf in leaves(block.cells)):
            assert not any(top < row <= bottom for row in breaks), block.name


@EVERY
def test_no_page_is_nearly_empty_and_none_has_a_head_alone(sheet: Sheet) -> None:
    printed = pages(sheet)
    ends = [0.0, *accumulate(heights(sheet))]
    high = (A4[not printed.landscape] - 2 * MARGIN) / (printed.scale / 100)
    cuts = [0, *printed.breaks, sheet.rows]
    firsts = [box(leaf)[0][0] for block in sheet.blocks for leaf in leaves(block.cells)]
    figures = [row for row, cell in ((c.row, c) for c in sheet.cells()) if cell.role == "caption"]
    for top, end in pairwise(cuts if printed.breaks else []):
        assert ends[end] - ends[top] >= USED * high
        assert any(top <= row < end for row in firsts + figures)


def least_area(sheet: Sheet) -> float:
    """The part of a page that is in use, from its top and left, on the emptiest of several."""
    printed = pages(sheet)
    down = [0.0, *accumulate(heights(sheet))]
    across = [0.0, *accumulate(width * PRINTED for width in widths(sheet))]
    used = {(cell.row, cell.column) for cell in sheet.cells() if cell.value not in (None, "")}
    used |= {box(leaf)[1] for block in sheet.blocks for leaf in leaves(block.cells)}
    areas = []
    for top, end in pairwise([0, *printed.breaks, sheet.rows]):
        here = [(row, column) for row, column in used if top <= row < end]
        rows, columns = zip(*here, strict=True)
        areas.append((down[max(rows) + 1] - down[top]) * across[max(columns) + 1])
    paper = (A4[0] - 2 * MARGIN) * (A4[1] - 2 * MARGIN) / (printed.scale / 100) ** 2
    return min(areas) / paper


@EVERY
def test_no_page_is_narrow_and_none_is_short(sheet: Sheet) -> None:
    assert not pages(sheet).breaks or least_area(sheet) >= AREA


def test_a_page_that_is_high_and_narrow_is_seen() -> None:
    narrow = long_sheet(*[50.0] * 21)
    assert least_area(narrow) < AREA  # texts run over cells that are not counted
    for row in narrow.starts:
        narrow.text((row, 25), "x", "text")
    assert least_area(narrow) >= AREA


def long_sheet(*heights: float) -> Sheet:
    """One whose parts are so many points high, under a title of 30."""
    sheet = Sheet("S", titles=["Title"], heights={0: 30.0})
    sheet.text((0, 0), "Title", "title")
    for height in heights:
        sheet.starts.append(sheet.rows)
        sheet.heights[sheet.rows] = height
        sheet.text((sheet.rows, 1), "x" * 100, "text")
    return sheet


def test_pages_are_as_full_as_one_another() -> None:
    # a page has room for 13 of these under the title, and 21 need two pages: 11 and 10
    assert pages(long_sheet(*[50.0] * 21)).breaks == (12,)
    # a page has room for three of these: 3, 2 and 2, since a rest is shared with the page before
    assert pages(long_sheet(*[300.0] * 7)).breaks == (4, 6)
    # a part is not cut for that
    assert pages(long_sheet(600.0, *[50.0] * 10)).breaks == (2,)


def test_a_part_that_is_higher_than_a_page_begins_under_its_head_and_breaks_at_a_free_row() -> None:
    sheet = Sheet("S", titles=["Title"], heights={0: 30.0}, row_height=100)
    sheet.text((0, 0), "Title", "title")
    sheet.starts.append(2)
    for row in (*range(2, 7), *range(8, 13)):  # of ten rows a page has room for five at least
        sheet.text((row, 1), "x" * 100, "text")
    assert pages(sheet).breaks == (8,)


def test_a_part_goes_on_behind_a_head_that_would_be_alone() -> None:
    sheet = Sheet("S", titles=["Title"], heights={0: 30.0}, row_height=100)
    sheet.text((0, 0), "Title", "title")
    sheet.starts += [2, 12]
    for row in (*range(2, 6), *range(7, 11), 12):  # 2 to 10 fill a page: none is left for the title
        sheet.text((row, 1), "x" * 100, "text")
    assert 2 not in pages(sheet).breaks


def test_pictures_stand_side_by_side_on_one_page() -> None:
    for sheet in sheets("image", None)[1:]:
        x, y = (one.cells for one in sheet.blocks if one.name in ("input", "output"))
        assert x.origin[1] + x.shape[2] < y.origin[1]
        assert not pages(sheet).breaks


def test_images_of_several_channels_stand_beside_one_another() -> None:
    (sheet,) = (one for one in sheets("gradient", None) if one.name == "Channels")
    for way in ("up", "down"):
        (images,) = (one.cells for one in sheet.blocks if one.name == f"images_{way}")
        assert [(down > 0, across > 0) for down, across in images.steps[:2]] == [
            (False, True),  # the channel of the pixel that is nudged
            (True, False),  # its column
        ]


def test_a_sheet_of_the_main_lesson_is_one_page_but_gradients_in_every_language() -> None:
    for where, sheet in every_sheet():
        if where.startswith(f"{MAIN}/"):
            assert len(pages(sheet).breaks) == (sheet.view == "gradient"), where


def test_contents_and_programs_are_one_page_in_every_language() -> None:
    for where, sheet in every_sheet():
        if sheet.view in ("contents", "code"):
            assert pages(sheet).breaks == (), where


def test_what_stands_beside_the_links_of_contents_begins_in_one_column() -> None:
    for where, sheet in every_sheet():
        if sheet.view == "contents":
            linked = {cell.row for cell in sheet.cells() if cell.role == "link"}
            beside = [c for c in sheet.cells() if c.role == "text" and c.row in linked]
            assert len(beside) == len(linked) > 0, where
            assert len({cell.column for cell in beside}) == 1, where


@EVERY
def test_no_text_runs_into_another(sheet: Sheet) -> None:
    assert cut(sheet) == []


@pytest.mark.prove
@pytest.mark.parametrize("name", lesson_names())
def test_in_every_language_letters_can_be_read_and_no_text_runs_into_another(name: str) -> None:
    """Of a lesson that is not translated too: its words are."""
    for language in language_names():
        for sheet in build(name, language=language).sheets:
            where = language, sheet.name
            least = min(look(cell.role).size for cell in sheet.cells() if cell.value)
            assert pages(sheet).scale / 100 * least >= LETTERS, where
            assert cut(sheet) == [], where


@EVERY
def test_the_sum_in_words_is_right_under_the_figure_on_the_first_screen(sheet: Sheet) -> None:
    sums = [cell.row for cell in sheet.cells() if cell.role == "words"]
    if not sums:
        return
    down = [0.0, *accumulate(height * 96 / 72 for height in heights(sheet))]
    ends = [box(leaf)[1][0] for block in sheet.blocks for leaf in leaves(block.cells)]
    above = sorted(end for end in ends if end < sums[0])
    assert len(above) > 3  # the control, the input, the kernel and what is made of them
    assert sums[0] - above[-1] <= 4  # between are a free row, and perhaps a verdict in two
    if down[above[-1] + 1] <= SCREEN[1] - SUM:  # slices of a volume alone may take more
        assert down[sums[0] + 1] <= SCREEN[1]


@EVERY
def test_figures_are_numbered_in_the_order_of_the_cells(sheet: Sheet) -> None:
    cells = [(c.row, c.column, c.value) for c in sheet.cells() if c.role == "stage"]
    assert all(column for _, column, _ in cells)  # none is in the margin
    stages = [int(str(value)) for _, _, value in sorted(cells)]
    read = list(dict.fromkeys(stages))  # cases of one thing share a number
    if sheet.view != "contents":  # whose legend shows three such cells
        assert read == list(range(1, len(read) + 1))


@EVERY
def test_no_figure_is_torn_at_the_end_of_a_line(sheet: Sheet) -> None:
    lines = {
        (cell.row, cell.column): str(cell.value)
        for cell in sheet.cells()
        if cell.role in ("title", "idea", "text")
    }
    for (row, column), line in lines.items():
        below = lines.get((row + 1, column), "")
        assert not re.search(r"[\d)] [×=+/≤≥-]$", line), line
        assert not (line[-1:].isalnum() and re.match(r"[×=+/≤≥-] ", below)), (line, below)
        assert not (re.search(r"[^\W\d].* \d+$", line) and re.match(r"\w", below)), (line, below)


@EVERY
def test_first_screen_shows_what_to_try_its_control_and_its_input(sheet: Sheet) -> None:
    down = [0.0, *accumulate(height * 96 / 72 for height in heights(sheet))]
    across = [0.0, *accumulate(int(width * 7 + 0.5) for width in widths(sheet))]
    every = [[b for role in roles for b in sheet.blocks if b.role == role] for roles in FIRST]
    first = [next(iter(found), None) for found in every]
    for block in filter(None, first if sheet.column_width < 6 else []):  # no picture's
        _, (row, column) = box(next(leaves(block.cells)))
        assert down[row + 1] <= SCREEN[1], block.name
        assert across[column + 1] <= SCREEN[0], block.name
    if sheet.view == "contents":
        return
    texts = [cell for cell in sheet.cells() if str(cell.value).startswith("1.  ")]
    assert all(down[cell.row + 1] <= SCREEN[1] / 3 for cell in texts[:1])


@EVERY
def test_a_title_begins_where_the_lines_under_it_do(sheet: Sheet) -> None:
    steps = look("title").indent * 7.5  # points of a step, as LibreOffice prints it
    assert abs(steps - widths(sheet)[0] * PRINTED) < 1


@EVERY
def test_each_number_that_tells_how_a_cell_is_made_has_a_head(sheet: Sheet) -> None:
    cells = {(cell.row, cell.column): cell for cell in sheet.cells()}
    for row in {row for (row, _), cell in cells.items() if cell.value == "x·w"}:
        heads = {column for (at, column), cell in cells.items() if at == row and cell.value}
        told = {c for (at, c), cell in cells.items() if at == row + 1 and cell.role == "fact"}
        assert told and told <= heads
