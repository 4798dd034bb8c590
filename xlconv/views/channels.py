"""Channels: each input channel has a kernel of its own for each output channel; results add up."""

from __future__ import annotations

from collections.abc import Sequence

from xlconv.expr import Expr, Grid
from xlconv.figure import (
    LEFT,
    TOP,
    accumulated,
    afford,
    bias_block,
    indices,
    output_blocks,
    spread,
    times,
    tints,
    written,
)
from xlconv.figures.sums import listed, summed
from xlconv.geometry import Geometry
from xlconv.layer import Layer
from xlconv.places import Place, below, corners, tiled
from xlconv.sheet import Sheet

NAMED = 8
"""Parts that are named one by one in the sum under an output channel."""


def channels(sheet: Sheet, layer: Layer) -> None:
    """A row for each input channel: its values, its kernels, its part of each output channel."""
    g = layer.geometry
    inner = {
        name: tiled(shape[-g.rank :], spread(g.rank, 0))
        for name, shape in {
            "input": g.input_shape, "weight": g.weight_shape, "canvas": g.canvas_shape
        }.items()
    }  # fmt: skip
    (ih, iw), (kh, kw), (ch, cw) = (
        _extent(shape[-g.rank :], inner[name])
        for name, shape in (
            ("input", g.input_shape), ("weight", g.weight_shape), ("canvas", g.canvas_shape)
        )
    )  # fmt: skip
    down = max(ih, kh, ch) + 3
    across = max(kw, 6) + 1 + max(cw, 6) + 3
    kernels = LEFT + max(iw, 5) + 2
    parts_at = kernels + max(kw, 6) + 1
    top = TOP + 1

    x = sheet.block(
        "input", (top, LEFT), g.input_shape, role="input", content=layer.input,
        steps=((down, 0), *inner["input"]),
    )  # fmt: skip
    w = sheet.block(
        "kernel", (top, kernels), g.weight_shape, role="kernel", content=layer.weight,
        tint=tints(g), steps=((down, 0), (0, across), *inner["weight"]),
    )  # fmt: skip
    parts = sheet.block(
        "parts", (top, parts_at), (*g.weight_shape[:2], *g.canvas_shape[1:]), role="computed",
        steps=((down, 0), (0, across), *inner["canvas"]),
    )  # fmt: skip
    _write_parts(sheet, g, x, w, parts)
    row = corners(parts)[1][0] + 5
    bias = None if layer.bias is None else bias_block(sheet, layer.bias, (row, kernels))
    place = ((0, across), *inner["canvas"])
    canvas, _, _ = output_blocks(sheet, layer, (row, parts_at), "output", "", place=place)
    _added(sheet, g, canvas, parts, bias)
    for n, line in enumerate(layout(sheet, g).splitlines()):
        sheet.text((row + n, LEFT), line, "text")


def _extent(shape: Sequence[int], moves: Sequence[Place]) -> Place:
    """Rows and columns from the first to the last cell of a block."""
    far = [sum((n - 1) * move[way] for n, move in zip(shape, moves, strict=True)) for way in (0, 1)]
    return far[0] + 1, far[1] + 1


def _write_parts(sheet: Sheet, g: Geometry, x: Grid, w: Grid, parts: Grid) -> None:
    """Write what each input channel brings to each output channel, with captions over all."""
    runs = [axis.canvas_runs for axis in g.axes]
    afford(sheet, runs, 1, g.in_channels * g.weight_shape[1])
    for i in written(sheet, parts):
        row = x[i].origin[0] - 1
        sheet.text((row, LEFT), sheet.say("input_channel", i=i), "caption")
        for f in written(sheet, parts[i]):
            accumulated(
                sheet,
                parts[i, f],
                runs,
                lambda i, tap, f=f: x[(i, *tap[0])] * w[(i, f, *tap[1])],  # type: ignore[misc]
                range(i, i + 1),
                alike=g.in_channels * g.weight_shape[1],
            )
            for cells, key in ((w, "kernel_of"), (parts, "part_of")):
                words = sheet.say(key, i=i, o=g.targets(i)[f])
                sheet.text((row, cells[i, f].origin[1]), words, "caption")


def _added(sheet: Sheet, g: Geometry, canvas: Grid, parts: Grid, bias: Grid | None) -> None:
    """Write each output channel as the sum of its parts, and say so above and under it."""
    firsts = [-axis.crop.start for axis in g.axes]
    sheet.afford(len(g.sources(0)) * g.out_channels)
    for o in written(sheet, canvas):
        more: list[Expr] = [] if bias is None else [bias[o]]
        terms = listed(sheet, g.sources(o), lambda i, o=o: parts[i, g.filter(o)])  # type: ignore[misc]
        summed(sheet, canvas[o], [(..., terms + more)], g.out_channels)
        row, column = canvas[o].origin
        if g.rank == 1 and o:  # the first row's indices are there
            indices(sheet, canvas[o], 1, firsts)
        named = (
            list(g.sources(o))
            if len(g.sources(o)) <= NAMED
            else [g.sources(o)[0], g.sources(o)[-1]]
        )
        names = [sheet.say("part", i=i) for i in named]
        if len(g.sources(o)) > NAMED:
            names.insert(1, "…")
        told = " + ".join(names + [sheet.say("bias")] * len(more))
        sheet.text((row - 2, column), sheet.say("output_channel", o=o), "caption")
        sheet.text((below(canvas[o], 0), column), f"= {told}", "note")


def layout(sheet: Sheet, g: Geometry) -> str:
    """The axes of the kernel, here and in a plain convolution, in words."""
    sizes = ["kD", "kH", "kW"][-g.rank :] if g.rank > 1 else ["kL"]
    per = "/groups" if g.groups > 1 else ""
    here, plain = (
        ", ".join([first, second + per, *sizes])
        for first, second in (("in_channels", "out_channels"), ("out_channels", "in_channels"))
    )
    return sheet.say("layout", shape=times(g.weight_shape), axes=here, plain_axes=plain)
