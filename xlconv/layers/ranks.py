"""What the axes of an input and a weight are: a batch, channels, and how many are spatial."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import KW_ONLY

import numpy as np
from numpy.typing import NDArray

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.text import counted, spelt

RANKS = (1, 2, 3)
INPUT_LAYOUTS = ("channels-first", "channels-last")
FIRST, LAST = INPUT_LAYOUTS
NONE = ""
"""The layout of an input that has no channels."""


@frozen
class Reading:
    """One way to read the axes of an input and a weight.

    rank     spatial axes
    batched  whether the input's first axis is a batch
    layout   where the input's channels are; NONE where it has none
    alone    whether the weight is a kernel without channels
    """

    rank: int
    batched: bool
    layout: str
    alone: bool

    def channels(self, shape: tuple[int, ...]) -> int:
        """The channels of an input of this shape."""
        if self.layout == NONE:
            return 1
        return shape[-1 if self.layout == LAST else int(self.batched)]

    def sizes(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The spatial sizes of an input of this shape."""
        one = shape[int(self.batched) :]
        return {NONE: one, FIRST: one[1:], LAST: one[:-1]}[self.layout]

    def sample(self, x: NDArray[np.float64], batch: int | None) -> NDArray[np.float64]:
        """The input as (in_channels, *sizes): one sample, its channels first."""
        one = x[int(batch or 0)] if self.batched else x
        if self.layout == NONE:
            return one[np.newaxis]
        return np.moveaxis(one, -1, 0) if self.layout == LAST else one

    def channelled(
        self, x: NDArray[np.float64], w: NDArray[np.float64], groups: int, batch: int | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], str]:
        """One sample, channels first, the weight with its own, and a note of what was read."""
        sample, kernel = self.sample(x, batch), w.reshape((1, 1, *w.shape)) if self.alone else w
        return sample, self.served(kernel, groups, len(sample)), self.note(x.shape, batch)

    def served(self, w: NDArray[np.float64], groups: int, channels: int) -> NDArray[np.float64]:
        """A weight whose one kernel, if it came alone, is that of as many groups as channels."""
        each = self.alone and groups == channels
        return np.broadcast_to(w, (groups, *w.shape[1:])) if each else w

    def note(self, shape: tuple[int, ...], batch: int | None) -> str:
        """What goes without saying in a plain input, in words; nothing for a plain one."""
        notes = ["channels last"] if self.layout == LAST else []
        return ", ".join(notes + [f"sample {batch or 0} of a batch of {shape[0]}"] * self.batched)

    def says(self, shape: tuple[int, ...]) -> str:
        """The reading in words, for who has to choose.

        >>> Reading(1, True, FIRST, False).says((2, 4, 6))
        '1-D with a batch of 2 and 4 channels first'
        """
        parts = [f"a batch of {shape[0]}"] * self.batched
        if self.layout != NONE:
            where = self.layout.removeprefix("channels-")
            parts.append(f"{counted(self.channels(shape), 'channel')} {where}")
        return f"{self.rank}-D with {' and '.join(parts) or 'no channels'}"


@frozen
class Shapes:
    """The shapes of an input and of a weight, and what is said of their axes.

    in_channels  those that the weight is for, if it has channels
    groups       as many channels are served by one kernel without channels
    layouts      where the input's channels may be
    batch        the sample of a batch that is meant; None where nobody says that there is one
    rank         the spatial axes; None where nobody says how many
    values       how many values, one an axis, the parameters have
    sizes_only   whether there are no numbers: then a kernel without channels goes with any, and
                 of a batch no sample is taken
    """

    input: tuple[int, ...]
    weight: tuple[int, ...]
    in_channels: int
    _: KW_ONLY
    groups: int = 1
    layouts: Collection[str] = (FIRST,)
    batch: int | None = None
    rank: int | None = None
    values: Collection[int] = ()
    sizes_only: bool = False

    def reading(self) -> Reading:
        """The one way to read the axes.

        The channels must be the weight's. A batch of one needs no word: between it and a volume
        with a kernel without channels it is the batch, as the frameworks have one always. Where
        the channels never fit, the plainest reading is given.

        Raises XlconvError where several readings fit, or none does, with the way out.

        >>> Shapes((1, 4, 6), (4, 2, 4), 4).reading()
        Reading(rank=1, batched=True, layout='channels-first', alone=False)
        """
        _check(self.batch, self.rank)
        possible = self._possible()
        said = [r for r in possible if r.layout in (NONE, *self.layouts)]
        if not said:
            raise _impossible(len(self.input), len(self.weight), self.batch, self.rank)
        fitting = [r for r in said if self._fits(r)]
        fitting = [r for r in fitting if r.batched and self.input[0] == 1] or fitting
        if len(fitting) > 1:
            raise _ambiguous(fitting, self.input, self.weight)
        others = [r.layout for r in possible if not r.alone and self._fits(r)]
        if not fitting and others:
            where = others[0].removeprefix("channels-")
            raise XlconvError(
                f"input of {spelt(self.input)} has the weight's"
                f" {counted(self.in_channels, 'channel')} {where}: name the input layout,"
                f" {others[0]}",
                parameter="input",
            )
        reading = (fitting or said)[0]
        if reading.batched and not self.sizes_only:
            _check_sample(self.batch, self.input)
        return reading

    def _possible(self) -> list[Reading]:
        """The readings of as many axes, the plainest first, that nothing said speaks against."""
        possible = [
            Reading(rank, batched, layout, len(self.weight) == rank)
            for rank in RANKS
            for batched in (False, True)
            for layout in (NONE, *INPUT_LAYOUTS)
            if len(self.input) == rank + batched + (layout != NONE)
            and len(self.weight) in (rank, rank + 2)
            and self.rank in (None, rank)
            and (batched is (self.batch is not None) or self._has_both(batched, layout))
        ]
        return [r for r in possible if r.rank in self.values] or possible

    def _has_both(self, batched: bool, layout: str) -> bool:
        """Whether there is a batch that nobody speaks of, with channels: the frameworks' way."""
        return self.batch is None and batched and layout != NONE

    def _fits(self, reading: Reading) -> bool:
        if reading.alone and self.sizes_only:
            return True
        fitting = (1, self.groups) if reading.alone else (self.in_channels,)
        return reading.channels(self.input) in fitting


