"""A page on which something is asked, ready to be graded for one student after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from xlconv.classroom.engine import Base, Content
from xlconv.classroom.formulas import TEXTS, areas
from xlconv.classroom.lines import Held, Known, key_of
from xlconv.frozen import frozen
from xlconv.grid.cells import Cell
from xlconv.grid.marks import named
from xlconv.grid.places import Place, leaves, span
from xlconv.grid.values import Values, is_empty
from xlconv.lessons.exercise import Exercise, Numbers
from xlconv.lessons.lesson import Classroom

VARIED = ("input", "kernel", "bias", "image")
"""The roles of blocks whose numbers may be any."""

TURNED = ("input", "image")
"""Those whose signs are turned in the second world."""

GREATEST, FINE, SIZE = 10**6, 1 << 10, 60
"""The largest number of a world, the denominator of its fractions, the largest size."""

OWN = "S"
"""What the engine calls the sheet."""

Given = Mapping[str, Values]
"""A student's own numbers, by the names of their blocks."""


@frozen
class World:
    """Other numbers in what is given, and what belongs into each blank then."""

    given: Given
    truth: Numbers


@frozen
class Task:
    """An exercise, and how it is graded.

    seed    of the worlds in which formulas are tried: secret, or a formula could be made for them
    shared  whether it is the same for all students, but for what is given
    drawn   all cells of its sheet
    """

    exercise: Exercise
    classroom: Classroom
    seed: int
    shared: bool
    drawn: Mapping[Place, Cell]

    @classmethod
    def of(
        cls, exercise: Exercise, classroom: Classroom, seed: int = 0, *, shared: bool = True
    ) -> Task:
        drawn = {(cell.row, cell.column): cell for cell in exercise.sheet.cells()}
        return cls(exercise, classroom, seed, shared, drawn)

    def own(self, given: Given) -> Task:
        """The task of a student: where there is a mistake, their numbers say where it stands."""
        if not self.exercise.ask.mistake:
            return self
        self.exercise.give(given)
        own = Exercise(self.exercise.sheet, self.exercise.ask)
        return replace(self, exercise=own, shared=False)

    @property
    def name(self) -> str:
        return self.exercise.sheet.name

    @cached_property
    def numbers(self) -> dict[Place, int]:
        """The number of each blank, by its place."""
        return {at: number for number, at in enumerate(self.exercise.places)}

    @cached_property
    def ours(self) -> dict[Place, Cell]:
        """What stands on the sheet, but for its blanks; ticks among it."""
        return {
            at: cell
            for at, cell in self.drawn.items()
            if at not in self.exercise.blanks and (cell.formula or cell.value is not None)
        }

    @cached_property
    def _held(self) -> Held:
        """What each cell is known by, but for blanks and what is empty."""
        told = ((at, cell, content(cell)) for at, cell in self.ours.items())
        return {
            at: key_of(cell.formula or None, None if isinstance(value, list) else value)
            for at, cell, value in told
            if value != ""
        }

    def known(self, given: Given) -> Known:
        """The sheet of a student, as one knows it again."""
        return Known({**self._held, **self.put(given)}, self.exercise.places)

    @cached_property
    def base(self) -> Base:
        """The sheet as the engine begins with it: without ticks, which look at another sheet."""
        alone = ((at, cell) for at, cell in self.ours.items() if "!" not in cell.formula)
        cells = {at: found for at, cell in alone if (found := content(cell)) != ""}
        names = [(name, f"{OWN}!{area}") for name, (area, _) in self.named.items()]
        return Base(OWN, cells, names, self.shared)

    @cached_property
    def named(self) -> dict[str, tuple[str, int]]:
        """The names of blocks that are one range: where they lead to, and to how many cells."""
        sheet = self.exercise.sheet
        found = [(block, [*leaves(block.cells)]) for block in named(sheet.blocks)]
        return {
            sheet.defined_name(block): (span(parts[0], absolute=True), parts[0].memory.size)
            for block, parts in found
            if len(parts) == 1 and len(block.cells.shape) <= 2
        }

    @cached_property
    def sources(self) -> dict[Place, list[tuple[Place, Place]]]:
        """The areas that our own formulas look at."""
        return {
            at: [*areas(TEXTS.sub('""', cell.formula))]
            for at, cell in self.ours.items()
            if cell.formula
        }

    @cached_property
    def given_places(self) -> dict[str, list[Place]]:
        """The cells of each block that is given, in the order of its numbers."""
        return {
            name: [cells.cell(index) for index in np.ndindex(cells.shape)]
            for name, cells in self.exercise.givens.items()
        }

    @cached_property
    def worlds(self) -> list[World]:
        """Three worlds that together tell any polynomial, and what has corners, from another.

        Whole numbers; the same with the input negated, so that every sign turns; odd multiples of
        1/1024, which no rounding leaves as they are. Products and sums of them are exact. Where
        nothing is given but sizes and the like, they are small.
        """
        exercise, rng = self.exercise, np.random.default_rng(self.seed)
        roles = {block.name: block.role for block in exercise.sheet.blocks}
        if not any(roles[name] in VARIED for name in exercise.givens):
            sizes = [
                {
                    n: rng.integers(1, SIZE + 1, g.shape).astype(float)
                    for n, g in exercise.givens.items()
                }
                for _ in range(3)
            ]
            return self._tried(sizes)
        shapes = {n: g.shape for n, g in exercise.givens.items() if roles[n] in VARIED}
        signs = {name: rng.choice([-1.0, 1.0], shape) for name, shape in shapes.items()}
        whole = {n: rng.integers(1, GREATEST + 1, s) * signs[n] for n, s in shapes.items()}
        turned = {n: -v if roles[n] in TURNED else v for n, v in whole.items()}
        fine = {n: (2 * rng.integers(1, 2 * FINE, s) + 1) / FINE for n, s in shapes.items()}
        return self._tried([whole, turned, {n: v * signs[n] for n, v in fine.items()}])

    def _tried(self, givens: Sequence[Given]) -> list[World]:
        truths = self.exercise.truths(givens)
        return [World(given, truth) for given, truth in zip(givens, truths, strict=True)]

    def truth(self, given: Given) -> Numbers:
        """What belongs into each blank for a student's own numbers."""
        self.exercise.give(given)
        return self.exercise.run()

    def put(self, given: Given) -> dict[Place, float]:
        """Given numbers, each for its cell."""
        return {
            at: float(number)
            for name, numbers in given.items()
            for at, number in zip(self.given_places[name], np.ravel(numbers), strict=True)
        }


def content(cell: Cell) -> Content:
    """A cell of ours as the engine takes it; "" of one that is empty."""
    if cell.formula:
        return [f"={cell.formula}"]
    value = cell.value
    if isinstance(value, str | bool | np.bool_):
        return value if isinstance(value, str) else bool(value)
    number = float(value)
    return "" if np.isnan(number) or is_empty(np.array(number)) else number
