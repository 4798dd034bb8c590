"""Tables: columns of cells with heads above them, a line for each thing told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from xlconv.figures.layout import Part
from xlconv.figures.notes import caption
from xlconv.frozen import frozen
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet


class Column(NamedTuple):
    """A column of a table.

    head   what stands above it; nothing where it is None
    role   how its cells look, if they have a look of their own
    width  how many columns of the sheet it has
    kind   of its values: any, or numbers alone
    """

    head: str | None
    role: str = "fact"
    width: int = 1
    kind: type = object


@frozen(kw_only=True)
class Lines(Part):
    """Columns by their names, each (lines,)."""

    columns: Mapping[str, Grid]

    def __getitem__(self, name: str) -> Grid:
        return self.columns[name]


def table(sheet: Sheet, words: str, lines: int, columns: Mapping[str, Column]) -> Lines:
    """Cells for a table, still to be written, its words and its heads above it."""
    corner, made, across = sheet.corner(), dict[str, Grid](), 0
    for name, column in columns.items():
        if head := column.head:
            wide = sheet.behind(corner, head, "heads")
            sheet.text(corner.shift(-1, across), head, "heads" if wide == 1 else "note")
        made[name] = sheet.memory(
            corner.shift(0, across), (lines,), steps=((1, 0),), dtype=column.kind
        )
        if column.role:
            sheet.coat(made[name], column.role)
        across += max(column.width, wide if head else 1)
    return Lines(corner.anchor, caption(sheet, words), columns=made)
