"""A sheet as it is with each number that its controls run through: a step, or a looked-at cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from xlconv.budget import STATES
from xlconv.grid.grid import Area
from xlconv.grid.limits import SHEETS_CELLS
from xlconv.grid.marks import Block
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import Values
from xlconv.lessons.lesson import Lesson


def states(lesson: Lesson, number: int, sheet: Sheet) -> Iterator[Sheet]:
    """The sheet, and then drawn again with each number of its controls, as if it were typed.

    Where the controls have too many pairs of numbers, only the last of them runs. A sheet with
    blanks stands still: what it would run through is what is asked for.
    """
    yield sheet
    if sheet.blanks:
        return
    offered = {
        block.name: numbers
        for block in sheet.blocks
        if block.runs and (numbers := _offered(sheet, block))
    }
    while len(offered) > 1 and np.prod([len(numbers) for numbers in offered.values()]) > STATES:
        del offered[next(iter(offered))]
    from xlconv.lessons.worksheet import drawer

    drawing = drawer(lesson)
    for values in product(*offered.values()) if offered else ():
        given: Mapping[str, Values] = {
            name: np.array(one) for name, one in zip(offered, values, strict=True)
        }
        yield drawing(number, given, SHEETS_CELLS, {})


def _offered(sheet: Sheet, block: Block) -> list[float]:
    """The numbers of a control's dropdown."""
    for choice in sheet.choices:
        if choice.cells.origin == block.cells.origin:
            source = choice.source
            listed = source.value.ravel() if isinstance(source, Area) else source
            return [float(one) for one in listed if not isinstance(one, str)]
    return []
