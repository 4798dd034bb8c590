"""The sheet of weights, and the ticks beside a figure that weigh with them.

The weights of a block lie as its cells do. What an input cell adds to the answers are the same
weights, moved: so the formula of a tick finds nearly all that it needs among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from xlconv.figures.sums import LONGEST, added, beside, length_of
from xlconv.grid.expr import Expr, call, every, joined, lift, total
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Frame
from xlconv.grid.places import corners, leaves
from xlconv.grid.sheet import Sheet
from xlconv.lessons.answer_sums import Sum
from xlconv.lessons.exercise import Exercise, Numbers
from xlconv.lessons.ticks import Blanks, Group, runs_of

BAND, WIDE = 30, 5.5
"""Columns of the sheet of weights, and how wide each is: room between numbers of four digits."""

SHARE, RANGES = LONGEST // 8, 64
"""Characters of each sum of a tick whose formula would be long, and the ranges of a COUNT."""

SHORT = re.compile("  |[:,\uff1a\u3001\uff0c]")
"""What ends the words of a caption that a tick repeats."""

Term = tuple[Grid | None, Grid, Numbers]
"""A cell, or none, times the weighted sum of cells: both of at most two axes, and the weights."""


class Weights:
    """The sheet of weights, while they are written on it: beside each other and in bands."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.row, self.column, self.deep = sheet, sheet.rows + 1, 1, 0
        sheet.column_width = WIDE

    def written(self, caption: str, numbers: Numbers) -> Grid:
        """Numbers with a caption above them; where one is 0 the cell stays empty."""
        high, wide = numbers.shape
        if self.column > 1 and self.column + wide > BAND:
            self.row, self.column, self.deep = self.row + self.deep + 2, 1, 0
        if caption:
            self.sheet.text((self.row, self.column), caption, "caption")
        cells = self.sheet.memory((self.row + 1, self.column), numbers.shape)
        cells.memory[...] = 0
        for row, held in enumerate(numbers):
            for begin, end in _stretches(held):
                cells[row, begin:end] = held[begin:end]
                self.sheet.coat(cells[row, begin:end], "fact")
        behind = self.sheet.behind((0, self.column), caption, "caption") if caption else 0
        self.column = max(self.column + wide, behind) + 1
        self.deep = max(self.deep, high)
        return cells


def _stretches(numbers: Numbers) -> Iterator[tuple[int, int]]:
    """Where numbers that are not 0 stand beside each other: the first, and the one behind."""
    edges = np.flatnonzero(np.diff(numbers != 0, prepend=False, append=False)).tolist()
    return zip(edges[::2], edges[1::2], strict=True)


