"""The cells of a sheet one by one, as they are seen: what a second way of drawing needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from xlconv.frozen import frozen
from xlconv.grid.digits import GENERAL
from xlconv.grid.marks import Blank, Block, Coat, Paint
from xlconv.grid.places import Place
from xlconv.grid.references import resolved, slots


@frozen
class Cell:
    """One cell as it is seen: what a second way of drawing needs.

    value    its number, text or truth value; None where it only has a look
    formula  without its leading `=`; "" of a constant
    numbers  the format of its number, where its role has none
    block    the name of the innermost block that it belongs to; "" of none
    """

    row: int
    column: int
    value: Any = None
    formula: str = ""
    role: str = ""
    tint: int = -1
    numbers: str = GENERAL
    block: str = ""


def drawn_cells(
    paints: Sequence[Paint],
    blanks: Sequence[Blank],
    coats: Sequence[Coat],
    blocks: Sequence[Block],
) -> list[Cell]:
    """Every cell that has a content or a look, by rows."""
    cells: dict[Place, dict[str, Any]] = defaultdict(dict)
    for coat in coats:
        tints = np.broadcast_to(coat.tint, coat.cells.shape)
        worn = {"role": coat.role, "numbers": coat.numbers[0]}
        for index in np.ndindex(coat.cells.shape):
            cells[coat.cells.cell(index)] |= worn | {"tint": int(tints[index])}
    for block in blocks:
        for index in np.ndindex(block.cells.shape):
            cells[block.cells.cell(index)]["block"] = block.name
    for paint in paints:
        pieces = [] if paint.formula is None else slots(paint.formula, paint.cells)
        for index in np.ndindex(paint.cells.shape):
            cells[paint.cells.cell(index)] |= {
                "value": paint.cells.value[index],
                "formula": resolved(pieces, index),
            }
    for blank in blanks:
        for index in np.ndindex(blank.cells.shape):
            cells[blank.cells.cell(index)] |= {"value": None, "formula": ""}
    return [Cell(*place, **cells[place]) for place in sorted(cells)]
