"""Formualizer: Rust; its recalculation rewrites the cached values and nothing else."""

import formualizer

from .cached import cached_values
from .engine import NO_CHANGES, Changes, Values
from .strip import strip_values, with_values

name = "formualizer"


def recalculate(xlsx: bytes, changes: Changes = NO_CHANGES) -> Values:
    changed = with_values(strip_values(xlsx), changes)
    return cached_values(formualizer.recalculate_xlsx_bytes(changed)["bytes"])
