"""The look of each cell now: its own, and what its value lights up or heats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xlconv.frozen import frozen
from xlconv.grid.cells import Cell
from xlconv.grid.digits import GENERAL
from xlconv.grid.direction import mirrored
from xlconv.grid.marks import Ends, Light, Scale
from xlconv.grid.places import Place, corners, leaves
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import ORANGE, POINTED_AT, WHITE, Look, look
from xlconv.grid.values import Values


@frozen
class Seen:
    """A cell as it is seen now: what stands in it, and its look."""

    cell: Cell
    look: Look


def seen(sheet: Sheet) -> dict[Place, Seen]:
    """Every cell of a sheet that has a content or a look, by its place."""
    found = {
        (cell.row, cell.column): Seen(cell, look(cell.role, cell.tint, cell.numbers))
        for cell in sheet.cells()
    }
    lit: dict[Place, Look] = {}
    for light in sheet.lights:
        over = look(light.role, light.tint, light.numbers)
        for place in _where(light):
            # of two lights that hold, the second adds what the first has not set
            lit[place] = _under(lit[place], over) if place in lit else over
    for row, column in lit.keys() - found.keys():  # which only light up, under a text
        found[row, column] = Seen(Cell(row, column), look(""))
    heat = dict(pair for scale in reversed(sheet.scales) for pair in _heat(scale, found))
    for place, one in found.items():
        own = one.look
        if place in heat:
            own = replace(own, fill=heat[place])
        if place in lit:
            own = _lit(own, lit[place])
        found[place] = replace(one, look=mirrored(own, sheet.way))
    return found


def written_in(cells: Mapping[Place, Seen]) -> dict[Place, Seen]:
    """The cells with those light that a pen fills in: what is looked at is dark on a screen."""
    return {
        place: replace(one, look=replace(one.look, fill=POINTED_AT))
        if one.cell.role == "blank" and one.cell.value is None and one.look.fill == ORANGE
        else one
        for place, one in cells.items()
    }


def closed(sheet: Sheet, cells: Mapping[Place, Seen]) -> Sheet:
    """The sheet without the rows at a block's end that show nothing, but wait for larger layers."""
    shown = {row for (row, _), one in cells.items() if _shows(one)}
    boxes = [corners(leaf) for frame in sheet.frames for leaf in leaves(frame.cells)]
    for (top, _), (bottom, _) in boxes:
        shown.update(range(top, bottom + 1))
    waiting = dict[int, float]()
    for (top, _), (bottom, _) in (corners(s) for b in sheet.blocks for s in leaves(b.cells)):
        last = next((row for row in range(bottom, top - 1, -1) if row in shown), bottom)
        waiting |= dict.fromkeys(range(last + 1, bottom + 1), 0)
    return replace(sheet, heights=sheet.heights | waiting) if waiting else sheet


def _shows(one: Seen) -> bool:
    """Whether there is anything to see in a cell."""
    told = one.cell.value not in (None, "")
    return told or one.look.fill not in (None, WHITE) or (one.look.lines and one.look.line != WHITE)


def _lit(own: Look, over: Look) -> Look:
    """A look with what a conditional format sets of it: neither its font nor where it stands."""
    unsaid = over.number_format == GENERAL
    return replace(
        own,
        fill=over.fill or own.fill,
        color=over.color,
        bold=own.bold or over.bold,
        italic=own.italic or over.italic,
        strike=own.strike or over.strike,
        number_format=own.number_format if unsaid else over.number_format,
    )


def _under(first: Look, second: Look) -> Look:
    """What two conditional formats set together, where the first comes before the other."""
    return replace(_lit(second, first), fill=first.fill or second.fill)


def _where(light: Light) -> Iterator[Place]:
    """The cells that a light is on."""
    with np.errstate(all="ignore"):
        value = np.broadcast_to(np.asarray(light.condition.value), light.cells.shape)
    holds = value if value.dtype == bool else np.nan_to_num(value.astype(float)) != 0
    for index in np.argwhere(holds):
        yield light.cells.cell(tuple(map(int, index)))


def _heat(scale: Scale, cells: dict[Place, Seen]) -> Iterator[tuple[Place, str]]:
    """The colour of each number of a heat map."""
    values = {}
    for index in np.ndindex(scale.cells.shape):
        place = scale.cells.cell(index)
        value: Any = cells[place].cell.value if place in cells else None
        if isinstance(value, float | int | np.floating | np.integer) and not _is_bool(value):
            values[place] = float(value)
    if values:
        numbers = np.array([*values.values()])
        at = scale.values or tuple(np.linspace(numbers.min(), numbers.max(), len(scale.ends)))
        yield from zip(values, shades(numbers, at, scale.ends), strict=True)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool | np.bool_)


def shades(numbers: Values, at: Sequence[float], ends: Ends) -> list[str]:
    """The colours of numbers, between those of certain values; the first, where these are equal.

    >>> shades(np.array([-1, 0.5, 9]), (0, 1), ("000000", "FF8000"))
    ['000000', '804000', 'FF8000']
    >>> shades(np.array([2, 2]), (2, 2), ("FFFFFF", "008080"))
    ['FFFFFF', 'FFFFFF']
    """
    each = [[int(end[n : n + 2], 16) for end in ends] for n in (0, 2, 4)]
    parts = [np.where(numbers <= at[0], part[0], np.interp(numbers, at, part)) for part in each]
    mixed = np.floor(np.stack(parts, axis=-1) + 0.5).astype(int).tolist()
    return ["".join(f"{part:02X}" for part in color) for color in mixed]
