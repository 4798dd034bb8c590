"""Suppositions that no table can list: orders and factors that the numbers themselves tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

import numpy as np

from xlconv.differing.correlation import correlation, patch
from xlconv.differing.judging import Place, Supposed
from xlconv.differing.readings import Way
from xlconv.differing.uncropped import uncropped
from xlconv.layers.layer import Array, Layer

MOST = 64
"""Channels up to which their order or their factors are asked for."""

OUTPUTS, CELLS = 4, 1_600
"""Output channels, and cells of each, that the factors are told by."""

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
    x, w, y = one.x.value, one.w.value, one.y.value
    ins, size = len(x), [min(n, round(CELLS ** (1 / (y.ndim - 1)))) for n in y.shape[1:]]
    if layer.geometry.groups > 1 or not 1 < ins <= MOST or prod(size) < 2 * (ins + 1):
        return
    # what each input channel brings alone, as its own group
    alone = replace(one.steps.value, groups=ins)
    corner = tuple(slice(n) for n in size)
    factors = []
    for o in range(min(OUTPUTS, len(y))):
        maps = uncropped(x, one.weight[:, [o]], alone, range(ins), begin, size)
        rows = np.vstack([maps.reshape(ins, -1), np.ones(prod(size))])
        # by the normal equations, which are small: half the digits, and enough to be judged by
        told = np.linalg.lstsq(rows @ rows.T, rows @ y[o][corner].ravel(), rcond=None)[0]
        factors.append(told[:ins])
    each, strengths, _ = np.linalg.svd(np.array(factors).T, full_matrices=False)
    told = each[:, 0] * strengths[0] * np.sign(each[:, 0].sum() or 1) / np.sqrt(len(factors))
    if not np.isfinite(told).all() or np.ptp(told) < 1e-4 * abs(told).max():
        return
    as_theirs = w * told.reshape(-1, *(1,) * (w.ndim - 1))
    yield 1.0, replace(one, w=Way(_factors(told), as_theirs)), begin


def _factors(told: Array) -> str:
    """Factors of input channels in words: of some, nothing may be left."""
    gone = np.flatnonzero(abs(told) < NOTHING * abs(told).max())
    if len(gone):
        channel = _some(gone.tolist())
        return (
            f"input channel{'s' * (len(gone) > 1)} {channel} bring{'s' * (len(gone) == 1)} nothing"
        )
    listed = _some([f"{factor:.4g}" for factor in told])
    return (
        f"the weights of each input channel have a factor of their own: {listed} (a scale per"
        " channel along the wrong axis)"
    )


def _some(items: Sequence[object], most: int = 8) -> str:
    return ", ".join(map(str, items[:most])) + (", ..." if len(items) > most else "")
