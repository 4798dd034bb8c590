"""The four networks, layer by layer, with the names that their layers have on a sheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """A convolution or a transposed one, and what is done to its sums."""

    name: str
    kind: str
    """conv or conv_transpose"""
    channels: tuple[int, int]
    """in and out"""
    kernel: int
    stride: int = 1
    padding: int = 0
    then: str | None = None
    """relu, sigmoid or nothing"""
    sources: tuple[str, ...] = ()
    """the earlier layers whose maps it takes, one after the other; if none, the layer before"""

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """As PyTorch has it: in and out stand the other way round where it is transposed."""
        inputs, outputs = self.channels
        first = (inputs, outputs) if self.kind == "conv_transpose" else (outputs, inputs)
        return (*first, self.kernel, self.kernel)

    @property
    def fan_in(self) -> float:
        """How many products an output is the sum of."""
        products = self.channels[0] * self.kernel**2
        return products / self.stride**2 if self.kind == "conv_transpose" else products


Network = tuple[Layer, ...]

AUTO_ENCODER: Network = (
    Layer("Encode 1", "conv", (1, 4), 3, stride=2, padding=1, then="relu"),
    Layer("Code", "conv", (4, 1), 2),
    Layer("Decode 1", "conv_transpose", (1, 4), 2, then="relu"),
    Layer("Decode 2", "conv_transpose", (4, 1), 4, stride=2, padding=1, then="relu"),
)

SUPER_RESOLUTION: Network = (
    Layer("Features", "conv", (1, 8), 3, padding=1, then="relu"),
    Layer("Enlarge", "conv_transpose", (8, 1), 4, stride=2, padding=1, then="relu"),
)

PLAIN_SEGMENTATION: Network = (
    Layer("Encode 1", "conv", (1, 4), 3, stride=2, padding=1, then="relu"),
    Layer("Encode 2", "conv", (4, 8), 3, stride=2, padding=1, then="relu"),
    Layer("Decode 1", "conv_transpose", (8, 4), 4, stride=2, padding=1, then="relu"),
    Layer("Decode 2", "conv_transpose", (4, 4), 4, stride=2, padding=1),
)

SEGMENTATION: Network = (
    *PLAIN_SEGMENTATION[:3],
    Layer(
        "Decode 2",
        "conv_transpose",
        (8, 4),
        4,
        stride=2,
        padding=1,
        sources=("Decode 1", "Encode 1"),
    ),
)

COARSE_SEGMENTATION: Network = (*PLAIN_SEGMENTATION[:2], Layer("Scores", "conv", (8, 4), 1))
"""Its 4 x 4 scores are then made four times as large by bilinear interpolation."""

GENERATOR: Network = (
    Layer("Decode 1", "conv_transpose", (4, 8), 4, then="relu"),
    Layer("Decode 2", "conv_transpose", (8, 1), 4, stride=2, padding=1, then="sigmoid"),
)
