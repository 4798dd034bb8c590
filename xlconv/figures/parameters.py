"""A layer's parameters as cells: dropdowns, marks, what follows from them, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from xlconv.expr import Expr, Grid, call, joined
from xlconv.functions import Values
from xlconv.places import Place, beside
from xlconv.sheet import Sheet

LIMITS = {
    "input_size": (1, 6), "kernel_size": (1, 5), "stride": (1, 4), "padding": (0, 12),
    "output_padding": (0, 3), "dilation": (1, 3),
}  # fmt: skip
"""The least and the greatest value of each parameter, in the order of their cells."""

GOOD, BAD = "✓", "✗"


@dataclass(frozen=True)
class Parameters:
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


@dataclass(frozen=True)
class Sizes:
    """What follows from the parameters, each (2,): a cell for the rows and one for the columns."""

    stretched: Grid
    span: Grid
    full: Grid
    output: Grid
    drawn: Grid
    padded: Grid


def said(sheet: Sheet, key: str, **values: Any) -> Expr:
    """One of the sheet's words, with cells in its {places}."""
    parts: list[Any] = []
    for literal, name, *_ in Formatter().parse(sheet.words[key]):
        for part in (literal, values[name] if name else ""):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif not isinstance(part, str) or part:
                parts.append(part)
    return joined(*parts)


def parameters(sheet: Sheet, at: Place, start: Mapping[str, Values]) -> Parameters:
    """A strip of cells with dropdowns, each with a mark beside it.

    start  what each cell says first, named and shaped as in `Parameters`
    """
    row, column = at
    cells, marks = dict[str, Grid](), dict[str, Grid]()
    wrong = []
    for name, (low, high) in LIMITS.items():
        label = _label(sheet, name)
        column += 2 + len(label) // 7
        sheet.text((row, column - 1), label, "label")
        content = start[name]
        cells[name] = sheet.block(
            name, (row, column), content.shape, role="control", content=content,
            steps=((0, 1),) * content.ndim,
        )  # fmt: skip
        sheet.choose(cells[name], range(low, high + 1))
        column = beside(cells[name], 1)

    def judge(name: str, high: int | Expr, why: str, after: Sequence[str]) -> None:
        """Mark a parameter: a whole number up to `high`; not until those before it are good."""
        cell, low = cells[name], LIMITS[name][0]
        each = [cell[n] for n in range(cell.memory.size)] if cell.shape else [cell]
        whole = [t for c in each for t in (c.equals(call("INT", c)), c >= low, c <= high)]
        mark = call("IF", call("AND", *whole), GOOD, BAD)
        mark = call("IF", _all([call("ISNUMBER", c) for c in each]), mark, BAD)
        if after:
            mark = call("IF", _all([marks[other].equals(GOOD) for other in after]), mark, "")
        marks[name] = sheet.formula((row, beside(cell, 0)), mark, "verdict")
        bad = marks[name].equals(BAD)
        for lit in (marks[name], cell):
            sheet.light(lit, bad, "alarm")
        most = high if isinstance(high, Expr) else str(high)
        told = said(sheet, "must_be", name=_label(sheet, name), low=str(low), high=most, why=why)
        wrong.append(call("IF", bad, told, ""))

    size, kernel_size, stride = cells["input_size"], cells["kernel_size"], cells["stride"]
    dilation, more = cells["dilation"], cells["output_padding"]
    free = [name for name in LIMITS if "padding" not in name]
    for name in free:
        judge(name, LIMITS[name][1], "", [])
    smaller = call("MAX", stride, dilation) - 1
    judge("output_padding", smaller, sheet.say("why_output_padding"), free)
    # one cell at least must be left: full size - 2 * padding + output_padding >= 1
    spare = (call("MIN", size[0], size[1]) - 1) * stride + dilation * (kernel_size - 1) + more
    most = call("MIN", LIMITS["padding"][1], call("INT", spare / 2))
    judge("padding", most, sheet.say("why_padding"), ["output_padding"])
    return Parameters(**cells, valid=marks["padding"].equals(GOOD), wrong=joined(*wrong))


def sizes(sheet: Sheet, p: Parameters, at: Place, area: int) -> Sizes:
    """The arithmetic of sizes, a step a line; at most `area` cells of the full output are drawn."""
    row, column = at
    sheet.text((row - 2, column - 4), sheet.say("steps"), "caption")
    sheet.line((row - 1, column), [sheet.say("rows"), sheet.say("columns")], "heads")
    lines = list[Grid]()

    def line(name: str, content: Expr) -> Grid:
        place = (row + len(lines), column)
        sheet.text((place[0], column - 1), sheet.say(f"step_{name}"), "label")
        cells = sheet.memory(place, (2,), steps=((0, 1),), dtype=object)
        cells[...] = call("IF", p.valid, content, "")
        sheet.coat(cells, "fact")
        lines.append(cells)
        return cells

    stretched = line("stretched", (p.input_size - 1) * p.stride + 1)
    span = line("span", (p.kernel_size - 1) * p.dilation + 1)
    full = line("full", stretched + span - 1)
    output = line("output", full - 2 * p.padding + p.output_padding)
    # output_padding adds cells to the full output where it takes back more than is cropped
    drawn = line("drawn", call("MIN", area, full + call("MAX", 0, p.output_padding - p.padding)))
    padded = line("padded", drawn + span - 1)
    return Sizes(stretched, span, full, output, drawn, padded)


def size_words(sheet: Sheet, at: Place, p: Parameters, found: Sizes) -> None:
    """The output's size as the sum that gives it, or what is wrong with the parameters."""
    rows, columns = (
        said(
            sheet, "size_terms", n=p.input_size[n], stride=p.stride, padding=p.padding,
            dilation=p.dilation, kernel_size=p.kernel_size, output_padding=p.output_padding,
        )
        for n in (0, 1)
    )  # fmt: skip
    high, wide = found.output[0], found.output[1]
    size = joined(high, " × ", wide)
    alike = said(sheet, "output_formula", size=size, formula=rows)
    apart = said(
        sheet, "output_formulas", size=size, rows=high, columns=wide, row_formula=rows,
        column_formula=columns,
    )  # fmt: skip
    words = call("IF", p.input_size[0].equals(p.input_size[1]), alike, apart)
    hidden = [found.full[n] - found.drawn[n] for n in (0, 1)]
    beyond = call("MAX", *hidden) + call("MAX", 0, p.output_padding - p.padding) > 0
    drawn = joined(found.drawn[0], " × ", found.drawn[1])
    words = words & call("IF", beyond, said(sheet, "only_drawn", size=drawn), "")
    cell = sheet.formula(at, call("IF", p.valid, words, p.wrong), "words")
    sheet.light(cell, call("NOT", p.valid), "warning")


def _label(sheet: Sheet, name: str) -> str:
    return sheet.say("input_size") if name == "input_size" else name


def _all(tests: list[Expr]) -> Expr:
    return call("AND", *tests) if len(tests) > 1 else tests[0]
