"""Rows of which many look alike, packed once: what changes from one to the next is filled in.

Their text is needed for its checksum alone. So a shape of rows keeps a few of them as text and as
bits, and puts the row numbers and values of the next few into both, in one step for all cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from xlconv.xlsx.deflate import SIGNS, Backs, Bytes, Ints, block
from xlconv.xlsx.numerals import fields
from xlconv.xlsx.strip import Index
from xlconv.xlsx.template import Cells, Template

ROOM = 1 << 21  # bytes of a shape's text and bits
NEAR = range(1, 5)
"""How many cells before a cell those are that it may repeat."""

ALONE, STALE, MANY = 3, 64, 16
"""Rows before a shape is packed; rows after which it is forgotten; shapes at a time."""


class Row(NamedTuple):
    """A row's XML, and the same packed."""

    text: Bytes
    packed: Bytes


class Shapes:
    """The shapes that the rows of a sheet have had of late."""

    def __init__(self) -> None:
        self.known: dict[Any, Shape] = {}

    def of(self, template: Template, row: int, indices: Mapping[int, Index]) -> Shape | None:
        """The shape that the row now waits in, if many rows have it."""
        if not template.packable:
            return None
        numbers = template.numbers(row, indices)
        distinct = list(dict.fromkeys(numbers))
        which, digits = tuple(map(distinct.index, numbers)), tuple(map(len, distinct))
        key = id(template), which, digits
        if key not in self.known:
            known = {key: each for key, each in self.known.items() if row - each.last < STALE}
            self.known = known
            if len(known) == MANY:
                return None
            known[key] = Shape(template, which, digits)
        shape = self.known[key]
        return shape if shape.takes(row, "".join(distinct), indices) else None


