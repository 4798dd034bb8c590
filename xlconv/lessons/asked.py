"""The cells that are asked for, in words: a block, or a slice of it."""

from __future__ import annotations

import re

from xlconv.errors import XlconvError
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Block
from xlconv.grid.sheet import Sheet
from xlconv.lessons.schema import instead

SLICED = re.compile(r"\s*([^\[\]]+?)\s*(?:\[([^\[\]]*)\])?\s*")
ITEM = re.compile(r"\s*(?:(-?\d{1,9})|(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*(?::\s*(-?\d{1,9})?)?)\s*")


def asked_cells(sheet: Sheet, asked: str) -> tuple[Block, Grid]:
    """The block that is asked for, and the cells of it, as NumPy would slice it.

    A block of one channel is its rows and columns, too: `output[1::2, :]` is `output[0, 1::2, :]`.
    Raises XlconvError where there is no such block or it cannot be sliced so.
    """
    parts = SLICED.fullmatch(asked)
    blocks = {block.name: block for block in sheet.blocks}
    name = parts[1] if parts else asked
    if parts is None or name not in blocks:
        raise XlconvError(f'asks for "{asked:.60}"{instead(name, blocks)}')
    cells = blocks[name].cells
    if parts[2] is not None:
        try:
            cells = _sliced(cells, _index(parts[2]))
        except (IndexError, ValueError):
            shape = ", ".join(map(str, cells.shape))
            raise XlconvError(
                f'asks for "{asked:.60}": {name} has the sizes ({shape}); write slices of it,'
                " such as [1::2, :]"
            ) from None
    if not cells.memory.size:
        shape = ", ".join(map(str, blocks[name].cells.shape))
        raise XlconvError(
            f'asks for "{asked:.60}", which has no cell: {name} has the sizes ({shape})'
        )
    return blocks[name], cells


def _sliced(cells: Grid, index: tuple[object, ...]) -> Grid:
    """Cells by an index; axes of one cell in front of all may be left out of it."""
    while ... not in index and len(index) < len(cells.shape) and cells.shape[0] == 1:
        cells = cells[0]
    return cells[index]


def _index(text: str) -> tuple[object, ...]:
    """The index that a text writes.

    >>> _index("0, 1::2, ...")
    (0, slice(1, None, 2), Ellipsis)
    """
    found: list[object] = []
    for piece in text.split(","):
        if piece.strip() == "...":
            found.append(...)
            continue
        item = ITEM.fullmatch(piece)
        if item is None:
            raise ValueError(piece)
        number, *ends = (None if end is None else int(end) for end in item.groups())
        found.append(slice(*ends) if number is None else number)
    return tuple(found)
