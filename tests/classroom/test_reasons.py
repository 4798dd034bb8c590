"""Why numbers are wrong: each mistake made by hand, and named."""

from __future__ import annotations

import numpy as np
import pytest

from xlconv.classroom.answers import answers_of
from xlconv.classroom.reasons import MISTAKES, reasons
from xlconv.classroom.task import Task
from xlconv.layers.layer import Array, Layer

from .sheets import given_of, returned, task_of, truth_of

X, W = np.array([[3.0, 1], [2, 4]]), np.array([[1.0, 2, 3], [5, 4, 1], [2, 1, 2]])


def stamped(x: Array, w: Array, stride: int, padding: int, add: bool = True) -> Array:
    """The output by stamps, one after another; without `add` each covers those before it."""
    size = (len(x) - 1) * stride + len(w)
    y = np.zeros((size, size))
    for i, j in np.ndindex(x.shape):
        here = y[i * stride : i * stride + len(w), j * stride : j * stride + len(w)]
        here[...] = x[i, j] * w + (here if add else 0)
    return y[padding : size - padding, padding : size - padding]


def beside(y: Array, by: int, axis: int) -> Array:
    """Each row or column as the one so many before it; those that have none are others."""
    found = np.roll(y, by, axis)
    lost = [slice(None)] * 2
    lost[axis] = slice(0, by) if by > 0 else slice(by, None)
    found[tuple(lost)] += 50
    return found


Y = np.array([[3.0, 1, 2, 5], [2, 4, 1, 3], [5, 2, 3, 1], [1, 4, 2, 2]])

CASES: list[tuple[str, Array, int, int, Array]] = [
    ("fits_kernel_turned", X, 2, 0, stamped(X, W[::-1, ::-1], 2, 0)),
    ("fits_kernel_swapped", X, 2, 0, stamped(X, W.T, 2, 0)),
    ("fits_input_swapped", X, 2, 0, stamped(X.T, W, 2, 0)),
    ("fits_last_stamp", X, 2, 0, stamped(X, W, 2, 0, add=False)),
    ("fits_input_turned", X, 2, 0, stamped(X[::-1, ::-1], W, 2, 0)),
    ("fits_sign", X, 2, 0, -stamped(X, W, 2, 0)),
    ("fits_above", X, 2, 0, beside(stamped(X, W, 2, 0), 1, 0)),
    ("fits_below", X, 2, 0, beside(stamped(X, W, 2, 0), -1, 0)),
    ("fits_before", X, 2, 0, beside(stamped(X, W, 2, 0), 1, 1)),
    ("fits_after", X, 2, 0, beside(stamped(X, W, 2, 0), -1, 1)),
    ("fits_stride_1", X, 2, 1, stamped(X, W, 1, 1)),
    ("fits_no_crop", X, 2, 1, stamped(X, W, 2, 0)),
    ("fits_stride_and_padding", Y, 2, 1, stamped(Y, W, 1, 2)),
]


def found(task: Task, given: dict[str, Array], answers: list[object]) -> dict[int, str]:
    told = answers_of(task, given, returned(task, given, answers), None)
    wrong = [k for k in range(len(told.own)) if not told.is_same(k, told.truth[k])]
    return reasons(told, given, wrong)


@pytest.mark.parametrize(
    ("key", "x", "stride", "padding", "made"), CASES, ids=[c[0] for c in CASES]
)
def test_a_mistake_is_named(key: str, x: Array, stride: int, padding: int, made: Array) -> None:
    layer = Layer.of(x, W, stride=stride, padding=padding)
    task = task_of("collect", layer, ["output"])
    given = {"input": x, "kernel": W}
    size = len(stamped(x, W, stride, padding))
    other = np.full((size, size), 999.0)
    other[: len(made), : len(made)] = made[:size, :size]
    told = found(task, given, [*other.ravel()])
    assert len(told) >= 3
    assert {*told.values()} == {key}


def test_a_bias_that_was_forgotten_is_named() -> None:
    layer = Layer.of(X, W, stride=2, bias=[3])
    task, given = (
        task_of("collect", layer, ["output"]),
        {"input": X, "kernel": W, "bias": np.array([3.0])},
    )
    told = found(task, given, [*stamped(X, W, 2, 0).ravel()])
    assert len(told) == 25
    assert {*told.values()} == {"fits_no_bias"}


def test_every_reason_is_tried_here() -> None:
    assert {key for key, *_ in CASES} | {"fits_no_bias"} == MISTAKES.keys()


def test_two_cells_are_too_few() -> None:
    task, right = task_of("collect", Layer.of(X, W, stride=2), ["output"]), stamped(X, W, 2, 0)
    turned = stamped(X, W[::-1, ::-1], 2, 0)
    given = {"input": X, "kernel": W}
    apart = [k for k in range(25) if right.ravel()[k] != turned.ravel()[k]]
    for count, named in ((2, 0), (12, 12)):
        answers = [*right.ravel()]
        for k in apart[:count]:
            answers[k] = turned.ravel()[k]
        assert len(found(task, given, answers)) == named


def test_numbers_at_random_have_no_reason() -> None:
    task = task_of()
    for seed in range(30):
        given = given_of(task, seed)
        truth = truth_of(task, given)
        noise = np.random.default_rng(seed).integers(1, 30, len(truth))
        assert found(task, given, [*(truth + noise)]) == {}
