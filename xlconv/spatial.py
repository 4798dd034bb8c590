"""Which axes of an input's and a kernel's sizes are spatial, and which are channels or a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xlconv.errors import XlconvError
from xlconv.layouts import LAYOUTS, kernel_size

RANKS = (1, 2, 3)


@dataclass(frozen=True, kw_only=True)
class Spatial:
    """The spatial sizes of a layer, and what was left out of them.

    kernel_size   as it was given, if it is one number for all axes
    in_channels   None if the input has no axis for them
    out_channels  None if the kernel has none
    batch         None if the input has no axis for it
    """

    size: tuple[int, ...]
    kernel_size: tuple[int, ...]
    in_channels: int | None = None
    out_channels: int | None = None
    batch: int | None = None

    @property
    def words(self) -> str:
        """What was understood, in one line; nothing where it goes without saying."""
        if len(self.size) == 3 and len(self.kernel_size) == 1:
            first, *rest = self.size
            return (
                f"3-D, one kernel size for every axis: for {first} channels of {_spell(rest)}"
                f" the kernel is {_spell(self.kernel_size * 2)}"
            )
        if self.in_channels is self.out_channels is None:
            return ""
        channels = str(self.in_channels or 1)
        channels += "" if self.out_channels is None else f" -> {self.out_channels}"
        told = [f"{len(self.size)}-D", f"{channels} channel{'s' * (channels != '1')}"]
        told += [f"input {_spell(self.size)}"]
        told += [f"a batch of {self.batch} left out"] * (self.batch is not None)
        return ", ".join(told)


def spatial(
    sizes: Sequence[int], kernel: Sequence[int], *, layout: str = "pytorch", groups: int = 1
) -> Spatial:
    """What sizes of an input and of a kernel mean together.

    sizes   (*sizes), (in_channels, *sizes) or (batch, in_channels, *sizes)
    kernel  one number for all axes, all of them spatial; (*kernel_sizes); or a whole weight's
            sizes, as the layout has them

    Raises XlconvError where nothing fits, or more than one meaning does.

    >>> spatial([3, 4, 5], [3, 2, 7, 7]).words
    '2-D, 3 -> 2 channels, input 4x5'
    >>> spatial([4, 4], [3]).size
    (4, 4)
    """
    if groups < 1:
        raise XlconvError(f"groups must be at least 1, got {groups}", parameter="groups")
    if len(kernel) == 1 and len(sizes) in RANKS:
        return Spatial(size=tuple(sizes), kernel_size=tuple(kernel))
    fits = [found for rank in RANKS for found in _meanings(sizes, kernel, rank, layout, groups)]
    if len(fits) == 1:
        return fits[0]
    both = f"an input of {_spell(sizes)} with a kernel of {_spell(kernel)}"
    if fits:
        ways = " or ".join(each.words or f"{len(each.size)}-D without channels" for each in fits)
        raise XlconvError(
            f"{both} is {ways}: leave the batch out, or give the channels as well, 1x{_spell(sizes)}",
            parameter="size",
        )
    order = LAYOUTS[layout].axes
    raise XlconvError(
        f"{both} is no layer: the input is (*sizes) or (in_channels, *sizes), the kernel"
        f" (*kernel_sizes), or {order} with the input's channels",
        parameter="kernel_size",
    )


def without_channels(sizes: Sequence[int], rank: int) -> Spatial:
    """The spatial sizes of an input of a rank that is known.

    >>> without_channels([512, 500], 1).words
    '1-D, 512 channels, input 500'
    """
    before = len(sizes) - rank
    if not 0 <= before <= 2:
        raise XlconvError(
            f"an input of {_spell(sizes)} is not {rank}-D: give (*sizes) or (in_channels, *sizes)",
            parameter="size",
        )
    return Spatial(
        size=tuple(sizes[before:]),
        kernel_size=(),
        in_channels=sizes[before - 1] if before else None,
        batch=sizes[0] if before == 2 else None,
    )


def to_size(
    sizes: Sequence[int], kernel: Sequence[int] | None, output_size: Sequence[int], **read: Any
) -> Spatial:
    """What sizes of an input mean where the output's (*sizes) are known, one of them for all axes.

    >>> to_size([3, 6, 4], None, [12, 7]).size
    (6, 4)
    """
    if kernel is not None and len(kernel) > 1:
        return spatial(sizes, kernel, **read)
    rank = len(output_size) if len(output_size) > 1 else len(sizes)
    return replace(without_channels(sizes, rank), kernel_size=tuple(kernel or ()))


def _meanings(
    sizes: Sequence[int], kernel: Sequence[int], rank: int, layout: str, groups: int
) -> Iterator[Spatial]:
    """What they mean in so many dimensions, if anything."""
    before = len(sizes) - rank
    if not 0 <= before <= 2 or len(kernel) not in (rank, rank + 2):
        return
    batch = sizes[0] if before == 2 else None
    channels = sizes[before - 1] if before else None
    size = tuple(sizes[before:])
    if len(kernel) == rank:
        yield Spatial(size=size, kernel_size=tuple(kernel), in_channels=channels, batch=batch)
        return
    into, out, spans = _weight(kernel, layout, groups)
    if into == (channels or 1):
        if into % groups:
            raise XlconvError(
                f"groups must divide in_channels, got {groups} with {into}", parameter="groups"
            )
        yield Spatial(
            size=size,
            kernel_size=spans,
            in_channels=into,
            out_channels=out,
            batch=batch,
        )


def _weight(sizes: Sequence[int], layout: str, groups: int) -> tuple[int, int, tuple[int, ...]]:
    """in_channels, out_channels and kernel_sizes of a weight's sizes, wherever they stand in it."""
    known, shape = LAYOUTS[layout], tuple(sizes)
    channels = {"in": shape[known.channels[0]], "out": shape[known.channels[1]]}
    channels[known.divided] *= groups
    return channels["in"], channels["out"], kernel_size(shape, len(shape) - 2, layout)


def _spell(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes))
