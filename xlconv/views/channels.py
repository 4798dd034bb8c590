"""Channels: each input channel has a kernel of its own for each output channel; results add up."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from xlconv.figures.blocks import (
    bias_figure,
    output_figure,
    steps,
    tints,
)
from xlconv.figures.edges import indices, name_slices
from xlconv.figures.layout import DOWNWARD, GAPS, NUMBER, Led, Part, Table
from xlconv.figures.meant import input_content, weight_content
from xlconv.figures.notes import named, note
from xlconv.figures.operations import Tap, accumulated, afford, written
from xlconv.figures.paper import PAGE_COLUMNS, Together, arrange
from xlconv.figures.sums import listed, summed
from xlconv.figures.then import then_figures
from xlconv.figures.titles import times
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr
from xlconv.grid.grid import Grid
from xlconv.grid.places import Place, Spot, box_size, start, under
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer

COLUMNS = PAGE_COLUMNS + NUMBER
"""Columns that paper shows of narrow cells, with that of the first caption's number."""

NAMED = 8
"""Parts that are named one by one in the sum under an output channel."""


@frozen
class Room:
    """How far apart the blocks stand.

    moves   the steps within an input, a kernel and a part
    down    from one input channel to the next
    across  from one output channel to the next
    kernel  the columns from a kernel to what it brings
    beside  whether the sums stand beside the parts, else under them
    """

    moves: list[tuple[Place, ...]]
    down: Place
    across: Place
    kernel: int
    beside: bool


def channels(sheet: Sheet, layer: Layer) -> None:
    """A row for each input channel: its values, its kernels, its part of each output channel."""
    g, room = layer.geometry, _room(sheet, layer)
    at_x, at_parts = sheet.corner(), sheet.corner()
    sheet.memory(at_x.shift(0, -NUMBER), (NUMBER,))  # room for the numbers of captions
    in_x, in_w, in_part = room.moves
    q, weight = weight_content(sheet, layer)
    q_x, numbers = input_content(sheet, layer)
    given_x: dict[str, Any] = {"content": numbers, "steps": (room.down, *in_x)}
    x = sheet.block("input", at_x, g.input_shape, role="computed" if q_x else "input", **given_x)
    given_w: dict[str, Any] = {"role": "computed" if q else "kernel", "tint": tints(g)}
    at_w, steps_w = at_parts.shift(0, -room.kernel), (room.down, room.across, *in_w)
    w = sheet.block("kernel", at_w, g.weight_shape, content=weight, steps=steps_w, **given_w)
    shape, steps_parts = (*g.weight_shape[:2], *g.canvas_shape[1:]), (*steps_w[:2], *in_part)
    parts = sheet.block("parts", at_parts, shape, role="computed", steps=steps_parts)
    inputs, *between = _write_parts(sheet, g, x, w, parts)
    steps_y = (room.down if room.beside else room.across, *in_part)
    y = output_figure(sheet, layer, words="", steps=steps_y, numbered=not room.beside)
    b = bias_figure(sheet, layer)
    sums = _added(sheet, g, y.cells, parts, None if b is None else b.cells, room.beside)
    axes = note(sheet, *_kernel_axes(sheet, g), role="text")
    given, made = Part(at_x.anchor, captions=[inputs]), Part(at_parts.anchor, captions=between)
    added = replace(y, captions=[sums])
    more = [part for part in (q_x, q, then_figures(sheet, layer, y.kept)) if part]
    if room.beside:
        arrange(sheet, Together(given | made) >> added / b / axes, *more, columns=COLUMNS)
    else:
        arrange(sheet, Together(Table([[given, made], [b, Led(added, DOWNWARD)]])), *more, axes)


def _room(sheet: Sheet, layer: Layer) -> Room:
    """Room for the blocks and the words above them; sums stand beside the parts if paper has it."""
    g = layer.geometry
    shapes = [shape[-g.rank :] for shape in (g.input_shape, g.weight_shape, g.canvas_shape)]
    moves = [steps(shape, g.rank, 0) for shape in shapes]
    heights, widths = zip(*map(box_size, shapes, moves), strict=True)
    last = {"i": g.in_channels - 1, "o": g.out_channels - 1}  # has the longest words
    x, w, part = (
        max(wide, sheet.behind((0, 0), sheet.say(key, **last), "caption")) + GAPS[1]
        for wide, key in zip(widths, ("input_channel", "kernel_of", "part_of"), strict=True)
    )
    biased, few = layer.bias is not None, g.out_channels <= g.in_channels
    told = _sum_words(sheet, g, last["o"], biased)
    added = max(part, *(sheet.behind((0, 0), words, "caption") + GAPS[1] for words in told))
    under = max(sheet.behind((0, 0), words, "text") for words in _kernel_axes(sheet, g))
    fits = x + g.weight_shape[1] * (w + part) + max(added - GAPS[1], under) <= PAGE_COLUMNS
    beside = g.out_channels == 1 or (fits and few and not biased)  # biases stand before sums
    down = max(heights) + 3 + _deep(g)
    return Room(moves, (down, 0), (0, w + (part if beside else added)), w, beside)


def _write_parts(
    sheet: Sheet, g: Geometry, x: Grid, w: Grid, parts: Grid
) -> tuple[list[Spot], list[Spot], list[Spot]]:
    """Write what each input channel brings to each output channel, with captions over all.

    returns  where those of the input, of the kernel and of what it brings begin
    """

    # all blocks at once; a slice has two axes, of which one dimension leaves out the first
    every, row = slice(None), [None] * (2 - g.rank)

    def term(_: int, tap: Tap) -> Expr:
        inputs, offsets = tap
        weights = w[(every, every, *row, *offsets, *[None] * g.rank)]
        return x[(every, None, *row, *inputs)] * weights

    runs = [axis.canvas_runs for axis in g.axes]
    afford(sheet, runs, 1, g.in_channels * g.weight_shape[1])
    blocks = parts[(every, every, *row)]
    accumulated(sheet, blocks, runs, term, outer=(every,) * (2 + len(row)))
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


def _added(
    sheet: Sheet, g: Geometry, y: Grid, parts: Grid, bias: Grid | None, beside: bool
) -> list[Spot]:
    """Write each output channel as the sum of its parts, and say so above and under it.

    beside   whether they stand beside the parts
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
        if g.rank == 1 and o and not beside:  # the first row's indices are there
            indices(sheet, y[o], 1, g.firsts)
        above, below = _sum_words(sheet, g, o, bool(more))
        line = 1 + _deep(g) + (not beside)  # under the parts they are numbered
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


def _kernel_axes(sheet: Sheet, g: Geometry) -> list[str]:
    """The axes of the kernel, here and in a plain convolution, in words."""
    sizes = ["kD", "kH", "kW"][-g.rank :] if g.rank > 1 else ["kL"]
    per = "/groups" if g.groups > 1 else ""
    here, plain = (
        ", ".join([first, second + per, *sizes])
        for first, second in (("in_channels", "out_channels"), ("out_channels", "in_channels"))
    )
    said = sheet.say("layout", shape=times(g.weight_shape), axes=here, plain_axes=plain)
    return said.splitlines()
