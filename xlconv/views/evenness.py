"""Evenness: the counts of stamps at a corner of the output, for kernel sizes and strides to choose."""

from __future__ import annotations

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.figure import LEFT, TOP, indices
from xlconv.grid.expr import call, joined
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet

CORNER, ACROSS, LARGEST = 8, 3, 16
"""Cells of a corner, corners in a row, and the largest kernel and stride to choose."""

MOST = 60
"""Corners that a sheet has: more take longer to open than to read."""

PAIRS = ((3, 2), (5, 2), (5, 3), (2, 2), (4, 2), (6, 3))


def evenness(sheet: Sheet, *, pairs: list[tuple[int, int]] | None = None) -> None:
    """How many stamps reach the first output cells of any input, for several kernels and strides.

    pairs  (kernel_size, stride) of each corner; on the sheet they can be changed

    Raises XlconvError for a pair that is out of range.
    """
    if pairs and len(pairs) > MOST:
        raise XlconvError(f"pairs must be at most {MOST}, got {len(pairs)}", parameter="pairs")
    for n, (k, s) in enumerate(pairs or PAIRS):
        if not (1 <= k <= LARGEST and 1 <= s <= LARGEST):
            raise XlconvError(
                f"pairs must be kernel sizes and strides from 1 to {LARGEST}, got {k} and {s}",
                parameter="pairs",
            )
        row, column = n // ACROSS, n % ACROSS
        _corner(sheet, n, k, s, (TOP - 2 + row * (CORNER + 6), LEFT + column * (CORNER + 3)))


def _corner(sheet: Sheet, n: int, k: int, s: int, at: Place) -> None:
    """The first output cells for one kernel size and stride: the counts of rows × of columns."""
    row, column = at
    size, stride = (
        sheet.block(f"{name}_{n}", (row, column + 2 + 2 * m), (), role="control", content=float(c))
        for m, (name, c) in enumerate([("kernel_size", k), ("stride", s)])
    )
    for m, (name, control) in enumerate([("k", size), ("s", stride)]):
        sheet.text((row, column + 1 + 2 * m), f"{name} =", "label")
        sheet.choose(control, range(1, LARGEST + 1))
    told = sheet.say("pair_wrong", largest=LARGEST)
    whole = [
        test for c in (size, stride) for test in (c >= 1, c <= LARGEST, call("MOD", c, 1).equals(0))
    ]
    least, most = call("INT", size / stride), call("INT", (size - 1) / stride) + 1
    even = joined(sheet.say("even"), least * least)
    uneven = joined(sheet.say("uneven"), least * least, sheet.say("uneven_to"), most * most)
    words = call("IF", call("MOD", size, stride).equals(0), even, uneven)
    numbers = call("AND", call("ISNUMBER", size), call("ISNUMBER", stride))
    checked = call("IF", numbers, call("IF", call("AND", *whole), words, told), told)
    message = sheet.formula((row + CORNER + 3, column + 1), checked, "words")
    sheet.light(message, message.equals(told), "warning")
    valid = message.differs(told)

    top = row + 3
    across = sheet.block(
        f"columns_{n}", (top - 1, column + 1), (1, CORNER), role="count", dtype=object
    )
    down = sheet.block(f"rows_{n}", (top, column), (CORNER, 1), role="count", dtype=object)
    over = indices(sheet, across, 1)[0]
    left = sheet.memory((top, column - 1), (CORNER, 1))
    left[...] = np.arange(CORNER, dtype=float)[:, None]
    sheet.coat(left, "index")
    for cells, r in ((across, over), (down, left)):
        first = call("MAX", call("INT", (r - size) / stride), -1)
        cells[...] = call("IF", valid, call("INT", r / stride) - first, "")
        sheet.scale(cells)
    here = sheet.block(
        f"corner_{n}", (top, column + 1), (CORNER, CORNER), role="count", dtype=object,
        content=call("IF", valid, down * across, ""),
    )  # fmt: skip
    sheet.scale(here)
