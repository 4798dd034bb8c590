"""The look of each cell now: its own, and what its value lights up or heats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xlconv.grid.cells import Cell
from xlconv.grid.digits import GENERAL
from xlconv.grid.direction import mirrored
from xlconv.grid.marks import Ends, Light, Scale
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import Look, look
from xlconv.grid.values import Values


@dataclass(frozen=True)
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
