"""A weighted sum of a sheet's answers, as a formula of what is given that shows no answer.

Each answer is a sum of products of what is given: of input values and kernel weights, say. So a
weighted sum of answers is one too, and its coefficients hang on the geometry alone. Whoever sees
them sees no answer, and they hold for any numbers (Freivalds, 1977).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from xlconv.frozen import frozen
from xlconv.lessons.exercise import Exercise, Numbers

LARGE = 1 << 40
"""Numbers below it, taken at random, tell the cells of a block apart."""


@frozen
class Sum:
    """A weighted sum of answers: constant + linear parts + products of two blocks' cells.

    linear    a weight for each cell of a block
    products  (block, index, other block, weights): the cell times the weighted sum of the other
    """

    constant: float
    linear: Mapping[str, Numbers]
    products: tuple[tuple[str, tuple[int, ...], str, Numbers], ...]

    def value(self, given: Mapping[str, Numbers]) -> float:
        """What the answers must sum to, for what is given."""
        total = self.constant
        total += sum(float((given[name] * weights).sum()) for name, weights in self.linear.items())
        return total + sum(
            float(given[name][index]) * float((given[other] * weights).sum())
            for name, index, other, weights in self.products
        )


@frozen
class Answers:
    """What each blank of an exercise is a sum of."""

    exercise: Exercise

    @cached_property
    def constant(self) -> Numbers:
        return self._run({})

    @cached_property
    def linear(self) -> dict[str, Numbers]:
        """For each cell of a block, flat, what one of it adds to each blank."""
        return {
            name: np.array([self._run({name: one}) - self.constant for one in self._ones(name)])
            for name in self.exercise.givens
        }

    @cached_property
    def products(self) -> dict[tuple[str, str], Numbers]:
        """The same for each pair of cells of two blocks: (cells, cells, blanks)."""
        pairs = combinations(self.exercise.givens, 2)
        found = {pair: self._pairs(*pair) for pair in pairs}
        return {pair: array for pair, array in found.items() if array.any()}

    @cached_property
    def told(self) -> tuple[bool, ...]:
        """Which blanks are such sums: others cannot be told right from wrong so."""
        every = np.arange(len(self.exercise.places))
        worlds = self.exercise.worlds(7, 2, -99, 99)
        truths = self.exercise.truths(worlds)
        right = np.ones(len(every), dtype=bool)
        for world, truth in zip(worlds, truths, strict=True):
            flat = {name: numbers.ravel() for name, numbers in world.items()}
            value = self.constant + sum(flat[name] @ self.linear[name] for name in flat)
            for (one, other), array in self.products.items():
                value = value + np.einsum("i,j,ijn->n", flat[one], flat[other], array)
            right &= value == truth
        return tuple(map(bool, right))

    def varying(self) -> NDArray[np.bool_]:
        """Whether each blank hangs on what is given at all."""
        hang = np.zeros(len(self.exercise.places), dtype=bool)
        for array in (*self.linear.values(), *self.products.values()):
            hang |= array.any(axis=tuple(range(array.ndim - 1)))
        return hang

    def sum(self, blanks: list[int], weights: Numbers) -> Sum:
        """The weighted sum of these blanks."""
        shapes = {name: cells.shape for name, cells in self.exercise.givens.items()}
        linear = {
            name: (array[:, blanks] @ weights).reshape(shapes[name])
            for name, array in self.linear.items()
            if array[:, blanks].any()
        }
        products = []
        for pair, array in self.products.items():
            table = array[:, :, blanks] @ weights
            one, other = pair
            if np.count_nonzero(table.any(axis=0)) < np.count_nonzero(table.any(axis=1)):
                table, one, other = table.T, other, one
            products += [
                (
                    one,
                    tuple(map(int, np.unravel_index(n, shapes[one]))),
                    other,
                    table[n].reshape(shapes[other]),
                )
                for n in np.flatnonzero(table.any(axis=1))
            ]
        return Sum(float(self.constant[blanks] @ weights), linear, tuple(products))

    def _ones(self, name: str) -> Iterator[Numbers]:
        shape = self.exercise.givens[name].shape
        for n in range(int(np.prod(shape))):
            one = np.zeros(shape)
            one.reshape(-1)[n] = 1
            yield one

    def _run(self, numbers: Mapping[str, Numbers]) -> Numbers:
        """The answers where all else that is given is 0."""
        (answers,) = self.exercise.truths([{**self._nothing, **numbers}])
        return np.asarray(answers)

    @cached_property
    def _nothing(self) -> dict[str, Numbers]:
        return {name: np.zeros(cells.shape) for name, cells in self.exercise.givens.items()}

    def _pairs(self, one: str, other: str) -> Numbers:
        """What each pair of cells adds to each blank, beyond what each of them adds alone."""
        weights = np.random.default_rng(1).choice(LARGE, self.exercise.givens[other].shape)
        numbers = weights.astype(float).ravel()
        alone = self.constant + numbers @ self.linear[other]
        shape = self.exercise.givens[other].shape
        rows = []
        for n, cell in enumerate(self._ones(one)):
            seen = self._run({one: cell, other: numbers.reshape(shape)})
            seen = seen - alone - self.linear[one][n]
            row = (numbers[:, None] == seen).astype(float)
            if (numbers @ row != seen).any():  # not one of the other's cells: each is asked
                row = np.array(
                    [
                        self._run({one: cell, other: each})
                        - self.constant
                        - self.linear[one][n]
                        - self.linear[other][m]
                        for m, each in enumerate(self._ones(other))
                    ]
                )
            rows.append(row)
        return np.array(rows)
