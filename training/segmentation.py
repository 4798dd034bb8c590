"""Train the segmentation: which digit each pixel belongs to, with a skip, without one, and
with scores that no decoder makes large.

python -m training.segmentation
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, interpolate

from training.digits import split
from training.fit import begun, best, numbers, output, pictures, run
from training.networks import COARSE_SEGMENTATION, PLAIN_SEGMENTATION, SEGMENTATION, Network
from training.scenes import DIGITS, scenes
from training.weights import rounded, save, scaled


def intersection_over_union(found: NDArray[np.int64], truth: NDArray[np.int64]) -> float:
    """Pixels where both say a class, of those where one does: the mean over the classes."""
    return float(
        np.mean(
            [
                np.sum((found == kind) & (truth == kind))
                / np.sum((found == kind) | (truth == kind))
                for kind in range(len(DIGITS) + 1)
            ]
        )
    )


def as_they_are(scores: torch.Tensor) -> torch.Tensor:
    """Scores that a decoder made as large as the picture."""
    return scores


def enlarged(scores: torch.Tensor) -> torch.Tensor:
    """Scores made as large by bilinear interpolation, which learns nothing."""
    return interpolate(scores, scale_factor=4, mode="bilinear", align_corners=False)


def train(network: Network, name: str, then: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """Learn from 3,000 scenes of digits to train on; save; say how well it does on others."""
    images, classes, held, held_classes = split()
    shown, truth = scenes(images, classes, 3000, seed=1)
    x, wanted = pictures(shown / 16), torch.tensor(truth)
    learnt = best(
        partial(begun, network),
        lambda tensors, batch: cross_entropy(then(run(network, tensors, x[batch])), wanted[batch]),
        count=len(x),
        epochs=100,
        seeds=6,
    )
    shipped = rounded(scaled(network, numbers(network, learnt)))
    save(name, shipped)
    shown, truth = scenes(held, held_classes, 300, seed=2)
    found = then(torch.tensor(output(network, shipped, pictures(shown)))).argmax(1).numpy()
    print(f"{name}: IoU {intersection_over_union(found, truth):.3f} on scenes of digits held out")


if __name__ == "__main__":
    train(SEGMENTATION, "segmentation", as_they_are)
    train(PLAIN_SEGMENTATION, "segmentation-plain", as_they_are)
    train(COARSE_SEGMENTATION, "segmentation-coarse", enlarged)
