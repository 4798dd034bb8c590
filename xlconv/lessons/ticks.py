"""Ticks: cells that tell right answers from wrong ones, and hold no answer.

For the answers y of a group and primes r, a tick compares <y, r> with the same sum computed from
what is given. Its weights stand on a sheet of their own, for all to see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from xlconv.grid.expr import Expr, call, joined, lift, total
from xlconv.grid.grid import Grid
from xlconv.grid.limits import ARGUMENTS
from xlconv.grid.marks import Frame
from xlconv.grid.places import Place, box_size, corners, leaves
from xlconv.grid.sheet import Sheet
from xlconv.lessons.answer_sums import Answers, Sum
from xlconv.lessons.exercise import Exercise, Numbers

LEAST = 6
"""Blanks in each group that hang on what is given: of three, one equation tells each."""

_SIEVE = np.arange(101, 3000, 2)
PRIMES = _SIEVE[[all(n % p for p in range(3, 55, 2)) for n in _SIEVE.tolist()]].astype(float)
"""The weights of answers: two wrong ones can only make up for each other if both are far off."""

EXACT = 1e-6
"""How far the two sums of a tick may be apart where all numbers are whole."""

BAND = 34
"""Columns of the sheet of weights."""


Blanks = tuple[int, ...]
"""Blanks by their numbers."""


@dataclass(frozen=True)
class Run:
    """Blanks beside each other in a row of the sheet, and their numbers."""

    cells: Grid
    blanks: Blanks

    @property
    def row(self) -> int:
        return self.cells.origin[0]


@dataclass(frozen=True)
class Group:
    """Blanks of a block that share a tick, by their numbers: it holds for any copy of the sheet.

    row      the last of the sheet's rows that it is in: there its tick stands
    rows     how many rows it is in, with those between
    runs     the blanks of each run
    weights  r, for each of them
    sums     the weighted sum of the answers, and their plain one, which paper has room for
    """

    block: str
    row: int
    rows: int
    runs: tuple[Blanks, ...]
    weights: Numbers
    sums: tuple[Sum, Sum]


def groups(exercise: Exercise, check: str) -> list[Group]:
    """The groups of blanks that can be told right from wrong: by rows, or a block at once."""
    if check == "none" or not exercise.grids:
        return []
    answers = Answers(exercise)
    varying, told = answers.varying(), answers.told
    found: list[Group] = []
    for block, listed in groupby(_runs(exercise), key=lambda pair: pair[0]):
        runs = [run for _, run in listed if all(told[n] for n in run.blanks)]
        for number, group in enumerate(_joined(runs, varying, whole=check == "sheet")):
            blanks = [n for run in group for n in run.blanks]
            weights = _weights(f"{exercise.sheet.name}/{block}/{number}", len(blanks))
            ones = np.ones(len(blanks))
            sums = answers.sum(blanks, weights), answers.sum(blanks, ones)
            row = max(run.row for run in group)
            rows = row - min(run.row for run in group) + 1
            found.append(Group(block, row, rows, tuple(run.blanks for run in group), weights, sums))
    return found


def _runs(exercise: Exercise) -> Iterator[tuple[str, Run]]:
    """The blanks as runs, block by block, from the top of the sheet on."""
    number = {at: n for n, at in enumerate(exercise.places)}
    seen: set[int] = set()
    for name, cells in exercise.grids:
        runs = []
        for run in _rows(cells):
            blanks = [number[run.cell(index)] for index in np.ndindex(run.shape)]
            if not seen.intersection(blanks):
                runs.append((name, Run(run, tuple(blanks))))
                seen.update(blanks)
        yield from sorted(runs, key=lambda pair: pair[1].cells.origin)


def _rows(cells: Grid) -> Iterator[Grid]:
    """The cells as rows of cells beside each other, or one by one."""
    along = [axis for axis, step in enumerate(cells.steps) if step == (0, 1)][-1:]
    rest = [axis for axis in range(len(cells.shape)) if axis not in along]
    ordered = cells.transpose(*rest, *along)
    for index in np.ndindex(*(cells.shape[axis] for axis in rest)):
        yield ordered[(*index, ...)]


def _joined(runs: Sequence[Run], varying: NDArray[np.bool_], whole: bool) -> list[list[Run]]:
    """The runs of each row of the sheet, short ones with those before them."""
    made: list[list[Run]] = []
    for _, row in groupby(runs, key=lambda run: run.row):
        if made and (whole or _hanging(made[-1], varying) < LEAST):
            made[-1] += row
        else:
            made.append([*row])
    if len(made) > 1 and _hanging(made[-1], varying) < LEAST:
        made[-2:] = [made[-2] + made[-1]]
    return [group for group in made if _hanging(group, varying) >= LEAST]


def _hanging(runs: Sequence[Run], varying: NDArray[np.bool_]) -> int:
    return sum(int(varying[list(run.blanks)].sum()) for run in runs)


def _weights(name: str, count: int) -> Numbers:
    """Primes, no two alike; the same for the same group in every copy."""
    seed = int.from_bytes(sha256(name.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).choice(PRIMES, count, replace=count > len(PRIMES))


Term = tuple[Grid | None, Grid, Numbers]
"""A cell, or none, times the weighted sum of cells: both of at most two axes, and the weights."""


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


class Weights:
    """The sheet of weights, while they are written on it: beside each other and in bands."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.row, self.column, self.deep = sheet, sheet.rows + 1, 1, 0

    def ticked(
        self, exercise: Exercise, known: Mapping[Blanks, Grid], group: Group, exact: float
    ) -> tuple[Expr, Expr]:
        """The tick of a group: 1 right, 0 not yet, -1 wrong; and the sum of its answers.

        known  the cells of each run of the exercise, by its blanks
        """
        self.sheet.text((self.row, 0), f"{exercise.sheet.name}: {group.block}", "caption")
        self._line()
        runs, begin, products = [known[blanks] for blanks in group.runs], 0, list[Expr]()
        for run in runs:
            weights = group.weights[begin : begin + run.memory.size]
            products.append(self._product(run, weights.reshape(run.shape)))
            begin += run.memory.size
        sums = [self._sum(exercise.givens, each) for each in group.sums]
        right = call("ABS", total(products) - sums[0]) <= exact
        tick = call("IF", right, 1, -1)
        tick = call("IF", _counted(runs) < begin, 0, tick)
        self._line()
        return call("IFERROR", tick, -1), sums[1]

    def _sum(self, givens: Mapping[str, Grid], of: Sum) -> Expr:
        terms = [
            self._product(leaf, weights) if cell is None else cell * self._product(leaf, weights)
            for cell, leaf, weights in _terms(givens, of)
        ]
        return total([*([lift(of.constant)] if of.constant else []), *terms])

    def _product(self, cells: Grid, weights: Numbers) -> Expr:
        """Cells times their weights, which are written."""
        written = self._write(weights, cells.steps)
        if cells.memory.size == 1:
            return _first(cells) * _first(written)
        return call("SUMPRODUCT", _range(cells), _range(written))

    def _line(self) -> None:
        """Go on in a new band."""
        self.row, self.column, self.deep = self.row + self.deep + 1, 1, 0

    def _write(self, numbers: Numbers, steps: Sequence[Place]) -> Grid:
        """Numbers, laid out as the cells are that they weigh."""
        high, wide = box_size(numbers.shape, steps)
        if self.column > 1 and self.column + wide > BAND:
            self._line()
        cells = self.sheet.memory((self.row, self.column), numbers.shape, steps=steps)
        cells[...] = numbers
        self.sheet.coat(cells, "fact")
        self.column, self.deep = self.column + wide + 1, max(self.deep, high)
        return cells


