"""Any part of a layer's uncropped output, fast: what thousands of suppositions are tried on.

The model says the same from the definition, slowly; a test holds this against it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlconv.frozen import frozen
from xlconv.layers.layer import Array


@frozen
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
    full = _full(near, w, steps, channels)
    # where the stamps of the first near input begin, seen from the part that is wanted
    into, out = [], []
    for a, (b, m, _, s, _), f in zip(first, each, full.shape[1:], strict=True):
        at = a * s - b
        into.append(slice(max(0, at), max(0, min(m, at + f))))
        out.append(slice(max(0, -at), max(0, min(f, m - at))))
    y[(slice(None), *into)] = full[(slice(None), *out)]
    return y


def _full(x: Array, w: Array, steps: Steps, channels: Sequence[int]) -> Array:
    """The whole uncropped output of some channels."""
    grouped = (steps.groups, -1)
    groups, members = np.unique(np.floor_divide(channels, w.shape[1]), return_inverse=True)
    filters, kinds = np.unique(np.mod(channels, w.shape[1]), return_inverse=True)
    inputs = x.reshape(*grouped, *x.shape[1:])[groups]
    weights = w.reshape(*grouped, *w.shape[1:])[groups][:, :, filters]
    return np.asarray(_stamped(inputs, weights, steps)[members, kinds])


def _stamped(x: Array, w: Array, steps: Steps) -> Array:
    """All stamps of each group, added: a product of matrices for each weight of the kernel.

    x, w      (groups, in_channels, *sizes), (groups, in_channels, out_channels, *kernel_sizes)
    returns   (groups, out_channels, *sizes)
    """
    size, kernel_size = x.shape[2:], w.shape[3:]
    y = np.zeros((len(x), w.shape[2], *steps.full_size(size, kernel_size)))
    flat, columns = x.reshape(*x.shape[:2], -1), w.swapaxes(1, 2)
    for u in np.ndindex(*kernel_size):
        reached = tuple(
            slice(d * at, d * at + (n - 1) * s + 1, s)
            for d, at, n, s in zip(steps.dilation, u, size, steps.stride, strict=True)
        )
        sums = columns[(..., *u)] @ flat
        y[(slice(None), slice(None), *reached)] += sums.reshape(*y.shape[:2], *size)
    return y
