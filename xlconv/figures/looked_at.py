"""The output cell that a sheet looks at: its controls, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure, Sources
from xlconv.figures.controls import behind_label, control, marked
from xlconv.figures.layout import Arranged, Part
from xlconv.figures.operations import written
from xlconv.figures.paper import PAGE_COLUMNS, arrange
from xlconv.figures.ruler import kernel_indices, meeting, of_channel, tinted
from xlconv.figures.titles import AXES
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr, call, chosen, every, lift, moved, total
from xlconv.grid.grid import Area, Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Axis, Geometry

CHOICES = 100
"""Output channels beyond which the looked-at one is not chosen among all in one formula."""


@frozen(kw_only=True)
class LookedAt(Part):
    """The output cell that a sheet looks at: its controls, and what follows from them.

    at       the control of each spatial axis, whose numbers are those of the whole layer
    channel  the control of the output channel, where there is more than one
    valid    a condition: whether there is such a cell
    """

    geometry: Geometry
    at: list[Grid]
    channel: Grid | None
    valid: Expr

    def if_valid(self, content: Expr) -> Expr:
        """The content, or nothing while there is no such cell."""
        return call("IF", self.valid, content, "")

    def of(self, cells: Grid) -> Expr:
        """The looked-at cell of an output."""
        firsts = self.geometry.first_outputs
        place = [moved(at, -first) for at, first in zip(self.at, firsts, strict=True)]
        return self.by_channel([pick(cells[o], place) for o in range(cells.shape[0])])

    def by_channel(self, options: Sequence[Expr]) -> Expr:
        """The option of the looked-at output channel."""
        if self.channel is None:
            return options[0]
        return chosen(self.nth + 1, options)

    def by_group(self, options: Sequence[Expr]) -> Expr:
        """The option of the group of the looked-at output channel."""
        g = self.geometry
        if self.channel is None or g.groups == 1:
            return options[0]
        filters = g.out_channels // g.groups
        group = call("INT", self.nth / filters) if filters > 1 else self.nth
        return call("CHOOSE", group + 1, *options)

    @property
    def nth(self) -> Expr:
        """The index of the looked-at output channel among those that are shown."""
        if self.channel is None:
            return lift(0)
        numbers = self.geometry.outs
        if numbers is None:
            return self.channel
        at = [call("IF", self.channel.equals(n), o, 0) for o, n in enumerate(numbers) if o]
        return total(at)

    def light(self, sheet: Sheet, figure: Figure) -> None:
        """Show the looked-at cell in a figure of the output's channels."""
        for o in written(sheet, figure.cells):
            sheet.light(figure.cells[o : o + 1], self.is_at(figure.labels, o), "current")

    def tint(self, src: Sources, *figures: Figure) -> None:
        """Tint what the looked-at cell meets, in figures of the input, by the weights."""
        valid = [self.valid] * isinstance(src.layer, Convolution)
        for tint, u in enumerate(kernel_indices(src.layer.geometry) if tinted(src) else ()):
            for figure, i in product(figures, range(src.input.shape[0])):
                met = [*valid, *meeting(src, figure, i, self.at, u), *self.is_group(i)]
                src.sheet.light(figure.cells[i : i + 1], every(met), "met", tint)

    def is_channel(self, out_channel: int) -> list[Expr]:
        """What must hold for an output channel to be the looked-at one."""
        number = self.geometry.out_number(out_channel)
        return [] if self.channel is None else [self.channel.equals(number)]

    def is_at(self, labels: Sequence[Grid], channel: int) -> Expr:
        """Whether a cell of an output channel is the looked-at one, by its index on each axis."""
        places = [of_channel(label, channel) for label in labels]
        here = [place.equals(at) for place, at in zip(places, self.at, strict=True)]
        return every([*here, *self.is_channel(channel)])

    def is_group(self, in_channel: int) -> list[Expr]:
        """What must hold for an input channel to reach the looked-at one."""
        g = self.geometry
        if g.groups == 1 or self.channel is None:
            return []
        outs = g.targets(in_channel)
        return [self.nth >= outs[0], self.nth <= outs[-1]]


def arrange_looked_at(
    sheet: Sheet,
    controls: Arranged,
    shown: Arranged,
    told: Part,
    *more: Arranged | None,
    columns: int = PAGE_COLUMNS,
) -> None:
    """The controls, what they choose from, right under it the sum in words, and what else."""
    arrange(sheet, controls, shown / told, *more, columns=columns)


