"""A text as one block of deflate (RFC 1951), in which some places are filled in later.

What is repeated is looked for at one distance at each place, so that nothing is searched. The signs
that can be filled in have codes of one length, so that all others stay where they are.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlconv.grid.values import Bytes, Ints
from xlconv.xlsx.signs import Signs

Truths = NDArray[np.bool_]

SIGNS = tuple(b" >+-.0123456789e")
"""What can be filled in: sixteen signs, those of a number and the end of a tag before it."""

LEAST, MOST, FARTHEST, DEEPEST, WIDEST = 3, 256, 1 << 15, 15, 7
"""Bytes of what is repeated, how far before it that may be, and bits of a code, and of a sign's.

Eight signs, and the bits before them in their byte, are one word of 64.

Deflate knows repetitions of up to 258 bytes, and has a symbol of its own for the longest, which is
not used here.
"""

END, SYMBOLS, FAR_SYMBOLS = 256, 286, 30
"""The symbol that ends a block, and how many there are of bytes and lengths, and of distances."""

NONE, MANY = (17, 3, 3), (18, 11, 7)
"""How codes of no width are told at once: the symbol, the fewest, the bits for how many more."""

STORED, EMPTY = 3, bytes([0, 0, 255, 255])
"""Bits of 0 with which a stored block begins, and how an empty one ends: on whole bytes."""

LENGTH_BITS = np.array([0] * 8 + [n for n in range(1, 6) for _ in range(4)])
LENGTHS = LEAST + np.cumsum(1 << LENGTH_BITS) - (1 << LENGTH_BITS)
FAR_BITS = np.array([0, 0, *[n for n in range(14) for _ in range(2)]])
FAR = 1 + np.cumsum(1 << FAR_BITS) - (1 << FAR_BITS)
"""What each symbol begins with, and the bits that tell how far beyond that it is."""

Backs = tuple[Sequence[int], Sequence[int]]
"""Numbers of bytes that follow one another, and how far before them others are; 0 for nowhere."""


class Block(NamedTuple):
    """A block, and an empty stored one behind it.

    packed  all of both
    signs   how each of SIGNS is told: by the bits in which its code is other than that of a 0
    places  those of the text's bytes that are no repetition
    starts  the bit that each of them begins with
    """

    packed: Bytes
    signs: Signs
    places: Ints
    starts: Ints


def block(text: Bytes, filled: NDArray[np.int32], backs: Iterable[Backs]) -> Block:
    """A text packed.

    filled  of each byte 0 if it stays; else what it is filled with: where the numbers are the same,
            so are the signs; -1 if they are others
    backs   what each byte may repeat, in some ways
    """
    repeated, lengths, back = _repeated(text, filled, backs)
    places = _written(len(text), repeated, lengths)
    at = np.searchsorted(places, repeated)
    length = np.searchsorted(LENGTHS, lengths, "right") - 1
    far = np.searchsorted(FAR, back, "right") - 1
    symbols = np.append(text[places], END).astype(np.int64)
    symbols[at] = END + 1 + length
    codes, widths = _codes(np.bincount(symbols, minlength=SYMBOLS), SIGNS)
    far_codes, far_widths = _codes(np.bincount(far, minlength=FAR_SYMBOLS))
    words, sizes = codes[symbols], widths[symbols]
    for word, size in (
        (lengths - LENGTHS[length], LENGTH_BITS[length]),
        (far_codes[far], far_widths[far]),
        (back - FAR[far], FAR_BITS[far]),
    ):
        words[at] |= word << sizes[at]
        sizes[at] += size
    head = np.array([*HEAD, *_told([*widths.tolist(), *far_widths.tolist()])]).T
    packed = _packed(np.append(head[0], words), np.append(head[1], sizes))
    starts = head[1].sum() + sizes.cumsum() - sizes
    told = np.zeros(256, np.uint64)
    told[list(SIGNS)] = codes[list(SIGNS)] ^ codes[ord("0")]
    signs = Signs(told, int(widths[ord("0")]))
    return Block(packed, signs, np.delete(places, at), np.delete(starts[:-1], at))


def _written(size: int, repeated: Ints, lengths: Ints) -> Ints:
    """The places in a text of this size with which something begins: a byte or a repetition."""
    within = np.zeros(size + 1, np.int8)
    within[repeated] = 1
    within[repeated + lengths] -= 1
    within = within[:-1].cumsum(dtype=np.int8)
    within[repeated] = 0
    return np.flatnonzero(within == 0)


def _repeated(
    text: Bytes, filled: NDArray[np.int32], backs: Iterable[Backs]
) -> tuple[Ints, Ints, Ints]:
    """Where repetitions begin, how long they are, and how far before them that is."""
    own = -np.arange(len(text), dtype=np.int32)
    symbols = np.where(filled < 0, own, filled << 8 | text)
    most, back = np.zeros(len(text), np.int32), np.zeros(len(text), np.int32)
    for sizes, far in backs:
        each = np.repeat(np.array(far, np.int32), sizes)
        same = _same(symbols, sizes, far)
        edges = _edges(same, each)
        runs = np.diff(edges)
        run = np.repeat((runs * same[edges[:-1]]).astype(np.int32), runs)
        longer = run > most
        np.copyto(most, run, where=longer)
        np.copyto(back, each, where=longer)
    same = most >= LEAST
    edges = _edges(same, back * same)
    half = MOST // 2  # long ones are cut by halves, so that no rest is too short to be one
    over = np.flatnonzero(np.diff(edges) > MOST)
    more = [np.arange(edges[n] + half, edges[n + 1] - half, half) for n in over]
    edges = np.sort(np.concatenate([edges, *more]))
    lengths = np.diff(edges)
    kept = same[edges[:-1]] & (lengths >= LEAST)
    starts = edges[:-1][kept]
    return starts, lengths[kept], back[starts].astype(np.int64)


def _same(symbols: NDArray[np.int32], sizes: Sequence[int], far: Sequence[int]) -> Truths:
    """Which symbols are those that are so far before them."""
    same, start = np.zeros(len(symbols), bool), 0
    for size, by in zip(sizes, far, strict=True):
        if 0 < by <= FARTHEST:
            here, there = slice(start, start + size), slice(start - by, start - by + size)
            np.equal(symbols[here], symbols[there], out=same[here])
        start += size
    return same


def _edges(same: Truths, back: NDArray[np.int32]) -> Ints:
    """Where either of these changes, the ends among it."""
    turns = np.flatnonzero((same[1:] != same[:-1]) | (back[1:] != back[:-1])) + 1
    return np.concatenate([[0], turns, [len(same)]])


def _codes(counts: Ints, together: tuple[int, ...] = ()) -> tuple[Ints, Ints]:
    """Huffman's codes of symbols that occur so often, from their lowest bit, and their widths.

    together  sixteen symbols whose codes have one width
    """
    alone = [s for s, n in enumerate(counts.tolist()) if n and s not in together]
    leaves = [(int(counts[s]), [s]) for s in alone]
    if together:
        leaves.append((int(counts[list(together)].sum()), [*together]))
    widths = np.zeros(len(counts), np.int64)
    widths[list(together)] = 4
    heap = [(n, symbols[0], symbols) for n, symbols in leaves]
    heapq.heapify(heap)
    while len(heap) > 1:
        (few, first, one), (more, _, other) = heapq.heappop(heap), heapq.heappop(heap)
        widths[one + other] += 1
        heapq.heappush(heap, (few + more, first, one + other))
    if widths.max() > DEEPEST:
        return _codes((counts + 1) // 2, together)
    if widths[list(together)].max(initial=0) > WIDEST:
        often = np.isin(np.arange(len(counts)), together)
        return _codes(np.where(often, 2 * counts + 1, counts), together)
    if len(leaves) < 2:  # the only code has a bit, and one is there where none is needed
        widths[leaves[0][1] if leaves else 0] = 1
    return _canonical(widths), widths


def _canonical(widths: Ints) -> Ints:
    """The codes of these widths: in the order of widths, then of symbols, each one more."""
    codes, code, before = np.zeros(len(widths), np.int64), 0, 0
    for width, symbol in sorted((w, s) for s, w in enumerate(widths.tolist()) if w):
        code <<= width - before
        codes[symbol] = int(f"{code:0{width}b}"[::-1], 2)
        code, before = code + 1, width
    return codes


WIDTHS = np.array([4] * 12 + [5] * 4 + [0, 4, 4])
WIDTH_CODES = _canonical(WIDTHS)
"""In which the widths of a block's codes are told: few are wider than 11."""

ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
HEAD = [(0b100, 3), (SYMBOLS - 257, 5), (FAR_SYMBOLS - 1, 5), (len(ORDER) - 4, 4)]
HEAD += [(int(WIDTHS[n]), 3) for n in ORDER]
"""A block with codes of its own, and how their widths are told: words, and the bits of each."""


