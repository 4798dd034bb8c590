"""Arrays from what a user gives: numbers, a size to fill, or a file."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Sequence
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np

from xlconv.arguments import Array, numbers
from xlconv.errors import UnreadableError, XlconvError

RANGES = {"input": (0, 5), "weight": (-1, 4), "bias": (-2, 3)}
"""The small integers that fill a size, from and below."""

CELLS = 10_000_000
"""The most numbers that are read or made: no Google Sheets workbook has more cells."""

PLANNED, LONGEST = 100 * CELLS, 1 << 20
"""The most numbers, and the most along an axis, of which is told how many of them there may be."""

NO_HEADER = (ValueError, TypeError, ArithmeticError, RecursionError, MemoryError, TokenError)
"""What numpy lets out of ast and tokenize when it reads the header of what is no .npy file."""

SIZES = re.compile(r"[0-9]{1,18}(x[0-9]{1,18}){0,4}")


def array(
    name: str,
    given: str | Sequence[Any],
    *,
    seed: int = 0,
    folder: Path | None = None,
    files: bool = True,
    planned: bool = False,
) -> Array:
    """The numbers of an input, weight or bias.

    given    nested lists; sizes such as "4x4", filled with small seeded integers; or the path of a
             .csv or .npy file or of a picture, relative to `folder`
    files    whether a file may be read
    planned  whether sizes beyond every workbook give zeros that take no memory, to be refused
             where it is known how large they may be

    Raises XlconvError for values that are no numbers, UnreadableError for a file that is no array.

    >>> array("input", "2x3", seed=1).shape
    (2, 3)
    """
    if not isinstance(given, str):
        if _has_truth_value(given):  # which NumPy would count as 0 or 1
            raise XlconvError(f"{name} must be numbers, got true or false", parameter=name)
        found = numbers(name, given)
    elif SIZES.fullmatch(given):
        sizes = [int(size) for size in given.split("x")]
        if planned and CELLS < prod(sizes) <= PLANNED and max(sizes) <= LONGEST:
            return np.broadcast_to(np.zeros(()), sizes)
        found = _filled(name, sizes, seed)
    elif not files:
        raise XlconvError(f"{name} must be numbers or sizes, got {given!r:.40}", parameter=name)
    else:
        found = read(name, (folder or Path()) / given)
    if name != "bias":
        return found
    if found.size != max(found.shape, default=1):
        raise XlconvError(
            f"bias must be one row or one column, got shape {found.shape}", parameter=name
        )
    return found.reshape(-1)


def is_picture(given: str) -> bool:
    """Whether an array is given as a picture's file."""
    return Path(given).suffix.lower() in PICTURES


def read(name: str, path: Path) -> Array:
    """The numbers in a .csv or .npy file, in its own shape, or a picture's; nothing is unpickled.

    Raises UnreadableError for a file that does not hold numbers, XlconvError for numbers that are
    not finite or too many.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise XlconvError(
            f"{name} must be sizes such as 4x4, or a .csv, .npy or .png file, got {str(path)!r}",
            parameter=name,
        )
    try:
        found = reader(path)
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror}", parameter=name) from None
    except ValueError as error:
        raise UnreadableError(f"{path} {error}", parameter=name) from None
    _check_count(name, found.shape)
    try:
        return numbers(name, found)
    except XlconvError as error:
        raise XlconvError(f"{path}: {error}", parameter=name) from None


def _has_truth_value(given: Any) -> bool:
    return isinstance(given, bool) or (
        isinstance(given, list) and any(map(_has_truth_value, given))
    )


def _filled(name: str, sizes: list[int], seed: int) -> Array:
    if 0 in sizes:
        raise XlconvError(f"{name} must have sizes of at least 1, got {sizes}", parameter=name)
    if seed < 0:
        raise XlconvError(f"seed must be at least 0, got {seed}", parameter="seed")
    _check_count(name, sizes)
    # one stream for each name, so that an input and a weight of one size differ
    stream = np.random.default_rng([seed, list(RANGES).index(name)])
    return stream.integers(*RANGES[name], sizes).astype(np.float64)


def _check_count(name: str, sizes: Sequence[int]) -> None:
    if prod(sizes) > CELLS:
        raise XlconvError(
            f"{name} has {prod(sizes)} values; a Google Sheets workbook holds {CELLS} cells:"
            f" use a smaller {name}",
            parameter=name,
        )


def _read_csv(path: Path) -> Array:
    """Numbers between commas, a row a line; raises ValueError that says where there are none."""
    rows: list[list[float]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file)
            for line in lines:
                if not any(cell.strip() for cell in line):
                    continue
                rows.append([_number(c, lines.line_num, n) for n, c in enumerate(line, 1)])
                if len(line) != len(rows[0]):
                    raise ValueError(
                        f"row {lines.line_num} has {len(line)} values where the first has"
                        f" {len(rows[0])}"
                    )
    except UnicodeDecodeError:
        raise ValueError("is no UTF-8 text") from None
    except csv.Error as error:
        raise ValueError(f"is no CSV: {error}") from None
    if not rows:
        raise ValueError("holds no numbers")
    return np.array(rows)


def _number(cell: str, row: int, column: int) -> float:
    try:
        return float(cell)
    except ValueError:
        got = f"is no number: {cell.strip()[:40]!r}" if cell.strip() else "is empty"
        raise ValueError(f"row {row} column {column} {got}") from None


def _read_npy(path: Path) -> np.ndarray:
    """The array in a .npy file, mapped and not loaded: what is no plain memory cannot be mapped."""
    try:
        with warnings.catch_warnings(action="ignore"):
            found = np.lib.format.open_memmap(path, mode="r")
    except NO_HEADER:
        raise ValueError("is no .npy file of numbers, or is cut short") from None
    if found.dtype.kind not in "iuf":
        raise ValueError(f"must hold real numbers, got {found.dtype}")
    return found


def _read_picture(path: Path) -> np.ndarray:
    """The pixels of a picture from 0 to 255: (height, width) of a grey one, else (3, height, width)."""
    try:
        from PIL import Image
    except ImportError:
        raise ValueError("is a picture: install xlconv with its extra [image]") from None
    path.open("rb").close()  # the one that is not there is none of Pillow's errors
    try:
        with Image.open(path) as picture:
            _check_count("input", picture.size)
            grey = picture.mode in ("1", "L", "LA")
            pixels = np.asarray(picture.convert("L" if grey else "RGB"))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"is no picture that can be read: {error}") from None
    return pixels if grey else np.moveaxis(pixels, -1, 0)


PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
READERS = {".csv": _read_csv, ".npy": _read_npy} | dict.fromkeys(PICTURES, _read_picture)
