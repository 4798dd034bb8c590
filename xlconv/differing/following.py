"""What may have been done to a layer's sums: a bias, factors, an activation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from xlconv.differing.activations import ACTIVATIONS, Activation, of_steps, others, prelu
from xlconv.differing.nearness import Nearness, nearness, ranked
from xlconv.frozen import frozen
from xlconv.layers.layer import Array
from xlconv.layers.then import Step

Mask = NDArray[np.bool_]

ROUNDS = 5
"""How often a line is drawn through the points that lie near the last one."""

FEW = 6
"""Cells of a channel from which a factor and a constant of its own can be told."""

OWN = "a factor of its own"

AFTER = "the bias is added after that"

SAME = 2e-3
"""Factors that differ by less are one."""


@frozen(eq=False)
class Following:
    """Sums with what may follow them, and how near that is to the other output.

    factor, constant   (out_channels,): what the sums are multiplied by, and what is then added
    """

    words: tuple[str, ...]
    near: Nearness
    factor: Array
    constant: Array
    activation: Activation

    @property
    def cost(self) -> int:
        """Of factors for each channel more: with so many, much can be explained."""
        return len(self.words) + 2 * any(OWN in words for words in self.words)

    def values(self, sums: Array) -> Array:
        """What becomes of the sums."""
        return _become(sums, self.factor, self.constant, self.activation)


def _become(sums: Array, factor: Array, constant: Array, activation: Activation) -> Array:
    wide = (-1, *(1,) * (sums.ndim - 1))
    with np.errstate(all="ignore"):
        return activation.forward(sums * factor.reshape(wide) + constant.reshape(wide))


def following(sums: Array, y: Array, bias: Array | None, then: Sequence[Step] = ()) -> Following:
    """What most likely followed the sums, so that they became the other output.

    sums, y  (out_channels, *sizes)
    then     the steps that follow in the layer
    """
    bias = np.zeros(len(y)) if bias is None else bias
    own = of_steps(then)
    made = list(_known(sums, y, bias, own))
    if not made[0].near.explained or made[0].near.error > 1e-6:
        in_place = [each for each in others(then) if each.fits(y)]
        made += [one for each in in_place for one in _known(sums, y, bias, each)]
        made += _fitted(sums, y, bias, own)
    if (best := ranked(made)[0]).near.explained:
        return best
    made += [one for each in in_place for one in _fitted(sums, y, bias, each)]
    for activation in _applied(sums, y, bias, then):
        if activation.fits(y):
            made += [*_known(sums, y, bias, activation), *_fitted(sums, y, bias, activation)]
    return ranked(made)[0]


def _applied(sums: Array, y: Array, bias: Array, then: Sequence[Step]) -> Iterator[Activation]:
    """Activations that are not the layer's own, said so."""
    place = f", in place of {', '.join(map(str, then))}" if then else ""
    for activation in (*ACTIVATIONS, *_sloped(sums, y, bias)):
        words = f"{activation.words} is applied after the layer{place}"
        yield replace(activation, words=words)


def _sloped(sums: Array, y: Array, bias: Array) -> Iterator[Activation]:
    """LeakyReLU, of the slope that cells below 0 tell; PReLU, where each channel has its own."""
    whole = (sums.T + bias).T
    below = (whole < 0) & (y != 0)
    if below.sum() < FEW:
        return
    usual = np.median(y[below] / whole[below])
    each = zip(whole, y, below, strict=True)
    slopes = np.array([np.median(b[k] / a[k]) if k.any() else usual for a, b, k in each])
    if np.ptp(slopes) <= SAME * abs(slopes).max():
        slope = float(np.median(slopes))
        yield of_steps([Step("leaky_relu", (slope,))], f"LeakyReLU of slope {slope:.3g}")
    else:
        yield prelu(slopes.reshape(-1, *(1,) * (y.ndim - 1)), f"PReLU of slopes {_listed(slopes)}")


def _known(sums: Array, y: Array, bias: Array, activation: Activation) -> Iterator[Following]:
    """The sums with the bias that is known; without it; with twice as much; of pixels to 255, most
    of which an activation may cut off.
    """
    ones = np.ones(len(y))
    yield _made(sums, y, (), ones, bias, activation)
    if bias.any():
        yield _made(sums, y, ("the bias is left out",), ones, 0 * bias, activation)
        yield _made(sums, y, ("the bias is added twice",), ones, 2 * bias, activation)
    if isfinite(activation.most):
        for factor in (255, 1 / 255):
            yield _worded(sums, y, bias, activation, factor * ones, bias)


def _made(
    sums: Array,
    y: Array,
    words: tuple[str, ...],
    factor: Array,
    constant: Array,
    activation: Activation,
) -> Following:
    said = (*words, *(activation.words,) * bool(activation.words))
    near = nearness(_become(sums, factor, constant, activation), y, activation.apart)
    return Following(said, near, factor, constant, activation)


def _fitted(sums: Array, y: Array, bias: Array, activation: Activation) -> Iterator[Following]:
    """The sums with the factors and constants that fit best, and these in words."""
    if activation.back is None:
        return
    before = activation.before(y)
    ok: Mask = np.isfinite(before).reshape(len(y), -1)
    p, t = sums.reshape(len(y), -1), np.nan_to_num(before, posinf=0, neginf=0).reshape(len(y), -1)
    if ok.sum() < FEW:
        return
    one, told = np.ones(len(y)), ok.any(1)
    medians = [np.median(b[k] - a[k]) if k.any() else 0 for a, b, k in zip(p, t, ok, strict=True)]
    shift = np.where(told, medians, _cutting(p, y, bias, activation))
    yield _made(sums, y, _constants(shift, bias, one, y), one, shift, activation)
    if ok[told].sum(1).min() >= min(FEW, ok.shape[1]) and ok.shape[1] >= FEW:
        factor, constant = _lines(p, t, ok)
        factor = np.where(told, factor, usual := np.median(factor[told]))
        constant = np.where(told, constant, _cutting(usual * p, y, bias, activation))
        yield _worded(sums, y, bias, activation, factor, constant)
    common, constant = _common(p, t, ok, bias)
    yield _worded(sums, y, bias, activation, common, constant)
    yield from _with_zero_point(sums, y, bias, activation, t, ok)


