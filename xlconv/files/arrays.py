"""The numbers of a layer, from what a user gives: numbers, a size to fill, or a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.files.readers import is_table, read, stored_type
from xlconv.files.reading import Folder
from xlconv.layers.given import Array, numbers, shortly

RANGES = {"input": (0, 5), "weight": (-1, 4), "bias": (-2, 3), "rest": (0, 1)}
"""The small integers that fill a size, from and below."""

CELLS = 10_000_000
"""The most numbers that are read or made: no Google Sheets workbook has more cells."""

AT_ONCE = 1 << 20
"""Numbers that are made at a time."""

PLANNED, LONGEST = 100 * CELLS, 1 << 20
"""The most numbers, and the most along an axis, of which is told how many of them there may be."""

SIZES = re.compile(r"[0-9]{1,18}(x[0-9]{1,18}){0,4}")

SHAPED = re.compile(rf"(?P<file>.+\.[A-Za-z]+):(?P<sizes>{SIZES.pattern})", re.DOTALL)
"""A file whose numbers are laid into sizes of their own."""


@dataclass
class Source:
    """Where numbers come from, and how many more of them there may be.

    folder   where files are read; None reads none
    planned  whether an input's sizes beyond every workbook give zeros that take no memory, to be
             refused where it is known how large they may be
    left     numbers that there may be yet
    key      of the input's array, where that is a .npz file
    """

    folder: Folder | None = None
    planned: bool = False
    left: int = CELLS
    key: str | None = None

    def check(self, name: str, count: int) -> None:
        """Refuse more numbers than there may be."""
        if count <= self.left:
            return
        others = CELLS - self.left
        besides = f" besides {others} others" if others else ""
        large = name if count > others else "input"  # which is counted first
        raise XlconvError(
            f"{name} has {count} values{besides}; a Google Sheets workbook holds {CELLS} cells:"
            f" use a smaller {large}",
            parameter=name,
        )

    def only_plans(self, sizes: Sequence[int]) -> bool:
        """Whether an input of these sizes is given none of its numbers."""
        return self.planned and CELLS < prod(sizes) <= PLANNED and max(sizes) <= LONGEST

    def take(self, name: str, count: int) -> None:
        """Count numbers that are kept."""
        self.check(name, count)
        self.left -= count


def arrays(given: Mapping[str, Any], source: Source, *, seed: int = 0) -> dict[str, Array]:
    """The input, weight and bias of a layer, each as `array` reads it.

    A table of text always has rows and columns. Where it has one row, or one column, it is 1-D if
    the other of input and weight is too, or is such a table of the same direction.

    >>> {key: found.shape for key, found in arrays({"input": [1], "weight": "3"}, Source()).items()}
    {'input': (1,), 'weight': (3,)}
    """
    read = {name: array(name, value, source, seed=seed) for name, value in given.items()}
    flat = {name for name in read if is_table(given[name]) and min(read[name].shape) == 1}
    pair = [name for name in ("input", "weight") if name in read]
    lines = [read[name] for name in pair if name in flat or read[name].ndim == 1]
    across = {values.shape[0] == 1 for values in lines if values.ndim == 2 and values.size > 1}
    if len(lines) == 2 and len(across) <= 1:
        read |= {name: read[name].reshape(-1) for name in pair if name in flat}
    return read


def array(
    name: str, given: str | Sequence[Any], source: Source | None = None, *, seed: int = 0
) -> Array:
    """The numbers of an input, weight or bias.

    given   nested lists; sizes such as "4x4", filled with small seeded integers; or the path of a
            .csv or .npy file or of a picture, with ":" and sizes if it is to be laid into these

    Raises XlconvError for values that are no numbers, UnreadableError for a file that is no array.

    >>> array("input", "2x3", seed=1).shape
    (2, 3)
    """
    source = source or Source()
    if not isinstance(given, str):
        values = numbers(name, given)
    elif SIZES.fullmatch(given):
        sizes = _sizes(given)
        if name == "input" and source.only_plans(sizes):
            return np.broadcast_to(np.zeros(()), sizes)
        values = _filled(name, sizes, source, seed)
    else:
        values = _read(name, given, source)
    source.take(name, values.size)
    if name != "bias":
        return values
    if values.size != max(values.shape, default=1):
        raise XlconvError(
            f"bias must be one row or one column, got shape {values.shape}", parameter=name
        )
    return values.reshape(-1)


def array_type(given: object, source: Source) -> str:
    """The type of the numbers of an array, or of one in NumPy's file; "" of what has none.

    >>> array_type(np.zeros(2, np.int8), Source()), array_type("2x3", Source())
    ('int8', '')
    """
    if not isinstance(given, str):
        return str(getattr(given, "dtype", ""))
    if SIZES.fullmatch(given) or source.folder is None:
        return ""
    shaped = SHAPED.fullmatch(given)
    return stored_type(source.folder.file(shaped["file"] if shaped else given), source.key)


def _read(name: str, given: str, source: Source) -> Array:
    """The numbers in a file, in its own shape or in the one that is given."""
    if source.folder is None:
        raise XlconvError(f"{name} must be numbers or sizes, got {shortly(given)}", parameter=name)
    shaped = SHAPED.fullmatch(given)
    try:
        path = source.folder.file(shaped["file"] if shaped else given)
    except XlconvError as error:
        raise XlconvError(f"{name}: {error}", parameter=name) from None
    values = read(name, path, source.check, source.key if name == "input" else None)
    if not shaped:
        return values
    sizes = _sizes(shaped["sizes"])
    if prod(sizes) != values.size:
        raise XlconvError(
            f"{path} has {values.size} values; {shaped['sizes']} has {prod(sizes)}",
            parameter=name,
        )
    return values.reshape(sizes)


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split("x")]


def _filled(name: str, sizes: list[int], source: Source, seed: int) -> Array:
    if 0 in sizes:
        raise XlconvError(f"{name} must have sizes of at least 1, got {sizes}", parameter=name)
    if seed < 0:
        raise XlconvError(f"seed must be at least 0, got {seed}", parameter="seed")
    source.check(name, prod(sizes))
    # one stream for each name, so that an input and a weight of one size differ
    stream = np.random.default_rng([seed, list(RANGES).index(name)])
    made = np.empty(prod(sizes))
    for start in range(0, len(made), AT_ONCE):  # so that they lie in memory only once
        some = made[start : start + AT_ONCE]
        some[...] = stream.integers(*RANGES[name], len(some))
    return made.reshape(sizes)
