"""Network: layers that feed one another, every weight and every map in live cells."""

from __future__ import annotations

from xlconv.figures.layout import Arranged, Led
from xlconv.figures.looked_at import look_at
from xlconv.figures.maps import Drawn, layer_figures, map_figure, shade
from xlconv.figures.notes import note
from xlconv.figures.paper import arrange
from xlconv.figures.reach import trace
from xlconv.figures.rivals import Against, held_against
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import column_points
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.network import Network

ROOM = 1034
"""Points that paper has for columns at a readable size."""

MAPS = 3
"""Digits of a number, where nothing is said of them."""


def network(
    sheet: Sheet,
    network: Network,
    *,
    look: list[int] | None = None,
    target: list[list[float]] | None = None,
    rebuild: bool = False,
    rivals: list[str] | None = None,
    means: int = 0,
) -> None:
    """All layers from left to right: their kernels, their maps, and what activations make of them.

    look     the row and the column of the output's pixel that is looked at when the file is opened
    target   the picture that the output should be: how near it comes is told in dB
    rebuild  whether that is the network's own input
    rivals   rules that enlarge its input, too, for comparison: nearest, bilinear, bicubic
    means    how many pixels each axis of the input has for them, where it is made smaller first
    """
    columns = _columns(sheet)
    first = map_figure(sheet, "input", network.input.shape, role="input", content=network.input)
    shade(sheet, first.cells)
    maps, drawn = {"": first}, list[Drawn]()
    for step in network.steps:
        reads = [maps[name] for name in step.sources]
        drawn.append(layer_figures(sheet, network, step, reads, columns))
        maps[step.name] = drawn[-1].after
    last = network.steps[-1]
    axes = tuple(Axis(size=size, kernel_size=1) for size in last.output_shape[1:])
    output = maps[last.name]
    here = look_at(sheet, Geometry(1, 1, 1, axes), output.labels, look, "look_pixel")
    stacks = zip([step.name for step in network.steps], [made.maps for made in drawn], strict=True)
    trace(sheet, network, {"": [first], **dict(stacks)}, here.at)
    against = Against(target=target, rebuild=rebuild, rivals=rivals or (), means=means)
    near, pictures = held_against(sheet, first, output, last.name, against)
    row: Arranged = first / near
    for made in drawn[:-1]:
        row = row | Led(made.figures())
    row = row | Led(drawn[-1].figures(pictures))
    arrange(sheet, here, note(sheet, sheet.say("reached_by")), row, columns=columns)


def _columns(sheet: Sheet) -> int:
    """Columns that paper shows at a readable size, once they are as wide as the numbers will be.

    These have a sign and a point.
    """
    sheet.column_width = max(sheet.column_width, (sheet.formats.digits or MAPS) + 2.4)
    return int(ROOM / column_points(sheet.column_width)) - 1
