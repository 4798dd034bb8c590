"""A network of several layers: what each reads, what it computes, and the maps that reach it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import whole
from xlconv.layers.layer import Array, Layer
from xlconv.layers.then import Step as Then
from xlconv.text import counted, line, spelt

UPSAMPLING, POOLING = ("nearest", "bilinear"), ("max", "average")
"""The ways to make a map larger, and smaller, that learn nothing."""


@frozen(eq=False)
class Upsample:
    """A map made larger by a whole factor, as `torch.nn.Upsample(scale_factor, mode)` does.

    input     (channels, *sizes) float64
    mode      one of UPSAMPLING; "bilinear" has align_corners=False
    geometry  the transposed convolution of the same sizes: each input meets a square of cells
    """

    input: Array
    mode: str
    geometry: Geometry

    @classmethod
    def of(cls, input: Array, scale_factor: int, mode: str) -> Upsample:
        """Raises XlconvError for no such factor or mode."""
        check_mode(mode, UPSAMPLING)
        whole("scale_factor", scale_factor, least=1)
        axes = tuple(
            Axis(size=n, kernel_size=scale_factor, stride=scale_factor) for n in input.shape[1:]
        )
        return cls(input, mode, Geometry(len(input), len(input), len(input), axes))

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.geometry.output_shape

    def reads(self, axis: int) -> list[list[int]]:
        """For each cell of the output along an axis, the inputs that it is made of."""
        its, found = self.geometry.axes[axis], []
        for cell in range(its.output_size):
            if self.mode == "nearest":
                found.append([cell // its.stride])
                continue
            first = (2 * cell + 1 - its.stride) // (2 * its.stride)
            exact = (2 * cell + 1 - its.stride) % (2 * its.stride) == 0
            two = (first,) if exact else (first, first + 1)
            found.append(sorted({min(max(i, 0), its.size - 1) for i in two}))
        return found


@frozen(eq=False)
class Pool:
    """The greatest, or the mean, of each window of a map.

    input     (channels, *sizes) float64
    mode      one of POOLING
    geometry  that of the transpose, as a `Convolution` has it
    """

    input: Array
    mode: str
    geometry: Geometry

    @classmethod
    def of(cls, input: Array, kernel_size: int, stride: int, mode: str) -> Pool:
        """Raises XlconvError for no such mode, or a window that does not fit."""
        check_mode(mode, POOLING)
        size, *_ = whole("kernel_size", kernel_size, least=1), whole("stride", stride, least=1)
        if size > min(input.shape[1:]):
            raise XlconvError(
                f"a window of {size} cells is larger than its map of {spelt(input.shape[1:])}: use"
                " a smaller kernel_size",
                parameter="kernel_size",
            )
        alone = Convolution.of(input[:1], [[[[1.0] * kernel_size] * kernel_size]], stride=stride)
        channels = len(input)
        return cls(input, mode, Geometry(channels, channels, channels, alone.geometry.axes))

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.geometry.input_shape

    def reads(self, axis: int) -> list[list[int]]:
        """For each cell of the output along an axis, the inputs that it is made of."""
        return _windows(self.geometry.axes[axis])


Operation = Layer | Convolution | Upsample | Pool


@frozen(eq=False)
class Step:
    """One layer of a network, with the maps that reach it.

    name       as people call it; "" is the network's input
    sources    the steps whose maps it reads, joined along their channels
    operation  what it computes of them
    then       its activation, if there is one
    """

    name: str
    sources: tuple[str, ...]
    operation: Operation
    then: Then | None = None

    @property
    def output_shape(self) -> tuple[int, ...]:
        operation = self.operation
        return (
            operation.geometry.output_shape
            if isinstance(operation, Layer)
            else operation.output_shape
        )

    def reads(self, axis: int) -> list[list[int]]:
        """For each cell of its output along an axis, the inputs that reach it."""
        operation = self.operation
        if isinstance(operation, Layer):
            return _reached(operation.geometry.axes[axis])
        if isinstance(operation, Convolution):
            return _windows(operation.geometry.axes[axis])
        return operation.reads(axis)


@frozen(eq=False)
class Network:
    """Layers in the order in which they are computed, the last one its output.

    input  (channels, rows, columns) float64
    reads  the network of a lesson whose input that is, if it has none of its own
    """

    input: Array
    steps: tuple[Step, ...]
    reads: str = ""

    def __repr__(self) -> str:
        sizes = [spelt(self.input.shape), *(spelt(step.output_shape) for step in self.steps)]
        return line("Network", f"{counted(len(self.steps), 'layer')}: {' → '.join(sizes)}")

    @cached_property
    def by_name(self) -> dict[str, Step]:
        return {step.name: step for step in self.steps}

    @property
    def parameters(self) -> int:
        """The learnt numbers of all layers."""
        return sum(array.size for step in self.steps for array in learnt(step.operation))

    def paths(self, name: str) -> Iterator[tuple[Step, ...]]:
        """The ways from the output back to the map of a step: the steps that read one another."""
        last = self.steps[-1]
        if name == last.name:
            yield ()
        for step in self.steps:
            if name in step.sources:
                yield from ((*path, step) for path in self.paths(step.name))


@frozen(eq=False)
class Stage:
    """What a layer of a network gives, for a block that claims to be that."""

    network: Network
    name: str


def learnt(operation: Operation) -> list[Array]:
    """The weight, and the bias if there is one, of a layer that has them."""
    if not isinstance(operation, Layer | Convolution):
        return []
    return [operation.weight] + ([] if operation.bias is None else [operation.bias])


def check_mode(mode: str, known: Sequence[str]) -> None:
    """Refuse a mode that a layer does not have."""
    if mode not in known:
        raise XlconvError(f'mode must be one of {", ".join(known)}, got "{mode:.40}"')


def _reached(axis: Axis) -> list[list[int]]:
    """For each output cell of a transposed convolution, the inputs whose stamps reach it."""
    found: list[list[int]] = [[] for _ in range(axis.output_size)]
    for i in range(axis.size):
        for u in range(axis.kernel_size):
            if 0 <= (cell := axis.target(i, u)) < axis.output_size:
                found[cell].append(i)
    return found


def _windows(axis: Axis) -> list[list[int]]:
    """For each output cell of a plain convolution, whose transpose the axis is, what it reads."""
    cells = [[axis.target(i, u) for u in range(axis.kernel_size)] for i in range(axis.size)]
    return [[cell for cell in window if 0 <= cell < axis.output_size] for window in cells]