def lengths(*parameters: object) -> set[int]:
    """How many values the parameters have that have one an axis."""
    listed = (p.tolist() if isinstance(p, np.ndarray) else p for p in parameters)
    return {len(p) for p in listed if isinstance(p, Sequence) and not isinstance(p, str)} - {1}


def input_layouts(named: str | None, default: Collection[str] = (FIRST,)) -> Collection[str]:
    """Where an input's channels may be: where it is named, else as by default.

    Raises XlconvError for a name that is none.
    """
    if named is not None and named not in INPUT_LAYOUTS:
        raise XlconvError(
            f'input_layout must be {" or ".join(INPUT_LAYOUTS)}, got "{named}"',
            parameter="input_layout",
        )
    return default if named is None else (named,)


def _check(batch: int | None, rank: int | None) -> None:
    if rank is not None and rank not in RANKS:
        raise XlconvError(f"rank must be 1, 2 or 3, got {rank!r:.40}", parameter="rank")
    if batch is not None and (not isinstance(batch, int | np.integer) or batch < 0):
        raise XlconvError(
            f"batch must be a sample's number, from 0, got {batch!r:.40}", parameter="batch"
        )


def _check_sample(batch: int | None, shape: tuple[int, ...]) -> None:
    last = shape[0] - 1
    if batch is None and last:
        raise XlconvError(
            f"input of {spelt(shape)} is a batch of {shape[0]}: name the sample, batch 0 to {last}",
            parameter="input",
        )
    if batch is not None and batch > last:
        raise XlconvError(
            f"batch must be a sample of the {shape[0]} in it, 0 to {last}, got {batch}",
            parameter="batch",
        )


def _ambiguous(
    readings: Sequence[Reading], shape: tuple[int, ...], weight_shape: tuple[int, ...]
) -> XlconvError:
    ways = []
    if len({r.rank for r in readings}) > 1:
        ways += [f"rank {r.rank}" for r in readings if not r.batched]
    if len({r.batched for r in readings}) > 1:
        ways.append(f"batch 0 to {shape[0] - 1}")
    if len({r.layout for r in readings} - {NONE}) > 1:
        ways.append(f"the input layout, {' or '.join(INPUT_LAYOUTS)}")
    return XlconvError(
        f"input of {spelt(shape)} and weight of {spelt(weight_shape)} fit as"
        f" {', or '.join(r.says(shape) for r in readings)}: name {', or '.join(ways)}",
        parameter="input",
    )


def _impossible(
    input_axes: int, weight_axes: int, batch: int | None, rank: int | None
) -> XlconvError:
    ranks = [rank for rank in RANKS if weight_axes in (rank, rank + 2)]
    if ranks and not 1 <= input_axes <= max(ranks) + 2:
        return XlconvError(
            f"input must have {min(ranks)} to {max(ranks) + 2} axes with a weight of {weight_axes},"
            f" got {input_axes}: it is (in_channels, *sizes) or (*sizes), a batch first where there"
            " is one",
            parameter="input",
        )
    axes = "axis" if input_axes == 1 else "axes"
    got = f"got an input of {input_axes} {axes} and a weight of {weight_axes}"
    if batch is not None:
        return XlconvError(
            f"batch is for an input (batch, in_channels, *sizes) or (batch, *sizes), {got}",
            parameter="batch",
        )
    if rank is not None:
        return XlconvError(
            f"rank {rank} is an input (in_channels, *sizes) or (*sizes) with"
            f" {counted(rank, 'size')} and a weight with as many, {got}",
            parameter="rank",
        )
    return XlconvError(
        f"input and weight must have 1 to 3 spatial axes in common, {got}: an input is"
        " (in_channels, *sizes) or (*sizes), a batch first where there is one, a weight"
        " (in_channels, out_channels // groups, *kernel_sizes) or (*kernel_sizes)",
        parameter="weight",
    )
