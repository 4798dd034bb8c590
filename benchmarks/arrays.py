"""Write input, weight and output of 256x128x4x4, its kernels not turned: python arrays.py FOLDER"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from xlconv.layers.layer import Layer
from xlconv.layers.model import conv_transpose


def main(folder: Path) -> None:
    numbers = np.random.default_rng(0)
    x, w = numbers.standard_normal((256, 16, 16)), numbers.standard_normal((256, 128, 4, 4))
    y = conv_transpose(Layer.of(x, w[:, :, ::-1, ::-1], stride=2, padding=1))
    for name, array in {"input": x, "weight": w, "output": y}.items():
        np.save(folder / f"{name}.npy", array)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
