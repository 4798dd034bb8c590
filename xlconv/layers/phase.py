"""Phases: a stride of s is s ordinary convolutions an axis, whose outputs interleave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import gcd, prod

import numpy as np

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis, Geometry


@frozen
class Phase:
    """The output cells start, start + step, ... of one axis, as a plain convolution of the input.

    offsets  the kernel indices that act here, in the order in which they meet the input
    apart    how far apart in the input two of them are
    base     the input that the first of them meets for the first of the cells
    count    how many cells there are
    """

    start: int
    step: int
    offsets: range
    apart: int
    base: int
    count: int

    @classmethod
    def of(cls, axis: Axis, start: int) -> Phase:
        """Phase `start` of an axis.

        >>> axis = Axis(size=4, kernel_size=3, stride=2)
        >>> [list(Phase.of(axis, start).offsets) for start in (0, 1)]
        [[2, 0], [1]]
        """
        s, d, at = axis.stride, axis.dilation, start + axis.padding[0]
        offsets = axis.meeting(at)[::-1]
        base = (at - d * offsets[0]) // s if offsets else 0
        return cls(start, s, offsets, d // gcd(s, d), base, -(-(axis.output_size - start) // s))

    @property
    def cells(self) -> slice:
        """Its cells, as a slice of the output."""
        return slice(self.start, None, self.step)

    @property
    def kind(self) -> tuple[int, int]:
        """How many weights and cells: phases that share them look alike."""
        return len(self.offsets), self.count

    @property
    def extent(self) -> int:
        """Inputs that the weights span."""
        return self.apart * max(0, len(self.offsets) - 1) + 1

    @property
    def weights(self) -> slice:
        """The weights of this phase, turned, as a slice of the kernel."""
        first, last, step = self.offsets[0], self.offsets[-1], self.offsets.step
        return slice(first, last - 1 if last else None, step)

    def inputs(self, before: int = 0) -> slice:
        """What all its cells read, as a slice of the input with so many zeros before it."""
        first = before + self.base
        return slice(first, first + self.count + self.extent - 1)


def phases_of(geometry: Geometry, counts: Sequence[int], most: int, does: str) -> list[list[Phase]]:
    """So many phases of each axis; of more together than `most`, what a view does is refused."""
    if (many := prod(counts)) > most:
        raise XlconvError(
            f"the {does}, this layer has {many}: use a smaller stride", parameter="stride"
        )
    axes = zip(geometry.axes, counts, strict=True)
    return [[Phase.of(axis, start) for start in range(count)] for axis, count in axes]


@frozen
class Shown:
    """A phase of the output, from one of each axis, that a sheet shows.

    number  in the order in which they stand
    alike   how many such phases there are, of which a plan shows this one alone
    """

    number: int
    axes: tuple[Phase, ...]
    alike: int

    def geometry(self, of: Geometry) -> Geometry:
        """What it meets, as an ordinary convolution of a layer of this geometry."""
        axes = (Axis(size=1, kernel_size=len(p.offsets), dilation=p.apart) for p in self.axes)
        return replace(of, axes=tuple(axes))


def shown_phases(axes: Sequence[Sequence[Phase]], plan: bool) -> list[Shown]:
    """Every phase; in a plan, of those of as many weights and cells only the last.

    The last stands farthest, and has the longest addresses: it needs what any of them needs.
    """
    if not plan:
        return [Shown(n, phase, 1) for n, phase in enumerate(product(*axes))]
    lasts = [{p.kind: p for p in axis}.values() for axis in axes]
    counts = [Counter(p.kind for p in axis) for axis in axes]
    sizes = [len(axis) for axis in axes]
    return [
        Shown(
            int(np.ravel_multi_index([p.start for p in phase], sizes)),
            phase,
            prod(count[p.kind] for p, count in zip(phase, counts, strict=True)),
        )
        for phase in product(*lasts)
    ]


def margin(axis: Axis, phases: Sequence[Phase]) -> tuple[int, int]:
    """Zeros before and after an axis of the input, so that all that its phases read exists.

    >>> axis = Axis(size=4, kernel_size=3, stride=2)
    >>> margin(axis, [Phase.of(axis, start) for start in (0, 1)])
    (1, 1)
    """
    read = [phase.inputs() for phase in phases if phase.offsets]
    before = max([0, *(-inputs.start for inputs in read)])
    return before, max([0, *(inputs.stop - axis.size for inputs in read)])


def phase_tints(geometry: Geometry, counts: Sequence[int]) -> np.ndarray:
    """The number of the phase that each weight belongs to; -1 where no output cell is left.

    counts  phases of each axis
    """
    tints = np.zeros((), dtype=int)
    for axis, count in zip(geometry.axes, counts, strict=True):
        mine = (axis.dilation * np.arange(axis.kernel_size) - axis.padding[0]) % axis.stride
        lost = (tints[..., None] < 0) | (mine >= count)
        tints = np.where(lost, -1, tints[..., None] * count + mine)
    return tints
