"""Distribute: each input value stamps the whole kernel onto the output; overlapping stamps add."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from xlconv.figures.blocks import Figure, Sources, figure, sources, words_across
from xlconv.figures.controls import behind_label, checked, control
from xlconv.figures.edges import name_stamps, slice_name, weight_name
from xlconv.figures.layout import Part
from xlconv.figures.operations import accumulated, afford
from xlconv.figures.outputs import by_stamps
from xlconv.figures.paper import arrange
from xlconv.figures.ruler import target
from xlconv.figures.then import then_figures
from xlconv.figures.titles import AXES, count_caption
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr, call, moved, total
from xlconv.grid.grid import Grid
from xlconv.grid.places import Place, passed, tiled
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer

LIT = 150
"""Input cells beyond which stamps do not light up: each would take a rule of its own."""


@frozen(kw_only=True)
class Step(Part):
    """The step that a sheet has come to.

    number  the control
    valid   a condition: whether there is such a step
    at      the input cell that it stamps, an index for each axis
    """

    number: Grid
    valid: Expr
    at: list[Grid]


def distribute(sheet: Sheet, layer: Layer) -> None:
    """The input, the stamp of each of its cells, and the output that adds them up to a step."""
    g, sizes = layer.geometry, layer.geometry.input_shape[1:]
    src, step = sources(sheet, layer), _step(sheet, g)
    order = _order([index[0] for index in src.x.labels], g)
    place = src.input[0].steps
    placed = figure(sheet, "placed", sizes, g.rank, role="computed", numbered=False, steps=place)
    placed.cells[...] = call("IF", call("AND", step.valid, order <= step.number), 1, 0)
    stamps = _stamps(sheet, g, src, placed.cells)
    y = by_stamps(src, stamps.cells)
    count = _count(sheet, g, y, placed.cells)

    sheet.light(src.input, _order(src.x.labels, g).equals(step.number), "current")
    if prod(sizes) <= LIT and g.rank > 1:
        each = (..., *(None,) * g.rank)
        number = _order([index[:, None][each] for index in src.x.labels], g)
        sheet.light(stamps.cells, number.equals(step.number), "now")
        sheet.light(stamps.cells, number > step.number, "later")
    sheet.light(y.cells, _reached(g, y.labels, step), "now")
    then = then_figures(sheet, layer, y.kept)
    arrange(sheet, step, src.line / placed >> stamps >> y / count >> then)


def _step(sheet: Sheet, g: Geometry) -> Step:
    """The step, whether it is one, and the input cell that it has come to."""
    sizes = g.input_shape[1:]
    corner, last = sheet.corner(), prod(sizes)
    sheet.text(corner, sheet.say("step"), "strong")
    whole = range(last + 1)
    number = control(sheet, corner.shift(0, 2), "step", last, whole if last < 100 else ())
    words = sheet.say("step_range", last=last), sheet.say("step_wrong", last=last)
    valid = checked(sheet, corner.shift(0, 4), [number], whole, words)
    at, says, reached = list[Grid](), sheet.say("step_at"), call("AND", valid, number > 0)
    room = sheet.behind(corner.shift(0, 4), max(words, key=len), "note")
    here = max(16, room + sheet.behind(corner, says, "label"))
    sheet.text(corner.shift(0, here), says, "label")
    column = here + 2
    for name, axis, rest in zip(AXES[-g.rank :], g.axes, passed(sizes), strict=True):
        place = call("INT", (number - 1) / rest) if rest > 1 else number - 1
        if axis.size * rest < last:
            place = call("MOD", place, axis.size)
        place = moved(place, axis.first)
        spot = corner.shift(0, behind_label(sheet, corner, column, sheet.say(name)))
        sheet.text(spot.shift(0, -1), sheet.say(name), "label")
        at.append(sheet.formula(spot, call("IF", reached, place, ""), "fact"))
        column = spot.column + 2
    return Step(corner.anchor, number=number, valid=valid, at=at)


def _order(index: Sequence[Grid], g: Geometry) -> Expr:
    """The number of the step at which an input cell is stamped, from its indices."""
    places = [moved(i, -axis.first) for i, axis in zip(index, g.axes, strict=True)]
    rests = passed(g.input_shape[1:])
    before = [i * rest if rest > 1 else i for i, rest in zip(places, rests, strict=True)]
    return total(before) + 1


def _stamps(sheet: Sheet, g: Geometry, src: Sources, placed: Grid) -> Figure:
    """The stamp of each input: (in_channels, out_channels // groups, *sizes, *kernel_sizes)."""
    stamps = call("IF", placed[(..., *(None,) * g.rank)], src.products, 0)
    made = figure(
        sheet,
        "stamps",
        stamps.shape,
        g.rank,
        role="computed",
        numbered=False,
        steps=_steps(sheet, g),
    )
    name_stamps(sheet, g, made.cells)
    made.cells[...] = stamps
    return made


def _count(sheet: Sheet, g: Geometry, y: Figure, placed: Grid) -> Figure:
    """How many of the stamps that are placed reach each cell of the full output."""
    sizes, place, words = y.cells.shape[1:], y.cells.steps[1:], count_caption(sheet, g)
    count = figure(sheet, "count", sizes, g.rank, words, role="count", steps=place, firsts=g.firsts)
    runs = [axis.canvas_runs for axis in g.axes]
    afford(sheet, runs)
    accumulated(sheet, count.cells, runs, lambda _, tap: placed[tap[0]])
    sheet.scale(count.cells)
    return count


def _reached(g: Geometry, labels: Sequence[Grid], step: Step) -> Expr:
    """Whether the stamp of the current input reaches an output cell."""
    tests = [step.number > 0]
    for axis, label, i in zip(g.axes, labels, step.at, strict=True):
        first = target(axis, i, 0)
        tests += [label >= first, label <= moved(first, axis.extent - 1)]
        if axis.dilation > 1:
            tests.append(call("MOD", label - first, axis.dilation).equals(0))
    return call("AND", *tests)


def _steps(sheet: Sheet, g: Geometry) -> tuple[Place, ...]:
    """Stamps as blocks at their input's place; in 1-D each in a row of its own, at its output."""
    if g.rank == 1:
        (axis,) = g.axes
        return ((axis.size + 1, 0), (0, axis.full_size + 1), (1, axis.stride), (0, axis.dilation))
    down, across = "v" * (g.rank - 2), "h" * (g.rank - 2)
    shape = (*g.weight_shape[:2], *g.input_shape[1:], *g.weight_shape[2:])
    told = slice_name(sheet, g.weight_shape, g.rank, weight_name(sheet, g)) if g.rank > 2 else None
    apart = words_across(sheet, told, g.weight_shape) - g.weight_shape[-1]
    return tiled(shape, "vh" + down + "vh" + across, (1, max(1, apart)))
