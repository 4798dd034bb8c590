"""The numbers of a layer as text: exact, the shortest, and whole ones without a point."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from xlconv.grid.values import Values, are_whole, parts
from xlconv.xlsx.signs import FIELD, TEXT, Signs, Words, fields

if TYPE_CHECKING:
    from xlconv.xlsx.shortest import Decimals

FEW = 1 << 8  # numbers that are put into text one by one
TABLE = 1 << 12  # whole numbers so close together are looked up
MANY = 1 << 15  # doubles for which NumPy's way of putting them into text is worth its import
SAMPLE, LONG = 1 << 8, 16
"""Numbers that are measured first; all are, if none of these has so many characters."""

LONGEST, SHORT_POWERS = 24, (1e-99, 1e100)
"""Characters of the longest number; one less if no power of ten takes three digits."""


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
        self.ends = low, high = min(0.0, numbers.min()), max(0.0, numbers.max())
        self.whole = max(-low, high) < 2**53 and are_whole(numbers)
        if self.whole and high - low < TABLE:
            self.known = list(map(str, [*range(int(high) + 1), *range(int(low), 0)]))
            self.table = np.array(self.known, dtype=object)

    @property
    def way(self) -> object:
        """What others have, too, that are put into text in the same way."""
        return self if self.few or self.known else (self.whole, self.width)

    def texts(self, rows: Values) -> list[list[str]]:
        """The texts of rows of these numbers."""
        if self.known:
            return self.table[rows.astype(np.intp)].tolist()  # type: ignore[no-any-return]
        if self.few:
            return [list(map(numeral, row)) for row in rows.tolist()]
        if self.whole:
            return [list(map(str, row)) for row in rows.astype(np.int64).tolist()]
        if self.numbers.size >= MANY:
            flat, width = _texts(rows), rows.shape[1]
            return [flat[start : start + width] for start in range(0, len(flat), width)]
        # no program shows -0
        return [list(map(repr, row)) for row in (rows + 0.0).tolist()]

    @cached_property
    def width(self) -> int:
        """Characters that no number is longer than."""
        if self.few or self.known:
            return max(map(len, self.known or map(numeral, self.numbers.flat)))
        if self.whole:
            return max(len(str(int(end))) for end in self.ends)
        if max(self._lengths) < LONG:
            return max(len(text) for part in parts(self.numbers) for text in _texts(part))
        least, most = SHORT_POWERS
        sizes = map(np.abs, parts(self.numbers))
        short = max(map(abs, self.ends)) < most and all(
            size.min() >= least or size.min(where=size > 0, initial=1) >= least for size in sizes
        )
        return LONGEST - short

    @cached_property
    def even(self) -> bool:
        """Whether few of them are much shorter than the longest, so that all may have its width."""
        return sum(self._lengths) * 2 >= self.width * len(self._lengths)

    @cached_property
    def _lengths(self) -> list[int]:
        """Of the texts of some numbers."""
        some = self.numbers.flat[:: -(-self.numbers.size // SAMPLE)]
        return [len(text) for row in self.texts(some[None]) for text in row]

    def limbs(self, numbers: Values, size: int, kinds: Iterable[Signs]) -> list[list[Words]]:
        """Numbers (cells, rows) that are not known, in each kind of signs: the ends of fields.

        size  signs of such an end

        returns  of each kind its limbs: (cells, rows), or one number for all
        """
        if self.few:
            text = fields(chain(*self.texts(numbers))).reshape(*numbers.shape, FIELD)
            return [kind.limbs(text[..., -size:]) for kind in kinds]
        told = _decimals(numbers, len(".0") * self.whole)
        return [
            [
                limb.reshape(numbers.shape) if limb.size > 1 else limb
                for limb in kind.last(told.limbs(kind), size)
            ]
            for kind in kinds
        ]


def _decimals(numbers: Values, dropped: int = 0) -> Decimals:
    """Numbers as `decimals` has them; no program shows -0."""
    from xlconv.xlsx.shortest import decimals  # late: whole numbers need no tables

    return decimals(np.add(numbers, 0.0, dtype=np.float64).ravel(), dropped)


def _texts(numbers: Values) -> list[str]:
    """The texts of many numbers."""
    limbs = np.broadcast_arrays(*_decimals(numbers).limbs(TEXT))
    return np.stack(limbs, axis=-1).tobytes().decode().replace(">", " ").split()
