"""Whole numbers as they are typed: digits and a minus, nothing that only Python reads as one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Ran

Run = Callable[..., Ran]
LAYER = ["layer", "--input", "4x4", "--weight", "3x3"]
SHAPE = ["shape", "--input", "4x4", "--kernel", "3"]
ODD = ["1_0", " 1", "1 ", "+1", "\u0661", "\uff11", "1.0", "1e1", "0b1", "", "1\n", "9" * 5000]


@pytest.mark.parametrize("told", ODD)
@pytest.mark.parametrize(
    ("command", "option"),
    [(LAYER, name) for name in ("--stride", "--padding", "--output-padding", "--output-size",
                                "--dilation", "--groups", "--seed", "--batch", "--rank")]
    + [(SHAPE, name) for name in ("--stride", "--padding", "--kernel", "--to", "--groups")],
)  # fmt: skip
def test_what_only_python_reads_as_a_number_is_refused(
    run: Run, command: list[str], option: str, told: str
) -> None:
    done = run(*command, option, told)
    assert done.code == 2
    assert f"invalid value for '{option}'" in done.err
    assert len(done.err) < 250


@pytest.mark.parametrize("told", ["1_0:1", "1:+1", "1:1:1", ":1", "1:", "1;1", "same,1"])
def test_pair_that_is_none_is_refused(run: Run, told: str) -> None:
    done = run(*LAYER, "--padding", told)
    assert (done.code, "is not like 1 or 2,1 or 1:2,0:1" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("option", "told", "said"),
    [
        ("--groups", "0", "--groups must be at least 1, got 0"),
        ("--groups", "-2", "--groups must be at least 1, got -2"),
        ("--groups", "9" * 50, "--groups must be a whole number up to 1000000000, got 9999"),
        ("--stride", "0", "--stride must be at least 1, got 0"),
        ("--rank", "4", "invalid value for '--rank': must be at most 3, got 4"),
        ("--batch", "-1", "invalid value for '--batch': must be at least 0, got -1"),
        ("--seed", "-1", "invalid value for '--seed': must be at least 0, got -1"),
    ],
)
def test_number_out_of_range_is_named(run: Run, option: str, told: str, said: str) -> None:
    done = run(*LAYER, option, told)
    assert (done.code, said in done.err) == (2, True)


@pytest.mark.parametrize(
    "options",
    [["--output-size", "9,7"], ["--chain", "k5s2p1x1x1x1"], ["--to", "9x9x9x9"]],
)
def test_shape_says_what_it_understood_only_where_that_goes(run: Run, options: list[str]) -> None:
    kernel = ["--kernel", "5"] * (options[0] == "--output-size")
    done = run("shape", "--input", "1x4x6", *kernel, *options)
    assert (done.code, done.err.count("\n"), "understood" in done.err) == (2, 1, False)
