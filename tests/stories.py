"""The files of the stories that docs/engineers.md tells: python -m tests.stories FOLDER

Each other program's output is stamped by a loop over the definition here.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from .model_files import checkpoint, conv_transpose, tflite

R = np.random.default_rng(21)


def stamped(x: np.ndarray, w: np.ndarray, stride: int = 2) -> np.ndarray:
    """The uncropped output: each input stamps the whole kernel (in, out, kh, kw)."""
    (rows, columns), (kh, kw) = x.shape[1:], w.shape[2:]
    y = np.zeros((w.shape[1], (rows - 1) * stride + kh, (columns - 1) * stride + kw))
    for i, j in np.ndindex(rows, columns):
        place = np.s_[:, stride * i : stride * i + kh, stride * j : stride * j + kw]
        y[place] += np.tensordot(x[:, i, j], w, 1)
    return y


def ported(folder: Path) -> None:
    """A state_dict that came from Keras, and what Keras gives: "same" crops 1 begin, 2 end."""
    x, w = R.standard_normal((6, 5, 6)), R.standard_normal((6, 2, 5, 5)) / 10
    bias = np.array([0.25, -0.5])
    tensors = {"down1.weight": R.standard_normal((6, 3, 3, 3)), "up1.weight": w, "up1.bias": bias}
    checkpoint(folder / "unet.pth", {name: a.astype(np.float32) for name, a in tensors.items()})
    y = stamped(x, w.astype(np.float32))[:, 1:-2, 1:-2] + bias[:, None, None]
    np.save(folder / "x.npy", x)
    np.save(folder / "keras.npy", np.moveaxis(y, 0, -1).astype(np.float32))


def quantised(folder: Path) -> None:
    """An int8 kernel with a scale for each output channel, of which the other takes the first."""
    x, scales = R.standard_normal((3, 3, 8)), np.array([0.02, 0.01, 0.04, 0.005])
    q = R.integers(-127, 128, (4, 2, 2, 8)).astype(np.int8)
    tflite(folder / "segment.tflite", q, (scales, np.zeros(4, np.int64), 0))
    weight = scales[0] * np.transpose(q, (3, 0, 1, 2)).astype(np.float64)
    np.save(folder / "acts.npy", x[None])
    y = stamped(np.moveaxis(x, -1, 0), weight)
    np.save(folder / "engine.npy", np.moveaxis(y, 0, -1).astype(np.float32))


def detector(folder: Path) -> None:
    """A detector's last layer; the other runtime fills what output_padding uncovers with zeros."""
    x, w = R.standard_normal((24, 6, 6)), R.standard_normal((24, 1, 3, 3)) / 5
    conv_transpose(
        folder / "det.onnx",
        w,
        None,
        name="p2o.ConvTranspose.2",
        strides=[2, 2],
        pads=[1, 1, 1, 1],
        output_padding=[1, 1],
    )
    y = np.maximum(stamped(x, w.astype(np.float32).astype(np.float64))[:, 1:, 1:], 0)
    y[:, -1] = y[:, :, -1] = 0
    np.save(folder / "det-x.npy", x[None])
    np.save(folder / "runtime.npy", y[None].astype(np.float32))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for make in (ported, quantised, detector):
        make(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
