"""Model files that were changed at random: each is read, or refused in a line, and soon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlconv.errors import UnreadableError, XlconvError
from xlconv.models.content import told_of
from xlconv.models.model import read_model
from xlconv.models.words import explain

from . import model_files as files
from .alone import alone
from .model_files import BIAS, WEIGHT

W = WEIGHT.astype("<f4")
ARRAYS: dict[str, Any] = {"up.weight": W, "up.bias": BIAS.astype("<f4")}
MAKERS: dict[str, Callable[[Path], Any]] = {
    "m.safetensors": lambda path: files.safetensors(path, ARRAYS),
    "m.onnx": files.conv_transpose,
    "m.pt": lambda path: files.checkpoint(path, ARRAYS),
    "m.tflite": lambda path: files.tflite(path, W, (np.ones(3), np.zeros(3), 0)),
    "m.npz": lambda path: np.savez(path, **ARRAYS),
    "m.keras": files.keras,
    "m.h5": files.h5,
}


def changed(data: bytes, dice: np.random.Generator) -> bytes:
    """A file with some bytes changed, or a part cut out, doubled, or its end cut off."""
    at = int(dice.integers(len(data)))
    length = int(dice.integers(1, 64))
    way = int(dice.integers(5))
    if way == 0:
        return data[:at]
    if way == 1:
        return data[:at] + data[at + length :]
    if way == 2:
        return data[:at] + data[at : at + length] * 2 + data[at + length :]
    wild = bytearray(data)
    for place in dice.integers(0, min(len(data), 4096 if way == 3 else len(data)), 1 + length // 8):
        wild[int(place)] = int(dice.choice([0, 1, 127, 128, 255, int(dice.integers(256))]))
    return bytes(wild)


def attempt(path: Path) -> None:
    """Read all that a command would; only an XlconvError may come out, in one line."""
    try:
        model = read_model(path)
        assert explain(model)
        with told_of(path):
            for layer in model.layers:
                layer.weights()
                layer.biases()
    except XlconvError as error:
        assert "\n" not in str(error) and "fault of xlconv" not in str(error)


def fuzz(folder: Path, name: str, times: int) -> None:
    path = folder / name
    MAKERS[name](path)
    data = path.read_bytes()
    for seed in range(times):
        path.unlink()  # what is mapped is never changed under a reader
        path.write_bytes(changed(data, np.random.default_rng([seed, len(name)])))
        attempt(path)


@pytest.mark.parametrize("size", [-2, 1 << 30])
def test_weight_of_a_shape_that_no_array_has_is_damage(tmp_path: Path, size: int) -> None:
    path = files.tflite(tmp_path / "m.tflite", W.transpose(1, 2, 3, 0))
    shape, wild = (np.array(s, "<i4").tobytes() for s in ((2, 4, 4, 3), (size,) * 4))
    path.write_bytes(path.read_bytes().replace(shape, wild))
    with pytest.raises(UnreadableError, match="is damaged, or cut short"):
        read_model(path)


@pytest.mark.parametrize("name", MAKERS)
def test_changed_files(tmp_path: Path, name: str) -> None:
    fuzz(tmp_path, name, 12)


@pytest.mark.prove
@pytest.mark.parametrize("name", MAKERS)
def test_a_thousand_changed_files(tmp_path: Path, name: str) -> None:
    assert alone(fuzz, tmp_path, name, 1000 // len(MAKERS) + 1) < 1 << 30


def test_long_header_is_refused_unread(tmp_path: Path) -> None:
    length = 11 << 20
    path = tmp_path / "m.safetensors"
    path.write_bytes(length.to_bytes(8, "little") + b"{}".ljust(length))
    with pytest.raises(UnreadableError, match="has a header of more than 10 MB"):
        read_model(path)
