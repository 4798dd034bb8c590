"""Channels: each input channel has a kernel of its own for each output channel; results add up."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from xlconv.figures.blocks import (
    bias_figure,
    integers_figure,
    output_figure,
    scaled_figure,
    steps,
    tints,
)
from xlconv.figures.edges import indices, name_slices, weight_name
from xlconv.figures.layout import DOWNWARD, Led, Part, Table
from xlconv.figures.notes import named, note
from xlconv.figures.operations import Tap, accumulated, afford, written
from xlconv.figures.paper import Together, arrange
from xlconv.figures.sums import listed, summed
from xlconv.figures.then import then_figures
from xlconv.figures.titles import times
from xlconv.grid.expr import Expr
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot, box_size, start, under
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer

NAMED = 8
"""Parts that are named one by one in the sum under an output channel."""


def channels(sheet: Sheet, layer: Layer) -> None:
    """A row for each input channel: its values, its kernels, its part of each output channel."""
    g = layer.geometry
    at_x, at_parts = sheet.corner(), sheet.corner()
    shapes = [shape[-g.rank :] for shape in (g.input_shape, g.weight_shape, g.canvas_shape)]
    moves = [steps(shape, g.rank, 0) for shape in shapes]
    (x_high, _), (w_high, w_wide), (high, wide) = map(box_size, shapes, moves)
    last = {"i": g.in_channels - 1, "o": g.out_channels - 1}  # has the longest words
    w_wide = max(w_wide, sheet.behind(at_x, sheet.say("kernel_of", **last), "caption")) + 2
    biased = layer.bias is not None
    captions = [sheet.say("part_of", **last), *_sum_words(sheet, g, last["o"], biased)]
    wide = max(wide, *(sheet.behind(at_x, words, "caption") for words in captions)) + 2
    down, across = (max(x_high, w_high, high) + 3 + _deep(g), 0), (0, w_wide + wide)

    q, weight = _weight(sheet, layer)
    q_x, numbers = _input(sheet, layer)
    given_x: dict[str, Any] = {"content": numbers, "steps": (down, *moves[0])}
    x = sheet.block("input", at_x, g.input_shape, role="computed" if q_x else "input", **given_x)
    given_w: dict[str, Any] = {"role": "computed" if q else "kernel", "tint": tints(g)}
    at_w, steps_w = at_parts.shift(0, -w_wide), (down, across, *moves[1])
    w = sheet.block("kernel", at_w, g.weight_shape, content=weight, steps=steps_w, **given_w)
    shape = (*g.weight_shape[:2], *g.canvas_shape[1:])
    parts = sheet.block("parts", at_parts, shape, role="computed", steps=(down, across, *moves[2]))
    inputs, *between = _write_parts(sheet, g, x, w, parts)
    several = g.out_channels > 1
    steps_y = (across, *moves[2])
    y = output_figure(sheet, layer, words="", steps=steps_y, numbered=several)
    b = bias_figure(sheet, layer)
    sums = _added(sheet, g, y.cells, parts, None if b is None else b.cells)
    axes = note(sheet, *_kernel_axes(sheet, g).splitlines(), role="text")
    given = Part(at_x.anchor, captions=[inputs])
    made = Part(at_parts.anchor, captions=between)
    added = replace(y, captions=[sums])
    more = [part for part in (q_x, q, then_figures(sheet, layer, y.kept)) if part]
    if several:
        arrange(sheet, Together(Table([[given, made], [b, Led(added, DOWNWARD)]])), *more, axes)
    else:
        arrange(sheet, Together(given | made) >> added / b / axes, *more)


def _input(sheet: Sheet, layer: Layer) -> tuple[Part | None, Any]:
    """What stands in the input: its numbers, or a formula of the integers that it is made of."""
    if layer.scaled is None:
        return None, layer.input
    words = sheet.say("integers_of_input")
    return scaled_figure(sheet, layer, sheet.corner(), words)


def _weight(sheet: Sheet, layer: Layer) -> tuple[Part | None, Any]:
    """What stands in the kernel: its numbers, or a formula of the integers that it is made of."""
    if layer.quantised is None:
        return None, layer.weight
    g, words = layer.geometry, sheet.say("integers")
    look = {"tint": tints(g), "each": weight_name(sheet, g)}
    return integers_figure(sheet, layer.quantised, g, sheet.corner(), words, **look)


def _write_parts(
    sheet: Sheet, g: Geometry, x: Grid, w: Grid, parts: Grid
) -> tuple[list[Spot], list[Spot], list[Spot]]:
    """Write what each input channel brings to each output channel, with captions over all.

    returns  where those of the input, of the kernel and of what it brings begin
    """

    def term(f: int, i: int, tap: Tap) -> Expr:
        inputs, offsets = tap
        return x[(i, *inputs)] * w[(i, f, *offsets)]

    runs, alike = [axis.canvas_runs for axis in g.axes], g.in_channels * g.weight_shape[1]
    afford(sheet, runs, 1, alike)
    for i in written(sheet, parts):
        for f in written(sheet, parts[i]):
            accumulated(sheet, parts[i, f], runs, partial(term, f), range(i, i + 1), alike=alike)
    for cells in (x, w, parts):
        name_slices(sheet, cells, g.rank)
    above = -1 - _deep(g)
    captions = list[Spot](), list[Spot](), list[Spot]()
    for i in sorted({0, *written(sheet, parts)}):  # a plan, too, has words above the first
        captions[0].append(named(sheet, start(x[i]).shift(above), sheet.say("input_channel", i=i)))
        for f in written(sheet, parts[i]):
            for cells, key, spots in (
                (w, "kernel_of", captions[1]),
                (parts, "part_of", captions[2]),
            ):
                words = sheet.say(key, i=i, o=g.targets(i)[f])
                spots.append(named(sheet, start(cells[i, f]).shift(above), words))
            sheet.text(start(parts[i, f]).shift(0, -1), "=", "path")
        sheet.text(start(w[i, 0]).shift(0, -1), "∗", "path")
    return captions


def _deep(g: Geometry) -> bool:
    """Whether slices have words of their own, under those of their channel."""
    return g.rank > 2


def _added(sheet: Sheet, g: Geometry, y: Grid, parts: Grid, bias: Grid | None) -> list[Spot]:
    """Write each output channel as the sum of its parts, and say so above and under it.

    returns  where the words above begin
    """
    captions = list[Spot]()

    def part(o: int, i: int) -> Expr:
        return parts[i, g.filter(o)]

    sheet.afford(len(g.sources(0)) * g.out_channels)
    for o in written(sheet, y):
        terms = listed(sheet, g.sources(o), partial(part, o))
        more: list[Expr] = [] if bias is None else [bias[o]]
        summed(sheet, y[o], [(..., terms + more)], g.out_channels)
        if g.rank == 1 and o:  # the first row's indices are there
            indices(sheet, y[o], 1, g.firsts)
        above, below = _sum_words(sheet, g, o, bool(more))
        line = 1 + _deep(g) + (g.out_channels > 1)  # an only one is not numbered
        captions.append(named(sheet, start(y[o]).shift(-line), above))
        sheet.text(under(y[o]), below, "note")
    return captions


def _sum_words(sheet: Sheet, g: Geometry, o: int, biased: bool) -> tuple[str, str]:
    """What stands above and under an output channel: its name, and what is added."""
    every = g.sources(o)
    few = len(every) <= NAMED
    names = [sheet.say("part", i=i) for i in (every if few else (every[0], every[-1]))]
    if not few:
        names.insert(1, "…")
    names += [sheet.say("bias")] * biased
    return sheet.say("output_channel", o=o), f"= {' + '.join(names)}"


def _kernel_axes(sheet: Sheet, g: Geometry) -> str:
    """The axes of the kernel, here and in a plain convolution, in words."""
    sizes = ["kD", "kH", "kW"][-g.rank :] if g.rank > 1 else ["kL"]
    per = "/groups" if g.groups > 1 else ""
    here, plain = (
        ", ".join([first, second + per, *sizes])
        for first, second in (("in_channels", "out_channels"), ("out_channels", "in_channels"))
    )
    return sheet.say("layout", shape=times(g.weight_shape), axes=here, plain_axes=plain)