def _told(widths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The widths of a block's codes as words, and the bits of each."""
    for width, run in groupby(widths):
        left = len(list(run))
        while left:
            kinds = [kind for kind in (MANY, NONE) if not width and left >= kind[1]]
            symbol, fewest, more = kinds[0] if kinds else (width, 1, 0)
            extra = min(left - fewest, (1 << more) - 1)
            size = int(WIDTHS[symbol])
            yield int(WIDTH_CODES[symbol]) | extra << size, size + more
            left -= fewest + extra


def _packed(words: Ints, sizes: Ints) -> Bytes:
    """Words of so many bits, each from its lowest on; behind them an empty stored block."""
    ends = sizes.cumsum()
    starts = ends - sizes
    by, lane = (starts & 63).astype(np.uint64), starts >> 6
    first = np.flatnonzero(np.diff(lane, prepend=-1))  # a word begins in each 64 bits
    lanes, bits = np.zeros(len(first) + 1, "<u8"), words.astype(np.uint64)
    lanes[:-1] = np.bitwise_or.reduceat(bits << by, first)
    lanes[1:] |= np.bitwise_or.reduceat(bits >> 1 >> 63 - by, first)
    whole = lanes.view(np.uint8)[: -(-(ends[-1] + STORED) // 8)]
    return np.append(whole, np.frombuffer(EMPTY, np.uint8))
