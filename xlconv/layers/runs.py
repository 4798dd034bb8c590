"""Output cells of an axis that are reached alike, and how many ways there may be."""

from __future__ import annotations

from dataclasses import dataclass

from xlconv.budget import TERMS
from xlconv.errors import LimitError


@dataclass(frozen=True)
class Run:
    """Output cells of one axis that are reached in the same way.

    The cells are r = start + step*m for m in range(count); cell r collects input i0 + apart*m
    through kernel index u, for each (i0, u) in taps.
    """

    start: int
    step: int
    count: int
    taps: tuple[tuple[int, int], ...]
    apart: int = 1

    @property
    def cells(self) -> slice:
        """The output cells, as a slice."""
        return slice(self.start, self.start + self.step * (self.count - 1) + 1, self.step)

    def inputs(self, i0: int) -> slice:
        """The inputs that one tap brings to these cells, as a slice of the same length."""
        return slice(i0, i0 + self.apart * (self.count - 1) + 1, self.apart)


def within(cells: range, step: int, count: int) -> range:
    """Which of so many cells, each a step after the one before it, are among some cells."""
    first, end = (-(-cell // step) for cell in (cells.start, cells.stop))
    return range(max(0, first), min(count, end))


def afford_taps(taps: int) -> None:
    """Refuse an axis whose runs, at most so many taps, take too long to be listed."""
    if taps > TERMS:
        raise LimitError(
            f"an axis on which inputs meet weights in {taps} ways; {TERMS} are the most"
        )