class Weighing:
    """What the ticks of one block weigh with.

    known    the cells of each run of the exercise, by its blanks
    weights  on their sheet, laid out as the block's cells are
    """

    def __init__(
        self, exercise: Exercise, known: Mapping[Blanks, Grid], listed: Sequence[Group], to: Weights
    ) -> None:
        self.givens, self.known, self.to = exercise.givens, known, to
        self.sheet = exercise.sheet
        boxes = [corners(known[run]) for group in listed for run in group.runs]
        self.top, self.left = (min(first[way] for first, _ in boxes) for way in (0, 1))
        high, wide = (max(last[way] for _, last in boxes) + 1 for way in (0, 1))
        numbers = np.zeros((high - self.top, wide - self.left))
        for group in listed:
            for run, own in self._runs(group):
                row, column = run.origin
                begin = column - self.left
                numbers[row - self.top, begin : begin + own.size] = own
        words = label(exercise.sheet, listed[0].block)
        self.weights = to.written(f"{exercise.sheet.name}: {words}", numbers)

    def _runs(self, group: Group) -> Iterator[tuple[Grid, Numbers]]:
        """The runs of a group, and their weights."""
        begin = 0
        for blanks in group.runs:
            run, own = self.known[blanks], group.weights[begin : begin + len(blanks)]
            yield run, own.reshape(run.shape)
            begin += len(blanks)

    def tick(self, group: Group) -> tuple[Expr, Expr]:
        """The tick of a group: 1 right, 0 not yet, -1 wrong; and the sum of its answers."""
        self.rows = self.weights[group.row - group.rows + 1 - self.top : group.row + 1 - self.top]
        runs = [run for run, _ in self._runs(group)]
        answers = [self._product(run, own) for run, own in self._runs(group)]
        terms = [answers, *map(self._sum, group.sums), _counts(runs)]
        if group.rounded:
            terms.append([_added(run) for run in runs])
        long = sum(map(length_of, terms)) > LONGEST // 2
        of_answers, weighed, plain, filled, *typed = (
            added(self.sheet, sum_of, most=SHARE) if long else total(sum_of) for sum_of in terms
        )
        tests = [call("ABS", of_answers - weighed) <= group.apart[0]]
        tests += [call("ABS", one - plain) <= group.apart[1] for one in typed]
        tick = call("IF", every(tests), 1, -1)
        tick = call("IF", filled < len(group.weights), 0, tick)
        return call("IFERROR", tick, -1), plain

    def _sum(self, of: Sum) -> list[Expr]:
        terms = [
            self._product(leaf, weights) if cell is None else cell * self._product(leaf, weights)
            for cell, leaf, weights in _terms(self.givens, of)
        ]
        return [*([lift(of.constant)] if of.constant else []), *terms]

    def _product(self, cells: Grid, weights: Numbers) -> Expr:
        """Cells times their weights: by a number if they are alike, or by what is written."""
        cells, table = _trimmed(cells, weights)
        factor = float(table.flat[0])
        if (table == factor).all():
            return _times(factor, _added(cells))
        factor, written = self._found(table) or (1.0, self.to.written("", table))
        return _times(factor, call("SUMPRODUCT", _range(cells), written.area()))

    def _found(self, table: Numbers) -> tuple[float, Grid] | None:
        """The weights of the group that are a table's but for a factor, if there are such."""
        high, wide = table.shape
        if high > self.rows.shape[0] or wide > self.rows.shape[1]:
            return None
        windows = sliding_window_view(self.rows.memory, table.shape)
        first = tuple(np.argwhere(table)[0])
        factors = np.full(windows.shape[:2], np.nan)
        np.divide(
            table[first], windows[:, :, *first], out=factors, where=windows[:, :, *first] != 0
        )
        alike = (windows * factors[:, :, None, None] == table).all(axis=(2, 3))
        if not alike.any():
            return None
        row, column = np.argwhere(alike)[0].tolist()
        return float(factors[row, column]), self.rows[row : row + high, column : column + wide]


def _times(factor: float, sum_of: Expr) -> Expr:
    return sum_of if factor == 1 else lift(factor) * sum_of


def _terms(givens: Mapping[str, Grid], of: Sum) -> Iterator[Term]:
    """What a sum adds up, beside its constant."""
    for name, weights in of.linear.items():
        yield from ((None, *part) for part in _slices(givens[name], weights))
    for name, index, other, weights in of.products:
        yield from ((givens[name][index], *part) for part in _slices(givens[other], weights))


def _slices(cells: Grid, weights: Numbers) -> Iterator[tuple[Grid, Numbers]]:
    """Cells and their weights as slices that are ranges, where a weight is not 0."""
    beside = Grid(cells.sheet, (0, 0), cells.steps, weights)
    for leaf, part in zip(leaves(cells), leaves(beside), strict=True):
        if part.memory.any():
            yield leaf, part.memory


def _trimmed(cells: Grid, weights: Numbers) -> tuple[Grid, Numbers]:
    """Those cells alone that have weights, and these as a table of rows and columns."""
    held = np.argwhere(weights)  # of a single cell, one place along no axis
    ends = zip(held.min(axis=0).tolist(), (held.max(axis=0) + 1).tolist(), strict=True)
    index = tuple(slice(*pair) for pair in ends)
    table = weights[index]
    if table.ndim < 2:
        down = table.ndim == 1 and cells.steps[0][0] != 0
        table = table.reshape((-1, 1) if down else (1, -1))
    return cells[index], table


def numbers_in(runs: Sequence[Grid]) -> Expr:
    """How many of these cells hold numbers."""
    return total(_counts(runs))


def _counts(runs: Sequence[Grid]) -> list[Expr]:
    """The same in parts, for there may be more ranges than a function takes."""
    parts = (runs[n : n + RANGES] for n in range(0, len(runs), RANGES))
    return [call("COUNT", *map(_range, part)) for part in parts]


