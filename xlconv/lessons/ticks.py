"""Ticks: cells that tell right answers from wrong ones, and hold no answer.

For the answers y of a group and weights r, a tick compares <y, r> with the same sum computed from
what is given. Where answers are rounded each may be off by half a unit, and the sums by all of that
together: then the plain sum is compared as well, in which every mistake counts alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from xlconv.frozen import frozen
from xlconv.grid.grid import Grid
from xlconv.lessons.answer_sums import Answers, Sum
from xlconv.lessons.exercise import Exercise, Numbers

LEAST = 6
"""Blanks in each group that hang on what is given: of three, one equation tells each."""

_SIEVE = np.arange(101, 3000, 2)
PRIMES = _SIEVE[[all(n % p for p in range(3, 55, 2)) for n in _SIEVE.tolist()]].astype(float)
"""The weights of answers: two wrong ones can only make up for each other if both are far off."""

EXACT = 1e-6
"""How far the two sums of a tick may be apart where all numbers are whole."""

SLACK = 1e-6
"""Of what rounding allows, how much programs may be off as they add."""

LARGEST = 1e7
"""Units below which sums of answers with decimals are as good as exact."""

Blanks = tuple[int, ...]
"""Blanks by their numbers."""


@frozen
class Run:
    """Blanks beside each other in a row of the sheet, and their numbers."""

    cells: Grid
    blanks: Blanks

    @property
    def row(self) -> int:
        return self.cells.origin[0]


@frozen
class Group:
    """Blanks of a block that share a tick, by their numbers: it holds for any copy of the sheet.

    row      the last of the sheet's rows that it is in: there its tick stands
    rows     how many rows it is in, with those between
    runs     the blanks of each run
    weights  r, for each of them
    sums     the weighted sum of the answers, and their plain one, which paper has room for
    exact    how far the weighted sums may be apart where answers are typed as they are
    rounded  how far each answer may be from what it is, by its rounding
    """

    block: str
    row: int
    rows: int
    runs: tuple[Blanks, ...]
    weights: Numbers
    sums: tuple[Sum, Sum]
    exact: float = EXACT
    rounded: float = 0.0

    @property
    def apart(self) -> tuple[float, float]:
        """How far the weighted sums, and the plain ones, may be apart."""
        allowed = self.rounded * (1 + SLACK)
        return self.exact + allowed * float(self.weights.sum()), allowed * len(self.weights)

    @property
    def overlooked(self) -> float:
        """The largest mistake in one answer that the tick may not see."""
        return self.rounded * 2 * len(self.weights)


def groups(exercise: Exercise, check: str, digits: int) -> list[Group]:
    """The groups of blanks that can be told right from wrong: by rows, or a block at once.

    digits  decimals of answers that are not whole
    """
    if check == "none" or not exercise.grids:
        return []
    answers = Answers(exercise)
    typed = decimals(exercise, digits)
    rounded = 0.0 if typed is not None else 0.5 * 10.0**-digits
    exact = EXACT if not typed else 0.01 * 10.0**-typed
    varying, told = answers.varying(), answers.told
    found: list[Group] = []
    for block, listed in groupby(runs_of(exercise), key=lambda pair: pair[0]):
        runs = [run for _, run in listed if all(told[n] for n in run.blanks)]
        for number, group in enumerate(_joined(runs, varying, whole=check == "sheet")):
            blanks = [n for run in group for n in run.blanks]
            weights = _weights(f"{exercise.sheet.name}/{block}/{number}", len(blanks), rounded > 0)
            ones = np.ones(len(blanks))
            sums = answers.sum(blanks, weights), answers.sum(blanks, ones)
            row = max(run.row for run in group)
            rows = row - min(run.row for run in group) + 1
            each = tuple(run.blanks for run in group)
            found.append(Group(block, row, rows, each, weights, sums, exact, rounded))
    return found


def decimals(exercise: Exercise, digits: int) -> int | None:
    """With how many decimals all answers are exact, at most `digits`; None if some need more.

    What is given may be changed by whole numbers: it is tried with others, too.
    """
    given = exercise.given()
    worlds = [{name: given[name] + more[name] for name in given} for more in exercise.worlds(9, 3)]
    answers = exercise.truths([given, *worlds])
    for typed in range(digits + 1):
        units = answers * 10.0**typed
        if (np.abs(units - units.round()) < EXACT).all():
            return typed if not typed or np.abs(units).max() < LARGEST else None
    return None


def runs_of(exercise: Exercise) -> Iterator[tuple[str, Run]]:
    """The blanks as runs, block by block, from the top of the sheet on."""
    number = {at: n for n, at in enumerate(exercise.places)}
    seen: set[int] = set()
    for name, cells in exercise.grids:
        runs = []
        for run in rows_of(cells):
            blanks = [number[run.cell(index)] for index in np.ndindex(run.shape)]
            if not seen.intersection(blanks):
                runs.append((name, Run(run, tuple(blanks))))
                seen.update(blanks)
        yield from sorted(runs, key=lambda pair: pair[1].cells.origin)


def rows_of(cells: Grid) -> Iterator[Grid]:
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


def _weights(name: str, count: int, rounded: bool) -> Numbers:
    """No two alike, and the same for the same group in every copy: primes.

    Where answers are rounded small ones, as far apart as they can be for their sum.
    """
    seed = int.from_bytes(sha256(name.encode()).digest()[:8], "big")
    rng = np.random.default_rng(seed)
    if rounded:
        return rng.permutation(count).astype(float) + 1
    return rng.choice(PRIMES, count, replace=count > len(PRIMES))
