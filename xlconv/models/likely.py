"""Weights without their layers: which are likely a transposed convolution's, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable

from xlconv.models.found import WEIGHT, ModelLayer
from xlconv.models.tensors import Tensor

AXES = (3, 4, 5)
"""Axes of a weight: two of channels and one to three of the kernel."""

NAMED = re.compile(
    r"transpos|deconv|up_?conv|convt|(?<![a-z])ups?\d*(?![a-z])|upsampl", re.IGNORECASE
)
BLOCKS = re.compile(r"(?<![a-z])(dec|decoder|gen|generator)\d*(?![a-z])|head", re.IGNORECASE)


def weights(tensors: Iterable[Tensor]) -> list[ModelLayer]:
    """Every tensor that may be a weight, the likely ones first.

    A weight of PyTorch's transposed convolution has the input's channels first, so its bias is as
    long as its second axis times the groups; that of a plain one is as long as its first.
    """
    listed = list(tensors)
    biases = {t.name: t for t in listed if len(t.shape) == 1}
    found = [_weight(t, biases) for t in listed if len(t.shape) in AXES and min(t.shape) > 0]
    return [layer for _, layer in sorted(found, key=lambda pair: -pair[0])]


def _weight(tensor: Tensor, biases: dict[str, Tensor]) -> tuple[int, ModelLayer]:
    """A weight with how likely it is, and what speaks for it."""
    stem, _, last = tensor.name.rpartition(".")
    name = stem if last == "weight" and stem else tensor.name
    bias = biases.get(f"{stem}.bias" if stem else "bias") if last == "weight" else None
    first, second, *kernel = tensor.shape
    reasons = []
    if NAMED.search(name):
        reasons.append((2, "its name"))
    elif BLOCKS.search(name):
        reasons.append((1, "its name"))
    if bias is not None and first != second:
        length = bias.shape[0]
        if length != first and length % second == 0:
            reasons.append((4, f"its bias has {length} values, as its second axis"))
        elif length == first and second > 1:  # of a depthwise layer it tells nothing
            reasons.append((-4, ""))
    if len(set(kernel)) == 1 and kernel[0] in (2, 4):
        reasons.append((1, f"a kernel of {kernel[0]}"))
    score = sum(points for points, _ in reasons)
    why = ", ".join(words for _, words in reasons if words) if score > 0 else ""
    return score, ModelLayer(name=name, kind=WEIGHT, weight=tensor, bias=bias, why=why)
