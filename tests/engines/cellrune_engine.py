"""CellRune: Rust, with a strict loader."""

from cellrune import Workbook

from .cached import cached_values
from .engine import NO_CHANGES, Changes, Values
from .strip import strip_values, with_values

name = "cellrune"


def recalculate(xlsx: bytes, changes: Changes = NO_CHANGES) -> Values:
    with Workbook.from_bytes(with_values(strip_values(xlsx), changes)) as book:
        book.calculate()
        return cached_values(book.to_bytes())


def load_strictly(xlsx: bytes) -> None:
    """Raises CellRuneError if it cannot be loaded, ValueError on any other complaint."""
    with Workbook.from_bytes(xlsx) as book:
        diagnostics = book.summary()["diagnostic_count"]
        unavailable = book.calculate()["unavailable_count"]
    if diagnostics or unavailable:
        raise ValueError(
            f"cellrune has {diagnostics} complaints, cannot calculate {unavailable} formulas"
        )
