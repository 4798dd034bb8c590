"""Signs as whole numbers: eight of them are a limb, the first one lowest.

As text a sign has eight bits; in a block of deflate it has those in which its code is other than
that of a 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from xlconv.grid.values import Bytes

LIMB = 8  # signs
FIELD = 4 * LIMB
"""Signs of a field: blanks, the end of a tag, a number."""

Words = NDArray[np.uint64]


def limbs_of(size: int) -> list[tuple[int, int]]:
    """Where each limb of so many signs begins and ends: what is beside whole ones is the first.

    >>> limbs_of(10)
    [(0, 2), (2, 10)]
    """
    ends = range(size % LIMB or LIMB, size + 1, LIMB)
    return [(max(0, end - LIMB), end) for end in ends]


class Signs:
    """How each sign is told: as a number of so many bits, eight at most."""

    def __init__(self, told: Words, width: int) -> None:
        """(256,) the number of each sign, and its bits"""
        self.told, self.width = told, width

    def limbs(self, text: Bytes) -> list[Words]:
        """Texts along the last axis: (...) each limb.

        >>> [f"{limb[0]:x}" for limb in TEXT.limbs(np.frombuffer(b"1234567890", np.uint8)[None])]
        ['3231', '3039383736353433']
        """
        told, by = self.told[text], np.arange(LIMB, dtype=np.uint64) * np.uint64(self.width)
        return [
            np.bitwise_or.reduce(told[..., start:end] << by[: end - start], axis=-1)
            for start, end in limbs_of(text.shape[-1])
        ]

    def last(self, limbs: Sequence[Words], size: int) -> list[Words]:
        """The limbs of so many signs at the end of these, which are whole."""
        skipped, within = divmod(len(limbs) * LIMB - size, LIMB)
        first, *others = limbs[skipped:]
        return [first >> np.uint64(within * self.width) if within else first, *others]


TEXT = Signs(np.arange(256, dtype=np.uint64), 8)


def fields(texts: Iterable[str]) -> Bytes:
    """(..., FIELD) each text in a field, at its end.

    >>> fields(["-12"]).tobytes().decode()
    '                            >-12'
    """
    joined = "".join([f">{text}".rjust(FIELD) for text in texts])
    return np.frombuffer(joined.encode(), np.uint8).reshape(-1, FIELD)
