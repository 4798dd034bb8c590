"""Gradient: what a convolution's backward pass computes, and the same by nudging every pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.figure import (
    CONTROLS,
    LEFT,
    TOP,
    caption,
    convolved,
    indices,
    kernel_block,
    nth,
    output_blocks,
    plain,
    steps,
    tapped,
    times,
    tints,
    verdict,
)
from xlconv.figures.looked_at import Look, look_at, pick
from xlconv.figures.sums import added, listed, summed
from xlconv.files.arrays import array
from xlconv.grid.expr import Expr, Grid, call, joined, shown
from xlconv.grid.places import Place, below, beside, tiled
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Array, Layer
from xlconv.layers.way_out import refusal
from xlconv.text import spelt

NUDGED = 20_000
"""Cells of the nudged images beyond which nobody follows them."""

LIT = 150
"""Pixels beyond which nudged images do not light up: each would take a rule of its own."""

Numbers = str | list  # type: ignore[type-arg]


def gradient(
    sheet: Sheet,
    layer: Layer,
    *,
    image: Numbers | None = None,
    seed: int = 1,
    epsilon: float = 0.5,
    look: list[int] | None = None,
) -> None:
    """A convolution of an image, its gradient by transposed convolution and by differences.

    layer    the transposed convolution: its input is the upstream gradient, its weight the kernel
    image    what is convolved, of the layer's output's shape; small integers if not given
    epsilon  what a pixel is nudged by when the file is opened
    look     the pixel that is looked at when the file is opened; the middle if not given

    A bias of the layer is left aside, and the sheet says so: a gradient has none.
    """
    g, top, biased = layer.geometry, TOP + 4, layer.bias is not None
    layer = replace(layer, bias=None)  # which no pixel of the image changes
    _check(layer, epsilon)
    x = sheet.block(
        "image", (top, LEFT), g.output_shape, steps=steps(g.output_shape, g.rank, 1), role="image",
        content=_image(image, seed, g),
    )  # fmt: skip
    caption(sheet, x, sheet.say("image", size=plain(x.shape, 1)))
    x_places = indices(sheet, x, g.rank)
    w = kernel_block(sheet, layer, (top, beside(x, 3)), tints(g))
    shape = g.input_shape
    result = sheet.block(
        "result", (top, beside(w, 3)), shape, steps=steps(shape, g.rank, 1), role="computed"
    )
    convolved(sheet, result, g, x, w)
    caption(sheet, result, sheet.say("result", size=plain(shape, 1)))
    indices(sheet, result, g.rank)
    upstream = sheet.block(
        "upstream", (top, max(beside(result, 3), result.origin[1] + 6)), shape,
        steps=steps(shape, g.rank, 1), role="input", content=layer.input,
    )  # fmt: skip
    caption(sheet, upstream, sheet.say("upstream", size=plain(shape, 1)))
    indices(sheet, upstream, g.rank)
    at = (top, max(beside(upstream, 3), upstream.origin[1] + 7))
    loss = sheet.block(
        "loss", at, (1,), role="computed", content=added(sheet, _products(sheet, result, upstream))
    )
    caption(sheet, loss, sheet.say("loss"))

    for block, sign in ((w, "∗"), (result, "="), (upstream, "·"), (loss, "=")):
        sheet.text((top, block.origin[1] - 2), sign, "operator")
    row = max(below(block, 4) for block in (x, w, result))
    canvas, slope, labels = output_blocks(
        sheet, layer, (row, LEFT), "gradient", sheet.say("gradient", size=plain(x.shape, 1))
    )
    tapped(sheet, canvas, g, upstream, w, None)
    if biased:
        sheet.text((below(canvas, 0), LEFT), sheet.say("bias_aside"), "note")
    looked = look_at(sheet, g, labels, look, "look_at_pixel")
    nudge = _epsilon(sheet, epsilon)

    column = max(beside(canvas, 3), LEFT + 11)
    differences = sheet.block(
        "differences", (row, column), x.shape, steps=x.steps, role="computed", dtype=object
    )  # fmt: skip
    caption(sheet, differences, sheet.say("differences", size=plain(x.shape, 1)))
    places = indices(sheet, differences, g.rank)
    end = max(below(canvas, 3), below(differences, 4))
    blocks = (x, w, upstream)
    images_up, results_up, up = _nudged(sheet, g, blocks, x + nudge, "up", (end, LEFT))
    end = max(below(block, 2) for block in (images_up, results_up, up))
    images_down, results_down, down = _nudged(sheet, g, blocks, x - nudge, "down", (end, LEFT))
    valid = nudge.differs(0)
    differences[...] = call("IF", valid, (up - down) / (2 * nudge), "")
    verdict(
        sheet, (below(differences), column), (slope, differences), agree="gradients_agree",
        differ="gradients_differ", valid=valid,
    )  # fmt: skip
    _dots(
        sheet,
        (row, max(beside(differences, 3), column + 11)),
        loss,
        added(sheet, _products(sheet, x, slope)),
    )

    _say_slope(sheet, looked, (up, down, differences), nudge, (below(differences) + 1, column))
    _light(
        sheet,
        looked,
        ((x, x_places), (differences, places), (canvas, labels)),
        (up, down),
        ((images_up, results_up), (images_down, results_down)),
    )


def _say_slope(
    sheet: Sheet, looked: Look, blocks: tuple[Grid, Grid, Grid], nudge: Grid, at: Place
) -> None:
    """The slope at the looked-at pixel in words.

    blocks  L of the images nudged up, of those nudged down, and the slopes
    """
    channels = looked.geometry.out_channels
    up, down, each = (
        looked.by_channel([pick(block[c], looked.at) for c in range(channels)]) for block in blocks
    )
    words = joined(
        sheet.say("slope") + "(", shown(up), " - ", shown(down), ") / ", shown(2 * nudge), " = ",
        shown(each),
    )  # fmt: skip
    both = call("AND", looked.valid, call("ABS", nudge) >= 1e-4)  # else 2ε would read 0
    sheet.formula(at, call("IF", both, words, ""), "words")


def _light(
    sheet: Sheet,
    looked: Look,
    pixels: Sequence[tuple[Grid, Sequence[Grid]]],
    losses: Sequence[Grid],
    nudged: Sequence[tuple[Grid, Grid]],
) -> None:
    """Show the looked-at pixel wherever it is, and what follows from nudging it.

    pixels  the image, and blocks of its shape, each with its indices
    nudged  for each way the images and their results
    """
    (x, places), *_ = pixels
    each_pixel = [place[(..., *[None] * len(x.shape))] for place in places]
    for c in range(looked.geometry.out_channels):
        for block, numbers in pixels:
            sheet.light(block[c], looked.is_at(numbers, c), "current")
        for block in losses:
            sheet.light(block[c], looked.is_at(places, c), "now")
        if prod(x.shape) > LIT:
            continue
        for n, role in enumerate(("met", "now")):
            for blocks in nudged:
                sheet.light(blocks[n][c], looked.is_at(each_pixel, c), role)


def _check(layer: Layer, epsilon: float) -> None:
    g = layer.geometry
    for axis in g.axes:
        if axis.output_padding >= axis.stride:
            raise XlconvError(
                f"gradient view needs output_padding smaller than stride, got"
                f" {axis.output_padding} with stride {axis.stride}: the convolution of so large an"
                " image gives more than the layer's input",
                parameter="output_padding",
            )
    if not np.isfinite(epsilon) or not epsilon:
        raise XlconvError(
            f"epsilon must be a number other than 0, got {epsilon}", parameter="epsilon"
        )

    def cells(g: Geometry) -> int:
        return prod(g.output_shape) ** 2

    if cells(g) > NUDGED:
        needs = f"gradient view needs {cells(g)} cells for an image a pixel; {NUDGED} are the most"
        raise refusal(needs, g, lambda g: cells(g) <= NUDGED)


def _image(told: Numbers | None, seed: int, g: Geometry) -> Array:
    given = array("input", spelt(g.output_shape) if told is None else told, seed=seed)
    shape = (1,) * (g.rank + 1 - given.ndim) + given.shape
    if shape != g.output_shape:
        raise XlconvError(
            f"image must have the shape of the layer's output, {times(g.output_shape)}, got"
            f" {times(given.shape)}",
            parameter="image",
        )
    return given.reshape(shape)


def _epsilon(sheet: Sheet, first: float) -> Grid:
    """The control of what a pixel is nudged by, and the cell that says 0 where it is no number."""
    row = CONTROLS + 2
    sheet.text((row, LEFT), sheet.say("epsilon"), "caption")
    sheet.text((row, LEFT + 4), "ε", "label")
    control = sheet.block("epsilon", (row, LEFT + 5), (), role="parameter", content=first)
    used = call("IF", call("ISNUMBER", control), control, 0)
    sheet.text((row, LEFT + 8), sheet.say("epsilon_used"), "label")
    nudge = sheet.formula((row, LEFT + 9), used, "fact")
    wrong = call("IF", nudge.differs(0), "", sheet.say("epsilon_wrong"))
    sheet.formula((row, LEFT + 11), wrong, "warning")
    return nudge


def _products(sheet: Sheet, a: Grid, b: Grid) -> list[Expr]:
    """All of one block times all of another, added for each 2-D slice."""
    flat = min(2, len(b.shape) - 1)
    leads = b.shape[:-flat]

    def term(n: int) -> Expr:
        lead = nth(n, leads)
        one, other = a[(..., *lead, *[slice(None)] * flat)], b[(*lead, ...)]
        return call("SUMPRODUCT", one.area(flat), other.area(flat))

    sheet.afford(prod(leads))
    return listed(sheet, range(prod(leads)), term)


def _nudged(
    sheet: Sheet,
    g: Geometry,
    blocks: tuple[Grid, Grid, Grid],
    moved: Expr,
    way: str,
    at: Place,
) -> tuple[Grid, Grid, Grid]:
    """For each pixel the whole image with that pixel moved, its result, and its L.

    blocks   the image, the kernel, the upstream gradient
    moved    the image's pixels, moved
    """
    x, w, upstream = blocks
    rank, pixels = len(x.shape), x.shape
    outer = "v" + "h" * (g.rank - 2) + ("vh" if g.rank > 1 else "v")
    inner = ("v" + "h" * (g.rank - 2)) if g.rank > 1 else ""
    row = at[0] + 2

    images = sheet.memory(
        (row, at[1]), pixels + pixels, steps=tiled(pixels + pixels, outer + inner)
    )
    images[...] = x
    sheet.name_block(f"images_{way}", images, role="copy")
    sheet.text((row - 2, at[1]), sheet.say(f"nudge_{way}"), "caption")
    moves = [tuple(int(n in (axis, axis + rank)) for n in range(2 * rank)) for axis in range(rank)]
    changed = images.diagonal((0,) * 2 * rank, pixels, moves)
    changed[...] = moved
    sheet.coat(changed, "stamp")

    shape = pixels + g.input_shape
    results = sheet.block(
        f"results_{way}", (row, max(beside(images, 3), at[1] + 10)), shape, steps=tiled(shape, outer + inner),
        role="computed",
    )  # fmt: skip
    last = (*range(rank, 2 * rank), *range(rank))  # a convolution for all pixels at once
    convolved(sheet, results.transpose(*last), g, images.transpose(*last), w)
    sheet.text((row - 2, results.origin[1]), sheet.say("nudged_result"), "caption")

    losses = sheet.block(
        f"losses_{way}", (row, max(beside(results, 3), results.origin[1] + 5)), pixels,
        steps=x.steps, role="computed",
    )  # fmt: skip
    summed(sheet, losses, [(..., _products(sheet, results, upstream))])
    caption(sheet, losses, sheet.say(f"loss_{way}"))
    indices(sheet, losses, g.rank)
    return images, results, losses


def _dots(sheet: Sheet, at: Place, loss: Grid, product_of: Expr) -> None:
    """The test that defines a transpose: <C x, g> = <x, C^T g>."""
    row, column = at
    values = []
    for n, (name, content) in enumerate((("dot_result", loss), ("dot_image", product_of))):
        sheet.text((row + n, column), sheet.say(name), "text")
        values.append(
            sheet.block(name, (row + n, column + 3), (1,), role="computed", content=content)
        )
    verdict(
        sheet, (row + 3, column), (values[0], values[1]), agree="dots_agree", differ="dots_differ"
    )
