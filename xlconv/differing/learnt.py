"""Suppositions that no table can list: orders and factors that the numbers themselves tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

import numpy as np

from xlconv.differing.activations import of_steps
from xlconv.differing.correlation import correlation, patch
from xlconv.differing.judging import Place, Supposed
from xlconv.differing.readings import Way
from xlconv.differing.uncropped import uncropped
from xlconv.layers.layer import Array, Layer
from xlconv.layers.then import Step

MOST = 64
"""Channels up to which their order or their factors are asked for."""

OUTPUTS, CELLS = 4, 1_600
"""Output channels, and cells of each, that the factors are told by."""

FEW = 4
"""Input channels up to which each may have a factor and a constant."""

NOTHING = 1e-3
"""The factor of what is left out, as a part of the largest."""


def reordered(one: Supposed) -> Iterator[Place]:
    """The output channels in whichever order they are most alike."""
    y = one.y.value
    if not 1 < len(y) <= MOST:
        return
    wanted = patch(y)
    over = [a - b for a, b in zip(one.full_size, y.shape[1:], strict=True)]
    extents = one.steps.value.extents(one.weight.shape[2:])
    first = [min(0, t) - e for t, e in zip(over, extents, strict=True)]
    wide = [abs(t) + 2 * e for t, e in zip(over, extents, strict=True)]
    begin = [a + f for a, f in zip(wanted.at, first, strict=True)]
    around = [a + b for a, b in zip(wanted.size, wide, strict=True)]
    likeness = correlation(one.part(range(len(y)), begin, around), wanted.values[:1])
    _, *at = np.unravel_index(int(likeness.argmax()), likeness.shape)
    crop = tuple(int(f + a) for f, a in zip(first, at, strict=True))
    alike = _alike(y, one.part(range(len(y)), crop, y.shape[1:]))
    order = alike.argmax(1).tolist()  # which of ours each of theirs is
    if sorted(order) == [*range(len(y))] != order:
        words = f"the output channels are in the order {_some(order)} of yours"
        as_ours = Way(words, y[np.argsort(order)])
        yield float(alike.max(1).mean()), replace(one, y=as_ours), crop


def _alike(one: Array, other: Array) -> Array:
    """The correlation of every channel with every other."""
    rows = []
    for a in (one, other):
        flat = a.reshape(len(a), -1)
        flat = flat - flat.mean(1, keepdims=True)
        rows.append(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-30))
    return np.asarray(rows[0] @ rows[1].T)


def weighed(layer: Layer, one: Supposed, begin: tuple[int, ...]) -> Iterator[Place]:
    """The weights of each input channel times the factor that fits best."""
    x, w, y = one.x.value, one.w.value, sums_of(layer, one.y.value)
    ins, size = len(x), _near(y)
    if layer.geometry.groups > 1 or not 1 < ins <= MOST or prod(size) < 2 * (ins + 1):
        return
    # what each input channel brings alone, as its own group
    alone = replace(one.steps.value, groups=ins)
    corner = tuple(slice(n) for n in size)
    factors, likeness = [], []
    for o in range(min(OUTPUTS, len(y))):
        maps = uncropped(x, one.weight[:, [o]], alone, range(ins), begin, size)
        rows = np.vstack([maps.reshape(ins, -1), np.ones(prod(size))])
        told, alike = _fitted(rows, y[o][corner].ravel())
        if alike:
            factors.append(told[:ins])
            likeness.append(alike)
    if not factors:
        return
    each, strengths, _ = np.linalg.svd(np.array(factors).T, full_matrices=False)
    told = each[:, 0] * strengths[0] * np.sign(each[:, 0].sum() or 1) / np.sqrt(len(factors))
    if not np.isfinite(told).all() or np.ptp(told) < 1e-4 * abs(told).max():
        return
    as_theirs = w * told.reshape(-1, *(1,) * (w.ndim - 1))
    yield float(np.mean(likeness)), replace(one, w=Way(_factors(told), as_theirs)), begin


def offset(layer: Layer, one: Supposed, begin: tuple[int, ...]) -> Iterator[Place]:
    """A constant that is added to the input or to the weight, as a zero point is; of a few input
    channels each times a factor, plus a constant.
    """
    x, w, y = one.x.value, one.w.value, sums_of(layer, one.y.value)
    outs, size = range(min(OUTPUTS, len(y))), _near(y)
    seen = y[(slice(len(outs)), *map(slice, size))].ravel()
    biases = np.repeat(np.eye(len(outs)), prod(size), axis=1)

    def brought(x: Array, w: Array) -> Array:
        return replace(one, x=Way("", x), w=Way("", w)).part(outs, begin, size).ravel()

    def told(*rows: Array) -> tuple[Array, float]:
        return _fitted(np.vstack([*rows, biases]), seen)

    (factor, added, *_), like = told(brought(x, w), brought(np.ones_like(x), w))
    if words := _zero_point("input", factor, added, x):
        yield like, replace(one, x=Way(words, x + added / factor)), begin
    (factor, added, *_), like = told(brought(x, w), brought(x, np.ones_like(w)))
    if words := _zero_point("weight", factor, added, w):
        yield like, replace(one, w=Way(words, w + added / factor)), begin
    if 1 < len(x) <= FEW and seen.size > 8 * len(x):
        alone = [np.where(np.arange(len(x)) == i, 1.0, 0.0) for i in range(len(x))]
        masks = [mask.reshape(-1, *(1,) * (x.ndim - 1)) for mask in alone]
        each, like = told(*(brought(a * mask, w) for a in (x, np.ones_like(x)) for mask in masks))
        factors, added = each[: len(x)], each[len(x) : 2 * len(x)]
        if _of_each(factors, added, abs(x).max()):
            times, plus = (_some(_told(values)) for values in (factors, added))
            words = f"the input channels are normalised in another way: times {times}, plus {plus}"
            made = (x.T * factors + added).T
            yield like, replace(one, x=Way(words, made, rare=True)), begin


def _of_each(factors: Array, added: Array, largest: float) -> bool:
    """Whether each has a factor and a constant of its own, not what simpler words tell."""
    usual = abs(factors).max()
    alike = np.ptp(factors) < NOTHING * usual and np.ptp(added) < NOTHING * usual * largest
    return bool(abs(added).max() > NOTHING * usual * largest and not alike)


def _zero_point(name: str, factor: float, added: float, values: Array) -> str:
    """A constant that is added, in words; "" where there is none to speak of."""
    point = -added / factor if factor else np.inf
    if not 1e-4 * abs(values).max() < abs(point) < np.inf:
        return ""
    if point > 0:
        return f"{point:.5g} is taken off the {name}, as its zero point is"
    return f"{-point:.5g} is added to the {name}, as where its zero point is not taken off"


def sums_of(layer: Layer, y: Array) -> Array:
    """What an output was before the steps that follow the layer; NaN where it does not tell that,
    as behind a ReLU, which one that is 0 and never below is taken for.
    """
    cut = (Step("relu"),) if y.min() == 0 else ()
    return of_steps(layer.then or cut).before(y)


def _near(y: Array) -> list[int]:
    """Cells along each axis from which something is learnt."""
    return [min(n, round(CELLS ** (1 / (y.ndim - 1)))) for n in y.shape[1:]]


def _fitted(rows: Array, wanted: Array) -> tuple[Array, float]:
    """How much of each row makes what is wanted, and how much like it that is.

    By the normal equations, which are small: half the digits, and enough to be judged by. Where too
    little is known of what is wanted, nothing is like it.
    """
    known = np.isfinite(wanted)
    if known.sum() < 2 * len(rows):
        return np.zeros(len(rows)), 0.0
    rows, wanted = rows[:, known], wanted[known]
    each = np.linalg.lstsq(rows @ rows.T, rows @ wanted, rcond=None)[0]
    left, spread = np.square(wanted - each @ rows).sum(), np.square(wanted - wanted.mean()).sum()
    alike = np.sqrt(max(0.0, 1 - left / spread)) if spread > 0 else 0.0
    return np.asarray(each), float(alike)


def _factors(told: Array) -> str:
    """Factors of input channels in words: of some, nothing may be left."""
    gone = np.flatnonzero(abs(told) < NOTHING * abs(told).max())
    if len(gone):
        channel = _some(gone.tolist())
        return (
            f"input channel{'s' * (len(gone) > 1)} {channel} bring{'s' * (len(gone) == 1)} nothing"
        )
    return (
        f"the weights of each input channel have a factor of their own: {_some(_told(told))} (a"
        " scale per channel along the wrong axis)"
    )


def _told(values: Array) -> list[str]:
    """Numbers in words: what is only rounding beside the largest is 0."""
    noise = 1e-9 * abs(values).max()
    return [f"{v:.4g}" if abs(v) > noise else "0" for v in values.tolist()]


def _some(items: Sequence[object], most: int = 8) -> str:
    return ", ".join(map(str, items[:most])) + (", ..." if len(items) > most else "")
