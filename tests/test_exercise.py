"""What a lesson asks for is sliced as NumPy slices, or refused in one line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, basic_indices

from xlconv.errors import XlconvError
from xlconv.grid.marks import Block
from xlconv.grid.sheet import Sheet
from xlconv.lessons.asked import asked_cells
from xlconv.lessons.build import layer_lesson
from xlconv.lessons.drawing import draw
from xlconv.lessons.exercise import Exercise
from xlconv.lessons.lesson import Ask

from .layers import LAYERS

SHAPES = array_shapes(max_dims=4, max_side=5)


def block(shape: tuple[int, ...]) -> tuple[Sheet, Any]:
    """A sheet with one block, every number of which tells its row and column."""
    sheet, size = Sheet("S"), 1
    steps: list[tuple[int, int]] = []
    for n in reversed(shape):
        steps.insert(0, (size, 2 * size))
        size *= n
    cells = sheet.memory((1, 3), shape, steps=tuple(steps))
    numbers = np.arange(size, dtype=float).reshape(shape)
    cells.memory[...] = numbers
    sheet.blocks.append(Block("output", "output", cells))
    return sheet, numbers


def written(index: Any) -> str:
    """An index as one types it."""
    if isinstance(index, tuple):
        return ", ".join(map(written, index))
    if isinstance(index, slice):
        ends = ["" if end is None else str(end) for end in (index.start, index.stop)]
        return ":".join(ends if index.step is None else [*ends, str(index.step)])
    return "..." if index is ... else str(index)


@given(st.data())
def test_a_slice_is_the_one_of_numpy(data: st.DataObject) -> None:
    shape = data.draw(SHAPES)
    index = data.draw(basic_indices(shape, allow_newaxis=False).filter(lambda index: index != ()))
    items = index if isinstance(index, tuple) else (index,)
    assume(shape[0] > 1 or len(items) == len(shape) or ... in items)  # see the next test
    sheet, numbers = block(shape)
    wanted = np.asarray(numbers[index])
    asked = f"output[{written(index)}]"
    if not wanted.size:
        with pytest.raises(XlconvError, match="which has no cell"):
            asked_cells(sheet, asked)
        return
    _, cells = asked_cells(sheet, asked)
    np.testing.assert_array_equal(cells.memory, wanted)
    for place, number in np.ndenumerate(wanted):
        assert cells.cell(place) == (1 + number, 3 + 2 * number)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("1::2, :", np.s_[0, 1::2, :]),
        ("0, 1::2", np.s_[0, 0, 1::2]),
        ("-1", np.s_[0, -1]),
        ("0, 1::2, :", np.s_[0, 1::2, :]),
        ("..., 0", np.s_[..., 0]),
    ],
)
def test_a_block_of_one_channel_is_rows_and_columns(asked: str, wanted: Any) -> None:
    sheet, numbers = block((1, 6, 5))
    _, cells = asked_cells(sheet, f"output[{asked}]")
    np.testing.assert_array_equal(cells.memory, numbers[wanted])


@pytest.mark.parametrize(
    "asked, said",
    [
        ("outptu", 'asks for "outptu"; did you mean "output"?'),
        ("output[9]", 'asks for "output[9]": output has the sizes (1, 6, 6); write slices of it,'),
        ("output[0, 0, 0, 0]", "output has the sizes (1, 6, 6); write slices of it, such as"),
        ("output[..., ...]", "output has the sizes (1, 6, 6); write slices of it, such as"),
        ("output[::0]", "output has the sizes (1, 6, 6); write slices of it, such as"),
        ("output[None]", "output has the sizes (1, 6, 6); write slices of it, such as"),
        ("output[]", "output has the sizes (1, 6, 6); write slices of it, such as"),
        ("output[0", 'asks for "output[0"; did you mean "output"?'),
        ("output[1::2, :, :]", "which has no cell: output has the sizes (1, 6, 6)"),
        ("input[0]", "asks for input, which is given: ask for what follows from it"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(asked: str, said: str) -> None:
    sheet = draw(layer_lesson(LAYERS["plain"], ["collect"]), 0)
    with pytest.raises(XlconvError) as refused:
        Exercise(sheet, Ask((asked,)))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200
