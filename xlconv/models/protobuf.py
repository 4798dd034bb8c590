"""Messages of protocol buffers, read field by field.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from xlconv.files.reading import ContentError

Value = int | memoryview


def fields(data: Value) -> dict[int, list[Value]]:
    """The values of a message by their field numbers, each in the order of the file.

    >>> fields(memoryview(bytes([8, 150, 1])))
    {1: [150]}
    """
    if isinstance(data, int):
        raise ContentError("is no message where there should be one")
    found: dict[int, list[Value]] = {}
    for number, value in _pairs(data):
        found.setdefault(number, []).append(value)
    return found


def _pairs(data: memoryview) -> Iterator[tuple[int, Value]]:
    at, end = 0, len(data)
    while at < end:
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = varint(data, at)
            yield number, value
            continue
        if kind == 2:
            size, at = varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ContentError("is no ONNX model: its bytes are none of its fields")
        if at + size > end:
            raise ContentError("is cut short")
        yield number, data[at : at + size]
        at += size


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """A whole number of as many bytes as it needs, and where it ends."""
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ContentError("is cut short")
        byte = data[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
        shift += 7


def signed(value: Value) -> int:
    """A number as int64 has it."""
    if not isinstance(value, int):
        raise ContentError("is no number where there should be one")
    return value - (1 << 64) if value >> 63 else value


def integers(values: Sequence[Value]) -> list[int]:
    """A repeated field of whole numbers, packed or not."""
    found = []
    for value in values:
        if isinstance(value, int):
            found.append(signed(value))
            continue
        at = 0
        while at < len(value):
            number, at = varint(value, at)
            found.append(signed(number))
    return found


def floats(values: Sequence[Value], kind: str) -> np.ndarray:
    """A repeated field of floats, packed or not."""
    joined = b"".join(bytes(value) for value in values if not isinstance(value, int))
    return np.frombuffer(joined, kind)


def text(values: Sequence[Value]) -> str:
    """The first of a field of texts; "" where there is none."""
    first = values[0] if values else b""
    return "" if isinstance(first, int) else str(bytes(first), "utf-8", "replace")
