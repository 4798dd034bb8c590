"""What the shipped weights are worth: on digits that were held out, in NumPy, by the definitions.

The ways to enlarge a picture that need no weights are the rivals, from the same few pixels.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from numpy.typing import NDArray

from training.networks import (
    AUTO_ENCODER,
    COARSE_SEGMENTATION,
    GENERATOR,
    PLAIN_SEGMENTATION,
    SEGMENTATION,
    SUPER_RESOLUTION,
    Network,
)
from training.scenes import scenes

from .by_definition import WAYS, Array, Weights, larger, run, smaller

ROOT = Path(__file__).parents[1]
NETWORKS = {
    "auto-encoder": AUTO_ENCODER,
    "super-resolution": SUPER_RESOLUTION,
    "segmentation": SEGMENTATION,
    "segmentation-plain": PLAIN_SEGMENTATION,
    "segmentation-coarse": COARSE_SEGMENTATION,
    "generator": GENERATOR,
}
PARAMETERS = {
    "auto-encoder": 142,
    "super-resolution": 209,
    "segmentation": 1368,
    "segmentation-plain": 1112,
    "segmentation-coarse": 372,
    "generator": 649,
}

with np.load(ROOT / "tests" / "data" / "digits.npz") as held_out:
    DIGITS: Array = held_out["images"].astype(np.float64)
    CLASSES: NDArray[np.uint8] = held_out["classes"]
    CODES: Array = held_out["codes"]


def shipped(name: str) -> dict[str, Array]:
    with np.load(ROOT / "templates" / "weights" / f"{name}.npz") as arrays:
        return dict(arrays)


def psnr(found: Array, truth: Array) -> float:
    """In dB, of pictures of 0 to 16."""
    return float(10 * np.log10(16**2 / np.mean((found - truth) ** 2)))


def overlap(found: NDArray[np.int64], truth: NDArray[np.int64]) -> float:
    """Intersection over union, the mean over the four classes."""
    both = [np.sum((found == n) & (truth == n)) for n in range(4)]
    either = [np.sum((found == n) | (truth == n)) for n in range(4)]
    return float(np.mean(np.divide(both, either)))


def rebuilt(weights: Weights) -> float:
    return psnr(run(AUTO_ENCODER, weights, DIGITS[:, None])[:, 0], DIGITS)


def enlarged(weights: Weights) -> float:
    return psnr(run(SUPER_RESOLUTION, weights, smaller(DIGITS, 4)[:, None])[:, 0], DIGITS)


SCENES, TRUTH = scenes(DIGITS.astype(np.uint8), CLASSES, 300, seed=2)


def told(network: Network) -> Callable[[Weights], float]:
    return lambda weights: overlap(
        run(network, weights, SCENES[:, None].astype(np.float64)).argmax(1), TRUTH
    )


def told_by_enlarged_scores(weights: Weights) -> float:
    scores = run(COARSE_SEGMENTATION, weights, SCENES[:, None].astype(np.float64))
    return overlap(larger(scores, 16, "bilinear").argmax(1), TRUTH)


def rightly_drawn(weights: Weights) -> float:
    """The share of pictures that are most like another held-out digit of the class that is meant.

    Not like the very digit that the code was found from: that one is left out.
    """
    made = run(GENERATOR, weights, CODES[:, :, None, None]).reshape(len(CODES), -1)
    apart = ((made[:, None] - DIGITS.reshape(len(DIGITS), -1)[None] / 16) ** 2).sum(2)
    np.fill_diagonal(apart, np.inf)
    return float(np.mean(CLASSES[apart.argmin(1)] == CLASSES))


QUALITY: dict[str, tuple[Callable[[Weights], float], float]] = {
    "auto-encoder": (rebuilt, 14.5),
    "super-resolution": (enlarged, 15.0),
    "segmentation": (told(SEGMENTATION), 0.82),
    "segmentation-plain": (told(PLAIN_SEGMENTATION), 0.7),
    "segmentation-coarse": (told_by_enlarged_scores, 0.39),
    "generator": (rightly_drawn, 0.85),
}
"""What is measured of the weights, and what it is at least."""


@pytest.mark.parametrize("name", QUALITY)
def test_weights_are_worth_what_is_said(name: str) -> None:
    measured, least = QUALITY[name]
    assert measured(shipped(name)) >= least


def test_any_four_numbers_draw_something_like_a_digit() -> None:
    """Hardly further from the nearest digit than digits are from one another."""
    codes = np.random.default_rng(0).normal(size=(400, 4, 1, 1))
    drawn = run(GENERATOR, shipped("generator"), codes).reshape(len(codes), -1)
    digits = DIGITS.reshape(len(DIGITS), -1) / 16
    among = ((digits[:, None] - digits[None]) ** 2).sum(2)
    np.fill_diagonal(among, np.inf)
    apart = ((drawn[:, None] - digits[None]) ** 2).sum(2)
    assert apart.min(1).mean() < 1.3 * among.min(1).mean()


@pytest.mark.parametrize("name", QUALITY)
def test_weights_of_less_worth_are_seen(name: str) -> None:
    """No layer is without effect: turned by half a turn, the kernels of any one spoil it."""
    measured, least = QUALITY[name]
    for layer in NETWORKS[name]:
        if layer.kernel > 1:
            key = f"{layer.name}.weight"
            weights = shipped(name)
            weights[key] = weights[key][:, :, ::-1, ::-1]
            assert measured(weights) < least, key


@pytest.mark.parametrize("name", NETWORKS)
def test_weights_fit_the_layers_and_have_three_decimals(name: str) -> None:
    weights = shipped(name)
    expected: dict[str, tuple[int, ...]]
    expected = {f"{layer.name}.weight": layer.weight_shape for layer in NETWORKS[name]}
    expected |= {f"{layer.name}.bias": layer.channels[1:] for layer in NETWORKS[name]}
    assert {key: values.shape for key, values in weights.items()} == expected
    assert {values.dtype for values in weights.values()} == {np.dtype(np.float64)}
    assert sum(values.size for values in weights.values()) == PARAMETERS[name]
    for values in weights.values():
        assert np.array_equal(values, np.round(values, 3))


SHOWN = {
    ("auto-encoder", "digits"): "auto-encoder",
    ("super-resolution", "digits"): "super-resolution",
    ("generator", "digits"): "generator",
    ("segmentation", "skip"): "segmentation",
    ("segmentation", "plain"): "segmentation-plain",
    ("segmentation", "coarse"): "segmentation-coarse",
}
"""Each network of a lesson, and whose weights it has."""

ENLARGED = {
    "name": "Enlarge",
    "kind": "upsample",
    "scale_factor": 4,
    "mode": "bilinear",
}
"""What follows the scores of the coarse network, which are measured when they are enlarged."""


@pytest.mark.parametrize("lesson", sorted({lesson for lesson, _ in SHOWN}))
def test_every_network_of_a_lesson_is_measured(lesson: str) -> None:
    assert read(lesson).keys() == {name for its, name in SHOWN if its == lesson}


@pytest.mark.parametrize(("lesson", "name"), SHOWN)
def test_a_lesson_shows_the_layers_and_the_weights_that_are_measured(
    lesson: str, name: str
) -> None:
    """Read from its file alone; what a layer does not say is as PyTorch has it."""
    network, measured = read(lesson)[name], SHOWN[lesson, name]
    assert network["weights"] == f"weights/{measured}.npz"
    told, layers = network["layer"], NETWORKS[measured]
    if measured == "segmentation-coarse":
        assert told.pop() == ENLARGED
    assert len(told) == len(layers)
    for said, layer in zip(told, layers, strict=True):
        given = {"stride": 1, "padding": 0, "then": None, "from": list(layer.sources), **said}
        assert given == {
            "name": layer.name,
            "kind": layer.kind,
            "stride": layer.stride,
            "padding": layer.padding,
            "then": layer.then,
            "from": list(layer.sources),
        }


def test_the_main_lesson_shows_the_decoder_of_the_auto_encoder() -> None:
    layers = read("transposed-convolutions")["decoder"]["layer"]
    weights = shipped("auto-encoder")
    for told, whole in zip(layers, read("auto-encoder")["digits"]["layer"][2:], strict=True):
        for key in ("weight", "bias"):
            assert (told.pop(key) == weights[f"{told['name']}.{key}"]).all()
        assert told == whole


def read(lesson: str) -> dict[str, dict[str, Any]]:
    """The networks of a lesson's file."""
    told = tomllib.loads((ROOT / "templates" / f"{lesson}.toml").read_text(encoding="utf-8"))
    networks: dict[str, dict[str, Any]] = told["network"]
    return networks


