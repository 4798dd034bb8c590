"""Tables of flatbuffers, read by the number of their fields.

Source: https://flatbuffers.dev/internals/
"""

from __future__ import annotations

import struct

import numpy as np

from xlconv.files.reading import ContentError
from xlconv.frozen import frozen

TABLES = 200_000
"""Tables in a vector, at most: a model of a thousand layers has some thousands."""


@frozen(eq=False)
class Table:
    """A table where it lies in the bytes of its file; a field that it lacks has its default."""

    data: memoryview
    at: int

    def _field(self, number: int) -> int:
        """Where a field lies; 0 if the table lacks it."""
        signs = self.at - self._read("i", self.at)
        if signs < 0:
            raise ContentError("is damaged")
        slot = 4 + 2 * number
        if slot >= self._read("H", signs):
            return 0
        offset = self._read("H", signs + slot)
        return self.at + offset if offset else 0

    def _read(self, kind: str, at: int) -> int:
        return int(struct.unpack_from(f"<{kind}", self.data, at)[0])

    def _followed(self, at: int) -> int:
        return at + self._read("I", at)

    def number(self, field: int, kind: str, otherwise: int = 0) -> int:
        """A number of a kind of struct's."""
        at = self._field(field)
        return self._read(kind, at) if at else otherwise

    def real(self, field: int) -> float:
        """A float32; 0 where it is not told."""
        at = self._field(field)
        return float(struct.unpack_from("<f", self.data, at)[0]) if at else 0.0

    def table(self, field: int) -> Table | None:
        at = self._field(field)
        return Table(self.data, self._followed(at)) if at else None

    def vector(self, field: int) -> tuple[int, int]:
        """How many elements a vector has, and where the first lies."""
        at = self._field(field)
        if not at:
            return 0, 0
        begin = self._followed(at)
        return self._read("I", begin), begin + 4

    def tables(self, field: int) -> list[Table]:
        count, begin = self.vector(field)
        if count > min(TABLES, len(self.data) // 4):
            raise ContentError("is damaged")
        places = range(begin, begin + 4 * count, 4)
        return [Table(self.data, self._followed(at)) for at in places]

    def numbers(self, field: int, kind: str) -> np.ndarray:
        """A vector of numbers of a kind of NumPy's."""
        count, begin = self.vector(field)
        if not count:
            return np.zeros(0, kind)
        return np.frombuffer(self.data, kind, count, begin)

    def bytes(self, field: int) -> memoryview:
        count, begin = self.vector(field)
        if begin + count > len(self.data):
            raise ContentError("is cut short")
        return self.data[begin : begin + count]

    def text(self, field: int) -> str:
        return str(bytes(self.bytes(field)), "utf-8", "replace")


def root(data: memoryview) -> Table:
    """The table that a file is."""
    return Table(data, int(struct.unpack_from("<I", data)[0]))
