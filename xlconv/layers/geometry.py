"""Every integer of a transposed convolution, axis by axis."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from math import gcd

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.given import spell
from xlconv.layers.runs import Run, afford_taps, grouped, within

LEAST = {"size": 1, "kernel_size": 1, "stride": 1, "dilation": 1, "output_padding": 0}


@frozen(kw_only=True)
class Axis:
    """One axis of a transposed convolution; sizes in cells.

    A negative padding extends the full output with zeros instead of cropping it (ONNX).

    first  of a part of an axis, the number of its first input in the whole one
    whole  of a part, the cells that the whole one crops at its begin

    Raises XlconvError where no such layer exists.
    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 14, with dilation.

    >>> Axis(size=4, kernel_size=3, stride=2, padding=(1, 1), output_padding=1).output_size
    8
    """

    size: int
    kernel_size: int
    stride: int = 1
    padding: tuple[int, int] = (0, 0)
    output_padding: int = 0
    dilation: int = 1
    first: int = 0
    whole: int | None = None

    def __post_init__(self) -> None:
        for name, least in LEAST.items():
            if (got := getattr(self, name)) < least:
                raise XlconvError(f"{name} must be at least {least}, got {got}", parameter=name)
        if self.output_padding and self.output_padding >= max(self.stride, self.dilation):
            begin, end = self.padding
            raise XlconvError(
                f"output_padding must be smaller than stride or dilation, got {self.output_padding}"
                f" with stride {self.stride}, dilation {self.dilation}: padding"
                f" {begin}:{end - self.output_padding} makes what OpenVINO makes of it",
                parameter="output_padding",
            )
        if self.output_size < 1:
            raise XlconvError(
                f"padding {spell(self.padding)} crops the whole output of {self.full_size} cells:"
                " use a smaller padding or a larger input",
                parameter="padding",
            )

    @property
    def extent(self) -> int:
        """Cells that the kernel spans with its dilation."""
        return self.dilation * (self.kernel_size - 1) + 1

    @property
    def stretched_size(self) -> int:
        """Cells of the input with stride - 1 zeros between its values."""
        return (self.size - 1) * self.stride + 1

    @property
    def full_size(self) -> int:
        """Cells of the output before anything is cropped."""
        return self.stretched_size - 1 + self.extent

    @property
    def output_size(self) -> int:
        return self.full_size - sum(self.padding) + self.output_padding

    @property
    def cropped(self) -> int:
        """The place of output 0, of the whole axis, on the full output."""
        return self.padding[0] if self.whole is None else self.whole

    @property
    def first_output(self) -> int:
        """The number of its first output in the whole axis."""
        return self.first * self.stride + self.padding[0] - self.cropped

    @property
    def seen(self) -> range:
        """The cells that the output reads of the stretched input, whose first is 0."""
        return range(self.padding[0] - self.extent + 1, self.padding[0] + self.output_size)

    def inputs(self, cells: range) -> range:
        """The inputs among some cells of the stretched input."""
        return within(cells, self.stride, self.size)

    @property
    def margins(self) -> tuple[int, int]:
        """Zeros around the stretched input that make every cell of the canvas a full window."""
        begin = min(0, self.padding[0])
        return self.extent - 1 - begin, begin + self.canvas_size - self.stretched_size

    @property
    def stretched(self) -> slice:
        """The inputs' places among the inserted zeros and the margins."""
        begin = self.margins[0]
        return slice(begin, begin + self.stretched_size, self.stride)

    @property
    def canvas_size(self) -> int:
        """Cells of the full output with what output_padding or a negative padding adds to it."""
        begin = min(0, self.padding[0])
        return max(self.full_size, self.padding[0] + self.output_size) - begin

    @property
    def crop(self) -> slice:
        """The output's place on the canvas."""
        begin = max(0, self.padding[0])
        return slice(begin, begin + self.output_size)

    def target(self, i: int, u: int) -> int:
        """The output index where input i meets kernel index u; outside the output if cropped."""
        return self.stride * i + self.dilation * u - self.padding[0]

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The output cells, grouped by how they are reached; every cell in exactly one run.

        >>> [(run.start, run.count, run.taps) for run in Axis(size=3, kernel_size=2).runs]
        [(0, 1, ((0, 0),)), (1, 2, ((0, 1), (1, 0))), (3, 1, ((2, 1),))]
        """
        return grouped(self, self.padding[0], self.output_size)

    @cached_property
    def canvas_runs(self) -> tuple[Run, ...]:
        """The same for the whole canvas, with nothing cropped."""
        return grouped(self, min(0, self.padding[0]), self.canvas_size)

    @cached_property
    def forward_runs(self) -> tuple[Run, ...]:
        """The inputs, grouped by what a convolution of the output reads for them.

        That convolution is what this axis transposes: it reads outputs, and gives inputs.

        >>> [(run.start, run.count, run.taps) for run in Axis(size=3, kernel_size=2).forward_runs]
        [(0, 3, ((0, 0), (1, 1)))]
        """

        def window(i: int) -> range:
            behind = self.padding[0] - self.stride * i  # the output's first cell, from its stamp's
            cells = range(behind, behind + self.output_size)
            return within(cells, self.dilation, self.kernel_size)

        most = min(self.kernel_size, -(-self.output_size // self.dilation))
        afford_taps(min(self.size, 2 * self.kernel_size) * most)
        runs = []
        for met, group in groupby(range(self.size), key=window):
            first, *rest = group
            reads = tuple((self.target(first, u), u) for u in met)
            runs.append(Run(first, 1, 1 + len(rest), reads, self.stride))
        return tuple(runs)

    def meeting(self, cell: int) -> range:
        """The kernel indices that can bring an input to a cell of the full output.

        >>> axis = Axis(size=4, kernel_size=5, stride=2)
        >>> list(axis.meeting(0)), list(axis.meeting(1))
        ([0, 2, 4], [1, 3])
        """
        common = gcd(self.stride, self.dilation)
        step = self.stride // common
        if cell % common:
            return range(0)
        first = cell // common * pow(self.dilation // common, -1, step) % step
        return range(first, self.kernel_size, step)

    @property
    def most_taps(self) -> int:
        """The most inputs that an output cell can meet."""
        s, d = self.stride, self.dilation
        return min(-(-n * gcd(s, d) // by) for n, by in ((self.kernel_size, s), (self.size, d)))


@frozen
class Geometry:
    """The channels and axes of one layer.

    ins, outs  the numbers of its channels, where it is a part of a larger layer

    Source: the layout (in_channels, out_channels // groups, *kernel_sizes) is PyTorch's.
    """

    in_channels: int
    out_channels: int
    groups: int
    axes: tuple[Axis, ...]
    ins: tuple[int, ...] | None = None
    outs: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.groups < 1 or self.in_channels % self.groups or self.out_channels % self.groups:
            raise XlconvError(
                f"groups must divide in_channels and out_channels, got {self.groups} with"
                f" in_channels {self.in_channels}, out_channels {self.out_channels}",
                parameter="groups",
            )

    @property
    def rank(self) -> int:
        return len(self.axes)

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.in_channels, *(axis.size for axis in self.axes))

    @property
    def weight_shape(self) -> tuple[int, ...]:
        filters = self.out_channels // self.groups
        return (self.in_channels, filters, *(axis.kernel_size for axis in self.axes))

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (self.out_channels, *(axis.output_size for axis in self.axes))

    @property
    def canvas_shape(self) -> tuple[int, ...]:
        return (self.out_channels, *(axis.canvas_size for axis in self.axes))

    @property
    def crop(self) -> tuple[slice, ...]:
        """The output's place on the canvas, without the channel axis."""
        return tuple(axis.crop for axis in self.axes)

    @property
    def firsts(self) -> list[int]:
        """The output index of the first cell of the canvas, along each axis."""
        return [axis.first_output - axis.crop.start for axis in self.axes]

    @property
    def first_inputs(self) -> list[int]:
        """The index of the first input along each axis: of a part, that in the whole layer."""
        return [axis.first for axis in self.axes]

    @property
    def outputs(self) -> list[range]:
        """The indices of the output along each axis."""
        return [range(a.first_output, a.first_output + a.output_size) for a in self.axes]

    @property
    def first_outputs(self) -> list[int]:
        """The index of the first output along each axis: of a part, that in the whole layer."""
        return [axis.first_output for axis in self.axes]

    def sources(self, out_channel: int) -> range:
        """The input channels that reach an output channel: those of its group.

        >>> list(Geometry(4, 2, 2, (Axis(size=1, kernel_size=1),)).sources(1))
        [2, 3]
        """
        width = self.in_channels // self.groups
        group = out_channel // (self.out_channels // self.groups)
        return range(group * width, (group + 1) * width)

    def targets(self, in_channel: int) -> range:
        """The output channels that an input channel reaches: those of its group.

        >>> list(Geometry(4, 2, 2, (Axis(size=1, kernel_size=1),)).targets(3))
        [1]
        """
        filters = self.out_channels // self.groups
        group = in_channel // (self.in_channels // self.groups)
        return range(group * filters, (group + 1) * filters)

    def in_number(self, in_channel: int) -> int:
        """What an input channel is called: its number in the whole layer."""
        return in_channel if self.ins is None else self.ins[in_channel]

    def out_number(self, out_channel: int) -> int:
        """What an output channel is called: its number in the whole layer."""
        return out_channel if self.outs is None else self.outs[out_channel]

    @property
    def is_part(self) -> bool:
        """Whether it is of some of a larger layer's channels."""
        return self.ins is not None or self.outs is not None

    def part(self, ins: Sequence[int], outs: Sequence[int], groups: int) -> Geometry:
        """That of chosen channels alone, which keep the numbers that they have here."""
        numbers = [*map(self.in_number, ins)], [*map(self.out_number, outs)]
        every = range(self.in_channels), range(self.out_channels)
        kept = [None if n == [*e] else tuple(n) for n, e in zip(numbers, every, strict=True)]
        return Geometry(len(ins), len(outs), groups, self.axes, *kept)

    def filter(self, out_channel: int) -> int:
        """The index of an output channel along the weight's second axis."""
        return out_channel % (self.out_channels // self.groups)
