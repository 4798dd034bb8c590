"""One page of a view: built with its controls anywhere, found by its manifest, typed over."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlconv.errors import XlconvError
from xlconv.figures.sums import drawn
from xlconv.figures.words import WORDS
from xlconv.grid.grid import Grid
from xlconv.grid.marks import Block
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import look, width
from xlconv.layers.layer import Array, Layer
from xlconv.lessons.book import Book
from xlconv.lessons.claims import check_claims
from xlconv.lessons.drawing import view_function
from xlconv.views import VIEWS

from .engines.engine import Value, Values
from .engines.package import cell_name, row_and_column

LAYER_VIEWS = [
    view for view in VIEWS if "layer" in inspect.signature(view_function(view)).parameters
]
"""The views of one layer."""

FIXED_VIEWS = [view for view in LAYER_VIEWS if view != "playground"]
"""Those whose input and kernel are cells of the layer's own sizes."""

Dials = Mapping[str, float]
"""The name of a control's block -> what it says."""


def page(view: str, layer: Layer, dials: Dials | None = None, *, name: str = "") -> Sheet:
    """One view of a layer, its claims checked unless a control was moved.

    Raises XlconvError where the layer has no such view.
    """
    given = standing(dials or {})
    sheet = drawn(
        lambda: Sheet(name or view, view, WORDS, given=given),
        lambda sheet: view_function(view)(sheet, layer),
    )
    if not dials:
        check_claims(sheet)
    return sheet


def pages(
    view: str, layers: Iterable[Layer], make: Callable[[str, Layer], Sheet] = page
) -> Iterator[tuple[Layer, Sheet]]:
    """The layers that a view shows, with their pages; why it refuses others, another test says."""
    shown = 0
    for layer in layers:
        try:
            sheet = make(view, layer)
        except XlconvError:
            continue
        shown += 1
        yield layer, sheet
    assert shown


def claimed(block: Block) -> tuple[str, Layer] | None:
    """What a block claims to be: an operation of the model, and its layer."""
    if block.claim is None:
        return None
    assert isinstance(block.claim, tuple)
    operation, layer = block.claim
    return operation, layer


def standing(dials: Dials) -> dict[str, Array]:
    """Controls as numbers that take the place of a block's own."""
    return {name: np.array(float(dial)) for name, dial in dials.items()}


def file(*sheets: Sheet) -> bytes:
    return Book("Test", sheets).to_bytes()


def cells(sheet: Sheet, block: str) -> list[str]:
    """The addresses of a block's cells in C order, from its ranges in the manifest."""
    (entry,) = _entries(sheet, "name", block)
    return listed(entry["ranges"])


def listed(ranges: list[str]) -> list[str]:
    """
    >>> listed(["B2:C3", "E5"])
    ['B2', 'C2', 'B3', 'C3', 'E5']
    """
    found = []
    for corner, _, other in (text.partition(":") for text in ranges):
        (top, left), (bottom, right) = row_and_column(corner), row_and_column(other or corner)
        found += [
            cell_name(row, column)
            for row, column in product(range(top, bottom + 1), range(left, right + 1))
        ]
    return found


def typed(sheet: Sheet, layer: Layer) -> dict[tuple[str, str], float]:
    """What to type into a page so that it shows another layer of the same geometry."""
    arrays = {"input": layer.input, "kernel": layer.weight, "bias": layer.bias}
    return {
        (sheet.name, cell): float(number)
        for role, array in arrays.items()
        for entry in _entries(sheet, "role", role)
        for cell, number in zip(listed(entry["ranges"]), array.flat, strict=True)  # type: ignore[union-attr]
    }


def turned(sheet: Sheet, dials: Dials) -> dict[tuple[str, str], float]:
    """What to type into a page so that its controls say something else."""
    return {
        (sheet.name, cell): float(dial)
        for name, dial in dials.items()
        for cell in cells(sheet, name)
    }