def _counted(runs: Sequence[Grid]) -> Expr:
    """How many of these cells hold numbers, however many ranges they are."""
    parts = (runs[n : n + ARGUMENTS] for n in range(0, len(runs), ARGUMENTS))
    return total([call("COUNT", *map(_range, part)) for part in parts])


def _first(cells: Grid) -> Grid:
    return cells[(0,) * len(cells.shape)]


def _range(cells: Grid) -> Expr:
    """Cells as a range; a single one as it is."""
    return _first(cells) if cells.memory.size == 1 else cells.area()


def write_ticks(exercise: Exercise, found: Sequence[Group], weights: Weights, digits: int) -> None:
    """Ticks beside the figure, in the row of their group, with the sums of the answers.

    digits  decimals of answers that are not whole
    """
    sheet, taken = exercise.sheet, _ends(exercise.sheet)
    known = {run.blanks: run.cells for _, run in _runs(exercise)}
    whole = bool((exercise.run() % 1 == 0).all())
    for block, same in groupby(found, key=lambda group: group.block):
        listed = list(same)
        top, last = listed[0].row - listed[0].rows + 1, listed[-1].row
        rows = range(top - 2, last + 1)
        column = max(taken.get(row, 0) for row in rows) + 1
        ticks = sheet.memory((top, column), (last - top + 1,), steps=((1, 0),))
        ticks.memory[...] = 0
        for group in listed:
            exact = EXACT if whole else 0.5 * 10.0**-digits * float(group.weights.sum())
            end = group.row - top + 1
            ticks[end - 1], plain = weights.ticked(exercise, known, group, exact)
            sheet.coat(ticks[end - 1], "tick")
            sheet.light(ticks[end - 1], ticks[end - 1].equals(-1), "alarm")
            sheet.frames.append(Frame(ticks[end - group.rows : end]))
            sheet.formula((group.row, column + 1), plain, "fact")
        told = sheet.words.get(f"answers_{block}", block)
        told = told if whole else f"{told}  ±{0.5 * 10.0**-digits:g}"
        sheet.text((top - 2, column), told, "note")
        right = call("COUNTIF", ticks.area(), 1)
        sheet.formula((top - 1, column), joined(right, f"/{len(listed)}"), "heads")
        sheet.text((top - 1, column + 1), sheet.say("answers_sum"), "heads")
        end = max(column + 2, sheet.behind((0, column), told, "note"))
        taken |= dict.fromkeys(rows, end)


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
