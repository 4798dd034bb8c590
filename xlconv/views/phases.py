"""Phases: a stride of s is s small ordinary convolutions an axis, whose outputs interleave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from xlconv.figures.blocks import Figure, Sources, bias_figure, figure, kernel_figure, result_figure
from xlconv.figures.edges import channel_name, weight_name
from xlconv.figures.inlaid import copied
from xlconv.figures.lattice import Lattice, lattice
from xlconv.figures.layout import Led, Part
from xlconv.figures.operations import collected, written
from xlconv.figures.outputs import by_distributing
from xlconv.figures.paper import Quiet, Together, arrange
from xlconv.figures.titles import plain
from xlconv.grid import theme
from xlconv.grid.expr import Constant
from xlconv.grid.grid import Grid
from xlconv.grid.places import corners, start
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer
from xlconv.layers.phase import Phase, Shown, margin, phase_tints, phases_of, shown_phases

PIXEL_WIDTH, PIXEL_HEIGHT, WEIGHT_WIDTH, PICTURE_ZOOM = 2.2, 12, 6, 65
"""A pixel's cell in characters and points, a square; that of a weight; a zoom for two pictures."""

HAND = 400
"""Output cells beyond which a sheet is an image: heat instead of tints, and no second way."""

PHASES = 4_096
"""Phases beyond which nobody looks at the kernel of each: those of a stride of 64."""

Phases = Sequence[Sequence[Phase]]
"""The phases of each axis."""


