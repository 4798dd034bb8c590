"""What a caller gives, as plain numbers: arrays, whole numbers, one for all axes or one each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xlconv.errors import XlconvError

Array = NDArray[np.float64]

LARGEST = 10**9
"""The largest parameter of a layer: no program has as many cells along an axis."""

AXES = 5
"""The most axes of an array: a weight has two of channels and three of the kernel."""

KINDS = {
    "b": "true or false",
    "c": "complex numbers",
    "M": "dates",
    "m": "durations",
    "S": "bytes",
    "T": "texts",
    "U": "texts",
    "V": "records",
}
"""NumPy's kinds of what is no real number, in words."""

WHAT_TO_GIVE = {"c": "give its real part", "b": "give 0 and 1"}
"""What can be given instead of a kind."""


def numbers(name: str, values: ArrayLike) -> Array:
    """The values as finite float64, or an XlconvError that names the first bad one.

    >>> numbers("input", [[1, 2]]).tolist()
    [[1.0, 2.0]]
    >>> numbers("input", [[1, 2], [3]])
    Traceback (most recent call last):
    xlconv.errors.XlconvError: input must be numbers in rows of equal length
    """
    given = _real(name, values)
    if given.size == 0:
        raise XlconvError(f"{name} must hold at least one number", parameter=name)
    if not any(given.strides):  # one number, however often
        one = np.float64(given.flat[0])
        given = np.broadcast_to(one, given.shape)
        if np.isfinite(one):
            return given
    try:
        with np.errstate(over="ignore"):  # a wider float than float64: infinite, so refused
            array = np.array(given, dtype=np.float64)
    except OverflowError:  # a whole number of Python's, which may have any number of digits
        raise XlconvError(
            f"{name} must be finite, got a whole number beyond 1.8e308", parameter=name
        ) from None
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise XlconvError(f"{name} must be finite, got {array[at]} at {list(at)}", parameter=name)
    return array


def given_numbers(
    input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None
) -> tuple[Array, Array, Array | None]:
    """The arrays of a layer, each as `numbers` has it."""
    x, w = numbers("input", input), numbers("weight", weight)
    return x, w, None if bias is None else numbers("bias", bias)


def not_numbers(dtype: np.dtype[Any]) -> str:
    """What an array of this type holds instead of real numbers, and the way out; "" if it does.

    >>> not_numbers(np.dtype(complex)), not_numbers(np.dtype(int))
    ('complex numbers: give its real part', '')
    """
    if dtype.kind in "iuf":
        return ""
    way = WHAT_TO_GIVE.get(dtype.kind)
    return KINDS.get(dtype.kind, "Python objects") + (f": {way}" if way else "")


def _real(name: str, values: ArrayLike) -> np.ndarray:
    """The values as an array of real numbers, or of Python's own numbers."""
    for leaf in _leaves(name, values):
        # np.ma itself takes 7 ms to import
        if isinstance(leaf, np.ndarray) and np.any(getattr(leaf, "mask", False)):
            raise XlconvError(
                f"{name} has masked values: fill them first, as .filled(0) does", parameter=name
            )
        if isinstance(leaf, bool | np.bool_):  # NumPy would count them as 0 or 1
            got = not_numbers(np.dtype(bool))
            raise XlconvError(f"{name} must be numbers, got {got}", parameter=name)
    try:
        given = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        if hasattr(values, "__array__"):  # of another library, which knows why it is none here
            why = f"{name} cannot be read as an array: {error}"
            raise XlconvError(why, parameter=name) from None
        raise _ragged(name) from None
    if given.dtype.kind == "O":
        _check_objects(name, given)
    elif given.size and (wrong := not_numbers(given.dtype)):
        raise XlconvError(f"{name} must be numbers, got {wrong}", parameter=name)
    return given


def _leaves(name: str, values: Any) -> Iterator[Any]:
    """What lies in nested lists."""
    level = [values]
    for _ in range(AXES + 1):
        nested = [item for item in level if isinstance(item, list | tuple)]
        if len(nested) < len(level):
            yield from (item for item in level if not isinstance(item, list | tuple))
        if not nested:
            return
        level = [item for listed in nested for item in listed]
    raise XlconvError(f"{name} must have at most {AXES} axes", parameter=name)


