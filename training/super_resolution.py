"""Train the super-resolution: from means of 2 x 2 pixels back to the digit.

python -m training.super_resolution
"""

from __future__ import annotations

from functools import partial

from torch.nn.functional import avg_pool2d

from training.digits import split
from training.fit import begun, best, numbers, output, pictures, psnr, run
from training.networks import SUPER_RESOLUTION
from training.weights import rounded, save, scaled

if __name__ == "__main__":
    train, _, held, _ = split()
    high = pictures(train / 16)
    low = avg_pool2d(high, 2)
    learnt = best(
        partial(begun, SUPER_RESOLUTION),
        lambda tensors, batch: (
            (run(SUPER_RESOLUTION, tensors, low[batch]) - high[batch]) ** 2
        ).mean(),
        count=len(high),
        epochs=200,
        seeds=4,
    )
    shipped = rounded(scaled(SUPER_RESOLUTION, numbers(SUPER_RESOLUTION, learnt)))
    save("super-resolution", shipped)
    enlarged = output(SUPER_RESOLUTION, shipped, avg_pool2d(pictures(held), 2))
    print(f"super-resolution: {psnr(enlarged[:, 0], held):.2f} dB on digits held out")
