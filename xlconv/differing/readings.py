"""How another program may have read the same arrays: the suppositions, a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, permutations, product
from math import prod
from typing import Any, Generic, TypeVar

import numpy as np

from xlconv.differing.uncropped import Steps
from xlconv.frozen import frozen
from xlconv.layers.layer import Array, Layer
from xlconv.layers.quantised import Quantised

MANY = 4
"""Channels up to which every order of them is supposed; of more, the reverse alone."""

KERNEL_ORDERS = (
    ("(out, in, kernel)", lambda k: (1, 0, *k)),
    ("(kernel, out, in)", lambda k: (*k, 1, 0)),
    ("(kernel, in, out)", lambda k: (*k, 0, 1)),
    ("(out, kernel, in)", lambda k: (1, *k, 0)),
)
"""The orders of a weight's axes other than (in, out, kernel), which stands for 0, 1, then `k`."""

T = TypeVar("T")

Made = Iterator[tuple[str, Array]]


@frozen(eq=False)
class Way(Generic[T]):
    """One thing that the other program may do, and how it is said; nothing is said of ours.

    rare  whether it is as unlikely as two others

    >>> Way("stride 2", 2).cost, Way("", 1).cost
    (1, 0)
    """

    words: str
    value: T
    rare: bool = False

    @property
    def cost(self) -> int:
        """How many things differ from ours."""
        return (1 + self.rare) if self.words else 0


def inputs(layer: Layer) -> list[Way[Array]]:
    """How the input may have been read."""
    x = layer.input
    usual = _swapped(x, 1, "the input"), _reversed(x, "input"), _channels(x, "the input")
    raw = layer.scaled and _raw("input", layer.scaled.integers, layer.scaled.zero_point)
    return _distinct(x, chain(raw or (), *usual), chain(_ordered(x), _mirrored(x, "input")))


def outputs(y: Array) -> list[Way[Array]]:
    """How the other output may be laid: each as ours would be."""
    usual = _swapped(y, 1, "the output"), _reversed(y, "output"), _channels(y, "the output")
    return _distinct(y, chain(*usual), _mirrored(y, "output"))


def weights(layer: Layer) -> list[Way[Array]]:
    """How the weight may have been read."""
    w, groups = layer.weight, layer.geometry.groups
    q = layer.quantised
    meant, raw = (_rescaled(q), _raw("weight", q.integers, q.spread[1])) if q else ((), ())
    channels, kernel = list(_swapped_channels(w, groups)), _swapped(w, 2, "the kernel")
    both = (
        (f"{words}, and {more}", a)
        for words, swapped in channels
        for more, a in _swapped(swapped, 2, "the kernel")
    )
    return _distinct(w, chain(meant, channels, kernel, _orders(w)), chain(both, raw))


def turns(kernel_size: Sequence[int]) -> list[Way[tuple[int, ...]]]:
    """Along which axes of the kernel, counted in the weight, it may lie turned."""
    rank = len(kernel_size)
    long = [2 + n for n, k in enumerate(kernel_size) if k > 1]
    names = {2 + n: name for n, name in enumerate(axis_names(rank))}
    ways = [Way[tuple[int, ...]]("", ())]
    for chosen in product((False, True), repeat=len(long)):
        axes = tuple(axis for axis, turned in zip(long, chosen, strict=True) if turned)
        if axes == tuple(long) and axes:
            ways.insert(1, Way("the kernel is turned by 180°", axes))
        elif axes:
            along = " and ".join(f"{names[axis]}s" for axis in axes)
            ways.append(Way(f"the kernel is turned along its {along} only", axes))
    return ways


