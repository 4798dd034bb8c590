"""The class of each pixel: the largest of its scores, and how far that is what it should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure
from xlconv.figures.layout import Arranged, Part
from xlconv.figures.maps import map_figure
from xlconv.figures.table import Column, table
from xlconv.figures.titles import plain
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr, call, total
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.given import numbers

MOST = 4
"""Classes that have colours."""

MISSED = -1
"""What stands in the place of a class that is not the true one."""


@frozen
class Told:
    """The class of each pixel.

    figure  the largest of the scores
    mean    how far these are the true ones, in a line; None where none are given
    proof   the true ones, and where both are alike; None as well
    """

    figure: Figure
    mean: Part | None
    proof: Arranged | None

    def beside(self, top: Arranged) -> list[Arranged]:
        """What these are told of, with the classes beside it, and the others under it."""
        return [top >> self.figure, *filter(None, (self.mean, self.proof))]


def classified(
    sheet: Sheet, scores: Figure, names: Sequence[str], truth: Sequence[Sequence[float]] | None
) -> Told:
    """The class of each pixel, by its scores.

    names  of the classes, the first one in grey
    truth  the number of each pixel's true class
    """
    count = scores.cells.shape[0]
    if len(names) != count or not 2 <= count <= MOST:
        raise XlconvError(
            f"classes must have a name for each of 2 to {MOST} scores, got {len(names)} and {count}"
            " channels of the output",
            parameter="classes",
        )
    shape = (1, *scores.cells.shape[1:])
    made = _figure(sheet, "classes", shape, "classes", role="class")
    made.cells[0] = _largest([scores.cells[n] for n in range(count)])
    _tint(sheet, made.cells, count)
    if truth is None:
        return Told(made, None, None)
    content = numbers("truth", truth)[None]
    if content.shape != shape:
        raise XlconvError(
            f"truth must be {plain(shape, 1)}, got {plain(content.shape, 1)}", parameter="truth"
        )
    true = _figure(sheet, "truth", shape, "truth", role="image", content=content)
    _tint(sheet, true.cells, count)
    met = _figure(sheet, "alike", shape, "alike", role="class")
    met.cells[...] = call("IF", made.cells.equals(true.cells), made.cells, MISSED)
    _tint(sheet, met.cells, count)
    sheet.light(met.cells, met.cells.equals(MISSED), "missed")
    shares, mean = _overlaps(sheet, names, made.cells, true.cells, met.cells)
    return Told(made, mean, (true | met) / shares)


def _figure(sheet: Sheet, name: str, shape: tuple[int, ...], words: str, **block: Any) -> Figure:
    told = sheet.say(words, size=plain(shape, 1))
    return map_figure(sheet, name, shape, told, **block)


def _largest(scores: Sequence[Grid], first: int = 0) -> Expr | int:
    """The number of the largest, the first of those that are alike."""
    one, *rest = scores
    if not rest:
        return first
    return call("IF", one >= call("MAX", *rest), first, _largest(rest, first + 1))


def _tint(sheet: Sheet, cells: Grid, count: int) -> None:
    for n in range(1, count):
        sheet.light(cells, cells.equals(n), f"class_{n}")


def _overlaps(
    sheet: Sheet, names: Sequence[str], told: Grid, true: Grid, met: Grid
) -> tuple[Part, Part]:
    """Intersection over union, class by class; and the mean of those that are there."""
    columns = {
        "name": Column("", "text", 5),
        **{key: Column(sheet.say(f"pixels_{key}"), "fact", 4, float) for key in ("both", "either")},
        "iou": Column(sheet.say("iou"), "share", 2, float),
    }
    lines = table(sheet, sheet.say("iou_each"), len(names), columns)
    for n, name in enumerate(names):
        lines["name"][n] = f"{n}  {name}"
        both = call("COUNTIF", met[0].area(), n)
        lines["both"][n] = both
        each = [call("COUNTIF", cells[0].area(), n) for cells in (told, true)]
        lines["either"][n] = total(each) - lines["both"][n]
        lines["iou"][n] = lines["both"][n] / call("MAX", lines["either"][n], 1)
    for key in ("both", "either", "iou"):
        sheet.name_block(key, lines[key], role=columns[key].role, frame=False)
    corner, words = sheet.corner(), sheet.say("iou_mean")
    sheet.text(corner, words, "strong")
    there = len(names) - call("COUNTIF", lines["either"].area(), 0)
    mean = call("SUM", lines["iou"].area()) / there
    made = sheet.formula(corner.shift(0, sheet.behind(corner, words, "strong")), mean, "share")
    sheet.name_block("mean_iou", made, role="share", frame=False)
    return lines, Part(corner.anchor)
