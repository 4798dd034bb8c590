"""Doubles as text by NumPy are what repr gives."""

import numpy as np
import pytest

from xlconv.xlsx.numerals import FIELD, LONGEST, Numerals
from xlconv.xlsx.shortest import LEAST, LIMIT, shortest

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


@pytest.mark.parametrize("name", NUMBERS)
def test_texts_are_those_of_repr(name: str) -> None:
    numbers = both(name)
    assert shortest(numbers).tolist() == [repr(number).encode() for number in numbers.tolist()]


@pytest.mark.parametrize("name", [name for name in NUMBERS if name != "the ends"])
def test_field_ends_with_the_number_and_the_tag_before_it(name: str) -> None:
    numbers = both(name)
    told = Numerals(numbers)
    fields = told.fields(numbers)
    assert fields.shape == (len(numbers), FIELD)
    texts = ["".join(map(chr, field)).lstrip(" ") for field in fields]
    wholes = (numbers == np.rint(numbers)).all() and np.abs(numbers).max() < 2**53
    say = (lambda number: str(int(number))) if wholes else repr
    assert texts == [f">{say(number + 0.0)}" for number in numbers.tolist()]
    assert [[text[1:]] for text in texts] == told.texts(numbers[:, None])
    assert max(map(len, texts)) - 1 <= told.width <= LONGEST


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
