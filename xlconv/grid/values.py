"""What a cell holds, as numbers in NumPy: nothing, a number or a text."""

from __future__ import annotations

from collections.abc import Iterator
from math import copysign, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

EMPTY = -0.0
"""The number of a cell that has no content: it adds as 0 does, and no formula computes it."""

AT_ONCE = 1 << 13
"""Numbers at a time, of many: what is made of them stays in the cache."""


def is_empty(cells: Values) -> Values:
    """Which cells have no content.

    >>> is_empty(np.array([0.0, EMPTY, -1.0])).tolist()
    [False, True, False]
    """
    if cells.dtype.kind != "f":
        return np.zeros(cells.shape, dtype=bool)
    return np.asarray((cells == 0) & np.signbit(cells))


def parts(*arrays: Values) -> Iterator[Any]:
    """Arrays of one shape and of numbers, at most AT_ONCE of each at a time.

    returns  of one array its parts, of more of them tuples; each holds until the next is asked for

    >>> [part.size for part in parts(np.zeros(10_000))]
    [8192, 1808]
    """
    flags: Any = ["external_loop", "buffered", "zerosize_ok"]
    return iter(np.nditer(arrays, flags, order="C", buffersize=AT_ONCE))


def are_whole(numbers: Values) -> bool:
    """Whether all are whole numbers.

    >>> are_whole(np.array([1.0, -2.0])), are_whole(np.array([1, 0.5]))
    (True, False)
    """
    return all(all_hold(part == np.rint(part)) for part in parts(numbers))


def is_nothing(cell: Any) -> bool:
    """Whether a single cell has no content."""
    return isinstance(cell, float) and cell == 0 and copysign(1, cell) < 0


def number_text(number: float) -> str:
    """The shortest text that reads back as the same number, as Excel writes it.

    >>> number_text(3.0), number_text(0.1), number_text(1e-9)
    ('3', '0.1', '1E-9')
    """
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    mantissa, _, exponent = repr(float(number)).partition("e")
    return f"{mantissa}E{int(exponent):+d}" if exponent else mantissa


def text_of(value: Any) -> str:
    """A cell as `&` reads it: an empty one is no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        raise TypeError("a truth value reads TRUE, 1 or True")
    return "" if is_nothing(value) else number_text(float(value))


def is_error(cell: Any) -> bool:
    return isinstance(cell, float) and isnan(cell)


def any_holds(truths: Values) -> bool:
    """Whether one of these truth values, an array of bool, holds: `any` takes far longer for few.

    >>> any_holds(np.array([False, True])), any_holds(np.array([]) > 0)
    (True, False)
    """
    return b"\1" in truths.tobytes()


def all_hold(truths: Values) -> bool:
    """Whether all of these truth values, an array of bool, hold.

    >>> all_hold(np.array([False, True])), all_hold(np.array([]) > 0)
    (False, True)
    """
    return b"\0" not in truths.tobytes()


def settled(values: Any) -> Values:
    """An object array as numbers or truth values, where it holds nothing else."""
    array = np.asarray(values, dtype=object)
    kinds = {type(value) for value in array.flat}
    if kinds <= {bool, np.bool_}:
        return array.astype(bool)
    if kinds and kinds <= {int, float, np.float64, np.int64}:
        return array.astype(np.float64)
    return array


def fill(cells: Values, values: Values) -> None:
    """Put values into cells; none becomes an empty one.

    >>> cells = np.ones(2)
    >>> fill(cells, np.array([EMPTY, 2.0]))
    >>> is_empty(cells).tolist()
    [False, False]
    """
    if cells.dtype.kind == "f":
        np.add(values, 0.0, out=cells, casting="unsafe")
    else:
        cells[...] = values


def unwritten(shape: tuple[int, ...], kind: Any, *, take_room: bool) -> Values:
    """Values of cells that nothing is written on yet; if so wished, in the memory of one."""
    blank: Any = {"f": np.nan, "b": False}.get(np.dtype(kind).kind)
    if take_room:
        values = np.empty(shape, dtype=kind)
        values.fill(blank)
        return values
    return np.broadcast_to(np.array(blank, dtype=kind), shape)
