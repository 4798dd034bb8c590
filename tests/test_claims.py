"""Claims: held against the model as exactly as the terms of its sums allow, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from xlconv.errors import BugError, XlconvError
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.claims import check_claims

VIEWS = (
    "why", "distribute", "collect", "gniddap", "sedirts", "channels", "matrix", "phases",
    "upsampling", "output_padding", "frameworks", "checkerboard",
)  # fmt: skip

PRESSURE = np.linspace(101325.1, 101399.3, 30).reshape(5, 6)
"""Ordinary numbers whose differences lose what their sums were rounded by."""


def claimed(layer: Layer, off: float) -> Sheet:
    """A sheet whose output is off the exact sum, made in Python's own arithmetic."""
    sheet = Sheet("One")
    (x,), (w,) = layer.input.tolist(), layer.weight[0].tolist()
    terms = [[a * w[0][0] for a in row] for row in x]
    content = [[[value + off for value in row] for row in terms]]
    sheet.block(
        "y",
        (1, 1),
        np.shape(content),
        role="output",
        content=content,
        claim=("conv_transpose", layer),
    )
    return sheet


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("numbers", "kernel"),
    [
        (PRESSURE, [[0.1, -0.1], [-0.1, 0.1]]),
        ([[1e16, 1], [1, 1e16]], [[1, -1], [1, 1]]),
        ([[1e16, 1], [1, 3]], [[0.1, -0.1], [-0.1, 0.1]]),
        ([[1e160, 1], [1, 3.3e160]], [[0.1, 0.7], [1.3, 1]]),
        ([[5e-324, 1e-310], [1e-320, 3e-310]], [[0.3, 0.7], [0.1, 0.9]]),
    ],
)
def test_ordinary_numbers_of_every_size_are_built(
    view: str, numbers: list[list[float]], kernel: list[list[float]]
) -> None:
    assert build(Layer.of(numbers, kernel), views=[view]).to_bytes()


@pytest.mark.parametrize("view", VIEWS)
def test_sums_that_no_cell_holds_are_refused_in_one_line(view: str) -> None:
    layer = Layer.of([[1e300, 1], [1, 1e300]], [[1e300, 1], [1.0, 1]])
    with pytest.raises(XlconvError, match=r"pass 1\.8e\+308, the largest .*: use smaller") as told:
        build(layer, views=[view])
    assert not isinstance(told.value, BugError)


def test_difference_is_judged_by_the_size_of_the_terms() -> None:
    layer = Layer.of(PRESSURE, [[0.1]])
    check_claims(claimed(layer, 0.0))
    check_claims(claimed(layer, 1.8e-12))  # from 10132.5 to the next number
    with pytest.raises(BugError, match="please report it with the command and its input"):
        check_claims(claimed(layer, 1e-8))


def test_whole_numbers_are_exact_however_large() -> None:
    layer = Layer.of([[2.0**40, 1]], [[2.0]])
    check_claims(claimed(layer, 0.0))
    with pytest.raises(BugError):
        check_claims(claimed(layer, 2.0**-11))


def test_fault_of_the_program_has_an_exit_code_of_its_own() -> None:
    # EX_SOFTWARE of sysexits.h
    assert BugError("x").exit_code == 70
