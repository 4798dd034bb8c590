"""Values that two programs wrote: which are one, and which are not."""

from __future__ import annotations

import pytest

from xlconv.checking.alike import same
from xlconv.checking.workbook import Value

SAME: list[tuple[Value, Value]] = [
    (3.0, 3.0),
    (0.1 + 0.2, 0.3),  # LibreOffice writes 15 digits
    (1 / 3, 0.3333333333),  # Google Sheets writes 10
    (2 / 3 * 1e9, 666666666.7),
    (12345678901.0, 12345678900.0),
    (12345678905.0, 12345678900.0),  # halves go up or to the even digit
    (12345678905.0, 12345678910.0),
    (-98765432109876.0, -98765432110000.0),
    (1234567890123456789.0, 1.23456789012346e18),
    (3.0, 2.99999999999999),
    (None, ""),
    ("y = 58.5", "y = 58,5"),
    ("y[2,3] = 1.5*2", "y[2,3] = 1,5*2"),
    ("1.5,2.5", "1,5,2,5"),
    ("1E-09 and 12345678901", "1e-9 and 12345678900"),
    ("(58.5 - 39.5) / 1 = 19", "(58,5 - 39,5) / 1 = 19"),
]

OTHER: list[tuple[Value, Value]] = [
    (3.0, 3.003),
    (0.3, 0.3003),
    (0.3, 0.300000001),
    (1234567890.0, 1234567891.0),
    (123456789.0, 123456789.1),
    (12345678901.0, 12345678902.0),  # 11 digits of another number
    (12345678906.0, 12345678900.0),
    (12345678901.0, 12345678901.5),
    (123456789062.0, 123456789000.0),  # 9 digits
    (1e15 + 2, 1e15 + 3),
    (0.0, 1e-9),
    (1.0, "1"),
    ("1", 1.0),
    (1.0, "1.0"),
    (True, 1.0),
    (1.0, True),
    (True, "TRUE"),
    (5.0, "#REF!"),
    (0.0, None),
    (5.0, None),
    ("five", None),
    ("y = 58.5", "y = 58,6"),
    ("y = 58", "y = 58,5"),
    ("y = 58.5", "z = 58,5"),
    ("y = 58.5", "y = 58;5"),
    ("y[2,3] = 1", "y[2.3] = 1"),
    ("1234567890", "1234567891"),
    ("agree  ✓", "agree ✓"),
]


@pytest.mark.parametrize(("ours", "theirs"), SAME)
def test_values_that_are_one_but_for_how_they_are_written(ours: Value, theirs: Value) -> None:
    assert same(ours, theirs)


@pytest.mark.parametrize(("ours", "theirs"), OTHER)
def test_values_that_differ(ours: Value, theirs: Value) -> None:
    assert not same(ours, theirs)


@pytest.mark.parametrize("apart", [1e-3, 1e-6, 1e-8])
@pytest.mark.parametrize("value", [1.0, 7.0, 0.7, 123.456, -35.0, 1e-5, 98765.4321])
def test_no_digit_that_every_program_writes_may_be_another(value: float, apart: float) -> None:
    assert not same(value, value * (1 + apart))
    assert not same(f"y = {value!r}", f"y = {value * (1 + apart)!r}")


def test_sums_of_large_terms_may_be_rounded_in_another_order() -> None:
    assert same(3.0, 3.0 + 1e-4, 1e-3)
    assert same(1e16, 1e16 + 4, 1e3)
    assert not same(7.0, 8.0, 0.4)


def test_long_text_is_compared_soon() -> None:
    """Digits that could be parted in very many ways."""
    assert not same("1.5" * 2_000 + "a", "1,5" * 2_000 + "b")
