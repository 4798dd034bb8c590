"""The sizes of a whole decoder, layer by layer, and what makes it end in a wanted size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from xlconv.errors import XlconvError
from xlconv.frameworks.resolve import wanted_axes
from xlconv.frameworks.search import COLUMNS, crop, table
from xlconv.frameworks.step import Step
from xlconv.frameworks.wanted import Wanted
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis
from xlconv.layers.given import LARGEST
from xlconv.layers.summary import compact
from xlconv.text import spelt

Bounds = Callable[[Axis], tuple[int, int]]


@frozen
class Link:
    """A layer at its place in the chain: what is asked, and what comes of it on every axis."""

    step: Step
    axes: tuple[Axis, ...]

    @property
    def input_size(self) -> tuple[int, ...]:
        return tuple(axis.size for axis in self.axes)

    @property
    def output_size(self) -> tuple[int, ...]:
        return tuple(axis.output_size for axis in self.axes)

    @property
    def parameters(self) -> dict[str, tuple[Any, ...]]:
        """PyTorch's parameters, a value an axis; a padding is (begin, end)."""
        return {name: tuple(getattr(axis, name) for axis in self.axes) for name in COLUMNS}


def rank_of(steps: Sequence[Step]) -> int | None:
    """How many axes the layers have; None if they take as many as there are.

    Raises XlconvError if they differ.
    """
    ranks = {step.rank for step in steps} - {None}
    if len(ranks) > 1:
        several = " and ".join(f"{rank}-D" for rank in sorted(ranks, key=str))
        raise XlconvError(
            f"chain has layers that are {several}: give those of one", parameter="chain"
        )
    return next(iter(ranks), None)


