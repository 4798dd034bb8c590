"""What a looked-at pixel of a network was made from: rows and columns of each map, back to front.

Along an axis, cell i of a map is reached where one of the cells that read it is: a 1 beside the
map, which is shown as a dot. Every way from the output back to a map has its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlconv.figures.blocks import Figure
from xlconv.grid.expr import Expr, call
from xlconv.grid.grid import Grid
from xlconv.grid.places import bounds, start
from xlconv.grid.sheet import Sheet
from xlconv.layers.network import Network, Step

Flags = tuple[Grid, Grid]
"""1 for each row, and each column, of a map that is reached."""


def trace(
    sheet: Sheet, network: Network, maps: Mapping[str, Sequence[Figure]], at: Sequence[Grid]
) -> None:
    """Light up what a pixel of the output was made from, in the maps of all layers.

    maps  for each layer its figures that have its sizes; "" is the network's input
    at    the row and the column of the pixel
    """
    last = network.steps[-1]
    found: dict[tuple[Step, ...], Flags] = {}
    for name in [step.name for step in reversed(network.steps)] + [""]:
        figures = maps[name]
        for n, path in enumerate(_longest(network, name)):
            flags = [
                _flags(sheet, figures[-1].cells, axis, n, _reached(axis, path, last, at, found))
                for axis in (0, 1)
            ]
            found[path] = (flags[0], flags[1])
            for figure in figures:
                _light(sheet, figure, found[path])


def _longest(network: Network, name: str) -> list[tuple[Step, ...]]:
    """The ways back to a map, without those that reach nothing that another does not."""
    paths = list(network.paths(name))
    reach = {path: [_all(path, axis) for axis in (0, 1)] for path in paths}
    kept = list[tuple[Step, ...]]()
    for path in sorted(paths, key=len, reverse=True):
        if not any(_within(reach[path], reach[other]) for other in kept):
            kept.append(path)
    return kept


def _all(path: tuple[Step, ...], axis: int) -> list[set[int]]:
    """For each cell of the output along an axis, the cells of the map at the end of a path."""
    if not path:
        return []
    found = [set(cells) for cells in path[0].reads(axis)]
    for step in path[1:]:
        reads = step.reads(axis)
        found = [{i for cell in cells for i in reads[cell]} for cells in found]
    return found


def _within(one: list[list[set[int]]], other: list[list[set[int]]]) -> bool:
    return all(
        a <= b
        for ours, theirs in zip(one, other, strict=True)
        for a, b in zip(ours, theirs, strict=True)
    )


def _reached(
    axis: int,
    path: tuple[Step, ...],
    last: Step,
    at: Sequence[Grid],
    found: Mapping[tuple[Step, ...], Flags],
) -> list[Expr | int]:
    """Whether each cell of a map is reached, along an axis."""
    if not path:
        return [call("IF", at[axis].equals(n), 1, 0) for n in range(last.output_shape[1 + axis])]
    before, reads = found[path[:-1]][axis], path[-1].reads(axis)
    size = path[-1].operation.input.shape[1 + axis]
    readers = [[cell for cell, inputs in enumerate(reads) if i in inputs] for i in range(size)]
    return [_any([before[cell] for cell in cells]) for cells in readers]


def _any(flags: list[Grid]) -> Expr | int:
    if len(flags) < 2:
        return flags[0] if flags else 0
    return call("MAX", *flags)


def _flags(
    sheet: Sheet, cells: Grid, axis: int, number: int, reached: Sequence[Expr | int]
) -> Grid:
    """The flags of a map along an axis: right of its first channel, or under its last one."""
    beside = cells[0] if axis == 0 else cells[-1]
    corner, (first, end) = start(beside), bounds(beside)
    behind = (
        (0, end[1] - first[1] + 1 + number) if axis == 0 else (end[0] - first[0] + 1 + number, 0)
    )
    step = (1, 0) if axis == 0 else (0, 1)
    made = sheet.memory(corner.shift(*behind), (len(reached),), steps=(step,))
    for n, content in enumerate(reached):
        made[n] = content
    sheet.coat(made, "reach")
    return made


def _light(sheet: Sheet, figure: Figure, flags: Flags) -> None:
    rows, columns = flags
    for channel in range(figure.cells.shape[0]):
        hit = (rows[:, None] * columns[None, :]).equals(1)
        sheet.light(figure.cells[channel], hit, "reached")