def covered(sheet: Sheet) -> list[str]:
    """Cells that two blocks were written on, so that one hides what the other refers to.

    A stamp may stand on the empty output under it.
    """
    empty = [_places(coat.cells) for coat in sheet.coats if coat.role == "empty"]
    written = dict[int, list[NDArray[np.int64]]]()
    for paint in sheet.paints:
        memory = paint.cells.memory
        while memory.base is not None:
            memory = memory.base
        written.setdefault(id(memory), []).append(_places(paint.cells))
    each = [np.unique(np.concatenate(places)) for places in written.values()]
    places, writers = np.unique(np.concatenate([*each, np.empty(0, int)]), return_counts=True)
    twice = np.setdiff1d(places[writers > 1], np.concatenate([*empty, np.empty(0, int)]))
    return [f"{sheet.name}!{cell_name(*(n + 1 for n in divmod(at, 1 << 14)))}" for at in twice]


def _places(cells: Grid) -> NDArray[np.int64]:
    """Each cell of a grid as one number."""
    found = np.array([cells.origin[0] << 14 | cells.origin[1]])
    for size, (down, across) in zip(cells.shape, cells.steps, strict=True):
        found = (found[:, None] + np.arange(size) * ((down << 14) + across)).ravel()
    return found


def controls(sheet: Sheet) -> set[str]:
    """The names of a page's controls."""
    return {block.name for block in sheet.blocks if block.role == "control"}


def read(values: Values, sheet: Sheet, block: str) -> Array:
    """The numbers of a block as an engine computes them."""
    (entry,) = _entries(sheet, "name", block)
    numbers = [values[sheet.name][cell] for cell in listed(entry["ranges"])]
    return np.array(numbers, dtype=np.float64).reshape(entry["shape"])


def texts(values: Values, sheet: Sheet) -> dict[str, Value]:
    """The text that formulas of a page give, where it is not empty."""
    return {cell: v for cell, v in values[sheet.name].items() if isinstance(v, str) and v}


def _entries(sheet: Sheet, key: str, wanted: str) -> Iterator[dict[str, Any]]:
    (described,) = Book("Test", (sheet,)).manifest()
    blocks = zip(sheet.blocks, described["blocks"], strict=True)
    return (entry for block, entry in blocks if getattr(block, key) == wanted)


SIDE = {None: (0.0, 1.0), "left": (0.0, 1.0), "center": (0.5, 0.5), "right": (1.0, 0.0)}
"""By how much of what does not fit a text runs over the cells before it, and behind it."""

SLIM = frozenset(" .,:;'|!()[]ijlrtf-")
"""Letters that take half the room of others."""

BEFORE_LABELS = 18.0
"""Points that are free before the letters of what stands before a cell, with its indent behind."""


def letters(text: str, role: str) -> float:
    """How wide a text is in points, by the widths of Calibri's letters: as narrow as it may be."""
    return sum(0.27 if letter in SLIM else 0.52 for letter in text) * look(role).size


def points(sheet: Sheet, column: int) -> float:
    """How wide a column is on Excel's screen, counted here on its own."""
    return int(sheet.widths.get(column, sheet.column_width) * 7 + 0.5) * 0.75


def run_over(sheet: Sheet, column: int, room: float, step: int) -> Iterator[int]:
    """The columns beside one that a text of so many points more than it has runs over."""
    while room > 0 and column + step >= 0:
        column += step
        yield column
        room -= points(sheet, column)


def cut(sheet: Sheet) -> list[tuple[Place, str]]:
    """Texts that do not fit their cell, and what they run over is not empty."""
    cells = {(cell.row, cell.column): cell for cell in sheet.cells()}
    full = {place for place, cell in cells.items() if cell.value not in (None, "")}
    found = []
    for (row, column), cell in cells.items():
        if not isinstance(cell.value, str) or not cell.value or look(cell.role).wrap:
            continue
        align = look(cell.role).align
        own = points(sheet, column)
        measured = width if align in (None, "left") else letters
        wide = measured(cell.value, cell.role) + BEFORE_LABELS * (cell.role == "label")
        before, behind = (max(0.0, wide - own) * share for share in SIDE[align])
        over = [*run_over(sheet, column, before, -1), *run_over(sheet, column, behind, 1)]
        if any((row, at) in full for at in over):
            found.append(((row, column), cell.value))
    return found