def steps(
    own: Steps, size: Sequence[int], kernel_size: Sequence[int], target: Sequence[int]
) -> list[Way[Steps]]:
    """The strides and dilations that may lead to about the target's size: our own first."""
    ways = [Way("", own)]
    for d in _dilations(own.dilation, kernel_size):
        extents = Steps(own.stride, d).extents(kernel_size)
        each = [
            [s for s in range(1, 2 * m // n + 3) if -s <= (n - 1) * s + e - m <= 2 * (e - 1)]
            for n, m, e in zip(size, target, extents, strict=True)
        ]
        for stride in product(*each):
            changed = stride != own.stride, d != own.dilation
            if not any(changed) or (all(changed) and len(set(d)) > 1):
                continue
            words = [f"stride {_spelt(stride)}, not {_spelt(own.stride)}"] * changed[0]
            words += [f"dilation {_spelt(d)}, not {_spelt(own.dilation)}"] * changed[1]
            ways.append(Way(" and ".join(words), Steps(stride, d, own.groups), len(words) > 1))
    return ways


def _dilations(own: tuple[int, ...], kernel_size: Sequence[int]) -> list[tuple[int, ...]]:
    """Our own dilation, one for all axes, or another along one of them."""
    alike = {tuple([d] * len(own)) for d in (1, 2, 3)}
    single = {(*own[:n], d, *own[n + 1 :]) for n in range(len(own)) for d in (1, 2, 3)}
    # along a kernel of one cell none can be told
    told = [
        [d if k > 1 else 1 for d, k in zip(each, kernel_size, strict=True)]
        for each in alike | single
    ]
    return [own, *sorted({tuple(each) for each in told} - {own})]


def own_steps(layer: Layer) -> Steps:
    """How a layer lays its stamps."""
    g = layer.geometry
    return Steps(
        tuple(axis.stride for axis in g.axes), tuple(axis.dilation for axis in g.axes), g.groups
    )


def axis_names(rank: int) -> tuple[str, ...]:
    """The spatial axes in words, as sheets have them.

    >>> axis_names(2)
    ('row', 'column')
    """
    return ("depth", "row", "column")[-rank:]


def _spelt(values: Sequence[int]) -> str:
    return ",".join(map(str, values if len(set(values)) > 1 else values[:1]))


def _distinct(own: Array, usual: Made, rare: Iterable[tuple[str, Array]] = ()) -> list[Way[Array]]:
    """Our own reading first, and each other one that has a shape of its own sense."""
    ways, seen = [Way("", own)], [own]
    for seldom, made in ((False, usual), (True, rare)):
        for words, array in made:
            memory = "memory" in words
            if memory and any(array.shape == a.shape and np.array_equal(array, a) for a in seen):
                continue
            seen.append(array)
            ways.append(Way(words, array, rare=seldom))
    return ways


def _rescaled(quantised: Quantised) -> Made:
    """The integers of a weight with other scales than theirs."""
    integers, (scale, zero_point) = quantised.integers, quantised.spread
    if scale.size > 1:
        first = scale.flat[0] * (integers - zero_point)
        yield "the first scale of the weight is taken for all its channels", first
        if scale.shape[0] != scale.shape[1] and integers.shape[0] == integers.shape[1]:
            across = scale.swapaxes(0, 1) * (integers - zero_point)
            yield "the scales of the weight are taken along the other axis of channels", across


def _raw(name: str, integers: Array, zero_point: Any) -> Made:
    """Integers that are not taken for what they mean."""
    yield f"the integers of the {name} are taken as they are, with no scale or zero point", integers
    if np.any(zero_point):
        yield f"the scale of the {name} is left out, its zero point is not", integers - zero_point


def _swapped(a: Array, leading: int, what: str) -> Made:
    """Two spatial axes changed for one another; of a kernel only where they are as long."""
    names = axis_names(a.ndim - leading)
    for one in range(leading, a.ndim):
        for other in range(one + 1, a.ndim):
            sizes = a.shape[one], a.shape[other]
            if max(sizes) > 1 and (leading == 1 or sizes[0] == sizes[1]):
                pair = _height_width(names[one - leading], names[other - leading])
                yield f"{pair} of {what} are swapped", a.swapaxes(one, other)


def _height_width(one: str, other: str) -> str:
    words = {"depth": "depth", "row": "height", "column": "width"}
    return f"{words[one]} and {words[other]}"


def _reversed(a: Array, what: str) -> Made:
    if len(a) > 1:
        like = ", as RGB and BGR" if len(a) == 3 else ""
        yield f"the {what} channels are in reverse order{like}", a[::-1]


def _mirrored(a: Array, what: str) -> Made:
    """An axis in reverse order, as of pictures that are counted from the bottom."""
    words = {"depth": "back to front", "row": "upside down", "column": "mirrored left to right"}
    for axis, name in enumerate(axis_names(a.ndim - 1), 1):
        if a.shape[axis] > 1:
            yield f"the {what} is {words[name]}", np.flip(a, axis)


def _ordered(a: Array) -> Made:
    """The input channels in another order than that, or ours."""
    if 2 < len(a) <= MANY:
        for order in permutations(range(len(a))):
            if list(order) not in ([*range(len(a))], [*range(len(a))][::-1]):
                yield (
                    f"the input channels are in the order {', '.join(map(str, order))}",
                    a[[*order]],
                )


def _channels(a: Array, what: str) -> Made:
    """The channels at the other end, or the memory read as if they were."""
    if a.shape[-1] == len(a) > 1:
        yield f"the channels of {what} are last", np.moveaxis(a, -1, 0)
    if len(a) > 1 and prod(a.shape[1:]) > 1:
        last = (*a.shape[1:], len(a))
        yield f"the memory of {what} is read as channels last", np.moveaxis(a.reshape(last), -1, 0)
        first = np.moveaxis(a, 0, -1).reshape(a.shape)
        yield f"the memory of {what}, channels last, is read as channels first", first


def _swapped_channels(w: Array, groups: int) -> Made:
    ins, outs = w.shape[:2]
    if groups == 1 and ins == outs > 1:
        yield "in and out channels of the weight are swapped", w.swapaxes(0, 1)
    if groups > 1 and ins == groups and outs > 1:
        mixed = w.reshape(outs, ins, *w.shape[2:]).swapaxes(0, 1)
        yield "the memory of the weight is read with filters before groups", mixed


def _orders(w: Array) -> Made:
    """The memory read as if its axes had another order, and the reverse of that."""
    kernel = tuple(range(2, w.ndim))
    order: Callable[[tuple[int, ...]], tuple[int, ...]]
    for name, order in KERNEL_ORDERS:
        axes = order(kernel)
        shape = tuple(w.shape[axis] for axis in axes)
        back = np.argsort(axes)
        yield f"the memory of the weight is read as {name}", w.reshape(shape).transpose(back)
        other = w.transpose(axes).reshape(w.shape)
        yield f"the memory of the weight, {name}, is read as (in, out, kernel)", other
