"""Formulas tried with other numbers: right is what is right whatever is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from xlconv.classroom.engine import Content, Engine, number
from xlconv.classroom.formulas import Formula
from xlconv.classroom.task import Task, World
from xlconv.frozen import frozen
from xlconv.grid.places import Place

ROUNDS = 12
"""How often a world is tried again, each time with what was wrong set right."""

Area = tuple[Place, Place]


def same(number: float, truth: float, digits: int | None = None) -> bool:
    """Whether a number is the truth, but for what computing it in another order changes.

    digits  decimals that are enough where the truth is not whole; None asks for all

    >>> same(0.1 + 0.2, 0.3), same(0.33, 1 / 3), same(0.33, 1 / 3, 2), same(2.01, 2, 1)
    (True, False, True, False)
    """
    if not (np.isfinite(number) and np.isfinite(truth)):
        return False
    if float(truth).is_integer():
        room = 1e-9 + 1e-14 * abs(truth)
    elif digits is None:
        room = 1e-9 * max(1.0, abs(truth))
    else:
        room = (0.5 + 1e-9) * 10.0**-digits
    return bool(abs(number - truth) <= room)


@frozen
class Worlds:
    """A student's formulas, beside what computes the rest of the sheet.

    formulas  of the blanks, by their numbers
    others    those outside of blanks
    """

    task: Task
    engine: Engine
    formulas: Mapping[int, Formula]
    others: Mapping[Place, Formula]

    def chance(self) -> set[int]:
        """The blanks whose formulas are not right in every world.

        Where some are wrong, those that hang on no other wrong one are; they are set right, and
        the rest is tried again, so that one mistake costs once.

        Raises FailedError.
        """
        wrong: set[int] = set()
        for world in self.task.worlds:
            wrong |= self._in(world, wrong)
        return wrong

    def _in(self, world: World, known: AbstractSet[int]) -> set[int]:
        """Those that are wrong in one world, beside those that are known."""
        places, found = self.task.exercise.places, set(known)
        set_right = [k for k in range(len(places)) if k not in self.formulas or k in found]
        cells: dict[Place, Content] = {
            **self.task.put(world.given),
            **{places[k]: float(world.truth[k]) for k in set_right},
            **{places[k]: [f"={f.text}"] for k, f in self.formulas.items() if k not in found},
        }
        for turn in range(ROUNDS):
            left = [k for k in self.formulas if k not in found]
            values = self.engine.put(cells, [places[k] for k in left])
            bad = {
                k
                for k, value in zip(left, values, strict=True)
                if not same(number(value), world.truth[k])
            }
            if not bad:
                break
            first = bad if turn == ROUNDS - 1 else self._first(bad)
            found |= first
            cells = {places[k]: float(world.truth[k]) for k in first}
        return found

    def _first(self, bad: AbstractSet[int]) -> set[int]:
        """Those that hang on no other of these; all of them where they hang on each other."""
        places = {self.task.exercise.places[k]: k for k in bad}
        first = {k for at, k in places.items() if not self._reaches(at, places.keys() - {at})}
        return first or set(bad)

    def _reaches(self, start: Place, goals: AbstractSet[Place]) -> bool:
        """Whether the formula of a cell looks at one of some others, if through many."""
        seen, waiting = {start}, [start]
        while waiting:
            for at in looked_at(self._areas(waiting.pop())):
                if at in goals:
                    return True
                if at not in seen and self._areas(at):
                    seen.add(at)
                    waiting.append(at)
        return False

    def _areas(self, at: Place) -> Sequence[Area]:
        blank = self.task.numbers.get(at, -1)
        own = self.formulas.get(blank) or self.others.get(at)
        if own is not None:
            return own.areas
        return () if blank >= 0 else self.task.sources.get(at, ())


def looked_at(areas: Sequence[Area]) -> Iterator[Place]:
    """Each cell of some areas."""
    for (top, left), (bottom, right) in areas:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                yield row, column
