"""Doubles as their shortest exact decimals, many at once: what `repr` gives, by NumPy.

A double that repr writes without an exponent is multiplied by the power of ten that leaves it 17
digits before the point. A product of floats tells its hundreds; what is left beside them is exact,
by whole numbers of 64 bits. All that is nearer than half a step between doubles is read as the same
double: the nearest hundred if it is, else the nearest ten, else the nearest whole number, which
always is. Any other double is left to repr.

A field ends with these digits; zeros at their end are shifted out of it. All else is one of a few
frames, with a 0 where a digit stands: each digit is told by what its sign has beside that of a 0.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlconv.grid.values import Bytes, Ints
from xlconv.xlsx.signs import LIMB, Signs, Words, fields

LEAST, LIMIT = 1e-4, 2.0**53
"""From the one, below the other, all is exact, and repr has no exponent."""
TWOS, TENS = range(-14, 53), range(-4, 16)
"""The powers of two and of ten in which these are."""
BELOW = [int(f"{2.0**two:e}"[-3:]) for two in TWOS]
"""The powers of ten below those of two."""
ABOVE = np.array([np.inf, *(10.0 ** (ten + 1) for ten in BELOW)])
"""The powers of ten above them; none for zero, which stands below the first."""
SPANS = [(0, 0), (0, 0)] + [
    (two, min(max(ten, TENS[0]), TENS[-1]))
    for two, below in zip(TWOS, BELOW, strict=True)
    for ten in (below, below + 1)
]
"""The powers of two and of ten below a number: two of ten for each of two; at first, for zero."""

DIGITS = 18
"""Those of a number, with a zero where the point is."""
KIND = len(TENS) * DIGITS
"""Frames of one sign, for whole numbers or for others."""


def factors(two: int, ten: int) -> tuple[float, ...]:
    """What the numbers of a span are computed with, named by `digits`."""
    hundredth, fives, grid = 10.0 ** (14 - ten), 5 ** (16 - ten), 2.0 ** (two - 36 - ten)
    return hundredth, fives, int(100 / grid), grid, fives * grid / 2, 90 * 10 ** (15 - max(ten, 0))


def frame(sign: str, whole: bool, ten: int, gone: int) -> str:
    """A field's last 24 signs, with a 0 for each digit.

    Where the digits of a whole number have a 1 behind the point, so has its frame: they give a 0.

    gone  zeros at the end that are not shown
    """
    digits = ["0"] * DIGITS
    if ten >= -1:
        digits[ten + 1] = "."
    if whole and ten >= 0:
        digits[ten + 2] = "1"
    return f">{sign}{'0.00'[: max(-ten, 0)]}{''.join(digits[: DIGITS - gone])}".rjust(3 * LIMB)


FACTORS = [np.array(column) for column in zip(*(factors(*span) for span in SPANS), strict=True)]
FACTORS[1][0] = 0  # a zero has no ones, though its bits have the first of them
FRAMES = "".join(
    frame(sign, whole, ten, gone)
    for sign, whole, ten, gone in product(("", "-"), (False, True), TENS, range(DIGITS))
)
FRAMED = np.array([TENS.index(ten) * DIGITS for _, ten in SPANS])
"""Of each span, its first frame."""
ZEROS = np.sum([np.arange(10_000) % 10**n == 0 for n in (1, 2, 3, 4)], axis=0, dtype=np.int64)
"""Of four digits, those at the end."""


class Tables:
    """What digits and frames are told with by one kind of signs, beside a 0."""

    def __init__(self, signs: Signs) -> None:
        width, zero = np.uint64(signs.width), ord("0")
        one = signs.told[zero : zero + 10] ^ signs.told[zero]
        two = (one[:, None] | one << width).ravel()
        self.four = (two[:, None] | two << width * np.uint64(2)).ravel()
        self.behind = self.four << width * np.uint64(4)
        self.two = two << width * np.uint64(LIMB - 2)
        texts = np.frombuffer(FRAMES.encode(), np.uint8).reshape(-1, 3 * LIMB)
        self.frames = [limb.copy() for limb in signs.limbs(texts)]
        (self.blank,) = signs.limbs(np.full((1, LIMB), ord(" "), np.uint8))


@lru_cache(maxsize=8)
def tables(told: bytes, width: int) -> Tables:
    """What doubles are told with by such signs: most shapes of a sheet have the same."""
    return Tables(Signs(np.frombuffer(told, np.uint64), width))


class Decimals(NamedTuple):
    """Numbers that can be told in any kind of signs.

    groups  (5, numbers) of the DIGITS of each two, then four times four
    gone    those at their end that are zeros, and are not shown
    frames  which frame each has
    far     where those are of which LIMB digits or more are not shown
    odd     where those are that `repr` has told
    fields  (odd, FIELD) of these
    """

    groups: list[Ints]
    gone: Words
    frames: Ints
    far: Ints
    odd: Ints
    fields: Bytes

    def limbs(self, signs: Signs) -> list[Words]:
        """A field for each of them, of four limbs; one for all at first, if that is as it is."""
        known, width = tables(signs.told.tobytes(), signs.width), signs.width
        order = known.two, known.four, known.behind, known.four, known.behind
        told = [table.take(group) for table, group in zip(order, self.groups, strict=True)]
        limbs = [told[0], told[1] | told[2], told[3] | told[4]]
        # by whole limbs first, then by signs
        for at in (self.far, self.far[self.gone[self.far] >= 2 * LIMB]):
            limbs[2][at], limbs[1][at], limbs[0][at] = limbs[1][at], limbs[0][at], 0
        by = (self.gone & np.uint64(LIMB - 1)) * np.uint64(width)
        rest, full = np.uint64(LIMB * width) - by, np.uint64((1 << LIMB * width) - 1)
        for n in (2, 1, 0):  # in their place: most of the time is the memory's
            limb = limbs[n]
            limb <<= by
            if n:
                limb |= limbs[n - 1] >> rest
            limb &= full
            limb ^= known.frames[n].take(self.frames)
        if not self.odd.size:
            return [known.blank, *limbs]
        limbs.insert(0, np.repeat(known.blank, len(self.gone)))
        for limb, own in zip(limbs, signs.limbs(self.fields), strict=True):
            limb[self.odd] = own
        return limbs


def decimals(numbers: NDArray[np.float64], dropped: int = 0) -> Decimals:
    """Numbers as their decimals.

    numbers  (n,) without -0
    dropped  signs at the end of each that are not shown, where all are whole

    >>> from xlconv.xlsx.signs import TEXT
    >>> limbs = decimals(np.array([0.1, -2.5, 3.0, 1e300])).limbs(TEXT)
    >>> np.stack(limbs, axis=-1).tobytes().decode().split()
    ['>0.1', '>-2.5', '>3.0', '>1e+300']
    """
    size = np.abs(numbers)
    odd = np.flatnonzero(~((size >= LEAST) & (size < LIMIT) | (size == 0)))
    size[odd] = 0
    two = np.maximum((size.view(np.int64) >> 52) - (1022 + TWOS.start), 0)
    span = two * 2 + (size >= ABOVE.take(two))
    whole = np.flatnonzero(np.floor(size) == size)
    groups = _groups(digits(size, span, whole).view(np.uint64))
    gone = ZEROS.take(groups[-1])
    left = some = np.flatnonzero(gone == 4)
    for group in groups[-2::-1]:
        more = ZEROS.take(group[left])
        gone[left] += more
        left = left[more == 4]
    gone += dropped
    frames = FRAMED.take(span) + gone + ((numbers.view(np.int64) >> 63) & 2 * KIND)
    frames[whole] += KIND
    far = some[gone[some] >= LIMB]
    texts = fields(map(repr, numbers[odd].tolist()))
    return Decimals(groups, gone.view(np.uint64), frames, far, odd, texts)


def digits(size: NDArray[np.float64], span: Ints, whole: Ints) -> Ints:
    """The DIGITS of numbers; of those that are whole with a 1 behind the point."""
    hundredth, fives, hundred, grid, half, gap = FACTORS
    hundreds = (size * hundredth.take(span)).astype(np.int64)
    ones = (size.view(np.int64) & (1 << 52) - 1) | 1 << 52
    rest = (ones * fives.take(span) - hundreds * hundred.take(span)) * grid.take(span)
    last, half = np.rint(rest), half.take(span)
    for step in (10, 100):
        near = np.rint(rest * (1 / step)) * step
        np.putmask(last, np.abs(rest - near) < half, near)
    result: Ints = hundreds * 100 + last.astype(np.int64) + size.astype(np.int64) * gap.take(span)
    result[whole] += gap[span[whole]] // 90
    return result


def _groups(number: Words) -> list[Ints]:
    """The digits of numbers that have DIGITS: two, then four times four."""
    first, rest = _parted(number, 10**16)
    fours = [four for half in _parted(rest, 10**8) for four in _parted(half, 10**4)]
    return [group.view(np.int64) for group in (first, *fours)]


def _parted(number: Words, unit: int) -> tuple[Words, Words]:
    """Numbers divided, and what is left: faster than by divmod, and without a sign than with."""
    high = number // np.uint64(unit)
    return high, number - high * np.uint64(unit)