def _cutting(p: Array, y: Array, bias: Array, activation: Activation) -> Array:
    """For each channel that is all cut off a constant that does it, the bias if that does."""
    flat = y.reshape(p.shape)
    below, above = flat.max(1) <= activation.least, flat.min(1) >= activation.most
    low = np.minimum(bias, activation.least - p.max(1))
    high = np.maximum(bias, activation.most - p.min(1))
    return np.select([below, above], [low, high], 0.0)


def _with_zero_point(
    sums: Array, y: Array, bias: Array, activation: Activation, t: Array, ok: Mask
) -> Iterator[Following]:
    """One factor and one constant for all channels, the bias within: an output in 8 bits."""
    whole = sums.reshape(len(y), -1) + bias[:, None]
    factors, points = _lines(whole.reshape(1, -1), t.reshape(1, -1), ok.reshape(1, -1))
    scale, point = float(factors[0]), float(points[0])
    if min(scale * np.ptp(whole), abs(point)) > SAME * abs(y).max():
        scaled = (f"all is multiplied by {_times(scale)}",) * (abs(scale - 1) > SAME)
        added = f"{point:.4g} is added to all, as a zero point of the output is"
        each = np.full(len(y), scale)
        yield _made(sums, y, (*scaled, added), each, scale * bias + point, activation)


def _lines(p: Array, t: Array, ok: Mask) -> tuple[Array, Array]:
    """Factor and constant of each channel: of a line through most of its points."""
    weight = ok.astype(float)
    for _ in range(ROUNDS):
        n = np.maximum(weight.sum(1), 1)
        mp, mt = ((weight * a).sum(1) / n for a in (p, t))
        dp, dt = p - mp[:, None], t - mt[:, None]
        spread = (weight * dp * dp).sum(1)
        factor = np.where(
            spread > 0, (weight * dp * dt).sum(1) / np.where(spread > 0, spread, 1), 1
        )
        constant = mt - factor * mp
        weight = _near(abs(t - factor[:, None] * p - constant[:, None]), ok)
    return factor, constant


def _near(apart: Array, ok: Mask) -> Array:
    """The points that lie no farther off than most do."""
    most = np.array([np.median(a[k]) if k.any() else 0.0 for a, k in zip(apart, ok, strict=True)])
    return (ok & (apart <= 3 * most[:, None] + 1e-12)).astype(float)


def _common(p: Array, t: Array, ok: Mask, bias: Array) -> tuple[Array, Array]:
    """One factor for all channels, with the bias after it, or multiplied by it too."""
    whole = p + bias[:, None]
    near = ok & (abs(whole) > 1e-6 * (abs(whole).max() or 1))
    factor = float(np.median(t[near] / whole[near])) if near.any() else 1.0
    return np.full(len(p), factor), factor * bias


def _worded(
    sums: Array, y: Array, bias: Array, activation: Activation, factor: Array, constant: Array
) -> Following:
    """Factors and constants in words; factors that are nearly one are one."""
    usual = float(np.median(factor)) or 1.0  # of nothing, nothing is told
    added = _constants(constant, bias, factor, y)
    words: tuple[str, ...] = added
    if np.ptp(factor) > SAME * abs(usual):
        told = f"each output channel has {OWN}: {_listed(factor)}"
        if len(added) == 1 and "constant" in added[0]:
            told += f"; and a constant, as BatchNorm has: {_listed(constant)}"
            added = ()
        words = (told, *added)
    else:
        factor = np.full(len(factor), usual)
        if abs(usual - 1) > SAME:
            before = added == (AFTER,)
            told = f"all{' but the bias' * before} is multiplied by {_times(usual)}"
            words = (told, *(() if before else added))
    return _made(sums, y, words, factor, constant, activation)


def _constants(constant: Array, bias: Array, factor: Array, y: Array) -> tuple[str, ...]:
    """What is added to the sums, seen from the bias."""
    within = 1e-4 * (abs(y).max() or 1.0) + SAME * abs(bias).max()
    scaled = np.ptp(factor) > 0 or abs(factor[0] - 1) > SAME

    def alike(other: Array) -> bool:
        return bool((abs(constant - other) <= within).all())

    if alike(factor * bias):
        return ()
    if alike(bias):
        return (AFTER,) if scaled else ()
    if alike(0 * bias):
        return ("the bias is left out",)
    if alike(2 * bias):
        return ("the bias is added twice",)
    if not bias.any():
        return (f"a constant is added to each channel, as a bias is: {_listed(constant)}",)
    return (f"another constant is added to each channel than the bias: {_listed(constant)}",)


def _times(factor: float) -> str:
    """A factor, and what it may come from."""
    if abs(factor / 255 - 1) < SAME:
        return "255, as of an input from 0 to 255 and not to 1"
    if abs(factor * 255 - 1) < SAME:
        return "1/255, as of an input from 0 to 1 and not to 255"
    return f"{factor:.6g}" + (
        f", as where a scale of {1 / factor:.6g} is left out" if factor > 1 else ""
    )


def _listed(values: Array, most: int = 4) -> str:
    return ", ".join(f"{v:.5g}" for v in values[:most]) + (", ..." if len(values) > most else "")
