"""Some cells of an input's axis, and what of the output they reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis

Span = tuple[int, int]


@frozen
class Cut:
    """Some cells of an axis.

    span   the input's cells, from one to before another
    axis   that of these cells alone
    place  where what they reach lies on what a rest is added to
    """

    span: Span
    axis: Axis
    place: slice


def spans_of(sizes: Sequence[int], crop: Sequence[Span] | None) -> list[Span]:
    """The input's cells that are kept, along each axis.

    Raises XlconvError where there are no such cells.
    """
    if crop is None:
        return [(0, size) for size in sizes]
    if len(crop) != len(sizes):
        raise XlconvError(
            f"crop must have one A:B for each of {len(sizes)} axes, got {len(crop)}",
            parameter="crop",
        )
    for (begin, end), size in zip(crop, sizes, strict=True):
        if not 0 <= begin < end <= size:
            raise XlconvError(f"crop must lie in 0:{size}, got {begin}:{end}", parameter="crop")
    return [(int(begin), int(end)) for begin, end in crop]


def transposed_cut(axis: Axis, span: Span) -> Cut:
    """The inputs of a span, and what of the canvas they reach.

    Its axis crops no more than the whole one does there.
    """
    (begin, end), (before, after) = span, axis.padding
    size, left = end - begin, (axis.size - end) * axis.stride
    if size == axis.size:
        return Cut(span, axis, slice(None))
    first = max(0, -before)
    start = first + begin * axis.stride if begin else 0
    place = slice(start, first + (end - 1) * axis.stride + axis.extent)
    if begin:
        before = max(0, before - begin * axis.stride)
    part = replace(axis, size=size, padding=(before, after), first=begin, whole=axis.padding[0])
    if end == axis.size:
        return Cut(span, part, slice(start, None))
    after = max(0, after - axis.output_padding - left)
    return Cut(span, replace(part, padding=(before, after), output_padding=0), place)


def plain_cut(axis: Axis, span: Span) -> Cut:
    """The cells that a plain convolution reads of a span, and the outputs that read any of them.

    Its axis is padded by what the windows of these outputs see beside the span.
    """
    (begin, end), (before, _) = span, axis.padding
    if end - begin == axis.output_size:
        return Cut(span, axis, slice(None))
    first = max(0, -(-(begin + before - axis.extent + 1) // axis.stride))
    last = min(axis.size - 1, (end - 1 + before) // axis.stride)
    if last < first:
        raise XlconvError(
            f"crop must have cells that the output reads, got {begin}:{end}, which stride"
            f" {axis.stride} leaves out",
            parameter="crop",
        )
    start, stop = axis.stride * first - before, axis.stride * last - before + axis.extent
    begin = max(begin, start)
    part = replace(
        axis,
        size=last - first + 1,
        padding=(begin - start, max(0, stop - end)),
        output_padding=max(0, end - stop),
        first=first,
        whole=before,
    )
    return Cut((begin, end), part, slice(first, last + 1))
