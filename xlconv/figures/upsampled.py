"""Maps made larger by a layer's stride: zeros between, each input repeated, or interpolated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import floor, prod

from xlconv.grid.expr import Expr, Grid, total
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry

Share = tuple[slice, list[tuple[slice, float]]]
"""Cells of an axis, and the inputs that they are made of, each with its weight."""


def filled(
    sheet: Sheet, g: Geometry, way: str, x: Grid
) -> Iterator[tuple[tuple[slice, ...], Expr]]:
    """The cells of a map larger by the stride, and what each is as a sum of inputs.

    way  "zeros", "nearest" or "bilinear"
    x    (in_channels, *sizes)
    """
    shares = [WAYS[way](axis) for axis in g.axes]
    sheet.afford(prod(sum(len(inputs) for _, inputs in axis) for axis in shares))
    if sheet.plan:
        return
    for chosen in product(*shares):
        terms: list[Expr] = []
        for taps in product(*(inputs for _, inputs in chosen)):
            weight = prod(share for _, share in taps)
            cells = x[(slice(None), *(inputs for inputs, _ in taps))]
            terms.append(cells if weight == 1 else cells * weight)
        yield tuple(cells for cells, _ in chosen), total(terms)


def _zeros(axis: Axis) -> list[Share]:
    return [(slice(0, None, axis.stride), [(slice(0, axis.size), 1.0)])]


def _nearest(axis: Axis) -> list[Share]:
    return [
        (slice(start, None, axis.stride), [(slice(0, axis.size), 1.0)])
        for start in range(axis.stride)
    ]


def _bilinear(axis: Axis) -> list[Share]:
    """Each cell lies between two inputs; beyond the outer ones, their values go on.

    Source: the centres of s cells are spread over one input, as align_corners=False has it.
    """
    n, s, shares = axis.size, axis.stride, list[Share]()
    for start in range(s):
        at = (2 * start + 1 - s) / (2 * s)  # of the first such cell, among the inputs
        first, part = floor(at), at - floor(at)
        if part == 0:
            shares.append((slice(start, None, s), [(slice(0, n), 1.0)]))
            continue
        edge = 0 if first < 0 else n - 1
        shares.append(
            (slice(start + s * edge, start + s * edge + 1), [(slice(edge, edge + 1), 1.0)])
        )
        if n > 1:
            begin = start - s * first
            between = [(slice(0, n - 1), 1 - part), (slice(1, n), part)]
            shares.append((slice(begin, begin + s * (n - 2) + 1, s), between))
    return shares


WAYS = {"zeros": _zeros, "nearest": _nearest, "bilinear": _bilinear}
