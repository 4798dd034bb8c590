"""Why numbers are wrong: what a known mistake would give, held against what stands there.

A mistake is a change of what is given, of the layer, or of what is read off, and the model says
what comes of it. It is named where more than two cells fit it and no other mistake, and it
explains half of what is wrong where it would change anything: a few of many fit by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from xlconv.classroom.answers import Answers
from xlconv.classroom.task import Given, Task
from xlconv.errors import XlconvError
from xlconv.grid.marks import Block
from xlconv.grid.values import Values
from xlconv.layers.geometry import Axis
from xlconv.layers.layer import Array, Layer
from xlconv.layers.model import output
from xlconv.lessons.exercise import Numbers

LEAST = 3
"""Cells that fit a mistake and no other, so that it is named."""

ARRAYS = {"input": "input", "kernel": "weight", "bias": "bias"}
"""The blocks that hold a layer's numbers, and what the layer calls them."""

Mistake = Callable[[Task, Given], Numbers]
"""What would stand in each blank; NaN where it says nothing."""


def reasons(answers: Answers, given: Given, wrong: list[int]) -> dict[int, str]:
    """Which mistake fits some of the blanks that are wrong, by its key among the words."""
    if len(wrong) < LEAST:
        return {}
    task = answers.task
    would = {key: mistake(task, given) for key, mistake in MISTAKES.items()}
    task.truth(given)
    fits = {key: _fitting(answers, wrong, numbers) for key, numbers in would.items()}
    alone = {
        key: cells - set().union(*(other for name, other in fits.items() if name != key))
        for key, cells in fits.items()
    }
    found: dict[int, str] = {}
    for key in sorted(fits, key=lambda key: len(alone[key])):
        if len(alone[key]) >= LEAST:
            found |= dict.fromkeys(fits[key], key)
    return found


def _fitting(answers: Answers, wrong: list[int], would: Numbers) -> set[int]:
    """The blanks that hold what a mistake gives; none where they are few of those that it tells."""
    told = [k for k in wrong if np.isfinite(would[k]) and would[k] != answers.truth[k]]
    fits = {k for k in told if answers.is_same(k, would[k])}
    return fits if 2 * len(fits) >= len(told) else set()


def given_changed(name: str, change: Callable[[Values], Values]) -> Mistake:
    """What comes of other numbers in a block that is given."""

    def wrong(task: Task, given: Given) -> Numbers:
        if name not in given:
            return nothing(task)
        shaped = np.reshape(given[name], task.exercise.givens[name].shape)
        return task.truth({**given, name: change(shaped)})

    return wrong


def turned(channels: int) -> Callable[[Values], Values]:
    """Half a turn of the last two axes, or of one where there is no other behind the channels'.

    >>> turned(1)(np.arange(4).reshape(1, 2, 2)).tolist(), turned(2)(np.array([[[1, 2]]])).tolist()
    ([[[3, 2], [1, 0]]], [[[2, 1]]])
    """
    return lambda array: np.flip(array, tuple(range(channels, array.ndim))[-2:])


def swapped(array: Values) -> Values:
    """Rows as columns, where there are as many."""
    square = array.ndim > 1 and array.shape[-1] == array.shape[-2]
    return array.swapaxes(-1, -2) if square else array


def beside(down: int, across: int) -> Mistake:
    """The numbers of the cells beside, in the same block."""

    def wrong(task: Task, given: Given) -> Numbers:
        task.truth(given)
        asked = set(task.exercise.blanks.values())
        values = {
            (block.name, block.cells.cell(index)): float(block.cells.memory[index])
            for block in task.exercise.sheet.blocks
            if block.name in asked
            for index in np.ndindex(block.cells.shape)
        }
        return np.array(
            [
                values.get((name, (row + down, column + across)), np.nan)
                for (row, column), name in task.exercise.blanks.items()
            ]
        )

    return wrong


def output_changed(change: Callable[[Layer], Array]) -> Mistake:
    """What another way to the output gives, in the blocks that are the layer's output."""

    def wrong(task: Task, given: Given) -> Numbers:
        found = nothing(task)
        for block, layer in _outputs(task, given):
            try:
                other = change(layer)
            except XlconvError:  # there is no such layer
                continue
            for index in np.ndindex(block.cells.shape):
                blank = task.numbers.get(block.cells.cell(index))
                if blank is not None and all(np.less(index, other.shape)):
                    found[blank] = other[index]
        return found

    return wrong


def _outputs(task: Task, given: Given) -> Iterator[tuple[Block, Layer]]:
    """The blocks that are a layer's output, with the layer of these numbers."""
    for block in task.exercise.sheet.blocks:
        match block.claim:
            case ("conv_transpose", Layer() as layer):
                own = {
                    array: np.reshape(given[name], getattr(layer, array).shape)
                    for name, array in ARRAYS.items()
                    if name in given and getattr(layer, array) is not None
                }
                yield block, replace(layer, **own)  # type: ignore[arg-type]


def other_axes(change: Callable[[Axis], Axis]) -> Callable[[Layer], Array]:
    """What a layer with other parameters gives, as far as both outputs reach."""

    def changed(layer: Layer) -> Array:
        axes = tuple(change(axis) for axis in layer.geometry.axes)
        if axes == layer.geometry.axes:
            return np.empty((0,) * (len(axes) + 1))
        return output(replace(layer, geometry=replace(layer.geometry, axes=axes)))

    return changed


def stride_and_padding_swapped(axis: Axis) -> Axis:
    begin = axis.padding[0]
    return replace(axis, stride=max(1, begin), padding=(axis.stride, axis.stride))


def last_stamp(layer: Layer) -> Array:
    """The output where a stamp covers those before it, and nothing is added up."""
    found = np.zeros(layer.geometry.output_shape)
    for at in np.ndindex(layer.input.shape):
        one = np.zeros_like(layer.input)
        one[at] = 1
        reached = output(replace(layer, input=one, weight=np.ones_like(layer.weight), bias=None))
        stamp = output(replace(layer, input=np.where(one, layer.input, 0), bias=None))
        found = np.where(reached > 0, stamp, found)
    return found


def nothing(task: Task) -> Numbers:
    return np.full(len(task.exercise.places), np.nan)


MISTAKES: dict[str, Mistake] = {
    "fits_kernel_turned": given_changed("kernel", turned(2)),
    "fits_kernel_swapped": given_changed("kernel", swapped),
    "fits_input_swapped": given_changed("input", swapped),
    "fits_input_turned": given_changed("input", turned(1)),
    "fits_no_bias": given_changed("bias", np.zeros_like),
    "fits_sign": given_changed("input", np.negative),
    "fits_stride_and_padding": output_changed(other_axes(stride_and_padding_swapped)),
    "fits_stride_1": output_changed(other_axes(lambda axis: replace(axis, stride=1))),
    "fits_no_crop": output_changed(other_axes(lambda axis: replace(axis, padding=(0, 0)))),
    "fits_last_stamp": output_changed(last_stamp),
    "fits_above": beside(-1, 0),
    "fits_below": beside(1, 0),
    "fits_before": beside(0, -1),
    "fits_after": beside(0, 1),
}
"""What may have happened, by the words that a student reads."""
