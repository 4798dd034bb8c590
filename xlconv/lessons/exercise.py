"""A drawn sheet on which something is asked: what belongs into each blank, for any numbers.

The sheet's tree of formulas is evaluated again, paint by paint, with other numbers in the blocks
that are given and with a student's own numbers in the blanks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Paint
from xlconv.grid.places import Place, a1
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import EMPTY, Values, fill
from xlconv.lessons.asked import asked_cells
from xlconv.lessons.lesson import Ask

GIVEN = ("input", "kernel", "bias", "image", "pool", "parameter")
"""The roles of blocks that are given: an answer is computed from them."""

WRONG_BY = 3.0
"""How far a mistake is from the right number."""

Numbers = NDArray[np.float64]


def _digest(content: bytes) -> bytes:
    from hashlib import sha256  # OpenSSL, for those alone who need it

    return sha256(content).digest()


@frozen
class Exercise:
    """A drawn sheet and its blanks, which are numbered as they are asked for.

    Raises XlconvError where a blank is given, or holds no number.
    """

    sheet: Sheet
    ask: Ask

    def __post_init__(self) -> None:
        chosen = {block.name for block in self.sheet.blocks if block.role == "control"}
        given = {name for name, _ in self.grids if name in self.givens or name in chosen}
        if given:
            raise XlconvError(
                f"asks for {min(given)}, which is given: ask for what follows from it"
            )
        left = [at for at in self.places if self._painted[at][0] is None]
        if left:
            raise XlconvError(
                f"asks for {self.blanks[left[0]]}, but {a1(left[0])} may hold a word, or nothing,"
                " instead of a number: ask on a sheet of another view, such as distribute"
            )
        assert self._constants is not None

    @cached_property
    def grids(self) -> list[tuple[str, Grid]]:
        """The name of each block that is asked for, and its cells."""
        every = [asked_cells(self.sheet, asked) for asked in self.ask.cells]
        return [(block.name, cells) for block, cells in every]

    @cached_property
    def mistake(self) -> tuple[str, Grid] | None:
        """The cell that holds a wrong number, if one is asked for."""
        return self.mistaken()

    def mistaken(self) -> tuple[str, Grid] | None:
        """Which cell that is by what is given now."""
        if not self.ask.mistake:
            return None
        block, cells = asked_cells(self.sheet, self.ask.mistake)
        given = b"".join(grid.memory.tobytes() for grid in self.givens.values())
        which = int.from_bytes(_digest(given)[:4], "big") % cells.memory.size
        return block.name, cells[tuple(map(int, np.unravel_index(which, cells.shape)))]

    @cached_property
    def untouched(self) -> Numbers:
        """What stands in the blanks as they are handed out: nothing, but for a mistake."""
        return self.handed_out()

    def handed_out(self) -> Numbers:
        """The same by what is given now."""
        found = np.full(len(self.places), EMPTY)
        if self.mistake:
            found[self.places.index(self.mistake[1].origin)] = self.run()[-1] + WRONG_BY
            self.run()
        return found

    @cached_property
    def blanks(self) -> dict[Place, str]:
        """The place of each blank, in their order, and the block that it belongs to."""
        found: dict[Place, str] = {}
        for name, cells in [*self.grids, *([self.mistake] if self.mistake else [])]:
            for index in np.ndindex(cells.shape):
                found.setdefault(cells.cell(index), name)
        return found

    @cached_property
    def places(self) -> list[Place]:
        return list(self.blanks)

    @cached_property
    def givens(self) -> dict[str, Grid]:
        """The blocks that are given, by their names."""
        return {
            block.name: block.cells
            for block in self.sheet.blocks
            if block.role in GIVEN and block.cells.memory.dtype.kind == "f"
        }

    @cached_property
    def _painted(self) -> dict[Place, tuple[int | None, int]]:
        """The last paint that covers each blank, None of none with numbers, and its cell there."""
        found: dict[Place, tuple[int | None, int]] = dict.fromkeys(self.places, (None, 0))
        for number, paint in enumerate(self.sheet.paints):
            numbers = paint.cells.memory.dtype.kind == "f"
            for flat, index in enumerate(np.ndindex(paint.cells.shape)):
                if (at := paint.cells.cell(index)) in found:
                    found[at] = (number if numbers else None, flat)
        return found

    @cached_property
    def _constants(self) -> dict[int, Numbers]:
        """The numbers of those paints with blanks that no formula computes."""
        paints = self.sheet.paints
        return {
            n: paints[n].cells.memory.copy() for n in self._blanked if paints[n].formula is None
        }

    @cached_property
    def _blanked(self) -> dict[int, tuple[NDArray[np.int_], NDArray[np.int_]]]:
        """For each paint with blanks, which of its cells they are, and their numbers."""
        listed: dict[int, list[tuple[int, int]]] = {}
        for number, at in enumerate(self.places):
            paint, flat = self._painted[at]
            assert paint is not None
            listed.setdefault(paint, []).append((flat, number))
        return {
            paint: (np.array([f for f, _ in pairs]), np.array([n for _, n in pairs]))
            for paint, pairs in listed.items()
        }

    @cached_property
    def order(self) -> list[int]:
        """For each blank, the number of the paint that computes it: earlier ones come first."""
        return [self._painted[at][0] or 0 for at in self.places]

    def paint_of(self, blank: int) -> tuple[Paint, tuple[int, ...]]:
        """The paint that computes a blank, and the index of it there."""
        number, flat = self._painted[self.places[blank]]
        assert number is not None
        paint = self.sheet.paints[number]
        return paint, tuple(map(int, np.unravel_index(flat, paint.cells.shape)))

    def is_mistake(self, blank: int) -> bool:
        return self.mistake is not None and self.places[blank] == self.mistake[1].origin

    def wants_formula(self, blank: int) -> bool:
        """Whether a number is not enough: what no formula of ours computes is one."""
        return self.ask.answer == "formula" and self.paint_of(blank)[0].formula is not None

    def give(self, numbers: Mapping[str, Values]) -> None:
        """Put other numbers into blocks that are given."""
        for name, array in numbers.items():
            fill(self.givens[name].memory, np.reshape(array, self.givens[name].shape))

    def given(self) -> dict[str, Numbers]:
        """The numbers that are given now."""
        return {name: cells.memory.copy() for name, cells in self.givens.items()}

    @cached_property
    def _leading(self) -> list[int]:
        """The paints with formulas that the blanks hang on, and the rest of their blocks."""
        asked = set(self.blanks.values())
        looked_at = [b.cells.memory for b in self.sheet.blocks if b.name in asked]
        found = []
        for number, paint in [*enumerate(self.sheet.paints)][::-1]:
            memory = paint.cells.memory
            if number in self._blanked or any(np.may_share_memory(memory, m) for m in looked_at):
                found.append(number)
                formula = paint.formula
                looked_at += [grid.memory for grid in formula.grids()] if formula else []
        return found[::-1]

    @cached_property
    def _following(self) -> list[int]:
        """The paints that hang on what is given or on a blank: the others stay as drawn."""
        changing = [cells.memory for cells in self.givens.values()]
        found = []
        for number, paint in enumerate(self.sheet.paints):
            grids = [paint.cells, *paint.formula.grids()] if paint.formula else []
            if number in self._blanked or any(
                np.may_share_memory(grid.memory, memory) for grid in grids for memory in changing
            ):
                found.append(number)
                changing.append(paint.cells.memory)
        return found

    def run(self, answers: Numbers | None = None, *, whole: bool = False) -> Numbers:
        """Evaluate the sheet again; what belongs into each blank, by what stands above it.

        answers  what stands in the blanks; NaN is what belongs there, EMPTY is nothing
        whole    whether cells that no blank hangs on are evaluated too
        """
        wanted = np.full(len(self.places), np.nan)
        for number in self._following if whole else self._leading:
            paint = self.sheet.paints[number]
            if paint.formula is None:
                value = self._constants.get(number)
            else:
                with np.errstate(all="ignore"):
                    value = np.asarray(paint.formula.value)
            if value is None:
                continue
            if number not in self._blanked:
                fill(paint.cells.memory, value)
                continue
            flat, blanks = self._blanked[number]
            full = np.array(np.broadcast_to(value, paint.cells.shape), dtype=float, order="C")
            full += 0.0  # what is computed is never empty
            cells = full.reshape(-1)  # the same memory, as the order is C's
            wanted[blanks] = cells[flat]
            if answers is not None:
                mine = answers[blanks]
                cells[flat] = np.where(np.isnan(mine), cells[flat], mine)
            paint.cells.memory[...] = full
        return wanted

    def worlds(
        self, seed: int, count: int, low: int = 11, high: int = 97
    ) -> list[dict[str, Numbers]]:
        """Random whole numbers in all that is given, so many times; alike where that is alike."""
        found: list[dict[str, Numbers]] = [{} for _ in range(count)]
        for name, cells in self.givens.items():
            content = _digest(repr(cells.shape).encode() + cells.memory.tobytes())
            rng = np.random.default_rng([seed, int.from_bytes(content[:8], "big")])
            for world in found:
                world[name] = rng.integers(low, high, cells.shape).astype(float)
        return found

    def truths(self, worlds: Sequence[Mapping[str, Values]]) -> Numbers:
        """What belongs into each blank in each of these worlds; what is given stays as it is."""
        before = self.given()
        found = []
        for world in worlds:
            self.give(world)
            found.append(self.run())
        self.give(before)
        self.run()
        return np.array(found).reshape(len(worlds), len(self.places))
