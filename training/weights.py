"""Learnt numbers as they are shipped: made to take pictures of 0 to 16, rounded, and saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.networks import Network

FOLDER = Path(__file__).parents[1] / "templates" / "weights"
DECIMALS = 3
WHITEST = 16

Weights = dict[str, NDArray[np.float64]]


def scaled(network: Network, weights: Weights) -> Weights:
    """The same network for pictures of 0 to 16 that was learnt with 0 to 1.

    A ReLU of numbers 16 times as large is 16 times as large: only the biases grow with them.
    """
    larger = {f"{layer.name}.bias" for layer in network}
    return {name: values * (WHITEST if name in larger else 1) for name, values in weights.items()}


def rounded(weights: Weights) -> Weights:
    """To as many decimals as a cell shows; 0 has no sign."""
    return {name: np.round(values, DECIMALS) + 0.0 for name, values in weights.items()}


def save(name: str, weights: Weights) -> None:
    """NumPy writes a fixed date, so that the same numbers are the same bytes."""
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(FOLDER / f"{name}.npz", allow_pickle=False, **weights)
