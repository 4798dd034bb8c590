"""What is wanted of a layer, beside its numbers: the one way from a user's words to its axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from xlconv.frameworks.names import OWN
from xlconv.frozen import frozen
from xlconv.layers.given import whole

Each = int | Sequence[int]
Padding = str | int | Sequence[int | Sequence[int]]


@frozen(kw_only=True)
class Wanted:
    """A layer in a framework's words; None is what is not said, and as the framework has it.

    Its input is (in_channels, *sizes), or (*sizes) for one channel, a batch first, if any; its
    weight as the layout has it, or (*kernel_sizes), which with as many groups as channels is the
    kernel of each.

    convention    whose words these are; if nobody's, PyTorch's, but that a padding may differ at
                  begin and end, or be negative
    layout        the order of the weight's axes: see xlconv.frameworks.layouts
    turned        whether the kernel lies turned by half; else as the layout has it
    padding       "same", "same_lower" (ONNX), "valid", or as the framework spells it, "SAME" or
                  "SAME_UPPER"; or cells: one value, one an axis, or (begin, end) an axis. Cells are
                  cropped; JAX's are the pads of the inner convolution
    batch         the sample to take of a batch, from 0; one of a single sample needs no word
    rank          1, 2 or 3 spatial axes, where the shapes leave it open
    input_layout  "channels-first" or "channels-last"; else the first, or in a layout of Keras,
                  TensorFlow, TensorFlow Lite or JAX where they are as many as the weight's
    then          what is done to each cell of the output: see xlconv.layers.then
    """

    convention: str | None = None
    layout: str | None = None
    input_layout: str | None = None
    turned: bool | None = None
    batch: int | None = None
    rank: int | None = None
    stride: Each | None = None
    padding: Padding | None = None
    output_padding: Each | None = None
    output_size: Each | None = None
    dilation: Each | None = None
    groups: int | None = None
    then: str | Sequence[str] | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What is said, by its name.

        >>> Wanted(stride=2).said
        {'stride': 2}
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def framework(self) -> str:
        """The convention's name."""
        return OWN if self.convention is None else self.convention

    @property
    def group_count(self) -> int:
        """The groups, which must be 1 at least."""
        return 1 if self.groups is None else whole("groups", self.groups, least=1)
