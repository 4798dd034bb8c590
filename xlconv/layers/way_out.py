"""The way out of a limit: which parameter of a layer is too large, and how large it may be."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis, Geometry
from xlconv.text import spelt

Fits = Callable[[Geometry], bool]


@frozen
class Knob:
    """A parameter that can be turned down.

    parameter  what an error about it points at
    smaller    turned down in words
    largest    the same, up to {most}
    sizes      what it is now
    turned     the layer with each of its sizes at most so large
    """

    parameter: str
    smaller: str
    largest: str
    sizes: Callable[[Geometry], Sequence[int]]
    turned: Callable[[Geometry, int], Geometry]

    def words(self, geometry: Geometry) -> str:
        return self.largest.format(most=spelt(self.sizes(geometry)))


def _of_axes(name: str, parameter: str, smaller: str, largest: str) -> Knob:
    """The knob of a parameter that each axis has."""

    def now(geometry: Geometry) -> list[int]:
        return [getattr(axis, name) for axis in geometry.axes]

    def turned(geometry: Geometry, most: int) -> Geometry:
        return _with_axes(geometry, lambda a: {name: min(getattr(a, name), most)})

    return Knob(parameter, smaller, largest, now, turned)


def _with_axes(geometry: Geometry, changed: Callable[[Axis], dict[str, Any]]) -> Geometry:
    """The layer with another value in each axis, and no output_padding that is too large for it."""
    axes = []
    for axis in geometry.axes:
        new = replace(axis, output_padding=0, **changed(axis))
        more = min(axis.output_padding, max(new.stride, new.dilation) - 1)
        axes.append(replace(new, output_padding=more))
    return replace(geometry, axes=tuple(axes))


def _extended(geometry: Geometry) -> list[int]:
    return [max(abs(pad) for axis in geometry.axes for pad in axis.padding)]


def _nearer(geometry: Geometry, most: int) -> Geometry:
    return _with_axes(
        geometry, lambda a: {"padding": tuple(max(-most, min(pad, most)) for pad in a.padding)}
    )


def _of_channels(name: str, words: str, parameter: str) -> Knob:
    """The knob of the channels in or out, in whole groups."""

    def turned(geometry: Geometry, most: int) -> Geometry:
        each = max(1, most // geometry.groups) * geometry.groups
        return replace(geometry, **{name: min(each, getattr(geometry, name))})

    words = f"at most {{most}} {words} channels"
    return Knob(parameter, "fewer channels", words, lambda g: [getattr(g, name)], turned)


KNOBS = (
    _of_axes("size", "input", "a smaller input", "an input of at most {most}"),
    _of_axes("kernel_size", "weight", "a smaller kernel", "a kernel of at most {most}"),
    _of_channels("in_channels", "input", "input"),
    _of_channels("out_channels", "output", "weight"),
    _of_axes("stride", "stride", "a smaller stride", "a stride of at most {most}"),
    _of_axes("dilation", "dilation", "a smaller dilation", "a dilation of at most {most}"),
    Knob(
        "padding", "a padding nearer to 0", "a padding of at most {most} cells, cut or added",
        _extended, _nearer,
    ),
)  # fmt: skip
"""In the order in which they are turned: the input first, since a smaller one is the same layer."""


def refusal(needs: str, geometry: Geometry, fits: Fits) -> XlconvError:
    """The error that a layer is too large, with the largest that fits in one parameter.

    needs  what is passed, in words
    fits   whether a layer keeps all limits

    >>> layer = Geometry(1, 1, 1, (Axis(size=9, kernel_size=3),))
    >>> str(refusal("11 cells; a row has 8", layer, lambda g: g.output_shape[1] <= 8))
    '11 cells; a row has 8: use an input of at most 6'
    """
    last: tuple[Knob, Geometry] | None = None
    for knob in KNOBS:
        smaller = _largest(knob, geometry, fits)
        # of 1 nothing is left that could be shown: another parameter is at fault, if one is
        ample = smaller is not None and max(knob.sizes(smaller)) > 1
        if smaller is not None and (ample or last is None):
            last = (knob, smaller)
        if ample:
            break
    if last is not None:
        knob, smaller = last
        return XlconvError(f"{needs}: use {knob.words(smaller)}", parameter=knob.parameter)
    needed = _needed(geometry, fits)
    words = list(dict.fromkeys(knob.smaller for knob in needed)) or ["another view"]
    return XlconvError(
        f"{needs}: use {' and '.join(words)}", parameter=needed[0].parameter if needed else None
    )


def check_cells(
    needs: str, geometry: Geometry, cells: Callable[[Geometry], int], most: int
) -> None:
    """Refuse a layer of more cells than anyone follows, with the largest that has as few.

    needs  what needs them, with their number for {cells}
    """
    if (many := cells(geometry)) > most:
        needs = f"{needs.format(cells=many)}; {most} are the most"
        raise refusal(needs, geometry, lambda g: cells(g) <= most)


def _largest(knob: Knob, geometry: Geometry, fits: Fits) -> Geometry | None:
    """The layer with one parameter turned down as little as is needed; None if none is enough."""

    @cache
    def too_large(most: int) -> bool:
        try:
            smaller = knob.turned(geometry, most)
        except XlconvError:  # so small that nothing is left of the output
            return False
        try:
            return not fits(smaller)
        except XlconvError:
            return True

    end, top = 1, max(knob.sizes(geometry))
    while end < top and not too_large(end):  # from below: what is far too large takes long, too
        end = min(2 * end, top)
    most = bisect_left(range(end + 1), True, key=too_large) - 1
    try:
        smaller = knob.turned(geometry, most) if most >= 0 else geometry
        return smaller if fits(smaller) else None
    except XlconvError:
        return None


def _needed(geometry: Geometry, fits: Fits) -> list[Knob]:
    """The fewest knobs, the first ones kept, that must be turned down all the way."""
    chosen = list(KNOBS)
    if not _fit(geometry, chosen, fits):
        return []
    for knob in reversed(KNOBS):
        fewer = [other for other in chosen if other is not knob]
        if _fit(geometry, fewer, fits):
            chosen = fewer
    return chosen


def _fit(geometry: Geometry, knobs: Sequence[Knob], fits: Fits) -> bool:
    """Whether a layer fits with some knobs turned down all the way."""
    try:
        for knob in reversed(knobs):  # the padding first, so that something is left of the output
            geometry = knob.turned(geometry, 0 if knob.parameter == "padding" else 1)
        return fits(geometry)
    except XlconvError:
        return False
