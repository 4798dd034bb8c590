"""The search: what is supposed, the simplest first, until something explains the whole output."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import prod

from xlconv.differing.correlation import Patch
from xlconv.differing.judging import Found, Place, Supposed, judged, places, supposed, varied
from xlconv.differing.learnt import offset, reordered, weighed
from xlconv.differing.nearness import EVEN, ranked
from xlconv.layers.layer import Array, Layer

WORK, JUDGEMENTS = 6e8, 3e8
"""Products of numbers that a search may take, and those of one round of judgements."""

MOST = 3
"""What may differ at once in how arrays are read and stamps laid, apart from the crop and what
follows the sums."""

ROUND, KEPT = 200, 16
"""Suppositions whose likeness is known before the best of them are judged; and how many are."""

AS_LIKE = 0.98
"""The part of the likeness of what explains the output that others must have to explain it."""

LIKELY = 0.6
"""The likeness below which nothing is judged."""


def search(layer: Layer, theirs: Array) -> list[Found]:
    """What may explain an output, the best first.

    theirs  (out_channels, *sizes)
    """
    every = list(islice(supposed(layer, theirs), MOST + 1))
    simple = [one for group in every[:2] for one in group]
    own = tuple(axis.padding[0] for axis in layer.geometry.axes)
    found, seen = [judged(layer, simple[0], own)], list[Place]()
    looked, left = dict[int, Patch](), WORK
    for cost, group in enumerate(map(iter, every)):
        if cost == 2 and not found[0].near.explained:
            found = ranked([*found, *_judged(layer, _learnt(layer, simple, seen, own))])
        while some := [*islice(group, ROUND)]:
            if cost > 1 and (left < 0 or found[0].near.explained):
                return found
            near = sorted(_near(some, looked), key=lambda place: -place[0])
            left -= sum(map(_work, some))
            seen = sorted([*seen, *near], key=lambda place: -place[0])[:KEPT]
            found = ranked([*found, *_judged(layer, near)])
    return found


def _near(some: list[Supposed], looked: dict[int, Patch]) -> Iterator[Place]:
    for one in some:
        yield from places(one, looked)


def _judged(layer: Layer, near: list[Place]) -> Iterator[Found]:
    """The most alike, judged on the whole output: of large ones fewer."""
    left, least = JUDGEMENTS, LIKELY
    for n, (likeness, one, begin) in enumerate(near[:KEPT]):
        channels = len(varied(one.y.value))
        left -= channels * one.y.value[0].size * len(one.x.value) * prod(one.weight.shape[2:])
        if likeness < least or (left < 0 and n > 1):
            return
        yield (found := judged(layer, one, begin))
        if found.near.explained:  # what explains as well is as much alike
            least = max(least, AS_LIKE * likeness)


def _work(one: Supposed) -> float:
    """About how many products a likeness takes."""
    extents = one.steps.value.extents(one.weight.shape[2:])
    around = prod(2 * e + 2 * s + 8 for e, s in zip(extents, one.steps.value.stride, strict=True))
    return (
        3.0
        * around
        * (len(one.x.value) * prod(one.weight.shape[2:]) / prod(one.steps.value.stride) + 60)
    )


def _learnt(
    layer: Layer, simple: list[Supposed], seen: list[Place], own: tuple[int, ...]
) -> list[Place]:
    """What the numbers tell themselves, of what is most alike."""
    plain = [one for one in simple if one.cost == 0 or one.turn.words]
    near = [place for one in plain for place in reordered(one)]
    near += [
        place
        for _, one, begin in [*((1.0, one, own) for one in plain), *seen[:4]]
        for place in (*weighed(layer, one, begin), *offset(layer, one, begin))
    ]
    return sorted(near, key=lambda place: -place[0])


def ties(found: list[Found]) -> list[Found]:
    """Others that explain the output as well as the best: the numbers cannot tell them apart."""
    best = found[0]
    bound = max(EVEN * best.near.error, 1e-9)
    told, others = {sentence(best)}, []
    for other in found[1:]:
        even = other.near.explained and other.near.error <= bound
        if even and other.cost <= best.cost + 1 and sentence(other) not in told:
            told.add(sentence(other))
            others.append(other)
    return others


def sentence(found: Found) -> tuple[object, ...]:
    """What tells one finding from another."""
    words = [way.words for way in found.supposed.ways if way.words]
    return (*words, found.begin, *found.after.words)
