"""Train the auto-encoder: a digit of 64 pixels through a code of nine numbers.

python -m training.auto_encoder
"""

from __future__ import annotations

from functools import partial

import torch

from training.digits import split
from training.fit import Tensors, begun, best, numbers, output, pictures, psnr, run
from training.networks import AUTO_ENCODER
from training.weights import rounded, save, scaled

MIDDLE = 2
"""The code is what the second layer gives."""
STRAY = 0.1
"""What a code costs that is no picture of 0 to 1: its cells are to look like pixels."""


def loss(tensors: Tensors, x: torch.Tensor) -> torch.Tensor:
    """How far the rebuilt pictures are off, and the code from what pixels may be."""
    code = run(AUTO_ENCODER[:MIDDLE], tensors, x)
    rebuilt = run(AUTO_ENCODER[MIDDLE:], tensors, code)
    return ((rebuilt - x) ** 2).mean() + STRAY * ((code - code.clamp(0, 1)) ** 2).mean()


if __name__ == "__main__":
    train, _, held, _ = split()
    x = pictures(train / 16)
    learnt = best(
        partial(begun, AUTO_ENCODER),
        lambda tensors, batch: loss(tensors, x[batch]),
        count=len(x),
        epochs=500,
        seeds=8,
    )
    shipped = rounded(scaled(AUTO_ENCODER, numbers(AUTO_ENCODER, learnt)))
    save("auto-encoder", shipped)
    made = output(AUTO_ENCODER, shipped, pictures(held))
    print(f"auto-encoder: {psnr(made[:, 0], held):.2f} dB on digits held out")
