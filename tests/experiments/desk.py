"""A built lesson, open in IronCalc: what a student types into a sheet, and what it then shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import ironcalc
import numpy as np
from numpy.typing import ArrayLike, NDArray

from xlconv.grid.marks import Block
from xlconv.grid.places import Place, a1
from xlconv.lessons.build import build

from ..engines.ironcalc_engine import opened, quiet
from ..engines.package import row_and_column

Array = NDArray[Any]

Blocks = Mapping[str, Array]
"""Name -> the A1 of each cell of a block."""


class Page:
    """One sheet, whose blocks are called by their names; axes of one cell are left out.

    A block reads as numbers, NaN where a cell shows none.
    """

    def __init__(self, model: Any, number: int, blocks: Blocks, others: Mapping[str, Page]):
        self.model, self.number, self._blocks = model, number, blocks
        self._others = others
        self.before: dict[Place, str] = {}

    def set(self, **blocks: ArrayLike) -> None:
        """Type numbers into whole blocks; one number fills a block."""
        for name, numbers in blocks.items():
            cells = self._blocks[name]
            each = np.broadcast_to(np.asarray(numbers, float), cells.shape)
            self._type(zip(cells.flat, each.flat, strict=True))

    def put(self, name: str, at: int | tuple[int, ...], number: float) -> None:
        """Type a number into one cell of a block."""
        self._type([(self._names(name)[at], number)])

    def put_back(self) -> None:
        """Type again what was there first."""
        if self.before:
            self._enter(self.before)
            self.before.clear()

    def _type(self, typed: Iterable[tuple[str, float]]) -> None:
        contents = {row_and_column(cell): repr(float(number)) for cell, number in typed}
        for place in contents:
            self.before.setdefault(place, self.model.get_cell_content(self.number, *place))
        self._enter(contents)

    def _enter(self, contents: Mapping[Place, str]) -> None:
        with quiet():
            self.model.pause_evaluation()
            for place, content in contents.items():
                self.model.set_user_input(self.number, *place, content)
            self.model.resume_evaluation()
            self.model.evaluate()

    def neighbour(self, sheet: str) -> Page:
        """Another sheet of the same workbook."""
        return self._others[sheet]

    def __getitem__(self, name: str) -> Any:
        return np.vectorize(self._float, otypes=[float])(self._names(name))

    def formula(self, name: str, at: int | tuple[int, ...]) -> str:
        """The formula of one cell of a block, without its $."""
        place = row_and_column(self._names(name)[at])
        return str(self.model.get_cell_content(self.number, *place)).replace("$", "")

    def address(self, name: str) -> Array:
        """The A1 of each cell of a block."""
        return self._names(name)

    def texts(self) -> list[str]:
        """Every text that the sheet shows, by rows."""
        return [text for line in self._lines() for text in line if isinstance(text, str) and text]

    def says(self, text: str) -> bool:
        return any(text in shown for shown in self.texts())

    def beside(self, label: str) -> list[Any]:
        """What stands right of each cell that shows a text."""
        lines = self._lines()
        return [line[n + 1] for line in lines for n in range(len(line) - 1) if line[n] == label]

    def line_of(self, name: str) -> list[Any]:
        """What stands in the row of a block, from left to right."""
        row, _ = row_and_column(self._names(name).flat[0])
        return [shown for shown in self._lines()[row - 1] if shown not in (None, "")]

    def colours(self, name: str) -> Array:
        """The ground of each cell of a block as it is lit now, as "#RRGGBB"."""
        return self._looks(name, lambda cell: self._look(cell)["fill"].get("color", ""), object)

    def marks(self, name: str) -> Array:
        """The small letter before the number of each cell of a block, "" where there is none."""
        return self._looks(name, lambda cell: mark(self._look(cell)["num_fmt"]), object)

    def struck(self, name: str) -> Array:
        """Which cells of a block are struck through as they are lit now."""
        return self._looks(name, lambda cell: self._look(cell)["font"].get("strike", False), bool)

    def lit(self, name: str) -> Array:
        """Which cells of a block look other than their own format says."""

        def other(cell: str) -> bool:
            own = self.model.get_cell_style(self.number, *row_and_column(cell))
            return bool(self._look(cell) != own)

        return self._looks(name, other, bool)

    def _looks(self, name: str, look: Callable[[str], object], kind: type) -> Array:
        return np.vectorize(look, otypes=[kind])(self._names(name))

    def _look(self, cell: str) -> Any:
        return self.model.get_extended_cell_style(self.number, *row_and_column(cell))["style"]

    def _names(self, name: str) -> Array:
        return self._blocks[name].squeeze()

    def _float(self, cell: str) -> float:
        shown = self.model.get_cell_value(self.number, *row_and_column(cell))
        return float(shown) if isinstance(shown, int | float) else float("nan")

    def _lines(self) -> list[list[Any]]:
        _, last, _, right = self.model.get_sheet_dimensions(self.number)
        return [
            [self.model.get_cell_value(self.number, row, n) for n in range(1, right + 1)]
            for row in range(1, last + 1)
        ]


@cache
def _desk(lesson: str) -> dict[str, Page]:
    """The sheets of a lesson, by name."""
    book = build(lesson)
    with quiet():
        model = opened(book.to_bytes(), ironcalc.create_user_model_from_xlsx)
        model.evaluate()
    pages: dict[str, Page] = {}
    for number, sheet in enumerate(book.sheets):
        blocks = {block.name: addresses(block) for block in sheet.blocks}
        pages[sheet.name] = Page(model, number, blocks, pages)
    return pages


def mark(number_format: str) -> str:
    """
    >>> mark('"ᵃ"General;"ᵃ"-General'), mark("General")
    ('ᵃ', '')
    """
    return number_format.split('"')[1] if number_format.startswith('"') else ""


def addresses(block: Block) -> Array:
    cells = block.cells
    return np.array([a1(cells.cell(n)) for n in np.ndindex(cells.shape)], object).reshape(
        cells.shape
    )


@contextmanager
def page(lesson: str, sheet: str) -> Iterator[Page]:
    """A sheet to try something on; afterwards all of its workbook is as it was."""
    pages = _desk(lesson)
    try:
        yield pages[sheet]
    finally:
        for one in pages.values():
            one.put_back()
