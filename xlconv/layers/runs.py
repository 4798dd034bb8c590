"""Output cells of an axis that are reached alike, and how many ways there may be."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from xlconv.budget import TERMS
from xlconv.errors import LimitError
from xlconv.frozen import frozen

if TYPE_CHECKING:
    from xlconv.layers.geometry import Axis


@frozen
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

    @cached_property
    def reached(self) -> list[tuple[slice, int]]:
        """For each tap the inputs that it brings to these cells, as many, and its kernel index."""
        last, apart = self.apart * (self.count - 1), self.apart
        return [(slice(i0, i0 + last + 1, apart), u) for i0, u in self.taps]


def grouped(axis: Axis, begin: int, size: int) -> tuple[Run, ...]:
    """Some cells of the full output, grouped by how they are reached; the first is at `begin`."""
    s, runs = axis.stride, []
    afford_taps(min(size, s + 2 * axis.kernel_size) * axis.most_taps)
    for phase in range(min(s, size)):
        # with r = phase + s*m, the input that reaches r through u is m + shift(u)
        at = phase + begin
        shifts = [((at - axis.dilation * u) // s, u) for u in axis.meeting(at)][::-1]
        along = [i for i, _ in shifts]  # each larger than the one before
        last = len(range(phase, size, s))
        ends = {end for i, _ in shifts for end in (-i, axis.size - i) if 0 < end < last}
        for m, after in pairwise((0, *sorted(ends), last)):
            reached = slice(bisect_left(along, -m), bisect_left(along, axis.size - m))
            taps = tuple((m + i, u) for i, u in shifts[reached])
            runs.append(Run(phase + s * m, s, after - m, taps))
    return tuple(sorted(runs, key=lambda run: run.start))


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
