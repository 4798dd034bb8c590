"""The size arithmetic in reverse: which kernels, strides and paddings turn one size into another.

What is given, for all axes or for each, is kept. Of what is not, strides up to m/n, and at
least 4, and kernels up to twice the stride, and at least 7, are tried, larger ones where the
sizes need them: so there is no answer only where the kernel is given. Axes differ in kernel
and stride no more than they must. First come those of even overlap (kernel_size divisible by
stride: one cause of checkerboards less), then those of padding without a begin:end, of equal
kernels and strides, and of the least dilation, output_padding, padding and kernel_size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd

from xlconv.errors import XlconvError
from xlconv.frameworks.wanted import Each
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis
from xlconv.layers.given import LARGEST, spread
from xlconv.layers.summary import compact
from xlconv.text import spelt

MOST = 64
"""The most strides of which every one is tried; of more only the smallest and the likely ones."""

SMALL_STRIDE, SMALL_KERNEL = 4, 7
"""The strides and kernels that are tried for every size; larger ones where sizes need them."""

Pair = tuple[int, int]


@frozen(kw_only=True)
class Setting:
    """A layer's parameters, one value an axis: PyTorch's, but that a padding may be uneven.

    even  whether every output cell away from the edges is reached by equally many inputs
    """

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[Pair, ...]
    output_padding: tuple[int, ...]
    dilation: tuple[int, ...]
    even: bool


def crop(axis: Axis, cells: int) -> tuple[Pair, int] | None:
    """The padding and output_padding with which only this many cells of the full output are lost.

    The least output_padding that fits; where none does, the odd cell is cropped at the end, which
    PyTorch has no words for. None where more than d*(k-1) cells a side would be cropped, or more
    added than output_padding can.

    >>> crop(Axis(size=4, kernel_size=3, stride=2), 1), crop(Axis(size=4, kernel_size=4), 3)
    (((1, 1), 1), ((1, 2), 0))
    """
    back = max(axis.stride, axis.dilation)
    if not -back < cells <= 2 * (axis.extent - 1):
        return None
    if cells < 0:
        return (0, 0), -cells
    half, odd = divmod(cells, 2)
    if odd and back == 1:
        return (half, half + 1), 0
    return (half + odd, half + odd), odd


def settings(
    size: Each,
    output_size: Each,
    *,
    kernel_size: Each | None = None,
    stride: Each | None = None,
    dilation: Each = 1,
) -> tuple[Setting, ...]:
    """The layers that turn n into m, each axis by itself, simplest first.

    Raises XlconvError if there are none.

    >>> first = settings([6, 4], [12, 7], kernel_size=3, stride=2)[0]
    >>> first.padding, first.output_padding
    (((1, 1), (1, 1)), (1, 0))
    """
    rank = max(1 if isinstance(each, int) else len(each) for each in (size, output_size))
    ends = list(
        zip(_sizes("size", size, rank), _sizes("output_size", output_size, rank), strict=True)
    )
    kernels = [None] * rank if kernel_size is None else spread("kernel_size", kernel_size, rank)
    strides = [None] * rank if stride is None else spread("stride", stride, rank)
    given = list(zip(kernels, strides, spread("dilation", dilation, rank), strict=True))
    tried = sorted({pair for known in given for pair in _tried(ends, *known)})
    each = [
        {
            (k, s): made
            for k, s in tried
            if (made := _on_axis(n, m, kernel or k, step or s, d)) is not None
        }
        for (n, m), (kernel, step, d) in zip(ends, given, strict=True)
    ]
    joined = {_joined(axes) for axes in _alike(each)}
    if not joined:
        raise _none(ends)
    return tuple(sorted(joined, key=_effort))


def _sizes(name: str, size: Each, rank: int) -> list[int]:
    sizes = spread(name, size, rank)
    if min(sizes) < 1:
        raise XlconvError(f"{name} must be at least 1, got {min(sizes)}", parameter=name)
    return sizes


def _none(ends: Sequence[Pair]) -> XlconvError:
    sizes, wanted = zip(*ends, strict=True)
    return XlconvError(
        f"no padding and output_padding turn {spelt(sizes)} into {spelt(wanted)} with this"
        " kernel_size, stride and dilation: allow a larger kernel_size, or another stride",
        parameter="output_size",
    )


def _tried(
    ends: Sequence[Pair], kernel: int | None, stride: int | None, dilation: int
) -> Iterator[Pair]:
    """The kernels and strides worth a try; 0 stands for the one that is given."""
    ratio = max(-(-m // n) for n, m in ends)
    likely = {ratio} | {max(1, m // n) for n, m in ends}
    if kernel is not None:  # the least stride that makes a size as large
        extent = dilation * (kernel - 1) + 1
        least = [max(1, -(-(m - extent + 1) // n)) for n, m in ends]
        likely |= {s + more for s in least for more in range(SMALL_STRIDE)}
    small = range(1, max(SMALL_STRIDE, ratio if ratio <= MOST else 1) + 1)
    for s in [0] if stride is not None else sorted({*small} | likely):
        if kernel is not None:
            yield 0, s
            continue
        step = stride or s
        for n, m in ends:
            extent = max(m - n * step + 1, (n - 1) * step - m + 2)  # the least that can be cropped
            least_kernel = max(1, -(-(extent - 1) // dilation) + 1)
            most = max(SMALL_KERNEL, 2 * step if step <= MOST else 0, least_kernel + 1)
            worth = (*range(least_kernel, most + 1), step, 2 * step)
            yield from ((k, s) for k in worth if least_kernel <= k <= LARGEST)


def _on_axis(n: int, m: int, k: int, s: int, d: int) -> Setting | None:
    axis = Axis(size=n, kernel_size=k, stride=s, dilation=d)
    cropped = crop(axis, axis.full_size - m)
    return cropped and Setting(
        kernel_size=(k,),
        stride=(s,),
        padding=(cropped[0],),
        output_padding=(cropped[1],),
        dilation=(d,),
        even=k % s == 0 and gcd(d, s) == 1,
    )


def _alike(each: Sequence[dict[Pair, Setting]]) -> Iterator[list[Setting]]:
    """One setting an axis: with one kernel and stride, one stride, one kernel, or neither."""
    for same in ((0, 1), (1,), (0,), ()):
        best: list[dict[tuple[int, ...], Setting]] = []
        for settings in each:
            ranked = sorted(settings.items(), key=lambda item: _effort(item[1]), reverse=True)
            best.append({tuple(key[i] for i in same): made for key, made in ranked})
        for key in best[0].keys() & set.intersection(*(set(keys) for keys in best)):
            yield [by_key[key] for by_key in best]


def _joined(axes: Sequence[Setting]) -> Setting:
    return Setting(
        kernel_size=tuple(x.kernel_size[0] for x in axes),
        stride=tuple(x.stride[0] for x in axes),
        padding=tuple(x.padding[0] for x in axes),
        output_padding=tuple(x.output_padding[0] for x in axes),
        dilation=tuple(x.dilation[0] for x in axes),
        even=all(x.even for x in axes),
    )


def _effort(x: Setting) -> tuple[object, ...]:
    return (
        not x.even,
        sum(begin != end for begin, end in x.padding),
        len(set(x.kernel_size)) + len(set(x.stride)),
        sum(x.dilation),
        sum(x.output_padding),
        sum(map(sum, x.padding)),
        sum(x.kernel_size),
        x.stride,
    )


COLUMNS = ("kernel_size", "stride", "padding", "output_padding", "dilation")


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with the columns under their names, all but the last aligned right."""
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    aligned = [
        [text.rjust(width) for text, width in zip(row[:-1], widths, strict=False)]
        for row in (names, *rows)
    ]
    return [
        "  ".join([*cells, row[-1]]) for cells, row in zip(aligned, (names, *rows), strict=True)
    ]


ASSUMED = (
    "assumed: dilation 1 if none is given, the least output_padding that fits, and at most"
    " dilation*(kernel_size-1) cells cropped a side"
)
UNEVEN = "a padding begin:end is ONNX's and xlconv's; with PyTorch, crop the output by hand"


def assumed(settings: Sequence[Setting]) -> list[str]:
    """What these settings take for granted, a line each."""
    uneven = any(begin != end for x in settings for begin, end in x.padding)
    return [ASSUMED, *[UNEVEN] * uneven]


def explain_settings(settings: Sequence[Setting]) -> str:
    """A line for each, with a mark where the overlap is even.

    >>> print(explain_settings(settings(4, 8, kernel_size=4, stride=2)).splitlines()[1])
              4       2        1               0         1  even
    """
    rows = [
        [*(compact(getattr(x, name)) for name in COLUMNS), "even" if x.even else "uneven"]
        for x in settings
    ]
    return "\n".join(table((*COLUMNS, "overlap"), rows))
