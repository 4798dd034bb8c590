"""Each student's numbers, code and file name follow from one key, and no two are alike."""

from __future__ import annotations

import base64
import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlconv.classroom import variants
from xlconv.classroom.variants import codes, file_stem, new_key, numbers, stems
from xlconv.errors import XlconvError

KEY = bytes(range(32))
CLASS = [f"s{n:04}" for n in range(1000)]


def rfc2104(message: bytes) -> bytes:
    """HMAC-SHA256 written out as the RFC has it."""
    inner = bytes(b ^ 0x36 for b in KEY.ljust(64, b"\0"))
    outer = bytes(b ^ 0x5C for b in KEY.ljust(64, b"\0"))
    return hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).digest()


def test_a_code_is_that_of_the_rfc() -> None:
    made = codes(KEY, CLASS[:3])
    for student, code in made.items():
        assert code == base64.b32encode(rfc2104(f"code:{student}".encode()))[:10].decode()


def test_numbers_never_change() -> None:
    """A class is graded months after it was made. The words are those of OpenSSL, KEY in hex:

    openssl dgst -sha256 -mac HMAC -macopt hexkey:KEY -binary | openssl dgst -shake256 -xoflen 32
    """
    assert numbers(KEY, "s0001", "a.input", (2, 2), 1, 5).tolist() == [[4, 2], [2, 5]]
    assert numbers(KEY, "s0001", "a.weight", (4,), -9, 9).tolist() == [-1, -1, -6, 2]


def test_a_thousand_students_have_numbers_of_their_own() -> None:
    made = {tuple(numbers(KEY, one, "a.input", (4, 4), 1, 5).ravel()) for one in CLASS}
    assert len(made) == len(CLASS)
    assert len(set(codes(KEY, CLASS).values())) == len(CLASS)


def test_each_number_of_the_range_comes_as_often() -> None:
    values = numbers(KEY, "s", "x", (100, 1000), -2, 4)
    counts = np.unique(values, return_counts=True)
    assert counts[0].tolist() == [-2, -1, 0, 1, 2, 3, 4]
    assert abs(counts[1] - 100_000 / 7).max() < 5 * (100_000 / 7) ** 0.5


def test_another_key_name_or_student_gives_other_numbers() -> None:
    one = numbers(KEY, "s1", "x", (20,), 0, 9)
    for other in (
        numbers(bytes(32), "s1", "x", (20,), 0, 9),
        numbers(KEY, "s2", "x", (20,), 0, 9),
        numbers(KEY, "s1", "y", (20,), 0, 9),
    ):
        assert not np.array_equal(one, other)


def test_a_key_is_32_bytes_and_never_twice_the_same() -> None:
    assert len(new_key()) == 32
    assert new_key() != new_key()


def test_a_range_may_be_one_number() -> None:
    assert numbers(KEY, "s", "x", (2,), 3, 3).tolist() == [3, 3]


def test_a_range_that_is_none_is_refused() -> None:
    with pytest.raises(XlconvError, match="range must go from low to high, got 5 to 1"):
        numbers(KEY, "s", "x", (1,), 5, 1)


def test_two_students_of_one_code_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "CODE", 1)
    with pytest.raises(XlconvError, match="two students have one code: make a new key"):
        codes(KEY, CLASS[:40])


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\x", "_x"),
        ("a\0b\nc", "a_b_c"),
        ("Ana Ruiz", "Ana_Ruiz"),
        ("pete@uni.example", "pete@uni.example"),
        ("COM1.x", "COM1.x_"),
        ("...", "_"),
        ("学号", "学号"),
        ("x" * 100, "x" * 60),
        ("~$a", "_a"),
    ],
)
def test_an_id_becomes_a_name_that_every_system_takes(text: str, stem: str) -> None:
    assert file_stem(text) == stem


@given(st.text(max_size=80))
def test_no_id_makes_a_name_that_leads_elsewhere(text: str) -> None:
    stem = file_stem(text)
    assert stem
    assert not set(stem) & set('/\\:*?"<>|\0 ')
    assert not stem.startswith((".", "-"))
    assert not stem.endswith(".")


@pytest.mark.parametrize(
    ("one", "other"), [("a/b", "a_b"), ("ab", "AB"), ("é", "e\u0301"), ("straße", "STRASSE")]
)
def test_two_ids_that_make_one_file_are_refused(one: str, other: str) -> None:
    said = f"ids '{one}' and '{other}' make one file name: name the files by code"
    with pytest.raises(XlconvError, match=said):
        stems({one: "QUJD", other: "REVG"}, "id")
    assert stems({one: "QUJD", other: "REVG"}, "code") == {one: "QUJD", other: "REVG"}
