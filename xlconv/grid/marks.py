"""What is put on the cells of a sheet: contents, looks, frames, lights, dropdowns, names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Self

from xlconv.frozen import frozen
from xlconv.grid.digits import GENERAL, Formats
from xlconv.grid.expr import Expr
from xlconv.grid.grid import Area, Grid
from xlconv.grid.places import leaves, span
from xlconv.grid.theme import ROLES
from xlconv.grid.values import Values
from xlconv.text import line, spelt


@frozen
class Paint:
    """Constants, or one formula, over cells; later paint covers earlier paint."""

    cells: Grid
    formula: Expr | None


@frozen
class Blank:
    """Cells that are left empty, whatever is painted on them."""

    cells: Grid


@frozen
class Coat:
    """A role, which the theme knows, over cells; `tint` broadcasts over them, -1 is none."""

    cells: Grid
    role: str
    tint: Values
    formats: Formats

    @property
    def numbers(self) -> tuple[str, int]:
        """The format of the numbers in the cells, and the characters of the longest.

        Those of a picture are not shown.
        """
        values = self.cells.memory
        own = ROLES[self.role].number_format
        if own != GENERAL or values.dtype.kind != "f":
            return own, 0
        return self.formats.of(values)


class Sized(str):
    """A caption with the size of its figure behind it, which is not as loud.

    >>> caption = Sized("Input", "4 × 4")
    >>> caption, caption.size
    ('Input  4 × 4', '4 × 4')
    """

    size: str

    def __new__(cls, words: str, size: str) -> Self:
        caption = super().__new__(cls, f"{words}  {size}")
        caption.size = size
        return caption


@frozen
class Head:
    """What stands above the figures of a sheet, in words that are not on lines yet.

    rows  those that it takes on the sheet, from the first on
    """

    title: str
    idea: str
    try_this: tuple[str, ...]
    rows: int


@frozen
class Frame:
    """A thick line around each innermost 2-D slice of the cells."""

    cells: Grid


@frozen
class Light:
    """A role that cells take while a condition holds; of two, the first that holds wins."""

    cells: Grid
    condition: Expr
    role: str
    tint: int
    formats: Formats

    @cached_property
    def numbers(self) -> str:
        """The format of numbers that get a letter while they are lit, and must keep theirs."""
        values = self.cells.memory
        return (
            self.formats.of(values)[0] if self.tint >= 0 and values.dtype.kind == "f" else GENERAL
        )


Ends = tuple[str, ...]
"""Two colours, RRGGBB, or three."""

Between = tuple[float, ...] | None
"""The values that have them."""


@frozen
class Scale:
    """A heat map over cells: the colours of two values, the least and the greatest if not given.

    Of three, the middle one is of a value between.
    """

    cells: Grid
    ends: Ends
    values: Between = None


@frozen
class Choice:
    """A dropdown on cells: the values of a range on the same sheet, or a few given ones."""

    cells: Grid
    source: Area | tuple[str | int, ...]
    prompt: str = ""


@frozen
class Link:
    """A cell that leads to the first cell of another sheet, or to a file.

    target  the name of the sheet, or of the file in the folder of this one
    tip     of a file: what is said of it where a program shows the link
    """

    cells: Grid
    target: str
    tip: str = ""


@frozen
class Block:
    """Cells with a name and a meaning: what the manifest lists and a defined name leads to.

    claim  what the cells claim to be, in the words of who checks it; None claims nothing
    """

    name: str
    role: str
    cells: Grid
    claim: object = None

    def __repr__(self) -> str:
        return line("Block", f"{spelt(self.cells.shape)} {self.role}: {self.name}")

    @property
    def runs(self) -> bool:
        """Whether slides run through its numbers: those of a step, or of a looked-at cell."""
        return self.role == "control" and (self.name == "step" or self.name.startswith("look_"))

    def ranges(self) -> list[str]:
        """One A1 range for each innermost 2-D slice, in C order."""
        return [span(leaf) for leaf in leaves(self.cells)]


def named(blocks: Iterable[Block]) -> list[Block]:
    """The blocks that have a name, which leads to them in the workbook."""
    return [block for block in blocks if block.name]
