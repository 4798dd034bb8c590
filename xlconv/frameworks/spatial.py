"""The spatial sizes that an input's and a kernel's sizes give, and what of them is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlconv.errors import XlconvError
from xlconv.frameworks.layouts import LAYOUTS, in_channels, kernel_size
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis
from xlconv.layers.given import whole
from xlconv.layers.ranks import FIRST, LAST, NONE, RANKS, Reading, Shapes, input_layouts
from xlconv.layers.summary import explain, head, not_default
from xlconv.text import spelt


@frozen(kw_only=True)
class Spatial:
    """The spatial sizes of a layer, and what was left out of them.

    kernel_size   as it was given, if it is one number for all axes
    in_channels   None if the input has no axis for them
    out_channels  None if the kernel has none
    note          how the sizes were read, where they are not plain
    """

    size: tuple[int, ...]
    kernel_size: tuple[int, ...] = ()
    in_channels: int | None = None
    out_channels: int | None = None
    note: str = ""

    def explain(
        self, output_size: Sequence[int], axes: Sequence[Axis] = (), groups: int = 1
    ) -> str:
        """What was understood, in the line that a layer has; nothing where it goes without saying.

        >>> spatial([3, 4, 5], [3, 2, 7, 7]).explain([10, 11])
        '2-D, 3 → 2 channels, 4x5 → 10x11'
        """
        counts = [n for n in (self.in_channels, self.out_channels) if n is not None]
        if not counts and not self.note:
            return ""
        if self.out_channels is not None and self.in_channels is None:
            counts.insert(0, 1)
        words = head(len(self.size), " → ".join(map(str, counts)), self.size, output_size)
        return explain(words | (not_default(axes, groups) if axes else {}), self.note)


def spatial(
    sizes: Sequence[int],
    kernel: Sequence[int],
    *,
    layout: str = "pytorch",
    groups: int = 1,
    rank: int | None = None,
    batch: int | None = None,
    input_layout: str | None = None,
) -> Spatial:
    """What sizes of an input and of a kernel mean together, as `ranks` reads their axes.

    sizes   (*sizes), with channels and a batch as an input has them
    kernel  one number for all axes, all of them spatial unless the rank says otherwise;
            (*kernel_sizes), for any channels; or a whole weight's sizes, as the layout has them

    Raises XlconvError where nothing fits, or more than one meaning does.

    >>> spatial([4, 4], [3]).size, spatial([2, 4, 4], [3, 3]).size
    ((4, 4), (4, 4))
    """
    groups, shape = whole("groups", groups, least=1), tuple(sizes)
    channels = batch is not None or input_layout is not None
    spans = _spans(shape, tuple(kernel), rank, channels=channels)
    reading = Shapes(
        shape,
        spans,
        in_channels(spans, layout, groups),
        groups=groups,
        layouts=input_layouts(input_layout, LAYOUTS[layout].inputs),
        batch=batch,
        rank=rank,
        sizes_only=True,
    ).reading()
    if not reading.alone:
        return _with_channels(reading, shape, spans, layout, groups)
    read = _read(reading, shape)
    note = _one_for_three(shape, spans) if len(kernel) == 1 and reading.rank == 3 else ""
    return replace(read, kernel_size=spans, note=read.note or note)


def _spans(
    shape: tuple[int, ...], kernel: tuple[int, ...], rank: int | None, channels: bool
) -> tuple[int, ...]:
    """The kernel's sizes: one number is that of every axis, unless some are told to be channels."""
    if len(kernel) > 1:
        return kernel
    if len(shape) > max(RANKS) and rank is None:
        raise XlconvError(
            f"kernel_size must be one an axis for an input of {spelt(shape)}, got {spelt(kernel)}:"
            " or name the rank",
            parameter="kernel_size",
        )
    return kernel * (rank or (1 if channels or len(shape) not in RANKS else len(shape)))


def _with_channels(
    reading: Reading, shape: tuple[int, ...], spans: tuple[int, ...], layout: str, groups: int
) -> Spatial:
    """The sizes of an input and of a whole weight, whose channels must be the same."""
    into, known = in_channels(spans, layout, groups), LAYOUTS[layout]
    if reading.channels(shape) != into:
        raise XlconvError(
            f"an input of {spelt(shape)} with a kernel of {spelt(spans)} is no layer: the input is"
            " (*sizes) or (in_channels, *sizes), the kernel (*kernel_sizes), or"
            f" {known.axes} with the input's channels",
            parameter="kernel_size",
        )
    if into % groups:
        raise XlconvError(
            f"groups must divide in_channels, got {groups} with {into}", parameter="groups"
        )
    return replace(
        _read(reading, shape),
        kernel_size=kernel_size(spans, reading.rank, layout),
        in_channels=into,
        out_channels=spans[known.channels[1]] * (groups if known.divided == "out" else 1),
    )


def without_channels(
    sizes: Sequence[int], rank: int, *, batch: int | None = None, input_layout: str | None = None
) -> Spatial:
    """The spatial sizes of an input of a rank that is known.

    >>> without_channels([512, 500], 1).explain([1000])
    '1-D, 512 channels, 500 → 1000'
    """
    shape, before = tuple(sizes), len(sizes) - rank
    if not 0 <= before <= 2:
        raise XlconvError(
            f"an input of {spelt(shape)} is not {rank}-D: give (*sizes) or (in_channels, *sizes)",
            parameter="size",
        )
    layouts = input_layouts(input_layout, (FIRST,))
    shapes = Shapes(
        shape, shape[before:], 1, layouts=layouts, batch=batch, rank=rank, sizes_only=True
    )
    return _read(shapes.reading(), shape)


def to_size(
    sizes: Sequence[int],
    kernel: Sequence[int] | None,
    output_size: Sequence[int],
    *,
    rank: int | None = None,
    batch: int | None = None,
    input_layout: str | None = None,
) -> Spatial:
    """What sizes of an input mean where the output's (*sizes) are known, one of them for all axes.

    >>> to_size([3, 6, 4], None, [12, 7]).size
    (6, 4)
    """
    if kernel is not None and len(kernel) > 1:
        return spatial(sizes, kernel, rank=rank, batch=batch, input_layout=input_layout)
    known = len(output_size) if len(output_size) > 1 else rank or len(sizes)
    read = without_channels(sizes, known, batch=batch, input_layout=input_layout)
    return replace(read, kernel_size=tuple(kernel or ()))


def _read(reading: Reading, shape: tuple[int, ...]) -> Spatial:
    """The sizes of an input that is read so."""
    notes = ["channels last"] if reading.layout == LAST else []
    notes += [f"a batch of {shape[0]} left out"] * reading.batched
    return Spatial(
        size=reading.sizes(shape),
        in_channels=None if reading.layout == NONE else reading.channels(shape),
        note=", ".join(notes),
    )


def _one_for_three(shape: tuple[int, ...], spans: tuple[int, ...]) -> str:
    if len(shape) > 3:
        return ""
    return (
        f"one kernel size for every axis: for {shape[0]} channels of {spelt(shape[1:])} the kernel"
        f" is {spelt(spans[:2])}"
    )
