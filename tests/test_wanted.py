"""What is wanted of a layer goes one way, from the option or the key to the axes, and once."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from xlconv.cli.commands import cli
from xlconv.frameworks import output_sizes as sizing
from xlconv.frameworks import resolve as resolving
from xlconv.frameworks.wanted import Wanted
from xlconv.layers import given
from xlconv.layers.geometry import Axis
from xlconv.lessons.read import ARRAYS, LAYER_KEYS, MODEL, PART, REST, SCALING

NAMES = [field.name for field in fields(Wanted)]


def counting(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, seen: Counter[str]) -> None:
    original = getattr(place, name)

    def counted(*args: Any, **options: Any) -> Any:
        seen[name] += 1
        return original(*args, **options)

    monkeypatch.setattr(place, name, counted)


@pytest.mark.parametrize("command", ["layer", "code"])
def test_every_word_is_an_option_and_a_key_of_a_lesson_file(command: str) -> None:
    options = {param.name for param in cli.every()[command].params}
    assert {name for name in NAMES if (command, name) != ("code", "then")} <= options
    assert LAYER_KEYS.keys() == {*NAMES, *ARRAYS, *SCALING, *MODEL, *PART, *REST, "seed"}


def test_axes_are_made_and_parameters_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    counting(monkeypatch, resolving, "spread", seen)
    made = Axis.__post_init__
    axes: list[Axis] = []

    def recorded(axis: Axis) -> None:
        axes.append(axis)
        made(axis)

    monkeypatch.setattr(Axis, "__post_init__", recorded)
    wanted = Wanted(stride=2, padding=[1, (0, 1)])
    resolving.wanted_layer(np.ones((4, 4)), np.ones((3, 3)), None, wanted)
    assert (len(axes), seen["spread"]) == (2, 2)


def test_numbers_are_not_copied_again() -> None:
    x, w, b = np.ones((2, 4, 4)), np.ones((2, 1, 3, 3)), np.ones(1)
    layer = resolving.wanted_layer(x, w, b, Wanted())
    assert layer.bias is not None
    for kept, own in ((layer.input, x), (layer.weight, w), (layer.bias, b)):
        assert np.shares_memory(kept, own)


def test_arrays_that_a_user_gives_are_copied() -> None:
    x = np.ones((4, 4))
    assert not np.shares_memory(resolving.resolve(x, np.ones((3, 3))).input, x)
    assert not np.shares_memory(given.numbers("input", x), x)


def test_sizes_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    counting(monkeypatch, sizing, "ask", seen)
    sizing.sizes(size=[4, 4], kernel_size=3, stride=2)
    assert seen["ask"] == 1
