"""Upsampling: put zeros between, repeat, or interpolate; then the same convolution each time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import floor, prod

from xlconv.figures.figure import (
    LEFT,
    TOP,
    collected,
    indices,
    output_blocks,
    plain,
    sources,
    steps,
    tapped,
    turned_kernel,
    verdict,
)
from xlconv.grid.expr import Expr, Grid, total
from xlconv.grid.places import Place, below, beside
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.layer import Layer

Share = tuple[slice, list[tuple[slice, float]]]
"""Cells of an axis, and the inputs that they are made of, each with its weight."""


def upsampling(sheet: Sheet, layer: Layer) -> None:
    """The input made larger in three ways, and each of them convolved with the turned kernel."""
    g = layer.geometry
    src = sources(sheet, layer)
    last = src.weight if src.bias is None else src.bias
    t = turned_kernel(sheet, g, src.weight, (below(last, 2), LEFT))
    sheet.text((t.origin[0] - 1, LEFT), sheet.say("turned_short"), "caption")
    left = max(beside(grid, 3) for grid in (src.input, src.weight, t))
    column, results = max(left, LEFT + 7), []
    for way in WAYS:
        larger = _larger(sheet, g, way, src.input, (TOP, column))
        shape = g.output_shape
        y = sheet.block(
            f"{way}_output", (below(larger, 4), column), shape, steps=steps(shape, g.rank, 1),
            role="output" if way == "zeros" else "computed",
            claim=("conv_transpose", layer) if way == "zeros" else None,
        )  # fmt: skip
        words = sheet.say(f"after_{way}", size=plain(shape, 1))
        sheet.text((y.origin[0] - 2, column), words, "caption")
        indices(sheet, y, g.rank)
        collected(
            sheet, y, g, t, larger[(slice(None), *(_margins(axis)[2] for axis in g.axes))], src.bias
        )
        sheet.scale(y)
        results.append(y)
        column = max(sheet.columns + 2, beside(larger, 3), beside(y, 3))
    at = (below(results[0], 4), results[0].origin[1])
    canvas, again, _ = output_blocks(
        sheet, layer, at, "distribute_output", sheet.say("by_distributing", size=plain(shape, 1))
    )
    tapped(sheet, canvas, g, src.input, src.weight, src.bias)
    verdict(sheet, (below(canvas), at[1]), (results[0], again))


def _margins(axis: Axis) -> tuple[int, int, slice]:
    """Zeros before and after s·n cells, and the part that the turned kernel slides over."""
    lead = axis.extent - 1 - axis.padding[0]
    before, start = max(0, lead), max(0, -lead)
    end = start + axis.output_size + axis.extent - 1
    return before, max(0, end - before - axis.stride * axis.size), slice(start, end)


def _larger(sheet: Sheet, g: Geometry, way: str, x: Grid, at: Place) -> Grid:
    """The input, s times larger along each axis, inside the margin that the kernel needs."""
    margins = [_margins(axis) for axis in g.axes]
    sizes = [
        a + axis.stride * axis.size + b for (a, b, _), axis in zip(margins, g.axes, strict=True)
    ]
    shape = (g.in_channels, *sizes)
    field = sheet.block(
        f"{way}_field", at, shape, steps=steps(shape, g.rank, 1), role="zero", content=0.0
    )  # fmt: skip
    places = [
        slice(a, a + axis.stride * axis.size)
        for (a, _, _), axis in zip(margins, g.axes, strict=True)
    ]
    inner = field[(slice(None), *places)]
    for cells, terms in filled(sheet, g, way, x):
        inner[(slice(None), *cells)] = terms
        sheet.coat(inner[(slice(None), *cells)], "copy")
    sheet.text((at[0] - 2, at[1]), sheet.say(f"way_{way}"), "caption")
    indices(sheet, field, g.rank, [-a for a, _, _ in margins])
    return field


def filled(
    sheet: Sheet, g: Geometry, way: str, x: Grid
) -> Iterator[tuple[tuple[slice, ...], Expr]]:
    """The cells of the larger map, and what each is as a sum of inputs.

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
