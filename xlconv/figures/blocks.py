"""A layer's blocks as figures: each with its words, its indices, and its place on the ruler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from xlconv.figures.edges import Name, channel_name, indices, name_each, slice_name, weight_name
from xlconv.figures.layout import Arranged, Led, Part
from xlconv.figures.notes import caption, explain, named
from xlconv.figures.quantised import input_scaling, scaling
from xlconv.figures.titles import plain, size_formula
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr
from xlconv.grid.grid import Grid
from xlconv.grid.places import Place, Spot, tiled, under
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer
from xlconv.layers.quantised import Quantised


@frozen(kw_only=True)
class Figure(Part):
    """A block with its words and its indices, wherever a layout puts it.

    cells   (*channels, *sizes); of an output its canvas, with the cropped ring
    labels  for each axis its indices, to broadcast against the cells
    ruler   for each axis where index n lies on the full output: at step*n + start
    kept    the cells that are not cropped
    """

    cells: Grid
    labels: tuple[Grid, ...] = ()
    ruler: tuple[Place, ...] = ()
    kept: Grid


def leading_ways(rank: int, channels: int) -> str:
    """How the leading axes of a block lie: channels down, then across; depth across."""
    return ("", "v", "vh")[channels] + "h" * (rank - 2) if rank > 1 else "v" * (channels - 1)


def steps(shape: Sequence[int], rank: int, channels: int, words: int = 0) -> tuple[Place, ...]:
    """The steps of a block of `channels` channel axes and `rank` spatial ones.

    words  columns that those above each slice run over
    """
    gaps = (3, max(2, words - shape[-1])) if rank > 1 else (1, 1)
    return tiled(shape, leading_ways(rank, channels), gaps)


def tints(geometry: Geometry) -> np.ndarray:
    """One tint for each kernel index, to broadcast over the weight."""
    sizes = [axis.kernel_size for axis in geometry.axes]
    return np.arange(prod(sizes)).reshape(sizes)


def figure(
    sheet: Sheet,
    name: str,
    shape: Sequence[int],
    rank: int,
    words: str | None = None,
    *,
    at: Spot | None = None,
    ruler: Iterable[Place] = (),
    numbered: bool = True,
    firsts: Sequence[int] = (),
    each: Name | None = None,
    **block: Any,
) -> Figure:
    """A block of `rank` spatial axes, numbered along its edges, its words above it.

    name    of the block; "" where its cells have none, or get one later
    words   those that its name says, with its size, if not given; of "" its channels have none, too
    at      where its first cell stands, counted from the figure's corner; at it, if not given
    firsts  the index of the first cell along each axis, 0 where not given
    each    what each channel is called, from its indices; by its number, if not given
    block   what else `Sheet.block` takes; the channels lie down, then across, depth across
    """
    at = at or sheet.corner()
    channels = len(shape) - rank
    if each is None and words != "" and channels == 1:
        each = channel_name(sheet)
    told = slice_name(sheet, shape, rank, each, firsts) if channels <= 2 else None
    wide = words_across(sheet, told, shape) if rank > 1 else 0
    place = block.pop("steps", None) or steps(shape, rank, channels, wide)
    made = sheet.block(name, at, shape, steps=place, **block) if name else None
    cells = made or sheet.memory(at, shape, steps=place)
    labels = indices(sheet, cells, rank, firsts) if numbered else []
    if told:
        name_each(sheet, cells[(..., *[0] * min(2, rank))], told, 0 if rank == 1 else 1 + numbered)
    words = sheet.say(name, size=plain(shape, channels)) if words is None else words
    head = caption(sheet, words, at.column)
    ruled = tuple(ruler)
    return Figure(at.anchor, head, cells=cells, labels=tuple(labels), ruler=ruled, kept=cells)


def words_across(sheet: Sheet, told: Name | None, shape: Sequence[int]) -> int:
    """The columns that the longest words above the slices of a block run over."""
    return sheet.behind((0, 0), told(*(n - 1 for n in shape[:-2])), "note") if told else 0


@frozen
class Sources:
    """A layer on a sheet: its input, its kernel, and its bias if there is one."""

    sheet: Sheet
    layer: Layer | Convolution
    x: Figure
    w: Figure
    b: Figure | None
    c: Figure | None = None

    @property
    def input(self) -> Grid:
        return self.x.cells

    @property
    def weight(self) -> Grid:
        return self.w.cells

    @property
    def bias(self) -> Grid | None:
        return None if self.b is None else self.b.cells

    @property
    def rest(self) -> Grid | None:
        """What is added to an excerpt of a larger layer, of the sizes of its canvas, or output."""
        return None if self.c is None else self.c.cells

    @property
    def products(self) -> Expr:
        """Each input times the whole kernel: (in_channels, out_channels // groups, *sizes, ...)."""
        each = (None,) * self.layer.geometry.rank
        whole = (slice(None), slice(None), *each)
        return self.input[(slice(None), None, ..., *each)] * self.weight[whole]

    @property
    def line(self) -> Arranged:
        """The input and its kernel beside it; under that the bias, and the rest of an excerpt."""
        return self.x | Led(self.w, "∗") / self.b / self.c


def sources(sheet: Sheet, layer: Layer | Convolution, tint: Any = None) -> Sources:
    """The layer's input, kernel and bias; `tint` as `kernel_figure` has it."""
    x, w = input_figure(sheet, layer), kernel_figure(sheet, layer, tint)
    return Sources(sheet, layer, x, w, bias_figure(sheet, layer), rest_figure(sheet, layer))


def input_figure(sheet: Sheet, layer: Layer | Convolution) -> Figure:
    g, x = layer.geometry, layer.input
    ruler = [(axis.stride, 0) for axis in g.axes]
    look: dict[str, Any] = {"ruler": ruler, "firsts": layer.firsts[0]}
    look |= {"each": channel_name(sheet, layer.channels.ins)}
    if layer.scaled is None:
        return figure(sheet, "input", x.shape, g.rank, role="input", content=x, **look)
    words = sheet.say("input_meant", size=plain(x.shape, 1))
    made = figure(sheet, "input", x.shape, g.rank, words, role="computed", **look)
    return _meant(sheet, made, g.rank, lambda at: scaled_figure(sheet, layer, at))


def _meant(
    sheet: Sheet, made: Figure, rank: int, drawn: Callable[[Spot], tuple[Figure, Expr]]
) -> Figure:
    """A block made of integers, which stand under it with their scale."""
    q, made.cells[...] = drawn(under(made.cells, 4 if rank > 1 else 3))
    head = named(sheet, under(made.cells, 1), sheet.say("integers"))
    return replace(made, captions=([head], *q.captions))


def scaled_figure(
    sheet: Sheet, layer: Layer | Convolution, at: Spot, words: str = ""
) -> tuple[Figure, Expr]:
    """The integers of an input with scale and zero point under them, and the numbers they mean."""
    g, scaled = layer.geometry, layer.scaled
    assert scaled is not None
    look: dict[str, Any] = {"at": at, "role": "input", "content": scaled.integers}
    look |= {"each": channel_name(sheet, layer.channels.ins), "firsts": layer.firsts[0]}
    q = figure(sheet, "input_integers", scaled.integers.shape, g.rank, words, **look)
    its = input_scaling(sheet, g, scaled, under(q.cells, 2))
    return replace(q, captions=its.captions), its.input(q.cells)


def kernel_figure(sheet: Sheet, layer: Layer | Convolution, tint: Any = None) -> Figure:
    """The kernel; `tint` broadcasts over the weight, one for each kernel index if not given."""
    g, w = layer.geometry, layer.weight
    look: dict[str, Any] = {
        "tint": tints(g) if tint is None else tint,
        "each": weight_name(sheet, g),
    }
    if (quantised := layer.quantised) is None:
        return figure(sheet, "kernel", w.shape, g.rank, role="kernel", content=w, **look)
    words = sheet.say("kernel_meant", size=plain(w.shape, 2))
    made = figure(sheet, "kernel", w.shape, g.rank, words, role="computed", **look)
    return _meant(sheet, made, g.rank, lambda at: integers_figure(sheet, quantised, g, at, **look))


def integers_figure(
    sheet: Sheet, quantised: Quantised, g: Geometry, at: Spot, words: str = "", **look: Any
) -> tuple[Figure, Expr]:
    """The integers of a kernel with scale and zero point under them, and the weights they mean."""
    integers = quantised.integers
    look |= {"at": at, "role": "kernel", "content": integers}
    q = figure(sheet, "integers", integers.shape, g.rank, words, **look)
    its = scaling(sheet, g, quantised, under(q.cells, 2))
    return replace(q, captions=its.captions), its.weight(q.cells)


def bias_figure(
    sheet: Sheet, layer: Layer | Convolution, name: str = "bias", words: str | None = None
) -> Figure | None:
    """The bias of each output channel, one under another."""
    if (b := layer.bias) is None:
        return None
    made = figure(
        sheet, name, b.shape, 1, words, role="bias", content=b, steps=((1, 0),), numbered=False
    )
    numbers = layer.channels.outs
    if len(b) > 1 or numbers:
        name_each(sheet, made.cells, channel_name(sheet, numbers), above=0)
    return made


RESTS = {
    (True, True): "rest_both",
    (True, False): "rest_channels",
    (False, True): "rest_outside",
    (False, False): "rest",
}
"""The words above the rest of an excerpt: whether other channels are in it, and the outside."""


def rest_figure(sheet: Sheet, layer: Layer | Convolution) -> Figure | None:
    """What the channels and cells that are not shown bring, for an excerpt of a layer."""
    if (rest := layer.rest) is None:
        return None
    g = layer.geometry
    words = sheet.say(RESTS[rest.channels > 0, rest.outside], count=rest.channels)
    firsts = g.firsts if isinstance(layer, Layer) else layer.firsts[1]
    look: dict[str, Any] = {"firsts": firsts, "each": channel_name(sheet, layer.channels.outs)}
    look |= {"role": "bias", "content": rest.values}
    return figure(sheet, "rest", rest.values.shape, g.rank, words, **look)


def output_figure(
    sheet: Sheet,
    layer: Layer | Convolution,
    name: str = "output",
    words: str | None = None,
    **more: Any,
) -> Figure:
    """The full output, still to be written, with the cropped ring to be seen around it.

    words  above it; those that the name says, if not given; how "output" gets its size is under it
    """
    g = layer.geometry
    own = words is None and name == "output"
    words = sheet.say(name, size=plain(g.output_shape, 1)) if words is None else words
    ruler = [(1, axis.cropped) for axis in g.axes]
    each = channel_name(sheet, g.outs) if words else None
    y = figure(
        sheet, "", g.canvas_shape, g.rank, words, firsts=g.firsts, ruler=ruler, each=each, **more
    )
    kept = y.cells[(slice(None), *g.crop)]
    if y.cells.shape != kept.shape:
        sheet.name_block(f"{name}_full", y.cells, role="cropped", frame=False)
    sheet.name_block(name, kept, role="output", claim=("conv_transpose", layer))
    if own:
        explain(sheet, y.cells, g.output_shape[1:], [size_formula(axis) for axis in g.axes])
    return replace(y, kept=kept)


def result_figure(sheet: Sheet, layer: Layer, words: str | None = None, **block: Any) -> Figure:
    """The output alone, with nothing around it that is cropped.

    words  above it; the size, if not given, and under it how it gets that
    block  what else `figure` takes
    """
    g = layer.geometry
    own = words is None
    words = sheet.say("output", size=plain(g.output_shape, 1)) if words is None else words
    block = {"name": "output", "role": "output", "claim": ("conv_transpose", layer)} | block
    block.setdefault("each", channel_name(sheet, g.outs))
    y = figure(sheet, block.pop("name"), g.output_shape, g.rank, words, **block)
    if own:
        explain(sheet, y.cells, g.output_shape[1:], [size_formula(axis) for axis in g.axes])
    return y
