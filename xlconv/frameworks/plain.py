"""The padding of a plain convolution that is a word, in cells."""

from __future__ import annotations

from collections.abc import Sequence

from xlconv.errors import XlconvError
from xlconv.layers.given import spread

WORDS = ("same", "same_upper", "same_lower", "valid", "notset")


def plain_padding(
    word: str,
    size: Sequence[int],
    kernel_size: Sequence[int],
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
) -> list[tuple[int, int]]:
    """The zeros (begin, end) an axis that a word of a framework asks for.

    Every framework's SAME makes ceil(size / stride) cells; the odd zero goes to the end, but for
    SAME_LOWER.

    Source: onnx.ai/onnx/operators/onnx__Conv.html, auto_pad; tensorflow.org/api_docs/python/tf/nn,
    notes on padding.

    >>> plain_padding("same", [5], [4], 2), plain_padding("same_lower", [6], [3], 2)
    ([(1, 2)], [(1, 0)])
    """
    if word not in WORDS:
        raise XlconvError(
            f"padding must be cells, or one of {', '.join(WORDS)}, got {word!r:.40}",
            parameter="padding",
        )
    rank = len(size)
    if word in ("valid", "notset"):
        return [(0, 0)] * rank
    each = zip(
        size,
        kernel_size,
        spread("stride", stride, rank),
        spread("dilation", dilation, rank),
        strict=True,
    )
    totals = [max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0) for n, k, s, d in each]
    pads = [(total // 2, total - total // 2) for total in totals]
    return [(end, begin) for begin, end in pads] if word == "same_lower" else pads