@pytest.mark.parametrize("name", NETWORKS)
def test_files_of_weights_tell_no_time(name: str) -> None:
    """So that the same weights are the same bytes, whenever they are saved."""
    with ZipFile(ROOT / "templates" / "weights" / f"{name}.npz") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("size", "figures"),
    [
        (3, {"nearest": 10.194, "bilinear": 10.628, "bicubic": 11.089}),
        (4, {"nearest": 13.043, "bilinear": 12.738, "bicubic": 13.256}),
    ],
)
def test_rivals_are_pytorchs_and_worse(size: int, figures: Mapping[str, float]) -> None:
    """The figures are of torch.nn.functional: adaptive_avg_pool2d, then interpolate (the nearest
    is nearest-exact)."""
    learnt = (
        rebuilt(shipped("auto-encoder")) if size == 3 else enlarged(shipped("super-resolution"))
    )
    small = smaller(DIGITS, size)
    rivals = {way: psnr(larger(small, 8, way), DIGITS) for way in WAYS}
    assert rivals == pytest.approx(figures, abs=0.001)
    assert max(rivals.values()) < learnt


def test_a_decoder_does_what_enlarging_scores_cannot_and_a_skip_does_more() -> None:
    """The rivals: learnt 4 x 4 scores enlarged, and the true shares of 4 x 4 squares enlarged."""
    shares = smaller(np.equal(TRUTH[:, None], np.arange(4)[:, None, None]).astype(np.float64), 4)
    known = [overlap(larger(shares, 16, way).argmax(1), TRUTH) for way in WAYS]
    coarse, plain, skipping = (
        QUALITY[name][0](shipped(name))
        for name in ("segmentation-coarse", "segmentation-plain", "segmentation")
    )
    assert max(coarse, *known) < plain - 0.3
    assert plain < skipping - 0.1
