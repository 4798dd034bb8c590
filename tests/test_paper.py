"""What paper and a first screen show of every sheet of every lesson, computed from the book."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate

from xlconv.grid.places import corners as box
from xlconv.grid.places import leaves
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import ROLES
from xlconv.lessons.build import build
from xlconv.lessons.shipped import lesson_names
from xlconv.xlsx.pages import pages, widths

LETTERS = 8
"""Points that letters have on paper at least."""

SCREEN = (1320, 600)
"""Pixels of a laptop of 1366 x 768 that a program leaves to cells."""

FIRST = (("control",), ("input", "image", "pool"), ("kernel",))

A4 = (595, 842)
MARGIN = 36


@cache
def sheets(name: str) -> tuple[Sheet, ...]:
    return tuple(sheet for sheet in build(name).sheets if not sheet.hidden)


def every_sheet() -> Iterator[tuple[str, Sheet]]:
    for name in lesson_names():
        for sheet in sheets(name):
            yield f"{name}/{sheet.name}", sheet


def heights(sheet: Sheet) -> list[float]:
    return [sheet.heights.get(row, sheet.row_height) for row in range(sheet.rows)]


PICTURES = {"image/Bilinear", "image/Learnt"}
"""Sheets that are as wide as a picture, a column a pixel."""


def test_letters_can_be_read_on_a4() -> None:
    least = min(look.size for look in ROLES.values())
    small = {where for where, s in every_sheet() if pages(s).scale / 100 * least < LETTERS}
    # 7.2 points, for numbers of four digits; 7 for a sheet that is played with on a screen
    assert small == PICTURES | {"checkerboard/Bilinear", "playground/Playground"}


def test_no_page_is_wider_than_paper_or_cuts_a_block() -> None:
    for where, sheet in every_sheet():
        printed = pages(sheet)
        room = A4[printed.landscape] - 2 * MARGIN
        across = sum(int(width * 7 + 5) * 0.75 for width in widths(sheet))
        assert across * printed.scale / 100 <= room, where
        if sheet.view in ("code", "playground") or where in PICTURES:
            continue
        for block in sheet.blocks:
            for (top, _), (bottom, _) in (box(leaf) for leaf in leaves(block.cells)):
                assert not any(top < row <= bottom for row in printed.breaks), (where, block.name)


def test_first_screen_shows_what_to_try_its_control_and_its_input() -> None:
    for where, sheet in every_sheet():
        down = [0.0, *accumulate(height * 96 / 72 for height in heights(sheet))]
        across = [0.0, *accumulate(width * 7 + 5 for width in widths(sheet))]
        first = [next((b for b in sheet.blocks if b.role in roles), None) for roles in FIRST]
        for block in filter(None, first):
            _, (row, column) = box(next(leaves(block.cells)))
            seen = down[row + 1] <= SCREEN[1] and across[column + 1] <= SCREEN[0]
            assert seen or where in PICTURES, (where, block.name)
        if sheet.view == "contents":
            continue
        texts = [cell for cell in sheet.cells() if str(cell.value).startswith("1.  ")]
        assert all(down[cell.row + 1] <= SCREEN[1] / 3 for cell in texts[:1]), where