def chain(steps: Sequence[Step], size: Sequence[int]) -> tuple[Link, ...]:
    """Every layer with its sizes, from an input of these (*sizes).

    Raises XlconvError that names the layer that does not fit.

    >>> from xlconv.frameworks.steps import read_text
    >>> [link.output_size for link in chain(read_text("k16s8p4,k10s5p3").steps, [500])]
    [(4000,), (19999,)]
    """
    links: list[Link] = []
    now = tuple(size)
    for n, step in enumerate(steps, 1):
        said = dict(step.said)
        kernel = said.pop("kernel_size")
        listed = kernel if isinstance(kernel, list) else [kernel]
        try:
            if len(listed) not in (1, len(now)):
                raise XlconvError(f"kernel_size has {len(listed)} values for {len(now)} axes")
            each = listed * (len(now) // len(listed))
            axes = wanted_axes(Wanted(convention=step.convention, **said), now, each)
            if max(axis.output_size for axis in axes) > LARGEST:
                raise XlconvError(f"its output has more than {LARGEST} cells: use a smaller input")
        except XlconvError as error:
            raise XlconvError(f"chain layer {n}, {step.text}: {error}", parameter="chain") from None
        links.append(Link(step, axes))
        now = links[-1].output_size
    return tuple(links)


def reach(links: Sequence[Link], output_size: Sequence[int]) -> tuple[Link, ...]:
    """The same chain with the output_padding, or else the crop, that each layer needs to end so.

    Kernels, strides and dilations stay. Paddings stay too where output_padding alone is enough;
    where it is not, every layer comes as near to its input times its stride as it can.

    Raises XlconvError if no crop reaches the size.

    >>> from xlconv.frameworks.steps import read_text
    >>> links = chain(read_text("k16s8p4,k10s5p3,k8s4p2,k4s2p1").steps, [100])
    >>> links[-1].output_size, reach(links, [32000])[1].axes[0].output_padding
    ((31992,), 1)
    """
    rank = len(links[0].axes)
    wanted = list(output_size) * (rank if len(output_size) == 1 else 1)
    if len(wanted) != rank:
        raise XlconvError(
            f"output_size must be one value or one for each of {rank} axes, got {len(wanted)}",
            parameter="output_size",
        )
    columns = [_reached([link.axes[a] for link in links], wanted[a]) for a in range(rank)]
    return tuple(
        replace(link, axes=made)
        for link, made in zip(links, zip(*columns, strict=True), strict=True)
    )


def _as_padded(axis: Axis) -> tuple[int, int]:
    """The fewest and most cells that are lost with this padding and any output_padding."""
    lost = sum(axis.padding)
    return lost - max(axis.stride, axis.dilation) + 1, lost


def _as_cropped(axis: Axis) -> tuple[int, int]:
    """The same with any padding."""
    return 1 - max(axis.stride, axis.dilation), 2 * (axis.extent - 1)


def _reached(column: Sequence[Axis], wanted: int) -> list[Axis]:
    reachable = (0, 0)
    for bounds in (_as_padded, _as_cropped):
        ranges = _ranges(column, bounds)
        reachable = ranges[-1]
        if reachable[0] <= wanted <= reachable[1]:
            return _backward(column, bounds, ranges, wanted)
    raise XlconvError(
        f"this chain makes {reachable[0]} to {reachable[1]} cells of {column[0].size},"
        f" got {wanted}",
        parameter="output_size",
    )


def _ranges(column: Sequence[Axis], bounds: Bounds) -> list[tuple[int, int]]:
    """The least and largest size before each layer and after the last; all between them can be had,
    for a layer can lose as many different numbers of cells as its stride at least.
    """
    ranges = [(column[0].size, column[0].size)]
    for axis in column:
        fewest, most = bounds(axis)
        least, largest = ranges[-1]
        low = (least - 1) * axis.stride + axis.extent - most
        high = (largest - 1) * axis.stride + axis.extent - fewest
        ranges.append((max(1, low), high))
    return ranges


def _backward(
    column: Sequence[Axis], bounds: Bounds, ranges: Sequence[tuple[int, int]], wanted: int
) -> list[Axis]:
    """From the last layer to the first: the input size nearest to output / stride, and its crop."""
    made: list[Axis] = []
    for axis, (least, largest) in reversed(list(zip(column, ranges[:-1], strict=True))):
        fewest, most = bounds(axis)
        s, over = axis.stride, wanted - axis.extent
        low, high = -(-(fewest + over) // s) + 1, (most + over) // s + 1
        size = min(max(round(wanted / s), low, least), high, largest)
        plain = replace(axis, size=size, padding=(0, 0), output_padding=0)
        made.insert(0, _cropped(plain, axis.padding, plain.full_size - wanted))
        wanted = size
    return made


def _cropped(plain: Axis, padding: tuple[int, int], lost: int) -> Axis:
    """The axis with this padding, if some output_padding loses so many cells, or another."""
    back = sum(padding) - lost
    if not 0 <= back < max(plain.stride, plain.dilation):
        cropped = crop(plain, lost)
        assert cropped is not None
        padding, back = cropped
    return replace(plain, padding=padding, output_padding=back)


def explain_chain(links: Sequence[Link], given: Sequence[Link] | None = None) -> str:
    """A line for each layer with its sizes; `given` is the chain as it was, if this one is mended.

    >>> from xlconv.frameworks.steps import read_text
    >>> print(explain_chain(chain(read_text("k10s5p3").steps, [4])).splitlines()[2])
    19 is 1 fewer than 4*5 = 20, the input times all strides: --to 20 tells what each layer needs
    """
    names = ("layer", "input", "output", *COLUMNS, "as given" if given is None else "needs")
    rows = [
        [
            str(n + 1),
            spelt(link.input_size),
            spelt(link.output_size),
            *map(compact, link.parameters.values()),
            link.step.text if given is None else _needs(link, given[n]),
        ]
        for n, link in enumerate(links)
    ]
    lines = table(names, rows)
    if given is not None:
        was, now = given[-1].output_size, links[-1].output_size
        change = f" instead of {spelt(was)}" if now != was else ", as given"
        return "\n".join([*lines, spelt(now) + change])
    return "\n".join([*lines, *_missing(links)])


def _needs(link: Link, before: Link) -> str:
    changed = [
        f"{name} {compact(now)}"
        for name, now in link.parameters.items()
        if now != before.parameters[name]
    ]
    return ", ".join(changed) or "nothing else"


def _missing(links: Sequence[Link]) -> list[str]:
    """How far the output is from the input times all strides, where it is."""
    strides = [prod(link.axes[a].stride for link in links) for a in range(len(links[0].axes))]
    first = links[0].input_size
    whole = [n * s for n, s in zip(first, strides, strict=True)]
    lines = [
        f"{m} is {abs(m - full)} {'fewer' if m < full else 'more'} than {n}*{s} = {full}, the input"
        " times all strides"
        for m, n, s, full in zip(links[-1].output_size, first, strides, whole, strict=True)
        if m != full
    ]
    if lines:
        lines[-1] += f": --to {spelt(whole)} tells what each layer needs"
    return list(dict.fromkeys(lines))


def chain_as_dict(links: Sequence[Link]) -> dict[str, Any]:
    """The same for JSON: sizes and parameters, a value an axis."""
    return {
        "input_size": links[0].input_size,
        "output_size": links[-1].output_size,
        "layers": [
            {
                "text": link.step.text,
                "input_size": link.input_size,
                "output_size": link.output_size,
                **link.parameters,
            }
            for link in links
        ],
    }
