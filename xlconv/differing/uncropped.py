"""Any part of a layer's uncropped output, fast: what thousands of suppositions are tried on.

The model says the same from the definition, slowly; a test holds this against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xlconv.layers.layer import Array


@dataclass(frozen=True)
class Steps:
    """How stamps are laid: for each axis the stride and the dilation; and the groups."""

    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int = 1

    def extents(self, kernel_size: Sequence[int]) -> tuple[int, ...]:
        """Cells that a kernel spans."""
        return tuple(d * (k - 1) + 1 for d, k in zip(self.dilation, kernel_size, strict=True))

    def full_size(self, size: Sequence[int], kernel_size: Sequence[int]) -> tuple[int, ...]:
        """Cells of the uncropped output."""
        extents = self.extents(kernel_size)
        return tuple((n - 1) * s + e for n, s, e in zip(size, self.stride, extents, strict=True))


def uncropped(
    x: Array,
    w: Array,
    steps: Steps,
    channels: Sequence[int],
    begin: Sequence[int],
    size: Sequence[int],
) -> Array:
    """Some cells of the uncropped output of some channels, without a bias; zeros beyond it.

    x, w      (in_channels, *sizes), (in_channels, out_channels // groups, *kernel_sizes)
    begin     the first cell along each axis, which may be negative
    returns   (channels, *size)

    >>> x, w = np.ones((1, 2)), np.array([[[1.0, 2]]])
    >>> uncropped(x, w, Steps((2,), (1,)), [0], [-1], [6]).tolist()
    [[0.0, 1.0, 2.0, 1.0, 2.0, 0.0]]
    """
    y, extents = np.zeros((len(channels), *size)), steps.extents(w.shape[2:])
    each = list(zip(begin, size, extents, steps.stride, x.shape[1:], strict=True))
    first = [max(0, -(-(b - e + 1) // s)) for b, _, e, s, _ in each]
    last = [min(n - 1, (b + m - 1) // s) for b, m, _, s, n in each]
    if any(a > b for a, b in zip(first, last, strict=True)):
        return y
    near = x[(slice(None), *(slice(a, b + 1) for a, b in zip(first, last, strict=True)))]
    full = np.zeros((len(channels), *steps.full_size(near.shape[1:], w.shape[2:])))
    for members, inputs, weights in _by_group(near, w, steps.groups, channels):
        full[members] = _stamped(inputs, weights, steps, full.shape[1:])
    # where the stamps of the first near input begin, seen from the part that is wanted
    into, out = [], []
    for a, (b, m, _, s, _), f in zip(first, each, full.shape[1:], strict=True):
        at = a * s - b
        into.append(slice(max(0, at), max(0, min(m, at + f))))
        out.append(slice(max(0, -at), max(0, min(f, m - at))))
    y[(slice(None), *into)] = full[(slice(None), *out)]
    return y


def _by_group(
    x: Array, w: Array, groups: int, channels: Sequence[int]
) -> list[tuple[list[int], Array, Array]]:
    """The wanted channels group by group: where they stand, their inputs, their weights."""
    filters, width = w.shape[1], w.shape[0] // groups
    if groups == 1:
        return [(list(range(len(channels))), x, w[:, list(channels)])]
    found: dict[int, list[int]] = {}
    for n, channel in enumerate(channels):
        found.setdefault(channel // filters, []).append(n)
    return [
        (
            members,
            x[(rows := slice(group * width, (group + 1) * width))],
            w[rows][:, [channels[n] % filters for n in members]],
        )
        for group, members in found.items()
    ]


def _stamped(x: Array, w: Array, steps: Steps, size: tuple[int, ...]) -> Array:
    """All stamps of a group, added: a product of matrices for each weight of the kernel."""
    y, flat = np.zeros((w.shape[1], *size)), x.reshape(len(x), -1)
    for u in np.ndindex(*w.shape[2:]):
        reached = tuple(
            slice(d * at, d * at + (n - 1) * s + 1, s)
            for d, at, n, s in zip(steps.dilation, u, x.shape[1:], steps.stride, strict=True)
        )
        y[(slice(None), *reached)] += (w[(..., *u)].T @ flat).reshape(-1, *x.shape[1:])
    return y
