"""A supposition, and what its judgement on the whole output is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from xlconv.differing.correlation import Patch, correlation, patch
from xlconv.differing.following import Following, following
from xlconv.differing.nearness import Nearness
from xlconv.differing.readings import (
    Way,
    inputs,
    outputs,
    own_steps,
    steps,
    turns,
    weights,
)
from xlconv.differing.uncropped import Steps, uncropped
from xlconv.frozen import frozen
from xlconv.layers.layer import Array, Layer
from xlconv.layers.then import Step, after

CHANNELS, CELLS = (2, 16), 40_000
"""Output channels on which a supposition is judged: the least, the most, and their cells."""


@frozen(eq=False)
class Supposed:
    """What the other program may have done, apart from the crop and what follows the sums."""

    x: Way[Array]
    w: Way[Array]
    y: Way[Array]
    turn: Way[tuple[int, ...]]
    steps: Way[Steps]

    @property
    def ways(self) -> tuple[Way[Array] | Way[tuple[int, ...]] | Way[Steps], ...]:
        return self.x, self.w, self.turn, self.steps, self.y

    @cached_property
    def weight(self) -> Array:
        """The weight as it acts."""
        return np.flip(self.w.value, self.turn.value)

    @property
    def cost(self) -> int:
        return sum(way.cost for way in self.ways)

    @property
    def full_size(self) -> tuple[int, ...]:
        return self.steps.value.full_size(self.x.value.shape[1:], self.weight.shape[2:])

    def part(self, channels: Sequence[int], begin: Sequence[int], size: Sequence[int]) -> Array:
        """Some cells of the uncropped output."""
        return uncropped(self.x.value, self.weight, self.steps.value, channels, begin, size)


def supposed(layer: Layer, theirs: Array) -> Iterator[list[Supposed]]:
    """Everything that may be supposed: ours alone, then what costs 1, 2 and so on."""
    size, kernel_size = layer.input.shape[1:], layer.weight.shape[2:]
    ways = (
        inputs(layer),
        weights(layer),
        outputs(theirs),
        turns(kernel_size),
        steps(own_steps(layer), size, kernel_size, theirs.shape[1:]),
    )
    for cost in range(sum(max(way.cost for way in each) for each in ways) + 1):
        yield [Supposed(*chosen) for chosen in _costing(cost, *ways)]


def _costing(cost: int, *ways: Sequence[Way[Any]]) -> Iterator[tuple[Way[Any], ...]]:
    """A way of each, as often as they cost so much together."""
    if not ways:
        yield from [()] * (cost == 0)
        return
    for way in ways[0]:
        if way.cost <= cost:
            yield from ((way, *rest) for rest in _costing(cost - way.cost, *ways[1:]))


@frozen(eq=False)
class Found:
    """A supposition with its crop, and what followed, as the whole output tells.

    begin   the first cell of the uncropped output that was kept along each axis
    filled  the lines at the ends that hold nothing but zeros, in words, and are left out
    """

    supposed: Supposed
    begin: tuple[int, ...]
    own_begin: tuple[int, ...]
    after: Following
    filled: str = ""

    @property
    def near(self) -> Nearness:
        return self.after.near

    @property
    def end(self) -> tuple[int, ...]:
        """Cells cropped at the end of each axis."""
        sizes = self.supposed.y.value.shape[1:]
        each = zip(self.supposed.full_size, self.begin, sizes, strict=True)
        return tuple(full - begin - size for full, begin, size in each)

    @property
    def cost(self) -> float:
        """How much differs from ours; of cells beyond the full output, a little each."""
        beyond = sum(max(0, -cells) for cells in (*self.begin, *self.end))
        moved = self.begin != self.own_begin
        return self.supposed.cost + self.after.cost + moved + bool(self.filled) + 0.01 * beyond


Place = tuple[float, Supposed, tuple[int, ...]]
"""A likeness, a supposition, and the first cell that was kept."""


def places(one: Supposed, looked: dict[int, Patch]) -> Iterator[Place]:
    """Where the patch of the other output lies on what is supposed, most alike first.

    looked  the patches that are known already, by the array that they are of
    """
    theirs = one.y.value
    if id(theirs) not in looked:
        looked[id(theirs)] = patch(theirs)
    wanted = looked[id(theirs)]
    size, full = theirs.shape[1:], one.full_size
    extents = one.steps.value.extents(one.weight.shape[2:])
    over = [a - b for a, b in zip(full, size, strict=True)]
    reach = [e + s for e, s in zip(extents, one.steps.value.stride, strict=True)]
    first = [min(0, t) - r for t, r in zip(over, reach, strict=True)]
    wide = [abs(t) + 2 * r for t, r in zip(over, reach, strict=True)]
    begin = [a + f for a, f in zip(wanted.at, first, strict=True)]
    around = [a + b for a, b in zip(wanted.size, wide, strict=True)]
    likeness = correlation(one.part(wanted.channels, begin, around), wanted.values).mean(0)
    for n in np.argsort(-likeness, axis=None, kind="stable")[:2]:
        at = np.unravel_index(int(n), likeness.shape)
        crop = tuple(int(f + a) for f, a in zip(first, at, strict=True))
        yield float(likeness[at]), one, crop


def varied(y: Array) -> list[int]:
    """The channels of an output that vary most: of a large one fewer."""
    most = int(np.clip(CELLS // y[0].size, *CHANNELS))
    return sorted(np.argsort(-y.reshape(len(y), -1).std(1), kind="stable")[:most].tolist())


def judged(layer: Layer, one: Supposed, begin: tuple[int, ...], every: bool = False) -> Found:
    """What the output says of a supposition: that of `every` channel, or of those that vary."""
    y = one.y.value
    channels = range(len(y)) if every else varied(y)
    sums, seen = one.part(channels, begin, y.shape[1:]), y[list(channels)]
    bias = None if layer.bias is None else layer.bias[list(channels)]
    own = tuple(axis.padding[0] for axis in layer.geometry.axes)
    found = Found(one, begin, own, following(sums, seen, bias, layer.then))
    if found.near.explained:
        return found
    inside, filled = _filled(seen, bias, layer.then)
    if filled and all(n > 1 for n in seen[inside].shape[1:]):
        masked = following(sums[inside], seen[inside], bias, layer.then)
        if masked.near.explained:
            return Found(one, begin, own, masked, filled)
    return found


def _filled(y: Array, bias: Array | None, then: Sequence[Step]) -> tuple[tuple[slice, ...], str]:
    """The output without the lines at its ends that are all zero, or all bias, or what follows
    makes of these; these in words.
    """
    added = np.zeros(1) if bias is None else bias
    kinds = (0 * added, added, after(0 * added, then), after(added, then))
    held = np.min([abs(y - kind.reshape(-1, *(1,) * (y.ndim - 1))) for kind in kinds], 0)
    names = ("depth", "row", "column")[-(y.ndim - 1) :]
    inside, said = [slice(None)], list[str]()
    for axis, name in enumerate(names, 1):
        other = tuple(n for n in range(y.ndim) if n != axis)
        used = np.flatnonzero(held.max(other))
        first, last = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, y.shape[axis])
        inside.append(slice(first, last))
        ends = [("first", first), ("last", y.shape[axis] - last)]
        said += [
            f"the {which} {f'{count} {name}s' if count > 1 else name}"
            for which, count in ends
            if count
        ]
    return tuple(inside), " and ".join(said)