class Shape:
    """Rows of one template, whose numbers are equal where others' are, and have as many digits."""

    def __init__(self, template: Template, which: Sequence[int], digits: Sequence[int]) -> None:
        """Which of the row's distinct numbers each of the template's is, and the digits of those."""
        self.template, self.which, self.digits = template, which, digits
        self.seen = self.last = 0
        self.waiting: list[tuple[str, Mapping[int, Index]]] = []

    def takes(self, row: int, numbers: str, indices: Mapping[int, Index]) -> bool:
        """Whether a row is one of many, and waits from now on."""
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
        for number, width in zip(self.numbers, self.digits, strict=True):
            number.put(columns_of(digits[:, start : start + width]), count)
            start += width
        self.bits[:count] = self.packed
        for bits, digit in self.told:
            bits.put(self.codes.words(digits[:, digit : digit + 1]), count)
        for field in self.values:
            field.put([index[field.cells.strip.number] for index in indices])
        return map(Row, self.text, self.bits)

    def _pack(self) -> None:
        """Make a row's text, and pack it."""
        template, pieces = self.template, self.template.pieces.copy()
        widths = [self.digits[n] for n in self.which]
        widths += [cells.strip.numerals.width for cells in template.cells]
        gaps = [*template.gaps(), *[cells.values[0] for cells in template.cells]]
        for runs, width in zip(gaps, widths, strict=True):
            for where, size in runs:
                pieces[where] = ["0" * width] * size
        text = np.frombuffer(bytearray("".join(pieces).encode()), np.uint8)
        offsets = np.cumsum([0, *map(len, pieces)])
        starts = [np.concatenate([offsets[where] for where, _ in runs]) for runs in gaps]
        starts_of_fields = [at - 1 for at in starts[len(self.which) :]]  # the end of <v> is one's own
        numbers = [
            np.concatenate([at for at, n in zip(starts, self.which, strict=False) if n == number])
            for number in range(len(self.digits))
        ]
        filled, digit = np.zeros(len(text), np.int64), 0
        for at, width in zip(numbers, self.digits, strict=True):
            for n in range(width):
                filled[at + n] = digit = digit + 1
        for at, cells in zip(starts_of_fields, template.cells, strict=True):
            text[at] = ord("0")
            for n in range(cells.strip.numerals.width + 1):
                filled[at + n] = -1
        packed = block(text, filled, _backs(len(text), starts[0][1:]))
        self.packed = np.packbits(packed.bits, bitorder="little")
        count = max(1, ROOM // (len(text) + len(self.packed)))
        self.text = np.tile(text, (count, 1))
        self.bits = _buffer(count, len(self.packed))
        self.codes = Codes(packed.signs)
        told = filled[packed.places]
        self.told = [
            (Bits(self.bits, packed.starts[told == n + 1], self.codes.width), n)
            for n in range(digit)
            if (told == n + 1).any()
        ]
        self.numbers = [
            Places(self.text, at, width) for at, width in zip(numbers, self.digits, strict=True)
        ]
        self.values = [
            Field(
                cells,
                Places(self.text, at, cells.strip.numerals.width + 1),
                Bits(
                    self.bits,
                    packed.starts[np.searchsorted(packed.places, at)],
                    (cells.strip.numerals.width + 1) * self.codes.width,
                ),
                self.codes,
            )
            for cells, at in zip(template.cells, starts_of_fields, strict=True)
        ]


def _backs(size: int, cells: Ints) -> Iterator[Backs]:
    """The cells before each cell of a text of this size; cells begin there."""
    for near in NEAR:
        far = np.zeros(len(cells) + 1, np.int64)
        far[near + 1 :] = cells[near:] - cells[:-near]
        turns = np.flatnonzero(np.diff(far)) + 1
        starts = np.concatenate([[0], cells])
        edges = [0, *starts[turns].tolist(), size]
        yield np.diff(edges).tolist(), far[[0, *turns]].tolist()


class Places:
    """Places in each row of a buffer."""

    def __init__(self, buffer: Bytes, starts: Ints, width: int) -> None:
        """Where each of the places begins in a row, and their width."""
        (rows, size), self.starts = buffer.shape, starts
        self.views = [
            np.ndarray((size - start - step + 1, rows), f"u{step}", buffer, start, (1, size))
            for start, step in _steps(width)
        ]

    def put(self, columns: Sequence[Any], rows: int) -> None:
        """Put into the first rows what has a number for each place, or for all, and each row."""
        for view, column in zip(self.views, columns, strict=True):
            view[:, :rows][self.starts] = column


class Bits:
    """Places in the bits of each row."""

    def __init__(self, buffer: Bytes, starts: Ints, width: int) -> None:
        """The bit that each of the places begins with, and how many it has."""
        (rows, size), self.shift = buffer.shape, (starts % 8).astype(np.uint64)[:, None]
        self.starts = starts // 8
        self.views = [
            np.ndarray((size, rows), "<u8", buffer.base, start, (1, size))
            for start in range(0, (width + 7 + 7) // 8, 8)
        ]
        apart = next(n for n in range(1, len(starts) + 1) if (self.starts[n:] - self.starts[:-n] >= 8 * len(self.views)).all())
        self.which = [slice(n, None, apart) for n in range(apart)]

    def put(self, words: Sequence[Any], rows: int) -> None:
        """Turn the bits around that are set in words for each place, or for all, and each row."""
        before = np.uint64(0)
        for view, word in zip(self.views, [*words, np.uint64(0)], strict=False):
            shifted = word << self.shift | before
            before = word >> np.uint64(1) >> (np.uint64(63) - self.shift)
            for which in self.which:
                view[:, :rows][self.starts[which]] ^= shifted[which]


class Codes:
    """The bits that signs have other than a 0."""

    def __init__(self, signs: Bytes) -> None:
        self.width = signs.shape[1]
        weights = 1 << np.arange(self.width, dtype=np.uint64)
        code = (signs.astype(np.uint64) @ weights) ^ (signs[ord("0")].astype(np.uint64) @ weights)
        self.one, self.two = code, np.zeros(1 << 16, np.uint64)
        known = np.array(SIGNS)
        self.two[known[:, None] << 8 | known] = code[known] | code[known][:, None] << np.uint64(self.width)

    def words(self, signs: Bytes) -> list[Any]:
        """Texts, along the last axis, as words of 64 bits."""
        width = signs.shape[-1]
        words = [np.zeros(signs.shape[:-1], np.uint64) for _ in range(-(-width * self.width // 64))]
        pieces = [(self.one, signs[..., 0], 0)] * (width % 2)
        pairs = np.ascontiguousarray(signs[..., width % 2 :]).view("<u2")
        pieces += [(self.two, pairs[..., n], width % 2 + 2 * n) for n in range(width // 2)]
        for table, which, at in pieces:
            code = table.take(which)
            n, shift = divmod(at * self.width, 64)
            words[n] |= code << np.uint64(shift)
            if shift + 2 * self.width > 64 and n + 1 < len(words):
                words[n + 1] |= code >> np.uint64(64 - shift)
        return words


class Field:
    """The values of a layer in a shape's rows."""

    def __init__(self, cells: Cells, text: Places, bits: Bits, codes: Codes) -> None:
        self.cells, self.text, self.bits, self.codes = cells, text, bits, codes
        self.width = cells.strip.numerals.width + 1
        if known := cells.strip.numerals.known:
            table = fields(known)[:, -self.width :]
            self.as_text, self.as_bits = columns_of(table), codes.words(table)

    def put(self, indices: Sequence[Index]) -> None:
        """Put the values of rows in."""
        strip, seen = self.cells.strip, self.cells.seen
        values = np.stack([strip.values(index) for index in indices], 1)
        values = values if seen is None else values[seen]
        if strip.numerals.known:
            numbers = values.astype(np.intp)
            text, bits = [[c.take(numbers) for c in all_] for all_ in (self.as_text, self.as_bits)]
        else:
            signs = strip.numerals.fields(values)[..., -self.width :]
            text, bits = columns_of(signs), self.codes.words(signs)
        self.text.put(text, len(indices))
        self.bits.put(bits, len(indices))


def _buffer(rows: int, size: int) -> Bytes:
    """Rows of so many bytes, with room for a few words behind the last."""
    return np.zeros(rows * size + 64, np.uint8)[: rows * size].reshape(rows, size)


def columns_of(content: Bytes) -> list[Any]:
    """Content as whole numbers of 8, 4, 2 and 1 bytes, by its last axis.

    >>> [part.dtype.itemsize for part in columns_of(np.zeros((3, 7), np.uint8))]
    [4, 2, 1]
    """
    parts = [(content[..., start : start + step], step) for start, step in _steps(content.shape[-1])]
    return [np.ascontiguousarray(part).view(f"u{step}")[..., 0] for part, step in parts]


def _steps(width: int) -> Iterator[tuple[int, int]]:
    """Where each of the fewest whole numbers begins that take a width, and its bytes."""
    start = 0
    for step in (8, 4, 2, 1):
        while width - start >= step:
            yield start, step
            start += step
