"""The view difference: a shift and a turn, typed in, make two outputs one in every program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from xlconv.errors import XlconvError
from xlconv.figures.sums import drawn
from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.layers.excerpt import excerpt
from xlconv.layers.layer import Layer
from xlconv.layers.rest import Rest
from xlconv.lessons.claims import check_claims
from xlconv.views.difference import difference

from .engines import formulon_engine, ironcalc_engine
from .engines.engine import Engine
from .pages import file, read, texts, turned

ENGINES: tuple[Engine, ...] = (ironcalc_engine, formulon_engine)

X, W = [[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]]
OURS = Layer.of(X, W, stride=2, padding=1, output_padding=1)
TENSORFLOW = [[3, 6, 12, 6], [0, 3, 0, 3], [7, 5, 16, 5], [0, 1, 0, 1]]
"""What TensorFlow gives for SAME; PyTorch, with padding 1 and output_padding 1, gives:"""
PYTORCH = [[3, 0, 3, 0], [5, 16, 5, 9], [1, 0, 1, 0], [1, 4, 1, 2]]


def shown(theirs: Any, layer: Layer = OURS, name: str = "difference") -> Sheet:
    sheet = drawn(
        lambda: Sheet(name, "difference", WORDS),
        lambda sheet: difference(sheet, layer, theirs=theirs),
    )
    check_claims(sheet)
    return sheet


def dialled(
    sheet: Sheet, engine: Engine, **dials: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Ours, the distance, and all that is said, with controls set by typing."""
    got = engine.recalculate(file(sheet), turned(sheet, dials))
    said = [str(text) for text in texts(got, sheet).values()]
    return read(got, sheet, "ours"), read(got, sheet, "distance"), said


@pytest.mark.parametrize("engine", ENGINES, ids=lambda e: e.name)
def test_shift_of_a_cell_makes_pytorchs_output_tensorflows(engine: Engine) -> None:
    sheet = shown(TENSORFLOW)
    ours, distance, said = dialled(sheet, engine)
    assert ours[0].tolist() == PYTORCH
    assert distance[0].tolist() == np.abs(np.subtract(TENSORFLOW, PYTORCH)).tolist()
    assert WORDS["far"] in said
    ours, distance, said = dialled(sheet, engine, shift_row=1, shift_column=1)
    assert ours[0].tolist() == TENSORFLOW
    assert not distance.any()
    assert WORDS["near"] in said


@pytest.mark.parametrize("engine", ENGINES, ids=lambda e: e.name)
def test_kernel_is_turned_along_each_axis_by_itself(engine: Engine) -> None:
    sheet = shown(PYTORCH)
    ours, _, _ = dialled(sheet, engine, turn_row=1)
    kernel = W[::-1]
    full = np.zeros((5, 5))
    for i, j in np.ndindex(2, 2):
        full[2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += X[i][j] * np.array(kernel)
    assert ours[0].tolist() == full[1:5, 1:5].tolist() != PYTORCH


@pytest.mark.parametrize("turn", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_kernel_of_an_excerpt_turns_in_the_channels_that_are_not_shown_too(
    turn: tuple[int, int],
) -> None:
    r = np.random.default_rng(3)
    x, w = r.integers(-4, 5, (3, 2, 2)).astype(float), r.integers(-3, 4, (3, 1, 3, 3)).astype(float)

    def stamped(channels: range, *turned: int) -> NDArray[np.float64]:
        full = np.zeros((5, 5))
        for c, i, j in ((c, *at) for c in channels for at in np.ndindex(2, 2)):
            kernel = np.flip(w[c, 0], tuple(axis for axis in (0, 1) if turned[axis]))
            full[2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += x[c, i, j] * kernel
        return full

    others = [[stamped(range(1, 3), *n)] for n in ((0, 0), (0, 1), (1, 0), (1, 1))]
    geometry = Layer.of(x[:1], w[:1], stride=2, padding=1, output_padding=1)
    part = replace(geometry, rest=Rest(np.array(others[0]), 2, False))
    listed = [[channel.tolist() for channel in each] for each in others[1:]]
    sheet = drawn(
        lambda: Sheet("difference", "difference", WORDS),
        lambda sheet: difference(sheet, part, others=listed),
    )
    check_claims(sheet)
    ours, _, _ = dialled(sheet, ironcalc_engine, turn_row=turn[0], turn_column=turn[1])
    assert ours[0].tolist() == stamped(range(3), *turn)[1:, 1:].tolist()


def test_channels_of_an_excerpt_are_called_as_in_the_whole_layer() -> None:
    whole = Layer.of(np.ones((2, 2, 2)), np.ones((2, 3, 2, 2)), stride=2)
    part = excerpt(whole, [1], [0, 2])
    sheet = drawn(
        lambda: Sheet("difference", "difference", WORDS),
        lambda sheet: difference(sheet, part, others=np.ones((3, 2, 4, 4)).tolist()),
    )
    told = [str(cell.value) for cell in sheet.cells() if cell.role == "note"]
    called = [word for word in told if "channel" in word or "w[" in word]
    # ours, theirs, how far apart, what acts of the rest, uncropped, the rest; its three turns
    once = [f"turned {turn}, channel {o}" for turn in ("0, 1", "1, 0", "1, 1") for o in (0, 2)]
    assert {word: called.count(word) for word in called} == {
        **dict.fromkeys(["channel 0", "channel 2"], 6),
        **dict.fromkeys(["w[1,0]", "w[1,2]"], 2),
        **dict.fromkeys(["channel 1", *once], 1),
    }


def test_excerpt_without_what_its_others_bring_turned_is_refused() -> None:
    part = replace(OURS, rest=Rest(np.zeros((1, 5, 5)), 2, False))
    with pytest.raises(XlconvError, match="xlconv compare -o makes them"):
        shown(PYTORCH, part)


def test_cells_beyond_the_uncropped_output_are_the_bias_alone() -> None:
    sheet = shown(None, Layer.of(X, W, stride=2, bias=[7]))
    ours, _, _ = dialled(sheet, ironcalc_engine, shift_row=3)
    assert ours[0, :3].tolist() == [[7] * 5] * 3
    assert ours[0, 3].tolist() == [10, 13, 19, 13, 16]


def test_shift_that_is_no_whole_number_is_said() -> None:
    _, _, said = dialled(shown(PYTORCH), ironcalc_engine, shift_row=0.5)
    assert WORDS["shift_wrong"] in said


def test_difference_of_one_in_float16_is_none_and_one_in_a_hundred_is() -> None:
    for noise, word in ((2e-4, "near"), (1e-2, "far")):
        theirs = np.array(PYTORCH) + noise * np.max(PYTORCH) * np.resize([1, -1], (4, 4))
        assert WORDS[word] in dialled(shown(theirs.tolist()), ironcalc_engine)[2]


@pytest.mark.parametrize("theirs", [[[[1.0]], [[2.0]]], [1.0, 2.0], "theirs.npy"])
def test_output_of_other_channels_or_axes_is_refused(theirs: Any) -> None:
    with pytest.raises(XlconvError, match="theirs must be"):
        shown(theirs)
