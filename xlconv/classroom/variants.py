"""What differs from student to student: numbers, a code and a file's name, all from one key.

Who has the key can make each of them again, years later; who has it not learns none from another.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import b32encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import shake_256
from math import prod
from unicodedata import normalize

import numpy as np

from xlconv.errors import XlconvError
from xlconv.layers.given import Array
from xlconv.visible import shortened

KEY, CODE = 32, 10
"""Bytes of a class's key, and letters of a code."""

WORD = 8
"""Bytes that make one number: so many that each of a range comes as often as any other."""

STEM = 60
"""Letters of a file's name, at most."""

KEPT_BY_WINDOWS = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
"""Names that are devices there."""


def new_key() -> bytes:
    """A key that nobody can guess."""
    return secrets.token_bytes(KEY)


def numbers(
    key: bytes, student: str, name: str, shape: Sequence[int], low: int, high: int
) -> Array:
    """A student's own whole numbers, from `low` to `high`.

    name  of what they are: each array has a stream of its own, so that one more changes no other

    NumPy's generators may draw otherwise in its next version; SHAKE-256 is what it is.

    >>> numbers(bytes(32), "s1", "a.input", (2, 3), 1, 5).astype(int).tolist()
    [[1, 1, 4], [2, 4, 3]]
    """
    if low > high:
        raise XlconvError(f"range must go from low to high, got {low} to {high}", parameter="range")
    seed = _derived(key, f"variant:{student}\0{name}")
    words = np.frombuffer(shake_256(seed).digest(WORD * prod(shape)), f"<u{WORD}")
    return (words % np.uint64(high - low + 1)).astype(np.float64).reshape(shape) + low


def codes(key: bytes, students: Iterable[str]) -> dict[str, str]:
    """A code for each student, by their ids.

    >>> codes(bytes(32), ["s1"])
    {'s1': 'I2I5XNNTMC'}
    """
    made = {student: code(key, student) for student in students}
    if len(set(made.values())) < len(made):
        raise XlconvError("two students have one code: make a new key for the class")
    return made


def code(key: bytes, student: str) -> str:
    """What a workbook carries in place of a name: letters and the digits 2 to 7."""
    return b32encode(_derived(key, f"code:{student}")).decode()[:CODE]


def stems(students: Mapping[str, str], by: str) -> dict[str, str]:
    """What each student's file is called, without its ending, by their ids.

    students  codes by ids
    by        "code" or "id"

    Raises XlconvError where two would be one file, on a system that knows no capitals either.

    >>> stems({"a/1": "QUJD"}, "id"), stems({"a/1": "QUJD"}, "code")
    ({'a/1': 'a_1'}, {'a/1': 'QUJD'})
    """
    made = {student: NAMED_BY[by](student, code) for student, code in students.items()}
    seen: dict[str, str] = {}
    for student, stem in made.items():
        other = seen.setdefault(stem.casefold(), student)
        if other != student:
            raise XlconvError(
                f"ids '{shortened(other)}' and '{shortened(student)}' make one file name:"
                " name the files by code",
                parameter="name",
            )
    return made


def file_stem(text: str) -> str:
    """A text as a file's name that every system takes.

    >>> file_stem("../Ana Ruiz@uni.example"), file_stem("nul"), file_stem("学号 7")
    ('_Ana_Ruiz@uni.example', 'nul_', '学号_7')
    """
    whole = normalize("NFC", text)  # one letter may be two, which some systems take for the same
    stem = re.sub(r"[^\w@+.-]+", "_", whole).lstrip(".-")[:STEM].rstrip(".") or "_"
    return f"{stem}_" if KEPT_BY_WINDOWS.fullmatch(stem) else stem


NAMED_BY: dict[str, Callable[[str, str], str]] = {
    "code": lambda _, code: code,
    "id": lambda student, _: file_stem(student),
}
"""What a file can be called by."""


def _derived(key: bytes, message: str) -> bytes:
    return hmac.digest(key, message.encode(), "sha256")
