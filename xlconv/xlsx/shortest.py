"""Doubles as their shortest exact decimals, many at once: what `repr` gives, by NumPy.

A double that repr writes without an exponent is multiplied by the power of ten that leaves it 17
digits before the point. A product of floats tells its hundreds; what is left beside them is exact,
by whole numbers of 64 bits. All that is nearer than half a step between doubles is read as the same
double: the nearest hundred if it is, else the nearest ten, else the nearest whole number, which
always is. Any other double is left to repr.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 13
"""Numbers at a time: their arrays stay in the cache."""
LEAST, LIMIT = 1e-4, 2.0**53
"""From the one, below the other, all is exact, and repr has no exponent."""
TWOS = range(-14, 53)
"""The powers of two in which these are."""
BELOW = [int(f"{2.0**two:e}"[-3:]) for two in TWOS]
"""The powers of ten below these."""
ABOVE = np.array([np.inf, *(10.0 ** (ten + 1) for ten in BELOW)])
"""The powers of ten above them; none for zero, which stands below the first."""
SPANS = [(0, 0), (0, 0)] + [
    (two, min(max(ten, -4), 15))
    for two, below in zip(TWOS, BELOW, strict=True)
    for ten in (below, below + 1)
]
"""The powers of two and of ten below a number: two of ten for each of two; at first, for zero."""


def factors(two: int, ten: int) -> tuple[float, ...]:
    """What the numbers of a span are computed with, named by `digits`."""
    fives, grid = 5 ** (16 - ten), 2.0 ** (two - 36 - ten)
    hundredth, up, unit = 10.0 ** (14 - ten), 2.0 ** (52 - two), 10 ** (15 - max(ten, 0))
    return hundredth, up, fives, int(100 / grid), grid, fives * grid / 2, unit


def frame(ten: int, sign: str, point: int) -> tuple[int, ...]:
    """What makes digits a text: how many bits they give way, to what, and what makes a point."""
    before = (sign + "0.00"[: max(-ten, 0)]).encode()
    mark = point << 8 * (ten + 1) if ten >= -1 else 0
    words = (mark >> bits & 2**64 - 1 for bits in (0, 64, 128))
    return 8 * len(before), int.from_bytes(before, "little"), *words


FACTORS = [np.array(column) for column in zip(*(factors(*span) for span in SPANS), strict=True)]
FRAMES = np.array(
    [frame(ten, sign, point) for sign in ("", "-") for point in (0x1E, 0x11E) for _, ten in SPANS],
    np.uint64,
).T.copy()
"""For all spans, again for whole numbers, where a one behind the point is made a zero; then for
what is below zero. A zero differs from a point by 0x1E."""
DIGITS = [f"{number:04}" for number in range(10_000)]
FOUR = np.array([text.rstrip("0") for text in DIGITS] + DIGITS, "S4").view("<u4").astype(np.uint64)
"""Four digits as bytes, the first one lowest: without zeros at the end, then with them."""


def digits(size: NDArray[np.float64], span: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.int64]:
    """18 digits, with a zero where the point will be; behind it a one, if the number is whole."""
    hundredth, up, fives, hundred, grid, half, unit = (factor.take(span) for factor in FACTORS)
    hundreds = (size * hundredth).astype(np.int64)
    rest = ((size * up).astype(np.int64) * fives - hundreds * hundred) * grid
    last = np.rint(rest)
    for step in (10, 100):
        near = np.rint(rest / step) * step
        last = np.where(np.abs(rest - near) < half, near, last)
    gap = (size.astype(np.int64) * 90 + whole) * unit
    result: NDArray[np.int64] = hundreds * 100 + last.astype(np.int64) + gap
    return result


def words(numbers: NDArray[np.float64]) -> NDArray[np.uint64]:
    """The texts of zeros and of numbers from LEAST to LIMIT, each as three words."""
    size = np.abs(numbers)
    two = np.maximum((size.view(np.int64) >> 52) - (1022 + TWOS.start), 0)
    span = two * 2 + (size >= ABOVE.take(two))
    whole = np.floor(size) == size
    rest = digits(size, span, whole)
    four = []
    for unit in (10**14, 10**10, 10**6, 10**2):
        group = rest // unit
        rest = rest - group * unit
        four.append(FOUR.take(group + np.minimum(rest, 1) * len(DIGITS)))
    kind = span + (whole + np.signbit(numbers) * 2) * len(SPANS)
    shift, before, *marks = (part.take(kind) for part in FRAMES)
    pairs = four[0] | four[1] << 32, four[2] | four[3] << 32, FOUR.take(rest * 100)
    text = np.empty((len(numbers), 3), "<u8")
    for place, (pair, mark) in enumerate(zip(pairs, marks, strict=True)):
        word = pair ^ mark
        text[:, place] = before | word << shift
        before = word >> 64 - shift
    return text


def shortest(numbers: NDArray[np.float64]) -> NDArray[np.bytes_]:
    """The text of each number as repr has it: 24 bytes, zeros behind.

    >>> shortest(np.array([0.1, -2.5, 3.0, 1e300]))
    array([b'0.1', b'-2.5', b'3.0', b'1e+300'], dtype='|S24')
    """
    texts = np.empty(len(numbers), "S24")
    for start in range(0, len(numbers), BLOCK):
        part = numbers[start : start + BLOCK]
        size = np.abs(part)
        usual = (size >= LEAST) & (size < LIMIT) | (size == 0)
        text = words(np.where(usual, part, 0.0)).view("S24")[:, 0]
        text[~usual] = list(map(repr, part[~usual].tolist()))
        texts[start : start + BLOCK] = text
    return texts
