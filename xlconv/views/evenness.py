"""Evenness: the counts of stamps at a corner of the output, for sizes and strides to choose."""

from __future__ import annotations

from xlconv.errors import XlconvError
from xlconv.figures.controls import checked, control
from xlconv.figures.edges import indices, numbers
from xlconv.figures.layout import Part, Table
from xlconv.figures.paper import arrange
from xlconv.grid.expr import Expr, call, joined
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot
from xlconv.grid.sheet import Sheet

CORNER, ACROSS = 8, 3
"""Cells of a corner, and corners in a row."""
LARGEST = CORNER
"""The largest kernel and stride to choose: of a larger one no cell inside would be shown."""
CHOICE = range(1, LARGEST + 1)
"""What may be chosen of both."""

DOWN = ((0, 1), (1, 0))
"""The steps of a row that stands upright."""

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
    for k, s in pairs or PAIRS:
        if not (1 <= k <= LARGEST and 1 <= s <= LARGEST):
            raise XlconvError(
                f"pairs must be kernel sizes and strides from 1 to {LARGEST}, got {k} and {s}",
                parameter="pairs",
            )
    corners = [_corner(sheet, n, k, s) for n, (k, s) in enumerate(pairs or PAIRS)]
    arrange(sheet, Table(corners[n : n + ACROSS] for n in range(0, len(corners), ACROSS)))


def _corner(sheet: Sheet, n: int, k: int, s: int) -> Part:
    """The first output cells for one kernel size and stride: the counts of rows × of columns."""
    corner = sheet.corner()
    size, stride = (
        control(sheet, corner.shift(-3, across), f"{name}_{n}", value, CHOICE, label)
        for across, name, value, label in ((1, "kernel_size", k, "k ="), (4, "stride", s, "s ="))
    )
    valid = _valid(sheet, corner.shift(CORNER), size, stride)
    across = sheet.block(f"columns_{n}", corner.shift(-1), (1, CORNER), role="count", dtype=object)
    down = sheet.block(f"rows_{n}", corner.shift(0, -1), (CORNER, 1), role="count", dtype=object)
    over = indices(sheet, across, 1)[0]
    left = numbers(sheet, corner.shift(0, -2), 0, (1, CORNER), DOWN).transpose(1, 0)
    for cells, r in ((across, over), (down, left)):
        first = call("MAX", call("INT", (r - size) / stride), -1)
        cells[...] = call("IF", valid, call("INT", r / stride) - first, "")
        sheet.scale(cells)
    here = sheet.block(f"corner_{n}", corner, (CORNER, CORNER), role="count", dtype=object)
    here[...] = call("IF", valid, down * across, "")
    sheet.scale(here)
    return Part(corner.anchor)


def _valid(sheet: Sheet, at: Spot, size: Grid, stride: Grid) -> Expr:
    """Whether there are such a kernel and stride; words say so, or how even their counts are."""
    wrong = sheet.say("pair_wrong", largest=LARGEST)
    least, most = call("INT", size / stride), call("INT", (size - 1) / stride) + 1
    even, uneven, to = (sheet.say(key) for key in ("even", "uneven", "uneven_to"))
    from_to = joined(uneven, least * least, to, most * most)
    even_or_not = call("MOD", size, stride).equals(0)
    words = call("IF", even_or_not, joined(even, least * least), from_to)
    for longest in (wrong, f"{even}{LARGEST**2}", f"{uneven}{LARGEST**2}{to}{LARGEST**2}"):
        sheet.run_over(at, longest, "text")
    return checked(sheet, at, (size, stride), CHOICE, (words, wrong), "text")
