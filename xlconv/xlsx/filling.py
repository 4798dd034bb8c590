"""Places in rows that are kept as text and as bits, and what is put into them.

Both take limbs, for each place or for all, and are written as whole numbers at any byte: one step
for all places of some rows. Arrays are (places, rows), as the contents of one place lie together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlconv.grid.values import Bytes, Ints
from xlconv.xlsx.signs import Words, limbs_of

WORD = 8  # bytes


def buffer(row: Bytes, rows: int) -> Bytes:
    """(rows, bytes) a row so many times."""
    room = np.empty(rows * len(row) + WORD, np.uint8)[: rows * len(row)]  # for a word at the end
    repeated = room.reshape(rows, -1)
    repeated[:] = row
    return repeated


class TextPlaces:
    """Places in the text of each row."""

    def __init__(self, text: Bytes, starts: Ints, size: int) -> None:
        """Where each of the places begins in a row of the buffer, and how many signs it takes."""
        (rows, length), self.starts = text.shape, starts
        self.parts: list[tuple[int, int, Words]] = []
        for limb, (start, end) in enumerate(limbs_of(size)):
            at = start
            for step in (1, 2, 4, 8):
                if end - start & step:
                    room = length - at - step + 1, rows
                    view: Words = np.ndarray(room, f"<u{step}", text, at, (1, length))
                    self.parts.append((limb, at - start, view))
                    at += step

    def put(self, limbs: Sequence[Words], rows: int) -> None:
        """Put signs into the first rows."""
        for limb, by, view in self.parts:
            view[:, :rows][self.starts] = limbs[limb] >> np.uint64(8 * by) if by else limbs[limb]


class BitPlaces:
    """Places in the bits of each row."""

    def __init__(self, bits: Bytes, starts: Ints, size: int, width: int) -> None:
        """The bit that each of the places begins with in a row of the buffer, ascending.

        The first WORD bytes have none: words at the end of the row before reach into them.

        size   signs of a place
        width  bits of a sign, WIDEST at most
        """
        rows, length = bits.shape
        self.view: Words = np.ndarray((length, rows), "<u8", bits.base, 0, (1, length))
        bit = [starts + start * width for start, _ in limbs_of(size)]
        self.limbs = [(at // 8, (at % 8).astype(np.uint64)[:, None]) for at in bit]
        # those that are changed in one step have no word in common
        apart = ((n, starts[n:] // 8 - starts[:-n] // 8) for n in range(1, len(starts)))
        groups = next((n for n, by in apart if by.min() > WORD), len(starts))
        self.groups = [slice(n, None, groups) for n in range(groups)]

    def turn(self, limbs: Sequence[Words], rows: int) -> None:
        """Turn the bits in the first rows that are set in limbs."""
        view = self.view[:, :rows]
        for (at, shift), limb in zip(self.limbs, limbs, strict=True):
            shifted = limb << shift
            for group in self.groups:
                view[at[group]] ^= shifted[group]
