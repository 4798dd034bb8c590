"""Convolution: the plain one, a kernel that slides over its input. What the lesson assumes."""

from __future__ import annotations

from functools import partial
from itertools import product
from math import prod

from xlconv.errors import XlconvError
from xlconv.figures.figure import (
    LEFT,
    TOP,
    Sources,
    caption,
    convolved,
    indices,
    nth,
    of_channel,
    plain,
    sources,
    steps,
    tinted,
    tints,
    verdict,
    written,
)
from xlconv.figures.looked_at import CHOICES, Look, look_at, pick
from xlconv.figures.sums import in_lines, listed, summed
from xlconv.files.arrays import array
from xlconv.grid.expr import Expr, Grid, call, joined, moved, shown
from xlconv.grid.places import below, beside
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Axis, Geometry

PRODUCTS = 60
"""Products beyond which the looked-at cell is not written out as a sum."""

Numbers = str | list  # type: ignore[type-arg]


def convolution(
    sheet: Sheet,
    *,
    input: Numbers | None = None,
    weight: Numbers | None = None,
    bias: Numbers | None = None,
    seed: int = 0,
    stride: int | list[int] = 1,
    padding: int | list[int | tuple[int, int]] = 0,
    dilation: int | list[int] = 1,
    groups: int = 1,
    look: list[int] | None = None,
) -> None:
    """The padded input, the window that a looked-at output cell sees of it, and the output.

    input   (in_channels, *sizes), or (*sizes) for one channel; or sizes to fill, such as "5x5"
    weight  (out_channels, in_channels // groups, *kernel_sizes), or (*kernel_sizes)
    look    the output cell that is looked at when the file is opened; the middle if not given
    """
    if input is None or weight is None:
        raise XlconvError(
            'convolution view needs an "input" and a "weight" of its own, on its sheet in a lesson,'
            " or a Convolution instead of a layer"
        )
    shown_here = Convolution.of(
        array("input", input, seed=seed),
        array("weight", weight, seed=seed),
        bias=None if bias is None else array("bias", bias, seed=seed),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )
    _draw(sheet, shown_here, look)


def _draw(sheet: Sheet, conv: Convolution, look: list[int] | None) -> None:
    g, top = conv.geometry, TOP + 2
    src = sources(sheet, conv, (top, LEFT))
    left = max(beside(src.input, 3), beside(src.weight, 3))
    z, places = src.input, list[Grid]()
    if any(any(axis.padding) for axis in g.axes):
        z, places = _padded(sheet, conv, src.input, left)
        left = max(beside(z, 3), left + 8)
    w = src.weight
    if any(axis.dilation > 1 for axis in g.axes):
        w = _gapped(sheet, g, src.weight, (top, left))
        left = max(beside(w, 3), left + 8)

    right = max(left, LEFT + 8)
    shape = conv.output_shape
    output = sheet.block(
        "output", (top, right), shape, steps=steps(shape, g.rank, 1), role="output",
        claim=("conv", conv),
    )  # fmt: skip
    _slid(sheet, output, g, z, w, src.bias)
    formulas = {size_formula(axis) for axis in g.axes}
    size = plain(shape, 1)
    caption(
        sheet, output,
        sheet.say("output_formula", size=size, formula=formulas.pop())
        if len(formulas) == 1
        else sheet.say("output", size=size),
    )  # fmt: skip
    labels = indices(sheet, output, g.rank)
    again = sheet.block(
        "by_products", (below(output, 3), right), shape, steps=output.steps, role="output",
        claim=("conv", conv),
    )  # fmt: skip
    convolved(sheet, again, g, src.input, src.weight, src.bias)
    caption(sheet, again, sheet.say("by_products", size=size))
    indices(sheet, again, g.rank)
    verdict(sheet, (below(again), right), (output, again))

    looked = look_at(sheet, _cells(conv), labels, look)
    _light(sheet, conv, looked, src, z, places, (output, labels))
    products = prod(conv.weight.shape[1:])
    if products <= PRODUCTS and conv.geometry.in_channels <= CHOICES:
        _in_words(sheet, conv, looked, src, z, output)
    else:
        sheet.text((sheet.rows + 1, LEFT), sheet.say("no_words", count=products), "note")


def size_formula(axis: Axis) -> str:
    """The size of a convolution's output as the sum that gives it; the axis is its transpose's.

    >>> size_formula(Convolution.of(range(6), range(3), stride=2, padding=1).geometry.axes[0])
    '⌊(6 + 2·1 - 3) / 2⌋ + 1'
    """
    begin, end = axis.padding
    pad = (f" + 2·{begin}" if begin else "") if begin == end else f" + {begin} + {end}"
    extent = (
        f"({axis.dilation}·({axis.kernel_size}-1) + 1)" if axis.dilation > 1 else f"{axis.extent}"
    )
    steps_taken = f"{axis.output_size}{pad} - {extent}"
    if axis.stride == 1:
        return f"{steps_taken} + 1"
    quotient = f"({steps_taken}) / {axis.stride}"
    return (f"⌊{quotient}⌋" if axis.output_padding else quotient) + " + 1"


def _cells(conv: Convolution) -> Geometry:
    """The geometry of a layer whose output cells are those of the convolution: that of 1 x 1."""
    g = conv.geometry
    axes = tuple(Axis(size=axis.size, kernel_size=1) for axis in g.axes)
    return Geometry(g.out_channels, g.in_channels, g.groups, axes)


