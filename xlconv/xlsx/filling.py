"""Places in rows that are kept as text and as bits, and what is put into them.

Both are written as whole numbers, as wide as there are, at any byte: one step for all places of
some rows. Arrays of contents are (places, rows), as those of one place lie together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from xlconv.grid.values import Bytes, Values
from xlconv.xlsx.deflate import SIGNS, Ints

WORD = 8  # bytes
BEHIND = 8 * WORD  # bytes behind the last row, which a word in it may reach


def buffer(row: Bytes, rows: int) -> Bytes:
    """(rows, bytes) a row so many times."""
    room = np.empty(rows * len(row) + BEHIND, np.uint8)[: rows * len(row)]
    repeated = room.reshape(rows, -1)
    repeated[:] = row
    return repeated


def numbers_of(text: Bytes) -> list[Values]:
    """Texts along the last axis as whole numbers of 1, 2, 4 and 8 bytes.

    >>> [part.dtype.itemsize for part in numbers_of(np.zeros((3, 15), np.uint8))]
    [1, 2, 4, 8]
    """
    parts = [(text[..., start : start + size], size) for start, size in _parts(text.shape[-1])]
    return [part.view(f"u{size}")[..., 0] for part, size in parts]


def _parts(width: int) -> Iterator[tuple[int, int]]:
    """Where each of the fewest numbers begins that take so many bytes, and its size."""
    start = 0
    for size in (*[size for size in (1, 2, 4) if width & size], *[WORD] * (width // WORD)):
        yield start, size
        start += size


class TextPlaces:
    """Places in the text of each row."""

    def __init__(self, text: Bytes, starts: Ints, width: int) -> None:
        """Where each of the places begins in a row of the buffer, and their width."""
        (rows, size), self.starts = text.shape, starts
        self.views = [
            np.ndarray((size - start - step + 1, rows), f"u{step}", text, start, (1, size))
            for start, step in _parts(width)
        ]

    def put(self, numbers: Sequence[Values], rows: int) -> None:
        """Put numbers, for each place or for all, into the first rows."""
        for view, number in zip(self.views, numbers, strict=True):
            view[:, :rows][self.starts] = number


class BitPlaces:
    """Places in the bits of each row."""

    def __init__(self, bits: Bytes, starts: Ints, width: int) -> None:
        """The bit that each of the places begins with in a row of the buffer, and their width."""
        (rows, size), self.starts = bits.shape, starts // 8
        self.shift = (starts % 8).astype(np.uint64)[:, None]
        words = -(-(width + 7) // 64)
        self.views = [
            np.ndarray((size, rows), "<u8", bits.base, WORD * n, (1, size)) for n in range(words)
        ]
        # those that are changed in one step have no word in common
        apart = ((n, self.starts[n:] - self.starts[:-n]) for n in range(1, len(starts)))
        groups = next((n for n, by in apart if by.min() >= WORD * words), len(starts))
        self.groups = [slice(n, None, groups) for n in range(groups)]

    def turn(self, words: Sequence[Values], rows: int) -> None:
        """Turn the bits in the first rows that are set in words, for each place or for all."""
        before = nothing = np.zeros(1, np.uint64)
        for view, word in zip(self.views, [*words, nothing], strict=False):
            shifted = word << self.shift | before
            before = word >> np.uint64(1) >> (np.uint64(63) - self.shift)
            for group in self.groups:
                view[:, :rows][self.starts[group]] ^= shifted[group]


class Codes:
    """The bits in which the codes of signs are other than that of a 0."""

    def __init__(self, signs: Bytes) -> None:
        """(256, width) the bits of each sign's code"""
        self.width = signs.shape[1]
        codes = signs @ (1 << np.arange(self.width, dtype=np.uint64))
        self.of_one, self.of_two = codes ^ codes[ord("0")], np.zeros(1 << 16, np.uint64)
        first, second = np.array(SIGNS), np.array(SIGNS)[:, None]
        later = self.of_one[second] << np.uint64(self.width)
        self.of_two[second << 8 | first] = self.of_one[first] | later

    def words(self, text: Bytes) -> list[Values]:
        """Texts along the last axis as words of bits, the lowest first."""
        odd, pairs = text.shape[-1] % 2, text.shape[-1] // 2
        two = text[..., odd:].view("<u2")
        parts = [(self.of_one, text[..., 0])] * odd
        parts += [(self.of_two, two[..., n]) for n in range(pairs)]
        ends = np.cumsum([self.width] * odd + [2 * self.width] * pairs).tolist()
        words = [np.zeros(text.shape[:-1], np.uint64) for _ in range(0, ends[-1], 64)]
        for (table, which), start, end in zip(parts, [0, *ends], ends, strict=False):
            code = table.take(which)
            words[start // 64] |= code << np.uint64(start % 64)
            if (end - 1) // 64 > start // 64:
                words[end // 64] |= code >> np.uint64(64 - start % 64)
        return words
