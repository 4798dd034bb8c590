"""What stands along the edges of blocks: indices, and which channel or slice each block is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np

from xlconv.frozen import frozen
from xlconv.grid.grid import Grid
from xlconv.grid.places import Place, Spot, bounds, start
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry


@frozen
class Name:
    """What one of several blocks is called, from its indices.

    alone  whether a block that is the only one is called so, too
    """

    told: Callable[..., str]
    alone: bool = False

    def __call__(self, *index: int) -> str:
        return self.told(*index)


def indices(sheet: Sheet, grid: Grid, rank: int, firsts: Sequence[int] = ()) -> list[Grid]:
    """Number a block's cells along its top and left edge, at each of its slices.

    firsts   the index of the first cell along each spatial axis, 0 where not given
    returns  for each spatial axis its indices, to broadcast against the grid
    """
    edges = {
        1: ((..., 0, slice(None)), (-1, 0), (..., None, slice(None))),
        2: ((..., slice(None), 0), (0, -1), (..., slice(None), None)),
        3: ((..., 0, 0), (-1, -1), (..., slice(None), None, None)),
    }
    labels = []
    grid = grid if len(grid.shape) > 1 else grid[None]
    for from_end, first in zip(range(rank, 0, -1), firsts or [0] * rank, strict=True):
        edge, (down, across), widen = edges[from_end]
        cells = grid[edge]
        at = start(cells).shift(down, across)
        labels.append(numbers(sheet, at, first, cells.shape, cells.steps)[widen])
    return labels


def numbers(
    sheet: Sheet, at: Spot, first: int, shape: Sequence[int], steps: Sequence[Place] = ((0, 1),)
) -> Grid:
    """Indices along the last axis of some cells, from a first one on."""
    cells = sheet.memory(at, shape, steps=steps)
    cells[...] = np.arange(first, first + shape[-1], dtype=float)
    sheet.coat(cells, "index")
    return cells


def channel_name(sheet: Sheet, numbers: Sequence[int] | None = None) -> Name:
    """What a channel of an input or of an output is called.

    numbers  those of the channels in the whole layer, where it is shown in part
    """
    return Name(
        lambda i: sheet.say("channel_is", i=numbers[i] if numbers else i), numbers is not None
    )


def weight_name(sheet: Sheet, g: Geometry) -> Name:
    """What the kernel from one channel to another is called, from its indices in the weight."""

    def told(i: int, f: int) -> str:
        return sheet.say("weight_is", i=g.in_number(i), o=g.out_number(g.targets(i)[f]))

    return Name(told, g.is_part)


def slice_name(
    sheet: Sheet,
    shape: Sequence[int],
    rank: int,
    name: Name | None = None,
    firsts: Sequence[int] = (),
) -> Name | None:
    """What each slice of a block of this shape is called, as `name_slices` has it; None of one."""
    channels = len(shape) - rank
    several, deep = prod(shape[:channels]) > 1, rank > 2 and shape[-3] > 1
    named = name if name and (several or name.alone) else None
    if not deep and not named:
        return None

    def told(*index: int) -> str:
        words = named(*index[:channels]) if named else ""
        if not deep:
            return words
        key = "slice_of" if words else "slice_is"
        return sheet.say(key, channel=words, d=index[channels] + sum(firsts[:1]))

    return Name(told)


def name_slices(
    sheet: Sheet,
    grid: Grid,
    rank: int,
    name: Name | None = None,
    above: int = 1,
    firsts: Sequence[int] = (),
) -> None:
    """Say of each channel and each slice of a block which it is, where there are several.

    grid    (*channels, *sizes), with `rank` sizes
    name    what a channel is called, from its indices
    above   as `name_each` has it
    firsts  the index of the first cell along each spatial axis, 0 where not given
    """
    told = slice_name(sheet, grid.shape, rank, name, firsts)
    if told:
        name_each(sheet, grid[(..., *[0] * min(2, rank))], told, above)


def name_stamps(sheet: Sheet, g: Geometry, stamps: Grid) -> None:
    """Say which kernel the stamps are of, where there are several: above the first of each.

    stamps  (in_channels, out_channels // groups, *sizes, ...)
    """
    first = stamps[(slice(None), slice(None), *[0] * g.rank)]
    name_slices(sheet, first, g.rank, weight_name(sheet, g))


def name_each(sheet: Sheet, firsts: Grid, name: Name, above: int = 1) -> None:
    """Words for each of several blocks, so many rows above its first cell; of none, before it."""
    corner, longest = start(firsts), name(*(n - 1 for n in firsts.shape))
    before = 0 if above else sheet.behind((0, 0), f"{longest} ", "note")
    at = corner.shift(-above, -before)
    words = sheet.memory(at, firsts.shape, steps=firsts.steps, dtype=object)
    if not sheet.plan:
        each = [name(*index) for index in np.ndindex(firsts.shape)]
        words[...] = np.array(each, dtype=object).reshape(firsts.shape)
    sheet.coat(words, "note")
    last = bounds(words)[1]
    sheet.run_over(Spot(at.anchor, *last), longest, "note")
