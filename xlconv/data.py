"""Arrays from what a user gives: numbers, a size to fill, or a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xlconv.errors import UnreadableError, XlconvError
from xlconv.layer import Array, numbers

RANGES = {"input": (0, 5), "weight": (-1, 4), "bias": (-2, 3)}
"""The small integers that fill a size, from and below."""


def array(name: str, given: str | Sequence[Any], *, seed: int = 0, folder: Path | None = None) -> Array:
    """The numbers of an input, weight or bias.

    given   nested lists; sizes such as "4x4", filled with small seeded integers; or the path of a
            .csv or .npy file, relative to `folder`

    Raises XlconvError for values that are no numbers, UnreadableError for a file that is no array.

    >>> array("input", "2x3", seed=1).shape
    (2, 3)
    """
    if not isinstance(given, str):
        return numbers(name, given)
    if re.fullmatch(r"\d+(x\d+)*", given):
        sizes = [int(size) for size in given.split("x")]
        if 0 in sizes:
            raise XlconvError(f"{name} must have sizes of at least 1, got {given}", parameter=name)
        low, high = RANGES[name]
        # one stream for each name, so that an input and a weight of one size differ
        stream = np.random.default_rng([seed, list(RANGES).index(name)])
        return stream.integers(low, high, sizes).astype(np.float64)
    return read(name, (folder or Path()) / given)


def read(name: str, path: Path) -> Array:
    """The numbers in a .csv or .npy file; a .npy file is never unpickled."""
    if path.suffix.lower() not in (".csv", ".npy"):
        raise XlconvError(
            f"{name} must be sizes such as 4x4, or a .csv or .npy file, got {str(path)!r}", parameter=name
        )
    try:
        if path.suffix.lower() == ".npy":
            return numbers(name, np.load(path, allow_pickle=False))
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError, EOFError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no array of numbers"
        raise UnreadableError(f"cannot read {name} from {path}: {reason}", parameter=name) from None
    rows = [line.split(",") for line in lines if line.strip()]
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise UnreadableError(
                f"{path} row {number} has {len(row)} values where the first has {len(rows[0])}",
                parameter=name,
            )
        for column, cell in enumerate(row, 1):
            try:
                float(cell)
            except ValueError:
                raise UnreadableError(
                    f"{path} row {number} column {column} is no number: {cell.strip()!r}",
                    parameter=name,
                ) from None
    return numbers(name, [[float(cell) for cell in row] for row in rows])