def phases(sheet: Sheet, layer: Layer, *, small: bool = False, picture: bool = False) -> None:
    """The input with a margin, the kernel split into phases, and the output that they interleave.

    small    whether each phase is computed on its own first, and the output puts them together
    picture  whether the cells are pixels, in shades of grey or, of three channels, of colours
    """
    g, image = layer.geometry, _image(sheet, layer, picture=picture)
    counts = [min(axis.stride, axis.output_size) for axis in g.axes]
    known = phases_of(g, counts, PHASES, f"phases view shows at most {PHASES} phases")
    w, b = kernel_figure(sheet, layer, phase_tints(g, counts)), bias_figure(sheet, layer)
    shown = shown_phases(known, sheet.plan)
    split, kernels = _split(sheet, g, known, shown, w.cells, "phases_below" * picture or "phases")
    x, before = _input(sheet, layer, known, numbered=not image)
    src = Sources(sheet, layer, replace(x, cells=x.kept), w, b)
    y = result_figure(sheet, layer, numbered=not image)
    own = _small(sheet, g, known, shown) if small else None
    for n, (one, kernel) in enumerate(zip(shown, kernels, strict=True)):
        cells = y.cells[(slice(None), *(p.cells for p in one.axes))]
        result = own.cells[n] if own else cells
        if kernel is None:
            for o in written(sheet, result):
                result[o] = Constant(0) if src.bias is None else src.bias[o]
        else:
            inputs = x.cells[(slice(None), *map(Phase.inputs, one.axes, before))]
            collected(sheet, result, one.geometry(g), kernel, inputs, src.bias, one.alike)
        if own:
            cells[...] = result
        if not image:
            sheet.coat(cells, "output", one.number)
    if not image:
        again, agree = by_distributing(src, y.cells, "distribute_output")
        arrange(sheet, x | Led(w, "∗") / b >> split >> own >> y / again / agree)
    elif picture:
        arrange(sheet, Together(w / b // Quiet(split) >> x >> own >> y))
        _pixels(sheet, [w.cells, *filter(None, kernels)], x, y)
    else:
        arrange(sheet, w / b >> split, Together(x >> own >> y))
        sheet.scale(x.kept)
        sheet.scale(y.kept)


def _image(sheet: Sheet, layer: Layer, *, picture: bool) -> bool:
    """Whether cells are looked at as an image; where pixels are narrow, weights need room."""
    if picture:
        sheet.column_width = WEIGHT_WIDTH
    return picture or prod(layer.geometry.output_shape) > HAND


def _input(
    sheet: Sheet, layer: Layer, known: Phases, *, numbered: bool
) -> tuple[Figure, list[int]]:
    """The input inside the zeros that its phases read around it, with no zeros between.

    returns  the figure, of which the input is kept; and the zeros before each axis
    """
    g = layer.geometry
    margins = [margin(axis, phases) for axis, phases in zip(g.axes, known, strict=True)]
    shape = [axis.size + sum(zeros) for axis, zeros in zip(g.axes, margins, strict=True)]
    before = [zeros for zeros, _ in margins]
    key = "input_margin" if any(map(sum, margins)) else "input"
    words, firsts = sheet.say(key, size=plain((g.in_channels, *shape), 1)), [-n for n in before]
    x = figure(sheet, "", (g.in_channels, *shape), g.rank, words, numbered=numbered, firsts=firsts)
    x.cells[...] = 0.0
    sheet.coat(x.cells, "zero")
    places = zip(before, g.axes, strict=True)
    kept = x.cells[(slice(None), *(slice(first, first + axis.size) for first, axis in places))]
    kept[...] = layer.input
    sheet.name_block("input", kept, role="input")
    return replace(x, kept=kept), before


def _split(
    sheet: Sheet, g: Geometry, known: Phases, shown: Sequence[Shown], w: Grid, key: str
) -> tuple[Part, list[Grid | None]]:
    """The sub-kernel of each phase, turned, each weight a live copy; None where it has none."""
    kernels = list[Grid | None]()
    names = [sheet.say("phase", cells=", ".join(map(_spelled, one.axes))) for one in shown]
    words = sheet.count(key, count=prod(map(len, known)))
    split = lattice(
        sheet,
        known,
        shown,
        g.weight_shape[:2],
        lambda p: p.extent,
        words,
        names,
        weight_name(sheet, g),
    )
    for one, cells in zip(shown, split.cells, strict=True):
        if not all(p.offsets for p in one.axes):
            sheet.text(start(cells), sheet.say("phase_empty"), "note")
            kernels.append(None)
            continue
        kernels.append(sheet.name_block(f"phase_{one.number}", cells, role="zero"))
        weights = cells[(..., *(slice(None, None, p.apart) for p in one.axes))]
        if weights.shape != cells.shape:
            cells[...] = 0.0
        copied(sheet, weights, w[(..., *(p.weights for p in one.axes))], one.number)
    return split, kernels


def _small(sheet: Sheet, g: Geometry, known: Phases, shown: Sequence[Shown]) -> Lattice:
    """An output for each phase alone, still to be written."""
    words = sheet.say("small_outputs")
    channel = channel_name(sheet)
    small = lattice(sheet, known, shown, [g.out_channels], lambda p: p.count, words, each=channel)
    for one, cells in zip(shown, small.cells, strict=True):
        sheet.name_block(f"small_{one.number}", cells, role="computed", tint=one.number)
    return small


def _spelled(phase: Phase) -> str:
    """The cells of a phase as Python writes a slice."""
    return f"{phase.start}::{phase.step}" if phase.step > 1 else ":"


def _pixels(sheet: Sheet, weights: Sequence[Grid], *maps: Figure) -> None:
    """Show values as the pixels of pictures."""
    _narrowed(sheet, weights)
    sheet.row_height, sheet.zoom = PIXEL_HEIGHT, PICTURE_ZOOM
    white = 255 if maps[0].kept.memory.max() > 1 else 1
    for shown in maps:
        sheet.coat(shown.kept, "pixel")
        channels = range(shown.kept.shape[0])
        shades = theme.PRIMARIES if len(channels) == 3 else [theme.GREYS] * len(channels)
        for channel in channels:
            sheet.scale(shown.kept[channel], shades[channel], (0, white))


def _narrowed(sheet: Sheet, weights: Sequence[Grid]) -> None:
    """Make all columns as narrow as a pixel but those of weights, so that paper shows all."""
    across = [column for cells in weights for _, column in corners(cells)]
    narrow = {*range(1, sheet.columns)}.difference(range(min(across), max(across) + 1))
    sheet.widths.update(dict.fromkeys(narrow, PIXEL_WIDTH))
