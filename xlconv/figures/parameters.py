"""A layer's parameters as cells: dropdowns, marks, what follows from them, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from itertools import count
from string import Formatter
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.controls import behind_label, control
from xlconv.figures.layout import Part
from xlconv.figures.notes import caption
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr, call, every, joined
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot, right_of
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import Values
from xlconv.layers.layer import Layer

LIMITS = {
    "input_size": (1, 6),
    "kernel_size": (1, 5),
    "stride": (1, 4),
    "padding": (0, 12),
    "output_padding": (0, 3),
    "dilation": (1, 3),
}
"""The least and the greatest value of each parameter, in the order of their cells."""


@frozen(kw_only=True)
class Parameters(Part):
    """The cells of the parameters; `valid` says whether they make a layer, `wrong` why not.

    input_size  (2,): rows and columns; each other parameter is one cell for both
    """

    input_size: Grid
    kernel_size: Grid
    stride: Grid
    padding: Grid
    output_padding: Grid
    dilation: Grid
    valid: Expr
    wrong: Expr


@frozen(kw_only=True)
class Sizes(Part):
    """What follows from the parameters, each (2,): a cell for the rows and one for the columns."""

    stretched: Grid
    span: Grid
    full: Grid
    output: Grid
    drawn: Grid
    padded: Grid


def phrase(sheet: Sheet, key: str, **values: Any) -> Expr:
    """One of the sheet's words, with cells in its {places}."""
    parts: list[Any] = []
    for literal, name, *_ in Formatter().parse(sheet.words[key]):
        for part in (literal, values[name] if name else ""):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif not isinstance(part, str) or part:
                parts.append(part)
    return joined(*parts)


def said_by(layer: Layer) -> dict[str, Values]:
    """What the cells say of a layer.

    Raises XlconvError for one that they cannot say.
    """
    g = layer.geometry
    biased = layer.bias is not None
    if g.rank != 2 or (g.in_channels, g.out_channels) != (1, 1) or biased:
        raise XlconvError(
            "playground shows one channel on two axes, without a bias, got"
            f" {g.in_channels} → {g.out_channels} channels on {g.rank}{' with one' * biased}: show"
            " it with collect or distribute"
        )
    if layer.quantised or layer.scaled:
        raise XlconvError(
            "playground types real numbers, and this layer is of integers with a scale: show it"
            " with collect, distribute or channels"
        )
    values: dict[str, Values] = {"input_size": np.array(g.input_shape[1:], float)}
    for name in [name for name in LIMITS if name not in values]:
        each = np.ravel([getattr(axis, name) for axis in g.axes])
        if len(set(each)) > 1:
            raise XlconvError(
                f"playground has one {name} for all sides, got {each.tolist()}", parameter=name
            )
        values[name] = np.array(each[0], float)
    for name, (low, high) in LIMITS.items():
        if values[name].min() < low or values[name].max() > high:
            got = " x ".join(f"{value:g}" for value in values[name].ravel())
            raise XlconvError(
                f"playground takes {name} from {low} to {high}, got {got}", parameter=name
            )
    return values


def parameters(sheet: Sheet, start: Mapping[str, Values]) -> Parameters:
    """A strip of cells with dropdowns, each with a mark beside it.

    start  what each cell says first, named and shaped as in `Parameters`
    """
    corner = sheet.corner()
    cells = _strip(sheet, corner, start)
    marks = _Marks(sheet, cells)
    size, kernel_size, stride = cells["input_size"], cells["kernel_size"], cells["stride"]
    dilation, more = cells["dilation"], cells["output_padding"]
    free = [name for name in LIMITS if "padding" not in name]
    for name in free:
        marks.judge(name, LIMITS[name][1], "", [])
    smaller = call("MAX", stride, dilation) - 1
    marks.judge("output_padding", smaller, sheet.say("why_output_padding"), free)
    # one cell at least must be left: full size - 2 * padding + output_padding >= 1
    spare = (call("MIN", size[0], size[1]) - 1) * stride + dilation * (kernel_size - 1) + more
    most = call("MIN", LIMITS["padding"][1], call("INT", spare / 2))
    marks.judge("padding", most, sheet.say("why_padding"), ["output_padding"])
    valid = marks.of["padding"].equals(1)
    wrong = joined(*marks.wrong)
    return Parameters(corner.anchor, None, (), False, **cells, valid=valid, wrong=wrong)


def _strip(sheet: Sheet, corner: Spot, start: Mapping[str, Values]) -> dict[str, Grid]:
    """The cells of the parameters side by side, with room for a mark behind each."""
    cells, across = dict[str, Grid](), 0
    for name, (low, high) in LIMITS.items():
        label, offered = _label(sheet, name), range(low, high + 1)
        spot = corner.shift(0, behind_label(sheet, corner, across, label))
        cells[name] = control(sheet, spot, name, start[name], offered, label)
        across = right_of(cells[name], 1).column + 1
    return cells


