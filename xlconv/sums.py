"""Sums that are too long for one formula: in parts, on cells beside the figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from xlconv.expr import Expr, Grid, call, lift, total
from xlconv.places import Place, a1, below, corners, span
from xlconv.sheet import FORMULA_LENGTH, Sheet

LONGEST = FORMULA_LENGTH - 1024
"""Characters of a sum, so that a formula has room for what stands around it."""

TOP, GAP = 5, 3
"""The first row of the parts, and the columns before them."""

ADDRESS = len("$XFD$1048576")


def drawn(make: Callable[[], Sheet], draw: Callable[[Sheet], None]) -> Sheet:
    """A sheet as `draw` fills it: once more where sums need parts, beside all that stands on it."""
    sheet = make()
    draw(sheet)
    if sheet.crowded:
        column = sheet.columns + GAP
        sheet = make()
        sheet.annex = (TOP, column)
        draw(sheet)
        sheet.rows, sheet.columns = (
            max(sheet.rows, sheet.annex_end[0]),
            max(sheet.columns, sheet.annex_end[1]),
        )
    return sheet


def summed(sheet: Sheet, cells: Grid, sums: Iterable[tuple[Any, Sequence[Expr]]]) -> None:
    """Write cells as sums, each an index and its terms; of long ones the parts stand beside.

    cells  (*sizes), not yet written
    """
    listed = list(sums)
    count = max((_parts(terms) for _, terms in listed), default=1)
    if count > 1:
        sheet.crowded = True
    if count == 1:
        for index, terms in listed:
            cells[index] = total(terms)
        return
    if sheet.annex is None:  # the sheet is drawn once more: until then only the values are needed
        for index, terms in [] if sheet.plan else listed:
            cells[index] = total(terms).value
        return
    parts = _beside(sheet, cells, count)
    for index, terms in listed:
        size = -(-len(terms) // count)
        for n in range(count):
            parts[n][index] = total(terms[n * size : (n + 1) * size])
        cells[index] = total([parts[n][index] for n in range(count)])


def added(sheet: Sheet, terms: Sequence[Expr]) -> Expr:
    """The terms added, for one cell; of a long sum the parts stand beside the figure."""
    count = _parts(terms)
    if count > 1:
        sheet.crowded = True
    if count == 1:
        return total(terms)
    if sheet.annex is None:
        return terms[0] if sheet.plan else lift(total(terms).value.item())
    parts = _beside(sheet, None, count)
    size = -(-len(terms) // count)
    for n in range(count):
        parts[n][...] = total(terms[n * size : (n + 1) * size])
    return call("SUM", parts.area())


def in_lines(texts: Sequence[Expr]) -> list[list[Expr]]:
    """Texts that are to be read one after another, on as few lines as have room for them."""
    lines, room = [list[Expr]()], LONGEST
    for text in texts:
        length = _exact(text)
        if lines[-1] and length > room:
            lines.append([])
            room = LONGEST
        lines[-1].append(text)
        room -= length
    return lines


def _beside(sheet: Sheet, cells: Grid | None, count: int) -> Grid:
    """Cells for the parts of a sum under those before; the view does not see that they are there.

    cells    what the sums are for; None for one cell
    returns  (count, *sizes)
    """
    assert sheet.annex is not None
    rows, columns, (row, column) = sheet.rows, sheet.columns, sheet.annex
    if cells is None:
        words = sheet.say("parts", count=count)
        shape: tuple[int, ...] = (count,)
        steps: tuple[Place, ...] = ((1, 0),)
    else:
        words = sheet.say("parts_for", count=count, cells=span(cells))
        shape = (count, *cells.shape)
        (top, _), (bottom, _) = corners(cells)
        steps = ((bottom - top + 2, 0), *cells.steps)
    sheet.text((row - 1, column), words, "note")
    parts = sheet.memory((row, column), shape, steps=steps)
    sheet.coat(parts, "fact")
    sheet.annex = (below(parts, 2), column)
    sheet.annex_end = (
        max(sheet.annex_end[0], sheet.rows),
        max(sheet.annex_end[1], sheet.columns),
    )
    sheet.rows, sheet.columns = rows, columns
    return parts


def _parts(terms: Sequence[Expr]) -> int:
    """How many formulas a sum needs: 1 where it fits into one."""
    if sum(_length(term) for term in terms) <= LONGEST:
        return 1
    lengths = [_exact(term) for term in terms]
    if sum(lengths) <= LONGEST:
        return 1
    return -(-len(terms) // max(1, LONGEST // max(lengths)))


def _length(term: Expr) -> int:
    """At most so many characters, with the sign before it; whatever the cells."""
    return 1 + sum(len(p) if isinstance(p, str) else ADDRESS for p in term.pieces())


def _exact(term: Expr) -> int:
    """At most so many characters for the cells that it is of."""
    return 1 + sum(
        len(p) if isinstance(p, str) else 2 + len(a1(corners(p.grid)[1])) for p in term.pieces()
    )
