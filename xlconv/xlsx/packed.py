"""Rows of which many look alike, packed once: what changes from one to the next is filled in.

Their text is needed for its checksum alone. So a shape of rows keeps a few of them as text and as
bits, and puts the row numbers and values of the next few into both, in one step for all cells.

The way of a number: `Strip.values` has it, `Numerals.fields` puts it at the end of a field of
signs, `TextPlaces.put` puts that into the text; `Codes.words` has for these signs the bits that are
others than those of a 0, and `BitPlaces.turn` turns them in the row that was packed with 0s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlconv.grid.values import Bytes
from xlconv.xlsx.deflate import Backs, Ints, block
from xlconv.xlsx.filling import BitPlaces, Codes, TextPlaces, buffer, numbers_of
from xlconv.xlsx.numerals import fields
from xlconv.xlsx.strip import Index
from xlconv.xlsx.template import Cells, Row, Template

ROOM = 1 << 21  # bytes of a shape's rows, as text and as bits
NEAR = range(1, 5)
"""How many cells before a cell those are that it may repeat."""

ALONE, STALE, MOST = 3, 64, 16
"""Rows before a shape is packed; rows after which it is forgotten; shapes at a time."""


class Shapes:
    """The shapes that the rows of a sheet have had of late."""

    def __init__(self) -> None:
        self.known: dict[Any, Shape] = {}

    def of(self, template: Template, row: int, indices: Mapping[int, Index]) -> Shape | None:
        """The shape that a row waits in from now on, if it is one of many."""
        if not template.packable:
            return None
        numbers = template.numbers(row, indices)
        distinct = list(dict.fromkeys(numbers))
        which, digits = tuple(map(distinct.index, numbers)), tuple(map(len, distinct))
        key = id(template), which, digits  # a shape keeps its template, so no other has its id
        if key not in self.known:
            kept = {key: each for key, each in self.known.items() if row - each.last < STALE}
            self.known = kept
            if len(kept) == MOST:
                return None
            kept[key] = Shape(template, which, digits)
        shape = self.known[key]
        return shape if shape.takes(row, "".join(distinct), indices) else None


class Shape:
    """Rows of one template, with numbers of as many digits that are equal where others' are."""

    def __init__(self, template: Template, which: Sequence[int], digits: Sequence[int]) -> None:
        """Which of a row's distinct numbers each of the template's is, and the digits of those."""
        self.template, self.which, self.digits = template, which, digits
        self.seen = self.last = 0
        self.waiting: list[tuple[str, Mapping[int, Index]]] = []

    def takes(self, row: int, numbers: str, indices: Mapping[int, Index]) -> bool:
        """Whether a row is one of many, and so waits from now on."""
        self.seen, self.last = self.seen + 1, row
        if self.seen <= ALONE:
            return False
        if self.seen == ALONE + 1:
            self._pack()
        self.waiting.append((numbers, indices))
        return True

    @property
    def full(self) -> bool:
        return len(self.waiting) == len(self.text)

    def rows(self) -> Iterator[Row]:
        """The rows that wait; they hold until more are asked for."""
        numbers, indices = zip(*self.waiting, strict=True)
        self.waiting, count, start = [], len(numbers), 0
        digits = np.frombuffer("".join(numbers).encode(), np.uint8).reshape(count, -1)
        for places, width in zip(self.number_texts, self.digits, strict=True):
            places.put(numbers_of(digits[:, start : start + width]), count)
            start += width
        self.bits[:count] = self.packed
        for n, bits in self.digit_bits.items():
            bits.turn(self.codes.words(digits[:, n : n + 1]), count)
        for each in self.contents:
            each.put([index[each.cells.strip.number] for index in indices])
        return map(Row, self.text, self.bits)

    def _pack(self) -> None:
        """Make a row's text, and pack it."""
        row = _Zeroed.of(self.template, self.which, self.digits)
        made = block(row.text, row.filled, _backs(len(row.text), row.cells))
        self.packed = np.packbits(made.bits, bitorder="little")
        rows = max(1, ROOM // (len(row.text) + len(self.packed)))
        self.text, self.bits = buffer(row.text, rows), buffer(self.packed, rows)
        self.codes = Codes(made.signs)
        self.number_texts = [
            TextPlaces(self.text, at, width)
            for at, width in zip(row.numbers, self.digits, strict=True)
        ]
        told = row.filled[made.places]
        self.digit_bits = {
            digit - 1: BitPlaces(self.bits, made.starts[told == digit], self.codes.width)
            for digit in set(told[told > 0].tolist())
        }
        self.contents = []
        for cells, at in zip(self.template.cells, row.values, strict=True):
            width = cells.strip.numerals.width + 1
            starts = made.starts[np.searchsorted(made.places, at)]
            bits = BitPlaces(self.bits, starts, width * self.codes.width)
            self.contents.append(
                Contents(cells, width, TextPlaces(self.text, at, width), bits, self.codes)
            )


class _Zeroed(NamedTuple):
    """A row's text with a 0 in the place of all that is filled in.

    filled   what each byte is filled with, as `block` has it: the number of a digit, from 1
    cells    the bytes behind each cell's letters
    numbers  where each of the distinct row numbers stands
    values   where the values of each layer stand, with the end of the tag before them
    """

    text: Bytes
    filled: NDArray[np.int32]
    cells: Ints
    numbers: list[Ints]
    values: list[Ints]

    @classmethod
    def of(cls, template: Template, which: Sequence[int], digits: Sequence[int]) -> _Zeroed:
        """As `Shape` has them."""
        pieces, values = template.pieces.copy(), [cells.values[0] for cells in template.cells]
        widths = [digits[n] for n in which]
        widths += [cells.strip.numerals.width for cells in template.cells]
        for gaps, width in zip([*template.gaps(), *values], widths, strict=True):
            for where, size in gaps:
                pieces[where] = ["0" * width] * size
        offsets = np.cumsum([0, *map(len, pieces)])
        starts = [
            np.concatenate([offsets[where] for where, _ in gaps])
            for gaps in (*template.gaps(), *values)
        ]
        numbers = [
            np.concatenate([at for at, n in zip(starts, which, strict=False) if n == number])
            for number in range(len(digits))
        ]
        made = cls(
            np.frombuffer(bytearray("".join(pieces).encode()), np.uint8),
            np.zeros(offsets[-1], np.int32),
            starts[0][1:],
            numbers,
            [at - 1 for at in starts[len(which) :]],
        )
        made._fill(digits, widths[len(which) :])
        return made

    def _fill(self, digits: Sequence[int], widths: Sequence[int]) -> None:
        """Tell what is filled in: row numbers, of which the digits stay apart, and values."""
        digit = 0
        for at, width in zip(self.numbers, digits, strict=True):
            for n in range(width):
                self.filled[at + n] = digit = digit + 1
        for at, width in zip(self.values, widths, strict=True):
            for n in range(width + 1):
                self.filled[at + n], self.text[at + n] = -1, ord("0")


class Contents:
    """The values of a layer in a shape's rows."""

    def __init__(
        self, cells: Cells, width: int, text: TextPlaces, bits: BitPlaces, codes: Codes
    ) -> None:
        """Where they stand in both, and how wide they are with the end of the tag before them."""
        self.cells, self.width, self.text, self.bits, self.codes = cells, width, text, bits, codes
        self.known = cells.strip.numerals.known
        if self.known:
            table = fields(self.known)[:, -width:]
            self.as_text, self.as_bits = numbers_of(table), codes.words(table)

    def put(self, indices: Sequence[Index]) -> None:
        """Put in the values of rows."""
        strip, seen, rows = self.cells.strip, self.cells.seen, len(indices)
        values = np.stack([strip.values(index) for index in indices], axis=1)
        values = values if seen is None else values[seen]
        if self.known:
            at = values.astype(np.intp)
            self.text.put([text.take(at) for text in self.as_text], rows)
            self.bits.turn([bits.take(at) for bits in self.as_bits], rows)
        else:
            text = strip.numerals.fields(values)[..., -self.width :]
            self.text.put(numbers_of(text), rows)
            self.bits.turn(self.codes.words(text), rows)


def _backs(size: int, cells: Ints) -> Iterator[Backs]:
    """How far before a text's bytes those of the cells are that are as NEAR."""
    for near in NEAR:
        far = np.zeros(len(cells) + 1, np.int64)
        far[near + 1 :] = cells[near:] - cells[:-near]
        turns = np.flatnonzero(np.diff(far)) + 1
        starts = np.concatenate([[0], cells])
        edges = [0, *starts[turns].tolist(), size]
        yield np.diff(edges).tolist(), far[[0, *turns]].tolist()
