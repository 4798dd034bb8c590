"""Where a patch of one output lies on another: by correlation, which no scale or bias disturbs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from xlconv.frozen import frozen
from xlconv.layers.layer import Array

CELLS = {1: 25, 2: 7, 3: 4}
"""Cells of a patch along an axis, by the rank."""

CHANNELS, PLACES = 3, 32
"""Channels of a patch, and places along an axis among which it is chosen."""

LETTERS = "uvw"


@frozen(eq=False)
class Patch:
    """The part of an output with much to see.

    channels, at  its output channels, and its first cell along each axis
    values        (channels, *sizes), without their mean, and as long as 1
    """

    channels: tuple[int, ...]
    at: tuple[int, ...]
    values: Array

    @property
    def size(self) -> tuple[int, ...]:
        return self.values.shape[1:]


def patch(y: Array) -> Patch:
    """The patch that varies most, of the channels that do."""
    rank = y.ndim - 1
    varied = np.argsort(-y.reshape(len(y), -1).std(1), kind="stable")[:CHANNELS]
    size = [min(CELLS[rank], n) for n in y.shape[1:]]
    windows = sliding_window_view(y[varied], size, tuple(range(1, y.ndim)))
    hops = [max(1, n // PLACES) for n in windows.shape[1 : 1 + rank]]
    seen = windows[(slice(None), *(slice(None, None, hop) for hop in hops))]
    inner = tuple(range(-rank, 0))
    spread = seen.std(inner) / (np.abs(y[varied]).max() or 1.0)
    told = (spread > 0).sum(0) + spread.sum(0)
    place = np.unravel_index(int(told.argmax()), told.shape)
    at = tuple(int(n) * hop for n, hop in zip(place, hops, strict=True))
    return Patch(tuple(map(int, varied)), at, _normal(windows[(slice(None), *at)]))


def _normal(values: Array) -> Array:
    axes = tuple(range(1, values.ndim))
    centred = values - values.mean(axes, keepdims=True)
    length = np.sqrt(np.square(centred).sum(axes, keepdims=True))
    normal = np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-12)
    return np.asarray(normal)


def correlation(full: Array, wanted: Array) -> Array:
    """How much each place of an output is like a patch: 1 is the same but for scale and bias.

    full     (channels, *sizes)
    wanted   the values of a patch, of as many channels, or of one for all
    returns  (channels, *places)
    """
    wanted = np.broadcast_to(wanted, (len(full), *wanted.shape[1:]))
    size, letters = wanted.shape[1:], LETTERS[: full.ndim - 1]
    windows = sliding_window_view(full, size, tuple(range(1, full.ndim)))
    sums, squares = _window_sums(full, size), _window_sums(np.square(full), size)
    dots = np.einsum(f"c...{letters},c{letters}->c...", windows, wanted)
    variance = np.maximum(squares - sums * sums / np.prod(size), 0)
    least = 1e-12 * (np.square(full).max() or 1.0)
    lengths = np.sqrt(variance)
    likeness = np.divide(dots, lengths, out=np.zeros_like(dots), where=variance > least)
    return np.asarray(likeness)


def _window_sums(full: Array, size: Sequence[int]) -> Array:
    """The sum of the window at each place, by running sums along each axis."""
    for axis, cells in enumerate(size, 1):
        running = np.cumsum(np.insert(full, 0, 0, axis), axis).swapaxes(0, axis)
        full = (running[cells:] - running[:-cells]).swapaxes(0, axis)
    return full
