"""Controls: cells to choose a number in, and whether it is one that may be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xlconv.grid.expr import Expr, call, every
from xlconv.grid.grid import Area, Grid
from xlconv.grid.places import Spot
from xlconv.grid.sheet import Sheet


def control(
    sheet: Sheet,
    at: Spot,
    name: str,
    first: Any,
    offered: Area | Sequence[int] = (),
    label: str = "",
    role: str = "control",
) -> Grid:
    """A cell to choose a number in, or several side by side.

    first    what is chosen when the file is opened
    offered  in a dropdown
    label    before it
    """
    if label:
        sheet.text(at.shift(0, -1), label, "label")
    content = np.asarray(first, dtype=float)
    steps = ((0, 1),) * content.ndim
    cells = sheet.block(name, at, content.shape, role=role, content=content, steps=steps)
    if offered:
        sheet.choose(cells, offered)
    return cells


def behind_label(sheet: Sheet, corner: Spot, column: int, label: str) -> int:
    """The column of a cell whose label begins in a column; what follows it begins two behind.

    A label ends at its cell, and may be longer than the column before that.
    """
    return sheet.behind(corner.shift(0, column), label, "label")


def checked(
    sheet: Sheet,
    at: Spot,
    cells: Sequence[Grid],
    whole: range,
    words: tuple[Any, str],
    role: str = "note",
) -> Expr:
    """Whether controls are whole numbers of a range: a mark says so, and words behind it.

    words  what is said of those that are, and of others
    """
    right, wrong = words
    tests = [
        test for c in cells for test in (c >= whole[0], c <= whole[-1], call("MOD", c, 1).equals(0))
    ]
    numbers = every([call("ISNUMBER", c) for c in cells])
    valid = marked(sheet, at.shift(0, -1), call("IF", numbers, call("AND", *tests), False))
    message = sheet.formula(at, call("IF", valid, right, wrong), role)
    sheet.light(message, call("NOT", valid), "warning")
    return valid


def marked(sheet: Sheet, at: Spot, condition: Expr) -> Expr:
    """A condition in a cell of its own, a mark that is 1 or 0: no formula asks what words say."""
    mark = sheet.formula(at, call("IF", condition, 1, 0), "mark")
    sheet.light(mark, mark.equals(0), "alarm")
    return mark.equals(1)
