"""Channels: each input channel has a kernel of its own for each output channel; results add up."""

from __future__ import annotations

from xlconv.expr import total
from xlconv.figure import (
    LEFT,
    TOP,
    accumulated,
    afford,
    bias_block,
    output_blocks,
    plain,
    spread,
    tints,
    written,
)
from xlconv.layer import Layer
from xlconv.places import below, corners, tiled
from xlconv.sheet import Sheet


def channels(sheet: Sheet, layer: Layer) -> None:
    """A row for each input channel: its values, its kernels, its part of each output channel."""
    g = layer.geometry
    deep = spread(g.rank, 0) if g.rank > 1 else ""
    inner = {
        name: tiled(shape, deep)
        for name, shape in {
            "input": g.input_shape[1:], "weight": g.weight_shape[2:], "canvas": g.canvas_shape[1:]
        }.items()
    }  # fmt: skip

    def size(name: str, shape: tuple[int, ...]) -> tuple[int, int]:
        far = [
            sum((n - 1) * step[way] for n, step in zip(shape, inner[name], strict=True)) + 1
            for way in (0, 1)
        ]
        return far[0], far[1]

    (ih, iw), (kh, kw), (ch, cw) = (
        size("input", g.input_shape[1:]), size("weight", g.weight_shape[2:]),
        size("canvas", g.canvas_shape[1:]),
    )  # fmt: skip
    down = max(ih, kh, ch) + 3
    across = max(kw, 6) + 1 + cw + 3
    kernels = LEFT + max(iw, 5) + 2
    filters = g.weight_shape[1]
    top = TOP + 1

    x = sheet.block(
        "input", (top, LEFT), g.input_shape, role="input", content=layer.input,
        steps=((down if g.rank > 1 else 1, 0), *inner["input"]),
    )  # fmt: skip
    down = down if g.rank > 1 else g.in_channels + 3
    w = sheet.block(
        "kernel", (top, kernels), g.weight_shape, role="kernel", content=layer.weight,
        tint=tints(g), steps=((down, 0), (0, across) if g.rank > 1 else (1, 0), *inner["weight"]),
    )  # fmt: skip
    parts_at = kernels + max(kw, 6) + 1
    parts = sheet.block(
        "parts", (top, parts_at), (g.in_channels, filters, *g.canvas_shape[1:]), role="computed",
        steps=((down, 0), (0, across), *inner["canvas"]),
    )  # fmt: skip
    runs = [axis.canvas_runs for axis in g.axes]
    afford(parts, runs, 1, g.in_channels * filters)
    for i in written(parts):
        sheet.text((top + i * down - 1, LEFT), sheet.say("input_channel", i=i), "caption")
        for f in written(parts[i]):
            o = f + filters * next(n for n in range(g.groups) if i in g.sources(n * filters))
            accumulated(
                parts[i, f],
                runs,
                lambda taps, i=i, f=f: [  # type: ignore[misc]
                    x[(i, *inputs)] * w[(i, f, *offsets)] for inputs, offsets in taps
                ],
            )
            sheet.text(
                (top + i * down - 1, kernels + f * across),
                sheet.say("kernel_of", i=i, o=o),
                "caption",
            )
            sheet.text(
                (top + i * down - 1, parts_at + f * across),
                sheet.say("part_of", i=i, o=o),
                "caption",
            )
    row = corners(parts)[1][0] + 5
    canvas, _, _ = output_blocks(
        sheet, layer, (row, parts_at), "output", "",
        place=((0, across) if g.rank > 1 else (1, 0), *inner["canvas"]),
    )  # fmt: skip
    bias = None if layer.bias is None else bias_block(sheet, layer.bias, (row, kernels))
    for o in range(g.out_channels):
        added_bias = [] if bias is None else [bias[o]]
        canvas[o] = total([parts[i, g.filter(o)] for i in g.sources(o)] + added_bias)
        if g.rank > 1:
            names = [sheet.say("part", i=i) for i in g.sources(o)]
            added = " + ".join(names + [sheet.say("bias")] * len(added_bias))
            sheet.text(
                (row - 2, parts_at + o * across), sheet.say("output_channel", o=o), "caption"
            )
            sheet.text((below(canvas, 0), parts_at + o * across), f"= {added}", "note")
    lines = sheet.say(
        "layout", shape=plain(g.weight_shape, 2), i=g.in_channels, o=filters
    ).splitlines()
    for n, line in enumerate(lines):
        sheet.text((row + n, LEFT), line, "text")
