"""The names of the frameworks and of what they differ in, read before NumPy is: start-up counts.

What they mean stands in the tables of these names: in conventions, layouts and programs.
"""

from __future__ import annotations

FRAMEWORKS = {
    "pytorch": "PyTorch",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "jax": "JAX",
    "flax": "Flax",
    "onnx": "ONNX",
    "mxnet": "MXNet Gluon",
    "numpy": "NumPy",
}
"""What a layer is written as a program of, and how that is called on a sheet."""

CONVENTIONS = tuple(name for name in FRAMEWORKS if name not in ("flax", "numpy"))
"""Those that have words of their own for a transposed convolution: Flax's are JAX's."""

OWN = "xlconv"
"""The convention where none is named."""

PADDINGS = ("same", "same_upper", "same_lower", "valid", "notset")
"""Every padding that some framework has as a word, in small letters."""

LAYOUTS = (
    "pytorch",
    "onnx",
    "mxnet",
    "keras",
    "tensorflow",
    "jax",
    "jax-transposed",
    "tflite",
    "oihw",
)
"""The orders of a weight's axes."""
