"""Doubles as text by NumPy are what repr gives."""

from collections.abc import Sequence

import numpy as np
import pytest

from xlconv.xlsx.numerals import LONGEST, Numerals
from xlconv.xlsx.shortest import LEAST, LIMIT, decimals
from xlconv.xlsx.signs import FIELD, TEXT, Signs, Words

RANDOM = np.random.default_rng(1)
NORMAL = RANDOM.standard_normal((2, 4, 20_000))
POWERS = np.concatenate(
    [2.0 ** np.arange(-1074, 1024), [float(f"1e{n}") for n in range(-300, 308)]]
)
HALVES, EIGHTHS = np.array([[0], [0.5]]), np.array([[0.125], [0.375], [0.625], [0.875]])
LOW, HIGH = np.array([LEAST, LIMIT]).view(np.int64)
NUMBERS = {
    "sums of products": NORMAL.prod(0).sum(0),
    "bits in the range": RANDOM.integers(LOW, HIGH, 100_000).view(float),
    "any bits": RANDOM.integers(0, 0x7FF << 52, 20_000).view(float),
    "short ones": [float(f"{n}e-{place}") for place in range(1, 18) for n in range(1, 20_000, 7)],
    "powers and neighbours": [np.nextafter(POWERS, to) for to in (0, np.inf)] + [POWERS],
    "whole ones and halves": np.floor(2.0 ** RANDOM.uniform(0, 60, 20_000)) + HALVES,
    "ties of 17 digits": RANDOM.integers(4 * 10**15, 2**53, 20_000) / 4,
    "ties of tens": RANDOM.integers(10**14, 2**50, 20_000) + EIGHTHS,
    "the ends": [0, 5e-324, 2.0**-1022, 1.7976931348623157e308, np.inf, LIMIT - 1, LIMIT, 1e16],
}


def both(name: str) -> np.ndarray:
    size = np.ravel(NUMBERS[name]).astype(float)
    return np.concatenate([size, -size])


def texts_of(limbs: Sequence[Words]) -> list[str]:
    every = np.stack(np.broadcast_arrays(*limbs), axis=-1).view(np.uint8)
    return ["".join(map(chr, field)).lstrip(" ") for field in every]


def repeated(numbers: np.ndarray) -> list[str]:
    """What `repr` gives, for no program shows -0."""
    return [f">{number!r}" for number in (numbers + 0.0).tolist()]


@pytest.mark.parametrize("name", NUMBERS)
def test_texts_are_those_of_repr(name: str) -> None:
    numbers = both(name)
    assert texts_of(decimals(numbers + 0.0).limbs(TEXT)) == repeated(numbers)


@pytest.mark.parametrize("width", range(4, 8))
def test_other_signs_say_the_same(width: int) -> None:
    numbers = np.concatenate([both(name)[::97] for name in NUMBERS]) + 0.0
    told = np.zeros(256, np.uint64)
    told[list(b" >+-.0123456789einf")] = RANDOM.permutation(1 << width).repeat(2)[:19]
    signs, made = Signs(told, width), decimals(numbers)
    text = np.stack(np.broadcast_arrays(*made.limbs(TEXT)), axis=-1).view(np.uint8)
    for limb, wanted in zip(made.limbs(signs), signs.limbs(text), strict=True):
        assert (limb == wanted).all()


@pytest.mark.parametrize("name", [name for name in NUMBERS if name != "the ends"])
def test_field_ends_with_the_number_and_the_tag_before_it(name: str) -> None:
    numbers = both(name)
    told = Numerals(numbers)
    wholes = (numbers == np.rint(numbers)).all() and np.abs(numbers).max() < 2**53
    wanted = (
        [f">{number}" for number in numbers.astype(int).tolist()] if wholes else repeated(numbers)
    )
    signs = -(-(told.width + 1) // 8) * 8
    (limbs,) = told.limbs(numbers, signs, [TEXT])
    assert texts_of(limbs) == wanted
    assert [[text[1:]] for text in wanted] == told.texts(numbers[:, None])
    assert max(map(len, wanted)) - 1 <= told.width <= LONGEST < FIELD


def test_field_has_room_for_powers_of_ten_of_three_digits() -> None:
    numbers = RANDOM.standard_normal(1000)
    for last, width in (
        (0, 23),
        (1e-99, 23),
        (-9e99, 23),
        (-9e-100, 24),
        (1e100, 24),
        (-1e100, 24),
    ):
        numbers[-1] = last
        assert Numerals(numbers).width == width


@pytest.mark.parametrize(
    ("numbers", "widest"),
    [
        (np.arange(300) - 299, "-299"),
        (np.arange(300) * 10**12, "299000000000000"),
        (np.array([1, -2.5]), "-2.5"),
        (np.arange(300) / 4, "74.75"),
    ],
)
def test_field_is_as_wide_as_the_longest_number(numbers: np.ndarray, widest: str) -> None:
    assert Numerals(numbers.astype(float)).width == len(widest)
