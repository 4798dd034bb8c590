"""The numbers of a layer as text: exact, the shortest, and whole ones without a point."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from xlconv.grid.values import Bytes, Values

FEW = 1 << 8  # numbers that are put into text one by one
TABLE = 1 << 12  # whole numbers so close together are looked up
MANY = 1 << 15  # doubles for which NumPy's way of putting them into text is worth its import
SAMPLE, LONG = 1 << 12, 16
"""Numbers of which the longest tells whether all are measured: not if it has so many characters."""

LONGEST, FIELD = 24, 32
"""Characters of the longest number, and of a field: blanks, the end of a tag, a number."""


def numeral(value: float) -> str:
    """A number as an exact and shortest text: a whole one without a point."""
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


class Numerals:
    """How finite numbers are put into text.

    known  where they are whole and close together, their texts: those from 0 up, then those of what
           is below 0, which count from the end
    """

    def __init__(self, numbers: Values) -> None:
        self.numbers, self.known, self.few = numbers, list[str](), numbers.size <= FEW
        if self.few:
            return
        low, high = min(0.0, numbers.min()), max(0.0, numbers.max())
        self.whole = max(-low, high) < 2**53 and bool((numbers == np.rint(numbers)).all())
        if self.whole and high - low < TABLE:
            self.known = list(map(str, [*range(int(high) + 1), *range(int(low), 0)]))
            self.table = np.array(self.known, dtype=object)

    def texts(self, rows: Values) -> list[list[str]]:
        """The texts of rows of these numbers."""
        if self.known:
            return self.table[rows.astype(np.intp)].tolist()  # type: ignore[no-any-return]
        if self.few:
            return [list(map(numeral, row)) for row in rows.tolist()]
        if self.whole:
            return [list(map(str, row)) for row in rows.astype(np.int64).tolist()]
        if self.numbers.size >= MANY:
            flat, width = b" ".join(_shortest(rows).tolist()).decode().split(" "), rows.shape[1]
            return [flat[start : start + width] for start in range(0, len(flat), width)]
        # no program shows -0
        return [list(map(repr, row)) for row in (rows + 0.0).tolist()]

    @cached_property
    def width(self) -> int:
        """Characters that no number is longer than."""
        if self.few or self.known:
            return max(map(len, self.known or map(numeral, self.numbers.flat)))
        if self.whole:
            return max(len(str(int(end))) for end in (self.numbers.min(), self.numbers.max()))
        flat = self.numbers.reshape(-1)
        if _longest(_shortest(flat[:SAMPLE])) >= LONG:
            return LONGEST
        parts = (flat[n : n + SAMPLE] for n in range(0, len(flat), SAMPLE))
        return max(_longest(_shortest(part)) for part in parts)

    @cached_property
    def even(self) -> bool:
        """Whether few of them are much shorter than the longest, so that all may have its width."""
        some = self.numbers.flat[:: -(-self.numbers.size // SAMPLE)]
        lengths = [len(text) for row in self.texts(some[None]) for text in row]
        return sum(lengths) * 2 >= self.width * len(lengths)

    def fields(self, numbers: Values) -> Bytes:
        """(..., FIELD) each number in a field, at its end."""
        if self.few or self.known:
            told = fields(chain(*self.texts(numbers)))
        else:
            told = _aligned(_shortest(numbers), len(".0") * self.whole)
        return told.reshape(*numbers.shape, FIELD)


def fields(texts: Iterable[str]) -> Bytes:
    """(..., FIELD) each text in a field, at its end.

    >>> fields(["-12"]).tobytes().decode()
    '                            >-12'
    """
    joined = "".join([f">{text}".rjust(FIELD) for text in texts])
    return np.frombuffer(joined.encode(), np.uint8).reshape(-1, FIELD)


BEFORE = fields([""] + ["0" * length for length in range(1, LONGEST + 1)])
BEFORE = np.where(ord("0") == BEFORE, 0, BEFORE).view("<u8")
"""What is before a number of so many characters in its field, as words."""


def _shortest(numbers: Values) -> NDArray[np.bytes_]:
    """The texts of numbers, in a line; no program shows -0."""
    from xlconv.xlsx.shortest import (
        shortest,
    )  # late: whole numbers need no tables

    return shortest(numbers.ravel().astype(np.float64) + 0.0)


def _longest(texts: NDArray[np.bytes_]) -> int:
    """The length of the longest of these, which have zero bytes behind."""
    return int(np.flatnonzero(texts.view(np.uint8).reshape(-1, LONGEST).any(axis=0))[-1]) + 1


def _aligned(texts: NDArray[np.bytes_], dropped: int) -> Bytes:
    """(..., FIELD) texts, with zero bytes behind, each in a field, at its end, but for its last."""
    words = np.zeros((len(texts), 6), "<u8")
    words[:, 3:] = texts.view("<u8").reshape(-1, 3)
    bits = _bit_length(words[:, 3])
    for n in (1, 2):
        more = words[:, 3 + n]
        bits = np.where(more > 0, 64 * n + _bit_length(more), bits)
    size = (bits + 7 >> 3) - dropped
    by = LONGEST - size
    shift = ((by & 7) << 3).astype(np.uint64)
    flat, first = words.ravel(), np.arange(2, 6 * len(texts), 6) - (by >> 3)
    told = BEFORE.take(size, axis=0)
    lower = flat.take(first)
    for n in (1, 2, 3):
        upper = flat.take(first + n)
        told[:, n] |= upper << shift | lower >> 1 >> 63 - shift
        lower = upper
    return told.view(np.uint8)


def _bit_length(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How many bits words of characters take, of which none has its highest."""
    return (words.astype(np.float64).view(np.int64) >> 52) - 1022
