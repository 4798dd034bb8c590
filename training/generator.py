"""Train the generator: four numbers become a digit. It is the second half of a variational
auto-encoder, whose first half finds the four numbers of a picture and is not kept.

python -m training.generator
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from training.digits import keep_held_out, split
from training.fit import Tensors, begun, best, drawn_evenly, numbers, output, pictures, psnr, run
from training.networks import GENERATOR
from training.weights import rounded, save

CODE = 4
HIDDEN = 64
PULL = 0.4
"""How much codes are drawn towards 0, and so towards one another."""


def begun_with_encoder(seed: int) -> Tensors:
    """The generator, and before it two layers that look at all pixels."""
    tensors = begun(GENERATOR, seed)
    for name, taken, given in (("Look 1", 64, HIDDEN), ("Look 2", HIDDEN, 2 * CODE)):
        bound = taken**-0.5
        tensors[f"{name}.weight"] = drawn_evenly((given, taken), bound)
        tensors[f"{name}.bias"] = drawn_evenly((given,), bound)
    return tensors


def looked_at(tensors: Tensors, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The code of each picture: its middle, and the logarithm of how far it may be off, squared."""
    hidden = torch.relu(x.flatten(1) @ tensors["Look 1.weight"].T + tensors["Look 1.bias"])
    both = hidden @ tensors["Look 2.weight"].T + tensors["Look 2.bias"]
    return both[:, :CODE], both[:, CODE:]


def drawn(tensors: Tensors, code: torch.Tensor) -> torch.Tensor:
    """The picture of each code."""
    return run(GENERATOR, tensors, code[:, :, None, None])


def loss(tensors: Tensors, x: torch.Tensor) -> torch.Tensor:
    """How far the pictures of blurred codes are off, and codes from a normal distribution."""
    middle, spread = looked_at(tensors, x)
    code = middle + torch.randn_like(middle) * (spread / 2).exp()
    pull = (middle**2 + spread.exp() - spread - 1).sum(1) / 2
    return ((drawn(tensors, code) - x) ** 2).sum((1, 2, 3)).mean() + PULL * pull.mean()


def rightly_drawn(
    made: NDArray[np.float64],
    classes: NDArray[np.uint8],
    known: NDArray[np.uint8],
    known_classes: NDArray[np.uint8],
) -> float:
    """The share of pictures that look most like a known one of the class that was meant."""
    apart = made.reshape(len(made), 1, -1) - known.reshape(1, len(known), -1) / 16
    return float(np.mean(known_classes[(apart**2).sum(2).argmin(1)] == classes))


if __name__ == "__main__":
    train, train_classes, held, classes = split()
    x = pictures(train / 16)
    learnt = best(
        begun_with_encoder,
        lambda tensors, batch: loss(tensors, x[batch]),
        count=len(x),
        epochs=300,
        seeds=4,
    )
    shipped = rounded(numbers(GENERATOR, learnt))
    save("generator", shipped)
    with torch.no_grad():
        codes = looked_at(learnt, pictures(held / 16))[0].numpy().astype(np.float64).round(2)
    keep_held_out(held, classes, codes)
    made = output(GENERATOR, shipped, torch.tensor(codes)[:, :, None, None])[:, 0]
    right = rightly_drawn(made, classes, train, train_classes)
    print(f"generator: {right:.1%} of the codes of digits held out give the right digit")
    print(f"generator: {psnr(made * 16, held):.2f} dB")
