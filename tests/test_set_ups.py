"""The set-ups in training/*.toml, for lessons to use, and what is said of them there."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.networks import (
    AUTO_ENCODER,
    COARSE_SEGMENTATION,
    GENERATOR,
    PLAIN_SEGMENTATION,
    SEGMENTATION,
    SUPER_RESOLUTION,
    Layer,
)

from .by_definition import Array, convolved, larger, run, smaller, stamped
from .test_quality import CLASSES, DIGITS, psnr, shipped

TRAINING = Path(__file__).parents[1] / "training"


def read(name: str) -> Any:
    return tomllib.loads((TRAINING / name).read_text(encoding="utf-8"))


STACKING, LEARNING = (read("learning.toml")[name] for name in ("stacking", "learning"))
SHOWN, SCENES = (read("digits.toml")[name] for name in ("digit", "scene"))
PICTURES: Array = np.array([digit["picture"] for digit in SHOWN], np.float64)


def maps(rows: object) -> Array:
    """One map of one sample, or one kernel."""
    return np.array(rows, np.float64)[None, None]


# digits


def test_ten_digits_are_held_out_ones_of_each_class() -> None:
    assert [digit["class"] for digit in SHOWN] == list(range(10))
    for digit, picture in zip(SHOWN, PICTURES, strict=True):
        assert (DIGITS[digit["class"] == CLASSES] == picture).all((1, 2)).any()


@pytest.mark.parametrize("number", range(10))
def test_each_digit_is_rebuilt_and_enlarged_better_than_by_any_rule(number: int) -> None:
    picture = PICTURES[number : number + 1]
    rebuilt = run(AUTO_ENCODER, shipped("auto-encoder"), picture[:, None])[:, 0]
    small = smaller(picture, 4)
    enlarged = run(SUPER_RESOLUTION, shipped("super-resolution"), small[:, None])[:, 0]
    for way in ("nearest", "bilinear", "bicubic"):
        assert psnr(rebuilt, picture) > psnr(larger(smaller(picture, 3), 8, way), picture)
        assert psnr(enlarged, picture) > psnr(larger(small, 8, way), picture)


def test_the_generator_draws_each_digit_for_its_code() -> None:
    codes = np.array([digit["code"] for digit in SHOWN])[:, :, None, None]
    drawn = run(GENERATOR, shipped("generator"), codes)
    apart = ((drawn - PICTURES[None] / 16) ** 2).sum((2, 3))
    assert apart.argmin(1).tolist() == list(range(10))


@pytest.mark.parametrize("number", range(3))
def test_scenes_show_what_a_decoder_and_a_skip_are_for(number: int) -> None:
    picture, truth = maps(SCENES[number]["picture"]), np.array(SCENES[number]["classes"])
    assert picture.shape == (1, 1, 16, 16)
    assert set(np.unique(picture)) <= set(range(17))
    assert len(np.unique(truth)) == 3
    scores = [
        larger(run(COARSE_SEGMENTATION, shipped("segmentation-coarse"), picture), 16, "bilinear"),
        run(PLAIN_SEGMENTATION, shipped("segmentation-plain"), picture),
        run(SEGMENTATION, shipped("segmentation"), picture),
    ]
    coarse, plain, skipping = (float(np.mean(s[0].argmax(0) == truth)) for s in scores)
    assert coarse < 0.85 < plain < skipping - 0.06


# checkerboards


def ripples(larger_map: Callable[[Array], Array]) -> list[float]:
    x, seen = maps(STACKING["input"]), []
    for cut in STACKING["inside"]:
        x = larger_map(x)
        inside = x[0, 0, cut:-cut, cut:-cut]
        seen.append(float(inside.std() / inside.mean()))
    return seen


@pytest.mark.parametrize("kernel", STACKING["kernel"], ids=lambda kernel: str(kernel["name"]))
def test_stacked_layers_ripple_as_is_said(kernel: dict[str, Any]) -> None:
    weight, size = maps(kernel["weight"]), len(kernel["weight"])
    layer = Layer("", "conv_transpose", (1, 1), size, stride=2)
    extra = kernel["output_padding"]

    def twice(x: Array) -> Array:
        whole = np.pad(stamped(x, weight, layer), ((0, 0), (0, 0), (0, extra), (0, extra)))
        return whole[:, :, 1:-1, 1:-1]

    assert ripples(twice) == pytest.approx(kernel["ripple"], abs=0.0005)


def test_resized_and_convolved_maps_do_not_ripple() -> None:
    weight, layer = maps(STACKING["resize"]["weight"]), Layer("", "conv", (1, 1), 3, padding=1)
    assert ripples(lambda x: convolved(x.repeat(2, 2).repeat(2, 3), weight, layer)) == [0, 0, 0]


# learning

X, TARGET = maps(LEARNING["input"]), maps(LEARNING["target"])
LAYER = Layer("", "conv_transpose", (1, 1), 4, LEARNING["stride"], LEARNING["padding"])
WANTED = stamped(X, TARGET, LAYER)


def loss(kernel: Array) -> float:
    return float(np.mean((stamped(X, kernel, LAYER) - WANTED) ** 2))


def gradient(kernel: Array) -> Array:
    """The convolution of the errors with the input as a kernel of dilation 2."""
    errors = np.pad((stamped(X, kernel, LAYER) - WANTED)[0, 0], 1)
    taps = [
        [(errors[u : u + 9 : 2, v : v + 9 : 2] * X[0, 0]).sum() for v in range(4)] for u in range(4)
    ]
    return maps(taps) * 2 / WANTED.size


def losses(rate: float) -> list[float]:
    kernel, seen = np.zeros_like(TARGET), []
    for _ in range(LEARNING["steps"]):
        seen.append(loss(kernel))
        kernel = kernel - rate * gradient(kernel)
    return seen


def test_gradient_is_what_finite_differences_give() -> None:
    kernel = np.arange(16.0).reshape(TARGET.shape) / 16
    for u, v in product(range(4), repeat=2):
        nudge = np.zeros_like(kernel)
        nudge[0, 0, u, v] = 1e-4
        slope = (loss(kernel + nudge) - loss(kernel - nudge)) / 2e-4
        assert gradient(kernel)[0, 0, u, v] == pytest.approx(slope, rel=1e-6)


def test_one_rate_learns_and_a_larger_one_diverges() -> None:
    for said in (LEARNING, LEARNING["too_large"]):
        seen = losses(said["rate"])
        assert [seen[0], seen[-1]] == pytest.approx(said["losses"], rel=0.001)
        falling = [after < before for before, after in pairwise(seen)]
        assert set(falling) == {said is LEARNING}
