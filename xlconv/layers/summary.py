"""A layer in words: its parameters, and how its input was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import spell
from xlconv.text import spelt

DEFAULTS = {"stride": 1, "padding": (0, 0), "output_padding": 0, "dilation": 1}
"""The parameters of an axis that are not told where they are these."""


def parameters(
    before: Sequence[int],
    after: Sequence[int],
    geometry: Geometry,
    names: Iterable[str] = tuple(DEFAULTS),
    every: bool = False,
) -> dict[str, str]:
    """The rank, channels and sizes of a layer, its kernel, and each parameter not at its default.

    before, after  the shapes of its input and of its output: (channels, *sizes)
    names          of the parameters that it has
    every          whether those at their default are told, too

    >>> from xlconv.layers.geometry import Axis
    >>> g = Geometry(4, 2, 1, (Axis(size=6, kernel_size=4, stride=2, padding=(1, 1)),))
    >>> " ".join(parameters(g.input_shape, g.output_shape, g).values())
    '1-D 4 → 2 6 → 12 4 2 1'
    """
    words = head(geometry.rank, f"{before[0]} → {after[0]}", before[1:], after[1:])
    return words | not_default(geometry.axes, geometry.groups, names, every)


def head(rank: int, channels: str, before: Iterable[int], after: Iterable[int]) -> dict[str, str]:
    """The rank, the channels if any are told of, and the sizes of an input and of its output."""
    words = {"rank": f"{rank}-D"} | ({"channels": channels} if channels else {})
    return words | {"sizes": f"{spelt(before)} → {spelt(after)}"}


def not_default(
    axes: Sequence[Axis],
    groups: int,
    names: Iterable[str] = tuple(DEFAULTS),
    every: bool = False,
) -> dict[str, str]:
    """The kernel, and the parameters of these names: every one, or those not at their default."""
    words = {"kernel": spelt([axis.kernel_size for axis in axes])}
    for name, values in each(axes, *names).items():
        if every or any(value != DEFAULTS[name] for value in values):
            words[name] = compact(values)
    return words | ({"groups": str(groups)} if groups > 1 or every else {})


def each(axes: Sequence[Axis], *names: str) -> dict[str, list[Any]]:
    """Parameters by their names, with the value of each axis."""
    return {name: [getattr(axis, name) for axis in axes] for name in names}


def explain(values: Mapping[str, str], note: str = "") -> str:
    """The parameters, and how the input was read, in one line."""
    plain = {"rank": "{}", "channels": "{} channels", "sizes": "{}"}
    words = [plain.get(name, name + " {}").format(value) for name, value in values.items()]
    return ", ".join(words) + (f"; {note}" if note else "")


def compact(values: Sequence[int | tuple[int, int]]) -> str:
    """One value where all axes have it, otherwise one an axis, as the options take them.

    >>> compact((2, 2)), compact(((1, 1), (1, 2)))
    ('2', '1,1:2')
    """
    listed = values[:1] if len(set(values)) == 1 else values
    return ",".join(map(spell, listed))