def _check_objects(name: str, given: np.ndarray) -> None:
    """Refuse objects that are no numbers of Python's own; some of these are too long for NumPy."""
    for value in given.flat:
        if isinstance(value, list | tuple | np.ndarray):
            raise _ragged(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            kind = type(value).__name__
            raise XlconvError(
                f"{name} must be numbers, got {kind}: make it of int or float", parameter=name
            )


def _ragged(name: str) -> XlconvError:
    return XlconvError(f"{name} must be numbers in rows of equal length", parameter=name)


def whole(name: str, value: object, least: int = -LARGEST) -> int:
    """A whole number of any kind (Python's, NumPy's) as Python's.

    >>> whole("groups", np.int64(2))
    2
    >>> whole("groups", "2")
    Traceback (most recent call last):
    xlconv.errors.XlconvError: groups must be a whole number up to 1000000000, got '2'
    """
    number = _whole(value)
    if number is None:
        raise XlconvError(
            f"{name} must be a whole number up to {LARGEST}, got {shortly(value)}", parameter=name
        )
    if number < least:
        raise XlconvError(f"{name} must be at least {least}, got {number}", parameter=name)
    return number


def spread(name: str, values: Any, rank: int) -> list[Any]:
    """One value an axis: a single one serves all axes; a pair only for padding.

    >>> spread("stride", np.array([2, 3]), 2), spread("padding", [1, (0, 2)], 2)
    ([2, 3], [1, (0, 2)])
    """
    values = plain(values)
    several = isinstance(values, Sequence) and not isinstance(values, str | bytes)
    listed = [_each(name, value) for value in (values if several else [values])]
    if None in listed:
        got = values[listed.index(None)] if several else values
        pairs = " or pairs (begin, end)" if name == "padding" else ""
        raise XlconvError(
            f"{name} must be whole numbers up to {LARGEST}{pairs}, got {shortly(got)}",
            parameter=name,
        )
    if len(listed) == 1:
        return listed * rank
    if len(listed) != rank:
        raise XlconvError(
            f"{name} must be one value or one for each of {rank} axes, got {len(listed)} values",
            parameter=name,
        )
    return listed


def pair(padding: int | Sequence[int]) -> tuple[int, int]:
    """The cells cropped at the begin and at the end: one number crops the same at both."""
    begin, end = (padding, padding) if isinstance(padding, int | np.integer) else padding
    return int(begin), int(end)


def spell(value: object) -> str:
    """A parameter of one axis as it is typed: a padding that differs as begin:end.

    >>> spell(2), spell((1, 1)), spell((1, 2)), spell("same")
    ('2', '1', '1:2', 'same')
    """
    if not isinstance(value, tuple):
        return str(value)
    begin, end = value
    return str(begin) if begin == end else f"{begin}:{end}"


def plain(value: Any) -> Any:
    """What NumPy and tuples hold, as Python's own numbers, lists and texts: what TOML can say.

    >>> plain({"look": np.array([1, 2]), "small": np.True_})
    {'look': [1, 2], 'small': True}
    """
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def shortly(value: object) -> str:
    """A value as Python writes it, and not too long."""
    try:
        return f"{value!r:.40}"
    except ValueError:  # Python writes no number of more than 4300 digits
        return "one of thousands of digits"


def _each(name: str, value: Any) -> int | tuple[int, int] | None:
    """A whole number, or for padding a pair of them; None for anything else."""
    if name == "padding" and isinstance(value, list | tuple) and len(value) == 2:
        begin, end = _whole(value[0]), _whole(value[1])
        return None if begin is None or end is None else (begin, end)
    return _whole(value)


def _whole(value: Any) -> int | None:
    value = plain(value)
    if isinstance(value, bool):  # which Python counts as a whole number
        return None
    try:
        number = index(value)
    except TypeError:
        return None
    return number if abs(number) <= LARGEST else None
