"""A plain convolution with its numbers: input, weight, bias and the geometry of its transpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from numpy.typing import ArrayLike

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.channels import bias_of, check_plain
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import Array, given_numbers, pair, spread, whole
from xlconv.layers.parts import channels_of_part, kernels, with_channels
from xlconv.layers.quantised import Quantised, Scaled
from xlconv.layers.ranks import Shapes, input_layouts, lengths
from xlconv.layers.rest import Rest
from xlconv.layers.summary import explain, parameters
from xlconv.layers.then import Step, told
from xlconv.text import line, table

PLAIN_WEIGHT = "(out_channels, in_channels // groups, *kernel_sizes)"
"""The axes of the weight of a plain convolution."""


@frozen(eq=False)
class Convolution:
    """A plain convolution and the numbers that go through it.

    input     (in_channels, *sizes) float64
    weight    (out_channels, in_channels // groups, *kernel_sizes) float64
    bias      (out_channels,) float64, or None
    geometry  that of its transpose, which has its output as input, and its input as output
    note      how the input was read, where it was not plain: a sample of a batch, channels last
    rest, quantised, scaled, then  as a Layer has them

    `Convolution.of` takes PyTorch's parameters, each one value or one an axis, and input, weight,
    batch, rank and input_layout as `Layer.of` does.

    padding   zeros added on both sides, or a pair (begin, end) an axis

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 6, with dilation.
    """

    input: Array
    weight: Array
    bias: Array | None
    geometry: Geometry
    note: str = ""
    rest: Rest | None = None
    quantised: Quantised | None = None
    scaled: Scaled | None = None
    then: tuple[Step, ...] = ()

    @classmethod
    def of(
        cls,
        input: ArrayLike,
        weight: ArrayLike,
        *,
        bias: ArrayLike | None = None,
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int | Sequence[int]] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        batch: int | None = None,
        rank: int | None = None,
        input_layout: str | None = None,
    ) -> Convolution:
        """A convolution from arrays and PyTorch's parameters.

        Raises XlconvError where the shapes do not fit one another, or fit in several ways.

        >>> Convolution.of([[1] * 5] * 5, [[1] * 3] * 3, stride=2, padding=1).output_shape
        (1, 3, 3)
        """
        groups = whole("groups", groups, least=1)
        x, w, b = given_numbers(input, weight, bias)
        reading = Shapes(
            x.shape,
            w.shape,
            groups * w.shape[1] if w.ndim > 1 else 1,
            layouts=input_layouts(input_layout),
            batch=batch,
            rank=rank,
            values=lengths(stride, padding, dilation),
        ).reading()
        x, w, note = reading.channelled(x, w, groups, batch)
        check_plain(x.shape, w.shape, groups, reading)
        axes = _axes(x.shape[1:], w.shape[2:], stride, padding, dilation)
        geometry = Geometry(w.shape[0], w.shape[1] * groups, groups, axes)
        return cls(x, w, bias_of(b, geometry.in_channels), geometry, note)

    def __repr__(self) -> str:
        return line("Convolution", explain(self._parameters(), self.note))

    def _repr_html_(self) -> str:
        return table("Convolution", [], self._parameters().items())

    def explain(self, every: bool = False) -> str:
        """The convolution in one line: how its weight is read, and its input where not plain.

        every  whether parameters at their default are told, too

        >>> Convolution.of([[1] * 5] * 4, [[[1, 1]] * 4] * 3).explain()
        '1-D, 4 → 3 channels, 5 → 4, kernel 2; a plain convolution, of a weight (out_channels,\
 in_channels // groups, *kernel_sizes)'
        """
        kind = f"a plain convolution, of a weight {PLAIN_WEIGHT}"
        note = ", ".join(filter(None, (kind, told(self.then), self.note)))
        return explain(self._parameters(every), note)

    def _parameters(self, every: bool = False) -> dict[str, str]:
        g, names = self.geometry, ("stride", "padding", "dilation")
        return parameters(g.output_shape, g.input_shape, g, names, every)

    @property
    def firsts(self) -> tuple[list[int], list[int]]:
        """The index of the first input and output along each axis, in the whole layer."""
        return self.geometry.first_outputs, self.geometry.first_inputs

    @property
    def channels(self) -> Geometry:
        """The geometry by whose channels its input is read, and its output made."""
        g = self.geometry
        return Geometry(g.out_channels, g.in_channels, g.groups, g.axes, g.outs, g.ins)

    def part(self, in_channels: Sequence[int], out_channels: Sequence[int]) -> Convolution:
        """The convolution of chosen channels alone, as `Layer.part` has it.

        >>> import numpy as np
        >>> conv = Convolution.of(np.ones((3, 4)), np.ones((4, 3, 2)), bias=range(4))
        >>> part = conv.part([0, 2], [3])
        >>> part.weight.shape, part.bias.tolist()
        ((1, 2, 2), [3.0])
        """
        g = self.geometry
        ins, outs, groups = channels_of_part(self.channels, in_channels, out_channels)
        part = with_channels(self, ins, outs, kernels(g, outs, ins))
        return replace(part, geometry=g.part(outs, ins, groups))

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.geometry.input_shape


def _axes(
    size: Sequence[int],
    kernel_size: Sequence[int],
    stride: int | Sequence[int],
    padding: int | Sequence[int | Sequence[int]],
    dilation: int | Sequence[int],
) -> tuple[Axis, ...]:
    """The axes of the transpose, whose input is this convolution's output."""
    rank = len(size)
    each = zip(
        size,
        kernel_size,
        spread("stride", stride, rank),
        spread("padding", padding, rank),
        spread("dilation", dilation, rank),
        strict=True,
    )
    return tuple(_axis(*values) for values in each)


def _axis(
    size: int, kernel_size: int, stride: int, padding: int | Sequence[int], dilation: int
) -> Axis:
    alone = Axis(size=1, kernel_size=kernel_size, stride=stride, dilation=dilation)
    pads = pair(padding)
    if min(pads) < 0:
        raise XlconvError(f"padding must be at least 0, got {padding}", parameter="padding")
    spare = size + sum(pads) - alone.extent
    if spare < 0:
        raise XlconvError(
            f"kernel of {alone.extent} cells does not fit into a padded input of"
            f" {size + sum(pads)}: use a smaller kernel or more padding",
            parameter="weight",
        )
    return replace(alone, size=spare // stride + 1, padding=pads, output_padding=spare % stride)
