"""Rows of which many look alike, packed once: what changes from one to the next is filled in.

Their text is needed for its checksum alone. So a shape of rows keeps a few of them as text and as
bits, and puts the row numbers and values of the next few into both, in one step for all cells.

The way of a number: `Strip.values` has it, `Numerals.limbs` puts it at the end of a field, eight
signs a limb, once as text and once as the bits in which it is other than zeros; `TextPlaces.put`
writes the text, `BitPlaces.turn` turns the bits in a row that was packed with zeros.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlconv.grid.values import Bytes, Ints, Values
from xlconv.xlsx.deflate import Backs, Block, block
from xlconv.xlsx.filling import BitPlaces, TextPlaces, buffer
from xlconv.xlsx.signs import TEXT, fields
from xlconv.xlsx.strip import Index
from xlconv.xlsx.template import Cells, Row, Template
from xlconv.xlsx.values import Strings

ROOM = 1 << 21  # bytes of a shape's rows, as text and as bits
NEAR = range(1, 5)
"""How many cells before a cell those are that it may repeat."""

FEW, STALE, MOST = 3, 64, 16
"""Rows for which no shape is packed; rows after which it is forgotten; shapes at a time."""

Waiting = list[tuple[int, str, Mapping[int, Index]]]
"""Rows, the distinct row numbers of each in one text, and the index of each layer there."""


class Shapes:
    """The shapes that the rows of a sheet have had of late."""

    def __init__(self) -> None:
        self.known: dict[Any, Shape] = {}

    def of(self, template: Template, row: int, indices: Mapping[int, Index]) -> Shape | None:
        """The shape that a row waits in from now on; none, if it cannot be packed."""
        if not template.packable:
            return None
        numbers = template.numbers(row, indices)
        distinct = list(dict.fromkeys(numbers))
        which, digits = tuple(map(distinct.index, numbers)), tuple(map(len, distinct))
        key = id(template), which, digits  # a shape keeps its template, so no other has its id
        if key not in self.known:
            kept = {key: each for key, each in self.known.items() if row - each.last < STALE}
            self.known = kept
            if len(kept) == MOST:
                return None
            kept[key] = Shape(template, which, digits)
        self.known[key].take(row, "".join(distinct), indices)
        return self.known[key]


class Shape:
    """Rows of one template, with numbers of as many digits that are equal where others' are."""

    def __init__(self, template: Template, which: Sequence[int], digits: Sequence[int]) -> None:
        """Which of a row's distinct numbers each of the template's is, and the digits of those."""
        self.template, self.which, self.digits = template, which, digits
        self.seen = self.last = 0
        self.waiting: Waiting = []

    def take(self, row: int, numbers: str, indices: Mapping[int, Index]) -> None:
        """A row waits from now on."""
        self.seen, self.last = self.seen + 1, row
        self.waiting.append((row, numbers, indices))
        if self.seen == FEW + 1:
            self._pack()

    @property
    def full(self) -> bool:
        """Whether no more rows can wait."""
        return self.seen > FEW and len(self.waiting) >= len(self.text)

    def rows(self, strings: Strings) -> Iterator[bytes | Row]:
        """The rows that wait, as XML if they are few; they hold until more are asked for."""
        waiting, self.waiting = self.waiting, []
        if self.seen > FEW:
            return self._filled(waiting)
        fill = self.template.fill
        return (fill(row, indices, strings).encode() for row, _, indices in waiting)

    def _filled(self, waiting: Waiting) -> Iterator[Row]:
        _, numbers, indices = zip(*waiting, strict=True)
        count, start = len(numbers), 0
        digits = np.frombuffer("".join(numbers).encode(), np.uint8).reshape(count, -1)
        for places, width in zip(self.number_texts, self.digits, strict=True):
            places.put(TEXT.limbs(digits[:, start : start + width]), count)
            start += width
        self.bits[:count] = self.packed
        for n, bits in self.digit_bits.items():
            bits.turn(self.signs.limbs(digits[:, n : n + 1]), count)
        for each in self.contents:
            each.put(indices)
        return map(Row, self.text, self.bits)

    def _pack(self) -> None:
        """Make a row's text, and pack it."""
        row = _Zeroed.of(self.template, self.which, self.digits)
        made = block(row.text, row.filled, _backs(len(row.text), row.cells))
        self.packed = made.packed
        rows = max(FEW + 1, ROOM // (len(row.text) + len(self.packed)))
        self.text, self.bits = buffer(row.text, rows), buffer(self.packed, rows)
        self.signs = made.signs
        self.number_texts = [
            TextPlaces(self.text, at, width)
            for at, width in zip(row.numbers, self.digits, strict=True)
        ]
        told = row.filled[made.places]
        self.digit_bits = {
            digit - 1: BitPlaces(self.bits, made.starts[told == digit], 1, self.signs.width)
            for digit in set(told[told > 0].tolist())
        }
        alike: dict[object, list[tuple[Cells, Ints]]] = {}
        for cells, at in zip(self.template.cells, row.values, strict=True):
            alike.setdefault(cells.strip.numerals.way, []).append((cells, at))
        self.contents = [Contents(self.text, self.bits, made, of) for of in alike.values()]


class _Zeroed(NamedTuple):
    """A row's text with a 0 in the place of all that is filled in.

    filled   what each byte is filled with, as `block` has it: the number of a digit, from 1
    cells    the bytes behind each cell's letters
    numbers  where each of the distinct row numbers stands
    values   where the values of each layer stand, with the end of the tag before them
    """

    text: Bytes
    filled: NDArray[np.int32]
    cells: Ints
    numbers: list[Ints]
    values: list[Ints]

    @classmethod
    def of(cls, template: Template, which: Sequence[int], digits: Sequence[int]) -> _Zeroed:
        """As `Shape` has them."""
        pieces, values = template.pieces.copy(), [cells.values[0] for cells in template.cells]
        widths = [digits[n] for n in which]
        widths += [cells.strip.numerals.width for cells in template.cells]
        for gaps, width in zip([*template.gaps(), *values], widths, strict=True):
            for where, size in gaps:
                pieces[where] = ["0" * width] * size
        offsets = np.cumsum([0, *map(len, pieces)])
        starts = [
            np.concatenate([offsets[where] for where, _ in gaps])
            for gaps in (*template.gaps(), *values)
        ]
        numbers = [
            np.concatenate([at for at, n in zip(starts, which, strict=False) if n == number])
            for number in range(len(digits))
        ]
        made = cls(
            np.frombuffer(bytearray("".join(pieces).encode()), np.uint8),
            np.zeros(offsets[-1], np.int32),
            starts[0][1:],
            numbers,
            [at - 1 for at in starts[len(which) :]],
        )
        made._fill(digits, widths[len(which) :])
        return made

    def _fill(self, digits: Sequence[int], widths: Sequence[int]) -> None:
        """Tell what is filled in: row numbers, of which the digits stay apart, and values."""
        digit = 0
        for at, width in zip(self.numbers, digits, strict=True):
            for n in range(width):
                self.filled[at + n] = digit = digit + 1
        for at, width in zip(self.values, widths, strict=True):
            every = at[:, None] + np.arange(width + 1)
            self.filled[every], self.text[every] = -1, ord("0")


class Contents:
    """The values in a shape's rows of layers whose numbers are put into text in the same way.

    size   signs of a number, with the end of the tag before it
    kinds  how they are told: as text, and as bits
    order  of the cells of all layers, as they stand in a row
    """

    def __init__(
        self, text: Bytes, bits: Bytes, made: Block, layers: Sequence[tuple[Cells, Ints]]
    ) -> None:
        """The buffers; the packed row; each layer's cells, and where they stand in the text."""
        self.cells = [cells for cells, _ in layers]
        numerals = self.cells[0].strip.numerals
        self.size, self.kinds = numerals.width + 1, (TEXT, made.signs)
        places = np.concatenate([at for _, at in layers])
        self.order = places.argsort()
        places = places[self.order]
        starts = made.starts[np.searchsorted(made.places, places)]
        self.text = TextPlaces(text, places, self.size)
        self.bits = BitPlaces(bits, starts, self.size, made.signs.width)
        table = fields(numerals.known)[:, -self.size :]
        self.known = [kind.limbs(table) for kind in self.kinds] if numerals.known else []

    def put(self, indices: Sequence[Mapping[int, Index]]) -> None:
        """Put in the values of rows."""
        every = [_values(cells, indices) for cells in self.cells]
        values = np.concatenate(every).take(self.order, axis=0)
        if self.known:
            which = values.astype(np.intp)
            text, bits = ([limb.take(which) for limb in limbs] for limbs in self.known)
        else:
            numerals = self.cells[0].strip.numerals
            text, bits = numerals.limbs(values, self.size, self.kinds)
        self.text.put(text, len(indices))
        self.bits.turn(bits, len(indices))


def _values(cells: Cells, indices: Sequence[Mapping[int, Index]]) -> Values:
    """(cells, rows) the values of one layer."""
    strip = cells.strip
    values = np.stack([strip.values(index[strip.number]) for index in indices], axis=1)
    return values if cells.seen is None else values[cells.seen]


def _backs(size: int, cells: Ints) -> Iterator[Backs]:
    """How far before a text's bytes those of the cells are that are as NEAR."""
    for near in NEAR:
        far = np.zeros(len(cells) + 1, np.int64)
        far[near + 1 :] = cells[near:] - cells[:-near]
        turns = np.flatnonzero(np.diff(far)) + 1
        starts = np.concatenate([[0], cells])
        edges = [0, *starts[turns].tolist(), size]
        yield np.diff(edges).tolist(), far[[0, *turns]].tolist()
