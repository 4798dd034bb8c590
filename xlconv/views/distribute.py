"""Distribute: each input value stamps the whole kernel onto the output; overlapping stamps add."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from xlconv.figures.figure import (
    CONTROLS,
    LEFT,
    TOP,
    accumulated,
    afford,
    caption,
    count_caption,
    distributed,
    indices,
    output_blocks,
    output_caption,
    sources,
)
from xlconv.grid.expr import Expr, Grid, call, total
from xlconv.grid.places import Place, below, beside, passed, tiled
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer

LIT = 150
"""Input cells beyond which stamps do not light up: each would take a rule of its own."""


def distribute(sheet: Sheet, layer: Layer) -> None:
    """The input, the stamp of each of its cells, and the output that adds them up to a step."""
    g, top = layer.geometry, TOP + 2
    sizes = g.input_shape[1:]
    src = sources(sheet, layer, (top, LEFT))
    step, valid, at = _controls(sheet, sizes)
    order = _order([index[0] for index in src.input_indices], sizes)
    placed = sheet.block(
        "placed", (below(src.bias or src.weight, 3), LEFT), sizes, role="computed",
        steps=src.input[0].steps,
        content=call("IF", call("AND", valid, order <= step), 1, 0),
    )  # fmt: skip
    caption(sheet, placed, sheet.say("placed"), lift=1)

    each, all_taps = (None,) * g.rank, (..., *(None,) * g.rank)
    shape = (*g.weight_shape[:2], *sizes, *g.weight_shape[2:])
    left = max(beside(src.input, 3), beside(src.weight, 3))
    stamps = sheet.block("stamps", (top, left), shape, steps=_stamp_steps(g), role="computed")
    stamps[...] = call(
        "IF", placed[all_taps], src.input[:, None][all_taps] * src.weight[(slice(None), slice(None), *each)], 0
    )  # fmt: skip
    caption(sheet, stamps, sheet.say("stamps"), lift=1)

    right = beside(stamps, 3)
    canvas, _, labels = output_blocks(
        sheet, layer, (top, right), "output", output_caption(sheet, g)
    )
    distributed(sheet, canvas, g, stamps, src.bias)

    count = sheet.block(
        "count", (below(canvas, 3), right), canvas.shape[1:], role="count", steps=canvas.steps[1:]
    )
    runs = [axis.canvas_runs for axis in g.axes]
    afford(sheet, runs)
    accumulated(
        sheet,
        count,
        runs,
        lambda _, tap: placed[tap[0]],
    )
    sheet.scale(count)
    caption(sheet, count, count_caption(sheet, g), lift=2)
    indices(sheet, count, g.rank, [-axis.crop.start for axis in g.axes])

    sheet.light(src.input, _order(src.input_indices, sizes).equals(step), "current")
    if prod(sizes) <= LIT and g.rank > 1:
        number = _order([index[:, None][all_taps] for index in src.input_indices], sizes)
        sheet.light(stamps, number.equals(step), "now")
        sheet.light(stamps, number > step, "later")
    sheet.light(canvas, _reached(g, labels, at, step), "now")


def _controls(sheet: Sheet, sizes: Sequence[int]) -> tuple[Grid, Expr, list[Grid]]:
    """The step, whether it is one, and the input cell that it has come to."""
    last = prod(sizes)
    sheet.text((CONTROLS, LEFT), sheet.say("step"), "caption")
    step = sheet.block("step", (CONTROLS, LEFT + 2), (), role="control", content=float(last))
    if last < 100:
        sheet.choose(step, range(last + 1))
    right, wrong = sheet.say("step_range", last=last), sheet.say("step_wrong", last=last)
    in_range = call("AND", step >= 0, step <= last, call("MOD", step, 1).equals(0))
    told = call("IF", call("ISNUMBER", step), call("IF", in_range, right, wrong), wrong)
    message = sheet.formula((CONTROLS, LEFT + 4), told, "note")
    valid = message.differs(wrong)
    sheet.light(message, message.equals(wrong), "warning")
    at, column = [], LEFT + 18
    sheet.text((CONTROLS, column - 2), sheet.say("step_at"), "label")
    for name, size, rest in zip(
        ("depth", "row", "column")[-len(sizes) :], sizes, passed(sizes), strict=True
    ):
        place = call("INT", (step - 1) / rest) if rest > 1 else step - 1
        sheet.text((CONTROLS, column + 1), sheet.say(name), "label")
        if size * rest < last:
            place = call("MOD", place, size)
        at.append(sheet.formula((CONTROLS, column + 2), call("IF", valid, place, ""), "fact"))
        column += 3
    return step, valid, at


def _order(index: Sequence[Grid], sizes: Sequence[int]) -> Expr:
    """The number of the step at which an input cell is stamped, from its indices."""
    before = [i * rest if rest > 1 else i for i, rest in zip(index, passed(sizes), strict=True)]
    return total(before) + 1


def _reached(g: Geometry, labels: Sequence[Grid], at: Sequence[Grid], step: Grid) -> Expr:
    """Whether the stamp of the current input reaches an output cell."""
    tests = [step > 0]
    for axis, label, i in zip(g.axes, labels, at, strict=True):
        apart = label - i * axis.stride + axis.padding[0]
        tests += [apart >= 0, apart <= axis.extent - 1]
        if axis.dilation > 1:
            tests.append(call("MOD", apart, axis.dilation).equals(0))
    return call("AND", *tests)


def _stamp_steps(g: Geometry) -> tuple[Place, ...]:
    """Stamps as blocks at their input's place; in 1-D each in a row of its own, at its output."""
    if g.rank == 1:
        (axis,) = g.axes
        return (
            (axis.size + 1, 0), (0, axis.full_size + 1), (1, axis.stride), (0, axis.dilation)
        )  # fmt: skip
    down, across = "v" * (g.rank - 2), "h" * (g.rank - 2)
    shape = (*g.weight_shape[:2], *g.input_shape[1:], *g.weight_shape[2:])
    return tiled(shape, "vh" + down + "vh" + across)
