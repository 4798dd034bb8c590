"""The size arithmetic alone: how big an output is, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from xlconv.errors import XlconvError
from xlconv.frameworks.asked import Asked, split
from xlconv.frameworks.conventions import convention_of
from xlconv.frameworks.names import OWN
from xlconv.frameworks.resolve import ask
from xlconv.frameworks.terms import Term, terms
from xlconv.frameworks.wanted import Each, Padding, Wanted
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis
from xlconv.layers.given import plain, shortly, spell, spread
from xlconv.layers.ranks import RANKS
from xlconv.text import line, spelt

LISTED = 40
"""Sizes beyond which not all that collapse onto one are listed."""


@frozen
class Candidate:
    """One of the sizes that a convolution with this kernel, stride and padding maps onto n.

    uncovered  cells of the full output that output_padding shows and padding would have cropped
    zeros      cells that output_padding adds beyond the full output
    chosen     whether it is this layer's
    """

    output_size: int
    padding: tuple[int, int]
    output_padding: int
    uncovered: int
    zeros: int
    chosen: bool


@frozen
class AxisShape:
    """One axis: what is asked, what it becomes, why, and what else it could have been."""

    asked: Asked
    axis: Axis
    terms: tuple[Term, ...]
    candidates: tuple[Candidate, ...]


@frozen
class Shape:
    """The sizes of a layer.

    >>> sizes("keras", size=[4, 4], kernel_size=3, stride=2, padding="same")
    <Shape keras: 4x4 → 8x8>
    """

    convention: str
    axes: tuple[AxisShape, ...]

    def __repr__(self) -> str:
        before = spelt(each.asked.size for each in self.axes)
        return line("Shape", f"{self.convention}: {before} → {spelt(self.output_sizes)}")

    @property
    def output_sizes(self) -> tuple[int, ...]:
        return tuple(each.axis.output_size for each in self.axes)


def sizes(
    convention: str = OWN,
    *,
    size: Sequence[int],
    kernel_size: Each,
    stride: Each = 1,
    dilation: Each = 1,
    padding: Padding | None = None,
    output_padding: Each | None = None,
    output_size: Each | None = None,
    groups: int = 1,
) -> Shape:
    """The sizes of a layer asked for in a framework's words, or in PyTorch's if none is named.

    Raises XlconvError where the framework refuses.

    >>> shape = sizes("keras", size=[4], kernel_size=3, stride=2, padding="same")
    >>> print(shape.axes[0].terms[2])
    Term(name='m', formula='n*s', numbers='4*2', value=8)
    """
    wanted = Wanted(
        convention=convention,
        stride=stride,
        dilation=dilation,
        padding=padding,
        output_padding=output_padding,
        output_size=output_size,
        groups=groups,
    )
    return wanted_sizes(wanted, size, kernel_size)


def wanted_sizes(wanted: Wanted, size: Sequence[int], kernel_size: Each) -> Shape:
    """The sizes of a layer that is wanted; as `sizes` raises errors."""
    size = plain(size)
    if not isinstance(size, Sequence) or len(size) not in RANKS:
        raise XlconvError(
            f"size must be a list of 1 to 3 sizes, one an axis, got {shortly(size)}",
            parameter="size",
        )
    rank, convention = len(size), wanted.framework
    asked = ask(wanted, spread("size", size, rank), spread("kernel_size", kernel_size, rank))
    axes = [convention_of(convention).resolve(a) for a in asked]
    if convention == OWN and all(begin == end >= 0 for begin, end in (a.cells for a in asked)):
        convention = "pytorch"
    return Shape(
        convention,
        tuple(
            AxisShape(a, axis, terms(convention, a, axis), _candidates(convention, a, axis))
            for a, axis in zip(asked, axes, strict=True)
        ),
    )


def _candidates(convention: str, a: Asked, axis: Axis) -> tuple[Candidate, ...]:
    """The sizes m with convolution(m) = n, for the convolution that this layer turns round."""
    full, n, s, k_eff = axis.full_size, a.size, a.stride, axis.extent
    sized = convention == "onnx" and a.output_size is not None
    if a.padding in {"same", "same_lower"} and not sized:
        # its padding depends on the size: what it maps onto n is ceil(m/s) = n
        lower, op = a.padding == "same_lower", a.output_padding or 0 if convention == "onnx" else 0
        sizes = _few(range((n - 1) * s + 1, n * s + 1))
        crops = [split(full + op - m, lower=lower) for m in sizes]
        axes = [a.cropped(begin, end - op) for begin, end in crops]
    else:
        begin, end = axis.padding
        if isinstance(a.padding, tuple) and convention == "tensorflow":
            begin, end = a.padding
        elif isinstance(a.padding, tuple) and convention == "jax":
            begin, end = k_eff - 1 - a.padding[0], k_eff - 1 - a.padding[1]
        elif a.padding == "valid" and not sized:
            begin, end = 0, 0
        elif sized and axis.output_padding >= s:  # two sides, in PyTorch's words
            end -= axis.output_padding
        axes = [
            replace(a.plain, padding=(begin, end), output_padding=op)
            for op in _few(range(max(0, 1 + begin + end - full), s), axis.output_padding)
        ]
    return tuple(
        Candidate(
            x.output_size,
            x.padding,
            x.output_padding,
            uncovered := min(x.output_padding, max(x.padding[1], 0)),
            x.output_padding - uncovered,
            x.output_size == axis.output_size,
        )
        for x in axes
    )


def _few(numbers: range, chosen: int = -1) -> list[int]:
    """The numbers, but of very many only the first, the chosen one and the last."""
    if len(numbers) <= LISTED:
        return list(numbers)
    return sorted(
        {*numbers[: LISTED - 2], numbers[-1]} | ({chosen} if chosen in numbers else set())
    )


def explain(shape: Shape) -> str:
    """The arithmetic in lines that can be read aloud.

    >>> print(explain(sizes("pytorch", size=[4], kernel_size=3, stride=2, padding=1)))
    pytorch: 4 -> 7
    n 4, k 3, s 2, d 1, padding 1
      k_eff = d*(k-1) + 1 = 1*(3-1) + 1 = 3
      full  = (n-1)*s + k_eff = (4-1)*2 + 3 = 9
      m     = (n-1)*s - 2*p + d*(k-1) + op + 1 = (4-1)*2 - 2*1 + 1*(3-1) + 0 + 1 = 7
      begin = p = 1
      end   = full - begin - m = 9 - 1 - 7 = 1
      a convolution with this kernel maps these sizes onto 4:
        7 with padding 1, output_padding 0 (this layer)
        8 with padding 1, output_padding 1, which uncovers 1
    """
    before = [each.asked.size for each in shape.axes]
    lines = [f"{shape.convention}: {spelt(before)} -> {spelt(shape.output_sizes)}"]
    alike = {replace(each, asked=replace(each.asked, position=0)) for each in shape.axes}
    once = len(alike) == 1 < len(shape.axes)
    for each in shape.axes[:1] if once else shape.axes:
        a = each.asked
        said = [f"n {a.size}", f"k {a.kernel_size}", f"s {a.stride}", f"d {a.dilation}"]
        said += [f"padding {spell(a.padding)}"]
        said += [f"output_padding {a.output_padding}"] * (a.output_padding is not None)
        said += [f"output_size {a.output_size}"] * (a.output_size is not None)
        lines += [", ".join(said) + (": every axis" if once else "")]
        lines += [f"  {_line(term)}" for term in each.terms]
        lines += [f"  a convolution with this kernel maps these sizes onto {a.size}:"]
        for n, row in enumerate(each.candidates):
            if n and row.output_size > each.candidates[n - 1].output_size + 1:
                lines += ["    ..."]
            lines += [f"    {_row(row)}"]
        if not any(row.chosen for row in each.candidates):
            lines += [f"    {each.axis.output_size} is none of them: it does not convolve back"]
    return "\n".join(lines)


def _line(term: Term) -> str:
    steps = [term.formula, term.numbers, str(term.value)]
    shown = [step for i, step in enumerate(steps) if step not in steps[:i]]
    return f"{term.name:<5} = {' = '.join(shown)}"


def _row(row: Candidate) -> str:
    text = f"{row.output_size} with padding {spell(row.padding)}"
    text += f", output_padding {row.output_padding}"
    effects = [f"uncovers {row.uncovered}"] * (row.uncovered > 0)
    effects += [f"adds {row.zeros} of zeros"] * (row.zeros > 0)
    text += f", which {' and '.join(effects)}" if effects else ""
    return text + " (this layer)" * row.chosen


def as_dict(shape: Shape) -> dict[str, Any]:
    """The same for JSON."""
    return {"output_size": list(shape.output_sizes), **asdict(shape)}
