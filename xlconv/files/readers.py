"""Arrays from files: a table of text, NumPy's own format, a picture."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from functools import partial
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import IO, BinaryIO

import numpy as np

from xlconv.errors import UnreadableError, XlconvError
from xlconv.files.pictures import FORMATS, read_picture
from xlconv.files.reading import opened
from xlconv.frozen import frozen
from xlconv.layers.given import Array, not_numbers, numbers

NO_HEADER = (
    ValueError, TypeError, ArithmeticError, RecursionError, MemoryError, SyntaxError, TokenError,
)  # fmt: skip
"""What numpy lets out of ast and tokenize when it reads the header of what is no .npy file."""

HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""The headers by version; a third one is for names of columns that are no Latin letters."""

SEEN = ("input", "image")
"""The arrays that a picture may give."""

Check = Callable[[int], None]


@frozen
class Reader:
    """How the files of an ending are read, and the bytes that they may have."""

    read: Callable[[BinaryIO, Check, str | None], np.ndarray]
    most: int | None = None


def read(name: str, path: Path, check: Callable[[str, int], None], key: str | None = None) -> Array:
    """The numbers in a .csv, .npy or .npz file, in its own shape, or a picture's; nothing is
    unpickled.

    key    of an array in a .npz file
    check  is told the name and how many numbers there are, and raises if these are too many

    Raises UnreadableError for a file that does not hold numbers, XlconvError for numbers that are
    not finite.
    """
    ending = path.suffix.lower()
    if ending not in READERS:
        raise XlconvError(
            f"{name} must be sizes such as 4x4, or a .csv, .npy or .png file,"
            f" got {str(path)!r:.200}",
            parameter=name,
        )
    if ending in FORMATS and name not in SEEN:
        raise XlconvError(
            f"{name} must be sizes, or a .csv or .npy file: a picture gives only an input",
            parameter=name,
        )
    if key is not None and ending != ".npz":
        raise XlconvError(f"key is of a .npz file, which {path} is not", parameter="key")
    reader = READERS[ending]
    try:
        with opened(path, reader.most) as file:
            return numbers(name, reader.read(file, partial(check, name), key))
    except UnreadableError as error:
        raise UnreadableError(str(error), parameter=name) from None
    except XlconvError as error:
        raise XlconvError(f"{path}: {error}", parameter=name) from None
    except ValueError as error:
        raise UnreadableError(f"{path} {error}", parameter=name) from None


def is_picture(given: str) -> bool:
    """Whether an array is given as a picture's file."""
    return Path(given).suffix.lower() in FORMATS


def is_table(given: object) -> bool:
    """Whether an array is given as a table of text, which always has rows and columns."""
    return isinstance(given, str) and Path(given).suffix.lower() in TABLES


def npy_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """The shape of an array, whether it is by columns, and its type; as numpy raises errors."""
    with warnings.catch_warnings(action="ignore"):
        shape, by_columns, dtype = HEADERS[np.lib.format.read_magic(file)](file)
        return shape, by_columns, dtype


def stored_type(path: Path, key: str | None = None) -> str:
    """The type of the numbers in a .npy or .npz file, as NumPy calls it; "" of any other."""
    ending = path.suffix.lower()
    if ending not in (".npy", ".npz"):
        return ""
    from xlconv.files.archives import BROKEN, npz_members, opened_zip

    try:
        with opened(path, None) as file:
            if ending == ".npy":
                return str(npy_header(file)[2])
            found = npz_members(opened_zip(file))
            return str((found.get(key or "") or next(iter(found.values()))).dtype)
    except (*NO_HEADER, *BROKEN, LookupError, StopIteration):
        return ""  # which is told where it is read


def _read_npy(file: BinaryIO, check: Check) -> np.ndarray:
    """The array in a .npy file, mapped and not loaded: what is no plain memory cannot be mapped."""
    try:
        shape, by_columns, dtype = npy_header(file)
        whole = all(type(size) is int and size >= 0 for size in shape)
    except (*NO_HEADER, LookupError):
        whole = False
    if not whole:
        raise ValueError("is no .npy file of numbers")
    if wrong := not_numbers(dtype):
        raise ValueError(f"must hold real numbers, got {wrong}")
    begin, count = file.tell(), prod(shape)
    if os.fstat(file.fileno()).st_size < begin + count * dtype.itemsize:
        raise ValueError("is cut short")
    check(count)
    if not count:
        return np.empty(shape)
    at_once = np.memmap(file, dtype, "r", begin, (count,))
    array: np.ndarray = at_once.reshape(shape, order="F" if by_columns else "C")
    return array


def _read_table(file: BinaryIO, check: Check) -> np.ndarray:
    from xlconv.files.tables import read_table

    return read_table(file, check)


def _read_npz(file: BinaryIO, check: Check, key: str | None) -> np.ndarray:
    from xlconv.files.archives import read_npz

    return read_npz(file, check, key)


def _alone(read: Callable[[BinaryIO, Check], np.ndarray], most: int | None = None) -> Reader:
    """The reader of a format that holds one array."""
    return Reader(lambda file, check, _: read(file, check), most)


TABLES = (".csv", ".tsv")
READERS = (
    dict.fromkeys(TABLES, _alone(_read_table, 256 << 20))
    | {".npy": _alone(_read_npy), ".npz": Reader(_read_npz)}
    | dict.fromkeys(FORMATS, _alone(read_picture, 256 << 20))
)
