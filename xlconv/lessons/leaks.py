"""Whether a worksheet shows what it asks for: tried with other numbers, while its blanks are empty.

A cell that is equal to an answer in each of four random worlds shows it, be it in a sentence.
An answer that is what is given, such as a weight of the turned kernel, is no secret.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.grid.places import Place, a1
from xlconv.lessons.exercise import Exercise, Numbers

WORLDS, SEED = 4, 5
"""How many random worlds a cell is compared in, and where they begin."""

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def check_leaks(exercises: Sequence[Exercise]) -> None:
    """Refuse sheets on which a cell shows what belongs into a blank, of whichever sheet.

    The blanks are left as they are handed out.

    Raises XlconvError that names the cell, and what to ask for as well or to leave out.
    """
    hidden: dict[tuple[float, ...], tuple[Exercise, int]] = {}
    shown: list[tuple[Exercise, Place, list[Any]]] = []
    for one in exercises:
        truths, given, seen = _tried(one)
        mistake = len(one.places) - 1 if one.mistake else None
        for blank, values in enumerate(truths.T.tolist()):
            if len(set(values)) > 1 and tuple(values) not in given and blank != mistake:
                hidden.setdefault(tuple(values), (one, blank))
        shown += [(one, at, values) for at, values in seen.items()]
    for one, at, values in shown:
        for answer in _shown(values):
            if answer in hidden:
                raise _leak(one, at, *hidden[answer])


def _tried(
    one: Exercise,
) -> tuple[Numbers, set[tuple[float, ...]], dict[Place, list[Any]]]:
    """In each world: what belongs into each blank, what is given, what all other cells hold."""
    before, worlds = one.given(), one.worlds(SEED, WORLDS)
    truths = one.truths(worlds)
    rows = [np.concatenate([np.zeros(0), *map(np.ravel, world.values())]) for world in worlds]
    given = set(zip(*(row.tolist() for row in rows), strict=True))
    seen: dict[Place, list[Any]] = defaultdict(list)
    for world in worlds:
        one.give(world)
        one.run(one.untouched, whole=True)
        for place, value in _cells(one):
            seen[place].append(value)
    one.give(before)
    one.run(one.untouched, whole=True)
    return truths, given, seen


def _cells(one: Exercise) -> Iterator[tuple[Place, Any]]:
    """The values of the cells with formulas, blanks left out: what the last paint says."""
    last: dict[Place, Any] = {}
    for paint in one.sheet.paints:
        for index in np.ndindex(paint.cells.shape):
            value = paint.cells.memory[index] if paint.formula is not None else None
            last[paint.cells.cell(index)] = value
    blanks = one.blanks
    return ((at, value) for at, value in last.items() if value is not None and at not in blanks)


def _shown(values: list[Any]) -> Iterator[tuple[float, ...]]:
    """The numbers that a cell shows, world by world: its own, or those in its sentence."""
    if all(isinstance(value, str) for value in values):
        found = [[float(number) for number in NUMBER.findall(value)] for value in values]
        if len({len(numbers) for numbers in found}) == 1:
            yield from zip(*found, strict=True)
    elif not any(isinstance(value, str | bool | np.bool_) for value in values):
        yield tuple(map(float, values))


def _leak(one: Exercise, at: Place, other: Exercise, blank: int) -> XlconvError:
    """What shows what, and the way out."""
    block = next((b.name for b in one.sheet.blocks if b.name and at in _places(b.cells)), "")
    answer = f"{other.blanks[other.places[blank]]} in {a1(other.places[blank])}"
    where = "" if other is one else f' of sheet "{other.sheet.name}"'
    way = f"ask for {block} as well, or leave that cell out" if block else "leave that cell out"
    if where:
        way = "both show the same numbers, so give one of the two sheets a layer with others"
    named = f", {block}," if block else ""
    return XlconvError(
        f'sheet "{one.sheet.name}": {a1(at)}{named} shows what is asked for, {answer}{where}: {way}'
    )


def _places(cells: Any) -> set[Place]:
    return {cells.cell(index) for index in np.ndindex(cells.shape)}