def look_at(
    sheet: Sheet,
    geometry: Geometry,
    labels: Sequence[Grid],
    first: Sequence[int] | None = None,
    words: str = "look_at",
) -> LookedAt:
    """The controls that choose an output cell, with dropdowns.

    labels  the canvas's cells by their output index, of each axis
    first   what the controls say when the file is opened; the middle if not given
    """
    sheet.text(corner := sheet.corner(), sheet.say(words), "strong")
    column = max(4, sheet.behind(corner, sheet.say(words), "strong") + 1)

    def chosen_in(name: str, first: int, offered: Area | Sequence[int]) -> Grid:
        nonlocal column
        here = behind_label(sheet, corner, column, label := sheet.say(name))
        column = here + 2
        return control(sheet, corner.shift(0, here), f"look_{name}", first, offered, label)

    at, known, channel = list[Grid](), list[Expr](), None
    named = [*zip(AXES[-geometry.rank :], geometry.outputs, strict=True)]
    for n, ((name, cells), start) in enumerate(zip(named, _start(geometry, first), strict=True)):
        if name == "depth":  # the indices of depth slices stand apart from one another
            at.append(chosen_in(name, start, cells))
            known.append(_whole(at[n], cells))
        else:
            line = _line(labels[n], n - geometry.rank)[geometry.axes[n].crop].area()
            at.append(chosen_in(name, start, line))
            known.append(call("COUNTIF", line, at[n]).equals(1))
    if (channels := geometry.out_channels) > 1:
        numbers = geometry.outs or range(channels)
        known.append(_one_of(channel := chosen_in("channel", numbers[0], numbers), numbers))
    limits = ", ".join(f"{sheet.say(name)} {cells[0]}..{cells[-1]}" for name, cells in named)
    valid = marked(sheet, corner.shift(0, column), every(known))
    wrong = call("IF", valid, "", sheet.say("look_wrong", limits=limits))
    sheet.formula(corner.shift(0, column + 1), wrong, "warning")
    return LookedAt(corner.anchor, geometry=geometry, at=at, channel=channel, valid=valid)


def _whole(cell: Grid, known: range) -> Expr:
    """Whether a cell is one of some whole numbers; of a text no more is asked."""
    whole = call("AND", cell >= known[0], cell <= known[-1], call("INT", cell).equals(cell))
    return call("IF", call("ISNUMBER", cell), whole, False)


def _one_of(cell: Grid, numbers: Sequence[int]) -> Expr:
    """Whether a cell is one of some channels' numbers."""
    if isinstance(numbers, range):
        return _whole(cell, numbers)
    return call("OR", *(cell.equals(number) for number in numbers))


def _start(geometry: Geometry, first: Sequence[int] | None) -> list[int]:
    if not first:
        return [axis.first_output + _middle(axis) for axis in geometry.axes]
    firsts, sizes = geometry.first_outputs, geometry.output_shape[1:]
    if len(first) != len(sizes) or any(
        not 0 <= at - begin < size for at, begin, size in zip(first, firsts, sizes, strict=True)
    ):
        last = [begin + size - 1 for begin, size in zip(firsts, sizes, strict=True)]
        raise XlconvError(
            f"look must be one index for each of {len(sizes)} axes, from"
            f" {', '.join(map(str, sorted({*firsts})))} to {', '.join(map(str, last))}, got"
            f" {list(first)}",
            parameter="look",
        )
    return list(first)


def _middle(axis: Axis) -> int:
    """An output cell that inputs reach, near the middle."""
    target = axis.target(axis.size // 2, axis.kernel_size // 2)
    return min(max(target, 0), axis.output_size - 1)


def _line(label: Grid, axis: int) -> Grid:
    """The cells of one index, along its own axis, counted from the end."""
    own = len(label.shape) + axis
    return label[tuple(slice(None) if n == own else 0 for n in range(len(label.shape)))]


def pick(cells: Grid, at: Sequence[Expr]) -> Expr:
    """The cell of a block at a computed index, counted from 0."""
    if len(at) > 2:
        slices = [pick(cells[n], at[1:]) for n in range(cells.shape[0])]
        return chosen(at[0] + 1, slices)
    row = moved(at[0], 1) if len(at) == 2 else 1
    return call("INDEX", cells.area(), row, moved(at[-1], 1))
