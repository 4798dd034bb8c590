"""Sizes: layers in lines, each with its numbers, the size of its output, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from xlconv.errors import XlconvError
from xlconv.figures.notes import paragraphs
from xlconv.figures.paper import arrange
from xlconv.figures.table import Column, table
from xlconv.grid.expr import call
from xlconv.grid.sheet import Sheet

NUMBERS = {"n": 1, "k": 1, "s": 1, "p": 0, "d": 1, "op": 0}
"""The numbers of a line, and the least of each: cells, kernel, stride, padding, dilation and
output_padding."""


def sizes(sheet: Sheet, *, rows: list[list[int]], below_figure: list[str] | None = None) -> None:
    """The output size of some layers, and what a plain convolution makes of it.

    rows          for each layer n, k, s, p, d and op: the last two are 1 and 0 if not given
    below_figure  paragraphs under the table
    """
    lines = [_checked(row) for row in rows]
    if not lines:
        raise XlconvError("rows must have at least one list of numbers", parameter="rows")
    columns = {name: Column(name, "", kind=float) for name in NUMBERS}
    columns["size"] = Column(sheet.say("size"), "", width=2, kind=float)
    columns["back"] = Column(sheet.say("size_back"), "", kind=float)
    made = table(sheet, sheet.say("sizes_table"), len(lines), columns)
    for name, numbers in zip(NUMBERS, zip(*lines, strict=True), strict=True):
        made[name][...] = [float(number) for number in numbers]
        sheet.name_block(name, made[name], role="parameter")
    n, k, s, p, d, op = (made[name] for name in NUMBERS)
    made["size"][...] = (n - 1) * s + d * (k - 1) + 1 + op - 2 * p
    sheet.name_block("size", made["size"], role="output")
    made["back"][...] = call("INT", (made["size"] + 2 * p - d * (k - 1) - 1) / s) + 1
    sheet.name_block("back", made["back"], role="computed")
    arrange(sheet, made, paragraphs(sheet, below_figure) if below_figure else None)


def _checked(row: Sequence[int]) -> list[int]:
    """The numbers of a line, with those that need not be given."""
    names, least = list(NUMBERS), list(NUMBERS.values())
    if not 4 <= len(row) <= len(least):
        raise XlconvError(f"rows must be of n, k, s, p and perhaps d and op, got {row}")
    full = [*row, *least[len(row) :]]
    for name, number, smallest in zip(names, full, least, strict=True):
        if not smallest <= number <= 1_000_000:
            raise XlconvError(f"rows: {name} must be from {smallest} to 1000000, got {number}")
    n, k, s, p, d, op = full
    if (size := (n - 1) * s + d * (k - 1) + 1 + op - 2 * p) < 1:
        raise XlconvError(f"rows: {row} leaves an output of {size}: use a smaller padding")
    if op >= max(s, d):
        raise XlconvError(f"rows: op must be less than s or d, got {op} in {row}")
    return full
