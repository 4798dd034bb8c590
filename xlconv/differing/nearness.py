"""How near two outputs are: which cells agree, and which of several explanations is the best."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from xlconv.frozen import frozen
from xlconv.layers.layer import Array

ALMOST_ALL = 0.995
"""The share of cells that must agree for a difference to be explained."""

ROUNDING, COARSE = 1e-5, 0.03
"""Of the largest value, what a difference may be at least, and at most, in cells that agree."""

USUAL = 20
"""How many times the usual difference a cell may be off that agrees."""

NEAR = 1e-3
"""Of the largest value, what most cells may be apart where single ones can be told from them."""

A_CAUSE = 0.05
"""The share of cells that a cause more must add where nothing explains all of them."""

EVEN = 10.0
"""An explanation whose error is so many times another's is no worse than it."""


@frozen(eq=False)
class Nearness:
    """How near an output is to another one.

    share   of the cells that agree
    error   the largest difference in these, as a part of the largest value
    most    the largest difference in any
    apart   what whole numbers may be apart by their rounding, as such a part, too
    """

    share: float
    error: float
    most: float
    apart: float = 0.0

    @property
    def explained(self) -> bool:
        """Whether the one is the other, but for what numbers are rounded by."""
        return self.share >= ALMOST_ALL


def nearness(one: Array, other: Array, apart: float = 0.0) -> Nearness:
    """How near one output is to another of the same shape.

    apart  what whole numbers may be apart by their rounding

    A cell agrees within a few times the usual difference: numbers may have few digits.
    """
    by, usual = _differences(one, other)
    rounded = apart / (abs(other).max() or 1.0)
    agrees = by <= max(np.clip(USUAL * usual, ROUNDING, COARSE), (1 + ROUNDING) * rounded)
    error = by.max(where=agrees, initial=0)
    return Nearness(float(agrees.mean()), float(error), float(by.max()), rounded)


def apart(one: Array, other: Array) -> NDArray[np.bool_]:
    """The cells that differ by more than rounding; where most are near, by more than most."""
    by, usual = _differences(one, other)
    return np.asarray(by > (max(USUAL * usual, ROUNDING) if usual < NEAR else ROUNDING))


def _differences(one: Array, other: Array) -> tuple[Array, float]:
    """The differences as parts of the largest value, and the usual one: zeros tell none."""
    by = abs(one - other) / (abs(other).max() or 1.0)
    told = by[other != 0]
    return by, float(np.median(told)) if told.size else 0.0


class Explanation(Protocol):
    """What can be chosen among others."""

    @property
    def cost(self) -> float: ...
    @property
    def near(self) -> Nearness: ...


E = TypeVar("E", bound=Explanation)


def ranked(explanations: Iterable[E]) -> list[E]:
    """The best first: what explains, is as exact as any, and is the simplest of these."""
    listed = list(explanations)
    errors = [each.near.error for each in listed if each.near.explained]
    bound = max(EVEN * min(errors, default=np.inf), 1e-6)

    def rank(each: E) -> tuple[bool, bool, float, float, float]:
        known = each.near.explained
        exact = known and each.near.error <= bound
        share = 0.0 if known else -round(each.near.share - A_CAUSE * each.cost, 1)
        return not known, not exact, share, each.cost, each.near.error

    return sorted(listed, key=rank)
