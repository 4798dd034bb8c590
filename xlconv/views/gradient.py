"""Gradient: what a convolution's backward pass computes, and the same by nudging every pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure, figure, kernel_figure, output_figure
from xlconv.figures.layout import Arranged, Led, Part
from xlconv.figures.looked_at import LookedAt, arrange_looked_at, look_at
from xlconv.figures.notes import note
from xlconv.figures.nudged import Nudged, nudge_control, nudged
from xlconv.figures.operations import convolved, tapped
from xlconv.figures.sums import added, sliced
from xlconv.figures.titles import times
from xlconv.figures.verdicts import verdict
from xlconv.files.arrays import array
from xlconv.grid.expr import Expr, call, joined, rounded
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Array, Layer
from xlconv.layers.way_out import check_cells
from xlconv.text import spelt

FRACTIONS_COLUMNS = 41
"""Columns that paper shows where fractions make them wider."""

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
    g, biased = layer.geometry, layer.bias is not None
    layer = replace(layer, bias=None)  # which no pixel of the image changes
    _check(layer, epsilon)
    pixels = _image(image, seed, g)
    x = figure(sheet, "image", g.output_shape, g.rank, role="image", content=pixels)
    w, result, upstream, loss = _convolved(sheet, layer, x)
    y = output_figure(sheet, layer, "gradient")
    tapped(sheet, y.cells, g, upstream.cells, w.cells, None)
    aside = note(sheet, sheet.say("bias_aside")) if biased else None
    here = look_at(sheet, g, y.labels, look, "look_at_pixel")
    controls, nudge = nudge_control(sheet, epsilon)
    up = nudged(sheet, g, x, w, upstream, x.cells + nudge, "up")
    down = nudged(sheet, g, x, w, upstream, x.cells - nudge, "down")
    slopes, agree = _slopes(sheet, up, down, nudge, y)
    dots = _dots(sheet, loss.cells, _product(sheet, x, y))
    words = _in_words(sheet, here, up, down, slopes, nudge)
    _light(sheet, here, (x, slopes, y), (up, down))
    line = x | Led(w, "∗") | Led(result, "=") | Led(upstream, "·") | Led(loss, "=")
    shown, columns = line / (y / aside | slopes / agree | dots), FRACTIONS_COLUMNS
    arrange_looked_at(sheet, here | controls, shown, words, up.line, down.line, columns=columns)


def _convolved(sheet: Sheet, layer: Layer, x: Figure) -> tuple[Figure, Figure, Figure, Figure]:
    """The kernel, what the convolution makes of an image with it, the gradient of that, and L."""
    g = layer.geometry
    w = kernel_figure(sheet, layer)
    result = figure(sheet, "result", g.input_shape, g.rank, role="computed")
    convolved(sheet, result.cells, g, x.cells, w.cells)
    upstream = figure(sheet, "upstream", g.input_shape, g.rank, role="input", content=layer.input)
    loss = figure(sheet, "loss", (1,), 1, role="computed", numbered=False)
    loss.cells[...] = _product(sheet, result, upstream)
    return w, result, upstream, loss


def _slopes(sheet: Sheet, up: Nudged, down: Nudged, nudge: Grid, y: Figure) -> tuple[Figure, Part]:
    """The slope at each pixel by differences, and whether it is what the layer gives."""
    shape = y.kept.shape
    slopes = figure(sheet, "differences", shape, len(shape) - 1, role="computed", dtype=object)
    slope = (up.losses.cells - down.losses.cells) / (2 * nudge)
    slopes.cells[...] = call("IF", valid := nudge.differs(0), slope, "")
    words = ("gradients_agree", "gradients_differ")
    return slopes, verdict(sheet, (y.kept, slopes.cells), words=words, valid=valid)


def _product(sheet: Sheet, a: Figure, b: Figure) -> Expr:
    """All of one block times all of another, added."""
    return added(sheet, sliced(sheet, "SUMPRODUCT", a.kept, b.kept))


def _in_words(
    sheet: Sheet, here: LookedAt, up: Nudged, down: Nudged, slopes: Figure, nudge: Grid
) -> Part:
    """The slope at the looked-at pixel in words."""
    corner, both = sheet.corner(), (up.losses, down.losses, slopes)
    above, below, slope = (rounded(here.of(block.cells)) for block in both)
    taken = call("IF", below < 0, joined("(", below, ")"), joined(below))  # no "1 - -1"
    terms = (above, " - ", taken, ") / ", rounded(2 * nudge), " = ", slope)
    words = joined(sheet.say("slope") + "(", *terms)
    readable = call("AND", here.valid, call("ABS", nudge) >= 1e-4)  # else 2ε would read 0
    sheet.formula(corner, call("IF", readable, words, ""), "words")
    return Part(corner.anchor, below=True)


def _light(sheet: Sheet, here: LookedAt, images: Sequence[Figure], ways: Sequence[Nudged]) -> None:
    """Show the looked-at pixel wherever it is, and what follows from nudging it.

    images  the image, and figures of its shape
    """
    shape, labels = images[0].cells.shape, images[0].labels
    each_pixel = [label[(..., *[None] * len(shape))] for label in labels]
    for c in range(shape[0]):
        for image in images:
            sheet.light(image.cells[c], here.is_at(image.labels, c), "current")
        for way in ways:
            sheet.light(way.losses.cells[c], here.is_at(labels, c), "now")
            if prod(shape) <= LIT:
                sheet.light(way.images.cells[c], here.is_at(each_pixel, c), "met")
                sheet.light(way.results.cells[c], here.is_at(each_pixel, c), "now")


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

    needs = "gradient view needs {cells} cells for an image a pixel"
    check_cells(needs, g, lambda g: prod(g.output_shape) ** 2, NUDGED)


def _image(asked: Numbers | None, seed: int, g: Geometry) -> Array:
    given = array("input", spelt(g.output_shape) if asked is None else asked, seed=seed)
    shape = (1,) * (g.rank + 1 - given.ndim) + given.shape
    if shape != g.output_shape:
        raise XlconvError(
            f"image must have the shape of the layer's output, {times(g.output_shape)}, got"
            f" {times(given.shape)}",
            parameter="image",
        )
    return given.reshape(shape)


def _dots(sheet: Sheet, of_result: Grid, of_image: Expr) -> Arranged:
    """The test that defines a transpose: <C x, g> = <x, C^T g>."""
    corner, products = sheet.corner(), list[Grid]()
    for n, (name, content) in enumerate((("dot_result", of_result), ("dot_image", of_image))):
        sheet.text(corner.shift(n), sheet.say(name), "text")
        at = corner.shift(n, 3)
        products.append(sheet.block(name, at, (1,), role="computed", content=content))
    one, other = products
    agree = verdict(sheet, (one, other), words=("dots_agree", "dots_differ"))
    return Part(corner.anchor) / agree