def _padded(sheet: Sheet, conv: Convolution, x: Grid, left: int) -> tuple[Grid, list[Grid]]:
    """The input with zeros around it, and its cells by their input index."""
    g = conv.geometry
    shape = (len(conv.input), *(axis.output_size + sum(axis.padding) for axis in g.axes))
    z = sheet.block(
        "padded", (x.origin[0], left), shape, steps=steps(shape, g.rank, 1), role="zero",
        content=0.0,
    )  # fmt: skip
    begins = [axis.padding[0] for axis in g.axes]
    sizes = [axis.output_size for axis in g.axes]
    inner = z[(..., *(slice(p, p + n) for p, n in zip(begins, sizes, strict=True)))]
    inner[...] = x
    sheet.coat(inner, "copy")
    pads = sorted({pad for axis in g.axes for pad in axis.padding})
    margin = f"{pads[0]}" if len(pads) == 1 else f"{pads[0]} to {pads[-1]}"
    caption(sheet, z, sheet.say("padded", margin=margin, size=plain(shape, 1)))
    return z, indices(sheet, z, g.rank, [-p for p in begins])


def _gapped(sheet: Sheet, g: Geometry, w: Grid, at: tuple[int, int]) -> Grid:
    """The kernel with the zeros of its dilation, each weight a live copy."""
    shape = (*w.shape[:2], *(axis.extent for axis in g.axes))
    gapped = sheet.block(
        "gapped", at, shape, steps=steps(shape, g.rank, 2), role="zero", content=0.0
    )
    inner = gapped[(..., *(slice(None, None, axis.dilation) for axis in g.axes))]
    inner[...] = w
    sheet.coat(inner, "copy", tints(g))
    caption(sheet, gapped, sheet.say("gapped", size=plain(shape, 2)))
    return gapped


def _slid(sheet: Sheet, output: Grid, g: Geometry, z: Grid, w: Grid, bias: Grid | None) -> None:
    """Write each output cell as the sum of a window of the padded input times the kernel.

    w  (out_channels, in_channels // groups, *extents), its gaps filled with zeros
    """
    extents = [axis.extent for axis in g.axes]
    flat = min(2, g.rank)  # a range has at most two axes: the others are written out
    stops = [axis.stride * (axis.size - 1) + 1 for axis in g.axes]
    longest = len(g.targets(0)) * prod(extents[: g.rank - flat])
    sheet.afford(longest * g.in_channels)
    slid = tuple(slice(0, stop, axis.stride) for axis, stop in zip(g.axes, stops, strict=True))
    outer_sizes = extents[: g.rank - flat]

    def term(o: int, n: int) -> Expr:
        first, *outer = nth(n, (len(g.targets(o)), *outer_sizes))
        i = g.targets(o)[first]
        window = z[i].windows(*extents)[slid][(*[slice(None)] * g.rank, *outer, ...)]
        part = w[(o, g.filter(i), *outer)][(*[None] * g.rank, ...)]
        return call("SUMPRODUCT", window.area(flat), part.area(flat))

    for o in written(sheet, output):
        terms = listed(sheet, range(longest), partial(term, o))
        more: list[Expr] = [] if bias is None else [bias[o]]
        summed(sheet, output[o], [(..., terms + more)], output.shape[0])


def _light(
    sheet: Sheet,
    conv: Convolution,
    looked: Look,
    src: Sources,
    z: Grid,
    places: list[Grid],
    output: tuple[Grid, list[Grid]],
) -> None:
    """Tint the window of the looked-at cell with the weights that it meets."""
    g, (cells, labels) = conv.geometry, output
    for o in range(g.in_channels):
        sheet.light(cells[o], looked.is_at(labels, o), "current")
    if not tinted(sheet, src.weight):
        return
    blocks = [(src.input, src.input_indices), *([(z, places)] if places else [])]
    for tint, offset in enumerate(product(*(range(axis.kernel_size) for axis in g.axes))):
        reads = [_read(axis, at, u) for axis, at, u in zip(g.axes, looked.at, offset, strict=True)]
        for i in range(g.out_channels):
            for block, numbered in blocks:
                met = [
                    of_channel(place, i).equals(read)
                    for place, read in zip(numbered, reads, strict=True)
                ]
                sheet.light(
                    block[i], call("AND", looked.valid, *met, *looked.is_group(i)), "met", tint
                )


def _read(axis: Axis, at: Expr, u: int) -> Expr:
    """The input cell that an output cell meets with a weight."""
    start = at * axis.stride if axis.stride > 1 else at
    return moved(start, axis.dilation * u - axis.padding[0])


def _in_words(
    sheet: Sheet, conv: Convolution, looked: Look, src: Sources, z: Grid, output: Grid
) -> None:
    """The looked-at cell as the sum of its window's products, in numbers."""
    g, row = conv.geometry, sheet.rows + 1
    result = looked.by_channel([pick(output[o], looked.at) for o in range(g.in_channels)])
    y = sheet.formula((row, LEFT), call("IF", looked.valid, result, ""), "current")
    width = conv.weight.shape[1]
    offsets = list(product(*(range(axis.kernel_size) for axis in g.axes)))
    said: list[Expr] = []
    for f, offset in product(range(width), offsets):
        place = [
            moved(_read(axis, at, u), axis.padding[0])
            for axis, at, u in zip(g.axes, looked.at, offset, strict=True)
        ]
        x = looked.by_group([pick(z[group * width + f], place) for group in range(g.groups)])
        w = looked.by_channel([src.weight[(o, f, *offset)] for o in range(g.in_channels)])
        said.append(joined(" + " if said else shown(y) & " = ", shown(x), "*", shown(w)))
    if src.bias is not None:
        said.append(" + " & shown(looked.by_channel([src.bias[o] for o in range(g.in_channels)])))
    for n, line in enumerate(in_lines(said)):
        words = call("IF", looked.valid, joined(*line), "")
        sheet.formula((row + n, LEFT + 2), words, "words")
