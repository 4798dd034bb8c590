"""Gradient descent on any of the networks, in PyTorch, with one thread and a fixed seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.networks import Layer, Network
from training.weights import WHITEST, Weights

BATCH = 128
RATE = 0.01

torch.set_num_threads(1)

Tensors = dict[str, torch.Tensor]
OPERATIONS = {"conv": functional.conv2d, "conv_transpose": functional.conv_transpose2d}
Begin = Callable[[int], Tensors]
"""From a seed to the numbers that are to be learnt."""
Loss = Callable[[Tensors, torch.Tensor], torch.Tensor]
"""Of the numbers, and of the samples of a batch."""
THEN = {"relu": torch.relu, "sigmoid": torch.sigmoid, None: lambda sums: sums}


def pictures(values: NDArray[np.generic]) -> torch.Tensor:
    """Maps of one channel, as float32."""
    return torch.tensor(values.astype(np.float32))[:, None]


def begun(network: Network, seed: int) -> Tensors:
    """Weights and biases by chance, smaller where more products are summed."""
    torch.manual_seed(seed)
    drawn: Tensors = {}
    for layer in network:
        bound = layer.fan_in**-0.5
        drawn[f"{layer.name}.weight"] = drawn_evenly(layer.weight_shape, bound)
        drawn[f"{layer.name}.bias"] = drawn_evenly(layer.channels[1:], bound)
    return drawn


def drawn_evenly(shape: tuple[int, ...], bound: float) -> torch.Tensor:
    """Numbers to learn, each as likely as another between -bound and bound."""
    return torch.empty(shape).uniform_(-bound, bound).requires_grad_()


def run(network: Network, tensors: Tensors, x: torch.Tensor) -> torch.Tensor:
    """What the last layer gives."""
    maps: Tensors = {}
    for layer in network:
        taken = torch.cat([maps[name] for name in layer.sources], 1) if layer.sources else x
        x = maps[layer.name] = _applied(layer, tensors, taken)
    return x


def _applied(layer: Layer, tensors: Tensors, x: torch.Tensor) -> torch.Tensor:
    sums = OPERATIONS[layer.kind](
        x,
        tensors[f"{layer.name}.weight"],
        tensors[f"{layer.name}.bias"],
        stride=layer.stride,
        padding=layer.padding,
    )
    return THEN[layer.then](sums)


def best(begin: Begin, loss: Loss, count: int, epochs: int, seeds: int) -> Tensors:
    """The best of several beginnings, by its loss over all that it learnt from."""
    every = torch.arange(count)
    ends = []
    for seed in range(seeds):
        tensors = begin(seed)
        _descend(tensors, loss, count, epochs)
        with torch.no_grad():
            ends.append((float(loss(tensors, every)), tensors))
        print(f"beginning {seed}: loss {ends[-1][0]:.5f}", flush=True)
    return min(ends, key=lambda end: end[0])[1]


def _descend(tensors: Tensors, loss: Loss, count: int, epochs: int) -> None:
    """Adam in batches, its rate up and down once."""
    adam = torch.optim.Adam(tensors.values(), lr=RATE)
    steps = epochs * -(-count // BATCH)
    rate = torch.optim.lr_scheduler.OneCycleLR(adam, RATE, total_steps=steps)
    for _ in range(epochs):
        for batch in torch.randperm(count).split(BATCH):
            value = loss(tensors, batch)
            adam.zero_grad()
            value.backward()
            adam.step()
            rate.step()


def numbers(network: Network, tensors: Tensors) -> Weights:
    """The network's own tensors as NumPy arrays."""
    names = {layer.name for layer in network}
    return {
        name: tensor.detach().numpy().astype(np.float64)
        for name, tensor in tensors.items()
        if name.rpartition(".")[0] in names
    }


def output(network: Network, weights: Weights, x: torch.Tensor) -> NDArray[np.float64]:
    """What the network gives with the rounded weights."""
    tensors = {name: torch.tensor(values) for name, values in weights.items()}
    result: NDArray[np.float64] = run(network, tensors, x.double()).numpy()
    return result


def psnr(found: NDArray[np.float64], truth: NDArray[np.uint8]) -> float:
    """Of pictures of 0 to 16, in dB."""
    return float(10 * np.log10(WHITEST**2 / np.mean((found - truth) ** 2)))