def _added(cells: Grid) -> Expr:
    """The sum of cells; a single one as it is."""
    ranged = _range(cells)
    return ranged if isinstance(ranged, Grid) else call("SUM", ranged)


def _range(cells: Grid) -> Expr:
    """Cells as a range; a single one as it is."""
    return cells[(0,) * len(cells.shape)] if cells.memory.size == 1 else cells.area()


def label(sheet: Sheet, name: str) -> str:
    """What a reader calls a block: the words above it, without its size and what explains them."""
    cells = next(block.cells for block in sheet.blocks if block.name == name)
    (top, left), (bottom, right) = corners(cells)
    words = {
        coat.cells.origin: str(coat.cells.memory.item())
        for coat in sheet.coats
        if coat.role in ("caption", "heads") and coat.cells.memory.dtype == object
        if coat.cells.memory.size == 1
    }
    above = [(column, row) for row, column in words if row < top and column <= left]
    if not above:
        return name
    column, row = max(above)
    inside = any(top < r <= bottom and left <= c <= right for r, c in words)
    return SHORT.split(words[row, column])[0] + (" \u2026" if inside else "")


def write_ticks(exercise: Exercise, found: Sequence[Group], weights: Weights) -> None:
    """Ticks beside the figure, in the row of their group, with the sums of the answers."""
    known = {run.blanks: run.cells for _, run in runs_of(exercise)}
    placed = [*_placed(exercise.sheet, found)]
    with beside(exercise.sheet, (exercise.sheet.rows, exercise.sheet.columns)):
        for listed, ticks in placed:
            _ticks(exercise.sheet, ticks, Weighing(exercise, known, listed, weights), listed)


def _placed(sheet: Sheet, found: Sequence[Group]) -> Iterator[tuple[list[Group], Grid]]:
    """The groups of each block, and where their ticks stand, with words above."""
    taken = _ends(sheet)
    words = {group.block: label(sheet, group.block) for group in found}
    for block, same in groupby(found, key=lambda group: group.block):
        listed = list(same)
        top, last = listed[0].row - listed[0].rows + 1, listed[-1].row
        rows = range(top - 2, last + 1)
        column = max(taken.get(row, 0) for row in rows) + 1
        ticks = sheet.memory((top, column), (last - top + 1,), steps=((1, 0),))
        sheet.memory((top, column + 1), (last - top + 1,), steps=((1, 0),))  # room for the sums
        ticks.memory[...] = 0
        overlooked = max(group.overlooked for group in listed)
        told = words[block] + (f"  ±{overlooked:.3g}" if overlooked else "")
        sheet.text((top - 2, column), told, "note")
        sheet.text((top - 1, column + 1), sheet.say("answers_sum"), "heads")
        end = max(column + 2, sheet.behind((0, column), told, "note"))
        taken |= dict.fromkeys(rows, end)
        yield listed, ticks


def _ticks(sheet: Sheet, ticks: Grid, weighing: Weighing, listed: Sequence[Group]) -> None:
    """The ticks of a block, and how many are right."""
    top, column = ticks.origin
    for group in listed:
        end = group.row + 1 - top
        _tick(sheet, ticks[end - group.rows : end], weighing, group)
    right = call("COUNTIF", ticks.area(), 1)
    sheet.formula((top - 1, column), joined(right, f"/{len(listed)}"), "heads")


def _tick(sheet: Sheet, rows: Grid, weighing: Weighing, group: Group) -> None:
    """A group's tick in the last of its rows, and the sum of its answers beside it."""
    tick, plain = weighing.tick(group)
    rows[-1] = tick
    sheet.coat(rows[-1], "tick")
    sheet.light(rows[-1], rows[-1].equals(-1), "alarm")
    sheet.frames.append(Frame(rows))
    row, column = rows[-1].origin
    sheet.formula((row, column + 1), plain, "fact")


def _ends(sheet: Sheet) -> dict[int, int]:
    """The first column of each row behind all that stands there."""
    ends: dict[int, int] = {}
    for paint in sheet.paints:
        (top, _), (bottom, right) = corners(paint.cells)
        words = paint.cells.memory if paint.cells.memory.dtype == object else None
        end = right + 1
        if words is not None and words.size == 1:
            end = max(end, sheet.behind((top, right), str(words.item()), "text"))
        for row in range(top, bottom + 1):
            ends[row] = max(ends.get(row, 0), end)
    return ends