@frozen
class _Marks:
    """The marks beside parameters, 1 or 0, and in words what is wrong with each."""

    sheet: Sheet
    cells: Mapping[str, Grid]
    of: dict[str, Grid] = field(default_factory=dict)
    wrong: list[Expr] = field(default_factory=list)

    def judge(self, name: str, high: int | Expr, why: str, after: Sequence[str]) -> None:
        """Mark a parameter: a whole number up to `high`; not until those before it are good."""
        sheet, cell, low = self.sheet, self.cells[name], LIMITS[name][0]
        each = [cell[n] for n in range(cell.memory.size)] if cell.shape else [cell]
        whole = [t for c in each for t in (c.equals(call("INT", c)), c >= low, c <= high)]
        numbers = every([call("ISNUMBER", c) for c in each])
        mark = call("IF", call("IF", numbers, call("AND", *whole), False), 1, 0)
        if after:
            mark = call("IF", every([self.of[other].equals(1) for other in after]), mark, "")
        self.of[name] = sheet.formula(right_of(cell), mark, "mark")
        bad = self.of[name].equals(0)
        for lit in (self.of[name], cell):
            sheet.light(lit, bad, "alarm")
        most = high if isinstance(high, Expr) else str(high)
        words = phrase(sheet, "must_be", name=_label(sheet, name), low=str(low), high=most, why=why)
        self.wrong.append(call("IF", bad, words, ""))


def live_sizes(sheet: Sheet, p: Parameters, area: int) -> Sizes:
    """The arithmetic of sizes, a step a line; at most `area` cells of the full output are drawn."""
    corner, rows = sheet.corner(), count()
    heads = [sheet.say("rows"), sheet.say("columns")]
    apart = max(sheet.behind(corner, head, "heads") for head in heads)
    sheet.line(corner.shift(-1, 5), heads, "heads", step=(0, apart))

    def line(name: str, content: Expr) -> Grid:
        at = corner.shift(next(rows), 5)
        sheet.text(at.shift(0, -1), sheet.say(f"step_{name}"), "label")
        cells = sheet.memory(at, (2,), steps=((0, apart),), dtype=object)
        cells[...] = call("IF", p.valid, content, "")
        sheet.coat(cells, "fact")
        return cells

    stretched = line("stretched", (p.input_size - 1) * p.stride + 1)
    span = line("span", (p.kernel_size - 1) * p.dilation + 1)
    full = line("full", stretched + span - 1)
    output = line("output", full - 2 * p.padding + p.output_padding)
    # output_padding adds cells to the full output where it takes back more than is cropped
    drawn = line("drawn", call("MIN", area, full + call("MAX", 0, p.output_padding - p.padding)))
    padded = line("padded", drawn + span - 1)
    return Sizes(
        corner.anchor,
        caption(sheet, sheet.say("steps")),
        stretched=stretched,
        span=span,
        full=full,
        output=output,
        drawn=drawn,
        padded=padded,
    )


def size_words(sheet: Sheet, p: Parameters, sizes: Sizes) -> None:
    """Under the parameters the output's size as a sum, or what is wrong with them."""
    rows, columns = (
        phrase(
            sheet,
            "size_terms",
            n=p.input_size[n],
            stride=p.stride,
            padding=p.padding,
            dilation=p.dilation,
            kernel_size=p.kernel_size,
            output_padding=p.output_padding,
        )
        for n in (0, 1)
    )
    high, wide = sizes.output[0], sizes.output[1]
    size = joined(high, " × ", wide)
    alike = phrase(sheet, "output_formula", size=size, rows=high, formula=rows)
    apart = phrase(
        sheet,
        "output_formulas",
        size=size,
        rows=high,
        columns=wide,
        row_formula=rows,
        column_formula=columns,
    )
    words = call("IF", p.input_size[0].equals(p.input_size[1]), alike, apart)
    hidden = [sizes.full[n] - sizes.drawn[n] for n in (0, 1)]
    beyond = call("MAX", *hidden) + call("MAX", 0, p.output_padding - p.padding) > 0
    drawn = joined(sizes.drawn[0], " × ", sizes.drawn[1])
    words = words & call("IF", beyond, phrase(sheet, "only_drawn", size=drawn), "")
    cell = sheet.formula(Spot(p.anchor, 1), call("IF", p.valid, words, p.wrong), "text")
    sheet.light(cell, call("NOT", p.valid), "warning")


def _label(sheet: Sheet, name: str) -> str:
    return sheet.say("input_size") if name == "input_size" else name
