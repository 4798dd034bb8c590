"""IronCalc: Rust, fast, in this process. Read only: it drops much of a file when it saves."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ironcalc

from .engine import NO_CHANGES, Changes, Highlight, Highlights, Value, Values
from .package import cell_name, row_and_column
from .strip import strip_values

name = "ironcalc"

_RANGE = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")


def recalculate(xlsx: bytes, changes: Changes = NO_CHANGES) -> Values:
    with quiet():
        model = opened(xlsx, ironcalc.load_from_xlsx)
        sheets = [sheet["name"] for sheet in model.get_worksheets_properties()]
        for (sheet, cell), value in changes.items():
            where = (sheets.index(sheet), *row_and_column(cell))
            if isinstance(value, str):
                model.update_cell_with_text(*where, value)
            else:
                model.update_cell_with_number(*where, value)
        model.evaluate()
        values: Values = {sheet: {} for sheet in sheets}
        for where in model.get_all_cells():
            if model.get_cell_formula(*where) is not None:
                index, row, column = where
                values[sheets[index]][cell_name(row, column)] = _value(model.get_cell_value(*where))
    return values


def conditional(xlsx: bytes, changes: Changes = NO_CHANGES) -> Highlights:
    """The cells that look other than their own format says.

    A highlight that a cell's own format has already is not seen: IronCalc gives the two merged.
    """
    with quiet():
        model = opened(xlsx, ironcalc.create_user_model_from_xlsx)
        sheets = [sheet["name"] for sheet in model.get_worksheets_properties()]
        model.pause_evaluation()
        for (sheet, cell), value in changes.items():
            typed = f"'{value}" if isinstance(value, str) else repr(value)
            model.set_user_input(sheets.index(sheet), *row_and_column(cell), typed)
        model.resume_evaluation()
        model.evaluate()
        return {sheet: _highlights(model, index) for index, sheet in enumerate(sheets)}


def _highlights(model: Any, sheet: int) -> dict[str, Highlight]:
    found = {}
    for row, column in _conditional_cells(model, sheet):
        own = model.get_cell_style(sheet, row, column)
        seen = model.get_extended_cell_style(sheet, row, column)["style"]
        if seen != own:
            found[cell_name(row, column)] = Highlight(
                fill=_changed_color(model, own["fill"], seen["fill"]),
                color=_changed_color(model, own["font"], seen["font"]),
                bold=seen["font"].get("b", False) and not own["font"].get("b", False),
            )
    return found


def _changed_color(model: Any, own: dict[str, Any], seen: dict[str, Any]) -> str | None:
    color = seen.get("color")
    return None if color == own.get("color") else str(model.resolve_color(color))


def _conditional_cells(model: Any, sheet: int) -> set[tuple[int, int]]:
    cells = set()
    for rule in model.get_conditional_formatting_list(sheet):
        for left, top, right, bottom in _RANGE.findall(rule["range"]):
            first_row, first_column = row_and_column(left + top)
            last_row, last_column = row_and_column((right or left) + (bottom or top))
            cells |= {
                (row, column)
                for row in range(first_row, last_row + 1)
                for column in range(first_column, last_column + 1)
            }
    return cells


def _value(value: Value | None) -> Value:
    return "" if value is None else value


def opened(xlsx: bytes, loader: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        path.write_bytes(strip_values(xlsx))
        return loader(str(path))


@contextmanager
def quiet() -> Iterator[None]:
    """IronCalc prints from Rust, below sys.stdout, about cells without a value."""
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        for descriptor in (*kept, nowhere):
            os.close(descriptor)
